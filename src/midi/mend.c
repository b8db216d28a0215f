// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <partita/midi.h>

/// In the order of the bits of PartitaMend.
static const char *const names[] = {
  "riff",        "leading",      "header",     "track-count",
  "alien-chunk", "truncated",    "trailing",   "no-end-of-track",
  "bad-event",   "bad-data",     "meta",       "smpte",
  "format",      "hanging-note", "orphan-off", "long-time",
};

char *
partita_mend_describe(unsigned mends)
{
  GString *words = g_string_new(NULL);

  for (size_t i = 0; i < G_N_ELEMENTS(names); ++i) {
    if (mends & 1u << i)
      g_string_append_printf(words, "%s%s", words->len > 0 ? "," : "",
                             names[i]);
  }
  return g_string_free(words, FALSE);
}
