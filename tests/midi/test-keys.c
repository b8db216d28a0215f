// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "midi-bytes.h"

/// What stands in a track of a quarter of 96 ticks, and the notes it means.
typedef struct {
  const char *name;
  const char *track;
  unsigned mends;
  PartitaNote notes[6]; // up to one without velocity
} KeyCase;

static const KeyCase cases[] = {
  // A key struck again ends the note that sounds, and each has its release.
  {"overlap",
   "00 903C40 10 903C50 10 803C40 10 903C00" END,
   0,
   {{0, 16, 60, 64}, {16, 32, 60, 80}}},
  {"legato",
   "00 903C40 20 903C50 02 803C40 1E 903C60 02 803C40 1E 803C40" END,
   0,
   {{0, 32, 60, 64}, {32, 32, 60, 80}, {64, 32, 60, 96}}},
  {"unison",
   "00 903C40 00 903C50 10 803C40 10 803C40" END,
   0,
   {{0, 16, 60, 64}, {0, 32, 60, 80}}},
  {"struck-before-release",
   "00 903C40 20 903C50 00 803C40 20 803C40" END,
   0,
   {{0, 32, 60, 64}, {32, 32, 60, 80}}},
  // A lost release shifts none of those that follow,
  {"lost",
   "00 903C40 20 903C41 1E 803C40 02 903C42 1E 803C40 02 903C43 1E 803C40" END,
   PARTITA_MEND_HANGING_NOTE,
   {{0, 32, 60, 64}, {32, 30, 60, 65}, {64, 30, 60, 66}, {96, 30, 60, 67}}},
  {"lost-staccato",
   "00 903C40 20 903C41 04 803C40 1C 903C42 04 803C40" END,
   PARTITA_MEND_HANGING_NOTE,
   {{0, 32, 60, 64}, {32, 4, 60, 65}, {64, 4, 60, 66}}},
  // nor if there is one too many at the end.
  {"lost-and-doubled",
   "00 903C40 20 903C41 1E 803C40 02 903C42 1E 803C40 00 803C40" END,
   0,
   {{0, 32, 60, 64}, {32, 30, 60, 65}, {64, 30, 60, 66}}},
  {"all-notes-off",
   "00 903C40 00 B07B00 00 904040 20 B07B00 20 903C40 10 B07800 60 FF2F00",
   0,
   {{0, 32, 60, 64}, {0, 32, 64, 64}, {64, 16, 60, 64}}},
  {"all-notes-off-of-channel",
   "00 903C40 10 B17B00 10 803C40" END,
   0,
   {{0, 32, 60, 64}}},
  {"all-notes-off-before-release",
   "00 903C40 10 B07B00 10 903C41 10 803C40 10 803C40" END,
   PARTITA_MEND_ORPHAN_OFF,
   {{0, 16, 60, 64}, {32, 16, 60, 65}}},
  {"all-notes-off-after-lost",
   "00 903C40 10 903C41 10 B07B00 10 903C42 10 803C40" END,
   0,
   {{0, 16, 60, 64}, {16, 16, 60, 65}, {48, 16, 60, 66}}},
  // Who is never ended ends with the track, but not behind the music;
  {"hanging",
   "00 903C40 60 FF2F00",
   PARTITA_MEND_HANGING_NOTE,
   {{0, 96, 60, 64}}},
  {"hanging-at-end",
   "60 903C40 00 FF2F00",
   PARTITA_MEND_HANGING_NOTE,
   {{96, 1, 60, 64}}},
  {"hanging-far-end",
   "00 903C40 00 904040 8400 804040 00 904140 FFFF00 FF2F00",
   PARTITA_MEND_HANGING_NOTE,
   {{0, 768, 60, 64}, {0, 512, 64, 64}, {512, 256, 65, 64}}},
  // a drum is short.
  {"drums",
   "00 992440 10 992440 20 992640 FFFF00 FF2F00",
   PARTITA_MEND_HANGING_NOTE,
   {{0, 16, 36, 64}, {16, 24, 36, 64}, {48, 24, 38, 64}}},
  {"long-drum", "00 992440 60 892440" END, 0, {{0, 96, 36, 64}}},
};

static void
test_keys(gconstpointer data)
{
  const KeyCase *test = data;
  g_autoptr(GByteArray) bytes = make_simple(test->track);
  unsigned mends = 0;
  size_t n = 0;
  g_autoptr(PartitaScore) score = read_bytes(bytes, &mends);
  const PartitaNote *notes =
    partita_track_get_notes(partita_score_get_track(score, 0), &n);

  g_assert_cmphex(mends, ==, test->mends);
  for (size_t i = 0; i < n; ++i)
    assert_note(notes[i], test->notes[i]);
  g_assert_cmpuint(test->notes[n].velocity, ==, 0);
}

/* Notes end by a message to their channel in any track. */
static void
test_silence_elsewhere(void)
{
  g_autoptr(GByteArray) bytes = make_file(1, 2, 96);

  put_chunk(bytes, "MTrk", "20 B07B00" END);
  put_chunk(bytes, "MTrk", "00 903C40 60 FF2F00");

  g_autoptr(PartitaScore) score = read_bytes(bytes, NULL);

  assert_note(notes_of(score, 0, 1)[0], (PartitaNote){0, 32, 60, 64});
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(cases); ++i) {
    g_autofree char *path = g_strconcat("/midi/keys/", cases[i].name, NULL);

    g_test_add_data_func(path, &cases[i], test_keys);
  }
  g_test_add_func("/midi/keys/silence-elsewhere", test_silence_elsewhere);
  return g_test_run();
}
