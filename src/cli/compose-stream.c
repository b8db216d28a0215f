// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "compose-stream.h"

#include "cli.h"

#include <stdio.h>

static void
print_event(const PartitaScoreEvent *event)
{
  const PartitaNote *note = &event->note;

  switch (event->type) {
  case PARTITA_SCORE_EVENT_KEY:
    g_print("key\t%u\t%s\n", event->key.tick,
            partita_key_name(partita_key_from_signature(event->key)));
    break;
  case PARTITA_SCORE_EVENT_TEMPO:
    g_print("tempo\t%u\t%u\n", event->tempo.tick, event->tempo.us_per_quarter);
    break;
  case PARTITA_SCORE_EVENT_METER:
    g_print("meter\t%u\t%u/%u\n", event->meter.tick, event->meter.numerator,
            event->meter.denominator);
    break;
  case PARTITA_SCORE_EVENT_NOTE:
    g_print("note\t%u\t%u\t%u\t%u\t%u\n", note->onset_ticks,
            note->duration_ticks, note->pitch, note->velocity, event->program);
    break;
  default:
    g_print("end\t%u\n", event->end_ticks);
    break;
  }
}

PartitaScore *
cli_compose_stream(const PartitaComposer *composer,
                   const PartitaComposeOptions *options,
                   GError **error)
{
  g_autoptr(PartitaComposition) composition =
    partita_composition_new(composer, options, error);
  g_autoptr(GError) failed = NULL;
  PartitaScoreEvent event;

  if (composition == NULL)
    return NULL;
  g_print("ppq\t%u\n", partita_composition_get_ppq(composition));
  while (partita_composition_next(composition, &event, &failed)) {
    print_event(&event);
    if (ferror(stdout) != 0) { // whoever listened has gone
      cli_refuse(error, CLI_ERROR_OUTPUT, "standard output cannot be written");
      return NULL;
    }
  }
  if (failed != NULL) {
    g_propagate_error(error, g_steal_pointer(&failed));
    return NULL;
  }
  return partita_composition_finish(composition, error);
}
