// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <midi/rewrite-private.h>

#include <string.h>

/// So often places are sought for notes that are not read as they are.
#define ROUNDS_MAX 8

/// A note of the score that the file has not.
typedef struct {
  PartitaNote note;
  size_t track;
  bool apart; // among the file's own events it is not read as it is
} Added;

static int
compare_notes(const PartitaNote *a, const PartitaNote *b)
{
  if (a->onset_ticks != b->onset_ticks)
    return a->onset_ticks < b->onset_ticks ? -1 : 1;
  if (a->pitch != b->pitch)
    return (int)a->pitch - (int)b->pitch;
  if (a->duration_ticks != b->duration_ticks)
    return a->duration_ticks < b->duration_ticks ? -1 : 1;
  return (int)a->velocity - (int)b->velocity;
}

static PartitaMidiSound *
get_sound(const PartitaMidiRewriter *r, guint index)
{
  return &g_array_index(r->sounds, PartitaMidiSound, index);
}

static void
add_note(GArray *added, size_t track, const PartitaNote *note)
{
  const Added more = {*note, track, false};

  g_array_append_val(added, more);
}

/// Marks the sounds of part @part that the score has not, and gathers what it
/// has besides.
static void
compare_track(PartitaMidiRewriter *r, guint part, GArray *added)
{
  size_t n = 0;
  const PartitaNote *notes = partita_track_get_notes(
    partita_score_get_track((PartitaScore *)r->score, part), &n);
  guint at = r->first[part];
  const guint end = r->first[part + 1];

  for (size_t i = 0; i < n || at < end;) {
    const int order = i == n ? 1
                      : at == end
                        ? -1
                        : compare_notes(&notes[i], &get_sound(r, at)->note);

    if (order < 0)
      add_note(added, part, &notes[i]);
    if (order > 0)
      get_sound(r, at)->gone = true;
    i += order <= 0;
    at += order >= 0;
  }
}

static void
compare_scores(PartitaMidiRewriter *r, GArray *added)
{
  const size_t n_tracks = partita_score_get_n_tracks(r->score);

  for (guint p = 0; p < r->parts->len; ++p)
    compare_track(r, p, added);
  for (size_t t = r->parts->len; t < n_tracks; ++t) {
    size_t n = 0;
    const PartitaNote *notes = partita_track_get_notes(
      partita_score_get_track((PartitaScore *)r->score, t), &n);

    for (size_t i = 0; i < n; ++i)
      add_note(added, t, &notes[i]);
  }
}

static gint
compare_added(gconstpointer a, gconstpointer b)
{
  const Added *x = a;
  const Added *y = b;
  const int order = compare_notes(&x->note, &y->note);

  return order != 0 ? order : (x->track > y->track) - (x->track < y->track);
}

static void
drop_sounds(PartitaMidiRewriter *r)
{
  for (guint i = 0; i < r->sounds->len; ++i) {
    const PartitaMidiSound *sound = get_sound(r, i);

    if (!sound->gone || sound->on == PARTITA_MIDI_NONE)
      continue;
    r->fates[sound->on] |= PARTITA_MIDI_EVENT_DROPPED;
    if (sound->off != PARTITA_MIDI_NONE)
      r->fates[sound->off] |= PARTITA_MIDI_EVENT_DROPPED;
    partita_midi_rewrite_slot(r, sound->row, sound->channel, sound->note.pitch)
      ->touched = true;
  }
}

static bool
place_all(PartitaMidiRewriter *r, const GArray *added, GError **error)
{
  for (guint i = 0; i < added->len; ++i) {
    const Added *note = &g_array_index(added, Added, i);

    if (partita_midi_rewrite_place(r, note->track, &note->note, note->apart))
      continue;
    g_set_error(error, PARTITA_MIDI_ERROR, PARTITA_MIDI_ERROR_TOO_BIG,
                "the file leaves no channel for what is new");
    return false;
  }
  return true;
}

