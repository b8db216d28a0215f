// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Rows as the bytes of a file. */

#include <midi/rewrite-private.h>
#include <midi/song-private.h>

#include <string.h>

typedef struct {
  const PartitaMidiRewriter *rewriter;
  GByteArray *bytes;
  uint32_t tick; // of the last event put into this row
} Output;

static void
put_delta(Output *output, uint32_t tick)
{
  static const uint8_t bridge[] = {0xFF, 0x01, 0x00};

  // Gaps longer than a delta time can tell are bridged by empty texts.
  for (; tick - output->tick > PARTITA_MIDI_DELTA_MAX;
       output->tick += PARTITA_MIDI_DELTA_MAX) {
    partita_midi_song_put_quantity(output->bytes, PARTITA_MIDI_DELTA_MAX);
    g_byte_array_append(output->bytes, bridge, sizeof bridge);
  }
  partita_midi_song_put_quantity(output->bytes, tick - output->tick);
  output->tick = tick;
}

/* The length of a meta stands before its contents, behind its type, which is
 * below 128: so it is found from its end. */
static void
put_meta(Output *output, const PartitaMidiEvent *event)
{
  const PartitaMidiWalk *walk = output->rewriter->walk;
  const uint8_t head[] = {0xFF, event->bytes[1]};
  size_t at = event->at - 1;
  uint32_t length = 0;

  while (walk->data[at - 1] >= 0x80)
    --at;
  at = partita_midi_walk_quantity(walk, at, &length);
  g_byte_array_append(output->bytes, head, sizeof head);
  partita_midi_song_put_quantity(output->bytes, length);
  g_byte_array_append(output->bytes, walk->data + at, length);
}

static void
put_sysex(Output *output, const PartitaMidiEvent *event)
{
  const PartitaMidiWalk *walk = output->rewriter->walk;
  size_t n = 0;
  const uint8_t *contents = partita_midi_walk_sysex(walk, event, &n);

  if (event->bytes[1] == PARTITA_MIDI_SYSEX_CLOSED) {
    const uint8_t *close = memchr(contents, 0xF7, walk->size - event->at);

    n = (size_t)(close - contents) + 1;
  }
  g_byte_array_append(output->bytes, event->bytes, 1);
  partita_midi_song_put_quantity(output->bytes, (uint32_t)n);
  g_byte_array_append(output->bytes, contents, (guint)n);
}

static void
put_event(Output *output, const PartitaMidiEvent *event)
{
  const uint8_t status = event->bytes[0];

  put_delta(output, event->tick);
  if (status < 0xF0)
    g_byte_array_append(output->bytes, event->bytes,
                        (status & 0xE0) == 0xC0 ? 2 : 3);
  else if (status == 0xF0 || status == 0xF7)
    put_sysex(output, event);
  else
    put_meta(output, event);
}

static gint
compare_inserts(gconstpointer a, gconstpointer b)
{
  const PartitaMidiInsert *x = a;
  const PartitaMidiInsert *y = b;

  if (x->tick != y->tick)
    return x->tick < y->tick ? -1 : 1;
  return (int)x->order - (int)y->order;
}

/// Whether @insert comes before @event.
static bool
is_before(const PartitaMidiInsert *insert, const PartitaMidiEvent *event)
{
  return insert->tick < event->tick ||
         (insert->tick == event->tick &&
          insert->order == PARTITA_MIDI_ORDER_RELEASE);
}

/// Puts those of @inserts from @next on that come before @event; all for NULL.
static guint
put_inserts(Output *output,
            const GArray *inserts,
            guint next,
            const PartitaMidiEvent *event)
{
  for (; next < inserts->len; ++next) {
    const PartitaMidiInsert *insert =
      &g_array_index(inserts, PartitaMidiInsert, next);

    if (event != NULL && !is_before(insert, event))
      break;
    put_delta(output, insert->tick);
    g_byte_array_append(output->bytes, insert->bytes, insert->n);
  }
  return next;
}

/* Returns where the row ends in the file, as far as it is kept. Silence past
 * the end of the piece is not: with a note more in the last bar it would count
 * as a bar more. */
