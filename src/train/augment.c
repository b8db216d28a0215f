// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <base/philox.h>
#include <math.h>
#include <string.h>
#include <train/train-private.h>

#define N_CONTROLS 6

/// Which number of a piece's chance decides what.
enum {
  DRAW_TRANSPOSITION,
  DRAW_TEMPO,
  DRAW_VELOCITY,
  DRAW_WHETHER_DROPPED,
  DRAW_DROPPED,
  DRAW_NO_CONTROL,
  DRAW_CONTROLS,
  DRAW_STYLE = DRAW_CONTROLS + N_CONTROLS,
  DRAW_PARTS
};

#define TEMPO_BINS 2    // each way; twelve are an octave
#define VELOCITY_BINS 2 // each way
#define VELOCITY_BIN 4  // velocities
#define DROP_ONE_IN 4   // pieces
#define PARTS_ONE_IN 4  // pieces

/// What is done to a piece.
typedef struct {
  int semitones;
  int tempo_bins;
  int velocity;
  size_t dropped; // track, G_MAXSIZE for none
} Change;

static uint32_t
draw(uint64_t seed, uint64_t serial, uint64_t what, uint32_t n)
{
  return partita_random_below(seed, PARTITA_RANDOM_AUGMENT, serial, what, n);
}

/// Narrows @low to @high, semitones, to those that keep the track's notes in
/// the range of its instrument, or of what it plays outside it already.
static void
narrow(const PartitaTrack *track, int *low, int *high)
{
  uint8_t least = 0;
  uint8_t most = 127;
  int lowest = 127;
  int highest = 0;
  size_t n = 0;
  const PartitaNote *notes = partita_track_get_notes(track, &n);

  if (n == 0 || !partita_program_get_range(partita_track_get_program(track),
                                           &least, &most))
    return;
  for (size_t i = 0; i < n; ++i) {
    lowest = MIN(lowest, notes[i].pitch);
    highest = MAX(highest, notes[i].pitch);
  }
  *low = MAX(*low, MIN(0, (int)least - lowest));
  *high = MIN(*high, MAX(0, (int)most - highest));
}

/// Uniform over the transpositions that fit; none at all always does.
static int
draw_transposition(const PartitaScore *score, uint64_t seed, uint64_t serial)
{
  int low = PARTITA_TRANSPOSE_MIN;
  int high = PARTITA_TRANSPOSE_MAX;

  for (size_t t = 0; t < partita_score_get_n_tracks(score); ++t)
    narrow(partita_score_get_track(score, t), &low, &high);
  return low + (int)draw(seed, serial, DRAW_TRANSPOSITION,
                         (uint32_t)(high - low + 1));
}

/// A track that is not the last with pitched notes, or none.
static size_t
draw_dropped(const PartitaScore *score, uint64_t seed, uint64_t serial)
{
  const size_t n = partita_score_get_n_tracks(score);
  size_t n_pitched = 0;

  if (n < 2 || draw(seed, serial, DRAW_WHETHER_DROPPED, DROP_ONE_IN) != 0)
    return G_MAXSIZE;

  const size_t dropped = draw(seed, serial, DRAW_DROPPED, (uint32_t)n);

  for (size_t t = 0; t < n; ++t) {
    const PartitaTrack *track = partita_score_get_track(score, t);
    size_t n_notes = 0;

    (void)partita_track_get_notes(track, &n_notes);
    n_pitched += t != dropped && !partita_track_is_drums(track) && n_notes > 0;
  }
  return n_pitched > 0 ? dropped : G_MAXSIZE;
}

static Change
draw_change(const PartitaScore *score,
            unsigned augmentations,
            uint64_t seed,
            uint64_t serial)
{
  Change change = {.dropped = G_MAXSIZE};

  if (augmentations & PARTITA_AUGMENT_TRANSPOSE)
    change.semitones = draw_transposition(score, seed, serial);
  if (augmentations & PARTITA_AUGMENT_TEMPO)
    change.tempo_bins =
      (int)draw(seed, serial, DRAW_TEMPO, 2 * TEMPO_BINS + 1) - TEMPO_BINS;
  if (augmentations & PARTITA_AUGMENT_VELOCITY)
    change.velocity = VELOCITY_BIN * ((int)draw(seed, serial, DRAW_VELOCITY,
                                                2 * VELOCITY_BINS + 1) -
                                      VELOCITY_BINS);
  if (augmentations & PARTITA_AUGMENT_TRACKS)
    change.dropped = draw_dropped(score, seed, serial);
  return change;
}

static void
copy_track(PartitaScore *to, const PartitaTrack *from, const Change *change)
{
  PartitaTrack *track = partita_score_add_track(
    to, partita_track_get_program(from), partita_track_get_name(from));
  const int semitones = partita_track_is_drums(from) ? 0 : change->semitones;
  size_t n = 0;
  const PartitaNote *notes = partita_track_get_notes(from, &n);

  for (size_t i = 0; i < n; ++i) {
    PartitaNote note = notes[i];

    note.pitch = (uint8_t)(note.pitch + semitones);
    note.velocity = (uint8_t)CLAMP(note.velocity + change->velocity, 1, 127);
    partita_track_add_note(track, note);
  }
}

