// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "clean.h"
#include "midi-bytes.h"
#include "random-score.h"

/* Law: what was cleaned is clean. Returns the clean bytes, or NULL. */
static GBytes *
assert_idempotent(const uint8_t *data, size_t size, unsigned *mends)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) once = clean_bytes(data, size, mends, &error);
  unsigned again = 0;
  gsize clean_size = 0;

  if (once == NULL) {
    g_assert_true(g_str_has_prefix(error->message, "byte "));
    return NULL;
  }

  const uint8_t *clean = g_bytes_get_data(once, &clean_size);
  g_autoptr(GBytes) twice = clean_bytes(clean, clean_size, &again, NULL);

  g_assert_nonnull(twice);
  g_assert_true(g_bytes_equal(once, twice));
  g_assert_cmpuint(again, ==, 0);
  return g_steal_pointer(&once);
}

static void
assert_mends(const GByteArray *bytes, unsigned expected, size_t n_notes)
{
  unsigned mends = 0;
  unsigned read_mends = 0;
  g_autoptr(GBytes) clean = assert_idempotent(bytes->data, bytes->len, &mends);
  g_autoptr(PartitaScore) score = read_bytes(bytes, &read_mends);

  g_assert_nonnull(clean);
  g_assert_cmphex(mends, ==, expected);
  g_assert_cmphex(read_mends & ~(unsigned)(PARTITA_MEND_HANGING_NOTE |
                                           PARTITA_MEND_ORPHAN_OFF),
                  ==, expected);
  g_assert_cmpuint(partita_score_get_n_notes(score), ==, n_notes);
}

/// The track of a file of format 0 that is mended.
typedef struct {
  const char *name;
  const char *track;
  unsigned mends;
  size_t n_notes;
} TrackCase;

static const TrackCase track_cases[] = {
  {"clean", ONE_NOTE END, 0, 1},
  {"running-status", "00 903C40 00 4040 60 3C00 00 4000" END, 0, 2},
  {"running-after-meta", "00 903C40 00 FF0101 41 60 3C00" END, 0, 1},
  {"running-after-sysex", "00 903C40 00 F00243F7 60 3C00" END, 0, 1},
  {"sysex", "00 F0037E09F7 00 F70141" ONE_NOTE END, 0, 1},
  {"sysex-too-long", "00 F07F4142F7" ONE_NOTE END, PARTITA_MEND_BAD_EVENT, 1},
  {"realtime", "00 F8 00 FE" ONE_NOTE END, PARTITA_MEND_BAD_EVENT, 1},
  {"system", "00 F20102 00 F30100 F6" ONE_NOTE END, PARTITA_MEND_BAD_EVENT, 1},
  {"no-status", "00 3C40" ONE_NOTE END, PARTITA_MEND_BAD_EVENT, 1},
  {"long-delta", "8080808000 903C40" END, PARTITA_MEND_BAD_EVENT, 1},
  {"bad-key", "00 90C840 60 80C840" END, PARTITA_MEND_BAD_DATA, 1},
  {"bad-velocity", "00 903C80 60 803C40" END, PARTITA_MEND_BAD_DATA, 1},
  {"no-end", ONE_NOTE, PARTITA_MEND_NO_END_OF_TRACK, 1},
  {"empty", "", PARTITA_MEND_NO_END_OF_TRACK, 0},
  {"cut-event", ONE_NOTE "00 903C",
   PARTITA_MEND_NO_END_OF_TRACK | PARTITA_MEND_BAD_EVENT, 1},
  {"cut-meta", ONE_NOTE "00 FF0305 41",
   PARTITA_MEND_NO_END_OF_TRACK | PARTITA_MEND_BAD_EVENT, 1},
  {"after-end", ONE_NOTE END "00 904040", PARTITA_MEND_BAD_EVENT, 1},
  {"end-length", ONE_NOTE "00 FF2F0141", PARTITA_MEND_META, 1},
  {"tempo-short", "00 FF510207A1" ONE_NOTE END, PARTITA_MEND_META, 1},
  {"tempo-empty", "00 FF5100" ONE_NOTE END, PARTITA_MEND_META, 1},
  {"tempo-zero", "00 FF5103000000" ONE_NOTE END, PARTITA_MEND_META, 1},
  {"tempo-long", "00 FF510407A12000" ONE_NOTE END, PARTITA_MEND_META, 1},
  {"meter-zero", "00 FF580400021808" ONE_NOTE END, PARTITA_MEND_META, 1},
  {"meter-128ths", "00 FF580404071808" ONE_NOTE END, PARTITA_MEND_META, 1},
  {"key-8-sharps", "00 FF59020800" ONE_NOTE END, PARTITA_MEND_META, 1},
  {"key-mode", "00 FF59020002" ONE_NOTE END, PARTITA_MEND_META, 1},
  {"port", "00 FF210180" ONE_NOTE END, PARTITA_MEND_META, 1},
  {"meta-type", "00 FF8001 41" ONE_NOTE END, PARTITA_MEND_META, 1},
};

