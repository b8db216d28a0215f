// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <compose/frame.h>
#include <string.h>

static int
find_style_token(const PartitaComposer *composer, const char *style)
{
  if (style == NULL)
    return -1;

  const int wanted = partita_scheme_find_style(composer->scheme, style);
  int seen = 0;
  for (size_t i = 0; i < composer->vocab; ++i)
    if (composer->kinds[i] == PARTITA_KIND_STYLE && seen++ == wanted)
      return (int)i;
  return -1;
}

static bool
check_controls(const PartitaComposePlan *plan,
               const PartitaControls *controls,
               GError **error)
{
  const char *scheme = partita_scheme_get_name(plan->composer->scheme);

  if (strcmp(scheme, "remi") != 0) {
    g_set_error(error, PARTITA_COMPOSE_ERROR, PARTITA_COMPOSE_ERROR_OPTIONS,
                "the model's token scheme %s has no controls but style and "
                "bars",
                scheme);
    return false;
  }
  return (plan->options.primer == NULL ||
          partita_compose_check_primer(controls, plan->options.primer,
                                       error)) &&
         partita_controls_check(controls, plan->bars, error);
}

static bool
take_melody(PartitaComposePlan *plan, GError **error)
{
  const PartitaComposer *composer = plan->composer;
  const PartitaScore *given = plan->options.melody;

  if (!composer->has_voices)
    return partita_compose_refuse(
      error, "only a model of the token scheme grid sets a melody "
             "in four voices");
  if (plan->options.primer != NULL)
    return partita_compose_refuse(
      error, "a melody to set and a primer to continue at once");
  if (partita_score_get_end(given) / partita_score_get_ppq(given) >=
      4 * PARTITA_COMPOSE_BARS_MAX)
    return partita_compose_refuse(error,
                                  "the melody is longer than a piece can be");
  plan->melody =
    partita_melody_new(composer->scheme, given, composer->common_key);
  if (plan->melody == NULL)
    return partita_compose_refuse(error,
                                  "there is no melody in the file: no notes");
  plan->shift = plan->melody->shift;
  plan->bars = partita_melody_count_bars(plan->melody);
  return true;
}

static bool
take_arrangement(PartitaComposePlan *plan, GError **error)
{
  const PartitaComposeOptions *options = &plan->options;

  if (options->primer != NULL || options->melody != NULL)
    return partita_compose_refuse(
      error, "music to work on, and music to continue or to set, "
             "at once");
  plan->frame = partita_frame_new(plan->composer, options->arrangement,
                                  plan->style, options->style, error);
  if (plan->frame == NULL)
    return false;
  plan->bars = plan->frame->bars->len;
  return true;
}

PartitaComposePlan *
partita_compose_plan_new(const PartitaComposer *composer,
                         const PartitaComposeOptions *options,
                         GError **error)
{
  if (!partita_compose_check_options(composer, options, error))
    return NULL;

  g_autoptr(PartitaComposePlan) plan = g_new0(PartitaComposePlan, 1);

  plan->composer = composer;
  plan->options = *options;
  plan->bars = options->bars > 0 ? options->bars : PARTITA_COMPOSE_NEW_BARS;
  if (options->style != NULL)
    plan->options.style =
      partita_compose_match_style(composer->scheme, options->style);
  plan->style = find_style_token(composer, plan->options.style);
  if (options->melody != NULL && !take_melody(plan, error))
    return NULL;
  if (options->arrangement != NULL && !take_arrangement(plan, error))
    return NULL;
  if (options->primer != NULL && !partita_compose_ready_primer(plan, error))
    return NULL;
  // An arrangement's controls are those its music was composed under.
  if (options->controls != NULL && options->arrangement == NULL &&
      !check_controls(plan, options->controls, error))
    return NULL;
  return g_steal_pointer(&plan);
}

void
partita_compose_plan_free(PartitaComposePlan *plan)
{
  if (plan == NULL)
    return;
  g_clear_pointer(&plan->primer, g_array_unref);
  partita_bar_grid_free(plan->grid);
  partita_melody_free(plan->melody);
  partita_frame_free(plan->frame);
  g_free(plan);
}
