// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Oracle: a list of styles that is read gives no path more styles than the
 * limit, none twice, and all of them safe to show. */

#include "fuzz.h"

#include <base/text.h>
#include <corpus/styles.h>
#include <string.h>

static void
check_names(const GPtrArray *names)
{
  g_autoptr(GHashTable) met = g_hash_table_new(g_str_hash, g_str_equal);

  for (guint i = 0; i < names->len; ++i) {
    char *name = g_ptr_array_index(names, i);
    g_autofree char *shown = partita_text_show(name, G_MAXSIZE);

    if (!g_hash_table_add(met, name))
      g_error("a style twice");
    if (strcmp(name, shown) != 0)
      g_error("a style that a terminal would obey");
  }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  static const char *const paths[] = {"a.mid", "a/b.mid", "a/b/c.mid", "x"};
  g_autoptr(GError) error = NULL;
  g_autoptr(PartitaLabels) labels =
    partita_labels_parse("music", (const char *)data, size, &error);

  if ((labels == NULL) != (error != NULL))
    g_error("an error without failure, or the reverse");
  for (size_t i = 0; labels != NULL && i < G_N_ELEMENTS(paths); ++i) {
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

    partita_labels_get(labels, paths[i], names);
    check_names(names);
  }
  if (labels != NULL)
    (void)partita_labels_count_unmet(labels);
  return 0;
}
