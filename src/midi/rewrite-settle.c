// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* What must be added to the new notes so that all notes of the score are read
 * from the file that is written, and its tempos, metres, keys and end. */

#include <midi/rewrite-private.h>

#include <string.h>

#define SUSTAIN 64
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
    if ((bytes[0] & 0xF0) == 0xB0 && bytes[1] == SUSTAIN)
      channel->down = bytes[2] >= 64;
    else if ((bytes[0] & 0xF0) == 0xE0)
      channel->bent = bytes[1] != 0 || bytes[2] != BEND_CENTRE;
  }
  return last;
}

static void
take_back(PartitaMidiRow *row, uint32_t tick, unsigned strip, Channel *channel)
{
  const uint8_t pedal[] = {(uint8_t)(0xB0 | strip), SUSTAIN, 0};
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

static void
put_meta(PartitaMidiRewriter *r,
         uint32_t tick,
         uint8_t type,
         const void *contents,
         size_t n,
         PartitaMidiOrder order)
{
  uint8_t bytes[14] = {0xFF, type, (uint8_t)n};

  memcpy(bytes + 3, contents, n);
  partita_midi_row_insert(g_ptr_array_index(r->rows, 0), tick, order, bytes,
                          3 + n);
}

/// Whether the file says at @tick what the first @n bytes of @contents say.
static bool
says(const PartitaMidiRewriter *r,
     uint32_t tick,
     uint8_t type,
     const uint8_t *contents,
     size_t n)
{
  for (guint row = 0; row < r->walk->spans->len; ++row) {
    const PartitaMidiSpan *span =
      &g_array_index(r->walk->spans, PartitaMidiSpan, row);
    uint32_t low = span->first;
    uint32_t high = span->first + span->n;

    while (low < high) {
      const uint32_t middle = low + (high - low) / 2;

      if (r->walk->events[middle].tick < tick)
        low = middle + 1;
      else
        high = middle;
    }
    for (; low < span->first + span->n && r->walk->events[low].tick == tick;
         ++low) {
      const PartitaMidiEvent *event = &r->walk->events[low];

      if (tick < r->until && event->bytes[0] >= PARTITA_MIDI_UNREAD &&
          event->bytes[1] == type && event->at + n <= r->walk->size &&
          memcmp(r->walk->data + event->at, contents, n) == 0)
        return true;
    }
  }
  return false;
}

static void
put_tempos(PartitaMidiRewriter *r)
{
  size_t n = 0;
  const PartitaTempo *tempos = partita_score_get_tempos(r->score, &n);

  // SMPTE time has no tempos: they would say nothing.
  for (size_t i = 0; i < n && r->walk->smpte_us == 0; ++i) {
    const uint32_t us = tempos[i].us_per_quarter;
    const uint8_t contents[] = {(uint8_t)(us >> 16), (uint8_t)(us >> 8),
                                (uint8_t)us};

    if (!says(r, tempos[i].tick, PARTITA_MIDI_META_TEMPO, contents, 3))
      put_meta(r, tempos[i].tick, PARTITA_MIDI_META_TEMPO, contents, 3,
               PARTITA_MIDI_ORDER_CHANGE);
  }
}

static void
put_meters(PartitaMidiRewriter *r)
{
  size_t n = 0;
  const PartitaMeter *meters = partita_score_get_meters(r->score, &n);

  for (size_t i = 0; i < n; ++i) {
    // A click a quarter has 24 MIDI clocks; a quarter has 8 32nds.
    const uint8_t contents[] = {
      meters[i].numerator, (uint8_t)g_bit_nth_lsf(meters[i].denominator, -1),
      24, 8};

    if (!says(r, meters[i].tick, PARTITA_MIDI_META_METER, contents, 2))
      put_meta(r, meters[i].tick, PARTITA_MIDI_META_METER, contents, 4,
               PARTITA_MIDI_ORDER_CHANGE);
  }
}

static void
put_keys(PartitaMidiRewriter *r)
{
  size_t n = 0;
  const PartitaKey *keys = partita_score_get_keys(r->score, &n);

  for (size_t i = 0; i < n; ++i) {
    const uint8_t contents[] = {(uint8_t)keys[i].sharps, keys[i].minor ? 1 : 0};

    if (!says(r, keys[i].tick, PARTITA_MIDI_META_KEY, contents, 2))
      put_meta(r, keys[i].tick, PARTITA_MIDI_META_KEY, contents, 2,
               PARTITA_MIDI_ORDER_CHANGE);
  }
}

/// The mark of our own files that says where the piece ends.
static void
move_end(PartitaMidiRewriter *r)
{
  const PartitaMidiSpan *span =
    &g_array_index(r->walk->spans, PartitaMidiSpan, 0);
  uint8_t mark[PARTITA_MIDI_MARK_SIZE + 1] = PARTITA_MIDI_MARK;
  const uint32_t end = partita_score_get_end(r->score);

  if (!r->scan->own ||
      (end == r->scan->own_end_ticks && r->until > r->scan->own_end_ticks))
    return;
  mark[PARTITA_MIDI_MARK_SIZE] = PARTITA_MIDI_MARK_END;
  for (uint32_t i = span->first; i < span->first + span->n; ++i) {
    const PartitaMidiEvent *event = &r->walk->events[i];

    if (partita_midi_is_meta(event, PARTITA_MIDI_META_OWN) &&
        event->bytes[2] == sizeof mark &&
        memcmp(r->walk->data + event->at, mark, sizeof mark) == 0)
      r->fates[i] |= PARTITA_MIDI_EVENT_DROPPED;
  }
  put_meta(r, end, PARTITA_MIDI_META_OWN, mark, sizeof mark,
           PARTITA_MIDI_ORDER_END);
}

/// The element for @tick of @n @changes, which begin with their ticks and are
/// in order; NULL if there is none.
static const void *
find_change(const void *changes, size_t n, size_t size, uint32_t tick)
{
  size_t low = 0;
  size_t high = n;

  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    const void *const change = (const char *)changes + middle * size;
    uint32_t here = 0;

    memcpy(&here, change, sizeof here);
    if (here == tick)
      return change;
    if (here < tick)
      low = middle + 1;
    else
      high = middle;
  }
  return NULL;
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

    if (event->bytes[0] < PARTITA_MIDI_UNREAD)
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
  put_tempos(rewriter);
  put_meters(rewriter);
  put_keys(rewriter);
  move_end(rewriter);
}
