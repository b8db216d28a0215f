// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <math.h>
#include <token/remi-private.h>
#include <token/sort-keys.h>

/* Every bar line lies on a multiple of three positions, a sixteenth: so every
 * bar has a metre of exactly its length. */
#define LINE_GRID 3u

typedef struct {
  RemiPiece *piece;
  PartitaQuantiseLoss *loss;
  uint32_t ppq;
  uint64_t *next;       // place in the piece's notes
  uint64_t end;         // of the last note, in positions
  uint64_t worst_onset; // of the errors times 12 ppq, in quarters
  uint64_t worst_duration;
} Quantiser;

void
partita_remi_piece_init(RemiPiece *piece)
{
  piece->bars = g_array_new(FALSE, FALSE, sizeof(RemiBar));
  piece->notes = g_array_new(FALSE, FALSE, sizeof(uint64_t));
  piece->end = 0;
}

void
partita_remi_piece_clear(RemiPiece *piece)
{
  g_array_unref(piece->bars);
  g_array_unref(piece->notes);
}

void
partita_remi_find_programs(const RemiPiece *piece, bool *programs)
{
  for (guint i = 0; i < piece->notes->len; ++i)
    programs[remi_note_program(g_array_index(piece->notes, uint64_t, i))] =
      true;
}

static uint64_t
distance(uint64_t a, uint64_t b)
{
  return a > b ? a - b : b - a;
}

static void
append_bar(RemiPiece *piece, unsigned meter, uint32_t length)
{
  const RemiBar bar = {piece->end, (uint8_t)meter, 0};

  if (piece->bars->len >= PARTITA_BARS_MAX)
    return;
  g_array_append_val(piece->bars, bar);
  piece->end += length;
}

/// A bar longer than any metre becomes whole notes and a last bar.
static void
append_span(RemiPiece *piece, uint64_t length, unsigned denominator)
{
  for (; length > REMI_BAR_MAX && piece->bars->len < PARTITA_BARS_MAX;
       length -= REMI_HOLD)
    append_bar(piece, partita_remi_find_meter(REMI_HOLD, denominator),
               REMI_HOLD);
  if (piece->bars->len < PARTITA_BARS_MAX)
    append_bar(piece, partita_remi_find_meter((unsigned)length, denominator),
               (uint32_t)length);
}

/* Lines go to the grid one by one, so that no error adds up. @until: where
 * the last note ends, which rounding may have put past the last line. */
static void
lay_bars(RemiPiece *piece, const PartitaScore *score, uint64_t until)
{
  g_autoptr(GArray) bars = partita_score_get_bars(score);
  const uint64_t ppq = partita_score_get_ppq(score);

  for (guint i = 0; i < bars->len; ++i) {
    const PartitaBar *bar = &g_array_index(bars, PartitaBar, i);
    const uint64_t tick = (uint64_t)bar->tick + bar->length_ticks;
    const uint64_t line = (tick * 8 + ppq) / (2 * ppq) * LINE_GRID;

    if (line > piece->end)
      append_span(piece, line - piece->end, bar->denominator);
  }
  if (piece->bars->len == 0)
    append_bar(piece, partita_remi_find_meter(REMI_HOLD, 4), REMI_HOLD);
  while (piece->end < until && piece->bars->len < PARTITA_BARS_MAX) {
    const RemiBar *last =
      &g_array_index(piece->bars, RemiBar, piece->bars->len - 1);

    append_bar(piece, last->meter, piece->end - last->start);
  }
}

static uint32_t
to_ticks(uint32_t position, uint64_t ppq)
{
  return (uint32_t)(position * ppq / REMI_POSITIONS_A_QUARTER);
}

/// The mean tempo from tick @from to @to, in microseconds a quarter.
static uint32_t
mean_tempo(const PartitaTempoMap *map, uint32_t from, uint32_t to)
{
  return (uint32_t)((partita_tempo_map_us_ppq(map, to) -
                     partita_tempo_map_us_ppq(map, from)) /
                    (to - from));
}

