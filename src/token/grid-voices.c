// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <token/grid-private.h>

/// Of a track whose notes go to whichever voice suits.
#define FREE GRID_N_VOICES

typedef struct {
  uint32_t onset; // steps
  uint32_t end;
  uint32_t onset_ticks;
  uint32_t duration_ticks;
  uint8_t pitch;
  uint8_t voice; // or FREE
} Note;

typedef struct {
  GridPiece *piece;
  PartitaQuantiseLoss *loss;
  double ppq;
  Note now[GRID_N_VOICES]; // the last note of each voice
  bool has[GRID_N_VOICES]; // whether it has one
} Quantiser;

static const char *const voice_names[GRID_N_VOICES] = {"Soprano", "Alto",
                                                       "Tenor", "Bass"};

static size_t
count_notes(const PartitaTrack *track)
{
  size_t n = 0;

  (void)partita_track_get_notes(track, &n);
  return n;
}

static double
mean_pitch(const PartitaTrack *track)
{
  size_t n = 0;
  const PartitaNote *notes = partita_track_get_notes(track, &n);
  double sum = 0.0;

  for (size_t i = 0; i < n; ++i)
    sum += notes[i].pitch;
  return sum / (double)n;
}

static unsigned
find_voice(const char *name)
{
  for (unsigned v = 0; name != NULL && v < GRID_N_VOICES; ++v) {
    if (g_ascii_strcasecmp(name, voice_names[v]) == 0)
      return v;
  }
  return FREE;
}

/// Whether every track has the name of a voice, each another.
static bool
name_voices(const GPtrArray *tracks, uint8_t *voices)
{
  bool taken[GRID_N_VOICES + 1] = {[FREE] = true};

  for (guint t = 0; t < tracks->len; ++t) {
    const unsigned voice =
      find_voice(partita_track_get_name(g_ptr_array_index(tracks, t)));

    if (taken[voice])
      return false;
    taken[voice] = true;
    voices[t] = (uint8_t)voice;
  }
  return true;
}

/// Four tracks are the voices in order of their mean pitches.
static void
rank_voices(const GPtrArray *tracks, uint8_t *voices)
{
  double means[GRID_N_VOICES];

  for (guint t = 0; t < GRID_N_VOICES; ++t)
    means[t] = mean_pitch(g_ptr_array_index(tracks, t));
  for (guint t = 0; t < GRID_N_VOICES; ++t) {
    unsigned above = 0;

    for (guint u = 0; u < GRID_N_VOICES; ++u)
      above += means[u] > means[t] || (means[u] == means[t] && u < t);
    voices[t] = (uint8_t)above;
  }
}

/// Nearest step; of two, the later.
static uint64_t
round_to_step(uint64_t tick, uint64_t ppq)
{
  return (2 * GRID_STEPS_A_QUARTER * tick + ppq) / (2 * ppq);
}

static void
collect_track(GArray *notes,
              const PartitaTrack *track,
              unsigned voice,
              uint64_t ppq)
{
  size_t n = 0;
  const PartitaNote *from = partita_track_get_notes(track, &n);

  for (size_t i = 0; i < n; ++i) {
    const uint64_t off = (uint64_t)from[i].onset_ticks + from[i].duration_ticks;
    const uint64_t onset = round_to_step(from[i].onset_ticks, ppq);
    const uint64_t end = MAX(round_to_step(off, ppq), onset + 1);
    const Note note = {(uint32_t)onset,      (uint32_t)MIN(end, GRID_STEPS_MAX),
                       from[i].onset_ticks,  from[i].duration_ticks,
                       from[i].pitch & 0x7F, (uint8_t)voice};

    if (onset < GRID_STEPS_MAX)
      g_array_append_val(notes, note);
  }
}

