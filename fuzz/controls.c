// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* The first byte chooses a control, or what else reads a short text; the rest
 * is its value. Oracle: what is accepted lies within its bounds, and is
 * described in words that are safe. */

#include "fuzz.h"

#include <compose/controls-private.h>

static const char *const names[] = {
  "bars",     "key",     "scale",     "range",  "meter",   "tempo",
  "programs", "density", "polyphony", "chords", "unheard",
};

static void
check_bounds(const PartitaControls *controls)
{
  if (controls->bars > 4096 || controls->tonic > 11 ||
      controls->polyphony > 128 || controls->n_groups > PARTITA_GROUPS_MAX ||
      controls->n_ranges > PARTITA_RANGES_MAX)
    g_error("a control past its bounds");
  for (size_t i = 0; i < controls->n_ranges; ++i)
    if (controls->ranges[i].low > controls->ranges[i].high ||
        controls->ranges[i].high > 127)
      g_error("a range that is none");
  for (size_t i = 0; i < controls->n_chords; ++i)
    if (controls->chords[i].pitch_classes == 0)
      g_error("a chord without notes");
}

static void
set(const char *name, const char *text)
{
  g_autoptr(GError) error = NULL;
  PartitaControls controls;

  partita_controls_init(&controls);
  if (partita_controls_set(&controls, name, text, &error) != (error == NULL))
    g_error("an error without failure, or the reverse");
  if (error != NULL)
    return;
  check_bounds(&controls);

  g_autoptr(GPtrArray) lines = partita_controls_describe(&controls);

  for (guint i = 0; i < lines->len; ++i)
    if (!g_utf8_validate(g_ptr_array_index(lines, i), -1, NULL))
      g_error("a description that is not UTF-8");
}

/// What options beside the controls read.
static void
parse_others(const char *text)
{
  PartitaGroup group;
  int mode = -1;
  int scale = -1;

  if (partita_parse_note(text) > 127 ||
      partita_parse_key(text, &mode, &scale) > 11)
    g_error("a note or a key that is none");
  (void)partita_parse_group(text, &group);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  if (size == 0)
    return 0;

  g_autofree char *text = g_strndup((const char *)data + 1, size - 1);

  set(names[data[0] % G_N_ELEMENTS(names)], text);
  parse_others(text);
  return 0;
}
