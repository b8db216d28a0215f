// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Runs a fuzz target over every file of the folder given, as TAP. A seed
 * that breaks an oracle ends the program. */

#include "fuzz.h"

#include <glib.h>

int
main(int argc, char **argv)
{
  g_autoptr(GError) error = NULL;

  if (argc != 2)
    g_error("usage: replay FOLDER");

  g_autoptr(GDir) folder = g_dir_open(argv[1], 0, &error);
  const char *name = NULL;
  unsigned n = 0;

  if (folder == NULL)
    g_error("%s", error->message);
  while ((name = g_dir_read_name(folder)) != NULL) {
    g_autofree char *path = g_build_filename(argv[1], name, NULL);
    g_autofree char *data = NULL;
    gsize size = 0;

    if (!g_file_get_contents(path, &data, &size, &error))
      g_error("%s", error->message);
    (void)LLVMFuzzerTestOneInput((const uint8_t *)data, size);
    g_print("ok %u - %s\n", ++n, name);
  }
  g_print("1..%u\n", n);
  return n > 0 ? 0 : 1;
}
