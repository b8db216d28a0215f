// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "inspect.h"

#include <partita/corpus.h>
#include <partita/midi.h>
#include <string.h>

static void
add_strings(JsonObject *object, const char *name, const char *list)
{
  JsonArray *array = json_array_new();
  g_auto(GStrv) words = g_strsplit(list, ",", 0);

  for (char **word = words; *word != NULL; ++word) {
    if (**word != '\0')
      json_array_add_string_element(array, *word);
  }
  json_object_set_array_member(object, name, array);
}

static void
add_programs(JsonObject *object, const PartitaScore *score)
{
  JsonArray *array = json_array_new();
  bool used[PARTITA_N_PROGRAMS] = {false};

  for (size_t i = 0; i < partita_score_get_n_tracks(score); ++i)
    used[partita_track_get_program(partita_score_get_track(score, i))] = true;
  for (int program = 0; program < PARTITA_PROGRAM_DRUMS; ++program) {
    if (used[program])
      json_array_add_int_element(array, program);
  }
  json_object_set_array_member(object, "programs", array);
  json_object_set_boolean_member(object, "drums", used[PARTITA_PROGRAM_DRUMS]);
}

/// Pitch classes that sound.
static unsigned
count_classes(const PartitaScore *score)
{
  bool seen[12] = {false};
  unsigned n = 0;

  for (size_t t = 0; t < partita_score_get_n_tracks(score); ++t) {
    const PartitaTrack *track = partita_score_get_track(score, t);
    size_t n_notes = 0;
    const PartitaNote *notes = partita_track_get_notes(track, &n_notes);

    for (size_t i = 0; !partita_track_is_drums(track) && i < n_notes; ++i) {
      n += !seen[notes[i].pitch % 12];
      seen[notes[i].pitch % 12] = true;
    }
  }
  return n;
}

/// Of one pitch class the tonic may be told, not whether it is major or minor.
static char *
name_key(int key, bool mode)
{
  const char *name = partita_key_name(key);

  return name == NULL ? NULL
         : mode       ? g_strdup(name)
                      : g_strndup(name, strlen(name) - strlen(" major"));
}

/// (transfer full) (nullable): as signed, else as the notes have it
static char *
find_key(const PartitaScore *score)
{
  size_t n = 0;
  const PartitaKey *keys = partita_score_get_keys(score, &n);

  return n > 0 ? g_strdup(partita_key_signature_name(keys[0]))
               : name_key(partita_score_estimate_key(score),
                          count_classes(score) > 1);
}

/// The signature in force at @tick, or NULL.
static const PartitaKey *
find_signature(const PartitaScore *score, uint32_t tick)
{
  const PartitaKey *found = NULL;
  size_t n = 0;
  const PartitaKey *keys = partita_score_get_keys(score, &n);

  for (size_t i = 0; i < n && keys[i].tick <= tick; ++i)
    found = &keys[i];
  return found;
}

static bool
share_scale(int a, int b)
{
  return partita_key_to_signature(a).sharps ==
         partita_key_to_signature(b).sharps;
}

/* A key and its relative have the same notes, and few bars do not tell them
 * apart: a signature in minor does, and where the key never changes, all of the
 * piece. Major is signed by programs that were told nothing. */
static char *
name_span(const PartitaScore *score, const PartitaKeySpan *span, bool only)
{
  const PartitaKey *signature = find_signature(score, span->tick);
  const int whole = only ? partita_score_estimate_key(score) : -1;

  if (signature != NULL &&
      share_scale(span->key, partita_key_from_signature(*signature)) &&
      (signature->minor || span->key < 12))
    return g_strdup(partita_key_signature_name(*signature));
  if (signature == NULL && whole >= 0 && share_scale(span->key, whole))
    return name_key(whole, count_classes(score) > 1);
  return name_key(span->key, count_classes(score) > 1);
}

/// Where the notes change their key, in bars as a musician counts them.
static void
add_key_spans(JsonObject *object, const PartitaScore *score)
{
  g_autoptr(GArray) spans = partita_score_estimate_key_spans(score, 3);
  g_autofree char *before = NULL;
  JsonArray *array = json_array_new();

  for (guint i = 0; i < spans->len; ++i) {
    const PartitaKeySpan *span = &g_array_index(spans, PartitaKeySpan, i);
    JsonObject *entry = NULL;

    if (span->key < 0)
      continue;

    g_autofree char *name = name_span(score, span, spans->len == 1);

    if (g_strcmp0(name, before) == 0)
      continue;
    entry = json_object_new();
    json_object_set_int_member(entry, "bar", (gint64)span->first_bar + 1);
    json_object_set_string_member(entry, "key", name);
    json_array_add_object_element(array, entry);
    g_free(before);
    before = g_steal_pointer(&name);
  }
  json_object_set_array_member(object, "keys", array);
}

static void
add_score(JsonObject *object, const PartitaScore *score)
{
  g_autoptr(GArray) bars = partita_score_get_played_bars(score);
  g_autoptr(PartitaTempoMap) tempos = partita_tempo_map_new(score);
  const PartitaBar first = g_array_index(bars, PartitaBar, 0);
  g_autofree char *meter =
    g_strdup_printf("%u/%u", first.numerator, first.denominator);
  g_autofree char *key = find_key(score);

  json_object_set_int_member(object, "notes",
                             (gint64)partita_score_get_n_notes(score));
  json_object_set_int_member(object, "tracks",
                             (gint64)partita_score_get_n_tracks(score));
  json_object_set_int_member(object, "bars", bars->len);
  json_object_set_double_member(
    object, "duration_s",
    partita_tempo_map_seconds(tempos, partita_score_get_end(score)));
  json_object_set_double_member(object, "tempo",
                                6e7 / partita_tempo_map_tempo_at(tempos, 0));
  json_object_set_string_member(object, "meter", meter);
  if (key != NULL)
    json_object_set_string_member(object, "key", key);
  else
    json_object_set_null_member(object, "key");
  add_key_spans(object, score);
  add_programs(object, score);
  json_object_set_int_member(object, "ppq", partita_score_get_ppq(score));
}

bool
cli_inspect_midi(const char *path,
                 JsonObject *object,
                 PartitaScore **score,
                 GError **error)
{
  unsigned mends = 0;
  GError *reason = NULL;
  g_autoptr(PartitaScore) read = partita_midi_read_file(path, &mends, &reason);

  if (read == NULL) {
    json_object_set_string_member(object, "verdict", "refused");
    json_object_set_string_member(object, "reason", reason->message);
    g_propagate_error(error, reason);
    return false;
  }

  g_autofree char *mended = partita_mend_describe(mends);
  g_autofree char *bars = NULL;
  const bool counted = partita_score_decide_bars(read, &bars);
  g_autofree char *all = g_strconcat(mended, ",", bars, NULL);

  json_object_set_string_member(object, "verdict",
                                mends == 0 && !counted ? "read" : "mended");
  add_strings(object, "mended", all);
  add_score(object, read);
  if (score != NULL)
    *score = g_steal_pointer(&read);
  return true;
}
