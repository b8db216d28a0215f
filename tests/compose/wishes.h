// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef WISHES_H
#define WISHES_H

#include <partita/controls.h>

/// Asks for what must be there to be asked for.
static inline void
set(PartitaControls *controls, const char *name, const char *text)
{
  g_autoptr(GError) error = NULL;

  (void)partita_controls_set(controls, name, text, &error);
  g_assert_no_error(error);
}

/// Logits without a model; @spread: how unlike they are.
static inline void
draw_logits(float *logits, size_t n, double spread)
{
  for (size_t i = 0; i < n; ++i)
    logits[i] = (float)(spread * g_test_rand_double_range(-1.0, 1.0));
}

#endif