static void
test_track(gconstpointer data)
{
  const TrackCase *test = data;
  g_autoptr(GByteArray) bytes = make_simple(test->track);

  assert_mends(bytes, test->mends, test->n_notes);
}

static void
test_riff(void)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new();
  g_autoptr(GByteArray) inner = make_simple(ONE_NOTE END);

  put_word(bytes, "RIFF");
  put(bytes, "40000000");
  put_word(bytes, "RMIDdata");
  put(bytes, "25000000");
  g_assert_cmpuint(inner->len, ==, 0x22);
  bytes->data[bytes->len - 4] = (uint8_t)inner->len;
  g_byte_array_append(bytes, inner->data, inner->len);
  put_word(bytes, "LIST");
  put(bytes, "04000000 41414141");
  assert_mends(bytes, PARTITA_MEND_RIFF, 1);
}

static void
test_leading(void)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new();
  g_autoptr(GByteArray) inner = make_simple(ONE_NOTE END);

  g_byte_array_set_size(bytes, 128);
  memset(bytes->data, 0, 128);
  g_byte_array_append(bytes, inner->data, inner->len);
  assert_mends(bytes, PARTITA_MEND_LEADING, 1);
}

static void
test_header(void)
{
  g_autoptr(GByteArray) longer = g_byte_array_new();
  g_autoptr(GByteArray) wrong = make_simple(ONE_NOTE END);
  g_autoptr(GByteArray) timeless = make_file(0, 1, 0);

  put_word(longer, "MThd");
  put(longer, "00000008 0000 0001 0060 4142");
  put_chunk(longer, "MTrk", ONE_NOTE END);
  assert_mends(longer, PARTITA_MEND_HEADER, 1);
  for (uint8_t length = 0; length < 20; ++length) {
    wrong->data[7] = length;
    assert_mends(wrong, length == 6 ? 0 : PARTITA_MEND_HEADER, 1);
  }
  memset(wrong->data + 4, 0xFF, 4);
  assert_mends(wrong, PARTITA_MEND_HEADER, 1);
  put_chunk(timeless, "MTrk", ONE_NOTE END);
  assert_mends(timeless, PARTITA_MEND_HEADER, 1);
}

static void
test_chunks(void)
{
  g_autoptr(GByteArray) count = make_file(1, 3, 96);
  g_autoptr(GByteArray) alien = make_file(1, 2, 96);
  g_autoptr(GByteArray) trailing = make_simple(ONE_NOTE END);
  g_autoptr(GByteArray) format = make_file(0, 2, 96);

  put_chunk(count, "MTrk", ONE_NOTE END);
  assert_mends(count, PARTITA_MEND_TRACK_COUNT, 1);
  put_chunk(alien, "MTrk", ONE_NOTE END);
  put_chunk(alien, "XFIH", "01020304");
  put_chunk(alien, "MTrk", ONE_NOTE END);
  assert_mends(alien, PARTITA_MEND_ALIEN_CHUNK, 2);
  put(trailing, "00 01 02");
  assert_mends(trailing, PARTITA_MEND_TRAILING, 1);
  put_chunk(format, "MTrk", ONE_NOTE END);
  put_chunk(format, "MTrk", ONE_NOTE END);
  assert_mends(format, PARTITA_MEND_FORMAT, 2);
}

/* Lengths of chunks that lie: too long for the file, reaching into the next
 * track, and too short. */
static void
test_lengths(void)
{
  g_autoptr(GByteArray) over = make_simple(ONE_NOTE END);
  g_autoptr(GByteArray) into = make_file(1, 2, 96);
  g_autoptr(GByteArray) brief = make_file(1, 2, 96);

  over->data[18] = 0x7F;
  assert_mends(over, PARTITA_MEND_TRUNCATED, 1);
  put_chunk(into, "MTrk", ONE_NOTE END);
  put_chunk(into, "MTrk", ONE_NOTE END);
  into->data[21] += 6;
  assert_mends(into, PARTITA_MEND_BAD_EVENT, 2);
  put_chunk(brief, "MTrk", ONE_NOTE ONE_NOTE END);
  put_chunk(brief, "MTrk", ONE_NOTE END);
  brief->data[21] = 6;
  assert_mends(brief, PARTITA_MEND_HEADER, 3);
}

