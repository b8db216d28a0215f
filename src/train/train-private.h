// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_TRAIN_PRIVATE_H
#define PARTITA_TRAIN_PRIVATE_H

#include <model/model-private.h>
#include <partita/train.h>

/* Settings: what a run does, apart from its length. */

typedef enum {
  PARTITA_OPTIMIZER_ADAMW,
  PARTITA_OPTIMIZER_SGD, ///< with momentum
  PARTITA_OPTIMIZER_MUON ///< matrices of hidden layers; AdamW for the rest
} PartitaOptimizerKind;

/// Returns: false if there is no optimiser of that name
bool
partita_optimizer_find(const char *name, PartitaOptimizerKind *kind);

/// (transfer none)
const char *
partita_optimizer_get_name(PartitaOptimizerKind kind);

typedef struct {
  PartitaModelConfig config;
  size_t context; // steps of a chunk
  size_t segment; // tokens that a row reads of a piece before it takes another
  size_t rows;    // of the batch
  size_t shards;  // the batch is cut into as many; divides rows
  PartitaOptimizerKind optimizer;
  double learning_rate; // at its highest
  double beta1;         // of AdamW
  double beta2;
  double weight_decay;
  double clip;
  double passes; // after which the run ends though there is time; 0: none
  uint64_t seed;
  char size[8];             // its name
  char reason[192];         // why these were chosen; empty if they were given
  double choosing_s;        // seconds that this took
  size_t evaluation_tokens; // held out, taken while training; at the end all
  size_t held_out_length;   // tokens of a held-out piece that are read
  bool transposing;       // pieces are moved at random each time they are seen
  unsigned augmentations; // what else is done to them, #PartitaAugmentation
  double balance;         // of styles, 0 for none
  const PartitaNnBackend *backend; // of the matrix products
} PartitaTrainSettings;

/// Semitones a training piece is moved by, each way.
#define PARTITA_TRANSPOSE_MIN (-5)
#define PARTITA_TRANSPOSE_MAX 6

/**
 * partita_train_settings_init:
 *
 * Returns: false with @error set if @options are not to be granted
 */
bool
partita_train_settings_init(PartitaTrainSettings *settings,
                            const PartitaCorpus *corpus,
                            const PartitaTrainOptions *options,
                            GError **error);

/// What the settings do to the keys of pieces, as the metadata name it.
const char *
partita_train_name_transposition(const PartitaTrainSettings *settings,
                                 const PartitaCorpus *corpus);

/// What partita_train_settings_init() does for the size "auto".
bool
partita_train_settings_choose(PartitaTrainSettings *settings,
                              const PartitaCorpus *corpus,
                              const PartitaTrainOptions *options,
                              GError **error);

/// Repeats the choice in the checkpoint of the options' folder.
/// Returns: false if there is none to be had
bool
partita_train_settings_recall(PartitaTrainSettings *settings,
                              const PartitaCorpus *corpus,
                              const PartitaTrainOptions *options);

/// Tokens of the pieces on one side.
size_t
partita_train_count_tokens(const PartitaCorpus *corpus, bool valid);

/// (transfer full) (element-type uint32_t): the pieces to learn from
GArray *
partita_train_find_training(const PartitaCorpus *corpus);

/// Returns: false with @error set (%PARTITA_TRAIN_ERROR_MEMORY)
bool
partita_train_refuse_memory(GError **error);

/// (transfer full): the settings as a JSON object, equal for equal ones
char *
partita_train_settings_describe(const PartitaTrainSettings *settings);

/// Writes the metadata that model.h names; neither time nor machine enter,
/// so that equal runs give equal files.
void
partita_train_write_metadata(PartitaModel *model,
                             const PartitaCorpus *corpus,
                             const PartitaTrainSettings *settings,
                             const PartitaTrainReport *report);

/**
 * partita_train_write_prompts:
 *
 * Writes "prompts", a JSON array with an array for each training piece: the
 * semitones it was moved by, then the ids of its controls. It is what composing
 * draws controls from that nobody asks for. A model sees each piece's prompt
 * once while it sees its music token by token, so it would learn them last.
 */
void
partita_train_write_prompts(PartitaModel *model, const PartitaCorpus *corpus);

/// Writes means and deviations of the measures of the training pieces of each
/// style, and of all, into the metadata.
void
partita_train_write_measures(PartitaModel *model, const PartitaCorpus *corpus);

/**
 * partita_train_write_styles:
 *
 * Writes "styles", a JSON object with an object for each style, and for all as
 * "": how many training "pieces" it has and, where the scheme says so, their
 * quartiles of "tempo" in quarters a minute, and the "meters" and General MIDI
 * "programs" that at least one piece in ten has, the most frequent first; the
 * "voices", drums aside, that three pieces of four do not exceed for 99 % of
 * their time; and
 * "registers", an array for each program that five pieces or more have, of it
 * and the pitches, in the pieces' own keys, that no more than one in twenty
 * goes below, and above.
 */
void
partita_train_write_styles(PartitaModel *model, const PartitaCorpus *corpus);

