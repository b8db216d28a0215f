// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_COMPOSE_H
#define PARTITA_COMPOSE_H

#include <gio/gio.h>
#include <partita/arrange.h>
#include <partita/controls.h>
#include <partita/model.h>
#include <partita/token.h>

G_BEGIN_DECLS

#define PARTITA_COMPOSE_ERROR (partita_compose_error_quark())

typedef enum {
  PARTITA_COMPOSE_ERROR_OPTIONS, ///< a wish that cannot be granted
  PARTITA_COMPOSE_ERROR_MODEL    ///< a model that does not fit its scheme
} PartitaComposeError;

PARTITA_API GQuark
partita_compose_error_quark(void);

/// How an id is drawn from the logits; the steps are taken in this order.
typedef struct {
  double temperature; ///< divides the logits, over 0; near 0 the likeliest
  unsigned top_k;     ///< keep the k likeliest; 0 for all
  double top_p;       ///< then the fewest that hold this share; 1 for all
  double min_p; ///< then those at least this share of the likeliest; 0 for all
} PartitaSampling;

/**
 * partita_sample:
 * @logits: shape [n]; changed: on return the probabilities drawn from
 * @mask: shape [n]: 1 where the id may be drawn; at least one
 * @uniform: a random number, at least 0 and below 1
 *
 * Source: top-p: Holtzman et al. 2020, arXiv:1904.09751; min-p: Nguyen et al.
 * 2024, arXiv:2407.01082.
 *
 * Returns: an id whose mask is 1, even if logits are not finite
 */
PARTITA_API uint16_t
partita_sample(float *logits,
               const uint8_t *mask,
               size_t n,
               const PartitaSampling *sampling,
               double uniform);

/**
 * PartitaComposer: a model together with its token scheme, ready to compose.
 * May be shared between threads.
 */
typedef struct PartitaComposer PartitaComposer;

/**
 * partita_composer_new:
 * @model: must outlive the composer
 *
 * Returns: (transfer full) (nullable): NULL with @error set if the model names
 * no scheme that this version has
 */
PARTITA_API PartitaComposer *
partita_composer_new(const PartitaModel *model, GError **error);

PARTITA_API void
partita_composer_free(PartitaComposer *composer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PartitaComposer, partita_composer_free)

PARTITA_API const PartitaScheme *
partita_composer_get_scheme(const PartitaComposer *composer);

/**
 * partita_composer_match_style:
 *
 * Returns: (transfer none) (nullable): the style of the model that is called
 * @name but for case, blanks, hyphens and underscores
 */
PARTITA_API const char *
partita_composer_match_style(const PartitaComposer *composer, const char *name);

#define PARTITA_COMPOSE_BARS_MAX 4096

/// A pitch the model might have had instead.
typedef struct {
  unsigned pitch;
  double probability; ///< 0 if there is none
} PartitaAlternative;

#define PARTITA_ALTERNATIVES 3

/// Why a note is what it is.
typedef struct {
  size_t bar;      ///< counted from 0
  double quarters; ///< from the bar line
  unsigned program;
  unsigned pitch;
  double log_probability; ///< of all its tokens, in nats, under the model alone
  double entropy;         ///< of the model where the pitch was drawn, in nats
  PartitaAlternative alternatives[PARTITA_ALTERNATIVES]; ///< the likeliest
  unsigned acted; ///< controls that took away what the model found likeliest,
                  ///< bits of a set (partita_constraint_name())
} PartitaNoteReason;

/// (nullable) (transfer none): the control of bit @bit, NULL past the last
PARTITA_API const char *
partita_constraint_name(unsigned bit);

/// What a piece took for itself, since nobody asked for it.
typedef struct {
  const char *style; ///< (nullable): one of the scheme's styles; also the one
                     ///< that was asked for
  int ending;        ///< key (partita_key_name()) on whose chord it ends, or -1
} PartitaTaken;

typedef struct {
  const char *style;          ///< (nullable): one of the scheme's styles,
                              ///< as partita_composer_match_style() takes it
  const PartitaScore *primer; ///< (nullable): music to continue
  const PartitaControls *controls; ///< (nullable): promises to keep; with the
                                   ///< scheme "remi" only; what they leave
                                   ///< open of metre, voices and registers
                                   ///< is the style's
  const PartitaScore *melody; ///< (nullable): music whose top line is set in
                              ///< four voices; with the scheme "grid" only
  const PartitaArrangement *arrangement; ///< (nullable): music to work on; with
                                         ///< the scheme "remi" only
  size_t bars; ///< of the finished piece, primer included; 0 for 16 new bars;
               ///< not read with a melody or an arrangement
  PartitaSampling sampling;
  uint64_t seed;
  uint64_t index;            ///< of the piece: each has its own random numbers
  GCancellable *cancellable; ///< (nullable)
  /// (nullable)
  void (*progress)(size_t bars_done, size_t bars, void *data);
  void *progress_data;
  /// (nullable) (element-type PartitaNoteReason): of one piece with controls,
  /// why each note that is drawn is what it is, in order
  GArray *reasons;
  /// (nullable): shape [pieces]: set to the mean log-probability of the ids
  /// drawn for each piece, in nats, under the model alone
  double *likelihoods;
  PartitaTaken *taken; ///< (nullable): shape [pieces]: set for each piece
} PartitaComposeOptions;

/**
 * partita_compose_blend_styles:
 * @model: changed in place if there is more than one style
 * @blend: "chorale:0.7,blues:0.3"; a share left out is 1
 *
 * The style with the largest share comes to stand for the mean of them all: of
 * the embeddings by which the model knows them, weighted by the shares.
 *
 * Returns: (transfer full) (nullable): its name; NULL with @error set
 */
