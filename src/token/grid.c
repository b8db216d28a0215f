// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <token/grid-private.h>

#define PPQ 480u
#define TICKS_A_STEP (PPQ / GRID_STEPS_A_QUARTER)
#define US_PER_QUARTER 750000u // 80 quarters a minute: chorales
#define PROGRAM 52u            // choir aahs
#define VELOCITY 80u

static const PartitaTokenClass classes[] = {
  [GRID_BOS] = {"Bos", 1},       [GRID_EOS] = {"Eos", 1},
  [GRID_STYLE] = {"Style", 0},   [GRID_BARS] = {"Bars", GRID_N_COUNTS},
  [GRID_PITCH] = {"Pitch", 128}, [GRID_SILENCE] = {"Rest", 1},
};
G_STATIC_ASSERT(G_N_ELEMENTS(classes) == GRID_N_CLASSES);

static const PartitaTokenField fields[] = {
  [GRID_FIELD_PLACE] = {"Place", GRID_N_PLACES + 1},
  [GRID_FIELD_BARS_LEFT] = {"BarsLeft", GRID_BARS_LEFT_MAX + 2},
  [GRID_FIELD_HELD] = {"Held", GRID_HELD_MAX + 1},
  [GRID_FIELD_STYLE] = {"Style", 0},
  [GRID_FIELD_SOPRANO] = {"Soprano", GRID_NONE + 1},
  [GRID_FIELD_SOPRANO + 1] = {"Alto", GRID_NONE + 1},
  [GRID_FIELD_SOPRANO + 2] = {"Tenor", GRID_NONE + 1},
  [GRID_FIELD_SOPRANO + 3] = {"Bass", GRID_NONE + 1},
};
G_STATIC_ASSERT(G_N_ELEMENTS(fields) == GRID_N_FIELDS);
G_STATIC_ASSERT(G_N_ELEMENTS(fields) <= PARTITA_GRAMMAR_FIELDS_MAX);

static char *
name_value(unsigned class_, unsigned value)
{
  switch ((GridClass)class_) {
  case GRID_PITCH:
    return g_strdup_printf("%u", value);
  case GRID_BARS:
    return g_strdup_printf("%u%s", value + 1,
                           value + 1 == GRID_N_COUNTS ? "+" : "");
  default:
    return NULL;
  }
}

static void
make_piece(GridPiece *piece,
           const PartitaScore *score,
           PartitaQuantiseLoss *loss)
{
  g_autoptr(PartitaScore) folded = partita_token_fold_pedals(score);

  partita_grid_piece_quantise(piece, folded == NULL ? score : folded, loss);
}

static void
get_prompt(const PartitaScore *score, PartitaPrompt *prompt)
{
  g_auto(GridPiece) piece = {0};
  PartitaQuantiseLoss loss;

  make_piece(&piece, score, &loss);
  prompt->bars = (int)grid_bars_of_steps(piece.steps);
}

static void
add_voice(PartitaScore *score, const GridPiece *piece, unsigned voice)
{
  const GridField field = GRID_FIELD_SOPRANO + voice;
  PartitaTrack *track =
    partita_score_add_track(score, PROGRAM, fields[field].name);
  const uint8_t *cells = piece->cells; // none if there are no steps

  for (uint32_t onset = 0, end = 0; onset < piece->steps; onset = end) {
    const uint8_t pitch = cells[onset * GRID_N_VOICES + voice];

    for (end = onset + 1;
         end < piece->steps && cells[end * GRID_N_VOICES + voice] == pitch;)
      ++end;
    if (pitch != GRID_REST)
      partita_track_add_note(track, (PartitaNote){onset * TICKS_A_STEP,
                                                  (end - onset) * TICKS_A_STEP,
                                                  pitch, VELOCITY});
  }
}

static PartitaScore *
piece_to_score(const GridPiece *piece)
{
  PartitaScore *score = partita_score_new(PPQ);

  partita_score_add_tempo(score, (PartitaTempo){0, US_PER_QUARTER});
  partita_score_add_meter(score, (PartitaMeter){0, 4, 4});
  for (unsigned v = 0; v < GRID_N_VOICES; ++v)
    add_voice(score, piece, v);
  partita_score_set_end(score, piece->steps * TICKS_A_STEP);
  partita_score_sort(score);
  return score;
}

static PartitaScore *
quantise(const PartitaScore *score, PartitaQuantiseLoss *loss)
{
  g_auto(GridPiece) piece = {0};

  make_piece(&piece, score, loss);
  return piece_to_score(&piece);
}

static GArray *
encode(const PartitaScheme *scheme,
       const PartitaScore *score,
       const PartitaPrompt *prompt)
{
  g_auto(GridPiece) piece = {0};
  PartitaQuantiseLoss loss;

  make_piece(&piece, score, &loss);

  const size_t n = (size_t)piece.steps * GRID_N_VOICES;
  const uint16_t rest = partita_scheme_id(scheme, GRID_SILENCE, 0);
  const uint16_t pitches = partita_scheme_id(scheme, GRID_PITCH, 0);
  GArray *ids = g_array_new(FALSE, FALSE, sizeof(uint16_t));

  g_array_set_size(ids, (guint)n + 4); // at most

  uint16_t *first = (uint16_t *)(void *)ids->data;
  uint16_t *at = first;

  *at++ = PARTITA_TOKEN_BOS;
  if (prompt->style >= 0)
    *at++ = partita_scheme_id(scheme, GRID_STYLE, (unsigned)prompt->style);
  if (prompt->bars > 0 && piece.steps > 0)
    *at++ = partita_scheme_id(
      scheme, GRID_BARS, grid_count_of_bars(grid_bars_of_steps(piece.steps)));
  for (size_t i = 0; i < n; ++i)
    *at++ =
      piece.cells[i] == GRID_REST ? rest : (uint16_t)(pitches + piece.cells[i]);
  *at++ = PARTITA_TOKEN_EOS;
  g_array_set_size(ids, (guint)(at - first));
  return ids;
}