static void
test_two_files(void)
{
  g_autoptr(GByteArray) bytes = make_simple(ONE_NOTE END);
  g_autoptr(GByteArray) second = make_simple(ONE_NOTE END);

  g_byte_array_append(bytes, second->data, second->len);
  assert_mends(bytes, PARTITA_MEND_TRAILING, 1);
}

/* Tempos count, however many there are; one said again does not. */
static void
test_tempos(void)
{
  g_autoptr(GByteArray) bytes = make_file(0, 1, 96);
  g_autoptr(GString) track = g_string_new(NULL);
  size_t n = 0;

  for (unsigned i = 0; i < 20000; ++i)
    g_string_append(track,
                    i / 2 % 2 == 0 ? "01 FF510307A120" : "01 FF510306A120");
  g_string_append(track, ONE_NOTE END);
  put_chunk(bytes, "MTrk", track->str);
  assert_mends(bytes, 0, 1);

  g_autoptr(PartitaScore) score = read_bytes(bytes, NULL);
  const PartitaTempo *tempos = partita_score_get_tempos(score, &n);

  g_assert_cmpuint(n, ==, 10000);
  g_assert_cmpuint(tempos[n - 1].tick, ==, 19999);
}

static void
test_long_time(void)
{
  // 96 ticks a quarter, 120 quarters a minute: 24 hours are 16,588,800 ticks.
  g_autoptr(GByteArray) within =
    make_simple(ONE_NOTE "87F4BF20 FF2F00"); // 16,588,704 more
  g_autoptr(GByteArray) past = make_simple(ONE_NOTE "87F4BF21 FF2F00");
  g_autoptr(GByteArray) lost =
    make_simple(ONE_NOTE "87F4BF20 904040 01 804040" END);

  assert_mends(within, 0, 1);
  assert_mends(past, PARTITA_MEND_LONG_TIME, 1);
  assert_mends(lost, PARTITA_MEND_LONG_TIME, 1);
}

static void
test_smpte(void)
{
  // 25 frames of 40 ticks: 1,000 ticks a second, whatever the tempo says.
  g_autoptr(GByteArray) bytes = make_file(0, 1, 0xE728);
  g_autoptr(GByteArray) odd = make_file(0, 1, 0xE701);
  g_autoptr(GByteArray) drop = make_file(0, 1, 0xE304);

  put_chunk(bytes, "MTrk", "00 FF5103010000 00 903C40 8768 803C40" END);
  put_chunk(odd, "MTrk", ONE_NOTE END);
  put_chunk(drop, "MTrk", ONE_NOTE END);
  assert_mends(bytes, PARTITA_MEND_SMPTE, 1);
  assert_mends(odd, PARTITA_MEND_SMPTE, 1);

  g_autoptr(PartitaScore) score = read_bytes(bytes, NULL);
  g_autoptr(PartitaTempoMap) map = partita_tempo_map_new(score);
  g_autoptr(PartitaScore) odd_score = read_bytes(odd, NULL);
  g_autoptr(PartitaTempoMap) odd_map = partita_tempo_map_new(odd_score);
  g_autoptr(PartitaScore) drop_score = read_bytes(drop, NULL);
  g_autoptr(PartitaTempoMap) drop_map = partita_tempo_map_new(drop_score);

  g_assert_cmpfloat(partita_tempo_map_seconds(map, 1000), ==, 1.0);
  g_assert_cmpfloat(partita_tempo_map_seconds(odd_map, 50), ==, 2.0);
  g_assert_cmpfloat(partita_tempo_map_seconds(drop_map, 120000), ==, 1001.0);
}

static void
assert_refused(const GByteArray *bytes, int code)
{
  g_autoptr(GError) error = NULL;

  g_assert_null(clean_bytes(bytes->data, bytes->len, NULL, &error));
  g_assert_error(error, PARTITA_MIDI_ERROR, code);
  g_assert_true(g_str_has_prefix(error->message, "byte "));
  g_clear_error(&error);
  g_assert_null(partita_midi_read(bytes->data, bytes->len, NULL, &error));
  g_assert_error(error, PARTITA_MIDI_ERROR, code);
}

