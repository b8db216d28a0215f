// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* A track of a score. Overlapping notes of one pitch on one channel cannot be
 * told apart in MIDI, so each track is dealt out to lanes without overlaps,
 * and each lane is a MIDI track with a channel of its own. */

#include <midi/write-private.h>

#include <string.h>

#define MELODIC_CHANNELS 15
#define DRUM_CHANNEL 9
#define PORTS_MAX 128

/// An event on its way into a track.
typedef struct {
  uint32_t tick;
  uint8_t order; // at one tick: releases, then the pedal, then onsets
  uint8_t bytes[3];
} Message;

/// The notes of a track in which no two of one pitch overlap.
typedef struct {
  GArray *messages;   // Message
  uint32_t ends[128]; // when each pitch falls silent
} Lane;

static void
free_lane(void *data)
{
  Lane *lane = data;

  g_array_unref(lane->messages);
  g_free(lane);
}

/// The first lane in which the pitch of @note is silent at its onset.
static Lane *
choose_lane(GPtrArray *lanes, const PartitaNote *note)
{
  for (guint i = 0; i < lanes->len; ++i) {
    Lane *lane = g_ptr_array_index(lanes, i);

    if (lane->ends[note->pitch] <= note->onset_ticks)
      return lane;
  }
  if (lanes->len > PARTITA_MIDI_TRACKS_MAX)
    return NULL;

  Lane *lane = g_new0(Lane, 1);

  lane->messages = g_array_new(FALSE, FALSE, sizeof(Message));
  g_ptr_array_add(lanes, lane);
  return lane;
}

static void
add_message(Lane *lane, Message message)
{
  g_array_append_val(lane->messages, message);
}

static gint
compare_messages(gconstpointer a, gconstpointer b)
{
  const Message *x = a;
  const Message *y = b;

  if (x->tick != y->tick)
    return x->tick < y->tick ? -1 : 1;
  return (int)x->order - (int)y->order;
}

/// NULL if there are more lanes than a file has tracks.
static GPtrArray *
make_lanes(const PartitaTrack *track)
{
  g_autoptr(GPtrArray) lanes = g_ptr_array_new_with_free_func(free_lane);
  const PartitaNote silence = {0};
  size_t n = 0;
  size_t n_pedals = 0;
  const PartitaNote *notes = partita_track_get_notes(track, &n);
  const PartitaPedal *pedals = partita_track_get_pedals(track, &n_pedals);

  (void)choose_lane(lanes, &silence); // a track without notes has one too
  for (size_t i = 0; i < n; ++i) {
    const PartitaNote *note = &notes[i];
    const uint32_t end = note->onset_ticks + note->duration_ticks;
    Lane *lane = choose_lane(lanes, note);

    if (lane == NULL)
      return NULL;
    lane->ends[note->pitch] = end;
    add_message(
      lane,
      (Message){note->onset_ticks, 2, {0x90, note->pitch, note->velocity}});
    add_message(lane, (Message){end, 0, {0x80, note->pitch, 64}});
  }
  for (guint i = 0; i < lanes->len; ++i) {
    Lane *lane = g_ptr_array_index(lanes, i);

    for (size_t p = 0; p < n_pedals; ++p)
      add_message(lane, (Message){pedals[p].tick,
                                  1,
                                  {0xB0, PARTITA_CONTROL_SUSTAIN,
                                   pedals[p].down ? 127 : 0}});
    g_array_sort(lane->messages, compare_messages);
  }
  return g_steal_pointer(&lanes);
}

/* A name is cut to what a meta holds; in UTF-8, not within a character. */
static void
put_name(PartitaMidiWriter *writer,
         smf_track_t *track,
         const PartitaTrack *source)
{
  const char *name = partita_track_get_name(source);
  size_t n = 0;
  const char *bytes = partita_track_get_name_bytes(source, &n);

  if (name == NULL)
    return;
  if (n > PARTITA_MIDI_TEXT_MAX)
    n = bytes == name ? (size_t)(g_utf8_find_prev_char(
                                   name, name + PARTITA_MIDI_TEXT_MAX + 1) -
                                 name)
                      : PARTITA_MIDI_TEXT_MAX;
  partita_midi_put_meta(writer, track, 0, 0x03, bytes, n);
}

static void
put_lane(PartitaMidiWriter *writer,
         const PartitaTrack *source,
         const Lane *lane,
         bool more)
{
  const bool drums = partita_track_is_drums(source);
  const unsigned slot = drums ? writer->n_drums++ : writer->n_melodic++;
  const uint8_t port = (uint8_t)(drums ? slot : slot / MELODIC_CHANNELS);
  const unsigned melodic = slot % MELODIC_CHANNELS;
  const uint8_t channel =
    (uint8_t)(drums ? DRUM_CHANNEL : melodic + (melodic >= DRUM_CHANNEL));
  const uint8_t program[] = {
    (uint8_t)(0xC0 | channel),
    drums ? 0 : partita_track_get_program(source),
  };
  smf_track_t *track = partita_midi_begin_track(writer);

  partita_midi_put_mark(
    writer, track, 0, more ? PARTITA_MIDI_MARK_LANE : PARTITA_MIDI_MARK_TRACK);
  put_name(writer, track, source);
  if (port > 0)
    partita_midi_put_meta(writer, track, 0, 0x21, &port, 1);
  partita_midi_put(writer, track, 0, program, sizeof program);
  for (guint i = 0; i < lane->messages->len; ++i) {
    Message message = g_array_index(lane->messages, Message, i);

    message.bytes[0] |= channel;
    partita_midi_put(writer, track, message.tick, message.bytes, 3);
  }
  partita_midi_end_track(writer, track);
}

bool
partita_midi_put_track(PartitaMidiWriter *writer,
                       const PartitaTrack *track,
                       GError **error)
{
  g_autoptr(GPtrArray) lanes = make_lanes(track);

  if (lanes == NULL ||
      lanes->len + writer->n_tracks > PARTITA_MIDI_TRACKS_MAX ||
      (partita_track_is_drums(track) &&
       writer->n_drums + lanes->len > PORTS_MAX))
    return partita_midi_refuse(error, "MIDI tracks", PARTITA_MIDI_TRACKS_MAX);
  for (guint i = 0; i < lanes->len; ++i)
    put_lane(writer, track, g_ptr_array_index(lanes, i), i > 0);
  return true;
}
