// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "clean.h"

#include "second.h"

static bool
is_before(const Item *a, const Item *b)
{
  if (a->tick != b->tick)
    return a->tick < b->tick;
  return a->track != b->track ? a->track < b->track : a->event < b->event;
}

/// Whether what @a says holds for @note.
static bool
holds(const Item *a, const Item *note)
{
  return a->tick < note->tick ||
         (a->tick == note->tick &&
          (a->track != note->track || a->event < note->event));
}

/// The last of @items on @strip that holds for @note.
static const Item *
find_last(const GArray *items, unsigned strip, const Item *note)
{
  const Item *last = NULL;

  for (guint i = 0; i < items->len; ++i) {
    const Item *item = second_get(items, i);

    if (item->strip == strip && holds(item, note) &&
        (last == NULL || is_before(last, item)))
      last = item;
  }
  return last;
}

static bool
has_notes(const Second *s, guint track, unsigned strip)
{
  for (guint i = 0; i < s->notes->len; ++i) {
    if (second_get(s->notes, i)->track == track &&
        second_get(s->notes, i)->strip == strip)
      return true;
  }
  return false;
}

/// Programs of tracks that have no notes on their strip.
static void
find_guides(Second *s)
{
  for (guint i = 0; i < s->programs->len; ++i) {
    const Item *item = second_get(s->programs, i);

    if (!has_notes(s, item->track, item->strip))
      g_array_append_val(s->guides, *item);
  }
}

static uint8_t
find_program(const Second *s, const Item *note)
{
  g_autoptr(GArray) own = g_array_new(FALSE, FALSE, sizeof(Item));

  for (guint i = 0; i < s->programs->len; ++i) {
    if (second_get(s->programs, i)->track == note->track)
      g_array_append_val(own, *second_get(s->programs, i));
  }

  const Item *mine = find_last(own, note->strip, note);
  const Item *other =
    find_last(mine != NULL ? s->guides : s->programs, note->strip, note);

  if (mine != NULL && (other == NULL || other->tick <= mine->tick))
    return mine->first;
  return other != NULL ? other->first : 0;
}

/// Whether notes are struck on a strip, all of keys 13 to 64.
static bool
is_like_kit(const Second *s, unsigned strip)
{
  bool any = false;

  for (guint i = 0; i < s->notes->len; ++i) {
    const Item *note = second_get(s->notes, i);

    if (note->strip != strip)
      continue;
    if (note->first < 13 || note->first > 64)
      return false;
    any = true;
  }
  return any;
}

/// 1, 0 or -1: the bank says nothing of drums.
static int
judge(const Second *s, const Item *bank)
{
  const Item later = {.tick = bank->tick, .track = G_MAXUINT};
  const Item *reset = find_last(s->resets, bank->strip / 16 * 16, &later);
  const int rules = reset != NULL ? reset->first : RULES_NONE;
  const bool tenth = bank->strip % 16 == DRUM_CHANNEL;
  const bool like_kit = is_like_kit(s, bank->strip);

  if (rules == RULES_GS)
    return -1;
  if (rules == RULES_XG)
    return bank->first >= 126 ? 1 : tenth && like_kit ? -1 : 0;
  if (rules == RULES_GM2)
    return bank->first == 120 ? 1 : tenth && bank->first != 121 ? -1 : 0;
  return (bank->first == 127 && like_kit) || bank->first == 120 ? 1
         : tenth                                                ? -1
                                                                : 0;
}

static gint
compare(gconstpointer a, gconstpointer b)
{
  return is_before(b, a) - is_before(a, b);
}

/// What banks make of each strip, in order of time.
static void
find_bank_modes(Second *s)
{
  bool drums[2048];

  for (unsigned strip = 0; strip < G_N_ELEMENTS(drums); ++strip)
    drums[strip] = strip % 16 == DRUM_CHANNEL;
  g_array_sort(s->banks, compare);
  for (guint i = 0; i < s->banks->len; ++i) {
    Item item = *second_get(s->banks, i);
    const int now = judge(s, &item);

    if (now < 0 || (now == 0 && !drums[item.strip]))
      continue;
    drums[item.strip] = now == 1;
    item.first = now == 1;
    g_array_append_val(s->modes, item);
  }
}

bool
second_is_drums(const Second *s, const Item *note)
{
  const Item *mode = find_last(s->modes, note->strip, note);
  const Item *reset = find_last(s->resets, note->strip / 16 * 16, note);

  if (mode != NULL && (reset == NULL || is_before(reset, mode)))
    return mode->first != 0;
  return note->strip % 16 == DRUM_CHANNEL;
}

