// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* From the notes of a score to the messages of a synthesiser, so that a score
 * in memory is played by the same code as a file. */

#include <render/render-private.h>

typedef struct {
  GArray *messages; // PartitaMessage
  uint16_t strip;   // of the track that is being added
} List;

static void
add(const List *list,
    uint32_t tick,
    PartitaMessageKind kind,
    unsigned first,
    unsigned second)
{
  const PartitaMessage message = {
    .tick = tick,
    .strip = list->strip,
    .kind = (uint8_t)kind,
    .values = {(uint8_t)first, (uint8_t)second},
  };

  g_array_append_val(list->messages, message);
}

static void
add_program(const List *list, const PartitaTrack *track)
{
  const bool drums = partita_track_is_drums(track);

  if (drums != PARTITA_STRIP_IS_DRUMS(list->strip))
    add(list, 0, PARTITA_MESSAGE_DRUMS, drums, 0);
  add(list, 0, PARTITA_MESSAGE_PROGRAM,
      drums ? 0 : partita_track_get_program(track), 0);
}

static void
add_track(const List *list, const PartitaTrack *track)
{
  size_t n = 0;
  const PartitaNote *notes = partita_track_get_notes(track, &n);

  for (size_t i = 0; i < n; ++i) {
    const PartitaNote *note = &notes[i];

    add(list, note->onset_ticks, PARTITA_MESSAGE_NOTE_ON, note->pitch,
        note->velocity);
    add(list, note->onset_ticks + note->duration_ticks,
        PARTITA_MESSAGE_NOTE_OFF, note->pitch, 0);
  }

  const PartitaPedal *pedals = partita_track_get_pedals(track, &n);

  for (size_t i = 0; i < n; ++i)
    add(list, pedals[i].tick, PARTITA_MESSAGE_CONTROL, PARTITA_CONTROL_SUSTAIN,
        pedals[i].down ? 127 : 0);
}

/// The order within a tick, as of partita_score_fold_pedal(): a note that ends
/// as the pedal goes down is held by it.
static int
phase_of(const PartitaMessage *message)
{
  switch (message->kind) {
  case PARTITA_MESSAGE_NOTE_ON:
    return 2;
  case PARTITA_MESSAGE_NOTE_OFF:
    return 1;
  default:
    return 0;
  }
}

static gint
compare_messages(gconstpointer a, gconstpointer b)
{
  const PartitaMessage *x = a;
  const PartitaMessage *y = b;

  if (x->tick != y->tick)
    return x->tick < y->tick ? -1 : 1;
  return phase_of(x) - phase_of(y);
}

/* A synthesiser ends every note of a key at once, so where notes of one key
 * overlap only the last may do it. */
static void
drop_early_ends(GArray *messages)
{
  g_autofree uint32_t *held =
    g_new0(uint32_t, (gsize)PARTITA_CHANNELS_MAX * 128);
  PartitaMessage *all = (PartitaMessage *)(void *)messages->data;
  guint kept = 0;

  for (guint i = 0; i < messages->len; ++i) {
    uint32_t *count = &held[all[i].strip * 128u + all[i].values[0]];
    bool drop = false;

    if (all[i].kind == PARTITA_MESSAGE_NOTE_ON)
      ++*count;
    else if (all[i].kind == PARTITA_MESSAGE_NOTE_OFF)
      drop = --*count > 0;
    if (!drop)
      all[kept++] = all[i];
  }
  g_array_set_size(messages, kept);
}

static bool
has_notes(const PartitaTrack *track)
{
  size_t n = 0;

  (void)partita_track_get_notes(track, &n);
  return n > 0;
}

GArray *
partita_render_list_messages(const PartitaScore *score)
{
  const size_t n = partita_score_get_n_tracks(score);
  bool met[PARTITA_N_PROGRAMS] = {false};
  List list = {.messages = g_array_new(FALSE, FALSE, sizeof(PartitaMessage))};
  size_t sounding = 0;

  for (size_t i = 0; i < n; ++i)
    sounding += has_notes(partita_score_get_track(score, i));
  const bool shared = sounding > PARTITA_CHANNELS_MAX;

  for (size_t i = 0; i < n; ++i) {
    const PartitaTrack *track = partita_score_get_track(score, i);
    const uint8_t program = partita_track_get_program(track);

    if (!has_notes(track))
      continue;
    if (shared)
      list.strip = program;
    if (!shared || !met[program])
      add_program(&list, track);
    met[program] = true;
    add_track(&list, track);
    if (!shared)
      ++list.strip;
  }
  g_array_sort(list.messages, compare_messages); // which is stable
  drop_early_ends(list.messages);
  return list.messages;
}
