// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <token/performance-private.h>
#include <token/sort-keys.h>

#define PPQ 500u // a tick is a millisecond at 120 quarters a minute
#define US_PER_QUARTER 500000u
#define TICKS_A_STEP (1000u / PERFORMANCE_STEPS_A_SECOND)

static const PartitaTokenClass classes[] = {
  [PERFORMANCE_BOS] = {"Bos", 1},
  [PERFORMANCE_EOS] = {"Eos", 1},
  [PERFORMANCE_STYLE] = {"Style", 0},
  [PERFORMANCE_ON] = {"NoteOn", 128},
  [PERFORMANCE_OFF] = {"NoteOff", 128},
  [PERFORMANCE_SHIFT] = {"TimeShift", PERFORMANCE_SHIFT_MAX},
  [PERFORMANCE_VELOCITY] = {"Velocity", PERFORMANCE_N_VELOCITIES},
};
G_STATIC_ASSERT(G_N_ELEMENTS(classes) == PERFORMANCE_N_CLASSES);

static const PartitaTokenField fields[] = {
  {"Sounding", PERFORMANCE_SOUNDING_MAX + 1},
  {"Time", PERFORMANCE_STEPS_A_SECOND},
  {"Style", 0},
};

static char *
name_value(unsigned class_, unsigned value)
{
  if (class_ == PERFORMANCE_BOS || class_ == PERFORMANCE_EOS)
    return NULL;
  return g_strdup_printf("%u", class_ == PERFORMANCE_SHIFT ? value + 1 : value);
}

static void
get_prompt(const PartitaScore *score, PartitaPrompt *prompt)
{
  (void)score;  // Of the controls the scheme has the style alone,
  (void)prompt; // which no score determines.
}

/* A note as a number whose order as a number is that of a score: onset, pitch,
 * duration (both 24 bits of steps), velocity. */
#define ONSET_SHIFT 36u

static uint64_t
pack(uint32_t onset, unsigned pitch, uint32_t duration, unsigned velocity)
{
  return (uint64_t)onset << ONSET_SHIFT | (uint64_t)pitch << 29 |
         (uint64_t)duration << 5 | velocity;
}

static uint32_t
get_onset(uint64_t note)
{
  return (uint32_t)(note >> ONSET_SHIFT);
}

static unsigned
get_pitch(uint64_t note)
{
  return note >> 29 & 0x7F;
}

static uint32_t
get_duration(uint64_t note)
{
  return note >> 5 & 0xFFFFFF;
}

static unsigned
get_velocity(uint64_t note)
{
  return note & 0x1F;
}

typedef struct {
  const PartitaTempoMap *map;
  uint64_t unit; // of the map's time in a step
  GArray *notes; // uint64_t
  PartitaQuantiseLoss *loss;
} Quantiser;

static double
error_s(const Quantiser *q, uint64_t steps, uint64_t time)
{
  const uint64_t at = steps * q->unit;
  const uint64_t error = at > time ? at - time : time - at;

  return (double)error / ((double)q->unit * (double)PERFORMANCE_STEPS_A_SECOND);
}

static void
place_note(Quantiser *q, const PartitaNote *note)
{
  const uint32_t off_ticks = note->onset_ticks + note->duration_ticks;
  const uint64_t on = partita_tempo_map_us_ppq(q->map, note->onset_ticks);
  const uint64_t off = partita_tempo_map_us_ppq(q->map, off_ticks);
  const uint64_t onset = (on + q->unit / 2) / q->unit;
  const uint64_t end =
    CLAMP((off + q->unit / 2) / q->unit, onset + 1, PERFORMANCE_STEPS_MAX);

  if (onset >= PERFORMANCE_STEPS_MAX)
    return;

  const uint64_t packed =
    pack((uint32_t)onset, note->pitch & 0x7F, (uint32_t)(end - onset),
         (note->velocity & 0x7F) / 4);
  const double onset_error = error_s(q, onset, on);
  const double duration_error = error_s(q, end - onset, off - on);

  q->loss->worst_onset_error = MAX(q->loss->worst_onset_error, onset_error);
  q->loss->worst_duration_error =
    MAX(q->loss->worst_duration_error, duration_error);
  g_array_append_val(q->notes, packed);
}

/// Ends each note where its pitch is struck again; drops what is left empty.
static void
part_notes(Quantiser *q)
{
  uint64_t *notes = (uint64_t *)(void *)q->notes->data;
  const guint n = q->notes->len;
  uint32_t struck[128];
  guint kept = n;

  for (guint p = 0; p < 128; ++p)
    struck[p] = UINT32_MAX;
  // From the end, so that the next onset of each pitch is known.
  for (guint i = n; i > 0; --i) {
    const uint64_t note = notes[i - 1];
    const unsigned pitch = get_pitch(note);
    const uint32_t onset = get_onset(note);
    const uint32_t room = struck[pitch] - onset;
    const uint32_t cut =
      get_duration(note) > room ? get_duration(note) - room : 0;
    const double cut_s = (double)cut / PERFORMANCE_STEPS_A_SECOND;

    if (room == 0)
      continue;
    q->loss->worst_duration_error = MAX(q->loss->worst_duration_error, cut_s);
    notes[--kept] =
      pack(onset, pitch, get_duration(note) - cut, get_velocity(note));
    struck[pitch] = onset;
  }
  g_array_remove_range(q->notes, 0, kept);
}

