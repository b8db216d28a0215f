// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* The first pass over the events: what acts on a channel acts on it in every
 * track, so all of that is gathered before notes are read. */

#include <midi/read-private.h>

#include <string.h>

/// The pass over one track.
typedef struct {
  PartitaMidiScan *scan;
  const PartitaMidiWalk *walk;
  GArray *banks; // PartitaMidiChange, of all tracks
  PartitaMidiLabel label;
  unsigned port;
  uint32_t n_onsets;
  guint first_program; // of this track
  bool has_notes[PARTITA_MIDI_STRIPS];
} Pass;

int
partita_midi_take_mark(const PartitaMidiWalk *walk,
                       const PartitaMidiEvent *event)
{
  const uint8_t *contents = walk->data + event->at;

  if (!partita_midi_is_meta(event, PARTITA_MIDI_META_OWN) ||
      event->bytes[2] != PARTITA_MIDI_MARK_SIZE + 1 ||
      memcmp(contents, PARTITA_MIDI_MARK, PARTITA_MIDI_MARK_SIZE) != 0)
    return -1;
  return contents[PARTITA_MIDI_MARK_SIZE];
}

static void
scan_mark(PartitaMidiScan *scan,
          PartitaMidiLabel *label,
          uint32_t tick,
          int mark)
{
  const bool first = scan->labels->len == 0;

  if (mark == PARTITA_MIDI_MARK_END && first) {
    scan->own = true;
    scan->own_end_ticks = tick;
  }
  if (label->mark < 0 && !first &&
      (mark == PARTITA_MIDI_MARK_TRACK || mark == PARTITA_MIDI_MARK_LANE))
    label->mark = mark;
}

static void
scan_meta(Pass *pass, const PartitaMidiEvent *event)
{
  const uint8_t *contents = pass->walk->data + event->at;

  if (event->bytes[1] == PARTITA_MIDI_META_PORT) {
    pass->port = *contents;
  } else if (event->bytes[1] == PARTITA_MIDI_META_NAME &&
             pass->label.name == NULL) {
    pass->label.name = event;
  } else if (event->bytes[1] == PARTITA_MIDI_META_KEY) {
    const PartitaKey key = {event->tick, (int8_t)contents[0], contents[1] == 1};

    g_array_append_val(pass->scan->keys, key);
  } else if (event->bytes[1] == PARTITA_MIDI_META_OWN) {
    scan_mark(pass->scan, &pass->label, event->tick,
              partita_midi_take_mark(pass->walk, event));
  }
}

static void
scan_controller(Pass *pass, const uint8_t *bytes, PartitaMidiChange change)
{
  if (bytes[1] == PARTITA_CONTROL_SUSTAIN) {
    change.value = bytes[2] >= 64;
    g_array_append_val(pass->scan->pedals, change);
  } else if (bytes[1] == PARTITA_CONTROL_BANK) {
    change.value = bytes[2];
    g_array_append_val(pass->banks, change);
  } else if (bytes[1] == PARTITA_CONTROL_ALL_SOUND_OFF ||
             bytes[1] >= PARTITA_CONTROL_ALL_NOTES_OFF) {
    g_array_append_val(pass->scan->silences, change);
  }
}

static void
scan_event(Pass *pass, uint32_t index)
{
  const PartitaMidiEvent *event = &pass->walk->events[index];
  const uint8_t *bytes = event->bytes;
  const uint8_t kind = bytes[0] & 0xF0;
  PartitaMidiChange change = {
    .tick = event->tick,
    .event = index,
    .place = pass->port * 16 + (bytes[0] & 0x0Fu),
  };

  uint8_t *lowest = &pass->scan->lowest[change.place];
  uint8_t *highest = &pass->scan->highest[change.place];

  if (kind == 0x90 && bytes[2] > 0) {
    ++pass->n_onsets;
    pass->has_notes[change.place] = true;
    *lowest = MIN(*lowest, bytes[1]);
    *highest = MAX(*highest, bytes[1]);
  } else if (kind == 0xB0) {
    scan_controller(pass, bytes, change);
  } else if (kind == 0xC0) {
    change.value = bytes[1];
    g_array_append_val(pass->scan->programs, change);
  } else if (bytes[0] == 0xF0) {
    partita_midi_scan_sysex(pass->scan, pass->walk, index, pass->port);
  } else if (bytes[0] == 0xFF) {
    scan_meta(pass, event);
  }
}

