// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "arranged.h"

#include <compose/frame.h>
#include <stdlib.h>
#include <string.h>

/// The value of the control @type among what is given, -1 if there is none.
static int
find_control(const PartitaComposer *composer,
             const GArray *ids,
             const char *type)
{
  for (guint i = 0; i < ids->len; ++i) {
    const uint16_t id = g_array_index(ids, uint16_t, i);

    if (strcmp(partita_scheme_token_type(composer->scheme, id), type) == 0)
      return atoi(partita_scheme_token_name(composer->scheme, id) +
                  strlen(type) + 1);
  }
  return -1;
}

/// Twelve bars, the first six with eight notes each, the others with one.
static PartitaScore *
make_thinning(void)
{
  PartitaScore *score = partita_score_new(PPQ);
  PartitaTrack *track = partita_score_add_track(score, 0, NULL);

  for (uint32_t bar = 0; bar < N_BARS; ++bar)
    for (uint32_t i = 0; i < (bar < 6 ? 8 : 1); ++i)
      partita_track_add_note(
        track, (PartitaNote){bar * BAR + i * PPQ / 2, PPQ / 2, 60, 80});
  partita_score_set_end(score, N_BARS * BAR);
  partita_score_sort(score);
  return score;
}

/* What is filled in is asked to be as dense as the four bars on each side, not
 * as the whole piece, and not as what it replaces. */
static void
test_density(void)
{
  // Half an octave a level: 2 notes a quarter are level 4, one in four -2.
  static const struct {
    size_t first;
    size_t n;
    int level;
  } spans[] = {{0, 2, 4}, {1, 1, 4}, {11, 1, 0}, {0, N_BARS, 2}};
  g_autoptr(PartitaModel) model = make_learnt_model(2);
  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);
  g_autoptr(PartitaScore) score = make_thinning();

  for (size_t i = 0; i < G_N_ELEMENTS(spans); ++i) {
    g_autoptr(PartitaArrangement) arrangement = partita_arrangement_new_infill(
      score, spans[i].first, spans[i].n, NULL, NULL);
    g_autoptr(PartitaFrame) frame =
      partita_frame_new(composer, arrangement, -1, NULL, NULL);

    g_assert_cmpint(find_control(composer, frame->ids, "Density"), ==,
                    spans[i].level);
  }
}

/// Twelve bars with @n equal notes each.
static PartitaScore *
make_even(uint32_t n)
{
  PartitaScore *score = partita_score_new(PPQ);
  PartitaTrack *track = partita_score_add_track(score, 0, NULL);

  for (uint32_t i = 0; i < n * N_BARS; ++i)
    partita_track_add_note(
      track, (PartitaNote){i * BAR / n, BAR / n, (uint8_t)(50 + i % 20), 80});
  partita_score_set_end(score, N_BARS * BAR);
  partita_score_sort(score);
  return score;
}

/// The last onset of a bar, in ticks from its line.
static uint32_t
find_last_onset(const PartitaScore *score, uint32_t bar)
{
  size_t n = 0;
  const PartitaNote *notes =
    partita_track_get_notes(partita_score_get_track(score, 0), &n);
  uint32_t last = 0;

  for (size_t i = 0; i < n; ++i)
    if (notes[i].onset_ticks / BAR == bar)
      last = notes[i].onset_ticks % BAR;
  return last;
}

/* Laws of how many notes are filled in: never half as many again as in the bars
 * around; and a bar after which there are too few, by more than a bar's, was
 * not ended before its last sixteenth. */
static void
test_count(void)
{
  enum { FIRST = 2, OPEN = 8 };
  g_autoptr(PartitaModel) model = make_learnt_model(6);
  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);
  size_t full = 0;
  size_t thin = 0;

  for (uint64_t i = 0; i < 12; ++i) {
    const uint32_t a_bar = i % 2 == 0 ? 2 : 24;
    g_autoptr(PartitaScore) music = make_even(a_bar);
    g_autoptr(PartitaArrangement) arrangement =
      partita_arrangement_new_infill(music, FIRST, OPEN, NULL, NULL);
    g_autoptr(PartitaScore) filled = compose(composer, arrangement, i);

    for (uint32_t b = 1; b <= OPEN; ++b) {
      const size_t n = count_in(filled, 0, FIRST * BAR, (FIRST + b) * BAR);

      g_assert_cmpuint(n, <=, (a_bar * b * 3 + 1) / 2);
      full += n == (a_bar * b * 3 + 1) / 2;
      if (3 * (n + a_bar) >= 2 * a_bar * b)
        continue;
      g_assert_cmpuint(find_last_onset(filled, FIRST + b - 1), >=,
                       BAR - PPQ / 4);
      ++thin;
    }
  }
  g_assert_cmpuint(full, >, 0);
  g_assert_cmpuint(thin, >, 0);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/compose/frame/density", test_density);
  g_test_add_func("/compose/frame/count", test_count);
  return g_test_run();
}
