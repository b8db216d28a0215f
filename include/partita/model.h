// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_MODEL_H
#define PARTITA_MODEL_H

#include <glib.h>
#include <partita/macros.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

G_BEGIN_DECLS

#define PARTITA_MODEL_ERROR (partita_model_error_quark())

typedef enum {
  PARTITA_MODEL_ERROR_READ,    ///< the file cannot be read
  PARTITA_MODEL_ERROR_BROKEN,  ///< not a whole safetensors file
  PARTITA_MODEL_ERROR_VERSION, ///< of a version this program does not read
  PARTITA_MODEL_ERROR_WRITE,   ///< the file cannot be written
  PARTITA_MODEL_ERROR_NONE     ///< none was named, and none is installed
} PartitaModelError;

PARTITA_API GQuark
partita_model_error_quark(void);

#define PARTITA_MODEL_FIELDS_MAX 9

/// The shape of a model.
typedef struct {
  char architecture[16]; ///< "lstm" or "transformer"
  size_t vocab;          ///< outputs
  size_t n_fields;       ///< inputs a step: the token, then the state's fields
  size_t field_size[PARTITA_MODEL_FIELDS_MAX]; ///< values of each
  size_t width;                                ///< of the embedding
  size_t hidden; ///< of the recurrent state, or of the feed-forward part
  size_t layers;
  size_t heads;   ///< of attention, each width / heads wide, which is even;
                  ///< 0 for "lstm"
  size_t context; ///< steps that generation remembers; 0 for "lstm"
  bool norm; ///< whether an LSTM's outputs are normalised before the logits;
             ///< false in files from before there was one, and for a
             ///< Transformer, which always does so
  double dropout; ///< in training
} PartitaModelConfig;

/**
 * PartitaModel:
 *
 * A network that, step by step, takes @n_fields ids a row and gives logits
 * over the vocabulary. It knows nothing of music. A model that nobody trains
 * may be shared between threads.
 */
typedef struct PartitaModel PartitaModel;

/**
 * PartitaModelState:
 *
 * What a batch of rows remembers between steps. An LSTM remembers without end.
 * A Transformer sees the last steps, at most context of them: when they are
 * context many, it forgets the older half and computes the newer one anew as
 * if the piece began there, which is what training shows it.
 */
typedef struct PartitaModelState PartitaModelState;

/**
 * partita_model_new:
 * @seed: of the weights, which are a function of it and @config alone
 *
 * Returns: (transfer full) (nullable): a model with fresh weights; NULL if
 * memory does not suffice
 */
PARTITA_API PartitaModel *
partita_model_new(const PartitaModelConfig *config, uint64_t seed);

PARTITA_API void
partita_model_free(PartitaModel *model);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PartitaModel, partita_model_free)

PARTITA_API const PartitaModelConfig *
partita_model_get_config(const PartitaModel *model);

PARTITA_API size_t
partita_model_get_n_parameters(const PartitaModel *model);

/* Metadata: strings kept in the file beside the weights. Training writes
 * "scheme" (partita_scheme_describe()), "transposition" ("common": what the
 * model knows is in C major or A minor; "random", "none"), "prompts" (control
 * tokens of the training pieces, and the semitones each was moved by),
 * "measures" (their means and deviations in each style), "styles" (how many
 * there are of each, and their tempos, metres and programs), "settings" and
 * "training", the last five as JSON; and where products of bytes were tried,
 * "generation": "int8" if they moved the held-out loss by less than 0.5 %, else
 * "bf16". */

PARTITA_API void
partita_model_set_metadata(PartitaModel *model,
                           const char *key,
                           const char *value);

/// (nullable) (transfer none)
PARTITA_API const char *
partita_model_get_metadata(const PartitaModel *model, const char *key);

/**
 * partita_model_load:
 *
 * Maps a safetensors file into memory and checks its layout, its version and
 * the SHA-256 of its data. The weights stay where they are, so the file must
 * not be changed in place while the model is used; that another takes its
 * place, as partita_model_save() has it, does no harm.
 *
 * Returns: (transfer full) (nullable): NULL with @error set, which names @path
 */
PARTITA_API PartitaModel *
partita_model_load(const char *path, GError **error);

/**
 * partita_model_find:
 * @wish: (nullable): a file, for instance from the command line
 *
 * Says which model to load: @wish; the file that the environment variable
 * PARTITA_MODEL names; else the model that ships, the first there is of
 * `models` in the build folder if the program was not installed, `models` in
 * the installation's data, and `partita/models` in $XDG_DATA_HOME and in each
 * folder of $XDG_DATA_DIRS, each with the file `partita.safetensors`.
 *
 * Returns: (transfer full) (nullable): a path, which need not be a model; NULL
 * with @error set if none is named or found
 */
PARTITA_API char *
partita_model_find(const char *wish, GError **error);

/**
 * partita_model_parse:
 * @data: any bytes at all
 *
 * Returns: as partita_model_load()
 */
PARTITA_API PartitaModel *
partita_model_parse(const uint8_t *data, size_t size, GError **error);

/// The file appears whole or not at all.
PARTITA_API bool
partita_model_save(const PartitaModel *model, const char *path, GError **error);

/**
 * partita_model_mix_embedding:
 * @field: of the inputs
 * @target: the value whose embedding is replaced
 * @sources: shape [n]: values, @target may be among them
 * @weights: shape [n]
 *
 * Makes the embedding of @target the weighted sum of those of @sources. States
 * made before may not know it.
 *
 * Returns: false if memory does not suffice
 */
PARTITA_API bool
partita_model_mix_embedding(PartitaModel *model,
                            size_t field,
                            size_t target,
                            const size_t *sources,
                            const double *weights,
                            size_t n);

/**
 * partita_model_state_new:
 *
 * Takes the weights as they are now; products are of bf16 where that is fast,
 * and of bytes where the metadata say so too.
 *
 * Returns: (transfer full): the state before the first step, for @rows rows;
 * it must not outlive @model
 */
PARTITA_API PartitaModelState *
partita_model_state_new(const PartitaModel *model, size_t rows);

PARTITA_API void
partita_model_state_free(PartitaModelState *state);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PartitaModelState, partita_model_state_free)

/// Back to before the first step.
PARTITA_API void
partita_model_state_reset(PartitaModelState *state);

/// Row @row alone: the others go on.
PARTITA_API void
partita_model_state_reset_row(PartitaModelState *state, size_t row);

/// Whether a row's logits have the same bits whatever rows stand beside it and
/// however many; else they differ in the last ones.
PARTITA_API bool
partita_model_rows_agree(const PartitaModel *model);

/**
 * partita_model_step:
 * @inputs: shape [rows, n_fields]
 * @logits: (out caller-allocates): shape [rows, vocab]
 *
 * One step of every row. Allocates nothing that outlasts it. A row's result
 * does not depend on the other rows beyond the last bits of rounding
 * (partita_model_rows_agree()), and is the same in every run on the same
 * machine.
 */
PARTITA_API void
partita_model_step(PartitaModelState *state,
                   const uint16_t *inputs,
                   float *logits);

G_END_DECLS

#endif
