// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Where new notes go. On one channel of a row no two notes of a pitch may
 * sound at once, for a release would end the wrong one. */

#include <midi/rewrite-private.h>

#include <string.h>

/// When a key is down.
typedef struct {
  uint32_t from;
  uint32_t to;
  uint32_t reach; // the latest end of this span and those before it
} Span;

void
partita_midi_slot_free(void *slot)
{
  PartitaMidiSlot *self = slot;

  g_array_unref(self->given);
  g_array_unref(self->added);
  g_free(self);
}

void
partita_midi_row_free(void *row)
{
  PartitaMidiRow *self = row;

  g_array_unref(self->inserts);
  g_free(self);
}

PartitaMidiRow *
partita_midi_row_new(void)
{
  PartitaMidiRow *row = g_new0(PartitaMidiRow, 1);

  row->inserts = g_array_new(FALSE, FALSE, sizeof(PartitaMidiInsert));
  row->behind = PARTITA_MIDI_NONE;
  return row;
}

void
partita_midi_row_insert(PartitaMidiRow *row,
                        uint32_t tick,
                        PartitaMidiOrder order,
                        const uint8_t *bytes,
                        size_t n)
{
  PartitaMidiInsert insert = {
    .tick = tick, .order = (uint8_t)order, .n = (uint8_t)n};

  memcpy(insert.bytes, bytes, n);
  g_array_append_val(row->inserts, insert);
}

void
partita_midi_row_insert_meta(PartitaMidiRow *row,
                             uint32_t tick,
                             PartitaMidiOrder order,
                             uint8_t type,
                             const void *contents,
                             size_t n)
{
  uint8_t bytes[14] = {0xFF, type, (uint8_t)n};

  memcpy(bytes + 3, contents, n);
  partita_midi_row_insert(row, tick, order, bytes, 3 + n);
}

void
partita_midi_row_insert_mark(PartitaMidiRow *row,
                             uint32_t tick,
                             PartitaMidiOrder order,
                             PartitaMidiMark mark)
{
  uint8_t contents[PARTITA_MIDI_MARK_SIZE + 1];

  partita_midi_pack_mark(mark, contents);
  partita_midi_row_insert_meta(row, tick, order, PARTITA_MIDI_META_OWN,
                               contents, sizeof contents);
}

PartitaMidiSlot *
partita_midi_rewrite_slot(PartitaMidiRewriter *rewriter,
                          uint32_t row,
                          unsigned channel,
                          unsigned pitch)
{
  const gpointer key = partita_midi_slot_key(row, channel, pitch);
  PartitaMidiSlot *slot = g_hash_table_lookup(rewriter->slots, key);

  if (slot == NULL) {
    slot = g_new0(PartitaMidiSlot, 1);
    slot->given = g_array_new(FALSE, FALSE, sizeof(Span));
    slot->added = g_array_new(FALSE, FALSE, sizeof(Span));
    g_hash_table_insert(rewriter->slots, key, slot);
  }
  return slot;
}

