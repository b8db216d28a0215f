// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <compose/frame.h>
#include <compose/harmony.h>
#include <compose/steps.h>

/// The lowest note of a voice.
#define LOWEST 36
/// No note lasts longer, in positions.
#define LONGEST (65u * PARTITA_STEP_HOLD_LENGTH)

typedef struct {
  uint32_t end;
  uint8_t pitch;
} PartitaHarmonyRing;

void
partita_harmony_init(PartitaHarmony *harmony, const GArray *line)
{
  harmony->line = line;
  harmony->rings = g_array_new(FALSE, FALSE, sizeof(PartitaHarmonyRing));
}

void
partita_harmony_clear(PartitaHarmony *harmony)
{
  g_clear_pointer(&harmony->rings, g_array_unref);
}

void
partita_harmony_add(PartitaHarmony *harmony,
                    uint32_t onset,
                    uint32_t end,
                    unsigned pitch)
{
  const PartitaHarmonyRing ring = {end, (uint8_t)pitch};

  for (guint i = harmony->rings->len; i-- > 0;)
    if (g_array_index(harmony->rings, PartitaHarmonyRing, i).end <= onset)
      g_array_remove_index_fast(harmony->rings, i);
  g_array_append_val(harmony->rings, ring);
}

static const PartitaLineNote *
line_at(const PartitaHarmony *h, guint i)
{
  return &g_array_index(h->line, PartitaLineNote, i);
}

/// Index of the first note of the line that begins at @at or later.
static guint
find_next(const PartitaHarmony *h, uint32_t at)
{
  guint low = 0;
  guint high = h->line->len;

  while (low < high) {
    const guint middle = low + (high - low) / 2;

    if (line_at(h, middle)->onset < at)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/// The note of the line that sounds at @at or sounded last, or the first.
static unsigned
find_ceiling(const PartitaHarmony *h, uint32_t at)
{
  const guint next = find_next(h, at + 1);

  return line_at(h, next > 0 ? next - 1 : 0)->pitch;
}

static bool
is_due(const PartitaHarmony *h, uint32_t at)
{
  const guint next = find_next(h, at);

  return next < h->line->len && line_at(h, next)->onset == at;
}

static unsigned
count_voices(const PartitaHarmony *h, uint32_t at)
{
  unsigned n = 0;

  for (guint i = 0; i < h->rings->len; ++i)
    n += g_array_index(h->rings, PartitaHarmonyRing, i).end > at;
  return n;
}

static bool
sounds(const PartitaHarmony *h, uint32_t at, unsigned pitch)
{
  for (guint i = 0; i < h->rings->len; ++i) {
    const PartitaHarmonyRing *ring =
      &g_array_index(h->rings, PartitaHarmonyRing, i);

    if (ring->end > at && ring->pitch == pitch)
      return true;
  }
  return false;
}

/// Pitches over @below that could still begin at @at.
static unsigned
count_free(const PartitaHarmony *h, uint32_t at, int below)
{
  const unsigned ceiling = find_ceiling(h, at);
  unsigned n = 0;

  for (unsigned p = MAX(LOWEST, (unsigned)(below + 1)); p < ceiling; ++p)
    n += !sounds(h, at, p);
  return n;
}

bool
partita_harmony_may_pass(const PartitaHarmony *harmony,
                         uint32_t at,
                         uint32_t to)
{
  for (guint i = find_next(harmony, at);
       i < harmony->line->len && line_at(harmony, i)->onset < to; ++i)
    if (count_voices(harmony, line_at(harmony, i)->onset) <
        PARTITA_HARMONY_VOICES)
      return false;
  return true;
}

bool
partita_harmony_may_stand(const PartitaHarmony *harmony, uint32_t at)
{
  return count_voices(harmony, at) < PARTITA_HARMONY_VOICES &&
         count_free(harmony, at, -1) > 0;
}

bool
partita_harmony_may_strike(const PartitaHarmony *harmony,
                           uint32_t at,
                           int below,
                           unsigned pitch)
{
  const unsigned n = count_voices(harmony, at);
  const unsigned left =
    is_due(harmony, at) ? PARTITA_HARMONY_VOICES - MIN(n + 1, 3u) : 0;

  return n < PARTITA_HARMONY_VOICES && (int)pitch > below && pitch >= LOWEST &&
         pitch < find_ceiling(harmony, at) && !sounds(harmony, at, pitch) &&
         count_free(harmony, at, (int)pitch) >= left;
}

uint32_t
partita_harmony_latest_end(const PartitaHarmony *harmony,
                           uint32_t at,
                           unsigned pitch)
{
  for (guint i = find_next(harmony, at + 1);
       i < harmony->line->len && line_at(harmony, i)->onset < at + LONGEST; ++i)
    if (line_at(harmony, i)->pitch <= pitch)
      return line_at(harmony, i)->onset;
  return G_MAXUINT32;
}
