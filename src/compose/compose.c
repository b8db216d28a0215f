// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <base/philox.h>
#include <compose/compose-private.h>
#include <string.h>

/// A piece on its way.
typedef struct {
  const PartitaComposer *composer;
  const PartitaComposeOptions *options;
  size_t bars;       // of the whole piece
  int style;         // id of the style's token, or -1
  size_t time;       // reckoned in spans
  size_t done;       // bars that are whole
  size_t given;      // ids of the primer
  size_t given_done; // bars of the primer
  PartitaGrammar *grammar;
  PartitaModelState *state;
  bool prompted;    // all controls are given
  int shift;        // semitones from the piece's key to the model's
  GArray *ids;      // uint16_t
  uint16_t *inputs; // shape [1 + n_fields]
  uint8_t *mask;    // shape [vocab]
  float *logits;    // shape [vocab]: after the last id
} Piece;

static int
find_style_token(const PartitaComposer *composer, const char *style)
{
  if (style == NULL)
    return -1;

  const int wanted = partita_scheme_find_style(composer->scheme, style);
  int seen = 0;
  for (size_t i = 0; i < composer->vocab; ++i)
    if (composer->kinds[i] == PARTITA_KIND_STYLE && seen++ == wanted)
      return (int)i;
  return -1;
}

static Piece *
piece_new(const PartitaComposer *composer, const PartitaComposeOptions *options)
{
  Piece *piece = g_new0(Piece, 1);

  piece->composer = composer;
  piece->options = options;
  piece->style = find_style_token(composer, options->style);
  piece->grammar = partita_grammar_new(composer->scheme);
  piece->state = partita_model_state_new(composer->model, 1);
  piece->ids = g_array_new(FALSE, FALSE, sizeof(uint16_t));
  piece->inputs = g_new(uint16_t, composer->n_fields + 1);
  piece->mask = g_new(uint8_t, composer->vocab);
  piece->logits = g_new0(float, composer->vocab);
  return piece;
}

static void
piece_free(Piece *piece)
{
  partita_grammar_free(piece->grammar);
  partita_model_state_free(piece->state);
  g_array_unref(piece->ids);
  g_free(piece->inputs);
  g_free(piece->mask);
  g_free(piece->logits);
  g_free(piece);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Piece, piece_free)

// In a scheme with bar lines the bar begun last is whole only at the end.
static void
advance(Piece *piece, uint16_t id)
{
  const PartitaComposeOptions *options = piece->options;
  const size_t before = piece->done;

  piece->time += piece->composer->spans[id];
  piece->done = piece->time / PARTITA_COMPOSE_SPAN_BAR;
  if (piece->composer->has_bars && piece->done > 0)
    --piece->done;
  if (id == PARTITA_TOKEN_EOS)
    piece->done = piece->bars;
  if (options->progress != NULL && piece->done != before)
    options->progress(piece->done, piece->bars, options->progress_data);
}

// Returns false if the grammar refuses @id, which no caller should let happen.
static bool
push(Piece *piece, uint16_t id)
{
  if (!partita_grammar_push(piece->grammar, id))
    return false;
  g_array_append_val(piece->ids, id);
  piece->inputs[0] = id;
  partita_grammar_get_fields(piece->grammar, piece->inputs + 1);
  partita_model_step(piece->state, piece->inputs, piece->logits);
  advance(piece, id);
  return true;
}

/// The count of bars that the grammar demands, instead of that of the piece
/// the prompt comes from.
static uint16_t
fit_bars(Piece *piece, uint16_t id)
{
  const PartitaComposer *composer = piece->composer;

  if (composer->kinds[id] != PARTITA_KIND_BARS)
    return id;
  partita_grammar_allowed(piece->grammar, piece->mask);
  for (size_t i = 0; i < composer->vocab; ++i)
    if (piece->mask[i] != 0 && composer->kinds[i] == PARTITA_KIND_BARS)
      return (uint16_t)i;
  return id;
}

static bool
start_with_prompt(Piece *piece)
{
  const PartitaComposePrompt *prompt =
    partita_compose_draw_prompt(piece->composer, piece->style, piece->options);

  if (!push(piece, PARTITA_TOKEN_BOS))
    return false;
  if (prompt == NULL)
    return true;
  for (guint i = 0; i < prompt->ids->len; ++i)
    if (!push(piece, fit_bars(piece, g_array_index(prompt->ids, uint16_t, i))))
      return false;
  piece->shift = prompt->shift;
  piece->prompted = piece->composer->has_bars;
  return true;
}

static bool
start(Piece *piece, const GArray *primer_ids)
{
  partita_grammar_demand_bars(piece->grammar, piece->bars);
  if (primer_ids == NULL)
    return start_with_prompt(piece);
  for (size_t i = 0; i < primer_ids->len; ++i)
    if (!push(piece, g_array_index(primer_ids, uint16_t, i)))
      return false;
  piece->given = piece->ids->len;
  piece->given_done = piece->done;
  return true;
}

static bool
is_dense(const Piece *piece)
{
  const size_t drawn = piece->ids->len - piece->given;

  return drawn / PARTITA_COMPOSE_BAR_TOKENS_MAX >
         piece->done - piece->given_done;
}

