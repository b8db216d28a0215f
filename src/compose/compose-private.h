// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_COMPOSE_PRIVATE_H
#define PARTITA_COMPOSE_PRIVATE_H

#include <compose/constraint.h>
#include <compose/melody.h>
#include <compose/trace.h>
#include <partita/compose.h>

/// Returns false, with @error set to a wish that cannot be granted.
bool
partita_compose_refuse(GError **error, const char *format, ...)
  G_GNUC_PRINTF(2, 3);

/// Bars added when none are asked for.
#define PARTITA_COMPOSE_NEW_BARS 16

/// As partita_composer_match_style().
const char *
partita_compose_match_style(const PartitaScheme *scheme, const char *name);

/// (transfer full): "; did you mean waltz?", or "" if no style is called much
/// like @name
char *
partita_compose_suggest_style(const PartitaScheme *scheme, const char *name);

/// Tokens a bar, on the mean, after which a piece may only move on in time.
/// No piece of the real sets comes near it; it bounds the work of a model
/// that would fill a bar for ever.
#define PARTITA_COMPOSE_BAR_TOKENS_MAX 512

/// Spans of time a bar: a bar line is one bar; shifts, from 10 ms up in steps
/// of 10 ms, count towards the two seconds that are a bar without bar lines;
/// of four voices in sixteenths, each pitch is a 64th of a bar.
#define PARTITA_COMPOSE_SPAN_BAR 1600
#define PARTITA_COMPOSE_SPAN_10_MS 8
#define PARTITA_COMPOSE_SPAN_VOICE 25

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
  bool has_voices;  // whether it says every voice at every step
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

typedef struct PartitaFrame PartitaFrame;

/// A wish that was found good, ready to be composed any number of times.
typedef struct {
  const PartitaComposer *composer;
  PartitaComposeOptions options; ///< what it points to is borrowed
  size_t bars;                   ///< of the whole piece
  int style;                     ///< id of the style's token, or -1
  GArray *primer;                ///< (nullable): Bos to where the new music
                                 ///< begins
  PartitaBarGrid *grid;          ///< (nullable): of the primer
  uint32_t primer_end;           ///< where it ends, in ticks of the scheme
  int shift; ///< semitones the primer was moved by to the model's key
  PartitaMelody *melody; ///< (nullable): given
  PartitaFrame *frame;   ///< (nullable): of the music to work on
} PartitaComposePlan;

/**
 * partita_compose_plan_new:
 *
 * Checks the options and readies the primer.
 *
 * Returns: (transfer full) (nullable): NULL with @error set if a wish cannot be
 * granted
 */
PartitaComposePlan *
partita_compose_plan_new(const PartitaComposer *composer,
                         const PartitaComposeOptions *options,
                         GError **error);

void
partita_compose_plan_free(PartitaComposePlan *plan);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PartitaComposePlan, partita_compose_plan_free)

/**
 * partita_compose_draw_prompt:
 * @index: of the piece
 * @key: whose mode to have if any has that and instruments asked for, -1 for
 *   any
 *
 * Returns: (transfer none) (nullable): the controls of a training piece of the
 * style, each as likely as the other; of any style if none is wished, each as
 * likely as the other, however many pieces it has. NULL if there is none
 */
const PartitaComposePrompt *
partita_compose_draw_prompt(const PartitaComposePlan *plan,
                            uint64_t index,
                            int key);

/// Whether @prompt has the token @style, which is -1 for any.
bool
partita_compose_prompt_has_style(const PartitaComposePrompt *prompt, int style);

/// Of notes a quarter, for the control token: half an octave a level; one note
/// a quarter is level 2.
int
partita_compose_density_level(double density);

/// (nullable) (transfer none): the style of a piece with controls: that which
/// is asked for, or that of the prompt drawn for it
const char *
partita_compose_settle_style(const PartitaComposePlan *plan, uint64_t index);

/**
 * partita_compose_make_prompt:
 * @shift: (out): semitones from the piece's key to the model's
 *
 * Returns: (transfer full): what the controls ask for, and for the rest the
 * controls of a training piece of the style and the mode, after Bos
 */
GArray *
partita_compose_make_prompt(const PartitaComposePlan *plan,
                            uint64_t index,
                            int *shift);

