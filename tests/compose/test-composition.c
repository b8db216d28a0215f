// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "../token/assemble.h"
#include "tiny-model.h"

static const char *const schemes[] = {"remi", "performance", "grid"};

/// (transfer full) (element-type PartitaScoreEvent): all that come
static GArray *
pull(PartitaComposition *composition)
{
  g_autoptr(GError) error = NULL;
  GArray *events = g_array_new(FALSE, FALSE, sizeof(PartitaScoreEvent));
  PartitaScoreEvent event;

  while (partita_composition_next(composition, &event, &error))
    g_array_append_val(events, event);
  g_assert_no_error(error);
  g_assert_false(partita_composition_next(composition, &event, &error));
  return events;
}

/// (transfer full): the finished score; @assembled: (out): its events put
/// together
static PartitaScore *
stream(const PartitaComposer *composer,
       const PartitaComposeOptions *options,
       PartitaScore **assembled)
{
  g_autoptr(PartitaComposition) composition =
    partita_composition_new(composer, options, NULL);
  g_autoptr(GArray) events = pull(composition);

  *assembled = assemble(partita_composer_get_scheme(composer), events);
  return partita_composition_finish(composition, NULL);
}

/* Law: the events put together are the score of partita_compose(). */
static void
check_stream(const PartitaComposer *composer,
             const PartitaComposeOptions *options)
{
  g_autoptr(PartitaScore) score = partita_compose(composer, options, NULL);
  g_autoptr(PartitaScore) assembled = NULL;
  g_autoptr(PartitaScore) finished = stream(composer, options, &assembled);

  g_assert_true(partita_score_equal(score, assembled));
  g_assert_true(partita_score_equal(score, finished));
}

static void
test_stream(gconstpointer data)
{
  g_autoptr(PartitaModel) model = make_tiny_model(data, 3);
  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);
  PartitaComposeOptions options;

  for (uint64_t i = 0; i < 60; ++i) {
    partita_compose_options_init(&options);
    options.bars = 1 + i % 7;
    options.seed = (uint64_t)g_test_rand_int();
    options.index = i;
    check_stream(composer, &options);
  }
}

/// (transfer full): a line for each note, in order
static char *
tell_onsets(const PartitaScore *score)
{
  g_autoptr(GString) text = g_string_new(NULL);

  for (size_t t = 0; t < partita_score_get_n_tracks(score); ++t) {
    const PartitaTrack *track =
      partita_score_get_track((PartitaScore *)score, t);
    size_t n = 0;
    const PartitaNote *notes = partita_track_get_notes(track, &n);

    for (size_t i = 0; i < n; ++i)
      g_string_append_printf(
        text, "tick %u: program %u key %u at %u\n", notes[i].onset_ticks,
        partita_track_get_program(track), notes[i].pitch, notes[i].velocity);
  }
  return g_string_free(g_steal_pointer(&text), FALSE);
}

/* Law: behind a primer that lies on the grid the notes that come are those of
 * partita_compose(). Tempos and keys are not told: the primer's own are kept.
 */
static void
check_primed(const PartitaComposer *composer,
             const PartitaComposeOptions *options)
{
  g_autoptr(PartitaScore) score = partita_compose(composer, options, NULL);
  g_autoptr(PartitaScore) assembled = NULL;
  g_autoptr(PartitaScore) finished = stream(composer, options, &assembled);
  g_autofree char *want = tell_onsets(score);
  g_autofree char *got = tell_onsets(assembled);

  g_assert_cmpstr(got, ==, want);
  g_assert_true(partita_score_equal(score, finished));
}

/* The same when the piece is drawn in another key than the model's, and when a
 * primer is given. */
static void
test_moved(void)
{
  g_autoptr(PartitaModel) model = make_tiny_model("remi", 3);
  partita_model_set_metadata(model, "transposition", "common");
  partita_model_set_metadata(model, "prompts", "[[5, 4], [-3, 4], [6]]");
  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);
  g_autoptr(PartitaScore) primer = NULL;
  PartitaComposeOptions options;

  partita_compose_options_init(&options);
  options.bars = 3;
  for (options.seed = 0; options.seed < 30; ++options.seed)
    check_stream(composer, &options);
  primer = partita_compose(composer, &options, NULL);
  g_assert_cmpuint(partita_score_get_n_notes(primer), >, 0);
  options.primer = primer;
  options.bars = 5;
  for (options.seed = 0; options.seed < 10; ++options.seed)
    check_primed(composer, &options);
}

static void
note_bars(size_t done, size_t bars, void *data)
{
  (void)bars;
  *(size_t *)data = done;
}

/* Law: of remi, a note is told while its own bar is being written. */
static void
test_at_once(void)
{
  g_autoptr(PartitaModel) model = make_tiny_model("remi", 3);
  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);
  PartitaComposeOptions options;
  PartitaScoreEvent event;
  size_t done = 0;
  size_t notes = 0;

  partita_compose_options_init(&options);
  options.bars = 40;
  g_autoptr(PartitaScore) score = partita_compose(composer, &options, NULL);
  g_autoptr(GArray) bars = partita_score_get_bars(score);
  options.progress = note_bars;
  options.progress_data = &done;
  g_autoptr(PartitaComposition) composition =
    partita_composition_new(composer, &options, NULL);
  while (partita_composition_next(composition, &event, NULL)) {
    if (event.type != PARTITA_SCORE_EVENT_NOTE)
      continue;

    const PartitaBar *bar = &g_array_index(bars, PartitaBar, done);

    g_assert_cmpuint(event.note.onset_ticks, >=, bar->tick);
    g_assert_cmpuint(event.note.onset_ticks, <, bar->tick + bar->length_ticks);
    ++notes;
  }
  g_assert_cmpuint(notes, ==, partita_score_get_n_notes(score));
  g_assert_cmpuint(notes, >, 0);
}

static void
test_cancel(void)
{
  g_autoptr(PartitaModel) model = make_tiny_model("remi", 3);
  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);
  g_autoptr(GCancellable) cancellable = g_cancellable_new();
  g_autoptr(GError) error = NULL;
  PartitaComposeOptions options;
  PartitaScoreEvent event;

  partita_compose_options_init(&options);
  options.cancellable = cancellable;
  g_autoptr(PartitaComposition) composition =
    partita_composition_new(composer, &options, NULL);
  g_assert_true(partita_composition_next(composition, &event, &error));
  g_cancellable_cancel(cancellable);
  while (partita_composition_next(composition, &event, &error))
    g_assert_cmpint(event.type, !=, PARTITA_SCORE_EVENT_END);
  g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(schemes); ++i) {
    g_autofree char *path =
      g_strdup_printf("/compose/composition/stream/%s", schemes[i]);

    g_test_add_data_func(path, schemes[i], test_stream);
  }
  g_test_add_func("/compose/composition/moved", test_moved);
  g_test_add_func("/compose/composition/at-once", test_at_once);
  g_test_add_func("/compose/composition/cancel", test_cancel);
  return g_test_run();
}