static void
set_tempos(RemiPiece *piece, const PartitaScore *score)
{
  g_autoptr(PartitaTempoMap) map = partita_tempo_map_new(score);
  const uint64_t ppq = partita_score_get_ppq(score);
  RemiBar *bars = (RemiBar *)(void *)piece->bars->data;
  const guint n = piece->bars->len;
  size_t left = 0;
  const PartitaTempo *next = partita_score_get_tempos(score, &left);
  uint32_t current = partita_tempo_map_tempo_at(map, 0);
  uint32_t last = 0;

  for (guint i = 0; i < n; ++i) {
    const uint32_t from = to_ticks(bars[i].start, ppq);
    const uint32_t to =
      to_ticks(i + 1 < n ? bars[i + 1].start : piece->end, ppq);
    uint32_t us = 0;

    for (; left > 0 && next->tick <= from; --left)
      current = next++->us_per_quarter;
    us = left > 0 && next->tick < to ? mean_tempo(map, from, to) : current;
    bars[i].tempo = i > 0 && us == last ? bars[i - 1].tempo
                                        : (uint8_t)partita_remi_tempo_bin(us);
    last = us;
  }
}

/* @a / @b rounded to the nearest integer, halves up, for 2 a + b below 2^53: of
 * such numbers the rounded quotient of doubles never reaches the next integer,
 * and it comes sooner than that of integers. */
static inline uint64_t
divide(uint64_t a, uint64_t b)
{
  return (uint64_t)(int64_t)((double)(int64_t)(2 * a + b) /
                             (double)(int64_t)(2 * b));
}

/* Onset and duration go to the nearest position. Of a duration halfway between
 * two, the one is taken that ends where the note's end would be rounded to:
 * so 32nds follow each other without overlap. */
static void
place_note(Quantiser *q, const PartitaNote *note, unsigned program)
{
  const uint64_t grid = REMI_POSITIONS_A_QUARTER;
  const uint64_t ppq = q->ppq;
  const uint64_t on = note->onset_ticks * grid;
  const uint64_t lasts = note->duration_ticks * grid;
  const uint64_t onset = divide(on, ppq);
  uint64_t duration = divide(lasts, ppq);

  if (2 * lasts + ppq == 2 * ppq * duration &&
      onset + duration > divide(on + lasts, ppq))
    --duration;
  duration = CLAMP(duration, 1, REMI_DURATION_MAX);
  if (onset >= (uint64_t)PARTITA_BARS_MAX * REMI_BAR_MAX)
    return;

  const uint64_t packed =
    remi_note_pack((uint32_t)onset, program, note->pitch & 0x7F,
                   (note->velocity & 0x7F) / 4, (uint32_t)duration);

  q->worst_onset = MAX(q->worst_onset, distance(onset * ppq, on));
  q->worst_duration = MAX(q->worst_duration, distance(duration * ppq, lasts));
  q->end = MAX(q->end, onset + duration);
  *q->next++ = packed;
}

static void
place_notes(Quantiser *q, const PartitaScore *score)
{
  GArray *placed = q->piece->notes;

  g_array_set_size(placed, (guint)partita_score_get_n_notes(score));
  q->next = (uint64_t *)(void *)placed->data;
  for (size_t t = 0; t < partita_score_get_n_tracks(score); ++t) {
    const PartitaTrack *track = partita_score_get_track(score, t);
    const unsigned program = partita_track_get_program(track);
    size_t n = 0;
    const PartitaNote *notes = partita_track_get_notes(track, &n);

    for (size_t i = 0; i < n; ++i)
      place_note(q, &notes[i], program);
  }
  g_array_set_size(placed, (guint)(q->next - (uint64_t *)(void *)placed->data));
}

