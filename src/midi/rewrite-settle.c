// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* What must be added to the new notes so that all notes of the score are read
 * from the file that is written, and its tempos, metres, keys and end. */

#include <midi/rewrite-private.h>

#include <stdlib.h>
#include <string.h>

#define BEND_CENTRE 0x40

/// Whether the file will have other notes than it had, or another end: a note
/// that nobody ends lasts as long as the music.
static bool
is_changed(const PartitaMidiRewriter *r)
{
  if (r->rows->len > r->walk->spans->len ||
      partita_score_get_end(r->score) != partita_score_get_end(r->old))
    return true;
  for (guint i = 0; i < r->rows->len; ++i) {
    const PartitaMidiRow *row = g_ptr_array_index(r->rows, i);

    if (row->inserts->len > 0)
      return true;
  }
  for (guint i = 0; i < r->sounds->len; ++i)
    if (g_array_index(r->sounds, PartitaMidiSound, i).gone)
      return true;
  return false;
}

static PartitaMidiSlot *
get_slot(PartitaMidiRewriter *r, const PartitaMidiSound *sound)
{
  return partita_midi_rewrite_slot(r, sound->row, sound->channel,
                                   sound->note.pitch);
}

/// Whether a given note that stays has no release of its own.
static bool
is_unreleased(const PartitaMidiSound *sound)
{
  return !sound->gone && sound->on != PARTITA_MIDI_NONE &&
         sound->off == PARTITA_MIDI_NONE;
}

/// Whether all notes of its channel end where @sound does.
static bool
is_silenced(const PartitaMidiRewriter *r, const PartitaMidiSound *sound)
{
  const GArray *silences = r->scan->silences;
  const uint32_t end = sound->note.onset_ticks + sound->note.duration_ticks;
  const guint next = partita_midi_next_change(silences, sound->strip, end, 0);
  const PartitaMidiChange *silence =
    &g_array_index(silences, PartitaMidiChange, next);

  return next < silences->len && silence->place == sound->strip &&
         silence->tick == end;
}

/// Notes that nothing of their own channel ends would end elsewhere now.
static void
touch_hanging(PartitaMidiRewriter *r)
{
  for (guint i = 0; i < r->sounds->len; ++i) {
    const PartitaMidiSound *sound =
      &g_array_index(r->sounds, PartitaMidiSound, i);

    if (is_unreleased(sound) && !is_silenced(r, sound) &&
        !partita_midi_slot_strikes(get_slot(r, sound),
                                   sound->note.onset_ticks +
                                     sound->note.duration_ticks))
      get_slot(r, sound)->touched = true;
  }
}

/// Where something else might now end it, a given note that no release of its
/// own ended gets one.
static void
end_given(PartitaMidiRewriter *r)
{
  for (guint i = 0; i < r->sounds->len; ++i) {
    const PartitaMidiSound *sound =
      &g_array_index(r->sounds, PartitaMidiSound, i);
    const uint8_t off[] = {(uint8_t)(0x80 | sound->channel), sound->note.pitch,
                           64};

    if (is_unreleased(sound) && get_slot(r, sound)->touched)
      partita_midi_row_insert(g_ptr_array_index(r->rows, sound->row),
                              sound->note.onset_ticks +
                                sound->note.duration_ticks,
                              PARTITA_MIDI_ORDER_RELEASE, off, sizeof off);
  }
}

/// Of a key whose notes are not those of the file, releases that end no given
/// note might end one now.
static void
drop_orphans(PartitaMidiRewriter *r, uint32_t row)
{
  const PartitaMidiSpan *span =
    &g_array_index(r->walk->spans, PartitaMidiSpan, row);

  for (uint32_t i = span->first; i < span->first + span->n; ++i) {
    const PartitaMidiEvent *event = &r->walk->events[i];
    const uint8_t kind = event->bytes[0] & 0xF0;
    const bool release = kind == 0x80 || (kind == 0x90 && event->bytes[2] == 0);

    if (release && r->fates[i] == 0 &&
        partita_midi_rewrite_slot(r, row, event->bytes[0] & 0x0Fu,
                                  event->bytes[1])
          ->touched)
      r->fates[i] |= PARTITA_MIDI_EVENT_DROPPED;
  }
}

/// The pedal and the bend of a channel where a row of the file ends.
typedef struct {
  bool down;
  bool bent;
  bool told; // both were taken back
} Channel;

/// Returns the tick of the last event that stays.
static uint32_t
follow_channels(const PartitaMidiRewriter *r,
                uint32_t row,
                Channel channels[16])
{
  const PartitaMidiSpan *span =
    &g_array_index(r->walk->spans, PartitaMidiSpan, row);
  uint32_t last = 0;

  for (uint32_t i = span->first; i < span->first + span->n; ++i) {
    const PartitaMidiEvent *event = &r->walk->events[i];
    const uint8_t *bytes = event->bytes;
    Channel *channel = &channels[bytes[0] & 0x0F];

    if (event->tick >= r->until)
      break;
    last = event->tick;
    if ((bytes[0] & 0xF0) == 0xB0 && bytes[1] == PARTITA_CONTROL_SUSTAIN)
      channel->down = bytes[2] >= 64;
    else if ((bytes[0] & 0xF0) == 0xE0)
      channel->bent = bytes[1] != 0 || bytes[2] != BEND_CENTRE;
  }
  return last;
}