/// How many of @spans begin before @tick.
static guint
count_before(const GArray *spans, uint32_t tick)
{
  guint low = 0;
  guint high = spans->len;

  while (low < high) {
    const guint middle = low + (high - low) / 2;

    if (g_array_index(spans, Span, middle).from < tick)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static bool
is_down(const GArray *spans, uint32_t from, uint32_t to)
{
  const guint n = count_before(spans, to);

  return n > 0 && g_array_index(spans, Span, n - 1).reach > from;
}

/// Notes come in the order of their onsets.
static void
add_span(GArray *spans, const PartitaNote *note)
{
  const uint32_t end = note->onset_ticks + note->duration_ticks;
  const uint32_t before =
    spans->len > 0 ? g_array_index(spans, Span, spans->len - 1).reach : 0;
  const Span span = {note->onset_ticks, end, MAX(before, end)};

  g_array_append_val(spans, span);
}

/// A place for a given note in the order of onsets.
static gint
compare_sounds(gconstpointer a, gconstpointer b)
{
  const PartitaNote *x = &(*(PartitaMidiSound *const *)a)->note;
  const PartitaNote *y = &(*(PartitaMidiSound *const *)b)->note;

  return (x->onset_ticks > y->onset_ticks) - (x->onset_ticks < y->onset_ticks);
}

void
partita_midi_rewrite_occupy(PartitaMidiRewriter *rewriter)
{
  g_autoptr(GPtrArray) staying = g_ptr_array_new();

  for (guint i = 0; i < rewriter->sounds->len; ++i) {
    PartitaMidiSound *sound =
      &g_array_index(rewriter->sounds, PartitaMidiSound, i);

    if (!sound->gone && sound->on != PARTITA_MIDI_NONE)
      g_ptr_array_add(staying, sound);
  }
  g_ptr_array_sort(staying, compare_sounds);
  for (guint i = 0; i < staying->len; ++i) {
    const PartitaMidiSound *sound = g_ptr_array_index(staying, i);
    PartitaMidiSlot *slot = partita_midi_rewrite_slot(
      rewriter, sound->row, sound->channel, sound->note.pitch);

    add_span(slot->given, &sound->note);
  }
}

/// Puts @note into @row unless its key is down there meanwhile.
static bool
try_row(PartitaMidiRewriter *rewriter,
        uint32_t row,
        unsigned channel,
        const PartitaNote *note)
{
  const uint32_t end = note->onset_ticks + note->duration_ticks;
  const uint8_t on[] = {(uint8_t)(0x90 | channel), note->pitch, note->velocity};
  const uint8_t off[] = {(uint8_t)(0x80 | channel), note->pitch, 64};
  PartitaMidiSlot *slot =
    partita_midi_rewrite_slot(rewriter, row, channel, note->pitch);
  PartitaMidiRow *to = g_ptr_array_index(rewriter->rows, row);

  if (is_down(slot->given, note->onset_ticks, end) ||
      is_down(slot->added, note->onset_ticks, end))
    return false;
  slot->touched = true;
  add_span(slot->added, note);
  partita_midi_row_insert(to, note->onset_ticks, PARTITA_MIDI_ORDER_ONSET, on,
                          sizeof on);
  partita_midi_row_insert(to, end, PARTITA_MIDI_ORDER_RELEASE, off, sizeof off);
  return true;
}

/// The channel of the first event of a lane, the part's own for other rows.
static unsigned
find_channel(const PartitaMidiRewriter *r,
             const PartitaMidiPart *part,
             uint32_t row)
{
  const PartitaMidiSpan *span =
    &g_array_index(r->walk->spans, PartitaMidiSpan, row);

  for (uint32_t i = span->first; part->marked && i < span->first + span->n; ++i)
    if (r->walk->events[i].bytes[0] < 0xF0)
      return r->walk->events[i].bytes[0] & 0x0Fu;
  return part->strip % 16;
}

/// Into a row of the file that holds other notes of the part.
static bool
try_given(PartitaMidiRewriter *r,
          const PartitaMidiPart *part,
          const PartitaNote *note)
{
  for (uint32_t row = part->group;
       row < r->walk->spans->len &&
       partita_midi_rewrite_group(r, row) == part->group;
       ++row)
    if (try_row(r, row, find_channel(r, part, row), note))
      return true;
  return false;
}

/// A strip that nothing of the file is on, or %PARTITA_MIDI_STRIPS.
static uint16_t
find_strip(const PartitaMidiRewriter *r, bool drums)
{
  for (unsigned strip = 0; strip < PARTITA_MIDI_STRIPS; ++strip)
    if (!r->used[strip] && (strip % 16 == PARTITA_MIDI_DRUM_CHANNEL) == drums)
      return (uint16_t)strip;
  return PARTITA_MIDI_STRIPS;
}

/// Our own files tell which rows belong to one track.
static void
mark_row(const PartitaMidiRewriter *r, PartitaMidiRow *row, bool first)
{
  const bool given = row->track < r->parts->len;
  const PartitaMidiPart *part =
    given ? &g_array_index(r->parts, PartitaMidiPart, row->track) : NULL;

  if (!r->scan->own || (given && !part->marked))
    return;
  partita_midi_row_insert_mark(row, 0, PARTITA_MIDI_ORDER_RELEASE,
                               given || !first ? PARTITA_MIDI_MARK_LANE
                                               : PARTITA_MIDI_MARK_TRACK);
  if (!given)
    return;
  row->behind = part->group;
  while (row->behind + 1 < r->walk->spans->len &&
         partita_midi_rewrite_group(r, row->behind + 1) == part->group)
    ++row->behind;
}

/// (nullable): a new row of @track; NULL if no channel is left
static const PartitaMidiRow *
add_row(PartitaMidiRewriter *r, size_t track, bool first)
{
  const PartitaTrack *of =
    partita_score_get_track((PartitaScore *)r->score, track);
  const bool drums = partita_track_is_drums(of);
  const uint16_t strip = find_strip(r, drums);
  const uint8_t port = (uint8_t)(strip / 16);
  const uint8_t program[] = {(uint8_t)(0xC0 | strip % 16),
                             drums ? 0 : partita_track_get_program(of)};

  if (strip == PARTITA_MIDI_STRIPS)
    return NULL;

  PartitaMidiRow *row = partita_midi_row_new();

  row->track = track;
  row->strip = strip;
  r->used[strip] = true;
  mark_row(r, row, first);
  if (port > 0)
    partita_midi_row_insert_meta(row, 0, PARTITA_MIDI_ORDER_RELEASE,
                                 PARTITA_MIDI_META_PORT, &port, 1);
  partita_midi_row_insert(row, 0, PARTITA_MIDI_ORDER_CHANGE, program,
                          sizeof program);
  g_ptr_array_add(r->rows, row);
  return row;
}

bool
partita_midi_rewrite_place(PartitaMidiRewriter *rewriter,
                           size_t track,
                           const PartitaNote *note,
                           bool apart)
{
  PartitaMidiRewriter *r = rewriter;
  bool first = true;

  if (track < r->parts->len && !apart &&
      try_given(r, &g_array_index(r->parts, PartitaMidiPart, track), note))
    return true;
  for (guint i = r->walk->spans->len; i < r->rows->len; ++i) {
    const PartitaMidiRow *row = g_ptr_array_index(r->rows, i);

    if (row->track != track)
      continue;
    first = false;
    if (try_row(r, i, row->strip % 16, note))
      return true;
  }

  const PartitaMidiRow *added = add_row(r, track, first);

  return added != NULL && try_row(r, r->rows->len - 1, added->strip % 16, note);
}

bool
partita_midi_slot_strikes(const PartitaMidiSlot *slot, uint32_t tick)
{
  const guint n = count_before(slot->given, tick);

  return n < slot->given->len &&
         g_array_index(slot->given, Span, n).from == tick;
}
