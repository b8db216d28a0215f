// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* From what the walk found to what a synthesiser is sent: the events of all
 * tracks in one order, and among them what resets the instrument or makes a
 * channel play drums, which the scan has found out. */

#include <midi/read-private.h>

#include <partita/message.h>
#include <string.h>

/// An event on its way into the common order.
typedef struct {
  uint32_t tick;
  uint32_t event; // its number in the walk
  uint32_t rank;  // of a file of ours: the track of the score, and the pitch
  uint16_t strip;
  uint8_t phase; // which of the events at one tick come first
} Item;

/// A track on its way into the common order.
typedef struct {
  const PartitaMidiWalk *walk;
  GArray *items;
  bool own;       // the file is one of ours
  bool lane;      // more notes of the track before, for that one's strip
  uint32_t group; // as of PartitaMidiLabel
  uint16_t strip; // of the group
  unsigned port;
  uint64_t onset; // tick of the last one in this track
} Track;

typedef struct {
  const PartitaMidiWalk *walk;
  GArray *messages;   // PartitaMessage
  GHashTable *resets; // number of the event to a PartitaMidiChange
  GHashTable *modes;  // the same
  bool drums[PARTITA_STRIPS];
  uint8_t program[PARTITA_STRIPS];
  uint32_t *held; // nullable: notes that hold each key of each strip
} Reader;

static bool
is_onset(const uint8_t *bytes)
{
  return (bytes[0] & 0xF0) == 0x90 && bytes[2] > 0;
}

/// Whether an event only says how notes are to sound that come after it.
static bool
is_setting(const uint8_t *bytes)
{
  const unsigned kind = bytes[0] & 0xF0u;

  if (kind == 0xB0)
    return bytes[1] < PARTITA_CONTROL_ALL_SOUND_OFF &&
           bytes[1] != PARTITA_CONTROL_SUSTAIN &&
           bytes[1] != PARTITA_CONTROL_SOSTENUTO &&
           bytes[1] != PARTITA_CONTROL_SOFT;
  return kind >= 0xC0;
}

/* In a file of ours the events of one tick are ordered as a score has them: a
 * note that ends as the pedal goes down is held by it. */
static uint8_t
phase_of(const Track *track, const PartitaMidiEvent *event)
{
  if (!track->own)
    return !is_setting(event->bytes) || track->onset == event->tick;
  if ((event->bytes[0] & 0xF0) > 0x90)
    return 0;
  return is_onset(event->bytes) ? 2 : 1;
}

/* In a file of ours notes that overlap on one key lie in lanes, each a track
 * with a channel of its own; they are played on one, or an open cymbal of one
 * lane would not be ended by a closed one of the other. */
static void
place_own(Track *track, Item *item, const uint8_t *bytes)
{
  if (!track->own)
    return;
  if (!track->lane)
    track->strip = item->strip;
  item->strip = track->strip;
  item->rank = track->group << 7 | (is_onset(bytes) ? bytes[1] : 0u);
}

/// Whether the synthesiser hears of an event at all.
static bool
is_played(const Track *track, const uint8_t *bytes)
{
  return bytes[0] <= (track->lane ? 0x9F : 0xF0);
}

static void
collect_event(Track *track, uint32_t index)
{
  const PartitaMidiEvent *event = &track->walk->events[index];
  const uint8_t *bytes = event->bytes;
  const unsigned channel = bytes[0] < 0xF0 ? bytes[0] & 0x0Fu : 0;
  Item item = {
    .tick = event->tick,
    .event = index,
    .strip = (uint16_t)(track->port * 16 + channel),
    .phase = phase_of(track, event),
  };

  if (partita_midi_is_meta(event, PARTITA_MIDI_META_PORT))
    track->port = track->walk->data[event->at];
  if (!is_played(track, bytes))
    return;
  place_own(track, &item, bytes);
  if (is_onset(bytes))
    track->onset = event->tick;
  g_array_append_val(track->items, item);
}

/* The order in a track is kept. Of several tracks one is gone through after the
 * other, but a program that a later one sets holds for the notes that an
 * earlier one begins at the same tick. */
static void
collect_track(Track *track, const PartitaMidiScan *scan, guint index)
{
  const PartitaMidiSpan *span =
    &g_array_index(track->walk->spans, PartitaMidiSpan, index);

  track->group = g_array_index(scan->labels, PartitaMidiLabel, index).group;
  track->lane = track->group != index;
  track->port = 0;
  track->onset = UINT64_MAX;
  for (uint32_t i = span->first; i < span->first + span->n; ++i)
    collect_event(track, i);
}

static gint
compare_items(gconstpointer a, gconstpointer b)
{
  const Item *x = a;
  const Item *y = b;

  if (x->tick != y->tick)
    return x->tick < y->tick ? -1 : 1;
  if (x->phase != y->phase)
    return (int)x->phase - (int)y->phase;
  if (x->rank != y->rank)
    return x->rank < y->rank ? -1 : 1;
  return (x->event > y->event) - (x->event < y->event);
}

static GArray *
collect(const PartitaMidiWalk *walk, const PartitaMidiScan *scan)
{
  Track track = {.walk = walk, .own = scan->own};

  track.items = g_array_new(FALSE, FALSE, sizeof(Item));
  for (guint i = 0; i < walk->spans->len; ++i)
    collect_track(&track, scan, i);
  g_array_sort(track.items, compare_items);
  return track.items;
}

