// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "random-score.h"

#include <midi/rewrite-private.h>
#include <string.h>

static void
put(GByteArray *bytes, const uint8_t *data, size_t n)
{
  g_byte_array_append(bytes, data, (guint)n);
}

/// One random event of a file of the world, behind its delta time.
static void
put_random_event(GByteArray *track)
{
  static const uint8_t name[] = {0xFF, 0x03, 3, 0x83, 0x65, 0x81};
  static const uint8_t lyric[] = {0xFF, 0x05, 2, 'l', 'a'};
  static const uint8_t sysex[] = {0xF0, 5, 0x7E, 0x7F, 0x09, 0x01, 0xF7};
  static const uint8_t escape[] = {0xF7, 2, 0xF3, 0x01};
  static const uint8_t key[] = {0xFF, 0x59, 3, 7, 0, 0};
  static const uint8_t wrong[] = {0xFF, 0x51, 2, 7, 0};
  static const uint8_t sequence[] = {0xFF, 0x7F, 3, 0x43, 0x7B, 0x01};
  const uint8_t delta[] = {(uint8_t)random_between(0, 90)};
  const uint8_t channel = (uint8_t)(random_between(0, 4) * 9 / 4);
  const uint8_t pitch = (uint8_t)random_between(58, 62);
  const uint8_t on[] = {(uint8_t)(0x90 | channel), pitch,
                        (uint8_t)random_between(0, 127)};
  const uint8_t off[] = {(uint8_t)(0x80 | channel), pitch, 17};
  const uint8_t control[] = {(uint8_t)(0xB0 | channel),
                             (uint8_t)(random_between(0, 1) ? 7 : 64),
                             (uint8_t)random_between(0, 127)};
  const uint8_t bend[] = {(uint8_t)(0xE0 | channel), 3, 0x50};
  const uint8_t program[] = {(uint8_t)(0xC0 | channel),
                             (uint8_t)random_between(0, 2)};
  const uint8_t tempo[] = {0xFF, 0x51, 3, 7, (uint8_t)random_between(0, 255),
                           9};
  const uint8_t meter[] = {0xFF, 0x58, 4, (uint8_t)random_between(2, 5),
                           2,    36,   7};

  put(track, delta, 1);
  switch (random_between(0, 22)) {
  case 0:
    put(track, name, sizeof name);
    break;
  case 1:
    put(track, lyric, sizeof lyric);
    break;
  case 2:
    put(track, sysex, sizeof sysex);
    break;
  case 3:
    put(track, escape, sizeof escape);
    break;
  case 4:
    put(track, key, sizeof key);
    break;
  case 5:
    put(track, wrong, sizeof wrong);
    break;
  case 6:
    put(track, sequence, sizeof sequence);
    break;
  case 7:
    put(track, control, sizeof control);
    break;
  case 8:
    put(track, bend, sizeof bend);
    break;
  case 9:
    put(track, program, sizeof program);
    break;
  case 10:
    put(track, tempo, sizeof tempo);
    break;
  case 11:
    put(track, meter, sizeof meter);
    break;
  case 12:
  case 13:
  case 14:
  case 15:
  case 16:
    put(track, off, sizeof off);
    break;
  default:
    put(track, on, sizeof on);
    break;
  }
}

/// A file of the world: releases are lost or stand alone, programs change,
/// names are no UTF-8, metas are wrong.
static GBytes *
make_foreign(void)
{
  static const uint8_t end[] = {0x20, 0xFF, 0x2F, 0};
  const uint8_t n_tracks = (uint8_t)random_between(1, 4);
  const uint8_t header[] = {'M', 'T', 'h', 'd', 0,        0, 0,
                            6,   0,   1,   0,   n_tracks, 0, 96};
  GByteArray *bytes = g_byte_array_new();

  put(bytes, header, sizeof header);
  for (uint8_t t = 0; t < n_tracks; ++t) {
    g_autoptr(GByteArray) track = g_byte_array_new();

    for (uint32_t n = random_between(0, 120); n > 0; --n)
      put_random_event(track);
    put(track, end, sizeof end);

    const uint8_t head[] = {'M',
                            'T',
                            'r',
                            'k',
                            0,
                            0,
                            (uint8_t)(track->len >> 8),
                            (uint8_t)track->len};

    put(bytes, head, sizeof head);
    put(bytes, track->data, track->len);
  }
  return g_byte_array_free_to_bytes(bytes);
}

