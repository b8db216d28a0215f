// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <base/philox.h>
#include <compose/arranger.h>
#include <string.h>

static void
give_prompt(PartitaPiece *piece)
{
  const uint16_t bos = PARTITA_TOKEN_BOS;

  piece->given = g_array_new(FALSE, FALSE, sizeof(uint16_t));
  g_array_append_val(piece->given, bos);
  if (piece->plan->options.controls != NULL) {
    g_autoptr(GArray) ids =
      partita_compose_make_prompt(piece->plan, piece->index, &piece->shift);

    g_array_append_vals(piece->given, ids->data, ids->len);
    piece->prompted = true;
    return;
  }

  const PartitaComposePrompt *prompt =
    partita_compose_draw_prompt(piece->plan, piece->index, -1);
  piece->shift = piece->plan->shift;
  if (prompt == NULL)
    return;
  g_array_append_vals(piece->given, prompt->ids->data, prompt->ids->len);
  if (piece->plan->melody == NULL)
    piece->shift = prompt->shift;
  piece->prompted = piece->plan->composer->has_bars;
}

/// Bars of which promises are made.
static size_t
count_promised(const PartitaComposePlan *plan)
{
  const size_t keep = plan->frame != NULL ? plan->frame->arrangement->keep : 0;

  return keep > 0 ? keep : plan->bars;
}

/// (nullable) (transfer none): the style that the controls at the head of @ids
/// name
static const char *
find_style(const PartitaComposer *composer, const GArray *ids)
{
  for (guint i = 0; i < ids->len; ++i) {
    const uint16_t id = g_array_index(ids, uint16_t, i);

    if (composer->kinds[id] == PARTITA_KIND_BAR)
      break;
    if (composer->kinds[id] == PARTITA_KIND_STYLE)
      return partita_scheme_token_name(composer->scheme, id) + strlen("Style_");
  }
  return NULL;
}

/// Whether @primer has no more voices at once.
static bool
has_voices(const PartitaScore *primer, unsigned voices)
{
  PartitaControls controls;

  partita_controls_init(&controls);
  controls.polyphony = voices;

  g_autoptr(GArray) promises = partita_controls_measure(&controls, primer, 0);

  return partita_promises_are_kept(promises);
}

static void
take_habits(PartitaPiece *piece)
{
  const PartitaComposePlan *plan = piece->plan;
  const PartitaScore *primer = plan->options.primer;
  g_autoptr(PartitaHabits) habits = partita_habits_read(
    plan->composer->model, find_style(plan->composer, piece->given));

  if (primer != NULL && !has_voices(primer, habits->voices))
    habits->voices = 0;
  partita_constraint_take_habits(piece->constraint, plan->composer->scheme,
                                 habits);
}

/// The key that the controls of what is given name, as the piece has it; -1 if
/// they name none.
static int
find_key(const PartitaPiece *piece)
{
  const PartitaScheme *scheme = piece->plan->composer->scheme;
  const int first = partita_scheme_find_token(scheme, "Key_C_major");

  for (guint i = 0; first >= 0 && i < piece->given->len; ++i) {
    const uint16_t id = g_array_index(piece->given, uint16_t, i);
    const int key = id - first;

    if (piece->plan->composer->kinds[id] == PARTITA_KIND_BAR)
      break;
    if (strcmp(partita_scheme_token_type(scheme, id), "Key") == 0)
      return key / 12 * 12 + ((key % 12 - piece->shift) % 12 + 12) % 12;
  }
  return -1;
}

/// Whether some of @programs have pitches.
static bool
has_pitched(const bool *programs)
{
  bool found = false;

  for (int p = 0; p < PARTITA_N_PROGRAMS; ++p)
    found = found || (programs[p] && p != PARTITA_PROGRAM_DRUMS);
  return found;
}

/* A new piece of which neither key nor notes are asked for ends on the chord of
 * the key that it took, if what is asked for leaves room for that. */
static void
take_ending(PartitaPiece *piece, const bool *programs)
{
  const PartitaComposePlan *plan = piece->plan;
  PartitaControls *controls = piece->controls;
  const bool is_new = plan->primer == NULL && plan->frame == NULL;

  if (!is_new || controls->ending >= 0 || controls->loop ||
      controls->tonic >= 0 || controls->scale >= 0 ||
      controls->scale_list != 0 || controls->n_chords > 0 ||
      (programs != NULL && !has_pitched(programs)))
    return;
  controls->ending = find_key(piece);
  if (!partita_controls_check(controls, plan->bars, NULL))
    controls->ending = -1;
}

