// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <compose/compose-private.h>

static size_t
count_bars(const PartitaScore *score)
{
  g_autoptr(GArray) bars = partita_score_get_bars(score);

  return bars->len;
}

// Silence up to the end of the whole piece: with it, encoding counts down to
// the right bar from the first.
static bool
extend(PartitaScore *score, size_t bars, GError **error)
{
  g_autoptr(GArray) has = partita_score_get_bars(score);
  const PartitaBar *last = &g_array_index(has, PartitaBar, has->len - 1);
  // The last bar itself may have been cut short.
  const uint64_t whole = partita_bars_measure(
    partita_score_get_ppq(score), last->numerator, last->denominator);
  const uint64_t end =
    (uint64_t)last->tick + last->length_ticks + (bars - has->len) * whole;

  if (end > PARTITA_TICK_MAX) {
    g_set_error(error, PARTITA_COMPOSE_ERROR, PARTITA_COMPOSE_ERROR_OPTIONS,
                "%zu bars are longer than a score can be", bars);
    return false;
  }
  partita_score_set_end(score, (uint32_t)end);
  return true;
}

// The first bar line of the new music still belongs to what is given: else
// the model could put more notes into the primer's last bar.
static size_t
find_new_music(const PartitaComposer *composer,
               const GArray *ids,
               size_t primer_bars)
{
  size_t bars = 0;

  for (size_t i = 0; i < ids->len; ++i) {
    const uint16_t id = g_array_index(ids, uint16_t, i);

    if (composer->kinds[id] == PARTITA_KIND_EOS)
      return i;
    if (composer->kinds[id] == PARTITA_KIND_BAR && ++bars > primer_bars)
      return i + 1;
  }
  return ids->len;
}

static size_t
count_shifts(const PartitaComposer *composer, const GArray *ids, size_t n)
{
  size_t shifts = 0;

  for (size_t i = 0; i < n; ++i)
    shifts +=
      composer->kinds[g_array_index(ids, uint16_t, i)] == PARTITA_KIND_SHIFT;
  return shifts;
}

// Of a scheme of voices, in which nothing follows the last step but Eos: what
// is given ends where the primer does.
static size_t
find_new_steps(const PartitaComposer *composer,
               const GArray *ids,
               const PartitaScore *quantised)
{
  g_autoptr(GArray) given =
    partita_scheme_encode(composer->scheme, quantised, NULL);
  const size_t tail = count_shifts(composer, ids, ids->len) -
                      count_shifts(composer, given, given->len);

  return ids->len - 1 - tail;
}

// What the primer says of itself, such as its key and its
// density, is taken before silence is added.
static GArray *
encode_primer(const PartitaComposer *composer,
              const PartitaScore *quantised,
              const PartitaControls *controls,
              int style,
              size_t bars,
              GError **error)
{
  const size_t primer_bars = count_bars(quantised);
  g_autoptr(PartitaScore) extended = partita_score_copy(quantised);
  PartitaPrompt prompt;

  partita_scheme_get_prompt(composer->scheme, quantised, style, &prompt);
  if (prompt.bars > 0)
    prompt.bars = (int)bars;
  if (controls != NULL)
    partita_compose_wish_for_primer(composer, controls, &prompt);
  if ((composer->has_bars || composer->has_voices) &&
      !extend(extended, bars, error))
    return NULL;

  g_autoptr(GArray) ids =
    partita_scheme_encode(composer->scheme, extended, &prompt);
  g_array_set_size(ids,
                   (guint)(composer->has_voices
                             ? find_new_steps(composer, ids, quantised)
                             : find_new_music(composer, ids, primer_bars)));
  return g_steal_pointer(&ids);
}

static bool
check_primer(const PartitaScore *quantised,
             size_t primer_bars,
             size_t bars,
             GError **error)
{
  if (partita_score_get_n_notes(quantised) == 0) {
    g_set_error(error, PARTITA_COMPOSE_ERROR, PARTITA_COMPOSE_ERROR_OPTIONS,
                "the primer has no notes");
    return false;
  }
  if (bars > PARTITA_COMPOSE_BARS_MAX) {
    g_set_error(error, PARTITA_COMPOSE_ERROR, PARTITA_COMPOSE_ERROR_OPTIONS,
                "%zu bars, the primer's %zu among them: at most %d can be "
                "composed",
                bars, primer_bars, PARTITA_COMPOSE_BARS_MAX);
    return false;
  }
  if (bars <= primer_bars) {
    g_set_error(error, PARTITA_COMPOSE_ERROR, PARTITA_COMPOSE_ERROR_OPTIONS,
                "%zu bars wanted, but the primer already has %zu: ask for "
                "more",
                bars, primer_bars);
    return false;
  }
  return true;
}

static int
find_style(const PartitaComposer *composer, const char *style)
{
  return style == NULL ? -1
                       : partita_scheme_find_style(composer->scheme, style);
}

/// Returns the semitones.
static int
move_to_model_key(const PartitaComposer *composer,
                  const PartitaControls *controls,
                  PartitaScore *score)
{
  const int key = controls != NULL ? partita_controls_get_key(controls) : -1;

  if (!composer->common_key)
    return 0;
  if (key < 0)
    return partita_score_move_to_common_key(score);
  return partita_score_transpose(score, partita_key_to_common(key))
           ? partita_key_to_common(key)
           : 0;
}

/// (transfer full): the primer as the model hears it, in its own key
static PartitaScore *
quantise(const PartitaComposePlan *plan)
{
  const PartitaComposer *composer = plan->composer;
  const PartitaScore *primer = plan->options.primer;

  // What is timed in milliseconds has no bars to be laid on.
  if (!composer->has_bars && !composer->has_voices)
    return partita_scheme_quantise(composer->scheme, primer, NULL);

  g_autoptr(PartitaScore) straight =
    partita_bar_grid_straighten(plan->grid, primer);

  // Voices go on from the step at which they stop, others from the bar line.
  if (composer->has_voices)
    partita_score_set_end(straight,
                          partita_bar_grid_straighten_tick(
                            plan->grid, partita_score_get_end(primer)));
  return partita_scheme_quantise(composer->scheme, straight, NULL);
}

bool
partita_compose_ready_primer(PartitaComposePlan *plan, GError **error)
{
  const PartitaComposer *composer = plan->composer;
  const PartitaComposeOptions *options = &plan->options;

  plan->grid = partita_bar_grid_new(options->primer,
                                    partita_scheme_get_ppq(composer->scheme));

  g_autoptr(PartitaScore) quantised = quantise(plan);
  const size_t primer_bars = count_bars(quantised);

  if (options->bars == 0)
    plan->bars += primer_bars;
  if (!check_primer(quantised, primer_bars, plan->bars, error))
    return false;
  plan->primer_end = partita_score_get_end(quantised);
  plan->shift = move_to_model_key(composer, options->controls, quantised);
  plan->primer =
    encode_primer(composer, quantised, options->controls,
                  find_style(composer, options->style), plan->bars, error);
  return plan->primer != NULL;
}