/// By onset, then from high to low, then from long to short.
static int
compare_notes(const void *a, const void *b)
{
  const Note *x = a;
  const Note *y = b;

  if (x->onset != y->onset)
    return x->onset < y->onset ? -1 : 1;
  if (x->pitch != y->pitch)
    return x->pitch > y->pitch ? -1 : 1;
  if (x->end != y->end)
    return x->end > y->end ? -1 : 1;
  if (x->onset_ticks != y->onset_ticks)
    return x->onset_ticks < y->onset_ticks ? -1 : 1;
  return (x->duration_ticks > y->duration_ticks) -
         (x->duration_ticks < y->duration_ticks);
}

/// (transfer full) (element-type Note): sorted, those of drums left out
static GArray *
collect(const PartitaScore *score)
{
  g_autoptr(GPtrArray) tracks = g_ptr_array_new();
  GArray *notes = g_array_new(FALSE, FALSE, sizeof(Note));

  for (size_t t = 0; t < partita_score_get_n_tracks(score); ++t) {
    PartitaTrack *track = partita_score_get_track(score, t);

    if (!partita_track_is_drums(track) && count_notes(track) > 0)
      g_ptr_array_add(tracks, track);
  }

  g_autofree uint8_t *voices = g_malloc(tracks->len + 1u);

  if (!name_voices(tracks, voices)) {
    memset(voices, FREE, tracks->len);
    if (tracks->len == GRID_N_VOICES)
      rank_voices(tracks, voices);
  }
  for (guint t = 0; t < tracks->len; ++t)
    collect_track(notes, g_ptr_array_index(tracks, t), voices[t],
                  partita_score_get_ppq(score));
  g_array_sort(notes, compare_notes);
  return notes;
}

/// Writes the last note of a voice, whose end is known now.
static void
settle(Quantiser *q, unsigned voice)
{
  const Note *note = &q->now[voice];
  const double steps = GRID_STEPS_A_QUARTER;

  if (!q->has[voice])
    return;

  const double onset = note->onset / steps - note->onset_ticks / q->ppq;
  const double duration =
    (note->end - note->onset) / steps - note->duration_ticks / q->ppq;

  q->loss->worst_onset_error = MAX(q->loss->worst_onset_error, fabs(onset));
  q->loss->worst_duration_error =
    MAX(q->loss->worst_duration_error, fabs(duration));
  for (uint32_t step = note->onset; step < note->end; ++step)
    q->piece->cells[step * GRID_N_VOICES + voice] = note->pitch;
}

static void
begin_note(Quantiser *q, unsigned voice, const Note *note)
{
  q->now[voice].end = MIN(q->now[voice].end, note->onset);
  settle(q, voice);
  q->now[voice] = *note;
  q->has[voice] = true;
}

/// What it costs to begin @chord in the voices of the bits of @set.
static unsigned
cost(const Quantiser *q, const Note *const *chord, unsigned set)
{
  static const int middles[GRID_N_VOICES] = {72, 65, 58, 50};
  const uint32_t onset = chord[0]->onset;
  unsigned cuts = 0, crossings = 0, moves = 0, n = 0;

  for (unsigned v = 0; v < GRID_N_VOICES; ++v) {
    const bool sounds = q->has[v] && q->now[v].end > onset;

    if ((set >> v & 1) != 0) {
      const int before = q->has[v] ? q->now[v].pitch : middles[v];

      cuts += sounds;
      moves += (unsigned)abs(chord[n++]->pitch - before);
      continue;
    }
    // The @n highest of the chord lie in the voices above this one.
    for (unsigned i = 0; sounds && chord[i] != NULL; ++i)
      crossings += i < n ? chord[i]->pitch < q->now[v].pitch
                         : chord[i]->pitch > q->now[v].pitch;
  }
  return cuts << 16 | crossings << 12 | MIN(moves, 0xFFFu);
}

static unsigned
count_bits(unsigned set)
{
  unsigned n = 0;

  for (; set > 0; set &= set - 1)
    ++n;
  return n;
}