static void
take_meta(PartitaScore *score, const smf_event_t *event)
{
  const uint8_t *bytes = event->midi_buffer;
  const uint32_t tick = (uint32_t)event->time_pulses;

  if (bytes[1] == 0x51)
    partita_score_add_tempo(
      score, (PartitaTempo){tick, (uint32_t)bytes[3] << 16 |
                                    (uint32_t)bytes[4] << 8 | bytes[5]});
  else if (bytes[1] == 0x58)
    partita_score_add_meter(
      score, (PartitaMeter){tick, bytes[3], (uint8_t)(1u << bytes[4])});
  else if (bytes[1] == 0x59)
    partita_score_add_key(score,
                          (PartitaKey){tick, (int8_t)bytes[3], bytes[4] == 1});
}

static void
take_sysex(Second *s, const smf_event_t *event, Item item)
{
  const uint8_t *b = event->midi_buffer;
  const int n = event->midi_buffer_length;
  int rules = -1;

  if (n >= 5 && b[1] == 0x7E && b[3] == 9 && b[4] >= 1 && b[4] <= 3)
    rules = b[4] == 3 ? RULES_GM2 : RULES_GM;
  else if (n >= 8 && b[1] == 0x41 && b[3] == 0x42 && b[4] == 0x12 &&
           (b[5] == 0x40 || b[5] == 0) && b[6] == 0 && b[7] == 0x7F)
    rules = RULES_GS;
  else if (n >= 7 && b[1] == 0x43 && b[3] == 0x4C && b[4] == 0 && b[5] == 0 &&
           b[6] == 0x7E)
    rules = RULES_XG;
  if (rules >= 0) {
    item.first = (uint8_t)rules;
    g_array_append_val(s->resets, item);
  } else if (n >= 9 && b[1] == 0x41 && b[3] == 0x42 && b[4] == 0x12 &&
             b[5] == 0x40 && b[6] / 16 == 1 && b[7] == 0x15) {
    const unsigned part = b[6] % 16;

    item.strip += part == 0 ? 9 : part < 10 ? part - 1 : part;
    item.first = b[8] != 0;
    g_array_append_val(s->modes, item);
  } else if (n >= 8 && b[1] == 0x43 && b[3] == 0x4C && b[4] == 8 && b[5] < 16 &&
             b[6] == 7) {
    item.strip += b[5];
    item.first = b[7] != 0;
    g_array_append_val(s->modes, item);
  }
}

static void
take_controller(Second *s, const uint8_t *bytes, Item item)
{
  item.first = bytes[2];
  if (bytes[1] == 0)
    g_array_append_val(s->banks, item);
  else if (bytes[1] == 120 || bytes[1] >= 123)
    g_array_append_val(s->silences, item);
}

/// Takes what is said in a track but its releases.
static void
take_track(Second *s, PartitaScore *score, const smf_track_t *track, guint t)
{
  const guint n = track->events_array->len;
  const smf_event_t *last = g_ptr_array_index(track->events_array, n - 1);
  unsigned port = 0;

  for (guint i = 0; i < n; ++i) {
    const smf_event_t *event = g_ptr_array_index(track->events_array, i);
    const uint8_t *bytes = event->midi_buffer;
    Item item = {.tick = (uint32_t)event->time_pulses,
                 .track = t,
                 .event = i,
                 .strip = port * 16 + (bytes[0] & 0x0Fu),
                 .first = event->midi_buffer_length > 1 ? bytes[1] : 0,
                 .second = event->midi_buffer_length > 2 ? bytes[2] : 0,
                 .at_end = (uint32_t)last->time_pulses};

    if (bytes[0] == 0xFF && bytes[1] == 0x21) {
      port = bytes[3];
    } else if (bytes[0] == 0xFF) {
      take_meta(score, event);
    } else if (bytes[0] == 0xF0) {
      item.strip = port * 16;
      take_sysex(s, event, item);
    } else if ((bytes[0] & 0xF0) == 0xC0) {
      g_array_append_val(s->programs, item);
    } else if ((bytes[0] & 0xF0) == 0xB0) {
      take_controller(s, bytes, item);
    } else if ((bytes[0] & 0xF0) == 0x90 && bytes[2] > 0) {
      g_array_append_val(s->notes, item);
    }
  }
}

/// Where the last bar with music ends.
static uint32_t
find_end(const Second *s, const PartitaScore *score)
{
  g_autoptr(PartitaScore) frame = partita_score_copy_frame(score);
  uint32_t end = 0;

  for (guint i = 0; i < s->notes->len; ++i) {
    const Item *note = second_get(s->notes, i);

    end = MAX(end, MAX(note->end, note->tick + 1));
  }
  partita_score_set_end(frame, end);

  g_autoptr(GArray) bars = partita_score_get_bars(frame);
  const PartitaBar *last = &g_array_index(bars, PartitaBar, bars->len - 1);

  return MAX(end, last->tick + last->length_ticks);
}

