// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Which events make which note of the score. How the reader paired onsets and
 * releases is seen in the score alone, so that this holds whatever its rules
 * are. */

#include <midi/rewrite-private.h>

#include <string.h>

/// So many notes of one key are looked through for the one that a release
/// ends; files that have more of them at once have no sense.
#define SOUNDING_MAX 64

typedef struct {
  PartitaMidiRewriter *rewriter;
  GHashTable *parts;    // to a GArray of guint: the parts of a strip in a group
  uint32_t *next;       // shape [sounds]: sounding with the same key
  uint32_t first[2048]; // sounding, by channel * 128 + pitch
  uint32_t last[2048];
} Matcher;

static gpointer
make_key(uint32_t group, bool marked, unsigned strip)
{
  const unsigned place = marked ? PARTITA_MIDI_STRIPS : strip;

  return GUINT_TO_POINTER(1 + (group << 12 | place));
}

static void
free_list(void *list)
{
  g_array_unref(list);
}

static void
list_parts(Matcher *matcher)
{
  const GArray *parts = matcher->rewriter->parts;

  for (guint p = 0; p < parts->len; ++p) {
    const PartitaMidiPart *part = &g_array_index(parts, PartitaMidiPart, p);
    const gpointer key = make_key(part->group, part->marked, part->strip);
    GArray *list = g_hash_table_lookup(matcher->parts, key);

    if (list == NULL) {
      list = g_array_new(FALSE, FALSE, sizeof(guint));
      g_hash_table_insert(matcher->parts, key, list);
    }
    g_array_append_val(list, p);
  }
}

static PartitaMidiSound *
get_sound(const Matcher *matcher, uint32_t index)
{
  return &g_array_index(matcher->rewriter->sounds, PartitaMidiSound, index);
}

/// The sound of part @part that @event begins, or %PARTITA_MIDI_NONE.
static uint32_t
find_sound(const Matcher *matcher, guint part, const PartitaMidiEvent *event)
{
  guint low = matcher->rewriter->first[part];
  const guint end = matcher->rewriter->first[part + 1];
  guint high = end;

  while (low < high) {
    const guint middle = low + (high - low) / 2;

    if (get_sound(matcher, middle)->note.onset_ticks < event->tick)
      low = middle + 1;
    else
      high = middle;
  }
  for (; low < end; ++low) {
    const PartitaMidiSound *sound = get_sound(matcher, low);

    if (sound->note.onset_ticks != event->tick)
      break;
    if (sound->on == PARTITA_MIDI_NONE &&
        sound->note.pitch == event->bytes[1] &&
        sound->note.velocity == event->bytes[2])
      return low;
  }
  return PARTITA_MIDI_NONE;
}

static void
take_onset(Matcher *matcher, uint32_t row, unsigned strip, uint32_t event)
{
  PartitaMidiRewriter *r = matcher->rewriter;
  const PartitaMidiEvent *on = &r->walk->events[event];
  const unsigned slot = (on->bytes[0] & 0x0Fu) * 128u + on->bytes[1];
  uint32_t index = PARTITA_MIDI_NONE;

  for (int marked = 0; marked < 2 && index == PARTITA_MIDI_NONE; ++marked) {
    const GArray *list = g_hash_table_lookup(
      matcher->parts,
      make_key(partita_midi_rewrite_group(r, row), marked != 0, strip));

    for (guint i = 0;
         list != NULL && i < list->len && index == PARTITA_MIDI_NONE; ++i)
      index = find_sound(matcher, g_array_index(list, guint, i), on);
  }
  if (index == PARTITA_MIDI_NONE)
    return;

  PartitaMidiSound *sound = get_sound(matcher, index);

  sound->on = event;
  sound->row = row;
  sound->strip = (uint16_t)strip;
  sound->channel = on->bytes[0] & 0x0F;
  matcher->next[index] = PARTITA_MIDI_NONE;
  if (matcher->first[slot] == PARTITA_MIDI_NONE)
    matcher->first[slot] = index;
  else
    matcher->next[matcher->last[slot]] = index;
  matcher->last[slot] = index;
}

