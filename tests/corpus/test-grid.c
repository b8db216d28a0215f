// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "fixture.h"

/// A folder in the scheme `grid`; must succeed.
static PartitaCorpus *
read_grid(const char *folder)
{
  const PartitaCorpusOptions options = {.scheme = "grid"};
  g_autoptr(GError) error = NULL;
  PartitaCorpus *corpus = partita_corpus_read(folder, &options, &error);

  g_assert_no_error(error);
  return corpus;
}

/// Notes past the last bar a scheme has leave nothing to learn from.
static void
test_out_of_reach(void)
{
  char *folder = fixture_folder();
  g_autoptr(PartitaScore) late = partita_score_new(24);
  PartitaTrack *track = partita_score_add_track(late, 0, NULL);

  for (uint32_t i = 0; i < 32; ++i)
    partita_track_add_note(
      track, (PartitaNote){(5000 * 4 + i) * 24, 24, (uint8_t)(40 + i), 64});
  partita_score_sort(late);
  fixture_write_score(folder, "late.mid", late);
  fixture_write_piece(folder, "good.mid", 1);

  g_autoptr(PartitaCorpus) grid = read_grid(folder);
  g_autoptr(PartitaCorpus) remi = fixture_read(folder);
  const PartitaLedgerEntry entry = fixture_find(grid, "late.mid");

  g_assert_cmpint(entry.verdict, ==, PARTITA_VERDICT_SKIPPED);
  g_assert_cmpstr(entry.reason, ==, "no notes where the scheme can hold them");
  g_assert_cmpuint(entry.tokens, ==, 0);
  g_assert_cmpuint(partita_corpus_get_n_pieces(grid), ==, 1);
  g_assert_cmpuint(partita_corpus_get_n_pieces(remi), ==, 2);
  fixture_remove(folder);
}

/* Four tracks of voices come out as S, A, T, B of each sixteenth in turn, and
 * `train` and `valid` are the sides of the split. */
static void
test_chorale(void)
{
  static const char *const names[] = {"Soprano", "Alto", "Tenor", "Bass"};
  char *folder = fixture_folder();

  for (uint8_t piece = 0; piece < 2; ++piece) {
    g_autoptr(PartitaScore) chorale = partita_score_new(480);

    for (uint8_t v = 0; v < 4; ++v) {
      PartitaTrack *track = partita_score_add_track(chorale, 52, names[v]);

      for (uint8_t i = 0; i < 8; ++i)
        partita_track_add_note(
          track, (PartitaNote){i * 480u, 480,
                               (uint8_t)(75 - 8 * v + i * (1 + piece)), 64});
    }
    partita_score_sort(chorale);
    fixture_write_score(folder, piece == 0 ? "train/a.mid" : "valid/b.mid",
                        chorale);
  }

  g_autoptr(PartitaCorpus) corpus = read_grid(folder);

  g_assert_cmpuint(partita_corpus_get_n_pieces(corpus), ==, 2);
  for (size_t p = 0; p < 2; ++p) {
    const PartitaPiece piece = partita_corpus_get_piece(corpus, p);
    g_autoptr(GArray) ids = fixture_get_ids(corpus, p);

    // Bos, Bars, the voices, Eos
    g_assert_cmpuint(piece.n, ==, 2 + 32 * 4 + 1);
    g_assert_cmpint(piece.valid, ==, p == 1);
    for (size_t i = 0; i < 32 * 4; ++i) {
      g_autofree char *name =
        g_strdup_printf("Pitch_%zu", 75 - 8 * (i % 4) + i / 16 * (1 + p));

      g_assert_cmpstr(
        partita_scheme_token_name(partita_corpus_get_scheme(corpus),
                                  g_array_index(ids, uint16_t, 2 + (guint)i)),
        ==, name);
    }
  }
  fixture_remove(folder);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/corpus/grid/out-of-reach", test_out_of_reach);
  g_test_add_func("/corpus/grid/chorale", test_chorale);
  return g_test_run();
}