/// How many training pieces of @style, -1 for any, have each program.
void
partita_compose_count_programs(const PartitaComposer *composer,
                               int style,
                               size_t counts[PARTITA_N_PROGRAMS]);

/**
 * partita_compose_read_programs:
 * @programs: (out caller-allocates): shape [%PARTITA_N_PROGRAMS]
 *
 * Returns: whether the controls at the head of @ids name any
 */
bool
partita_compose_read_programs(const PartitaComposer *composer,
                              const GArray *ids,
                              bool *programs);

/// The key in which the model hears music in @key.
int
partita_compose_model_key(const PartitaComposer *composer, int key);

/// Puts what @controls ask for into the prompt of a primer.
void
partita_compose_wish_for_primer(const PartitaComposer *composer,
                                const PartitaControls *controls,
                                PartitaPrompt *prompt);

/**
 * partita_compose_check_primer:
 *
 * Returns: false with @error set, which names it, if @primer breaks a promise
 */
bool
partita_compose_check_primer(const PartitaControls *controls,
                             const PartitaScore *primer,
                             GError **error);

/**
 * partita_compose_ready_primer:
 * @plan: with its composer, options and bars; all that it says of the primer
 *   is set, and its bars become those of the whole piece
 *
 * Returns: false with @error set
 */
bool
partita_compose_ready_primer(PartitaComposePlan *plan, GError **error);

/**
 * partita_primer_join:
 * @composed: the piece on the scheme's grid, in its own key
 *
 * Returns: (transfer full): the primer as it was given, and behind it what was
 * composed
 */
PartitaScore *
partita_primer_join(const PartitaComposePlan *plan,
                    const PartitaScore *composed);

/**
 * PartitaPiece:
 *
 * A piece on its way: its ids so far, and all that says which may come next.
 * It knows no model: who drives it shows each id to one and brings the logits.
 */
typedef struct {
  const PartitaComposePlan *plan;
  uint64_t index;
  PartitaGrammar *grammar;
  GArray *given; ///< uint16_t: primer or prompt, from Bos; all that is given of
                 ///< an arrangement
  GArray *ids;   ///< uint16_t
  uint8_t *mask; ///< shape [vocab]
  PartitaControls *controls;        ///< (nullable): those of the options, and
                                    ///< what the piece adds to them
  PartitaConstraint *constraint;    ///< (nullable)
  PartitaTrace *trace;              ///< (nullable)
  struct PartitaArranger *arranger; ///< (nullable)
  size_t drawn;                     ///< ids
  bool prompted;                    ///< all controls are given
  int shift;         ///< semitones from the piece's key to the model's
  size_t time;       ///< reckoned in spans
  size_t done;       ///< bars that are whole
  size_t given_done; ///< bars of what was given
} PartitaPiece;

/// @plan must outlive the piece.
PartitaPiece *
partita_piece_new(const PartitaComposePlan *plan, uint64_t index);

void
partita_piece_free(PartitaPiece *piece);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PartitaPiece, partita_piece_free)

/**
 * partita_piece_advance:
 * @logits: shape [vocab]: after the last id; changed. Not read while ids that
 *   are given come
 *
 * Takes one more id.
 *
 * Returns: false with @error set if the grammar refuses it, which no caller
 * should let happen
 */
bool
partita_piece_advance(PartitaPiece *piece, float *logits, GError **error);

/// @inputs: shape [1 + n_fields]: what a model is shown after the last id
void
partita_piece_get_inputs(const PartitaPiece *piece, uint16_t *inputs);

/**
 * partita_piece_finish:
 * @piece: complete
 *
 * Decodes the ids, looks in the score for what was promised, and brings it to
 * its own key.
 *
 * Returns: (transfer full) (nullable): NULL with @error set if a promise is
 * broken
 */
PartitaScore *
partita_piece_finish(const PartitaPiece *piece, GError **error);

/// (transfer full) (nullable): a state of the composer's model; NULL with
/// @error set if memory does not suffice
PartitaModelState *
partita_compose_new_state(const PartitaComposer *composer,
                          size_t rows,
                          GError **error);

/**
 * partita_piece_restrict:
 *
 * Sets the piece's mask to the ids that may come next, at least one: those of
 * the grammar, less what each wish takes out of them. The one place where
 * masks meet.
 */
void
partita_piece_restrict(PartitaPiece *piece);

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