static void
test_refused(void)
{
  g_autoptr(GByteArray) empty = g_byte_array_new();
  g_autoptr(GByteArray) page = g_byte_array_new();
  g_autoptr(GByteArray) no_track = make_file(1, 1, 96);
  g_autoptr(GByteArray) tracks = make_file(1, 513, 96);
  g_autoptr(GByteArray) events = make_file(0, 1, 96);
  g_autoptr(GByteArray) bytes = make_simple(ONE_NOTE END);
  const guint long_size = 2 * (PARTITA_MIDI_EVENTS_MAX + 8);

  assert_refused(empty, PARTITA_MIDI_ERROR_NOT_MIDI);
  put_word(page, "<html><title>Not found</title></html>");
  assert_refused(page, PARTITA_MIDI_ERROR_NOT_MIDI);
  assert_refused(no_track, PARTITA_MIDI_ERROR_BROKEN);
  for (unsigned i = 0; i < PARTITA_MIDI_TRACKS_MAX + 1; ++i)
    put_chunk(tracks, "MTrk", END);
  assert_refused(tracks, PARTITA_MIDI_ERROR_TOO_BIG);
  put_chunk(events, "MTrk", "00 C000");
  g_byte_array_set_size(events, events->len + long_size);
  memset(events->data + events->len - long_size, 0, long_size);
  memcpy(events->data + 18, "\x7f\x7f\x7f\x7f", 4);
  assert_refused(events, PARTITA_MIDI_ERROR_TOO_BIG);
  g_byte_array_set_size(bytes, PARTITA_MIDI_BYTES_MAX + 1);
  assert_refused(bytes, PARTITA_MIDI_ERROR_TOO_BIG);
}

/// A file with something of everything.
static GByteArray *
make_rich(void)
{
  GByteArray *bytes = make_file(1, 3, 480);

  put_chunk(bytes, "MTrk",
            "00 FF0305 5469746C65 00 FF580403021808 00 FF59020200"
            "00 FF510307A120 8360 FF510306A120" END);
  put_chunk(bytes, "MTrk",
            "00 FF0303 566C6E 00 C028 00 B04040 00 903C50 00 4050"
            "60 3C00 00 F0037E09F7 60 4000 00 B04000"
            "00 903C50 10 903C40 10 803C40 10 903C40 00 B00020 20 B07B00"
            "20 803C40" END);
  put_chunk(bytes, "XXXX", "0102");
  put_chunk(bytes, "MTrk", "00 FF210101 00 992450 60 2400 00 E00040" END);
  return bytes;
}

/* Law: no prefix of a file, and no file with bytes changed, dropped or
 * doubled, does harm; cleaned, each reads without a word from libsmf, whose
 * complaints would end this program. */
static void
test_prefixes(void)
{
  g_autoptr(GByteArray) bytes = make_rich();

  for (guint n = 0; n <= bytes->len; ++n) {
    g_autofree uint8_t *exact = g_memdup2(bytes->data, n);
    g_autoptr(GBytes) clean = assert_idempotent(exact, n, NULL);
    g_autoptr(PartitaScore) score = partita_midi_read(exact, n, NULL, NULL);

    g_assert_true((clean != NULL) == (score != NULL));
  }
}

/* Law: cleaning keeps the music, and libsmf finds the same in it. */
static void
assert_same_music(GBytes *clean, const PartitaScore *score)
{
  g_autoptr(PartitaScore) second = second_read(clean);
  gsize size = 0;
  const uint8_t *data = g_bytes_get_data(clean, &size);
  g_autoptr(PartitaScore) same = partita_midi_read(data, size, NULL, NULL);

  g_assert_nonnull(same);
  g_assert_true(partita_score_equal(score, same));
  g_assert_true(is_same_reading(score, second));
}

/* The end of a track that is cut does not depend on events that a score does
 * not hold, and tempos moved to the first track may lengthen it. */
static void
test_same_music(void)
{
  const char *const tracks[] = {
    "00 903C40 60 B00740 FFFFFF7F B00740" END,
    "00 FF5902FD01 60 E00040" END,
    "00 903C40 FFFFFF7F 803C40 00 B00740" END,
  };

  for (size_t i = 0; i < G_N_ELEMENTS(tracks); ++i) {
    g_autoptr(GByteArray) bytes = make_file(1, 2, 96);

    put_chunk(bytes, "MTrk", tracks[i]);
    put_chunk(bytes, "MTrk", "8360 FF510307A120 8360 FF580403021808" END);

    g_autoptr(GBytes) clean = assert_idempotent(bytes->data, bytes->len, NULL);
    g_autoptr(PartitaScore) score = read_bytes(bytes, NULL);

    assert_same_music(clean, score);
  }
}

