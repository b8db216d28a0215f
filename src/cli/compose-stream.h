// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_CLI_COMPOSE_STREAM_H
#define PARTITA_CLI_COMPOSE_STREAM_H

#include <partita/compose.h>

/**
 * cli_compose_stream:
 *
 * Prints each event of a piece on a line as soon as it is settled:
 *
 *   ppq    TICKS_A_QUARTER
 *   key    TICK  NAME
 *   tempo  TICK  MICROSECONDS_A_QUARTER
 *   meter  TICK  N/D
 *   note   ONSET_TICK  DURATION_TICKS  PITCH  VELOCITY  PROGRAM
 *   end    TICK
 *
 * Returns: (transfer full) (nullable): the whole piece; NULL with @error set
 */
PartitaScore *
cli_compose_stream(const PartitaComposer *composer,
                   const PartitaComposeOptions *options,
                   GError **error);

#endif