/// (transfer full) (element-type uint64_t): notes ascending, none overlapping
/// another of its pitch
static GArray *
make_notes(const PartitaScore *score, PartitaQuantiseLoss *loss)
{
  g_autoptr(PartitaScore) folded = partita_token_fold_pedals(score);
  const PartitaScore *from = folded == NULL ? score : folded;
  g_autoptr(PartitaTempoMap) map = partita_tempo_map_new(from);
  const uint64_t us_a_step = 1000000 / PERFORMANCE_STEPS_A_SECOND;
  Quantiser q = {map, us_a_step * partita_score_get_ppq(from),
                 g_array_new(FALSE, FALSE, sizeof(uint64_t)), loss};

  *loss = (PartitaQuantiseLoss){0};
  for (size_t t = 0; t < partita_score_get_n_tracks(from); ++t) {
    const PartitaTrack *track = partita_score_get_track(from, t);
    size_t n = 0;
    const PartitaNote *notes = partita_track_get_notes(track, &n);

    loss->notes += n;
    for (size_t i = 0; i < n && !partita_track_is_drums(track); ++i)
      place_note(&q, &notes[i]);
  }
  partita_sort_keys((uint64_t *)(void *)q.notes->data, q.notes->len,
                    ONSET_SHIFT);
  part_notes(&q);
  loss->notes_dropped = loss->notes - q.notes->len;
  return q.notes;
}

/// Ticks to the end of the bar in which the last of @steps lies.
static uint32_t
find_end(uint32_t steps)
{
  const uint32_t bars =
    (MAX(steps, 1) + PERFORMANCE_STEPS_A_BAR - 1) / PERFORMANCE_STEPS_A_BAR;

  return bars * PERFORMANCE_STEPS_A_BAR * TICKS_A_STEP;
}

static PartitaScore *
notes_to_score(const GArray *notes)
{
  PartitaScore *score = partita_score_new(PPQ);
  PartitaTrack *track =
    notes->len > 0 ? partita_score_add_track(score, 0, NULL) : NULL;
  uint32_t end = 0;

  partita_score_add_tempo(score, (PartitaTempo){0, US_PER_QUARTER});
  partita_score_add_meter(score, (PartitaMeter){0, 4, 4});
  for (guint i = 0; i < notes->len; ++i) {
    const uint64_t note = g_array_index(notes, uint64_t, i);

    end = MAX(end, get_onset(note) + get_duration(note));
    partita_track_add_note(
      track,
      (PartitaNote){get_onset(note) * TICKS_A_STEP,
                    get_duration(note) * TICKS_A_STEP, (uint8_t)get_pitch(note),
                    (uint8_t)(4 * get_velocity(note) + 3)});
  }
  partita_score_set_end(score, find_end(end));
  partita_score_sort(score);
  return score;
}

static PartitaScore *
quantise(const PartitaScore *score, PartitaQuantiseLoss *loss)
{
  g_autoptr(GArray) notes = make_notes(score, loss);

  return notes_to_score(notes);
}

/* An event as a number whose order as a number is that of the tokens: time in
 * steps (24 bits), off before on, pitch, velocity. */
#define TIME_SHIFT 13u

static void
list_events(const GArray *notes, uint64_t *events)
{
  for (guint i = 0; i < notes->len; ++i) {
    const uint64_t note = g_array_index(notes, uint64_t, i);
    const uint64_t on = get_onset(note);
    const uint64_t off = on + get_duration(note);
    const uint64_t pitch = get_pitch(note);

    events[2 * i] =
      on << TIME_SHIFT | 1u << 12 | pitch << 5 | get_velocity(note);
    events[2 * i + 1] = off << TIME_SHIFT | pitch << 5;
  }
  partita_sort_keys(events, 2 * (size_t)notes->len, TIME_SHIFT);
}

static void
put(GArray *ids, const PartitaScheme *scheme, unsigned class_, unsigned value)
{
  const uint16_t id = partita_scheme_id(scheme, class_, value);

  g_array_append_val(ids, id);
}

static void
put_shift(GArray *ids, const PartitaScheme *scheme, uint32_t steps)
{
  for (; steps > PERFORMANCE_SHIFT_MAX; steps -= PERFORMANCE_SHIFT_MAX)
    put(ids, scheme, PERFORMANCE_SHIFT, PERFORMANCE_SHIFT_MAX - 1);
  if (steps > 0)
    put(ids, scheme, PERFORMANCE_SHIFT, steps - 1);
}