static void
constrain(PartitaPiece *piece)
{
  const PartitaComposePlan *plan = piece->plan;
  bool programs[PARTITA_N_PROGRAMS];
  const bool named =
    partita_compose_read_programs(plan->composer, piece->given, programs);

  piece->controls =
    g_memdup2(plan->options.controls, sizeof *plan->options.controls);
  take_ending(piece, named ? programs : NULL);
  piece->constraint = partita_constraint_new(
    plan->composer->scheme, piece->controls, count_promised(plan), piece->shift,
    named ? programs : NULL);
  // Music that is given has its own; a loop was composed in those of its style.
  if (plan->frame == NULL || plan->frame->arrangement->keep > 0)
    take_habits(piece);
}

PartitaPiece *
partita_piece_new(const PartitaComposePlan *plan, uint64_t index)
{
  PartitaPiece *piece = g_new0(PartitaPiece, 1);

  piece->plan = plan;
  piece->index = index;
  piece->grammar = partita_grammar_new(plan->composer->scheme);
  partita_grammar_demand_bars(piece->grammar, plan->bars);
  piece->ids = g_array_new(FALSE, FALSE, sizeof(uint16_t));
  piece->mask = g_new(uint8_t, plan->composer->vocab);
  if (plan->frame != NULL) {
    piece->given = g_array_ref(plan->frame->ids);
    piece->shift = plan->frame->shift;
    piece->arranger = partita_arranger_new(plan->frame);
    partita_grammar_allow_parts(piece->grammar);
  } else if (plan->primer == NULL) {
    give_prompt(piece);
  } else {
    piece->given = g_array_ref(plan->primer);
    piece->shift = plan->shift;
  }
  if (plan->options.controls != NULL)
    constrain(piece);
  if (plan->options.reasons != NULL || plan->options.likelihoods != NULL) {
    piece->trace = partita_trace_new(piece->constraint, plan->composer->vocab,
                                     plan->options.reasons);
    piece->trace->given =
      plan->frame != NULL && plan->frame->arrangement->keep == 0;
  }
  return piece;
}

void
partita_piece_free(PartitaPiece *piece)
{
  if (piece == NULL)
    return;
  partita_trace_free(piece->trace);
  partita_constraint_free(piece->constraint);
  g_free(piece->controls);
  partita_arranger_free(piece->arranger);
  partita_grammar_free(piece->grammar);
  g_array_unref(piece->given);
  g_array_unref(piece->ids);
  g_free(piece->mask);
  g_free(piece);
}

// In a scheme with bar lines the bar begun last is whole only at the end.
static void
reckon(PartitaPiece *piece, uint16_t id, bool given)
{
  const PartitaComposer *composer = piece->plan->composer;
  const size_t before = piece->done;

  piece->time += composer->spans[id];
  piece->done = piece->time / PARTITA_COMPOSE_SPAN_BAR;
  if (composer->has_bars && piece->done > 0)
    --piece->done;
  if (id == PARTITA_TOKEN_EOS)
    piece->done = piece->plan->bars;
  if (given)
    piece->given_done += piece->done - before;
  else
    ++piece->drawn;
}

static bool
fail(GError **error, const char *what)
{
  g_set_error(error, PARTITA_COMPOSE_ERROR, PARTITA_COMPOSE_ERROR_MODEL,
              "the piece failed its check: %s", what);
  return false;
}

