// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "existing.h"

#include "cli.h"
#include "music.h"

#include <string.h>

#define DEFAULT_STRENGTH 0.5

void
cli_existing_add_entries(GArray *all, CliExisting *existing)
{
  const GOptionEntry entries[] = {
    {"harmonise", 0, 0, G_OPTION_ARG_FILENAME, &existing->melody,
     "A MIDI file whose top line to set in four voices", "FILE"},
    {"infill", 0, 0, G_OPTION_ARG_FILENAME, &existing->infill,
     "A MIDI file of which to write some bars anew (--fill)", "FILE"},
    {"fill", 0, 0, G_OPTION_ARG_STRING, &existing->fill,
     "Those bars, of all tracks or one: 5-8, 5-8:bass", "BARS[:TRACK]"},
    {"accompany", 0, 0, G_OPTION_ARG_FILENAME, &existing->accompany,
     "A MIDI file to keep, with instruments to add to it (--add)", "FILE"},
    {"add", 0, 0, G_OPTION_ARG_STRING, &existing->add,
     "Those instruments, separated by commas", "NAMES"},
    {"vary", 0, 0, G_OPTION_ARG_FILENAME, &existing->vary,
     "A MIDI file to write partly anew", "FILE"},
    {"strength", 0, 0, G_OPTION_ARG_STRING, &existing->strength,
     "How much of it, from 0 to 1 (0.5)", "S"},
    {"loop", 0, 0, G_OPTION_ARG_NONE, &existing->loop,
     "Bars whose end leads back to their beginning, the WAV too", NULL},
  };

  g_array_append_vals(all, entries, G_N_ELEMENTS(entries));
}

/// (nullable): the option that names music to work on
static const char *
find_work(const CliExisting *e)
{
  return e->melody != NULL      ? "--harmonise"
         : e->infill != NULL    ? "--infill"
         : e->accompany != NULL ? "--accompany"
         : e->vary != NULL      ? "--vary"
                                : NULL;
}

static bool
check_pairs(const CliExisting *e, GError **error)
{
  if ((e->infill != NULL) != (e->fill != NULL))
    return cli_refuse(error, CLI_ERROR_USAGE,
                      "--infill FILE and --fill BARS go together");
  if ((e->accompany != NULL) != (e->add != NULL))
    return cli_refuse(error, CLI_ERROR_USAGE,
                      "--accompany FILE and --add NAMES go together");
  if (e->strength != NULL && e->vary == NULL)
    return cli_refuse(error, CLI_ERROR_USAGE,
                      "--strength is that of --vary FILE");
  return true;
}

bool
cli_existing_check(const CliExisting *existing,
                   const char *primer,
                   int bars,
                   bool stream,
                   GError **error)
{
  const CliExisting *e = existing;
  const char *work = find_work(e);
  const int n = (primer != NULL) + (e->melody != NULL) + (e->infill != NULL) +
                (e->accompany != NULL) + (e->vary != NULL) + (e->loop != 0);

  if (!check_pairs(e, error))
    return false;
  if (n > 1)
    return cli_refuse(error, CLI_ERROR_USAGE,
                      "one of --prime, --harmonise, --infill, --accompany, "
                      "--vary and --loop");
  if (work != NULL && bars > 0) {
    g_set_error(error, CLI_ERROR, CLI_ERROR_USAGE,
                "%s keeps the bars of its music: without --bars", work);
    return false;
  }
  if ((work != NULL || e->loop) && stream) {
    g_set_error(error, CLI_ERROR, CLI_ERROR_USAGE, "--stream: without %s",
                work != NULL ? work : "--loop");
    return false;
  }
  return true;
}

/// "5-8" as 4 and 4, "5" as 4 and 1; returns what follows, NULL if it is
/// neither.
static const char *
parse_bars(const char *text, size_t *first, size_t *n)
{
  char *end = NULL;
  const guint64 from = g_ascii_strtoull(text, &end, 10);
  guint64 to = from;

  if (!g_ascii_isdigit(*text))
    return NULL;
  if (*end == '-') {
    const char *second = end + 1;

    if (!g_ascii_isdigit(*second))
      return NULL;
    to = g_ascii_strtoull(second, &end, 10);
  }
  if (from == 0 || to < from || to > PARTITA_BARS_MAX)
    return NULL;
  *first = (size_t)from - 1;
  *n = (size_t)(to - from) + 1;
  return end;
}

static bool
is_track(const PartitaTrack *track, size_t index, const char *name)
{
  const char *own = partita_track_get_name(track);
  PartitaGroup group;
  guint64 number = 0;

  if (g_ascii_string_to_unsigned(name, 10, 1, G_MAXUINT32, &number, NULL))
    return number == index + 1;
  return (own != NULL && g_ascii_strcasecmp(own, name) == 0) ||
         (partita_parse_group(name, &group) &&
          group.programs[partita_track_get_program(track)]);
}

