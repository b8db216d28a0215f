// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <compose/arrange.h>
#include <compose/compose-private.h>

/// Bars of the beginning that a loop is led back to.
#define AHEAD_BARS 4
/// One of so many bars, at the end, is written to lead back.
#define BACK_SHARE 4
#define DEFAULT_BARS 16

static size_t
count_back(size_t bars)
{
  return MAX(1, bars / BACK_SHARE);
}

/// (transfer full): the loop's last bars opened, before its beginning
static PartitaArrangement *
open_end(const PartitaScore *loop, size_t bars, GError **error)
{
  const size_t back = count_back(bars);
  g_autoptr(PartitaScore) whole = partita_score_copy(loop);
  g_autoptr(PartitaScore) start =
    partita_score_cut_bars(loop, 0, MIN(bars, AHEAD_BARS));

  partita_score_append(whole, start);

  PartitaArrangement *arrangement =
    partita_arrangement_new_infill(whole, bars - back, back, NULL, error);

  if (arrangement != NULL)
    arrangement->keep = bars;
  return arrangement;
}

/// Drops what was said of notes that are written anew.
static void
forget_end(GArray *reasons, size_t first)
{
  guint n = 0;

  while (n < reasons->len &&
         g_array_index(reasons, PartitaNoteReason, n).bar < first)
    ++n;
  g_array_set_size(reasons, n);
}

/// Of the whole loop, from the likelihoods of all that was composed first and
/// of its end.
static void
join_likelihoods(double *of_end, double of_all, size_t bars)
{
  const double share = (double)count_back(bars) / (double)bars;

  *of_end = share * *of_end + (1.0 - share) * of_all;
}

PartitaScore *
partita_compose_loop(const PartitaComposer *composer,
                     const PartitaComposeOptions *options,
                     GError **error)
{
  PartitaComposeOptions wishes = *options;
  PartitaControls controls;

  partita_controls_init(&controls);
  if (options->controls != NULL)
    controls = *options->controls;
  controls.loop = true;
  wishes.controls = &controls;
  wishes.bars = options->bars > 0 ? options->bars : DEFAULT_BARS;

  g_autoptr(PartitaComposePlan) plan =
    partita_compose_plan_new(composer, &wishes, error);

  if (plan == NULL)
    return NULL;
  // The end is written in the style in which the rest was.
  wishes.style = partita_compose_settle_style(plan, options->index);

  g_autoptr(PartitaScore) first = partita_compose(composer, &wishes, error);
  g_autoptr(PartitaArrangement) arrangement =
    first != NULL ? open_end(first, wishes.bars, error) : NULL;

  if (arrangement == NULL)
    return NULL;
  wishes.arrangement = arrangement;
  if (options->reasons != NULL)
    forget_end(options->reasons, wishes.bars - count_back(wishes.bars));

  const double likelihood =
    options->likelihoods != NULL ? *options->likelihoods : 0.0;
  PartitaScore *loop = partita_compose(composer, &wishes, error);

  if (options->likelihoods != NULL)
    join_likelihoods(options->likelihoods, likelihood, wishes.bars);
  return loop;
}
