// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_MODEL_PRIVATE_H
#define PARTITA_MODEL_PRIVATE_H

#include <model/linear.h>
#include <partita/model.h>
#include <partita/nn.h>
#include <partita/product.h>

/* What training needs of a model: its flat parameters and workers that take
 * a shard of the batch forward and backward. */

/// One named tensor inside the flat vector of parameters.
typedef struct {
  char name[32]; ///< in the PyTorch manner: "lstm.0.weight_ih"
  size_t offset; ///< in numbers, into the flat vector
  size_t n_dims; ///< 1 or 2
  size_t shape[2];
  size_t size;  ///< product of the shape
  double bound; ///< fresh weights are uniform in [-bound, bound]
  bool decay;   ///< whether weight decay applies: no bias, no embedding
} PartitaModelTensor;

/// (transfer none): shape [n_parameters]; who changes it owns the model alone
PartitaReal *
partita_model_get_parameters(PartitaModel *model);

/// (transfer none): the tensors in the order of the flat vector, which they
/// tile
const PartitaModelTensor *
partita_model_get_tensors(const PartitaModel *model, size_t *n_tensors);

/**
 * partita_model_config_list_tensors:
 * @config: of an architecture that there is
 *
 * Returns: (transfer full): #PartitaModelTensor, in the order of the flat
 *   vector, with shapes but without places in it
 */
GArray *
partita_model_config_list_tensors(const PartitaModelConfig *config);

/// Whether it is a matrix between hidden layers: neither an embedding nor what
/// gives the logits.
bool
partita_model_tensor_is_hidden(const PartitaModelTensor *tensor);

/// The first of @folders (ended by NULL) that holds the model that ships.
char *
partita_model_search(const char *const *folders, GError **error);

/// (transfer full) (nullable): where the model that ships lies for a @program
/// that was built and not installed
char *
partita_model_find_built(const char *program);

/// The same for a program in the "bin" of an installation, wherever that lies.
char *
partita_model_find_installed(const char *program);

/// The backend of the workers and states that are made from now on; before
/// that the best on this machine.
void
partita_model_set_backend(PartitaModel *model, const PartitaNnBackend *backend);

/**
 * PartitaModelWorker:
 *
 * Takes chunks of @steps steps of @rows rows through a model. All memory is
 * allocated at once at its making. Workers of one model may run at the same
 * time, each on its own thread, while nobody changes the parameters.
 */
typedef struct PartitaModelWorker PartitaModelWorker;

/// A chunk of the rows of one shard; nothing is changed or kept.
typedef struct {
  const uint16_t *inputs; ///< shape [steps, rows, n_fields]
  const int32_t *targets; ///< shape [steps, rows]; -1 is not counted
  const uint8_t *reset;   ///< shape [steps, rows]; 1: the row's state is
                          ///< zeroed before this step
  bool training;          ///< whether dropout applies
  uint64_t seed;          ///< of dropout
  uint64_t step;          ///< of training, for dropout
  uint32_t shard;         ///< for dropout; below 2^24
  double scale; ///< gradients are those of the summed NLL times this, for
                ///< instance 1 / targets of the whole batch
  /// (nullable): called on the way back, layer by layer: the gradients at and
  /// after @offset of the flat vector will not change any more
  void (*settled)(size_t offset, void *data);
  void *settled_data;
} PartitaModelBatch;

/**
 * partita_model_worker_new:
 *
 * Call partita_nn_init() before.
 *
 * Returns: (transfer full) (nullable): a worker with state zero, which must
 * not outlive @model; NULL if memory does not suffice
 */
PartitaModelWorker *
partita_model_worker_new(const PartitaModel *model, size_t rows, size_t steps);

void
partita_model_worker_free(PartitaModelWorker *worker);

/**
 * partita_model_worker_measure:
 * @config: within its bounds
 *
 * Returns: bytes that a worker of a model of this shape takes at its making,
 * apart from a few KiB of code and tables for each product; its runs take no
 * more. %G_MAXSIZE if they pass the range, or the backend cannot do it.
 */
size_t
partita_model_worker_measure(const PartitaModelConfig *config,
                             const PartitaNnBackend *backend,
                             size_t rows,
                             size_t steps);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PartitaModelWorker, partita_model_worker_free)

/**
 * partita_model_worker_run:
 * @gradients: (nullable): shape [n_parameters]; added to. NULL: forward only
 * @nll: (nullable) (out caller-allocates): shape [steps, rows], nats; 0 where
 *   the target is -1
 * @n_targets: (nullable) (out): targets counted
 *
 * The chunk forward, from the state the last chunk left, and backward;
 * gradients end at the chunk's beginning (truncated back-propagation through
 * time, Williams and Peng 1990). Allocates nothing; oneDNN does, small tables
 * of arguments for as long as a product lasts. A result depends on the
 * arguments, the parameters and the state alone, bit for bit on one machine.
 *
 * Returns: the summed negative log-likelihood, nats
 */
double
partita_model_worker_run(PartitaModelWorker *worker,
                         const PartitaModelBatch *batch,
                         PartitaReal *gradients,
                         PartitaReal *nll,
                         size_t *n_targets);

/// Numbers in the state that is carried from chunk to chunk; 0 of a
/// Transformer, to which each chunk is a beginning.
size_t
partita_model_worker_get_state_size(const PartitaModelWorker *worker);