static bool
find_tracks(const PartitaScore *score,
            const char *name,
            bool *tracks,
            GError **error)
{
  bool any = false;

  for (size_t t = 0; t < partita_score_get_n_tracks(score); ++t) {
    tracks[t] = is_track(partita_score_get_track(score, t), t, name);
    any |= tracks[t];
  }
  if (any)
    return true;
  g_set_error(error, CLI_ERROR, CLI_ERROR_FAILED,
              "--fill: there is no track %s among %zu", name,
              partita_score_get_n_tracks(score));
  return false;
}

static PartitaArrangement *
open_bars(const CliExisting *e, const PartitaScore *score, GError **error)
{
  g_autofree bool *tracks = g_new0(bool, partita_score_get_n_tracks(score) + 1);
  size_t first = 0;
  size_t n = 0;
  const char *rest = parse_bars(e->fill, &first, &n);

  if (rest == NULL || (*rest != '\0' && (*rest != ':' || rest[1] == '\0'))) {
    g_set_error(error, CLI_ERROR, CLI_ERROR_USAGE,
                "--fill %s: not bars such as 5-8 or 5-8:bass", e->fill);
    return NULL;
  }
  if (*rest == ':' && !find_tracks(score, rest + 1, tracks, error))
    return NULL;
  return partita_arrangement_new_infill(score, first, n,
                                        *rest == ':' ? tracks : NULL, error);
}

static PartitaArrangement *
add_instruments(const CliExisting *e, const PartitaScore *score, GError **error)
{
  g_auto(GStrv) names = g_strsplit(e->add, ",", -1);
  g_autoptr(GArray) groups = g_array_new(FALSE, FALSE, sizeof(PartitaGroup));

  for (char **name = names; *name != NULL; ++name) {
    PartitaGroup group;

    if (!partita_parse_group(g_strstrip(*name), &group)) {
      g_set_error(error, CLI_ERROR, CLI_ERROR_USAGE,
                  "--add %s: no such instrument", *name);
      return NULL;
    }
    g_array_append_val(groups, group);
  }
  return partita_arrangement_new_accompaniment(
    score, (const PartitaGroup *)(const void *)groups->data, groups->len,
    error);
}

static PartitaArrangement *
vary(const CliExisting *e,
     const PartitaScore *score,
     uint64_t seed,
     GError **error)
{
  double strength = DEFAULT_STRENGTH;
  char *end = NULL;

  if (e->strength != NULL)
    strength = g_ascii_strtod(e->strength, &end);
  if (end != NULL && (end == e->strength || *end != '\0')) {
    g_set_error(error, CLI_ERROR, CLI_ERROR_USAGE, "--strength %s: no number",
                e->strength);
    return NULL;
  }
  return partita_arrangement_new_variation(score, strength, seed, error);
}

/// Of a model of four voices, the melody; else an arrangement.
static bool
arrange(const CliExisting *e,
        const PartitaScheme *scheme,
        uint64_t seed,
        CliMusic *music,
        GError **error)
{
  const PartitaScore *score = music->file.score;

  if (e->melody != NULL && !partita_scheme_has_parts(scheme)) {
    music->melody = music->file.score;
    return true;
  }
  music->arrangement = e->melody != NULL
                         ? partita_arrangement_new_harmony(score, error)
                       : e->infill != NULL    ? open_bars(e, score, error)
                       : e->accompany != NULL ? add_instruments(e, score, error)
                                              : vary(e, score, seed, error);
  return music->arrangement != NULL;
}

bool
cli_existing_read(const CliExisting *existing,
                  const PartitaComposer *composer,
                  uint64_t seed,
                  CliMusic *music,
                  GError **error)
{
  const CliExisting *e = existing;
  const char *path = e->melody != NULL      ? e->melody
                     : e->infill != NULL    ? e->infill
                     : e->accompany != NULL ? e->accompany
                                            : e->vary;

  *music = (CliMusic){0};
  if (path == NULL)
    return true;
  return cli_given_read(path, &music->file, error) &&
         arrange(e, partita_composer_get_scheme(composer), seed, music, error);
}

void
cli_music_clear(CliMusic *music)
{
  cli_given_clear(&music->file);
  g_clear_pointer(&music->arrangement, partita_arrangement_free);
}

bool
cli_existing_check_controls(const CliExisting *existing,
                            const PartitaControls *controls,
                            GError **error)
{
  const char *work = find_work(existing);
  g_autoptr(GPtrArray) wishes = partita_controls_describe(controls);

  if (work == NULL || wishes->len == 0)
    return true;
  g_set_error(error, CLI_ERROR, CLI_ERROR_FAILED,
              "%s keeps what its music has: no %s", work,
              (const char *)g_ptr_array_index(wishes, 0));
  return false;
}
