// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <compose/controls-private.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/// A note of any track.
typedef struct {
  uint32_t onset;
  uint32_t end;
  uint8_t pitch;
  uint8_t program;
} Sound;

/// The finished piece, as its promises look at it.
typedef struct {
  const PartitaControls *controls;
  const PartitaScore *score;
  GArray *bars;     // PartitaBar
  GArray *sounds;   // Sound, of pitched instruments, in order of onset
  size_t n_notes;   // drums too
  GArray *promises; // PartitaPromise
} Measure;

static int
compare_sounds(const void *a, const void *b)
{
  const Sound *x = a;
  const Sound *y = b;

  if (x->onset != y->onset)
    return x->onset < y->onset ? -1 : 1;
  return (int)x->pitch - (int)y->pitch;
}

static void
collect(Measure *m)
{
  for (size_t t = 0; t < partita_score_get_n_tracks(m->score); ++t) {
    const PartitaTrack *track = partita_score_get_track(m->score, t);
    size_t n = 0;
    const PartitaNote *notes = partita_track_get_notes(track, &n);

    m->n_notes += n;
    for (size_t i = 0; !partita_track_is_drums(track) && i < n; ++i) {
      const Sound sound = {notes[i].onset_ticks,
                           notes[i].onset_ticks + notes[i].duration_ticks,
                           notes[i].pitch, partita_track_get_program(track)};

      g_array_append_val(m->sounds, sound);
    }
  }
  g_array_sort(m->sounds, compare_sounds);
}

static const Sound *
sound_at(const Measure *m, guint i)
{
  return &g_array_index(m->sounds, Sound, i);
}

/// Takes @wish.
static void
add(Measure *m,
    const char *name,
    char *wish,
    const char *detail,
    size_t held,
    size_t of)
{
  partita_promises_add(m->promises, name, wish, detail, held, of);
}

static void
measure_scale(Measure *m)
{
  const PartitaControls *c = m->controls;
  const uint16_t scale = partita_controls_get_scale(c);
  const bool by_key = c->tonic >= 0 && c->scale < 0 && c->scale_list == 0;
  size_t held = 0;

  if (c->tonic < 0 && c->scale < 0 && c->scale_list == 0)
    return;
  for (guint i = 0; i < m->sounds->len; ++i)
    held += scale >> sound_at(m, i)->pitch % 12 & 1;
  add(m, by_key ? "key" : "scale", partita_controls_name_scale(c),
      "notes in scale", held, m->sounds->len);
}

static void
measure_signature(Measure *m)
{
  const int key = partita_controls_get_key(m->controls);
  size_t n = 0;
  const PartitaKey *keys = partita_score_get_keys(m->score, &n);

  if (key >= 0)
    add(m, "signature", partita_controls_name_key(m->controls), "in the file",
        n == 1 && keys[0].tick == 0 &&
          partita_key_from_signature(keys[0]) == key,
        1);
}

/// The chord that sounds when the last note begins.
static bool
closes_on(const Measure *m, uint16_t chord, uint8_t bass)
{
  const PartitaBar *last =
    &g_array_index(m->bars, PartitaBar, m->bars->len - 1);
  const guint n = m->sounds->len;
  const uint32_t at = n > 0 ? sound_at(m, n - 1)->onset : 0;
  unsigned lowest = 128;
  bool inside = n > 0 && at >= last->tick;

  for (guint i = 0; i < n; ++i) {
    const Sound *sound = sound_at(m, i);

    if (sound->end <= at)
      continue;
    inside = inside && (chord >> sound->pitch % 12 & 1) != 0;
    lowest = MIN(lowest, sound->pitch);
  }
  return inside && lowest % 12 == bass;
}

static void
measure_ending(Measure *m)
{
  uint8_t bass = 0;
  const uint16_t chord =
    partita_controls_get_closing(m->controls, m->bars->len, &bass);

  if (chord != 0)
    add(m, "ending", partita_controls_name_pitch_classes(chord),
        "on its chord, root in the bass", closes_on(m, chord, bass), 1);
}

static void
measure_ranges(Measure *m)
{
  for (size_t r = 0; r < m->controls->n_ranges; ++r) {
    const PartitaRange *range = &m->controls->ranges[r];
    size_t held = 0, of = 0;

    for (guint i = 0; i < m->sounds->len; ++i) {
      const Sound *sound = sound_at(m, i);

      if (!partita_controls_is_in_group(m->controls, &range->group,
                                        sound->program))
        continue;
      ++of;
      held += sound->pitch >= range->low && sound->pitch <= range->high;
    }
    add(m, "range", partita_controls_name_range(range), "notes in range", held,
        of);
  }
}