/// (transfer full) (nullable): the file with the notes of @added in it
static GBytes *
assemble(PartitaMidiRewriter *r, const GArray *added, GError **error)
{
  g_autoptr(GHashTable) slots =
    g_hash_table_new_full(NULL, NULL, NULL, partita_midi_slot_free);
  g_autoptr(GPtrArray) rows =
    g_ptr_array_new_with_free_func(partita_midi_row_free);
  g_autofree bool *used = g_memdup2(r->used, PARTITA_MIDI_STRIPS);
  g_autofree uint8_t *fates = g_memdup2(r->fates, r->walk->n_events + 1);
  PartitaMidiRewriter once = *r;

  once.slots = slots;
  once.rows = rows;
  once.used = used;
  once.fates = fates;
  for (guint i = 0; i < r->walk->spans->len; ++i)
    g_ptr_array_add(rows, partita_midi_row_new());
  drop_sounds(&once);
  partita_midi_rewrite_occupy(&once);
  if (!place_all(&once, added, error))
    return NULL;
  partita_midi_rewrite_settle(&once);
  partita_midi_rewrite_conduct(&once);
  return partita_midi_rewrite_bytes(&once);
}

/// A note on its program, and whence it comes.
typedef struct {
  PartitaNote note;
  unsigned program;
  uint8_t rank; // which of equal ones is set apart: the last
  guint index;  // of a sound or of what is added
  size_t track;
} Heard;

enum {
  RANK_APART, // it is already
  RANK_GIVEN,
  RANK_ADDED
};

static gint
compare_heard(gconstpointer a, gconstpointer b)
{
  const Heard *x = a;
  const Heard *y = b;
  const int order = compare_notes(&x->note, &y->note);

  return order != 0 ? order
                    : (x->program > y->program) - (x->program < y->program);
}

static gint
compare_ranks(gconstpointer a, gconstpointer b)
{
  const Heard *x = a;
  const Heard *y = b;
  const int order = compare_heard(x, y);

  return order != 0 ? order : (int)x->rank - (int)y->rank;
}

/// (transfer full) (element-type Heard): all notes, in order
static GArray *
list_heard(const PartitaScore *score)
{
  GArray *list = g_array_new(FALSE, TRUE, sizeof(Heard));

  for (size_t t = 0; t < partita_score_get_n_tracks(score); ++t) {
    const PartitaTrack *track =
      partita_score_get_track((PartitaScore *)score, t);
    size_t n = 0;
    const PartitaNote *notes = partita_track_get_notes(track, &n);

    for (size_t i = 0; i < n; ++i) {
      const Heard heard = {.note = notes[i],
                           .program = partita_track_get_program(track)};

      g_array_append_val(list, heard);
    }
  }
  g_array_sort(list, compare_heard);
  return list;
}

static void
want(const PartitaMidiRewriter *r, GArray *list, Heard heard)
{
  heard.program = partita_track_get_program(
    partita_score_get_track((PartitaScore *)r->score, heard.track));
  g_array_append_val(list, heard);
}

/// (transfer full) (element-type Heard): all notes to be written, in order
static GArray *
list_wanted(const PartitaMidiRewriter *r, const GArray *added)
{
  GArray *list = g_array_new(FALSE, FALSE, sizeof(Heard));

  for (guint p = 0; p < r->parts->len; ++p)
    for (guint i = r->first[p]; i < r->first[p + 1]; ++i)
      if (!get_sound(r, i)->gone)
        want(r, list, (Heard){get_sound(r, i)->note, 0, RANK_GIVEN, i, p});
  for (guint i = 0; i < added->len; ++i) {
    const Added *more = &g_array_index(added, Added, i);

    want(r, list,
         (Heard){more->note, 0, more->apart ? RANK_APART : RANK_ADDED, i,
                 more->track});
  }
  g_array_sort(list, compare_ranks);
  return list;
}

/// Returns false for a note of which nothing is known that could be moved.
static bool
set_one_apart(const PartitaMidiRewriter *r, const Heard *heard, GArray *added)
{
  const Added more = {heard->note, heard->track, true};

  if (heard->rank == RANK_ADDED) {
    g_array_index(added, Added, heard->index).apart = true;
    return true;
  }
  if (heard->rank == RANK_APART ||
      get_sound(r, heard->index)->on == PARTITA_MIDI_NONE)
    return false;
  get_sound(r, heard->index)->gone = true;
  g_array_append_val(added, more);
  return true;
}