static void
take_cell(const void *state, unsigned class_, unsigned value, void *data)
{
  const uint8_t cell = (uint8_t)(class_ == GRID_SILENCE ? GRID_REST : value);

  (void)state;
  if (class_ == GRID_PITCH || class_ == GRID_SILENCE)
    g_byte_array_append(data, &cell, 1);
}

static PartitaScore *
decode(const PartitaScheme *scheme,
       const uint16_t *ids,
       size_t n,
       PartitaPrompt *prompt,
       GError **error)
{
  g_autoptr(GByteArray) cells = g_byte_array_new();
  GridState state = {0};

  if (!partita_scheme_walk(scheme, ids, n, &state, take_cell, cells, error))
    return NULL;
  partita_prompt_clear(prompt);
  prompt->style = state.style;
  if (state.bars_given >= 0)
    prompt->bars = (int)grid_bars_of_steps(state.steps);

  const GridPiece piece = {state.steps, cells->data};

  return piece_to_score(&piece);
}

static PartitaScoreEvent
tell_note(unsigned voice, uint32_t onset, uint32_t end, uint8_t pitch)
{
  return (PartitaScoreEvent){.type = PARTITA_SCORE_EVENT_NOTE,
                             .program = PROGRAM,
                             .voice = (uint8_t)voice,
                             .note = {onset * TICKS_A_STEP,
                                      (end - onset) * TICKS_A_STEP, pitch,
                                      VELOCITY}};
}

/// Puts an end to all voices.
static size_t
tell_end(const GridState *s, PartitaScoreEvent *events)
{
  size_t n = 0;

  for (unsigned v = 0; v < GRID_N_VOICES; ++v)
    if (s->sounding[v] < GRID_REST)
      events[n++] = tell_note(v, s->onsets[v], s->steps, s->sounding[v]);
  events[n++] = (PartitaScoreEvent){.type = PARTITA_SCORE_EVENT_END,
                                    .end_ticks = s->steps * TICKS_A_STEP};
  return n;
}

static size_t
get_events(const void *state, PartitaScoreEvent *events)
{
  const GridState *s = state;
  const unsigned voice = (s->voice + GRID_N_VOICES - 1) % GRID_N_VOICES;

  if (s->complete)
    return tell_end(s, events);
  if ((s->last == GRID_PITCH || s->last == GRID_SILENCE) &&
      s->ended < GRID_REST) {
    events[0] = tell_note(voice, s->ended_onset, s->onsets[voice], s->ended);
    return 1;
  }
  if (!s->started || s->last != GRID_BOS)
    return 0;
  events[0] = (PartitaScoreEvent){.type = PARTITA_SCORE_EVENT_TEMPO,
                                  .tempo = {0, US_PER_QUARTER}};
  events[1] =
    (PartitaScoreEvent){.type = PARTITA_SCORE_EVENT_METER, .meter = {0, 4, 4}};
  return 2;
}

static bool
transpose(const PartitaScheme *scheme, uint16_t *ids, size_t n, int semitones)
{
  const int pitches = (int)scheme->base[GRID_PITCH];

  for (size_t i = 0; i < n; ++i) {
    const int pitch = ids[i] - pitches + semitones;

    if (scheme->class_of[ids[i]] == GRID_PITCH && (pitch < 0 || pitch > 127))
      return false;
  }
  for (size_t i = 0; i < n; ++i) {
    if (scheme->class_of[ids[i]] == GRID_PITCH)
      ids[i] = (uint16_t)(ids[i] + semitones);
  }
  return true;
}

static unsigned
control(unsigned class_)
{
  switch ((GridClass)class_) {
  case GRID_STYLE:
    return PARTITA_CONTROL_STYLE;
  case GRID_BARS:
    return PARTITA_CONTROL_BARS;
  default:
    return 0;
  }
}

const PartitaSchemeOps partita_grid_ops = {
  .name = "grid",
  .classes = classes,
  .n_classes = G_N_ELEMENTS(classes),
  .fields = fields,
  .n_fields = G_N_ELEMENTS(fields),
  .state_size = sizeof(GridState),
  .ppq = PPQ,
  .name_value = name_value,
  .get_prompt = get_prompt,
  .quantise = quantise,
  .encode = encode,
  .decode = decode,
  .transpose = transpose,
  .control = control,
  .follow = partita_grid_follow,
  .may = partita_grid_may,
  .take = partita_grid_take,
  .demand_bars = partita_grid_demand_bars,
  .is_complete = partita_grid_is_complete,
  .get_fields = partita_grid_get_fields,
  .get_events = get_events,
};
