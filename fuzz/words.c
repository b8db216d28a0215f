// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Oracle: what is heard in words is a control or a style that there is, and is
 * set or refused as a value of it: "in 3/5" is a metre, but none that can be.
 */

#include "fuzz.h"

#include <partita/compose.h>
#include <string.h>

static const char *const styles[] = {"bossa nova", "chorale", "rock", NULL};

static GPtrArray *
hear(const char *text, GPtrArray *unknown)
{
  g_autoptr(GPtrArray) partly = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GError) error = NULL;
  GPtrArray *pairs =
    partita_controls_read_words(text, "en", styles, unknown, partly, &error);

  if ((pairs == NULL) != (error != NULL))
    g_error("an error without failure, or the reverse");
  return pairs;
}

static void
check_pair(const char *pair)
{
  g_auto(GStrv) parts = g_strsplit(pair, "=", 2);
  g_autoptr(GError) error = NULL;
  PartitaControls controls;

  partita_controls_init(&controls);
  if (g_strv_length(parts) != 2)
    g_error("%s: not a name and a value", pair);
  if (strcmp(parts[0], "style") == 0) {
    if (!g_strv_contains(styles, parts[1]))
      g_error("a style that the model does not know");
  } else if (partita_controls_set(&controls, parts[0], parts[1], &error) !=
               (error == NULL) ||
             g_error_matches(error, PARTITA_CONTROLS_ERROR,
                             PARTITA_CONTROLS_ERROR_UNKNOWN)) {
    g_error("%s was heard, and is no control", pair);
  }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup((const char *)data, size);
  g_autoptr(GPtrArray) unknown = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GPtrArray) pairs = hear(text, unknown);

  for (guint i = 0; i < unknown->len; ++i)
    g_free(partita_controls_suggest_word(g_ptr_array_index(unknown, i), "en",
                                         styles));
  for (guint i = 0; pairs != NULL && i < pairs->len; ++i)
    check_pair(g_ptr_array_index(pairs, i));
  return 0;
}
