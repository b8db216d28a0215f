// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <corpus/line.h>

#define STEPS_A_QUARTER 4
#define REST_MAX 255

typedef struct {
  uint32_t step;
  uint8_t pitch;
} Top;

static int
compare_tops(const void *a, const void *b)
{
  const Top *x = a;
  const Top *y = b;

  if (x->step != y->step)
    return x->step < y->step ? -1 : 1;
  return (int)y->pitch - (int)x->pitch; // the highest first
}

static GArray *
collect(const PartitaScore *score)
{
  const uint64_t ppq = partita_score_get_ppq(score);
  GArray *tops = g_array_sized_new(FALSE, FALSE, sizeof(Top),
                                   (guint)partita_score_get_n_notes(score));

  for (size_t t = 0; t < partita_score_get_n_tracks(score); ++t) {
    const PartitaTrack *track = partita_score_get_track(score, t);
    size_t n = 0;
    const PartitaNote *notes = partita_track_get_notes(track, &n);

    for (size_t i = 0; !partita_track_is_drums(track) && i < n; ++i) {
      const uint64_t place = (uint64_t)notes[i].onset_ticks * STEPS_A_QUARTER;
      const Top top = {(uint32_t)((place + ppq / 2) / ppq), notes[i].pitch};

      g_array_append_val(tops, top);
    }
  }
  g_array_sort(tops, compare_tops);
  return tops;
}

GArray *
partita_line_get(const PartitaScore *score)
{
  g_autoptr(GArray) tops = collect(score);
  GArray *line = g_array_new(FALSE, FALSE, sizeof(uint16_t));
  Top last = {0, 0};

  for (guint i = 0; i < tops->len; ++i) {
    const Top top = g_array_index(tops, Top, i);

    if (i > 0 && top.step == last.step)
      continue;
    if (i > 0) {
      const int interval = top.pitch - last.pitch + 128;
      const uint32_t rest = MIN(top.step - last.step, REST_MAX);
      const uint16_t step = (uint16_t)((uint32_t)interval << 8 | rest);

      g_array_append_val(line, step);
    }
    last = top;
  }
  return line;
}