/// @state: (out caller-allocates): shape [state_size]
void
partita_model_worker_get_state(const PartitaModelWorker *worker,
                               PartitaReal *state);

/// @state: (nullable): shape [state_size]; NULL is zero
void
partita_model_worker_set_state(PartitaModelWorker *worker,
                               const PartitaReal *state);

/* What an architecture gives, and what the rest of the room shares. */

#define PARTITA_MODEL_LAYERS_MAX 16
#define PARTITA_MODEL_PARAMETERS_MAX ((size_t)1 << 30) // 4 GiB

/// A network behind the one interface. Workers and states begin with the
/// structures below.
typedef struct {
  const char *name;
  /// Whether the sizes, each within its bounds, fit together.
  bool (*check)(const PartitaModelConfig *config);
  /// Appends the tensors; their offset and size follow from the shapes.
  void (*lay_out)(const PartitaModelConfig *config, GArray *tensors);
  /// (nullable): after the tensors were filled by their bounds
  void (*adjust)(PartitaModel *model);

  /// As partita_model_worker_measure(); of @model only shape and backend are
  /// there.
  size_t (*worker_measure)(const PartitaModel *model,
                           size_t rows,
                           size_t steps);
  PartitaModelWorker *(*worker_new)(const PartitaModel *model,
                                    size_t rows,
                                    size_t steps);
  void (*worker_free)(PartitaModelWorker *worker);
  double (*worker_run)(PartitaModelWorker *worker,
                       const PartitaModelBatch *batch,
                       PartitaReal *gradients,
                       PartitaReal *nll);
  size_t (*worker_state_size)(const PartitaModelWorker *worker);
  void (*worker_get_state)(const PartitaModelWorker *worker, PartitaReal *out);
  void (*worker_set_state)(PartitaModelWorker *worker, const PartitaReal *in);

  PartitaModelState *(*state_new)(const PartitaModel *model,
                                  const PartitaNnBackend *backend,
                                  size_t rows);
  void (*state_free)(PartitaModelState *state);
  void (*state_reset_row)(PartitaModelState *state, size_t row);
  void (*state_step)(PartitaModelState *state,
                     const uint16_t *inputs,
                     float *logits);
} PartitaModelArchitecture;

extern const PartitaModelArchitecture partita_lstm_architecture;
extern const PartitaModelArchitecture partita_transformer_architecture;

struct PartitaModel {
  PartitaModelConfig config;
  const PartitaModelArchitecture *architecture;
  const PartitaNnBackend *backend; ///< of workers and states
  GArray *tensors;                 ///< of PartitaModelTensor
  size_t n_parameters;
  PartitaReal *parameters;
  GBytes *file;    ///< (nullable): in which the parameters lie
  GTree *metadata; ///< sorted, for equal models to give equal files
};

struct PartitaModelWorker {
  const PartitaModel *model;
  size_t rows;
  size_t steps;
};

struct PartitaModelState {
  const PartitaModel *model;
  const PartitaNnBackend *backend;
  size_t rows;
};

/// Appends a tensor of shape [@rows, @columns], or [@rows] if @columns is 0.
G_GNUC_PRINTF(6, 7)
void
partita_model_append_tensor(GArray *tensors,
                            size_t rows,
                            size_t columns,
                            double bound,
                            bool decay,
                            const char *format,
                            ...);

/// Appends the embedding of @field.
void
partita_model_append_embedding(const PartitaModelConfig *config,
                               size_t field,
                               GArray *tensors);

/// Whether every number of @config is within its bounds, the architecture is
/// known and the parameters are not too many; @n_parameters is then set.
bool
partita_model_config_check(const PartitaModelConfig *config,
                           size_t *n_parameters);

/// (nullable) (transfer none)
const PartitaModelArchitecture *
partita_model_find_architecture(const char *name);

/// (transfer full) (nullable): a model without parameters yet. @config must
/// have passed partita_model_config_check().
PartitaModel *
partita_model_new_bare(const PartitaModelConfig *config);

/// (transfer full) (nullable): a model with all parameters 0; NULL if memory
/// does not suffice. @config must have passed partita_model_config_check().
PartitaModel *
partita_model_new_empty(const PartitaModelConfig *config);

/// Whether each id is below its field's size.
bool
partita_model_check_ids(const PartitaModelConfig *config,
                        const uint16_t *inputs,
                        size_t rows);

/// Tells who asked for it that the gradients from @at on are settled.
void
partita_model_batch_settle(const PartitaModelBatch *batch,
                           const PartitaReal *gradients,
                           const PartitaReal *at);

/// As partita_model_state_new(), but never by int8: to measure what was learnt.
PartitaModelState *
partita_model_state_new_learnt(const PartitaModel *model, size_t rows);

/// Whether states of @model are to multiply bytes where the chip can; kept in
/// the metadata.
void
partita_model_set_int8(PartitaModel *model, bool int8);

/// The version of the file that is written.
#define PARTITA_MODEL_FILE_VERSION "2"

/// Whether the file's own metadata use @key: "format", "version", "sha256",
/// the header's seal, and all that begins with "model.".
bool
partita_model_key_is_reserved(const char *key);

/// (transfer full) (nullable): the file of @model; NULL with @error set
GBytes *
partita_model_serialize(const PartitaModel *model, GError **error);

#endif
