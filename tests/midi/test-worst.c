// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "worst-files.h"

/* The largest files, each hard in one way: read whole or refused. */
static void
test_worst(gconstpointer user_data)
{
  const WorstFile *file = user_data;
  g_autoptr(GBytes) bytes = make_worst_file(file);
  g_autoptr(GError) error = NULL;
  gsize size = 0;
  const uint8_t *data = g_bytes_get_data(bytes, &size);
  g_autoptr(PartitaScore) score = partita_midi_read(data, size, NULL, &error);

  if (file->code >= 0) {
    g_assert_null(score);
    g_assert_error(error, PARTITA_MIDI_ERROR, file->code);
    return;
  }
  g_assert_no_error(error);
  g_assert_cmpuint(partita_score_get_n_notes(score), ==, file->n_notes);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(worst_files); ++i) {
    g_autofree char *path =
      g_strconcat("/midi/worst/", worst_files[i].name, NULL);

    g_test_add_data_func(path, &worst_files[i], test_worst);
  }
  return g_test_run();
}