// Leaves only what moves on in time or ends, if the grammar allows any of it.
static void
hurry(const PartitaComposer *composer, uint8_t *mask)
{
  bool found = false;

  for (size_t i = 0; i < composer->vocab; ++i)
    found = found || (mask[i] != 0 && composer->kinds[i] >= PARTITA_KIND_BAR);
  if (!found)
    return;
  for (size_t i = 0; i < composer->vocab; ++i)
    if (composer->kinds[i] < PARTITA_KIND_BAR)
      mask[i] = 0;
}

static bool
is_in_range(const Piece *piece, int pitch)
{
  return pitch - piece->shift >= 0 && pitch - piece->shift <= 127;
}

/// No pitch that moving the piece to its own key would push out of MIDI's.
/// Where all that could sound are such, no velocity either, since only a pitch
/// could follow it; time may pass there instead.
static void
forbid_out_of_range(const Piece *piece)
{
  const PartitaComposer *composer = piece->composer;
  size_t kept = 0;
  size_t forbidden = 0;

  for (size_t i = 0; i < composer->vocab; ++i) {
    if (composer->pitches[i] < 0 || piece->mask[i] == 0)
      continue;
    if (is_in_range(piece, composer->pitches[i])) {
      ++kept;
    } else {
      piece->mask[i] = 0;
      ++forbidden;
    }
  }
  for (size_t i = 0; kept == 0 && forbidden > 0 && i < composer->vocab; ++i)
    if (composer->kinds[i] == PARTITA_KIND_VELOCITY)
      piece->mask[i] = 0;
}

static size_t
count_mask(const uint8_t *mask, size_t n, uint16_t *only)
{
  size_t count = 0;

  for (size_t i = 0; i < n; ++i) {
    if (mask[i] != 0) {
      *only = (uint16_t)i;
      ++count;
    }
  }
  return count;
}

static uint16_t
choose(Piece *piece)
{
  const PartitaComposer *composer = piece->composer;
  const PartitaComposeOptions *options = piece->options;
  uint16_t only = 0;

  partita_grammar_allowed(piece->grammar, piece->mask);
  partita_compose_restrict_prompt(composer, piece->grammar, piece->style,
                                  piece->ids, piece->mask);
  if (is_dense(piece) || (piece->prompted && piece->time == 0))
    hurry(composer, piece->mask);
  if (piece->shift != 0)
    forbid_out_of_range(piece);
  if (count_mask(piece->mask, composer->vocab, &only) == 1)
    return only;
  return partita_sample(
    piece->logits, piece->mask, composer->vocab, &options->sampling,
    partita_random_uniform(options->seed, PARTITA_RANDOM_SAMPLE, options->index,
                           piece->ids->len));
}

static bool
fail(GError **error, const char *what)
{
  g_set_error(error, PARTITA_COMPOSE_ERROR, PARTITA_COMPOSE_ERROR_MODEL,
              "the piece failed its check: %s", what);
  return false;
}

static bool
run(Piece *piece, const GArray *primer_ids, GError **error)
{
  if (!start(piece, primer_ids))
    return fail(error, "the grammar refuses its prompt or primer");
  while (!partita_grammar_is_complete(piece->grammar)) {
    if (g_cancellable_set_error_if_cancelled(piece->options->cancellable,
                                             error))
      return false;
    if (!push(piece, choose(piece)))
      return fail(error, "the grammar refuses a token");
  }
  return true;
}

// What was promised, looked for in the finished score and not in how it was
// made.
static bool
check_score(const Piece *piece,
            const PartitaScore *score,
            const PartitaPrompt *prompt,
            GError **error)
{
  g_autoptr(GArray) bars = partita_score_get_bars(score);
  g_autoptr(GArray) again =
    partita_scheme_encode(piece->composer->scheme, score, prompt);

  if (bars->len != piece->bars)
    return fail(error, "it has not the bars that were asked for");
  if (again->len != piece->ids->len ||
      memcmp(again->data, piece->ids->data, again->len * sizeof(uint16_t)) != 0)
    return fail(error, "its tokens and its score differ");
  return true;
}

PartitaScore *
partita_compose(const PartitaComposer *composer,
                const PartitaComposeOptions *options,
                GError **error)
{
  g_autoptr(GArray) primer_ids = NULL;
  g_autoptr(Piece) piece = piece_new(composer, options);
  PartitaPrompt prompt;

  if (!partita_compose_plan(composer, options, &primer_ids, &piece->shift,
                            &piece->bars, error) ||
      !run(piece, primer_ids, error))
    return NULL;

  g_autoptr(PartitaScore) score = partita_scheme_decode(
    composer->scheme, (const uint16_t *)(void *)piece->ids->data,
    piece->ids->len, &prompt, error);
  if (score == NULL || !check_score(piece, score, &prompt, error))
    return NULL;
  // The tokens of the music name no key; the file shall carry the one it has.
  if (prompt.key >= 0)
    partita_score_add_key(score, partita_key_to_signature(prompt.key));
  if (!partita_score_transpose(score, -piece->shift)) {
    (void)fail(error, "it leaves the range of MIDI in its own key");
    return NULL;
  }
  return g_steal_pointer(&score);
}