static GArray *
encode(const PartitaScheme *scheme,
       const PartitaScore *score,
       const PartitaPrompt *prompt)
{
  PartitaQuantiseLoss loss;
  g_autoptr(GArray) notes = make_notes(score, &loss);
  const size_t n = 2 * (size_t)notes->len;
  g_autofree uint64_t *events = g_new(uint64_t, n);
  GArray *ids =
    g_array_sized_new(FALSE, FALSE, sizeof(uint16_t), (guint)(2 * n + 3));
  unsigned velocity = PERFORMANCE_N_VELOCITIES;
  uint32_t time = 0;

  list_events(notes, events);
  put(ids, scheme, PERFORMANCE_BOS, 0);
  if (prompt->style >= 0)
    put(ids, scheme, PERFORMANCE_STYLE, (unsigned)prompt->style);
  for (size_t i = 0; i < n; ++i) {
    const uint32_t at = (uint32_t)(events[i] >> 13);
    const bool on = events[i] >> 12 & 1;

    put_shift(ids, scheme, at - time);
    time = at;
    if (on && (events[i] & 0x1F) != velocity) {
      velocity = events[i] & 0x1F;
      put(ids, scheme, PERFORMANCE_VELOCITY, velocity);
    }
    put(ids, scheme, on ? PERFORMANCE_ON : PERFORMANCE_OFF,
        events[i] >> 5 & 0x7F);
  }
  put(ids, scheme, PERFORMANCE_EOS, 0);
  return ids;
}

static void
collect(const void *state, unsigned class_, unsigned value, void *data)
{
  const PerformanceState *s = state;

  if (class_ != PERFORMANCE_OFF)
    return;

  const uint64_t note = pack(s->onsets[value], value,
                             s->time - s->onsets[value], s->velocities[value]);

  g_array_append_val((GArray *)data, note);
}

static PartitaScore *
decode(const PartitaScheme *scheme,
       const uint16_t *ids,
       size_t n,
       PartitaPrompt *prompt,
       GError **error)
{
  g_autoptr(GArray) notes = g_array_new(FALSE, FALSE, sizeof(uint64_t));
  PerformanceState state = {0};

  if (!partita_scheme_walk(scheme, ids, n, &state, collect, notes, error))
    return NULL;
  partita_prompt_clear(prompt);
  prompt->style = state.style;
  return notes_to_score(notes);
}

static size_t
get_events(const void *state, PartitaScoreEvent *events)
{
  const PerformanceState *s = state;

  if (s->complete) {
    events[0] = (PartitaScoreEvent){.type = PARTITA_SCORE_EVENT_END,
                                    .end_ticks = find_end(s->time)};
    return 1;
  }
  if (s->last == PERFORMANCE_OFF) {
    const uint32_t onset = s->onsets[s->pitch];

    events[0] = (PartitaScoreEvent){
      .type = PARTITA_SCORE_EVENT_NOTE,
      .note = {onset * TICKS_A_STEP, (s->time - onset) * TICKS_A_STEP, s->pitch,
               (uint8_t)(4 * s->velocities[s->pitch] + 3)}};
    return 1;
  }
  if (!s->started || s->last != PERFORMANCE_BOS)
    return 0;
  events[0] = (PartitaScoreEvent){.type = PARTITA_SCORE_EVENT_TEMPO,
                                  .tempo = {0, US_PER_QUARTER}};
  events[1] =
    (PartitaScoreEvent){.type = PARTITA_SCORE_EVENT_METER, .meter = {0, 4, 4}};
  return 2;
}

static bool
transpose(const PartitaScheme *scheme, uint16_t *ids, size_t n, int semitones)
{
  for (size_t i = 0; i < n; ++i) {
    const unsigned class_ = scheme->class_of[ids[i]];
    const int pitch = ids[i] - (int)scheme->base[class_] + semitones;

    if ((class_ == PERFORMANCE_ON || class_ == PERFORMANCE_OFF) &&
        (pitch < 0 || pitch > 127))
      return false;
  }
  for (size_t i = 0; i < n; ++i) {
    const unsigned class_ = scheme->class_of[ids[i]];

    if (class_ == PERFORMANCE_ON || class_ == PERFORMANCE_OFF)
      ids[i] = (uint16_t)(ids[i] + semitones);
  }
  return true;
}

static unsigned
control(unsigned class_)
{
  return class_ == PERFORMANCE_STYLE ? PARTITA_CONTROL_STYLE : 0;
}

const PartitaSchemeOps partita_performance_ops = {
  .name = "performance",
  .classes = classes,
  .n_classes = G_N_ELEMENTS(classes),
  .fields = fields,
  .n_fields = G_N_ELEMENTS(fields),
  .state_size = sizeof(PerformanceState),
  .ppq = PPQ,
  .name_value = name_value,
  .get_prompt = get_prompt,
  .quantise = quantise,
  .encode = encode,
  .decode = decode,
  .transpose = transpose,
  .control = control,
  .follow = partita_performance_follow,
  .may = partita_performance_may,
  .take = partita_performance_take,
  .demand_bars = partita_performance_demand_bars,
  .is_complete = partita_performance_is_complete,
  .get_fields = partita_performance_get_fields,
  .get_events = get_events,
};