static void
double_tail(GByteArray *bytes, guint at)
{
  const guint n = bytes->len - at;
  g_autofree uint8_t *tail = g_memdup2(bytes->data + at, n);

  g_byte_array_append(bytes, tail, n);
}

static void
mutate(GByteArray *bytes)
{
  for (uint32_t n = random_between(1, 6); n > 0 && bytes->len > 20; --n) {
    const guint at = random_between(0, bytes->len - 1);
    const uint32_t kind = random_between(0, 3);
    const uint8_t byte = (uint8_t)random_between(0, 255);

    if (kind == 0)
      g_byte_array_remove_index(bytes, at);
    else if (kind == 1)
      bytes->data[at] = byte;
    else if (kind == 2)
      bytes->data[at] ^= (uint8_t)(1u << byte % 8);
    else
      double_tail(bytes, at);
  }
}

static void
test_mutations(void)
{
  for (int i = 0; i < 3000; ++i) {
    g_autoptr(GByteArray) bytes = make_rich();
    unsigned mends = 0;
    unsigned read_mends = 0;

    mutate(bytes);

    g_autoptr(GBytes) clean =
      assert_idempotent(bytes->data, bytes->len, &mends);
    g_autoptr(PartitaScore) score =
      partita_midi_read(bytes->data, bytes->len, &read_mends, NULL);

    g_assert_true((clean != NULL) == (score != NULL));
    g_assert_cmphex(mends & ~read_mends, ==, 0);
    if (clean != NULL)
      assert_same_music(clean, score);
  }
}

static void
test_clean_bytes(void)
{
  g_autoptr(GByteArray) bytes = make_simple(
    "00 903C40 00 FF510307A120 00 F00141 60 3C00 00 F8 00 FF510306A120" END);
  g_autoptr(GByteArray) expected = make_simple(
    "00 FF510307A120 00 903C40 00 F00141 60 FF510306A120 00 903C00" END);
  unsigned mends = 0;
  g_autoptr(GBytes) clean = assert_idempotent(bytes->data, bytes->len, &mends);
  g_autoptr(GBytes) wanted =
    g_byte_array_free_to_bytes(g_steal_pointer(&expected));

  g_assert_true(g_bytes_equal(clean, wanted));
  g_assert_cmphex(mends, ==, PARTITA_MEND_BAD_EVENT);
}

/* Texts are cut to 127 bytes, not within a character. */
static void
test_long_text(void)
{
  g_autoptr(GByteArray) bytes = make_file(0, 1, 96);
  g_autoptr(GString) track = g_string_new("00 FF038120");

  for (int i = 0; i < 80; ++i)
    g_string_append(track, "C3BC");
  g_string_append(track, ONE_NOTE END);
  put_chunk(bytes, "MTrk", track->str);
  assert_mends(bytes, 0, 1);

  g_autoptr(PartitaScore) score = read_bytes(bytes, NULL);
  const char *name = partita_track_get_name(partita_score_get_track(score, 0));

  g_assert_cmpuint(strlen(name), ==, 126);
  g_assert_true(g_utf8_validate(name, -1, NULL));
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/midi/walk/mutations", test_mutations);
  g_test_add_func("/midi/walk/prefixes", test_prefixes);
  g_test_add_func("/midi/walk/bytes", test_clean_bytes);
  g_test_add_func("/midi/walk/same-music", test_same_music);
  for (size_t i = 0; i < G_N_ELEMENTS(track_cases); ++i) {
    g_autofree char *path =
      g_strconcat("/midi/walk/track/", track_cases[i].name, NULL);

    g_test_add_data_func(path, &track_cases[i], test_track);
  }
  g_test_add_func("/midi/walk/riff", test_riff);
  g_test_add_func("/midi/walk/leading", test_leading);
  g_test_add_func("/midi/walk/header", test_header);
  g_test_add_func("/midi/walk/chunks", test_chunks);
  g_test_add_func("/midi/walk/lengths", test_lengths);
  g_test_add_func("/midi/walk/two-files", test_two_files);
  g_test_add_func("/midi/walk/tempos", test_tempos);
  g_test_add_func("/midi/walk/long-time", test_long_time);
  g_test_add_func("/midi/walk/smpte", test_smpte);
  g_test_add_func("/midi/walk/long-text", test_long_text);
  g_test_add_func("/midi/walk/refused", test_refused);
  return g_test_run();
}
