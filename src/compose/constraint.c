// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <compose/constraint.h>
#include <string.h>

/// Of a token such as "Meter_3/4": its bar, and whether it is asked for.
static void
read_meter(PartitaConstraint *c, size_t id, const char *name)
{
  char *slash = NULL;
  const guint64 numerator =
    g_ascii_strtoull(name + strlen("Meter_"), &slash, 10);
  const guint64 denominator = g_ascii_strtoull(slash + 1, NULL, 10);
  const PartitaControls *controls = c->controls;

  c->lengths[id] = (uint8_t)(4 * PARTITA_STEP_BEAT * numerator / denominator);
  c->meters[id] =
    (controls->numerator == 0 || (controls->numerator == numerator &&
                                  controls->denominator == denominator)) &&
    partita_controls_fits(controls, c->bars, c->lengths[id]) == NULL;
}

static void
read_tokens(PartitaConstraint *c, const PartitaScheme *scheme)
{
  c->vocab = partita_scheme_get_vocab_size(scheme);
  c->steps = g_new(uint8_t, c->vocab);
  c->values = g_new(uint8_t, c->vocab);
  c->lengths = g_new0(uint8_t, c->vocab);
  c->meters = g_new0(bool, c->vocab);
  partita_steps_read(scheme, c->steps, c->values);
  for (size_t id = 0; id < c->vocab; ++id)
    if (c->steps[id] == PARTITA_STEP_METER)
      read_meter(c, id, partita_scheme_token_name(scheme, (uint16_t)id));
}

static void
find_pitches(PartitaConstraint *c, const bool *programs)
{
  const uint16_t scale = partita_controls_get_scale(c->controls);
  const PartitaControls *controls = c->controls;

  for (unsigned p = 0; p < PARTITA_N_PROGRAMS; ++p) {
    c->allowed[p] = (programs == NULL || programs[p]) &&
                    partita_controls_can_play(controls, p);
    for (unsigned pitch = 0;
         c->allowed[p] && p != PARTITA_PROGRAM_DRUMS && pitch < 128; ++pitch) {
      const int heard = (int)pitch + c->shift; // by the model

      if (heard < 0 || heard > 127 || (scale >> pitch % 12 & 1) == 0 ||
          !partita_controls_may_sound(controls, p, pitch))
        continue;
      c->pitches[p].bits[pitch / 64] |= UINT64_C(1) << pitch % 64;
    }
  }
}

void
partita_constraint_find_lowest_bass(PartitaConstraint *c)
{
  c->lowest_bass = 128;
  for (unsigned p = 0; p < PARTITA_PROGRAM_DRUMS; ++p)
    for (unsigned bass = c->bass; bass < c->lowest_bass; bass += 12)
      if (partita_pitch_set_has(&c->pitches[p], bass))
        c->lowest_bass = bass;
}

static bool
has_pitches(const PartitaConstraint *c)
{
  for (unsigned p = 0; p < PARTITA_N_PROGRAMS; ++p)
    if ((c->pitches[p].bits[0] | c->pitches[p].bits[1]) != 0)
      return true;
  return false;
}

/// A scale or a range that drums alone would keep says something only without
/// them; where an ending is asked for, or instruments are, others play anyway.
static void
forbid_idle_drums(PartitaConstraint *c)
{
  if (partita_controls_ask_for_pitches(c->controls) && c->closing == 0 &&
      c->controls->n_groups == 0 && has_pitches(c))
    c->allowed[PARTITA_PROGRAM_DRUMS] = false;
}

static void
lay_grid(PartitaConstraint *c)
{
  const size_t n = c->controls->n_chords;

  c->grid = g_new0(PartitaPitchSet, MAX(n, 1) * 3);
  if (n == 0)
    c->grid[0] = (PartitaPitchSet){{UINT64_MAX, UINT64_MAX}};
  for (size_t i = 0; i < 3 * n; ++i) {
    for (unsigned pitch = 0; pitch < 128; ++pitch) {
      bool is_member = false;
      // A chord that begins at 0, looked at there, a beat later, and after.
      const uint32_t at = (uint32_t)(i % 3 * PARTITA_STEP_BEAT + i % 3 / 2);

      if (partita_controls_may_begin(c->controls, &c->controls->chords[i / 3],
                                     pitch, at, 0, PARTITA_STEP_BEAT,
                                     &is_member))
        c->grid[i].bits[pitch / 64] |= UINT64_C(1) << pitch % 64;
    }
  }
}

static uint32_t
all_groups(const PartitaControls *controls)
{
  return (uint32_t)((UINT64_C(1) << controls->n_groups) - 1);
}

