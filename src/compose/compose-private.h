// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_COMPOSE_PRIVATE_H
#define PARTITA_COMPOSE_PRIVATE_H

#include <partita/compose.h>

/// Bars added when none are asked for.
#define PARTITA_COMPOSE_NEW_BARS 16

/// Tokens a bar, on the mean, after which a piece may only move on in time.
/// No piece of the real sets comes near it; it bounds the work of a model
/// that would fill a bar for ever.
#define PARTITA_COMPOSE_BAR_TOKENS_MAX 512

/// Spans of time a bar: a bar line is one bar; shifts, from 10 ms up in steps
/// of 10 ms, count towards the two seconds that are a bar without bar lines.
#define PARTITA_COMPOSE_SPAN_BAR 200

/// What composing must know of a token.
typedef enum {
  PARTITA_KIND_OTHER,
  PARTITA_KIND_STYLE, ///< control
  PARTITA_KIND_BARS,  ///< control
  PARTITA_KIND_VELOCITY,
  PARTITA_KIND_BAR,   ///< begins a bar
  PARTITA_KIND_SHIFT, ///< lets time pass
  PARTITA_KIND_EOS
} PartitaTokenKind;

/// The controls of a training piece.
typedef struct {
  int shift;   // semitones from its key to the model's
  GArray *ids; // uint16_t
} PartitaComposePrompt;

struct PartitaComposer {
  const PartitaModel *model;
  PartitaScheme *scheme;
  size_t vocab;
  size_t n_fields;  // of the grammar, one less than of the model
  uint8_t *kinds;   // shape [vocab]: PartitaTokenKind
  uint16_t *spans;  // shape [vocab]: time that a token lets pass
  bool has_bars;    // whether the scheme writes bar lines
  int16_t *pitches; // shape [vocab]: of the tokens that sound, else -1
  bool common_key;  // the model knows C major and A minor only
  GArray *prompts;  // PartitaComposePrompt: of the training pieces
};

/**
 * partita_compose_parse_prompts:
 * @json: (nullable): the model's metadata "prompts"
 * @vocab: ids are below it
 *
 * Returns: (transfer full) (element-type PartitaComposePrompt): the prompts
 * that are whole; none if there is nothing of the kind
 */
GArray *
partita_compose_parse_prompts(const char *json, size_t vocab);

/**
 * partita_compose_draw_prompt:
 * @style: id of the style's token that the prompt must hold, -1 for any
 *
 * Returns: (transfer none) (nullable): the controls of a training piece, each
 * as likely as the other; NULL if none has the style
 */
const PartitaComposePrompt *
partita_compose_draw_prompt(const PartitaComposer *composer,
                            int style,
                            const PartitaComposeOptions *options);

/**
 * partita_compose_plan:
 * @primer_ids: (out) (transfer full) (nullable): Bos to where the new music
 * begins; NULL without a primer
 * @shift: (out): semitones the primer was moved by to the model's key
 * @bars: (out): of the whole piece
 *
 * Checks the options and readies the primer.
 *
 * Returns: false with @error set if a wish cannot be granted
 */
bool
partita_compose_plan(const PartitaComposer *composer,
                     const PartitaComposeOptions *options,
                     GArray **primer_ids,
                     int *shift,
                     size_t *bars,
                     GError **error);

/**
 * partita_compose_check_options:
 *
 * Ranges of the numbers, and that the style exists.
 */
bool
partita_compose_check_options(const PartitaComposer *composer,
                              const PartitaComposeOptions *options,
                              GError **error);

/**
 * partita_compose_restrict_prompt:
 * @style: id of the style's token, -1 for no style
 * @ids: the tokens so far
 * @mask: what the grammar allows after them; left with at least one id
 *
 * Takes out of @mask what would leave out the length or the style wished for,
 * or name another style. Other controls are the model's to draw.
 */
void
partita_compose_restrict_prompt(const PartitaComposer *composer,
                                const PartitaGrammar *grammar,
                                int style,
                                const GArray *ids,
                                uint8_t *mask);

#endif