static uint32_t
put_events(Output *output, uint32_t index, const PartitaMidiRow *row)
{
  const PartitaMidiRewriter *r = output->rewriter;
  const bool given = index < r->walk->spans->len;
  const PartitaMidiSpan none = {0};
  const PartitaMidiSpan *span =
    given ? &g_array_index(r->walk->spans, PartitaMidiSpan, index) : &none;
  guint next = 0;

  for (uint32_t i = span->first; i < span->first + span->n; ++i) {
    const PartitaMidiEvent *event = &r->walk->events[i];
    const bool claimed = (r->fates[i] & PARTITA_MIDI_EVENT_CLAIMED) != 0;

    if ((r->fates[i] & PARTITA_MIDI_EVENT_DROPPED) != 0 ||
        (event->tick >= r->until && !claimed))
      continue;
    next = put_inserts(output, row->inserts, next, event);
    put_event(output, event);
  }
  (void)put_inserts(output, row->inserts, next, NULL);

  const uint32_t end = MIN(span->end_ticks, r->until);
  const uint32_t piece = partita_score_get_end(r->score);

  return piece == partita_score_get_end(r->old) ? end : MIN(end, piece);
}

static void
put_row(Output *output, uint32_t index)
{
  static const uint8_t head[8] = {'M', 'T', 'r', 'k'};
  static const uint8_t end[] = {0xFF, 0x2F, 0x00};
  const PartitaMidiRewriter *r = output->rewriter;
  PartitaMidiRow *row = g_ptr_array_index(r->rows, index);
  uint32_t length = 0;

  g_byte_array_append(output->bytes, head, sizeof head);

  const guint body = output->bytes->len;

  output->tick = 0;
  g_array_sort(row->inserts, compare_inserts);

  uint32_t until = put_events(output, index, row);

  // A piece that became longer or was cut ends with its first row.
  if (index == 0 &&
      (r->until < PARTITA_TICK_MAX ||
       partita_score_get_end(r->score) > partita_score_get_end(r->old)))
    until = partita_score_get_end(r->score);
  put_delta(output, MAX(output->tick, until));
  g_byte_array_append(output->bytes, end, sizeof end);
  length = GUINT32_TO_BE(output->bytes->len - body);
  memcpy(output->bytes->data + body - sizeof length, &length, sizeof length);
}

/// As it is in the file, where that counts frames and not quarters.
static uint16_t
find_division(const PartitaMidiWalk *walk)
{
  const uint8_t *header = memmem(walk->data, walk->size, "MThd", 4);

  const unsigned given = (unsigned)header[12] << 8 | header[13];

  return (uint16_t)(walk->smpte_us > 0 ? given : walk->ppq);
}

static void
put_header(Output *output)
{
  const PartitaMidiRewriter *r = output->rewriter;
  const uint8_t format = r->walk->format == 0 && r->rows->len == 1 ? 0 : 1;
  const uint16_t division = find_division(r->walk);
  const uint8_t header[] = {'M',
                            'T',
                            'h',
                            'd',
                            0,
                            0,
                            0,
                            6,
                            0,
                            format,
                            (uint8_t)(r->rows->len >> 8),
                            (uint8_t)r->rows->len,
                            (uint8_t)(division >> 8),
                            (uint8_t)division};

  g_byte_array_append(output->bytes, header, sizeof header);
}

GBytes *
partita_midi_rewrite_bytes(const PartitaMidiRewriter *rewriter)
{
  const guint given = rewriter->walk->spans->len;
  g_autoptr(GByteArray) bytes = g_byte_array_new();
  Output output = {.rewriter = rewriter, .bytes = bytes};

  put_header(&output);
  for (guint i = 0; i < given; ++i) {
    put_row(&output, i);
    for (guint k = given; k < rewriter->rows->len; ++k)
      if (((PartitaMidiRow *)g_ptr_array_index(rewriter->rows, k))->behind == i)
        put_row(&output, k);
  }
  for (guint k = given; k < rewriter->rows->len; ++k)
    if (((PartitaMidiRow *)g_ptr_array_index(rewriter->rows, k))->behind ==
        PARTITA_MIDI_NONE)
      put_row(&output, k);
  return g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
}
