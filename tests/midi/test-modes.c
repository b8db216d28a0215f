// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "midi-bytes.h"

/// Messages, and whether channels 1 and 10 then play drums.
typedef struct {
  const char *name;
  const char *messages;
  uint8_t key;
  bool first;
  bool tenth;
} DrumCase;

#define GS "00 F00A411042124000 7F0041F7 "
#define XG "00 F00843104C00007E00F7 "
#define GM2 "00 F0057E7F0903F7 "

static const DrumCase cases[] = {
  {"none", "", 60, false, true},
  {"xg-bank", XG "00 B0007F 00 C000 ", 60, true, true},
  {"xg-effects", XG "00 B0007E 00 C000 ", 60, true, true},
  {"xg-tenth", XG "00 B90000 00 C900 ", 72, false, false},
  {"xg-part", XG "00 F008431F4C08000702F7 00 F008431F4C08090700F7 ", 60, true,
   false},
  {"bank", "00 B0007F 00 C000 ", 60, true, true},
  {"bank-of-instrument", "00 B0007F 00 C000 ", 72, false, true},
  {"xg-tenth-of-drums", XG "00 B90000 00 C900 ", 60, false, true},
  {"xg-bank-of-high-drums", XG "00 B0007F 00 C000 ", 72, true, true},
  {"bank-and-back", "00 B0007F 00 C000 00 B00000 ", 60, false, true},
  {"bank-of-tenth", "00 B90000 ", 60, false, true},
  {"gs-bank", GS "00 B0007F 00 C000 ", 60, false, true},
  {"gs-part", GS "00 F00A411042124011150119F7 00 F00A41104212401015001BF7 ", 60,
   true, false},
  {"gs-part-and-bank", "00 F00A411042124011150119F7 00 B00000 ", 60, true,
   true},
  {"gs-last-part", "00 F00A41104212401A150110F7 ", 60, false, true},
  {"gm2-bank", GM2 "00 B00078 00 C000 00 B90079 00 C900 ", 60, true, false},
  {"reset", "00 B0007F 00 C000 " XG, 60, false, true},
};

static void
test_drums(gconstpointer data)
{
  const DrumCase *test = data;
  g_autofree char *track =
    g_strdup_printf("%s00 90%02X40 00 99%02X40 60 80%02X40 00 89%02X40" END,
                    test->messages, test->key, test->key, test->key, test->key);
  g_autoptr(GByteArray) bytes = make_file(1, 1, 96);

  put_chunk(bytes, "MTrk", track);

  g_autoptr(PartitaScore) score = read_bytes(bytes, NULL);

  assert_programs(
    score, (const int[]){test->first ? 128 : 0, test->tenth ? 128 : 0, -1});
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(cases); ++i) {
    g_autofree char *path = g_strconcat("/midi/modes/", cases[i].name, NULL);

    g_test_add_data_func(path, &cases[i], test_drums);
  }
  return g_test_run();
}