static GBytes *
make_own(void)
{
  g_autoptr(PartitaScore) score = random_score();
  GBytes *bytes = partita_midi_write(score, NULL);

  g_assert_nonnull(bytes);
  return bytes;
}

static PartitaScore *
read_bytes(GBytes *bytes)
{
  gsize size = 0;
  const uint8_t *data = g_bytes_get_data(bytes, &size);
  g_autoptr(GError) error = NULL;
  PartitaScore *score = partita_midi_read(data, size, NULL, &error);

  g_assert_no_error(error);
  return score;
}

static GBytes *
rewrite(GBytes *given, const PartitaScore *score)
{
  g_autoptr(GError) error = NULL;
  GBytes *bytes = partita_midi_rewrite(given, PARTITA_TICK_MAX, score, &error);

  g_assert_no_error(error);
  return bytes;
}

/// (transfer full) (element-type utf8): a line for each event of the file, of
/// notes only if @notes
static GPtrArray *
list_events(GBytes *bytes, bool notes)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
  gsize size = 0;
  const uint8_t *data = g_bytes_get_data(bytes, &size);
  g_auto(PartitaMidiWalk) walk = {0};

  g_assert_true(partita_midi_walk_whole(&walk, data, size, NULL));
  for (guint t = 0; t < walk.spans->len; ++t) {
    const PartitaMidiSpan *span =
      &g_array_index(walk.spans, PartitaMidiSpan, t);

    for (uint32_t i = span->first; i < span->first + span->n; ++i) {
      const PartitaMidiEvent *e = &walk.events[i];
      const uint8_t kind = e->bytes[0] & 0xF0;
      const bool empty =
        e->bytes[0] == 0xFF && e->bytes[1] == 1 && e->bytes[2] == 0;

      if ((!notes && (kind == 0x80 || kind == 0x90)) || empty)
        continue;
      g_ptr_array_add(
        lines, g_strdup_printf(
                 "%u %u %02x %02x %02x", t, e->tick, e->bytes[0], e->bytes[1],
                 e->bytes[0] >= 0xF0 ? data[e->at] : e->bytes[2]));
    }
  }
  return lines;
}

/// (transfer full): each note on its program, in order
static GPtrArray *
list_notes(const PartitaScore *score)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);

  for (size_t t = 0; t < partita_score_get_n_tracks(score); ++t) {
    const PartitaTrack *track =
      partita_score_get_track((PartitaScore *)score, t);
    size_t n = 0;
    const PartitaNote *notes = partita_track_get_notes(track, &n);

    for (size_t i = 0; i < n; ++i)
      g_ptr_array_add(lines, g_strdup_printf("%08u+%u key %u at %u on %u",
                                             notes[i].onset_ticks,
                                             notes[i].duration_ticks,
                                             notes[i].pitch, notes[i].velocity,
                                             partita_track_get_program(track)));
  }
  return lines;
}

