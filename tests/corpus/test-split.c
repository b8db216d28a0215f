// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <corpus/corpus-private.h>
#include <math.h>

#define N 2000

static GPtrArray *
make_paths(size_t n)
{
  GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);

  for (size_t i = 0; i < n; ++i)
    g_ptr_array_add(paths, g_strdup_printf("%x/%zu.mid", g_test_rand_int(), i));
  return paths;
}

static PartitaSide *
split(const GPtrArray *paths, size_t n, double share, uint64_t seed)
{
  PartitaSide *sides = g_new0(PartitaSide, n + 1);

  for (size_t i = 0; i < n; ++i)
    sides[i] = (PartitaSide){
      .draw = partita_split_draw(g_ptr_array_index(paths, i), seed),
      .family = (uint32_t)i,
    };
  partita_split(sides, n, share);
  return sides;
}

static size_t
count(const PartitaSide *sides, size_t n)
{
  size_t n_valid = 0;

  for (size_t i = 0; i < n; ++i)
    n_valid += sides[i].valid;
  return n_valid;
}

/* Law: about the share asked for is held out (five standard deviations). */
static void
test_share(void)
{
  static const double shares[] = {0.02, 0.1, 0.5, 0.9};
  g_autoptr(GPtrArray) paths = make_paths(N);

  for (size_t i = 0; i < G_N_ELEMENTS(shares); ++i) {
    g_autofree PartitaSide *sides = split(paths, N, shares[i], 7);
    const double wide = 5.0 * sqrt(N * shares[i] * (1.0 - shares[i]));

    g_assert_cmpfloat_with_epsilon((double)count(sides, N), N * shares[i],
                                   wide);
  }
}

/* Laws: the same again is the same; another seed is another split; files
 * added or taken away move no other; a greater share only adds. */
static void
test_stable(void)
{
  g_autoptr(GPtrArray) paths = make_paths(N);
  g_autofree PartitaSide *all = split(paths, N, 0.1, 1);
  g_autofree PartitaSide *again = split(paths, N, 0.1, 1);
  g_autofree PartitaSide *half = split(paths, N / 2, 0.1, 1);
  g_autofree PartitaSide *more = split(paths, N, 0.2, 1);
  g_autofree PartitaSide *other = split(paths, N, 0.1, 2);
  size_t n_moved = 0;

  for (size_t i = 0; i < N; ++i) {
    g_assert_cmpint(all[i].valid, ==, again[i].valid);
    if (i < N / 2)
      g_assert_cmpint(all[i].valid, ==, half[i].valid);
    if (all[i].valid)
      g_assert_true(more[i].valid);
    n_moved += all[i].valid != other[i].valid;
  }
  g_assert_cmpuint(n_moved, >, N / 20);
}

/* Law: with two pieces or more, both sides hold one. */
static void
test_both_sides(void)
{
  static const double shares[] = {1e-9, 0.1, 0.9, 1.0, 5.0};

  for (size_t n = 2; n < 12; ++n) {
    g_autoptr(GPtrArray) paths = make_paths(n);

    for (size_t i = 0; i < G_N_ELEMENTS(shares); ++i) {
      g_autofree PartitaSide *sides = split(paths, n, shares[i], n);

      g_assert_cmpuint(count(sides, n), >, 0);
      g_assert_cmpuint(count(sides, n), <, n);
    }
  }
}

static void
test_edges(void)
{
  g_autoptr(GPtrArray) paths = make_paths(20);
  g_autofree PartitaSide *none = split(paths, 20, -1.0, 3);
  g_autofree PartitaSide *one = split(paths, 1, 1.0, 3);
  g_autofree PartitaSide *nothing = split(paths, 0, 0.5, 3);

  g_assert_cmpuint(count(none, 20), ==, 0);
  g_assert_false(one[0].valid);
  g_assert_nonnull(nothing);
}

static void
test_folders(void)
{
  PartitaSide sides[] = {{0.5, 0, false, true, false},
                         {0.5, 1, true, false, false},
                         {0.0, 2, false, false, false}};

  partita_split(sides, 3, 0.9);
  g_assert_false(sides[0].valid);
  g_assert_true(sides[1].valid);
  g_assert_false(sides[2].valid);
}

static void
assert_place(const char *path,
             bool split_folders,
             const char *style,
             bool in_train,
             bool in_valid)
{
  g_auto(PartitaPlace) place = {0};

  partita_place_find(&place, path, split_folders);
  g_assert_cmpstr(place.style, ==, style);
  g_assert_cmpint(place.in_train, ==, in_train);
  g_assert_cmpint(place.in_valid, ==, in_valid);
}

static void
test_places(void)
{
  assert_place("a.mid", true, NULL, false, false);
  assert_place("rock/a.mid", true, "rock", false, false);
  assert_place("rock/train/a.mid", true, "rock", false, false);
  assert_place("train/a.mid", true, NULL, true, false);
  assert_place("train/rock/soft/a.mid", true, "rock", true, false);
  assert_place("valid/rock/a.mid", true, "rock", false, true);
  assert_place("val/a.mid", true, NULL, false, true);
  assert_place("validation/train/a.mid", true, "train", false, true);
  assert_place("train/rock/a.mid", false, "train", false, false);
  assert_place("b\xff\n/a.mid", true, "b\\xff\\x0a", false, false);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/corpus/split/share", test_share);
  g_test_add_func("/corpus/split/stable", test_stable);
  g_test_add_func("/corpus/split/both-sides", test_both_sides);
  g_test_add_func("/corpus/split/edges", test_edges);
  g_test_add_func("/corpus/split/folders", test_folders);
  g_test_add_func("/corpus/split/places", test_places);
  return g_test_run();
}
