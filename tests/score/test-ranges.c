// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <partita/score.h>

/* Every program has a range of an octave or more within MIDI; drums have none.
 */
static void
test_all(void)
{
  uint8_t low = 99;
  uint8_t high = 99;

  for (unsigned program = 0; program < 128; ++program) {
    g_assert_true(partita_program_get_range(program, &low, &high));
    g_assert_cmpuint(low + 12u, <=, high);
    g_assert_cmpuint(high, <=, 127);
  }
  low = 99;
  g_assert_false(partita_program_get_range(PARTITA_PROGRAM_DRUMS, &low, &high));
  g_assert_false(partita_program_get_range(1000, &low, &high));
  g_assert_cmpuint(low, ==, 99);
}

static void
test_examples(void)
{
  static const struct {
    unsigned program;
    uint8_t low;
    uint8_t high;
  } examples[] = {{0, 21, 108},  {32, 28, 67}, {33, 23, 67},  {39, 23, 67},
                  {40, 55, 103}, {42, 36, 84}, {47, 36, 60},  {55, 36, 96},
                  {69, 52, 84},  {73, 59, 98}, {112, 36, 96}, {114, 52, 76}};

  for (size_t i = 0; i < G_N_ELEMENTS(examples); ++i) {
    uint8_t low = 0;
    uint8_t high = 0;

    g_assert_true(partita_program_get_range(examples[i].program, &low, &high));
    g_assert_cmpuint(low, ==, examples[i].low);
    g_assert_cmpuint(high, ==, examples[i].high);
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/score/ranges/all", test_all);
  g_test_add_func("/score/ranges/examples", test_examples);
  return g_test_run();
}