static void
put(Reader *reader,
    const Item *item,
    uint16_t strip,
    PartitaMessageKind kind,
    uint8_t first,
    uint8_t second)
{
  const PartitaMessage message = {
    .tick = item->tick,
    .strip = strip,
    .kind = (uint8_t)kind,
    .values = {first, second},
  };

  g_array_append_val(reader->messages, message);
}

static void
begin_strips(Reader *reader)
{
  for (unsigned i = 0; i < PARTITA_STRIPS; ++i)
    reader->drums[i] = PARTITA_STRIP_IS_DRUMS(i);
  memset(reader->program, 0, sizeof reader->program);
}

/* Of a part that a system exclusive makes one of drums the program is from
 * there on the number of a kit, and the reverse. Behind a bank the file gives a
 * new one. */
static void
set_mode(Reader *reader, const Item *item, bool by_bank)
{
  const PartitaMidiChange *mode =
    g_hash_table_lookup(reader->modes, GUINT_TO_POINTER(item->event));
  uint16_t strip = 0;

  if (mode == NULL)
    return;
  strip = by_bank ? item->strip : (uint16_t)mode->place;
  if (reader->drums[strip] != (mode->value != 0)) {
    reader->drums[strip] = mode->value != 0;
    put(reader, item, strip, PARTITA_MESSAGE_DRUMS, mode->value, 0);
  }
  if (!by_bank)
    put(reader, item, strip, PARTITA_MESSAGE_PROGRAM, reader->program[strip],
        0);
}

static void
take_sysex(Reader *reader, const Item *item)
{
  if (g_hash_table_contains(reader->resets, GUINT_TO_POINTER(item->event))) {
    begin_strips(reader);
    put(reader, item, 0, PARTITA_MESSAGE_RESET, 0, 0);
  }
  set_mode(reader, item, false);
}

/* A synthesiser ends every note of a key at once, so where those of the lanes
 * overlap only the last may do it. */
static void
take_note(Reader *reader, const Item *item, const uint8_t *bytes)
{
  const bool onset = is_onset(bytes);
  uint32_t *held =
    reader->held != NULL ? &reader->held[item->strip * 128u + bytes[1]] : NULL;

  if (held != NULL && onset)
    ++*held;
  else if (held != NULL && *held > 0 && --*held > 0)
    return;
  put(reader, item, item->strip,
      onset ? PARTITA_MESSAGE_NOTE_ON : PARTITA_MESSAGE_NOTE_OFF, bytes[1],
      bytes[2]);
}

static void
take_event(Reader *reader, const Item *item)
{
  const uint8_t *bytes = reader->walk->events[item->event].bytes;
  PartitaMessageKind kind = PARTITA_MESSAGE_KEY_PRESSURE;

  switch (bytes[0] & 0xF0) {
  case 0x80:
  case 0x90:
    take_note(reader, item, bytes);
    return;
  case 0xB0:
    set_mode(reader, item, true);
    kind = PARTITA_MESSAGE_CONTROL;
    break;
  case 0xC0:
    kind = PARTITA_MESSAGE_PROGRAM;
    reader->program[item->strip] = bytes[1];
    break;
  case 0xD0:
    kind = PARTITA_MESSAGE_PRESSURE;
    break;
  case 0xE0:
    kind = PARTITA_MESSAGE_BEND;
    break;
  case 0xF0:
    take_sysex(reader, item);
    return;
  default:
    break;
  }
  put(reader, item, item->strip, kind, bytes[1], bytes[2]);
}

/// Finds each of @changes by the number of its event.
static GHashTable *
index_changes(const GArray *changes)
{
  GHashTable *table = g_hash_table_new(NULL, NULL);

  for (guint i = 0; i < changes->len; ++i) {
    PartitaMidiChange *change = &g_array_index(changes, PartitaMidiChange, i);

    g_hash_table_insert(table, GUINT_TO_POINTER(change->event), change);
  }
  return table;
}

static GArray *
read_messages(const PartitaMidiWalk *walk, const PartitaMidiScan *scan)
{
  g_autoptr(GArray) items = collect(walk, scan);
  g_autoptr(GHashTable) resets = index_changes(scan->resets);
  g_autoptr(GHashTable) modes = index_changes(scan->modes);
  g_autofree uint32_t *held =
    scan->own ? g_new0(uint32_t, (gsize)PARTITA_STRIPS * 128) : NULL;
  Reader reader = {
    .walk = walk,
    .messages = g_array_new(FALSE, FALSE, sizeof(PartitaMessage)),
    .resets = resets,
    .modes = modes,
    .held = held,
  };

  begin_strips(&reader);
  for (guint i = 0; i < items->len; ++i)
    take_event(&reader, &g_array_index(items, Item, i));
  return reader.messages;
}

GArray *
partita_midi_read_messages(const uint8_t *data, size_t size, GError **error)
{
  g_auto(PartitaMidiWalk) walk = {0};
  g_auto(PartitaMidiScan) scan = {0};

  if (!partita_midi_walk(&walk, data, size, error))
    return NULL;
  partita_midi_scan(&scan, &walk);
  return read_messages(&walk, &scan);
}