static void
measure_meter(Measure *m)
{
  const PartitaControls *c = m->controls;
  size_t held = 0;

  if (c->numerator == 0)
    return;
  for (guint i = 0; i < m->bars->len; ++i) {
    const PartitaBar *bar = &g_array_index(m->bars, PartitaBar, i);

    held += bar->numerator == c->numerator &&
            bar->denominator == c->denominator &&
            (uint64_t)bar->length_ticks * c->denominator ==
              4 * (uint64_t)partita_score_get_ppq(m->score) * c->numerator;
  }
  add(m, "meter", g_strdup_printf("%d/%d", c->numerator, c->denominator),
      "bars", held, m->bars->len);
}

static void
measure_tempo(Measure *m)
{
  size_t n = 0;
  const PartitaTempo *tempos = partita_score_get_tempos(m->score, &n);
  const double wanted = m->controls->tempo;

  if (wanted > 0.0)
    add(m, "tempo", g_strdup_printf("%g", wanted), "the one tempo of the file",
        n == 1 && tempos[0].tick == 0 &&
          tempos[0].us_per_quarter == partita_controls_get_us(m->controls),
        1);
}

static void
measure_programs(Measure *m)
{
  const PartitaControls *c = m->controls;
  bool used[PARTITA_GROUPS_MAX] = {false};
  size_t held = 0, others = 0;

  if (c->n_groups == 0)
    return;
  for (size_t t = 0; t < partita_score_get_n_tracks(m->score); ++t) {
    const PartitaTrack *track = partita_score_get_track(m->score, t);
    bool known = false;
    size_t n = 0;

    (void)partita_track_get_notes(track, &n);
    for (size_t g = 0; n > 0 && g < c->n_groups; ++g)
      if (c->groups[g].programs[partita_track_get_program(track)])
        known = used[g] = true;
    others += n > 0 && !known;
  }
  for (size_t g = 0; g < c->n_groups; ++g)
    held += used[g];
  add(m, "programs", partita_controls_name_groups(c),
      "of the instruments play, and no other", held, c->n_groups + others);
}

static void
measure_without(Measure *m)
{
  size_t held = 0;

  if (m->controls->n_without == 0)
    return;
  for (size_t t = 0; t < partita_score_get_n_tracks(m->score); ++t) {
    const PartitaTrack *track = partita_score_get_track(m->score, t);
    size_t n = 0;

    (void)partita_track_get_notes(track, &n);
    held +=
      partita_controls_is_without(m->controls, partita_track_get_program(track))
        ? 0
        : n;
  }
  add(m, "without", partita_controls_name_without(m->controls),
      "notes are of others", held, m->n_notes);
}

/// The seconds asked for, to half a bar, for there are no others in between.
static void
measure_seconds(Measure *m)
{
  g_autoptr(PartitaTempoMap) tempos = partita_tempo_map_new(m->score);
  const PartitaBar *last =
    &g_array_index(m->bars, PartitaBar, m->bars->len - 1);
  const double end =
    partita_tempo_map_seconds(tempos, partita_score_get_end(m->score));
  const double last_s = end - partita_tempo_map_seconds(tempos, last->tick);

  if (m->controls->seconds <= 0.0)
    return;

  g_autofree char *detail = g_strdup_printf("%.1f s, to half a bar", end);

  add(m, "seconds", g_strdup_printf("%g", m->controls->seconds), detail,
      fabs(end - m->controls->seconds) <= 0.5 * last_s + 0.01, 1);
}

static void
measure_density(Measure *m)
{
  const double wanted = m->controls->density;
  const PartitaBar *last =
    &g_array_index(m->bars, PartitaBar, m->bars->len - 1);
  const double quarters =
    (double)(last->tick + last->length_ticks) / partita_score_get_ppq(m->score);

  if (wanted <= 0.0)
    return;

  g_autofree char *detail =
    g_strdup_printf("%.2f notes a quarter", (double)m->n_notes / quarters);

  add(m, "density", g_strdup_printf("%g", wanted), detail,
      fabs((double)m->n_notes - wanted * quarters) <=
        PARTITA_DENSITY_TOLERANCE * wanted * quarters + 1.0,
      1);
}

static int
compare_ticks(const void *a, const void *b)
{
  const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

  return (x > y) - (x < y);
}

/// (transfer full) (element-type uint32_t): where sounds end, in order
static GArray *
list_ends(const Measure *m)
{
  GArray *ends = g_array_new(FALSE, FALSE, sizeof(uint32_t));

  for (guint i = 0; i < m->sounds->len; ++i)
    g_array_append_val(ends, sound_at(m, i)->end);
  g_array_sort(ends, compare_ticks);
  return ends;
}

