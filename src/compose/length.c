// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* From seconds to bars: what is composed is counted in bars, and how long one
 * lasts is known once its metre and its tempo are. */

#include <compose/compose-private.h>
#include <math.h>

/// Where neither the controls nor the model say one.
#define DEFAULT_TEMPO 100
#define DEFAULT_METER (256 * 4 + 4)

/// What can be asked for.
#define TEMPO_MIN 20.0
#define TEMPO_MAX 320.0

/// Asks for the first metre of the style that can be, if none is asked for.
static void
settle_meter(PartitaControls *controls, const PartitaHabits *habits)
{
  for (guint i = 0; i <= habits->meters->len && controls->numerator == 0; ++i) {
    const unsigned meter = i < habits->meters->len
                             ? g_array_index(habits->meters, uint16_t, i)
                             : DEFAULT_METER;
    g_autofree char *text = g_strdup_printf("%u/%u", meter / 256, meter % 256);

    (void)partita_controls_set(controls, "meter", text, NULL);
  }
}

bool
partita_composer_settle_length(const PartitaComposer *composer,
                               const char *style,
                               PartitaControls *controls,
                               size_t *bars,
                               GError **error)
{
  g_autoptr(PartitaHabits) habits = partita_habits_read(composer->model, style);
  const double tempo = controls->tempo > 0.0 ? controls->tempo
                       : habits->tempo > 0   ? habits->tempo
                                             : DEFAULT_TEMPO;

  settle_meter(controls, habits);

  const double quarters = 4.0 * controls->numerator / controls->denominator;
  const double fitting = controls->seconds * tempo / 60.0 / quarters;

  if (*bars == 0 && fitting > PARTITA_COMPOSE_BARS_MAX)
    return partita_compose_refuse(
      error,
      "seconds %g: %.0f bars at tempo %g, and at most %d can be composed",
      controls->seconds, fitting, tempo, PARTITA_COMPOSE_BARS_MAX);
  if (*bars == 0)
    *bars = (size_t)fmax(1.0, round(fitting));
  if (controls->tempo <= 0.0)
    controls->tempo = CLAMP((double)*bars * quarters * 60.0 / controls->seconds,
                            TEMPO_MIN, TEMPO_MAX);
  return true;
}