/// Drops what lies past the last bar or repeats a pitch too often.
static void
thin_notes(Quantiser *q)
{
  RemiPiece *piece = q->piece;
  uint64_t *notes = (uint64_t *)(void *)piece->notes->data;
  unsigned unisons = 0;
  guint kept = 0;

  for (guint i = 0; i < piece->notes->len; ++i) {
    const uint32_t onset = remi_note_onset(notes[i]);
    const uint32_t duration = remi_note_duration(notes[i]);
    const bool alike = kept > 0 && notes[kept - 1] >> 17 == notes[i] >> 17;

    unisons = alike ? unisons + 1 : 1;
    if (onset >= piece->end || unisons > REMI_UNISONS_MAX)
      continue;
    notes[kept] = notes[i];
    if (duration > piece->end - onset) {
      const uint32_t cut = duration - (piece->end - onset);

      notes[kept] -= cut;
      q->worst_duration = MAX(q->worst_duration, (uint64_t)cut * q->ppq);
    }
    ++kept;
  }
  g_array_set_size(piece->notes, kept);
}

void
partita_remi_piece_quantise(RemiPiece *piece,
                            const PartitaScore *score,
                            PartitaQuantiseLoss *loss)
{
  Quantiser q = {
    .piece = piece, .loss = loss, .ppq = partita_score_get_ppq(score)};
  const double unit = 1.0 / (REMI_POSITIONS_A_QUARTER * (double)q.ppq);

  place_notes(&q, score);
  lay_bars(piece, score, q.end);
  set_tempos(piece, score);
  partita_sort_keys((uint64_t *)(void *)piece->notes->data, piece->notes->len,
                    REMI_ONSET_SHIFT);
  thin_notes(&q);
  loss->notes = partita_score_get_n_notes(score);
  loss->notes_dropped = loss->notes - piece->notes->len;
  loss->worst_onset_error = (double)q.worst_onset * unit;
  loss->worst_duration_error = (double)q.worst_duration * unit;
}

static void
add_bars(PartitaScore *score, const RemiPiece *piece)
{
  const RemiBar *bars = (const RemiBar *)(const void *)piece->bars->data;

  for (guint i = 0; i < piece->bars->len; ++i) {
    const uint32_t tick = bars[i].start * REMI_TICKS_A_POSITION;
    const RemiMeter meter = partita_remi_meter(bars[i].meter);

    if (i == 0 || bars[i].meter != bars[i - 1].meter)
      partita_score_add_meter(
        score, (PartitaMeter){tick, meter.numerator, meter.denominator});
    if (i == 0 || bars[i].tempo != bars[i - 1].tempo)
      partita_score_add_tempo(
        score, (PartitaTempo){tick, partita_remi_tempos[bars[i].tempo]});
  }
  partita_score_set_end(score, piece->end * REMI_TICKS_A_POSITION);
}

PartitaScore *
partita_remi_piece_to_score(const RemiPiece *piece)
{
  PartitaScore *score = partita_score_new(REMI_PPQ);
  const uint64_t *notes = (const uint64_t *)(const void *)piece->notes->data;
  PartitaTrack *tracks[PARTITA_N_PROGRAMS] = {NULL};
  bool used[PARTITA_N_PROGRAMS] = {false};

  add_bars(score, piece);
  for (guint i = 0; i < piece->notes->len; ++i)
    used[remi_note_program(notes[i])] = true;
  for (unsigned p = 0; p < PARTITA_N_PROGRAMS; ++p) {
    if (used[p])
      tracks[p] = partita_score_add_track(score, (uint8_t)p, NULL);
  }
  for (guint i = 0; i < piece->notes->len; ++i) {
    const PartitaNote note = {remi_note_onset(notes[i]) * REMI_TICKS_A_POSITION,
                              remi_note_duration(notes[i]) *
                                REMI_TICKS_A_POSITION,
                              (uint8_t)remi_note_pitch(notes[i]),
                              (uint8_t)(4 * remi_note_velocity(notes[i]) + 3)};

    partita_track_add_note(tracks[remi_note_program(notes[i])], note);
  }
  partita_score_sort(score);
  return score;
}
