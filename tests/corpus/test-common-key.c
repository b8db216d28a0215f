// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "fixture.h"

#include <string.h>

/* Law: in a common key a piece and its transposed copy are one, and the shift
 * leads back. */
static void
test_common_key(void)
{
  char *folder = fixture_folder();
  g_autoptr(PartitaScore) score = fixture_piece(1);
  const PartitaCorpusOptions options = {.scheme = "remi", .common_key = true};

  fixture_write_score(folder, "a.mid", score);
  g_assert_true(partita_score_transpose(score, 4));
  fixture_write_score(folder, "b.mid", score);
  fixture_write_piece(folder, "c.mid", 2);

  g_autoptr(PartitaCorpus) plain = fixture_read(folder);
  g_autoptr(PartitaCorpus) common = partita_corpus_read(folder, &options, NULL);

  g_assert_false(partita_corpus_is_in_common_key(plain));
  g_assert_true(partita_corpus_is_in_common_key(common));
  g_assert_cmpuint(partita_corpus_get_n_pieces(plain), ==, 2);
  g_assert_cmpuint(partita_corpus_get_n_pieces(common), ==, 2);
  g_assert_cmpstr(fixture_find(common, "b.mid").reason, ==,
                  "duplicate of a.mid");

  const PartitaPiece was = partita_corpus_get_piece(plain, 0);
  const PartitaPiece is = partita_corpus_get_piece(common, 0);
  g_autoptr(GArray) before = fixture_get_ids(plain, 0);
  g_autoptr(GArray) ids = fixture_get_ids(common, 0);
  uint16_t *back = (uint16_t *)(void *)ids->data;

  g_assert_cmpint(was.shift, ==, 0);
  g_assert_true(partita_scheme_transpose(partita_corpus_get_scheme(common),
                                         back, is.n, -is.shift));
  g_assert_cmpuint(is.n, ==, was.n);
  g_assert_true(memcmp(back, before->data, was.n * sizeof *back) == 0);
  fixture_remove(folder);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/corpus/common-key/copies", test_common_key);
  return g_test_run();
}
