// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* What it costs to read the rows of a training: nanoseconds of processor time a
 * token, once the pool of segments is full. Every machine of a training by
 * several reads the rows of all (doc/scaling.md).
 *
 * usage: bench-stream FOLDER */

#include "bench.h"

#include <stdlib.h>
#include <train/train-private.h>

#define TOKENS 4000000.0

static double
time_reading(const PartitaCorpus *corpus, unsigned augmentations, size_t rows)
{
  const PartitaTrainOptions options = {
    .architecture = "lstm",
    .size = "small",
    .steps = 1,
    .rows = rows,
    .augmentations = augmentations,
  };
  PartitaTrainSettings settings;
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) pieces = partita_train_find_training(corpus);
  double tokens = 0.0;

  if (!partita_train_settings_init(&settings, corpus, &options, &error))
    g_error("%s", error->message);

  g_autoptr(PartitaStream) stream =
    partita_stream_new(corpus, pieces, &settings, true);

  (void)partita_stream_next(stream); // fills the pool

  const double before_s = bench_read_clock();

  while (tokens < TOKENS)
    tokens += (double)partita_stream_next(stream)->n_targets;
  return (bench_read_clock() - before_s) / tokens * 1e9;
}

int
main(int argc, char **argv)
{
  static const unsigned augmentations[] = {0, PARTITA_AUGMENT_PARTS};
  static const char *const names[] = {"none", "parts"};
  const PartitaCorpusOptions options = {.scheme = "remi"};
  g_autoptr(GError) error = NULL;

  if (argc != 2) {
    g_printerr("usage: bench-stream FOLDER\n");
    return EXIT_FAILURE;
  }
  g_autoptr(PartitaCorpus) corpus =
    partita_corpus_read(argv[1], &options, &error);

  if (corpus == NULL)
    g_error("%s", error->message);
  for (size_t rows = 8; rows <= 64; rows *= 8)
    for (size_t i = 0; i < G_N_ELEMENTS(names); ++i)
      g_print("%zu rows\taugment %s\t%.0f ns/token\n", rows, names[i],
              time_reading(corpus, augmentations[i], rows));
  return EXIT_SUCCESS;
}
