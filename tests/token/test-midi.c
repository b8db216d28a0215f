// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "draw.h"

#include <glib/gstdio.h>
#include <partita/midi.h>

/* Law: a decoded score, written as a MIDI file and read again, is unchanged:
 * over scores and over walks through the grammar. */
static void
test_round_trip(gconstpointer name)
{
  g_autoptr(PartitaScheme) scheme = make_scheme(name);
  g_autofree char *folder = g_dir_make_tmp("partita-token-XXXXXX", NULL);
  g_autofree char *path = g_build_filename(folder, "a.mid", NULL);

  for (int i = 0; i < 60; ++i) {
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(uint16_t));
    g_autoptr(GError) error = NULL;

    if (i % 2 == 0) {
      g_autoptr(PartitaScore) drawn = draw_score();

      g_array_unref(ids);
      ids = partita_scheme_encode(scheme, drawn, NULL);
    } else {
      g_autoptr(PartitaGrammar) grammar = partita_grammar_new(scheme);
      const WalkTaste taste = draw_taste();

      partita_grammar_demand_bars(grammar, (size_t)g_test_rand_int_range(1, 9));
      walk_on(scheme, grammar, &taste, ids, 100000);
    }

    g_autoptr(PartitaScore) score =
      partita_scheme_decode(scheme, ids_of(ids), ids->len, NULL, &error);

    g_assert_no_error(error);
    partita_midi_write_file(score, path, &error);
    g_assert_no_error(error);

    unsigned mends = 0;
    g_autoptr(PartitaScore) read = partita_midi_read_file(path, &mends, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(mends, ==, PARTITA_MEND_NONE);
    g_assert_true(partita_score_equal(read, score));
  }
  g_remove(path);
  g_rmdir(folder);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_data_func("/token/midi/remi", "remi", test_round_trip);
  g_test_add_data_func("/token/midi/performance", "performance",
                       test_round_trip);
  g_test_add_data_func("/token/midi/grid", "grid", test_round_trip);
  return g_test_run();
}