PARTITA_API char *
partita_compose_blend_styles(PartitaModel *model,
                             const char *blend,
                             GError **error);

/**
 * partita_composer_find_style:
 *
 * Returns: (transfer full) (nullable): the style in which the model finds
 * @score likeliest; NULL, without @error if it knows no styles
 */
PARTITA_API char *
partita_composer_find_style(const PartitaComposer *composer,
                            const PartitaScore *score,
                            GError **error);

/**
 * partita_composer_rate:
 * @style: (nullable): for all the model learnt
 * @furthest: (out): the measure that is furthest off, %PARTITA_N_MEASURES if
 * nothing is known
 *
 * Returns: how far the measures of @score lie from those of the style's
 * training pieces: the mean of the distances, in standard deviations of those;
 * 0 if nothing is known
 */
PARTITA_API double
partita_composer_rate(const PartitaComposer *composer,
                      const char *style,
                      const PartitaScore *score,
                      PartitaMeasure *furthest);

/**
 * partita_composer_settle_length:
 * @style: (nullable): for all the model learnt
 * @controls: with seconds; a metre, and a tempo unless one is asked for, are
 * set
 * @bars: (inout): 0 if they may be chosen
 *
 * Finds the bars that last as long as is asked for, in the metre and about the
 * tempo of the style; where the tempo is free it is set so that they do
 * exactly.
 *
 * Returns: false with @error set if there would be too many
 */
PARTITA_API bool
partita_composer_settle_length(const PartitaComposer *composer,
                               const char *style,
                               PartitaControls *controls,
                               size_t *bars,
                               GError **error);

/// Temperature 1, no truncation but min-p 0.05, 16 bars, seed 0.
PARTITA_API void
partita_compose_options_init(PartitaComposeOptions *options);

/**
 * partita_compose:
 *
 * Draws ids under the scheme's grammar until the piece is whole, and decodes
 * them. With the same model, options and machine the score is the same.
 *
 * Returns: (transfer full) (nullable): a piece of exactly the bars asked for;
 * NULL with @error set
 */
PARTITA_API PartitaScore *
partita_compose(const PartitaComposer *composer,
                const PartitaComposeOptions *options,
                GError **error);

/**
 * partita_compose_loop:
 * @options: with the scheme "remi", neither primer, melody nor arrangement
 *
 * Composes bars whose end leads back to their beginning: the last quarter of
 * them is written anew, in sight of the first ones. There is no ending, and no
 * note goes on past the last bar.
 *
 * Returns: (transfer full) (nullable): exactly the bars asked for; NULL with
 * @error set
 */
PARTITA_API PartitaScore *
partita_compose_loop(const PartitaComposer *composer,
                     const PartitaComposeOptions *options,
                     GError **error);

/**
 * PartitaComposition: one piece in the making, to be heard while the rest of it
 * is still open.
 */
typedef struct PartitaComposition PartitaComposition;

/**
 * partita_composition_new:
 * @options: what it points to must outlive the composition
 *
 * Returns: (transfer full) (nullable): the piece that partita_compose() makes
 * of the same options, before its first note; NULL with @error set
 */
PARTITA_API PartitaComposition *
partita_composition_new(const PartitaComposer *composer,
                        const PartitaComposeOptions *options,
                        GError **error);

PARTITA_API void
partita_composition_free(PartitaComposition *composition);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PartitaComposition, partita_composition_free)

/**
 * partita_composition_next:
 * @event: (out caller-allocates): in ticks of partita_composition_get_ppq()
 *
 * Draws on until a token settles something, which then will not change; see
 * partita_grammar_get_events() for the order. The events are those of the
 * finished score; only of music that is given, a primer, a melody or an
 * arrangement, they are as they lie on the scheme's grid, what is given in a
 * bar before what is new in it.
 *
 * Returns: false after the last event, and, with @error set, on failure
 */
PARTITA_API bool
partita_composition_next(PartitaComposition *composition,
                         PartitaScoreEvent *event,
                         GError **error);

/// Ticks a quarter.
PARTITA_API uint16_t
partita_composition_get_ppq(const PartitaComposition *composition);

/**
 * partita_composition_finish:
 *
 * Draws what is still open. May be called again.
 *
 * Returns: (transfer full) (nullable): the whole piece, as partita_compose()
 */
PARTITA_API PartitaScore *
partita_composition_finish(PartitaComposition *composition, GError **error);

/// Takes the finished piece of number @index; false with @error set ends the
/// work.
typedef bool
PartitaComposeTaker(uint64_t index,
                    const PartitaScore *score,
                    void *data,
                    GError **error);

/**
 * partita_compose_many:
 * @options: of all pieces; the first has its index, the next ones follow;
 *   progress counts the bars of all
 * @n: at least 1
 * @threads: to work on; 0 for one a core
 *
 * Composes @n pieces, several at a time, and calls @take and the progress on
 * the calling thread, the pieces in order. A piece is the one that
 * partita_compose() makes of its index: neither the pieces beside it nor the
 * threads can be told from it.
 *
 * Returns: false with @error set; the pieces before were taken
 */
PARTITA_API bool
partita_compose_many(const PartitaComposer *composer,
                     const PartitaComposeOptions *options,
                     size_t n,
                     unsigned threads,
                     PartitaComposeTaker *take,
                     void *data,
                     GError **error);

G_END_DECLS

#endif