static void
add_notes(const Second *s, PartitaScore *score)
{
  g_autoptr(GHashTable) parts = g_hash_table_new(NULL, NULL);
  const uint32_t end = find_end(s, score);

  for (guint i = 0; i < s->notes->len; ++i) {
    const Item *note = second_get(s->notes, i);
    const uint8_t program =
      second_is_drums(s, note) ? PARTITA_PROGRAM_DRUMS : find_program(s, note);
    const uint32_t until = note->end > 0 ? note->end : MIN(end, note->at_end);
    const gpointer key =
      GUINT_TO_POINTER(note->track << 20 | note->strip << 8 | program);
    PartitaTrack *part = g_hash_table_lookup(parts, key);

    if (part == NULL) {
      part = partita_score_add_track(score, program, NULL);
      g_hash_table_insert(parts, key, part);
    }
    partita_track_add_note(
      part, (PartitaNote){note->tick, MAX(until, note->tick + 1) - note->tick,
                          note->first, note->second});
  }
}

/// A tempo said again is none.
static void
merge_tempos(PartitaScore *score)
{
  size_t n = 0;
  const PartitaTempo *tempos = partita_score_get_tempos(score, &n);
  g_autofree PartitaTempo *all = g_memdup2(tempos, n * sizeof *tempos);

  partita_score_clear_tempos(score);
  for (size_t i = 0; i < n; ++i) {
    if (i == 0 || all[i].us_per_quarter != all[i - 1].us_per_quarter)
      partita_score_add_tempo(score, all[i]);
  }
}

static void
read_song(Second *s, PartitaScore *score, const smf_t *smf)
{
  const uint32_t sixteenth = MAX(1u, (uint32_t)smf->ppqn / 4);
  guint next = 0;

  for (guint t = 0; t < smf->tracks_array->len; ++t)
    take_track(s, score, g_ptr_array_index(smf->tracks_array, t), t);
  find_guides(s);
  find_bank_modes(s);
  for (guint t = 0; t < smf->tracks_array->len; ++t)
    next = second_end_track(s, g_ptr_array_index(smf->tracks_array, t), next,
                            sixteenth);
  merge_tempos(score);
  add_notes(s, score);
  partita_score_sort(score);
}

PartitaScore *
second_read(GBytes *clean)
{
  gsize size = 0;
  const void *bytes = g_bytes_get_data(clean, &size);
  g_autoptr(smf_t) smf = smf_load_from_memory(bytes, (int)size);
  g_autofree Second *second = g_new0(Second, 1);
  GArray **const lists[] = {
    &second->programs, &second->guides,   &second->banks, &second->modes,
    &second->resets,   &second->silences, &second->notes};

  g_assert_nonnull(smf);
  for (size_t i = 0; i < G_N_ELEMENTS(lists); ++i)
    *lists[i] = g_array_new(FALSE, FALSE, sizeof(Item));
  for (size_t i = 0; i < G_N_ELEMENTS(second->runs); ++i) {
    second->runs[i].notes = g_array_new(FALSE, FALSE, sizeof(guint));
    second->runs[i].releases = g_array_new(FALSE, FALSE, sizeof(uint32_t));
  }

  PartitaScore *score = partita_score_new((uint16_t)smf->ppqn);

  read_song(second, score, smf);
  for (size_t i = 0; i < G_N_ELEMENTS(lists); ++i)
    g_array_unref(*lists[i]);
  for (size_t i = 0; i < G_N_ELEMENTS(second->runs); ++i) {
    g_array_unref(second->runs[i].notes);
    g_array_unref(second->runs[i].releases);
  }
  return score;
}

static void
copy_changes(PartitaScore *to, const PartitaScore *from)
{
  size_t n = 0;
  const PartitaTempo *tempos = partita_score_get_tempos(from, &n);

  for (size_t i = 0; i < n; ++i)
    partita_score_add_tempo(to, tempos[i]);

  const PartitaMeter *meters = partita_score_get_meters(from, &n);

  for (size_t i = 0; i < n; ++i)
    partita_score_add_meter(to, meters[i]);

  const PartitaKey *keys = partita_score_get_keys(from, &n);

  for (size_t i = 0; i < n; ++i)
    partita_score_add_key(to, keys[i]);
}

bool
is_same_reading(const PartitaScore *score, const PartitaScore *second)
{
  g_autoptr(PartitaScore) bare =
    partita_score_new(partita_score_get_ppq(score));

  copy_changes(bare, score);
  for (size_t t = 0; t < partita_score_get_n_tracks(score); ++t) {
    const PartitaTrack *track =
      partita_score_get_track((PartitaScore *)score, t);
    size_t n = 0;
    const PartitaNote *notes = partita_track_get_notes(track, &n);

    partita_track_add_notes(
      partita_score_add_track(bare, partita_track_get_program(track), NULL),
      notes, n);
  }
  partita_score_sort(bare);
  return partita_score_equal(bare, second);
}