/// Writes into the metadata whether products of bytes, where this chip has
/// them, move the loss of @pieces by less than 0.5 %, so that generation uses
/// them.
void
partita_train_choose_generation(PartitaModel *model,
                                const PartitaCorpus *corpus,
                                const GArray *pieces,
                                const PartitaTrainSettings *settings);

/**
 * partita_train_plan_init:
 * @n_ranks: processes; what one of them takes is planned
 * @resume: whether a checkpoint will be read
 *
 * Returns: false if there is no model of that shape
 */
bool
partita_train_plan_init(PartitaTrainPlan *plan,
                        const PartitaTrainSettings *settings,
                        size_t n_ranks,
                        bool resume);

/**
 * partita_train_plan_check:
 * @available_bytes: 0 for any
 *
 * Returns: false with @error set (%PARTITA_TRAIN_ERROR_MEMORY) if more would be
 * taken
 */
bool
partita_train_plan_check(const PartitaTrainPlan *plan,
                         size_t available_bytes,
                         GError **error);

/**
 * partita_train_with_settings:
 * @options: checked; architecture, size and seed are those of @settings
 *
 * What partita_train() does, with other settings than the sizes have.
 */
PartitaModel *
partita_train_with_settings(const PartitaCorpus *corpus,
                            const PartitaTrainOptions *options,
                            const PartitaTrainSettings *settings,
                            PartitaTrainReport *report,
                            GError **error);

/* Schedule. */

/**
 * partita_train_schedule:
 * @share: of the run that is done, 0 to 1
 *
 * Linear warm-up, then constant, then a linear fall in the last three tenths to
 * a fiftieth of the peak.
 * Source: Haegele et al. 2024, arXiv:2405.18392, section 3.
 *
 * Returns: the learning rate as a share of the peak
 */
double
partita_train_schedule(double share);

/* Stream: segments of the pieces, cut into chunks. */

/// One chunk of every row, cut into shards.
typedef struct {
  size_t first;     // shard that is here, 0 unless limited
  size_t shards;    // that are here
  size_t rows;      // of a shard
  size_t steps;     // of a chunk
  size_t n_fields;  // of the model
  uint16_t *inputs; // shape [shards, steps, rows, n_fields]
  int32_t *targets; // shape [shards, steps, rows]
  uint8_t *reset;   // shape [shards, steps, rows]
  size_t n_targets; // that count, of all shards
} PartitaChunk;

typedef struct PartitaStream PartitaStream;

/**
 * partita_train_balance:
 * @pieces: (element-type uint32_t): indices in the corpus
 * @balance: from 0 to 1
 *
 * A style that has 1/k of the tokens of the largest one (those without a style
 * counting as one) comes k^@balance times, 16 at most. Source: sampling by
 * temperature, Conneau et al. 2020, arXiv:1911.02116, section 3.1.
 *
 * Returns: (transfer full) (element-type uint32_t): @pieces, some of them often
 */
GArray *
partita_train_balance(const PartitaCorpus *corpus,
                      const GArray *pieces,
                      double balance);

/**
 * partita_stream_new:
 * @pieces: (element-type uint32_t): indices in the corpus, copied
 * @settings: the shape of the chunks, and the seed
 * @training: whether the stream has no end, each pass in another order, its
 * styles balanced, its pieces changed and their controls dropped by chance;
 * else each piece comes once, as it is, in the order given
 *
 * Rows read segments of pieces (segments.h) one after another; the next one
 * goes to the row that is free first. The stream is a function of its
 * arguments.
 */
PartitaStream *
partita_stream_new(const PartitaCorpus *corpus,
                   const GArray *pieces,
                   const PartitaTrainSettings *settings,
                   bool training);

/// Chunks hold only @n shards from @first on from now on; of the others is
/// known how far they are read.
void
partita_stream_limit(PartitaStream *stream, size_t first, size_t n);

void
partita_stream_free(PartitaStream *stream);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PartitaStream, partita_stream_free)

/**
 * partita_stream_next:
 *
 * Returns: (transfer none): the next chunk, valid until the next call; its
 * n_targets is 0 once a stream that is not for training has ended
 */
const PartitaChunk *
partita_stream_next(PartitaStream *stream);

/// Times the pieces were seen so far: tokens read a token of the pieces.
double
partita_stream_get_epoch(const PartitaStream *stream);

/// Numbers in the state of a stream.
size_t
partita_stream_get_state_size(const PartitaStream *stream);

/// @state: (out caller-allocates): shape [state_size]: the stream's place
void
partita_stream_get_state(const PartitaStream *stream, uint64_t *state);

/**
 * partita_stream_set_state:
 * @state: shape [state_size], from a stream of the same arguments
 *
 * Brings a stream for training to where the other was.
 *
 * Returns: false if there is no such place; the stream is then of no use
 */
bool
partita_stream_set_state(PartitaStream *stream, const uint64_t *state);

