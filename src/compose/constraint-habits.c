// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <compose/constraint.h>
#include <string.h>

/* What a style has where nothing else is asked for. It takes away only what the
 * controls leave over, so that all that they promise can still be kept. */

static bool
has_meter(const PartitaHabits *habits, const char *name)
{
  for (guint i = 0; i < habits->meters->len; ++i) {
    const unsigned meter = g_array_index(habits->meters, uint16_t, i);
    g_autofree char *own =
      g_strdup_printf("Meter_%u/%u", meter / 256, meter % 256);

    if (strcmp(own, name) == 0)
      return true;
  }
  return false;
}

static void
take_meters(PartitaConstraint *c,
            const PartitaScheme *scheme,
            const PartitaHabits *habits)
{
  g_autofree bool *kept = g_new0(bool, c->vocab);
  bool any = false;

  for (size_t id = 0; id < c->vocab; ++id) {
    kept[id] =
      c->meters[id] &&
      has_meter(habits, partita_scheme_token_name(scheme, (uint16_t)id));
    any = any || kept[id];
  }
  if (any)
    memcpy(c->meters, kept, c->vocab * sizeof *kept);
}

static bool
has_range(const PartitaControls *controls, unsigned program)
{
  for (size_t i = 0; i < controls->n_ranges; ++i)
    if (partita_controls_is_in_group(controls, &controls->ranges[i].group,
                                     program))
      return true;
  return false;
}

static void
take_register(PartitaConstraint *c,
              const PartitaHabits *habits,
              unsigned program)
{
  PartitaPitchSet *set = &c->pitches[program];

  if (has_range(c->controls, program))
    return;
  for (unsigned pitch = 0; pitch < 128; ++pitch)
    if (pitch < habits->low[program] || pitch > habits->high[program])
      set->bits[pitch / 64] &= ~(UINT64_C(1) << pitch % 64);
}

void
partita_constraint_take_habits(PartitaConstraint *constraint,
                               const PartitaScheme *scheme,
                               const PartitaHabits *habits)
{
  PartitaConstraint *c = constraint;

  if (c->controls->numerator == 0)
    take_meters(c, scheme, habits);
  if (c->polyphony == 0 && habits->voices > 0)
    c->polyphony = MAX(habits->voices, (unsigned)c->controls->n_groups);
  for (unsigned p = 0; p < PARTITA_PROGRAM_DRUMS; ++p)
    take_register(c, habits, p);
  partita_constraint_find_lowest_bass(c);
}
