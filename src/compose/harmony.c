// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <compose/frame.h>
#include <compose/harmony.h>

/// The lowest note of a voice.
#define LOWEST 36

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

/// The note of the line that sounds at @at or sounded last, or the first.
static unsigned
find_ceiling(const PartitaHarmony *h, uint32_t at)
{
  guint last = 0;

  while (last + 1 < h->line->len && line_at(h, last + 1)->onset <= at)
    ++last;
  return line_at(h, last)->pitch;
}

static bool
is_due(const PartitaHarmony *h, uint32_t at)
{
  for (guint i = 0; i < h->line->len && line_at(h, i)->onset <= at; ++i)
    if (line_at(h, i)->onset == at)
      return true;
  return false;
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
  for (guint i = 0; i < harmony->line->len; ++i) {
    const uint32_t due = line_at(harmony, i)->onset;

    if (due >= at && due < to &&
        count_voices(harmony, due) < PARTITA_HARMONY_VOICES)
      return false;
  }
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
  for (guint i = 0; i < harmony->line->len; ++i) {
    const PartitaLineNote *note = line_at(harmony, i);

    if (note->onset > at && note->pitch <= pitch)
      return note->onset;
  }
  return G_MAXUINT32;
}