/// Sets those notes apart that are not in @back, which was read from what was
/// written, as they are in the score, given ones too; returns whether there are
/// more of them than before.
static bool
set_apart(const PartitaMidiRewriter *r, const PartitaScore *back, GArray *added)
{
  g_autoptr(GArray) there = list_heard(back);
  g_autoptr(GArray) wanted = list_wanted(r, added);
  bool any = false;
  guint k = 0;

  for (guint i = 0; i < wanted->len; ++i) {
    const Heard *heard = &g_array_index(wanted, Heard, i);

    while (k < there->len &&
           compare_heard(&g_array_index(there, Heard, k), heard) < 0)
      ++k;
    if (k < there->len &&
        compare_heard(&g_array_index(there, Heard, k), heard) == 0)
      ++k;
    else
      any |= set_one_apart(r, heard, added);
  }
  g_array_sort(added, compare_added);
  return any;
}

/// (transfer full) (nullable): what is read from @bytes, which may have become
/// too big
static PartitaScore *
read_back(GBytes *bytes, GError **error)
{
  gsize size = 0;
  const uint8_t *data = g_bytes_get_data(bytes, &size);
  PartitaScore *back = partita_midi_read(data, size, NULL, error);

  if (back == NULL)
    g_prefix_error(error, "the file with what is new in it: ");
  return back;
}

static GBytes *
rewrite(PartitaMidiRewriter *r, GError **error)
{
  g_autoptr(GArray) added = g_array_new(FALSE, FALSE, sizeof(Added));

  partita_midi_rewrite_match(r);
  compare_scores(r, added);
  g_array_sort(added, compare_added);

  // A note that leaves its place may make room there for another.
  for (int round = 0;; ++round) {
    g_autoptr(GBytes) bytes = assemble(r, added, error);
    g_autoptr(PartitaScore) back =
      bytes != NULL ? read_back(bytes, error) : NULL;

    if (back == NULL)
      return NULL;
    if (round == ROUNDS_MAX || !set_apart(r, back, added))
      return g_steal_pointer(&bytes);
  }
}

GBytes *
partita_midi_rewrite(GBytes *given,
                     uint32_t until_ticks,
                     const PartitaScore *score,
                     GError **error)
{
  gsize size = 0;
  const uint8_t *data = g_bytes_get_data(given, &size);
  g_auto(PartitaMidiWalk) walk = {0};
  g_auto(PartitaMidiScan) scan = {0};
  g_autoptr(GArray) parts = g_array_new(FALSE, FALSE, sizeof(PartitaMidiPart));

  if (!partita_midi_walk_whole(&walk, data, size, error))
    return NULL;
  partita_midi_scan(&scan, &walk);

  g_autoptr(PartitaScore) old =
    partita_midi_read_walk(&scan, &walk, parts, error);

  if (old == NULL)
    return NULL;
  g_return_val_if_fail(partita_score_get_ppq(score) == walk.ppq, NULL);
  g_return_val_if_fail(partita_score_get_n_tracks(score) >= parts->len, NULL);

  g_autoptr(GArray) sounds =
    g_array_new(FALSE, FALSE, sizeof(PartitaMidiSound));
  g_autofree guint *first = g_new0(guint, parts->len + 1);
  g_autofree uint8_t *fates = g_new0(uint8_t, walk.n_events + 1);
  g_autofree bool *used = g_new0(bool, PARTITA_MIDI_STRIPS);
  PartitaMidiRewriter rewriter = {
    .walk = &walk,
    .scan = &scan,
    .old = old,
    .score = score,
    .until = until_ticks < PARTITA_TICK_MAX ? until_ticks : UINT32_MAX,
    .parts = parts,
    .sounds = sounds,
    .first = first,
    .fates = fates,
    .used = used,
  };

  return rewrite(&rewriter, error);
}