/**
 * partita_augment:
 * @ids: (element-type uint16_t): a piece, changed in place
 * @augmentations: a set of #PartitaAugmentation, and %PARTITA_AUGMENT_TRANSPOSE
 * @serial: number of the piece in the run
 *
 * Does what it is asked to, a function of @seed and @serial alone: transposes
 * by a random interval, uniform over those of -5 to 6 semitones that keep every
 * instrument in its range (or in what it plays outside it already); moves the
 * tempo by up to two bins, a twelfth of an octave each; all velocities by up to
 * two bins of four; in one piece of four leaves out a track, but not the last
 * with pitched notes. Then leaves out each kind of control with probability
 * 1/4, all of them with probability 1/8, and rearranges one piece of four. The
 * piece stays legal, where parts are allowed.
 */
#define PARTITA_AUGMENT_TRANSPOSE (1u << 4)

void
partita_augment(const PartitaScheme *scheme,
                GArray *ids,
                unsigned augmentations,
                uint64_t seed,
                uint64_t serial);

/**
 * partita_rearrange_at_random:
 * @ids: (element-type uint16_t): a legal piece, changed in place
 *
 * Opens some of the piece: a few bars, of all its programs or some; some
 * programs all the way; or, of one program, all but its highest notes, with all
 * of the others. What is opened is a function of @seed and @serial alone.
 */
void
partita_rearrange_at_random(const PartitaScheme *scheme,
                            GArray *ids,
                            uint64_t seed,
                            uint64_t serial);

/// Which of its @n styles a piece is trained under this time.
uint32_t
partita_augment_draw_style(uint64_t seed, uint64_t serial, uint32_t n);

/* Crew: the workers of a model, one a shard; of all ranks together, if there
 * are any. */

typedef struct PartitaCrew PartitaCrew;

/**
 * partita_crew_new:
 * @threads: at most that many work at a time; 0 for one a core
 * @ranks: (nullable): each takes as many shards, a power of two; they do
 * together all of the below but measuring and setting the state
 *
 * Returns: (transfer full) (nullable): NULL with @error set if memory does not
 * suffice or the ranks cannot share the shards
 */
PartitaCrew *
partita_crew_new(const PartitaModel *model,
                 const PartitaTrainSettings *settings,
                 unsigned threads,
                 PartitaRanks *ranks,
                 GError **error);

void
partita_crew_free(PartitaCrew *crew);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PartitaCrew, partita_crew_free)

/**
 * partita_crew_run:
 * @step: of training, for dropout
 * @gradients: (out) (optional) (transfer none): shape [n_parameters]: of the
 * mean loss of the chunk, valid until the next call; without it no gradients
 * and no dropout
 *
 * Shards are summed in a fixed tree: the result does not depend on threads,
 * nor on ranks, and is the same on all of these.
 *
 * Returns: the summed negative log-likelihood, nats
 */
double
partita_crew_run(PartitaCrew *crew,
                 const PartitaChunk *chunk,
                 uint64_t step,
                 PartitaReal **gradients);

/**
 * partita_crew_share:
 * @run: is given all numbers from 0 to @n in parts, at the same time
 *
 * Shares work on a vector among the threads of the crew. The result must not
 * depend on where it is cut.
 */
void
partita_crew_share(PartitaCrew *crew,
                   size_t n,
                   void (*run)(size_t begin, size_t end, void *data),
                   void *data);

/// Makes the chunks of @stream what partita_crew_run() takes.
void
partita_crew_limit_stream(const PartitaCrew *crew, PartitaStream *stream);

/// Numbers in the state that all workers carry from chunk to chunk.
size_t
partita_crew_get_state_size(const PartitaCrew *crew);

/// @state: (out caller-allocates): shape [state_size], shard by shard; whole on
/// rank 0 only
void
partita_crew_get_state(const PartitaCrew *crew, PartitaReal *state);

void
partita_crew_set_state(PartitaCrew *crew, const PartitaReal *state);

/* Loss on held-out pieces. */

/**
 * partita_held_out:
 * @max_tokens: of a seeded subset, or 0 for all
 * @length: tokens of each piece that are read, at most
 *
 * Returns: (transfer full) (element-type uint32_t): pieces that are held out,
 * the longest first
 */
GArray *
partita_held_out(const PartitaCorpus *corpus,
                 uint64_t seed,
                 size_t max_tokens,
                 size_t length);

/// Tokens that the loss at the end is measured on, at most: a large corpus
/// would be measured for longer than it is learnt from.
#define PARTITA_FINAL_TOKENS_MAX 2000000u

/// Tokens of some pieces, of each of which @length are read at most.
size_t
partita_held_out_count(const PartitaCorpus *corpus,
                       const GArray *pieces,
                       size_t length);

/**
 * partita_crew_evaluate:
 *
 * The mean loss over every token after Bos, up to @settings->held_out_length of
 * them a piece. The state of the workers is the
 * same afterwards as before.
 *
 * Returns: nats a token, NaN if @pieces is empty
 */
double
partita_crew_evaluate(PartitaCrew *crew,
                      const PartitaCorpus *corpus,
                      const GArray *pieces,
                      const PartitaTrainSettings *settings);

#endif
