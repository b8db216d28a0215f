// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_TRAIN_H
#define PARTITA_TRAIN_H

#include <partita/corpus.h>
#include <partita/model.h>

G_BEGIN_DECLS

#define PARTITA_TRAIN_ERROR (partita_train_error_quark())

typedef enum {
  PARTITA_TRAIN_ERROR_OPTIONS,  ///< no such model, size or limit
  PARTITA_TRAIN_ERROR_DIVERGED, ///< the loss is no number any more
  PARTITA_TRAIN_ERROR_RESUME,   ///< no checkpoint, a broken one, or of another
                                ///< run
  PARTITA_TRAIN_ERROR_BUSY,     ///< another run is at work in the folder
  PARTITA_TRAIN_ERROR_RANKS,    ///< processes that cannot be one training
  PARTITA_TRAIN_ERROR_MEMORY    ///< more than there is would be needed
} PartitaTrainError;

PARTITA_API GQuark
partita_train_error_quark(void);

/**
 * PartitaRanks:
 *
 * The processes that take part in one training, as mpirun started them.
 */
typedef struct PartitaRanks PartitaRanks;

/**
 * partita_ranks_join:
 *
 * To be called once, by a process that was started as one of several, from the
 * thread that trains; waits for the others. MPI is loaded only here: from
 * libpartita-mpi.so, which lies beside the library if it was built.
 *
 * Returns: (transfer full) (nullable): NULL with @error set
 */
PARTITA_API PartitaRanks *
partita_ranks_join(GError **error);

/**
 * partita_ranks_leave:
 * @ranks: (transfer full) (nullable)
 *
 * To be called once all has gone well; waits for the others. A process that
 * ends with an exit status other than 0 and does not leave ends the others.
 */
PARTITA_API void
partita_ranks_leave(PartitaRanks *ranks);

/// @ranks: (nullable): of one process alone, which is rank 0
PARTITA_API size_t
partita_ranks_get_rank(const PartitaRanks *ranks);

/// @ranks: (nullable): 1
PARTITA_API size_t
partita_ranks_get_size(const PartitaRanks *ranks);

/// How training goes, given to the callback.
typedef struct {
  uint64_t step;
  uint64_t steps;         ///< until the end; 0 if minutes decide
  double share;           ///< of the run that is done, 0 to 1
  double epoch;           ///< times the corpus was seen
  double loss;            ///< running mean, nats a token
  double valid_loss;      ///< last held-out loss, NaN before the first
  double best_valid_loss; ///< NaN before the first
  uint64_t best_step;     ///< that gave it
  double learning_rate;
  double gradient_norm; ///< before clipping
  double tokens_per_s;
  double left_s;  ///< time left
  bool evaluated; ///< a held-out loss was just measured
} PartitaTrainStatus;

/// What a run is about to do, given to the callback before memory is taken;
/// of several processes what one takes.
typedef struct {
  const PartitaModelConfig *config;
  size_t n_parameters;
  size_t context; ///< tokens of a row that are learnt from at once
  size_t rows;    ///< of the batch
  size_t shards;
  const char *reason; ///< (nullable): why these were chosen; NULL if they were
                      ///< given
  size_t weights_bytes;    ///< now, and at their best
  size_t moments_bytes;    ///< of the optimiser, with what it works in
  size_t gradients_bytes;  ///< of all shards
  size_t workers_bytes;    ///< activations of all shards
  size_t segments_bytes;   ///< of music that waits to be learnt from, at most
  size_t checkpoint_bytes; ///< to read it, if there is one to go on from
  size_t total_bytes;      ///< of these at their highest
} PartitaTrainPlan;

/// What is done to a training piece each time it is seen; bits of a set.
/// Held-out pieces stay as they are.
typedef enum {
  PARTITA_AUGMENT_TEMPO = 1 << 0,    ///< faster or slower, by 12 % at most
  PARTITA_AUGMENT_VELOCITY = 1 << 1, ///< louder or softer, by 8 at most
  PARTITA_AUGMENT_TRACKS = 1 << 2,   ///< now and then without one of its tracks
  PARTITA_AUGMENT_PARTS = 1 << 3 ///< one in four rearranged, to be filled in or
                                 ///< accompanied; only where the scheme has
                                 ///< parts
} PartitaAugmentation;

/**
 * partita_augmentations_parse:
 * @list: "none", or names with commas between: tempo, velocity, tracks,
 * parts
 * @augmentations: (out): a set of #PartitaAugmentation
 *
 * Returns: false, with @augmentations unchanged, if it is not such a list
 */
PARTITA_API bool
partita_augmentations_parse(const char *list, unsigned *augmentations);

/// (transfer full): such a list, "" for none
PARTITA_API char *
partita_augmentations_describe(unsigned augmentations);