static void
take_back(PartitaMidiRow *row, uint32_t tick, unsigned strip, Channel *channel)
{
  const uint8_t pedal[] = {(uint8_t)(0xB0 | strip), PARTITA_CONTROL_SUSTAIN, 0};
  const uint8_t bend[] = {(uint8_t)(0xE0 | strip), 0, BEND_CENTRE};

  if (channel->down)
    partita_midi_row_insert(row, tick, PARTITA_MIDI_ORDER_CHANGE, pedal,
                            sizeof pedal);
  if (channel->bent)
    partita_midi_row_insert(row, tick, PARTITA_MIDI_ORDER_CHANGE, bend,
                            sizeof bend);
  channel->told = true;
}

/// Of notes that follow the last event of the row.
static void
extend_row(PartitaMidiRewriter *r, uint32_t index)
{
  PartitaMidiRow *row = g_ptr_array_index(r->rows, index);
  Channel channels[16] = {{0}};
  const uint32_t last = follow_channels(r, index, channels);
  const guint n = row->inserts->len;

  for (guint i = 0; i < n; ++i) {
    const PartitaMidiInsert insert =
      g_array_index(row->inserts, PartitaMidiInsert, i);
    Channel *channel = &channels[insert.bytes[0] & 0x0F];

    if (insert.order != PARTITA_MIDI_ORDER_ONSET || insert.tick <= last)
      continue;
    if (!channel->told)
      take_back(row, insert.tick, insert.bytes[0] & 0x0Fu, channel);
  }
}

void
partita_midi_rewrite_settle(PartitaMidiRewriter *rewriter)
{
  for (guint row = 0; row < rewriter->walk->spans->len; ++row)
    extend_row(rewriter, row);
  if (is_changed(rewriter))
    touch_hanging(rewriter);
  end_given(rewriter);
  for (guint row = 0; row < rewriter->walk->spans->len; ++row)
    drop_orphans(rewriter, row);
}

/// Whether @event says a tempo, a metre or a key.
static bool
is_change(const PartitaMidiEvent *event)
{
  return event->bytes[0] >= PARTITA_MIDI_UNREAD &&
         (event->bytes[1] == PARTITA_MIDI_META_TEMPO ||
          event->bytes[1] == PARTITA_MIDI_META_METER ||
          event->bytes[1] == PARTITA_MIDI_META_KEY);
}

static gint
compare_ticks(gconstpointer a, gconstpointer b)
{
  const PartitaMidiEvent *x = *(const PartitaMidiEvent *const *)a;
  const PartitaMidiEvent *y = *(const PartitaMidiEvent *const *)b;

  return (x->tick > y->tick) - (x->tick < y->tick);
}

/// (transfer full) (element-type PartitaMidiEvent): the changes of the file
/// that stay, of all tracks, in order of time
static GPtrArray *
list_changes(const PartitaMidiRewriter *r)
{
  GPtrArray *changes = g_ptr_array_new();

  for (uint32_t i = 0; i < r->walk->n_events; ++i)
    if (is_change(&r->walk->events[i]) && r->walk->events[i].tick < r->until &&
        (r->fates[i] & PARTITA_MIDI_EVENT_DROPPED) == 0)
      g_ptr_array_add(changes, &r->walk->events[i]);
  g_ptr_array_sort(changes, compare_ticks);
  return changes;
}

/// What is put into the first row.
typedef struct {
  PartitaMidiRewriter *rewriter;
  PartitaMidiRow *row;
  GPtrArray *given; // of list_changes()
  guint next;       // of them, the first that is not before what was put last
} Conductor;

/// Puts in a change, unless the file says at @tick what the first @n_said bytes
/// of @contents say. Changes of one kind must come in order of time.
static void
put_change(Conductor *conductor,
           uint32_t tick,
           uint8_t type,
           const uint8_t *contents,
           size_t n_said,
           size_t n)
{
  const PartitaMidiWalk *walk = conductor->rewriter->walk;
  const GPtrArray *given = conductor->given;

  for (; conductor->next < given->len; ++conductor->next) {
    const PartitaMidiEvent *event = g_ptr_array_index(given, conductor->next);

    if (event->tick >= tick)
      break;
  }
  for (guint i = conductor->next; i < given->len; ++i) {
    const PartitaMidiEvent *event = g_ptr_array_index(given, i);

    if (event->tick > tick)
      break;
    if (event->bytes[1] == type && event->at + n_said <= walk->size &&
        memcmp(walk->data + event->at, contents, n_said) == 0)
      return;
  }
  partita_midi_row_insert_meta(conductor->row, tick, PARTITA_MIDI_ORDER_CHANGE,
                               type, contents, n);
}