/// Of the programs of track @t, those of strips on which it has no notes are
/// for other tracks.
static void
deal_programs(const Pass *pass, guint t)
{
  PartitaMidiScan *scan = pass->scan;

  for (guint i = pass->first_program; i < scan->programs->len; ++i) {
    PartitaMidiChange change =
      g_array_index(scan->programs, PartitaMidiChange, i);

    if (!pass->has_notes[change.place])
      g_array_append_val(scan->guides, change);
    change.place += t * PARTITA_MIDI_STRIPS;
    g_array_append_val(scan->own_programs, change);
  }
}

/// The group of the next track, whose mark is @mark. In a file of ours the
/// lanes of a track of the score follow its first one.
static uint32_t
find_group(const PartitaMidiScan *scan, int mark)
{
  const guint t = scan->labels->len;

  if (t > 0 && scan->own && mark == PARTITA_MIDI_MARK_LANE)
    return g_array_index(scan->labels, PartitaMidiLabel, t - 1).group;
  return t;
}

static void
scan_track(PartitaMidiScan *scan,
           const PartitaMidiWalk *walk,
           GArray *banks,
           guint t)
{
  const PartitaMidiSpan *span = &g_array_index(walk->spans, PartitaMidiSpan, t);
  const uint32_t end = span->first + span->n;
  Pass pass = {
    .scan = scan,
    .walk = walk,
    .banks = banks,
    .label = {.mark = -1},
    .first_program = scan->programs->len,
  };

  for (uint32_t i = span->first; i < end; ++i)
    scan_event(&pass, i);
  deal_programs(&pass, t);
  pass.label.group = find_group(scan, pass.label.mark);
  scan->most_onsets = MAX(scan->most_onsets, pass.n_onsets);
  scan->end_ticks = MAX(scan->end_ticks, span->end_ticks);
  g_array_append_val(scan->labels, pass.label);
}

static gint
compare_keys(gconstpointer a, gconstpointer b)
{
  const PartitaKey *x = a;
  const PartitaKey *y = b;

  return (x->tick > y->tick) - (x->tick < y->tick);
}

void
partita_midi_scan(PartitaMidiScan *scan, const PartitaMidiWalk *walk)
{
  g_autoptr(GArray) banks =
    g_array_new(FALSE, FALSE, sizeof(PartitaMidiChange));
  GArray **const lists[] = {&scan->programs, &scan->own_programs, &scan->guides,
                            &scan->pedals,   &scan->silences,     &scan->resets,
                            &scan->modes};

  *scan = (PartitaMidiScan){0};
  memset(scan->lowest, 127, sizeof scan->lowest);
  for (size_t i = 0; i < G_N_ELEMENTS(lists); ++i)
    *lists[i] = g_array_new(FALSE, FALSE, sizeof(PartitaMidiChange));
  scan->keys = g_array_new(FALSE, FALSE, sizeof(PartitaKey));
  scan->labels = g_array_new(FALSE, FALSE, sizeof(PartitaMidiLabel));
  for (guint t = 0; t < walk->spans->len; ++t)
    scan_track(scan, walk, banks, t);
  partita_midi_sort_changes(scan->resets);
  partita_midi_sort_changes(banks);
  partita_midi_settle_banks(scan, banks);
  for (size_t i = 0; i < G_N_ELEMENTS(lists); ++i)
    partita_midi_sort_changes(*lists[i]);
  g_array_sort(scan->keys, compare_keys);
}

void
partita_midi_scan_clear(PartitaMidiScan *scan)
{
  g_clear_pointer(&scan->programs, g_array_unref);
  g_clear_pointer(&scan->own_programs, g_array_unref);
  g_clear_pointer(&scan->guides, g_array_unref);
  g_clear_pointer(&scan->pedals, g_array_unref);
  g_clear_pointer(&scan->silences, g_array_unref);
  g_clear_pointer(&scan->resets, g_array_unref);
  g_clear_pointer(&scan->modes, g_array_unref);
  g_clear_pointer(&scan->keys, g_array_unref);
  g_clear_pointer(&scan->labels, g_array_unref);
}
