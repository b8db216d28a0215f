// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef FIXTURE_H
#define FIXTURE_H

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <partita/midi.h>
#include <train/train-private.h>

/* Scales up and down in quavers, each piece from another note and of another
 * length: a pattern that a network learns in seconds, and no two files are
 * equal. */
static inline PartitaScore *
make_scales(unsigned number)
{
  static const uint8_t steps[] = {0, 2, 4, 5, 7, 9, 11, 12};
  PartitaScore *score = partita_score_new(480);
  PartitaTrack *track = partita_score_add_track(score, 0, NULL);
  const unsigned n = 64 + 8 * (number % 7);

  partita_score_add_meter(score,
                          (PartitaMeter){.numerator = 4, .denominator = 4});
  for (unsigned i = 0; i < n; ++i) {
    const unsigned turn = (i + number) % 14;
    const unsigned degree = turn < 8 ? turn : 14 - turn;

    partita_track_add_note(
      track, (PartitaNote){
               .onset_ticks = i * 240,
               .duration_ticks = 240,
               .pitch = (uint8_t)(55 + number % 11 + steps[degree]),
               .velocity = (uint8_t)(60 + number % 3 * 16),
             });
  }
  return score;
}

static inline void
remove_folder(const char *folder)
{
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name(dir)) != NULL) {
    g_autofree char *path = g_build_filename(folder, name, NULL);

    g_assert_cmpint(g_unlink(path), ==, 0);
  }
  g_assert_cmpint(g_rmdir(folder), ==, 0);
}

/// Real files in a folder for a while, read by the real corpus room.
static inline PartitaCorpus *
make_corpus(unsigned n_files, double valid_share)
{
  g_autofree char *folder = g_dir_make_tmp("partita-train-XXXXXX", NULL);
  const PartitaCorpusOptions options = {
    .scheme = "remi",
    .valid_share = valid_share,
    .seed = 4,
  };
  g_autoptr(GError) error = NULL;

  for (unsigned i = 0; i < n_files; ++i) {
    g_autofree char *path = g_strdup_printf("%s/%03u.mid", folder, i);
    g_autoptr(PartitaScore) score = make_scales(i);

    g_assert_true(partita_midi_write_file(score, path, &error));
    g_assert_no_error(error);
  }

  PartitaCorpus *corpus = partita_corpus_read(folder, &options, &error);
  g_assert_no_error(error);
  remove_folder(folder);
  return corpus;
}

static inline GArray *
get_ids(const PartitaCorpus *corpus, size_t index)
{
  GArray *ids = g_array_new(FALSE, FALSE, sizeof(uint16_t));

  partita_corpus_get_ids(corpus, index, 0, ids);
  return ids;
}

static inline PartitaTrainOptions
make_options(uint64_t steps)
{
  return (PartitaTrainOptions){
    .architecture = "lstm",
    .size = "tiny",
    .steps = steps,
    .seed = 11,
    .threads = 2,
  };
}

/// The settings of size "tiny", but smaller.
static inline PartitaTrainSettings
make_settings(const PartitaCorpus *corpus)
{
  const PartitaTrainOptions options = make_options(1);
  PartitaTrainSettings settings;

  g_assert_true(partita_train_settings_init(&settings, corpus, &options, NULL));
  settings.config.width = 12;
  settings.config.hidden = 16;
  settings.context = 24;
  settings.rows = 4;
  return settings;
}

static inline GArray *
find_side(const PartitaCorpus *corpus, bool valid)
{
  GArray *pieces = g_array_new(FALSE, FALSE, sizeof(size_t));

  for (size_t i = 0; i < partita_corpus_get_n_pieces(corpus); ++i)
    if (partita_corpus_get_piece(corpus, i).valid == valid)
      g_array_append_val(pieces, i);
  return pieces;
}

#endif