PartitaConstraint *
partita_constraint_new(const PartitaScheme *scheme,
                       const PartitaControls *controls,
                       size_t bars,
                       int shift,
                       const bool *programs)
{
  PartitaConstraint *c = g_new0(PartitaConstraint, 1);

  c->controls = controls;
  c->bars = bars;
  c->shift = shift;
  c->tempo_bin =
    controls->tempo > 0.0
      ? partita_scheme_get_tempo_bin(scheme, partita_controls_get_us(controls))
      : -1;
  c->closing = partita_controls_get_closing(controls, bars, &c->bass);
  c->polyphony = controls->polyphony;
  c->step = 1;
  c->program = PARTITA_N_PROGRAMS;
  memset(c->lowest_played, 128, sizeof c->lowest_played);
  c->unused = all_groups(controls);
  c->rings = g_array_new(FALSE, FALSE, sizeof(PartitaRing));
  read_tokens(c, scheme);
  find_pitches(c, programs);
  partita_constraint_find_lowest_bass(c);
  forbid_idle_drums(c);
  lay_grid(c);
  return c;
}

void
partita_constraint_free(PartitaConstraint *constraint)
{
  if (constraint == NULL)
    return;
  g_free(constraint->steps);
  g_free(constraint->values);
  g_free(constraint->lengths);
  g_free(constraint->meters);
  g_free(constraint->grid);
  g_array_unref(constraint->rings);
  g_free(constraint);
}

static void
begin_bar(PartitaConstraint *c)
{
  if (c->n_bars > 0)
    c->bar_start += c->length;
  ++c->n_bars;
  c->position = -1;
  c->bar_notes = 0;
  c->closed = false;
  c->struck = false;
  // The next four bars, if they reach to where each instrument is due.
  if ((c->n_bars - 1) % 4 == 0 && c->n_bars + 2 < c->bars &&
      c->controls->density <= 0.0)
    c->unused = all_groups(c->controls);
  if (c->length > 0)
    c->step = partita_constraint_find_step(c);
}

static void
forget_ended(PartitaConstraint *c)
{
  const uint32_t at = c->bar_start + (uint32_t)c->position;

  for (guint i = c->rings->len; i-- > 0;)
    if (g_array_index(c->rings, PartitaRing, i).end <= at)
      g_array_remove_index_fast(c->rings, i);
}

static void
strike(PartitaConstraint *c, unsigned pitch, bool drum)
{
  c->pitch = pitch;
  c->drum = drum;
  c->lowest_played[c->program] =
    (uint8_t)MIN(c->lowest_played[c->program], pitch);
  c->open = true;
  c->holds = 0;
  ++c->n_notes;
  ++c->bar_notes;
  for (size_t g = 0; g < c->controls->n_groups; ++g)
    if (c->controls->groups[g].programs[c->program])
      c->unused &= ~(1u << g);
  if (!drum && c->closing != 0 && c->n_bars == c->bars)
    c->closed = partita_constraint_closes(c, (uint32_t)c->position, pitch);
}

static void
end_note(PartitaConstraint *c, unsigned value)
{
  const PartitaRing ring = {c->bar_start + (uint32_t)c->position +
                              PARTITA_STEP_HOLD_LENGTH * c->holds + value + 1,
                            (uint8_t)c->pitch};

  c->struck = true;
  c->open = false;
  c->ring_end = MAX(c->ring_end, ring.end);
  if (!c->drum) {
    g_array_append_val(c->rings, ring);
    if (!partita_constraint_is_at_last_place(c))
      c->most_voices = MAX(c->most_voices, c->rings->len);
  }
}

/// What follows is shown, and not there yet.
static void
begin_part(PartitaConstraint *c, unsigned part)
{
  c->ahead = part == PARTITA_STEP_PART_AHEAD;
  c->position = -1;
  c->program = PARTITA_N_PROGRAMS;
  c->struck = false;
}

void
partita_constraint_push(PartitaConstraint *constraint, uint16_t id)
{
  PartitaConstraint *c = constraint;
  const unsigned value = c->values[id];

  if (c->ahead && c->steps[id] != PARTITA_STEP_PART)
    return;
  switch ((PartitaStep)c->steps[id]) {
  case PARTITA_STEP_PART:
    begin_part(c, value);
    break;
  case PARTITA_STEP_BAR:
    begin_bar(c);
    break;
  case PARTITA_STEP_METER:
    c->length = c->lengths[id];
    c->step = partita_constraint_find_step(c);
    break;
  case PARTITA_STEP_POSITION:
    c->position = (int32_t)value;
    c->struck = false;
    forget_ended(c);
    break;
  case PARTITA_STEP_PROGRAM:
    if (c->n_bars > 0)
      c->program = value;
    c->struck = false;
    break;
  case PARTITA_STEP_PITCH:
    strike(c, (unsigned)((int)value - c->shift), false);
    break;
  case PARTITA_STEP_DRUM:
    strike(c, value, true);
    break;
  case PARTITA_STEP_HOLD:
    ++c->holds;
    break;
  case PARTITA_STEP_DURATION:
    end_note(c, value);
    break;
  default:
    break;
  }
}