/// The count of bars that the grammar demands, instead of that of the piece
/// the prompt comes from.
static uint16_t
fit_bars(PartitaPiece *piece, uint16_t id)
{
  const PartitaComposer *composer = piece->plan->composer;

  if (composer->kinds[id] != PARTITA_KIND_BARS)
    return id;
  (void)partita_grammar_allowed(piece->grammar, piece->mask);
  for (size_t i = 0; i < composer->vocab; ++i)
    if (piece->mask[i] != 0 && composer->kinds[i] == PARTITA_KIND_BARS)
      return (uint16_t)i;
  return id;
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
draw(PartitaPiece *piece, float *logits)
{
  const PartitaComposeOptions *options = &piece->plan->options;
  const size_t vocab = piece->plan->composer->vocab;
  uint16_t only = 0;

  partita_piece_restrict(piece);
  if (count_mask(piece->mask, vocab, &only) == 1)
    return only;
  return partita_sample(logits, piece->mask, vocab, &options->sampling,
                        partita_random_uniform(options->seed,
                                               PARTITA_RANDOM_SAMPLE,
                                               piece->index, piece->ids->len));
}

static uint16_t
choose(PartitaPiece *piece, float *logits)
{
  if (piece->trace == NULL)
    return draw(piece, logits);
  partita_trace_see(piece->trace, piece->grammar, logits);

  const uint16_t id = draw(piece, logits);

  partita_trace_take(piece->trace, piece->mask, id);
  return id;
}

/// (nullable): what comes next without being drawn
static const uint16_t *
get_given(const PartitaPiece *piece)
{
  if (piece->arranger != NULL)
    return partita_arranger_get_given(piece->arranger);
  return piece->ids->len < piece->given->len
           ? &g_array_index(piece->given, uint16_t, piece->ids->len)
           : NULL;
}

bool
partita_piece_advance(PartitaPiece *piece, float *logits, GError **error)
{
  const uint16_t *given = get_given(piece);
  const uint16_t id =
    given != NULL ? fit_bars(piece, *given) : choose(piece, logits);

  if (!partita_grammar_push(piece->grammar, id))
    return fail(error, given != NULL ? "the grammar refuses what is given"
                                     : "the grammar refuses a token");
  g_array_append_val(piece->ids, id);
  if (piece->arranger != NULL)
    partita_arranger_push(piece->arranger, piece->grammar, id);
  if (piece->constraint != NULL &&
      (piece->arranger == NULL || !partita_arranger_is_past(piece->arranger)))
    partita_constraint_push(piece->constraint, id);
  reckon(piece, id, given != NULL);
  return true;
}

void
partita_piece_get_inputs(const PartitaPiece *piece, uint16_t *inputs)
{
  inputs[0] = g_array_index(piece->ids, uint16_t, piece->ids->len - 1);
  partita_grammar_get_fields(piece->grammar, inputs + 1);
}

// What was promised, looked for in the finished score and not in how it was
// made.
static bool
check_score(const PartitaPiece *piece,
            const PartitaScore *score,
            const PartitaPrompt *prompt,
            GError **error)
{
  g_autoptr(GArray) bars = partita_score_get_bars(score);
  g_autoptr(GArray) again =
    partita_scheme_encode(piece->plan->composer->scheme, score, prompt);

  if (bars->len != piece->plan->bars)
    return fail(error, "it has not the bars that were asked for");
  if (again->len != piece->ids->len ||
      memcmp(again->data, piece->ids->data, again->len * sizeof(uint16_t)) != 0)
    return fail(error, "its tokens and its score differ");
  return true;
}

/// The tempo asked for, instead of that of its bin.
static void
set_tempo(PartitaScore *score, const PartitaControls *controls)
{
  if (controls == NULL || controls->tempo <= 0.0)
    return;
  partita_score_clear_tempos(score);
  partita_score_add_tempo(score,
                          (PartitaTempo){0, partita_controls_get_us(controls)});
}

/// Says to the caller what it wants to know of the finished piece.
static void
tell(const PartitaPiece *piece)
{
  const PartitaComposeOptions *options = &piece->plan->options;
  const uint64_t at = piece->index - options->index;

  if (options->likelihoods != NULL)
    options->likelihoods[at] =
      piece->trace->sum / (double)MAX(1, piece->trace->n);
  if (options->taken != NULL)
    options->taken[at] = (PartitaTaken){
      .style = find_style(piece->plan->composer, piece->ids),
      .ending = piece->controls != NULL ? piece->controls->ending : -1,
    };
}

/// Brings what was composed to the key of the piece.
static bool
move_back(const PartitaPiece *piece, PartitaScore *score, GError **error)
{
  return partita_score_transpose(score, -piece->shift) ||
         fail(error, "it leaves the range of MIDI in its own key");
}

static PartitaScore *
finish_arrangement(const PartitaPiece *piece, GError **error)
{
  g_autoptr(PartitaScore) written =
    partita_scheme_decode_part(piece->plan->composer->scheme,
                               (const uint16_t *)(const void *)piece->ids->data,
                               piece->ids->len, true, error);

  if (written == NULL || !move_back(piece, written, error))
    return NULL;
  tell(piece);
  return partita_arrangement_join(piece->plan->frame->arrangement,
                                  piece->plan->frame->grid, written);
}

PartitaScore *
partita_piece_finish(const PartitaPiece *piece, GError **error)
{
  if (piece->arranger != NULL)
    return finish_arrangement(piece, error);

  PartitaPrompt prompt;
  g_autoptr(PartitaScore) score =
    partita_scheme_decode(piece->plan->composer->scheme,
                          (const uint16_t *)(const void *)piece->ids->data,
                          piece->ids->len, &prompt, error);

  if (score == NULL || !check_score(piece, score, &prompt, error))
    return NULL;
  if (piece->plan->primer == NULL)
    set_tempo(score, piece->plan->options.controls);
  tell(piece);
  // The tokens of the music name no key; the file shall carry the one it has.
  if (prompt.key >= 0)
    partita_score_add_key(score, partita_key_to_signature(prompt.key));
  if (!move_back(piece, score, error))
    return NULL;
  if (piece->plan->primer != NULL)
    return partita_primer_join(piece->plan, score);
  return piece->plan->melody != NULL
           ? partita_melody_join(piece->plan->melody, score)
           : g_steal_pointer(&score);
}
