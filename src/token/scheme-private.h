// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_TOKEN_SCHEME_PRIVATE_H
#define PARTITA_TOKEN_SCHEME_PRIVATE_H

#include <partita/token.h>

/* A vocabulary is a list of classes; the ids of a class are consecutive, so a
 * token is a class and a value in it. The first three are the same in every
 * scheme. */
enum { PARTITA_CLASS_BOS, PARTITA_CLASS_EOS, PARTITA_CLASS_STYLE };

#define PARTITA_CLASSES_MAX 32
#define PARTITA_STYLES_MAX 4096

typedef struct {
  const char *type;
  uint16_t n; ///< 0 for styles: as many as the scheme is given
} PartitaTokenClass;

typedef struct {
  const char *name;
  uint16_t size; ///< 0 for the style: none, or one of those the scheme has
} PartitaTokenField;

/// What a scheme is: one entry of the table in scheme.c.
typedef struct {
  const char *name;
  const PartitaTokenClass *classes;
  size_t n_classes;
  const PartitaTokenField *fields;
  size_t n_fields;
  size_t state_size; ///< of the automaton; all zero before Bos
  uint16_t ppq;      ///< of decoded scores

  /// (transfer full) (nullable): what follows "Type_"; NULL for a bare name
  char *(*name_value)(unsigned class_, unsigned value);
  /// (nullable): no tempo in the scheme
  int (*tempo_bin)(uint32_t us_per_quarter);

  /// @prompt comes cleared, with its style set.
  void (*get_prompt)(const PartitaScore *score, PartitaPrompt *prompt);
  PartitaScore *(*quantise)(const PartitaScore *score,
                            PartitaQuantiseLoss *loss);
  GArray *(*encode)(const PartitaScheme *scheme,
                    const PartitaScore *score,
                    const PartitaPrompt *prompt);
  PartitaScore *(*decode)(const PartitaScheme *scheme,
                          const uint16_t *ids,
                          size_t n,
                          PartitaPrompt *prompt,
                          GError **error);
  bool (*transpose)(const PartitaScheme *scheme,
                    uint16_t *ids,
                    size_t n,
                    int semitones);
  /// The control a token of @class_ is, or 0; control tokens end where the
  /// first other one stands.
  unsigned (*control)(unsigned class_);

  /// The classes that could follow the last token, one bit each: what saves
  /// the mask from asking of every token.
  uint32_t (*follow)(const void *state);
  /// Whether a token of one of those classes may follow.
  bool (*may)(const void *state, unsigned class_, unsigned value);
  /// Takes a token that may follow.
  void (*take)(void *state, unsigned class_, unsigned value);
  void (*demand_bars)(void *state, size_t bars);
  /// (nullable): no parts in the scheme, as for the next two
  void (*allow_parts)(void *state);
  void (*end_by)(void *state, uint32_t ticks);
  GArray *(*rearrange)(const PartitaScheme *scheme,
                       const uint16_t *ids,
                       size_t n,
                       const PartitaSpan *spans,
                       size_t n_spans,
                       bool given_only);
  PartitaScore *(*decode_part)(const PartitaScheme *scheme,
                               const uint16_t *ids,
                               size_t n,
                               bool written,
                               GError **error);
  bool (*is_complete)(const void *state);
  void (*get_fields)(const void *state, uint16_t *fields);
  /// partita_grammar_get_events()
  size_t (*get_events)(const void *state, PartitaScoreEvent *events);
} PartitaSchemeOps;

struct PartitaScheme {
  const PartitaSchemeOps *ops;
  char **styles;
  size_t n_styles;
  size_t n_ids;
  uint32_t base[PARTITA_CLASSES_MAX + 1]; ///< first id of each class
  uint8_t *class_of;                      ///< shape [n_ids]
  char **names;                           ///< shape [n_ids], then NULL
  GHashTable *ids;                        ///< name to id
};

extern const PartitaSchemeOps partita_remi_ops;
extern const PartitaSchemeOps partita_performance_ops;
extern const PartitaSchemeOps partita_grid_ops;

/// (nullable): the scheme called @name
const PartitaSchemeOps *
partita_scheme_find_ops(const char *name);

/// Id of a token.
static inline uint16_t
partita_scheme_id(const PartitaScheme *scheme, unsigned class_, unsigned value)
{
  return (uint16_t)(scheme->base[class_] + value);
}

/// (transfer full) (nullable): the score with its pedals folded, NULL if it
/// has none
PartitaScore *
partita_token_fold_pedals(const PartitaScore *score);

/// Called by the walk below after each token with the state behind it.
typedef void
PartitaTokenVisitor(const void *state,
                    unsigned class_,
                    unsigned value,
                    void *data);

/**
 * partita_scheme_walk:
 * @state: (out caller-allocates): the automaton, zeroed by the caller
 *
 * Returns: false with @error set if @ids is not a whole, legal sequence
 */
bool
partita_scheme_walk(const PartitaScheme *scheme,
                    const uint16_t *ids,
                    size_t n,
                    void *state,
                    PartitaTokenVisitor *visit,
                    void *data,
                    GError **error);

#endif