static void
measure_polyphony(Measure *m)
{
  const unsigned wanted = m->controls->polyphony;
  const guint n = m->sounds->len;
  size_t held = 0;
  guint begun = 0, ended = 0;

  if (wanted == 0)
    return;

  g_autoptr(GArray) ends = list_ends(m);

  for (guint i = 0; i < n; ++i) {
    const uint32_t at = sound_at(m, i)->onset;

    while (begun < n && sound_at(m, begun)->onset <= at)
      ++begun;
    while (ended < n && g_array_index(ends, uint32_t, ended) <= at)
      ++ended;
    held += begun - ended <= wanted;
  }
  add(m, "polyphony", g_strdup_printf("%u", wanted),
      "notes with no more at once", held, n);
}

/// Whether @sound keeps to the chords from the bar it begins in to its end.
static bool
follows_grid(const Measure *m, const Sound *sound, guint bar)
{
  const uint32_t beat = partita_score_get_ppq(m->score);
  uint32_t at = sound->onset;
  bool is_member = true;

  while (at < sound->end && bar < m->bars->len) {
    const PartitaBar *b = &g_array_index(m->bars, PartitaBar, bar);
    uint32_t start = 0, end = 0;
    const PartitaChord *chord = partita_controls_find_chord(
      m->controls, bar, at - b->tick, b->length_ticks, beat, &start, &end);

    if (at == sound->onset) {
      if (!partita_controls_may_begin(m->controls, chord, sound->pitch,
                                      at - b->tick, start, beat, &is_member))
        return false;
      if (!is_member)
        return sound->end - at < beat && sound->end <= b->tick + end;
    } else if ((chord->pitch_classes >> sound->pitch % 12 & 1) == 0) {
      return false;
    }
    at = b->tick + end;
    bar += end == b->length_ticks;
  }
  return true;
}

static void
measure_chords(Measure *m)
{
  size_t held = 0;
  guint bar = 0;

  if (m->controls->n_chords == 0)
    return;
  for (guint i = 0; i < m->sounds->len; ++i) {
    const Sound *sound = sound_at(m, i);

    while (bar + 1 < m->bars->len &&
           sound->onset >= g_array_index(m->bars, PartitaBar, bar + 1).tick)
      ++bar;
    held += follows_grid(m, sound, bar);
  }
  add(m, "chords", partita_controls_name_chords(m->controls),
      "notes follow them", held, m->sounds->len);
}

static void
measure_fill(Measure *m)
{
  g_autoptr(GArray) bars = partita_score_get_played_bars(m->score);
  g_autofree bool *full = g_new0(bool, bars->len);
  size_t held = 0;

  if (!m->controls->fill)
    return;
  for (size_t t = 0; t < partita_score_get_n_tracks(m->score); ++t) {
    size_t n = 0;
    const PartitaNote *notes =
      partita_track_get_notes(partita_score_get_track(m->score, t), &n);

    for (size_t i = 0; i < n; ++i)
      full[partita_bars_find(bars, partita_score_get_ppq(m->score),
                             notes[i].onset_ticks)] = true;
  }
  for (guint i = 0; i < bars->len; ++i)
    held += full[i];
  add(m, "notes", NULL, "bars have some", held, bars->len);
}

static void
measure_loop(Measure *m)
{
  const PartitaBar *last =
    &g_array_index(m->bars, PartitaBar, m->bars->len - 1);
  size_t n_notes = 0;
  size_t held = 0;

  if (!m->controls->loop)
    return;
  for (size_t t = 0; t < partita_score_get_n_tracks(m->score); ++t) {
    size_t n = 0;
    const PartitaNote *notes =
      partita_track_get_notes(partita_score_get_track(m->score, t), &n);

    n_notes += n;
    for (size_t i = 0; i < n; ++i)
      held += notes[i].onset_ticks + notes[i].duration_ticks <=
              last->tick + last->length_ticks;
  }
  add(m, "loop", NULL, "notes end by its end", held, n_notes);
}

GArray *
partita_controls_measure(const PartitaControls *controls,
                         const PartitaScore *score,
                         size_t bars)
{
  static void (*const measures[])(Measure *) = {
    measure_scale,    measure_signature, measure_ending,  measure_chords,
    measure_ranges,   measure_meter,     measure_tempo,   measure_seconds,
    measure_programs, measure_without,   measure_density, measure_polyphony,
    measure_fill,     measure_loop,
  };
  g_autoptr(GArray) of_score = partita_score_get_bars(score);
  g_autoptr(GArray) sounds = g_array_new(FALSE, FALSE, sizeof(Sound));
  Measure m = {.controls = controls,
               .score = score,
               .bars = of_score,
               .sounds = sounds,
               .promises = partita_promises_new()};

  collect(&m);
  if (bars > 0)
    add(&m, "bars", NULL, NULL, partita_score_count_bars(score), bars);
  for (size_t i = 0; i < G_N_ELEMENTS(measures); ++i)
    measures[i](&m);
  return m.promises;
}
