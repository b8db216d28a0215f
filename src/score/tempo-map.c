// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <score/score-private.h>

#define DEFAULT_US_PER_QUARTER 500000u

typedef struct {
  uint32_t tick;
  uint32_t us_per_quarter;
  uint64_t start_us_ppq; // time at tick, times ppq
} Segment;

struct PartitaTempoMap {
  uint16_t ppq;
  size_t n;
  Segment segments[]; // the first begins at tick 0
};

PartitaTempoMap *
partita_tempo_map_new(const PartitaScore *score)
{
  const guint n_tempos = score->tempos->len;
  PartitaTempoMap *map =
    g_malloc0(sizeof *map + ((size_t)n_tempos + 1) * sizeof(Segment));

  map->ppq = score->ppq;
  map->n = 1;
  map->segments[0].us_per_quarter = DEFAULT_US_PER_QUARTER;
  for (guint i = 0; i < n_tempos; ++i) {
    const PartitaTempo tempo = g_array_index(score->tempos, PartitaTempo, i);
    const Segment *last = &map->segments[map->n - 1];
    const uint64_t ticks = tempo.tick - last->tick;
    const Segment segment = {tempo.tick, tempo.us_per_quarter,
                             last->start_us_ppq + ticks * last->us_per_quarter};

    if (tempo.tick > 0)
      ++map->n;
    map->segments[map->n - 1] = segment;
  }
  return map;
}

void
partita_tempo_map_free(PartitaTempoMap *map)
{
  g_free(map);
}

static const Segment *
find(const PartitaTempoMap *map, uint32_t tick)
{
  size_t low = 0;
  size_t high = map->n;

  // The segment sought is in [low, high).
  while (high - low > 1) {
    const size_t middle = low + (high - low) / 2;

    if (map->segments[middle].tick <= tick)
      low = middle;
    else
      high = middle;
  }
  return &map->segments[low];
}

uint64_t
partita_tempo_map_us_ppq(const PartitaTempoMap *map, uint32_t tick)
{
  const Segment *segment = find(map, tick);

  return segment->start_us_ppq +
         (uint64_t)(tick - segment->tick) * segment->us_per_quarter;
}

double
partita_tempo_map_seconds(const PartitaTempoMap *map, uint32_t tick)
{
  return (double)partita_tempo_map_us_ppq(map, tick) / (1e6 * map->ppq);
}

uint32_t
partita_tempo_map_tempo_at(const PartitaTempoMap *map, uint32_t tick)
{
  return find(map, tick)->us_per_quarter;
}