/// One of minutes, epochs and steps decides the length; 0 means not given.
typedef struct {
  const char *architecture; ///< "lstm" or "transformer"
  /// "tiny", "small" or "base"; "auto": size, batch, dropout and an end before
  /// the minutes' are chosen by the corpus and, with minutes, by what is
  /// measured of this machine in a few seconds
  const char *size;
  double minutes;
  double epochs;
  uint64_t steps;
  uint64_t seed;
  size_t layers;         ///< of the network, 0 for what the size has
  bool has_dropout;      ///< whether @dropout is asked for, else it is chosen
  double dropout;        ///< share of numbers left out in training
  size_t context;        ///< steps of a chunk, 0 for what the size has
  double learning_rate;  ///< at its highest; 0 for what the size has
  bool has_weight_decay; ///< whether @weight_decay is asked for
  double weight_decay;   ///< decoupled, a step: times the learning rate
  const char *optimizer; ///< (nullable): "adamw", which NULL is too, "sgd" or
                         ///< "muon"
  size_t rows;           ///< of the batch, 0 for what the size has
  size_t shards;         ///< that the batch is cut into, each the work of one
                         ///< thread; 0 for 2; divides @rows
  unsigned threads;      ///< workers, 0 for one a core
  const char *backend;   ///< (nullable): as partita_nn_backend_find() takes it
  bool
    keep_keys; ///< each piece is learnt in the key the corpus has it in; else
               ///< moved at random, unless the corpus is in a common key
  unsigned augmentations; ///< a set of #PartitaAugmentation
  /// From 0 to 1: how far small styles are made as large as the largest, by
  /// reading their pieces more often
  double balance;
  /// Seconds on a clock that never goes back; the library reads no clock.
  double (*clock)(void *data);
  void *clock_data;
  /// Held-out losses more than one in a hundred above the best, without a
  /// better one between them, that end the run; 0: none do
  unsigned patience;
  GCancellable *cancellable; ///< (nullable): stops after the step
  size_t memory_bytes;       ///< that the run may take, 0 for any
  void (*planned)(const PartitaTrainPlan *plan, void *data); ///< (nullable)
  void (*progress)(const PartitaTrainStatus *status, void *data);
  void *progress_data; ///< for both
  /// (nullable): where checkpoint.safetensors, log.jsonl and the event file of
  /// TensorBoard are kept; made if it is not there
  const char *run_folder;
  bool resume;         ///< go on from the checkpoint of @run_folder
  double checkpoint_s; ///< seconds between checkpoints; 0: about a minute
  double wall_time_s;  ///< Unix time of the start, for TensorBoard
  /// (nullable): the processes that train together, with equal options and
  /// pieces; their number divides @shards into powers of two
  PartitaRanks *ranks;
} PartitaTrainOptions;

typedef struct {
  uint64_t steps;
  uint64_t best_step; ///< whose weights the model has
  double seconds;     ///< until the report was made
  double tokens_per_s;
  double train_loss;
  double valid_loss;      ///< of the model given back: the best seen
  double trigram_loss;    ///< of the count model on the same held-out tokens
  size_t measured_tokens; ///< of those held out, by which both were measured
  size_t valid_tokens;    ///< held out
  bool cancelled;
  bool stopped_early;    ///< by the patience
  uint64_t resumed_step; ///< of the checkpoint gone on from, 0 if none
  bool mixed_cores;      ///< resumed on another chip: not to the bit what a run
                         ///< without a stop gives
} PartitaTrainReport;

/**
 * partita_train:
 *
 * Trains a fresh model on the pieces of @corpus that are not held out, by
 * truncated back-propagation through time, and keeps the weights with the
 * lowest held-out loss. The model's metadata hold the scheme's description,
 * the settings and the losses. A cancelled run gives its best model so far.
 *
 * With a run folder a checkpoint is written at the start, now and then (with a
 * clock only) and at the end, also of a cancelled run; a fresh run replaces
 * what the folder held. A run that is resumed gives, bit for bit on one kind
 * of chip, what it would have given without the stop, if steps or epochs
 * decide its length; minutes count on from those already spent. Corpus,
 * scheme, size and seed must be the same, the length need not be. Files that
 * cannot be written end the run (%G_FILE_ERROR); the checkpoint before stays.
 *
 * With ranks each takes some of the shards, and the model is, on one kind of
 * chip, the same to the bit as that of one process. Rank 0 alone writes to the
 * run folder, calls the callback and looks at the clock and the cancellable;
 * every rank gives the model back, with one more figure on rank 0: the
 * trigram's loss. A rank that gives NULL is to end its process.
 *
 * Returns: (transfer full) (nullable): NULL with @error set
 */
PARTITA_API PartitaModel *
partita_train(const PartitaCorpus *corpus,
              const PartitaTrainOptions *options,
              PartitaTrainReport *report,
              GError **error);

/**
 * partita_trigram_loss:
 *
 * The loss of an interpolated trigram model of the same tokens, counted on
 * the training side and scored on the held-out side: what any network must
 * beat. Source: Witten and Bell 1991, "The zero-frequency problem", method C.
 *
 * Returns: nats a token, NaN if nothing is held out
 */
PARTITA_API double
partita_trigram_loss(const PartitaCorpus *corpus);

G_END_DECLS

#endif