/* The highest note of @chord goes to the highest voice chosen, and so on: into
 * those voices that cut the fewest notes that sound, then cross the fewest,
 * then move the least. Of more than four the two highest and the two lowest
 * are kept. @chord: shape [n + 1], from high to low, then NULL */
static void
begin_chord(Quantiser *q, const Note **chord, size_t n)
{
  unsigned best = UINT_MAX, chosen = 0;

  if (n > GRID_N_VOICES) {
    chord[2] = chord[n - 2];
    chord[3] = chord[n - 1];
    n = GRID_N_VOICES;
    chord[n] = NULL;
  }
  for (unsigned set = 1; set < 1u << GRID_N_VOICES; ++set) {
    const unsigned price =
      count_bits(set) == n ? cost(q, chord, set) : UINT_MAX;

    if (price < best) {
      best = price;
      chosen = set;
    }
  }
  for (unsigned v = 0; v < GRID_N_VOICES; ++v) {
    if ((chosen >> v & 1) != 0)
      begin_note(q, v, *chord++);
  }
}

/// Places @n notes that begin together; of one voice the outermost is kept.
static void
place(Quantiser *q, const Note *notes, size_t n)
{
  const Note *outer[GRID_N_VOICES] = {NULL};
  const Note *chord[128 + 1];
  size_t size = 0;

  for (size_t i = 0; i < n; ++i) {
    const unsigned voice = notes[i].voice;

    if (voice == FREE) {
      // Equal pitches stand together, the longest first.
      if (size == 0 || chord[size - 1]->pitch != notes[i].pitch)
        chord[size++] = &notes[i];
    } else if (outer[voice] == NULL ||
               (voice == GRID_N_VOICES - 1 &&
                outer[voice]->pitch != notes[i].pitch)) {
      outer[voice] = &notes[i];
    }
  }
  chord[size] = NULL;
  if (size > 0)
    begin_chord(q, chord, size);
  for (unsigned v = 0; v < GRID_N_VOICES; ++v) {
    if (outer[v] != NULL)
      begin_note(q, v, outer[v]);
  }
}

/// Notes are what lies between changes of pitch.
static size_t
count_runs(const GridPiece *piece)
{
  size_t n = 0;

  for (size_t i = 0; i < (size_t)piece->steps * GRID_N_VOICES; ++i)
    n +=
      piece->cells[i] != GRID_REST &&
      (i < GRID_N_VOICES || piece->cells[i] != piece->cells[i - GRID_N_VOICES]);
  return n;
}

static uint32_t
find_end(const PartitaScore *score, const GArray *notes)
{
  const uint64_t end =
    round_to_step(partita_score_get_end(score), partita_score_get_ppq(score));
  uint32_t steps = (uint32_t)MIN(end, GRID_STEPS_MAX);

  for (guint i = 0; i < notes->len; ++i)
    steps = MAX(steps, g_array_index(notes, Note, i).end);
  return steps;
}

void
partita_grid_piece_quantise(GridPiece *piece,
                            const PartitaScore *score,
                            PartitaQuantiseLoss *loss)
{
  g_autoptr(GArray) collected = collect(score);
  const Note *notes = (const Note *)(const void *)collected->data;
  Quantiser q = {
    .piece = piece, .loss = loss, .ppq = partita_score_get_ppq(score)};

  *loss = (PartitaQuantiseLoss){.notes = partita_score_get_n_notes(score)};
  piece->steps = find_end(score, collected);
  piece->cells = g_malloc((size_t)piece->steps * GRID_N_VOICES + 1);
  memset(piece->cells, GRID_REST, (size_t)piece->steps * GRID_N_VOICES);
  for (size_t i = 0, n = 1; i < collected->len; i += n) {
    for (n = 1; i + n < collected->len && notes[i + n].onset == notes[i].onset;)
      ++n;
    place(&q, notes + i, n);
  }
  for (unsigned v = 0; v < GRID_N_VOICES; ++v)
    settle(&q, v);
  loss->notes_dropped = loss->notes - count_runs(piece);
}