/// Whether a release at @tick is where @sound ends; one without length lasts a
/// tick in the score.
static bool
ends_at(const PartitaMidiSound *sound, uint32_t tick)
{
  const PartitaNote *note = &sound->note;

  return note->onset_ticks + note->duration_ticks == tick ||
         (note->duration_ticks == 1 && note->onset_ticks == tick);
}

static void
take_release(Matcher *matcher, uint32_t event)
{
  PartitaMidiRewriter *r = matcher->rewriter;
  const PartitaMidiEvent *off = &r->walk->events[event];
  const unsigned slot = (off->bytes[0] & 0x0Fu) * 128u + off->bytes[1];
  uint32_t *link = &matcher->first[slot];
  uint32_t before = PARTITA_MIDI_NONE;

  for (unsigned i = 0; i < SOUNDING_MAX && *link != PARTITA_MIDI_NONE; ++i) {
    const uint32_t index = *link;
    PartitaMidiSound *sound = get_sound(matcher, index);
    const bool ends = ends_at(sound, off->tick);

    if (!ends &&
        sound->note.onset_ticks + sound->note.duration_ticks >= off->tick) {
      before = index;
      link = &matcher->next[index];
      continue;
    }
    *link = matcher->next[index]; // it is over
    if (matcher->last[slot] == index)
      matcher->last[slot] = before;
    if (!ends)
      continue;
    sound->off = event;
    r->fates[event] |= PARTITA_MIDI_EVENT_CLAIMED;
    return;
  }
}

static void
match_row(Matcher *matcher, uint32_t row)
{
  const PartitaMidiWalk *walk = matcher->rewriter->walk;
  const PartitaMidiSpan *span =
    &g_array_index(walk->spans, PartitaMidiSpan, row);
  unsigned port = 0;

  memset(matcher->first, 0xFF, sizeof matcher->first); // NONE everywhere
  for (uint32_t i = span->first; i < span->first + span->n; ++i) {
    const PartitaMidiEvent *event = &walk->events[i];
    const uint8_t kind = event->bytes[0] & 0xF0;
    const unsigned strip = port * 16 + (event->bytes[0] & 0x0Fu);

    if (partita_midi_is_meta(event, PARTITA_MIDI_META_PORT))
      port = walk->data[event->at];
    if (kind == 0xF0)
      continue;
    matcher->rewriter->used[strip] = true;
    if (kind == 0x90 && event->bytes[2] > 0)
      take_onset(matcher, row, strip, i);
    else if (kind <= 0x90)
      take_release(matcher, i);
  }
}

static void
list_sounds(PartitaMidiRewriter *r)
{
  for (guint p = 0; p < r->parts->len; ++p) {
    size_t n = 0;
    const PartitaNote *notes = partita_track_get_notes(
      partita_score_get_track((PartitaScore *)r->old, p), &n);

    r->first[p] = r->sounds->len;
    for (size_t i = 0; i < n; ++i) {
      const PartitaMidiSound sound = {
        .note = notes[i], .on = PARTITA_MIDI_NONE, .off = PARTITA_MIDI_NONE};

      g_array_append_val(r->sounds, sound);
    }
  }
  r->first[r->parts->len] = r->sounds->len;
}

void
partita_midi_rewrite_match(PartitaMidiRewriter *rewriter)
{
  g_autoptr(GHashTable) parts =
    g_hash_table_new_full(NULL, NULL, NULL, free_list);

  list_sounds(rewriter);

  g_autofree uint32_t *next = g_new(uint32_t, rewriter->sounds->len + 1);
  Matcher matcher = {.rewriter = rewriter, .parts = parts, .next = next};

  list_parts(&matcher);
  for (guint row = 0; row < rewriter->walk->spans->len; ++row)
    match_row(&matcher, row);
}