static gint
compare_lines(gconstpointer a, gconstpointer b)
{
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static char *
join_lines(GPtrArray *lines, bool sort)
{
  if (sort)
    g_ptr_array_sort(lines, compare_lines);
  g_ptr_array_add(lines, NULL);
  return g_strjoinv("\n", (char **)lines->pdata);
}

static char *
tell_events(GBytes *bytes, bool notes)
{
  g_autoptr(GPtrArray) lines = list_events(bytes, notes);

  return join_lines(lines, false);
}

static char *
tell_notes(const PartitaScore *score)
{
  g_autoptr(GPtrArray) lines = list_notes(score);

  return join_lines(lines, true);
}

/// Law: without a change every event comes back, in its place.
static void
test_same(void)
{
  for (int i = 0; i < 400; ++i) {
    g_autoptr(GBytes) given = i % 4 == 0 ? make_own() : make_foreign();
    g_autoptr(PartitaScore) score = read_bytes(given);
    g_autoptr(GBytes) again = rewrite(given, score);
    g_autofree char *want = tell_events(given, true);
    g_autofree char *got = tell_events(again, true);
    g_autoptr(PartitaScore) back = read_bytes(again);

    g_assert_cmpstr(got, ==, want);
    g_assert_true(partita_score_equal(score, back));
  }
}

/// A copy of @score in which notes come and go, in its tracks and in new ones.
static PartitaScore *
change(const PartitaScore *score)
{
  PartitaScore *changed = partita_score_copy_frame(score);
  const uint32_t end = MAX(2, partita_score_get_end(score));

  for (size_t t = 0; t < partita_score_get_n_tracks(score) + 2; ++t) {
    const bool given = t < partita_score_get_n_tracks(score);
    const PartitaTrack *from =
      given ? partita_score_get_track((PartitaScore *)score, t) : NULL;
    PartitaTrack *to = partita_score_add_track(
      changed, given ? partita_track_get_program(from) : 70,
      given ? partita_track_get_name(from) : "New");
    size_t n = 0;
    const PartitaNote *notes = given ? partita_track_get_notes(from, &n) : NULL;

    for (size_t i = 0; i < n; ++i)
      if (random_between(0, 2) > 0)
        partita_track_add_note(to, notes[i]);
    for (uint32_t more = random_between(0, 9); more > 0; --more) {
      const uint32_t onset = random_between(0, end - 2);

      partita_track_add_note(
        to, (PartitaNote){onset, random_between(1, end - onset),
                          (uint8_t)random_between(58, 62), 99});
    }
  }
  partita_score_sort(changed);
  return changed;
}

/// Whether all of @lines stand in @all, in their order.
static void
assert_holds(GPtrArray *all, GPtrArray *lines)
{
  guint found = 0;

  for (guint i = 0; i < all->len && found < lines->len; ++i)
    found +=
      strcmp(g_ptr_array_index(all, i), g_ptr_array_index(lines, found)) == 0;
  g_assert_cmpuint(found, ==, lines->len);
}

/// Law: the notes that are read from what was written are those of the score,
/// and all else is as it was.
static void
test_changed(void)
{
  for (int i = 0; i < 400; ++i) {
    g_autoptr(GBytes) given = i % 4 == 0 ? make_own() : make_foreign();
    g_autoptr(PartitaScore) score = read_bytes(given);
    g_autoptr(PartitaScore) changed = change(score);
    g_autoptr(GBytes) written = rewrite(given, changed);
    g_autoptr(PartitaScore) back = read_bytes(written);
    g_autofree char *want = tell_notes(changed);
    g_autofree char *got = tell_notes(back);

    g_assert_cmpstr(got, ==, want);
    if (i % 4 != 0) { // our own may have lanes put between
      g_autoptr(GPtrArray) others = list_events(given, false);
      g_autoptr(GPtrArray) still = list_events(written, false);

      assert_holds(still, others);
    }
  }
}

/// Metres and keys with their ticks.
static char *
tell_changes(const PartitaScore *score)
{
  GString *told = g_string_new(NULL);
  size_t n_meters = 0, n_keys = 0;
  const PartitaMeter *meters = partita_score_get_meters(score, &n_meters);
  const PartitaKey *keys = partita_score_get_keys(score, &n_keys);

  for (size_t i = 0; i < n_meters; ++i)
    g_string_append_printf(told, "%u: %u/%u\n", meters[i].tick,
                           meters[i].numerator, meters[i].denominator);
  for (size_t i = 0; i < n_keys; ++i)
    g_string_append_printf(told, "%u: %d %d\n", keys[i].tick, keys[i].sharps,
                           keys[i].minor);
  return g_string_free(told, FALSE);
}

/// Law: metres and keys that a score has others for are those that are read
/// from the file, also where they begin with what was there.
static void
test_other_changes(void)
{
  for (int i = 0; i < 200; ++i) {
    g_autoptr(GBytes) given = make_foreign();
    g_autoptr(PartitaScore) score = read_bytes(given);
    const uint32_t line = (uint32_t)g_test_rand_int_range(1, 200);

    partita_score_clear_meters(score);
    partita_score_add_meter(score, (PartitaMeter){0, 3, 8});
    partita_score_add_meter(score, (PartitaMeter){line, 3, 8});
    partita_score_clear_keys(score);
    partita_score_add_key(score, (PartitaKey){0, 3, false});

    g_autoptr(GBytes) written = rewrite(given, score);
    g_autoptr(PartitaScore) back = read_bytes(written);

    g_autofree char *want = tell_changes(score);
    g_autofree char *got = tell_changes(back);

    g_assert_cmpstr(got, ==, want);
  }
}

/// Law: a note behind the end of a track has neither its pedal nor its bend.
static void
test_behind(void)
{
  static const uint8_t file[] = {
    'M', 'T',  'h', 'd',  0,  0,  0,  6,  0, 0,    0,    1,    0, 96,
    'M', 'T',  'r', 'k',  0,  0,  0,  19, 0, 0xB0, 64,   127,  0, 0xE0,
    0,   0x50, 0,   0x90, 60, 70, 96, 60, 0, 0x60, 0xFF, 0x2F, 0};
  g_autoptr(GBytes) given = g_bytes_new_static(file, sizeof file);
  g_autoptr(PartitaScore) score = read_bytes(given);

  partita_track_add_note(partita_score_get_track(score, 0),
                         (PartitaNote){384, 96, 62, 70});
  partita_score_add_tempo(score, (PartitaTempo){384, 400000});
  partita_score_add_meter(score, (PartitaMeter){384, 3, 4});
  partita_score_set_end(score, 384 + 288);

  g_autoptr(GBytes) written = rewrite(given, score);
  g_autofree char *events = tell_events(written, true);
  g_autoptr(PartitaScore) back = read_bytes(written);

  g_assert_cmpstr(events, ==,
                  "0 0 b0 40 7f\n0 0 e0 00 50\n0 0 90 3c 46\n0 96 90 3c 00\n"
                  "0 384 b0 40 00\n0 384 e0 00 40\n0 384 f8 51 06\n"
                  "0 384 f8 58 03\n0 384 90 3e 46\n0 480 80 3e 40");
  g_assert_cmpuint(partita_score_get_end(back), ==, 384 + 288);
}

/// A program of a track that has no notes any more holds for the others on its
/// channel; given notes keep theirs all the same.
static void
test_others(void)
{
  static const uint8_t file[] = {
    'M',  'T', 'h', 'd',  0,   0,  0,    6,    0,    1,    0,    2,   0,
    96,   'M', 'T', 'r',  'k', 0,  0,    0,    14,   0,    0xC0, 5,   96,
    0x90, 60,  70,  96,   60,  0,  0,    0xFF, 0x2F, 0,    'M',  'T', 'r',
    'k',  0,   0,   0,    17,  0,  0xC0, 6,    0,    0x90, 72,   70,  48,
    72,   0,   0,   0xC0, 7,   96, 0xFF, 0x2F, 0};
  g_autoptr(GBytes) given = g_bytes_new_static(file, sizeof file);
  g_autoptr(PartitaScore) score = read_bytes(given);
  g_autoptr(PartitaScore) changed = partita_score_copy_frame(score);

  for (size_t t = 0; t < partita_score_get_n_tracks(score); ++t) {
    const PartitaTrack *from = partita_score_get_track(score, t);
    PartitaTrack *to =
      partita_score_add_track(changed, partita_track_get_program(from), NULL);
    size_t n = 0;
    const PartitaNote *notes = partita_track_get_notes(from, &n);

    for (size_t i = 0; i < n && partita_track_get_program(from) != 6; ++i)
      partita_track_add_note(to, notes[i]);
  }

  g_autoptr(GBytes) written = rewrite(given, changed);
  g_autoptr(PartitaScore) back = read_bytes(written);
  g_autofree char *got = tell_notes(back);

  g_assert_cmpstr(got, ==, "00000096+96 key 60 at 70 on 5");
}

/// What stands past the cut is left out, but for the release of a note that
/// stays.
static void
test_cut(void)
{
  for (int i = 0; i < 100; ++i) {
    g_autoptr(GBytes) given = make_foreign();
    g_autoptr(PartitaScore) whole = read_bytes(given);
    g_autoptr(PartitaScore) score = partita_score_cut_played(whole, 1);
    const uint32_t until = partita_score_get_end(score);
    g_autoptr(GBytes) written = partita_midi_rewrite(given, until, score, NULL);
    g_autoptr(PartitaScore) back = read_bytes(written);
    g_autofree char *want = tell_notes(score);
    g_autofree char *got = tell_notes(back);

    g_assert_cmpstr(got, ==, want);
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/midi/rewrite/same", test_same);
  g_test_add_func("/midi/rewrite/changed", test_changed);
  g_test_add_func("/midi/rewrite/other-changes", test_other_changes);
  g_test_add_func("/midi/rewrite/behind", test_behind);
  g_test_add_func("/midi/rewrite/others", test_others);
  g_test_add_func("/midi/rewrite/cut", test_cut);
  return g_test_run();
}
