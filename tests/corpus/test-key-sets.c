// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "data-set.h"

/* Keys of real music against the signatures its editors wrote. */

typedef struct {
  unsigned n;
  unsigned n_right;
  unsigned n_named; // whose signatures tell major from minor
  double mirex;
  double bars;
  double bars_whole; // whose signature is that of the piece's key
  double bars_spans; // ... that of their span
} Keys;

static int
signature_of(int key)
{
  return (partita_key_to_signature(key).sharps + 12) % 12;
}

/// Source: MIREX, "Audio Key Detection", evaluation procedures.
static double
score_as_mirex(int found, int truth)
{
  const int up = (found % 12 - truth % 12 + 12) % 12;

  if (found == truth)
    return 1.0;
  if (found / 12 == truth / 12)
    return up == 7 || up == 5 ? 0.5 : 0.0;
  if (signature_of(found) == signature_of(truth))
    return 0.3;
  return up == 0 ? 0.2 : 0.0;
}

/// The signature in force for nine tenths of the piece, from its start.
static bool
find_main_key(const PartitaScore *score, PartitaKey *main_key)
{
  const uint32_t end = partita_score_get_end(score);
  size_t n = 0;
  const PartitaKey *keys = partita_score_get_keys(score, &n);

  *main_key = n > 0 ? keys[0] : (PartitaKey){0};
  return n > 0 && keys[0].tick == 0 && (n < 2 || keys[1].tick > end * 0.9);
}

static void
count_bars(Keys *sums, const PartitaScore *score, int key)
{
  g_autoptr(GArray) bars = partita_score_get_bars(score);
  g_autoptr(GArray) spans = partita_score_estimate_key_spans(score, 3);
  size_t n = 0;
  const PartitaKey *keys = partita_score_get_keys(score, &n);
  size_t at = 0;

  for (guint s = 0; s < spans->len; ++s) {
    const PartitaKeySpan *span = &g_array_index(spans, PartitaKeySpan, s);

    for (guint i = 0; i < span->n_bars; ++i) {
      const PartitaBar *bar =
        &g_array_index(bars, PartitaBar, span->first_bar + i);

      while (at + 1 < n && keys[at + 1].tick <= bar->tick)
        ++at;
      const int truth = (keys[at].sharps + 12) % 12;

      sums->bars += 1.0;
      sums->bars_whole += signature_of(key) == truth;
      sums->bars_spans += signature_of(span->key) == truth;
    }
  }
}

static void
count_one(PartitaScore *score, unsigned number, void *data)
{
  Keys *sums = data;
  const int key = partita_score_estimate_key(score);
  PartitaKey truth;

  (void)number;
  if (key < 0)
    return;
  size_t n = 0;
  const PartitaKey *keys = partita_score_get_keys(score, &n);

  if (n > 0 && keys[0].tick == 0)
    count_bars(sums, score, key);
  if (!find_main_key(score, &truth))
    return;
  ++sums->n;
  sums->n_right += signature_of(key) == (truth.sharps + 12) % 12;
  sums->n_named += truth.minor;
  sums->mirex += score_as_mirex(key, partita_key_from_signature(truth));
}

typedef struct {
  unsigned n;
  unsigned n_found; // within two bars, the scale moved by what was planted
} Planted;

/// A copy in which every pitch from @tick on is moved.
static PartitaScore *
transpose_from(const PartitaScore *score, uint32_t tick, int semitones)
{
  PartitaScore *moved = partita_score_new(partita_score_get_ppq(score));
  size_t n = 0;
  const PartitaMeter *meters = partita_score_get_meters(score, &n);

  for (size_t i = 0; i < n; ++i)
    partita_score_add_meter(moved, meters[i]);
  for (size_t t = 0; t < partita_score_get_n_tracks(score); ++t) {
    const PartitaTrack *from = partita_score_get_track(score, t);
    const PartitaNote *notes = partita_track_get_notes(from, &n);
    PartitaTrack *to =
      partita_score_add_track(moved, partita_track_get_program(from), NULL);

    for (size_t i = 0; i < n; ++i) {
      PartitaNote note = notes[i];
      const int by = note.onset_ticks >= tick ? semitones : 0;

      note.pitch = (uint8_t)CLAMP(note.pitch + by, 0, 127);
      partita_track_add_note(to, note);
    }
  }
  return moved;
}

static void
plant_one(PartitaScore *score, unsigned number, void *data)
{
  Planted *sums = data;
  g_autoptr(GArray) bars = partita_score_get_bars(score);
  const guint middle = bars->len / 2;
  const int semitones = 1 + (int)(number * 5 % 11);

  if (bars->len < 32)
    return;
  g_autoptr(PartitaScore) moved = transpose_from(
    score, g_array_index(bars, PartitaBar, middle).tick, semitones);
  g_autoptr(GArray) spans = partita_score_estimate_key_spans(moved, 3);

  ++sums->n;
  for (guint s = 1; s < spans->len; ++s) {
    const PartitaKeySpan *span = &g_array_index(spans, PartitaKeySpan, s);

    if (ABS((int)span->first_bar - (int)middle) <= 2 &&
        (signature_of(span->key) - signature_of(span[-1].key) + 12) % 12 ==
          semitones * 7 % 12) {
      ++sums->n_found;
      return;
    }
  }
}

/* The second half is moved to another key. */
static void
test_planted(void)
{
  static const char *const sets[] = {"openscore_lieder", "mutopia_pd",
                                     "nottingham"};

  for (size_t i = 0; i < G_N_ELEMENTS(sets); ++i) {
    Planted sums = {0};

    if (!data_set_for_each(sets[i], plant_one, &sums))
      continue;
    g_test_message("%s: %u pieces whose second half is transposed: the change "
                   "found within two bars in %.1f %%",
                   sets[i], sums.n, 100.0 * sums.n_found / sums.n);
    g_assert_cmpuint(sums.n_found * 5, >, sums.n * 2);
  }
}

static void
test_signatures(void)
{
  static const struct {
    const char *name;
    double least; // share of signatures found
  } sets[] = {
    {"openscore_lieder", 0.9}, {"mutopia_pd", 0.94}, {"nottingham", 0.95}};

  for (size_t i = 0; i < G_N_ELEMENTS(sets); ++i) {
    Keys sums = {0};

    if (!data_set_for_each(sets[i].name, count_one, &sums))
      continue;
    g_test_message(
      "%s: %u pieces of one signature: found %.1f %%, MIREX "
      "%.3f%s; %.0f bars: signature of the piece's key %.1f %%, "
      "of the bar's span %.1f %%",
      sets[i].name, sums.n, 100.0 * sums.n_right / sums.n, sums.mirex / sums.n,
      sums.n_named > 0 ? "" : " (all are signed as major)", sums.bars,
      100.0 * sums.bars_whole / sums.bars, 100.0 * sums.bars_spans / sums.bars);
    g_assert_cmpfloat(sums.n_right, >=, sets[i].least * sums.n);
    g_assert_cmpfloat(sums.bars_spans, >=, 0.8 * sums.bars);
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/corpus/key-sets/signatures", test_signatures);
  g_test_add_func("/corpus/key-sets/planted", test_planted);
  return g_test_run();
}
