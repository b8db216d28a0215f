// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <partita/midi.h>

static const uint8_t file[] = {
  'M', 'T',  'h',  'd', 0, 0,    0,  6,  0, 0, 0, 1, 1, 0xE0, // header
  'M', 'T',  'r',  'k', 0, 0,    0,  32,                      //
  0,   0xB0, 64,   127, 0, 64,   0,                           // pedal twice
  0,   0xB0, 7,    100,                                       // volume
  0,   0xE0, 0,    64,                                        // bend
  0,   0xA0, 60,   10,  0, 0xD0, 10,                          // pressures
  0,   0x90, 60,   64,  1, 60,   0,                           // a note
  0,   0xFF, 0x2F,
};

/* Law: every kind is counted once, notes and programs not at all. */
static void
test_kinds(void)
{
  PartitaMidiControls controls = {9, 9, 9, 9};
  g_autoptr(GError) error = NULL;

  g_assert_true(
    partita_midi_count_controls(file, sizeof file, &controls, &error));
  g_assert_no_error(error);
  g_assert_cmpuint(controls.pedals, ==, 2);
  g_assert_cmpuint(controls.others, ==, 1);
  g_assert_cmpuint(controls.pressures, ==, 2);
  g_assert_cmpuint(controls.bends, ==, 1);
}

/* Law: of a beginning of the file never more is counted; what is no file is
 * refused. */
static void
test_prefixes(void)
{
  size_t most = 0;

  for (size_t n = 0; n <= sizeof file; ++n) {
    PartitaMidiControls controls = {0};
    g_autoptr(GError) error = NULL;
    const bool ok = partita_midi_count_controls(file, n, &controls, &error);
    const size_t sum =
      controls.pedals + controls.others + controls.pressures + controls.bends;

    g_assert_true(ok == (error == NULL));
    g_assert_true(ok || n < sizeof file);
    g_assert_cmpuint(sum, >=, most);
    most = sum;
  }
  g_assert_cmpuint(most, ==, 6);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/midi/controls/kinds", test_kinds);
  g_test_add_func("/midi/controls/prefixes", test_prefixes);
  return g_test_run();
}
