// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "styles.h"

#include <glib/gstdio.h>
#include <partita/midi.h>
#include <stdio.h>

#define PIECES 48

typedef struct {
  const char *name;
  ComposeFunc *compose;
} Style;

static const Style styles[] = {
  {"chorale", compose_chorale}, {"invention", compose_invention},
  {"waltz", compose_waltz},     {"blues", compose_blues},
  {"march", compose_march},
};

static bool
write_piece(const char *folder, int style, int index, GError **error)
{
  Chance chance = {.piece = (uint64_t)(style * 1000 + index)};
  g_autoptr(PartitaScore) score = styles[style].compose(&chance, index);
  g_autofree char *name =
    g_strdup_printf("%s-%02d.mid", styles[style].name, index + 1);
  g_autofree char *path = g_build_filename(folder, name, NULL);

  return partita_midi_write_file(score, path, error);
}

static bool
write_style(const char *root, int style, GError **error)
{
  g_autofree char *folder = g_build_filename(root, styles[style].name, NULL);

  if (g_mkdir_with_parents(folder, 0777) != 0) {
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                "%s: the folder cannot be made", folder);
    return false;
  }
  for (int index = 0; index < PIECES; ++index) {
    if (!write_piece(folder, style, index, error))
      return false;
  }
  return true;
}

/// compose-corpus FOLDER [STAMP]: the stamp, an empty file written last, tells
/// the build when the music was made.
int
main(int argc, char **argv)
{
  g_autoptr(GError) error = NULL;

  if (argc != 2 && argc != 3) {
    fprintf(stderr, "usage: compose-corpus FOLDER [STAMP]\n");
    return 2;
  }
  for (int style = 0; style < (int)G_N_ELEMENTS(styles); ++style) {
    if (!write_style(argv[1], style, &error)) {
      fprintf(stderr, "compose-corpus: %s\n", error->message);
      return 1;
    }
  }
  if (argc == 3 && !g_file_set_contents(argv[2], "", 0, &error)) {
    fprintf(stderr, "compose-corpus: %s\n", error->message);
    return 1;
  }
  return 0;
}