/// Decoded scores have no keys and no pedals.
static PartitaScore *
apply(const PartitaScore *score, const Change *change)
{
  PartitaScore *changed = partita_score_new(partita_score_get_ppq(score));
  const double slower = exp2(-change->tempo_bins / 12.0);
  size_t n = 0;
  const PartitaTempo *tempos = partita_score_get_tempos(score, &n);

  for (size_t i = 0; i < n; ++i) {
    const double us = round(tempos[i].us_per_quarter * slower);

    partita_score_add_tempo(
      changed,
      (PartitaTempo){tempos[i].tick, (uint32_t)CLAMP(us, 1.0, 16777215.0)});
  }
  const PartitaMeter *meters = partita_score_get_meters(score, &n);

  for (size_t i = 0; i < n; ++i)
    partita_score_add_meter(changed, meters[i]);
  for (size_t t = 0; t < partita_score_get_n_tracks(score); ++t) {
    if (t != change->dropped)
      copy_track(changed, partita_score_get_track(score, t), change);
  }
  partita_score_set_end(changed, partita_score_get_end(score));
  partita_score_sort(changed);
  return changed;
}

/// The controls of the changed piece; those that @prompt left out stay out.
static PartitaPrompt
renew_prompt(const PartitaScheme *scheme,
             const PartitaScore *score,
             const PartitaPrompt *prompt,
             int semitones)
{
  PartitaPrompt renewed;

  partita_scheme_get_prompt(scheme, score, prompt->style, &renewed);
  renewed.key = prompt->key < 0
                  ? -1
                  : prompt->key / 12 * 12 + (prompt->key + semitones + 12) % 12;
  renewed.bars = prompt->bars;
  if (prompt->tempo_bin < 0)
    renewed.tempo_bin = -1;
  if (prompt->density < 0)
    renewed.density = -1;
  renewed.has_programs &= prompt->has_programs;
  return renewed;
}

static void
change_piece(const PartitaScheme *scheme,
             GArray *ids,
             unsigned augmentations,
             uint64_t seed,
             uint64_t serial)
{
  PartitaPrompt prompt;
  g_autoptr(PartitaScore) score = partita_scheme_decode(
    scheme, (const uint16_t *)(void *)ids->data, ids->len, &prompt, NULL);

  g_return_if_fail(score != NULL);
  const Change change = draw_change(score, augmentations, seed, serial);
  g_autoptr(PartitaScore) changed = apply(score, &change);
  const PartitaPrompt renewed =
    renew_prompt(scheme, changed, &prompt, change.semitones);
  g_autoptr(GArray) encoded = partita_scheme_encode(scheme, changed, &renewed);

  g_array_set_size(ids, 0);
  g_array_append_vals(ids, encoded->data, encoded->len);
}

static unsigned
draw_controls(uint64_t seed, uint64_t serial)
{
  unsigned controls = 0;

  if (draw(seed, serial, DRAW_NO_CONTROL, 8) == 0)
    return PARTITA_CONTROL_ALL;
  for (unsigned i = 0; i < N_CONTROLS; ++i) {
    if (draw(seed, serial, DRAW_CONTROLS + i, 4) == 0)
      controls |= 1u << i;
  }
  return controls;
}

uint32_t
partita_augment_draw_style(uint64_t seed, uint64_t serial, uint32_t n)
{
  return draw(seed, serial, DRAW_STYLE, n);
}

void
partita_augment(const PartitaScheme *scheme,
                GArray *ids,
                unsigned augmentations,
                uint64_t seed,
                uint64_t serial)
{
  if ((augmentations & ~(unsigned)PARTITA_AUGMENT_PARTS) != 0)
    change_piece(scheme, ids, augmentations, seed, serial);

  const size_t n =
    partita_scheme_drop_controls(scheme, (uint16_t *)(void *)ids->data,
                                 ids->len, draw_controls(seed, serial));
  g_array_set_size(ids, (guint)n);
  if ((augmentations & PARTITA_AUGMENT_PARTS) != 0 &&
      partita_scheme_has_parts(scheme) &&
      draw(seed, serial, DRAW_PARTS, PARTS_ONE_IN) == 0)
    partita_rearrange_at_random(scheme, ids, seed, serial);
}

static const char *const names[] = {"tempo", "velocity", "tracks", "parts"};

bool
partita_augmentations_parse(const char *list, unsigned *augmentations)
{
  g_auto(GStrv) words = g_strsplit(list, ",", 0);
  unsigned found = 0;

  if (strcmp(list, "none") == 0) {
    *augmentations = 0;
    return true;
  }
  for (char **word = words; *word != NULL; ++word) {
    size_t i = 0;

    while (i < G_N_ELEMENTS(names) && strcmp(*word, names[i]) != 0)
      ++i;
    if (i == G_N_ELEMENTS(names))
      return false;
    found |= 1u << i;
  }
  if (found == 0)
    return false;
  *augmentations = found;
  return true;
}

char *
partita_augmentations_describe(unsigned augmentations)
{
  GString *list = g_string_new(NULL);

  for (size_t i = 0; i < G_N_ELEMENTS(names); ++i) {
    if (augmentations & (1u << i))
      g_string_append_printf(list, "%s%s", list->len > 0 ? "," : "", names[i]);
  }
  return g_string_free(list, FALSE);
}