static void
put_tempos(Conductor *conductor)
{
  size_t n = 0;
  const PartitaTempo *tempos =
    partita_score_get_tempos(conductor->rewriter->score, &n);

  // SMPTE time has no tempos: they would say nothing.
  if (conductor->rewriter->walk->smpte_us > 0)
    return;
  conductor->next = 0;
  for (size_t i = 0; i < n; ++i) {
    uint8_t contents[3];

    partita_midi_pack_tempo(tempos[i], contents);
    put_change(conductor, tempos[i].tick, PARTITA_MIDI_META_TEMPO, contents, 3,
               3);
  }
}

static void
put_meters(Conductor *conductor)
{
  size_t n = 0;
  const PartitaMeter *meters =
    partita_score_get_meters(conductor->rewriter->score, &n);

  conductor->next = 0;
  for (size_t i = 0; i < n; ++i) {
    uint8_t contents[4];

    partita_midi_pack_meter(meters[i], contents);
    put_change(conductor, meters[i].tick, PARTITA_MIDI_META_METER, contents, 2,
               4);
  }
}

static void
put_keys(Conductor *conductor)
{
  size_t n = 0;
  const PartitaKey *keys =
    partita_score_get_keys(conductor->rewriter->score, &n);

  conductor->next = 0;
  for (size_t i = 0; i < n; ++i) {
    uint8_t contents[2];

    partita_midi_pack_key(keys[i], contents);
    put_change(conductor, keys[i].tick, PARTITA_MIDI_META_KEY, contents, 2, 2);
  }
}

/// The mark of our own files that says where the piece ends.
static void
move_end(PartitaMidiRewriter *r)
{
  const PartitaMidiSpan *span =
    &g_array_index(r->walk->spans, PartitaMidiSpan, 0);
  const uint32_t end = partita_score_get_end(r->score);

  if (!r->scan->own ||
      (end == r->scan->own_end_ticks && r->until > r->scan->own_end_ticks))
    return;
  for (uint32_t i = span->first; i < span->first + span->n; ++i)
    if (partita_midi_take_mark(r->walk, &r->walk->events[i]) ==
        PARTITA_MIDI_MARK_END)
      r->fates[i] |= PARTITA_MIDI_EVENT_DROPPED;
  partita_midi_row_insert_mark(g_ptr_array_index(r->rows, 0), end,
                               PARTITA_MIDI_ORDER_END, PARTITA_MIDI_MARK_END);
}

static int
compare_with_change(const void *tick, const void *change)
{
  const uint32_t x = *(const uint32_t *)tick;
  uint32_t y = 0;

  memcpy(&y, change, sizeof y); // a change begins with its tick
  return (x > y) - (x < y);
}

/// The one of @n @changes, which are in order, at @tick; NULL if there is none.
static const void *
find_change(const void *changes, size_t n, size_t size, uint32_t tick)
{
  return n > 0 ? bsearch(&tick, changes, n, size, compare_with_change) : NULL;
}

/// Of the tempo, metre or key that begins at @tick of @score a number that is
/// another for each; -1 if none begins there.
static int64_t
get_change(const PartitaScore *score, uint8_t type, uint32_t tick)
{
  size_t n_tempos = 0;
  size_t n_meters = 0;
  size_t n_keys = 0;
  const PartitaTempo *tempo = partita_score_get_tempos(score, &n_tempos);
  const PartitaMeter *meter = partita_score_get_meters(score, &n_meters);
  const PartitaKey *key = partita_score_get_keys(score, &n_keys);

  tempo = find_change(tempo, n_tempos, sizeof *tempo, tick);
  meter = find_change(meter, n_meters, sizeof *meter, tick);
  key = find_change(key, n_keys, sizeof *key, tick);
  if (type == PARTITA_MIDI_META_TEMPO && tempo != NULL)
    return tempo->us_per_quarter;
  if (type == PARTITA_MIDI_META_METER && meter != NULL)
    return meter->numerator * 256 + meter->denominator;
  if (type == PARTITA_MIDI_META_KEY && key != NULL)
    return (key->sharps + 128) * 2 + (key->minor ? 1 : 0);
  return -1;
}

/// Drops tempos, metres and keys that the score has no more, or others for.
static void
drop_changes(PartitaMidiRewriter *r)
{
  for (uint32_t i = 0; i < r->walk->n_events; ++i) {
    const PartitaMidiEvent *event = &r->walk->events[i];
    const uint8_t type = event->bytes[1];

    if (!is_change(event))
      continue;

    const int64_t before = get_change(r->old, type, event->tick);

    if (before >= 0 && get_change(r->score, type, event->tick) != before)
      r->fates[i] |= PARTITA_MIDI_EVENT_DROPPED;
  }
}

void
partita_midi_rewrite_conduct(PartitaMidiRewriter *rewriter)
{
  drop_changes(rewriter);

  g_autoptr(GPtrArray) given = list_changes(rewriter);
  Conductor conductor = {.rewriter = rewriter,
                         .row = g_ptr_array_index(rewriter->rows, 0),
                         .given = given};

  put_tempos(&conductor);
  put_meters(&conductor);
  put_keys(&conductor);
  move_end(rewriter);
}
