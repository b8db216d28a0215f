// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <compose/arrange.h>
#include <compose/compose-private.h>

/// Bars of the beginning that a loop is led back to.
#define AHEAD_BARS 4
/// One of so many bars, at the end, is written to lead back.
#define BACK_SHARE 4
#define DEFAULT_BARS 16

/// (transfer full): the loop's last bars opened, before its beginning
static PartitaArrangement *
open_end(const PartitaScore *loop, size_t bars, GError **error)
{
  const size_t back = MAX(1, bars / BACK_SHARE);
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
  return partita_compose(composer, &wishes, error);
}
