// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <string.h>
#include <token/remi-private.h>

static const PartitaTokenClass classes[] = {
  [REMI_BOS] = {"Bos", 1},
  [REMI_EOS] = {"Eos", 1},
  [REMI_STYLE] = {"Style", 0},
  [REMI_KEY] = {"Key", 24},
  [REMI_TEMPO] = {"Tempo", REMI_N_TEMPOS},
  [REMI_BARS] = {"Bars", REMI_N_COUNTS},
  [REMI_DENSITY] = {"Density", REMI_N_DENSITIES},
  [REMI_PROGRAM] = {"Program", PARTITA_N_PROGRAMS},
  [REMI_BAR] = {"Bar", REMI_N_COUNTS},
  [REMI_METER] = {"Meter", REMI_N_METERS},
  [REMI_POSITION] = {"Position", REMI_BAR_MAX},
  [REMI_PITCH] = {"Pitch", 128},
  [REMI_DRUM] = {"Drum", 128},
  [REMI_VELOCITY] = {"Velocity", REMI_N_VELOCITIES},
  [REMI_DURATION] = {"Duration", REMI_HOLD},
  [REMI_HOLD_ON] = {"Hold", 1},
  [REMI_PART] = {"Part", REMI_PARTS_END - 1},
};
G_STATIC_ASSERT(G_N_ELEMENTS(classes) == REMI_N_CLASSES);
G_STATIC_ASSERT(REMI_N_CLASSES <= PARTITA_CLASSES_MAX);

static const PartitaTokenField fields[] = {
  {"Position", REMI_BAR_MAX + 1},
  {"BarsLeft", REMI_N_COUNTS + 1},
  {"Program", PARTITA_N_PROGRAMS + 1},
  {"Meter", REMI_N_METERS + 1},
  {"Style", 0},
  {"Key", 24 + 1},
  {"Density", REMI_N_DENSITIES + 1},
  {"Part", REMI_PARTS_END},
};
G_STATIC_ASSERT(G_N_ELEMENTS(fields) <= PARTITA_GRAMMAR_FIELDS_MAX);

static void
make_piece(RemiPiece *piece,
           const PartitaScore *score,
           PartitaQuantiseLoss *loss)
{
  g_autoptr(PartitaScore) folded = partita_token_fold_pedals(score);

  partita_remi_piece_init(piece);
  partita_remi_piece_quantise(piece, folded == NULL ? score : folded, loss);
}

static int
find_tempo(const PartitaScore *score)
{
  g_autoptr(PartitaTempoMap) map = partita_tempo_map_new(score);
  const uint32_t end = MAX(1, partita_score_get_end(score));
  const uint64_t mean = partita_tempo_map_us_ppq(map, end) / end;

  return partita_remi_tempo_bin((uint32_t)mean);
}

static void
get_prompt(const PartitaScore *score, PartitaPrompt *prompt)
{
  g_auto(RemiPiece) piece = {0};
  PartitaQuantiseLoss loss;

  make_piece(&piece, score, &loss);
  prompt->key = partita_score_find_key(score);
  prompt->tempo_bin = find_tempo(score);
  prompt->bars = (int)piece.bars->len;
  prompt->density = (int)partita_remi_density(piece.notes->len, piece.end);
  prompt->has_programs = piece.notes->len > 0;
  partita_remi_find_programs(&piece, prompt->programs);
}

static PartitaScore *
quantise(const PartitaScore *score, PartitaQuantiseLoss *loss)
{
  g_auto(RemiPiece) piece = {0};

  make_piece(&piece, score, loss);
  return partita_remi_piece_to_score(&piece);
}

static GArray *
encode(const PartitaScheme *scheme,
       const PartitaScore *score,
       const PartitaPrompt *prompt)
{
  g_auto(RemiPiece) piece = {0};
  PartitaQuantiseLoss loss;

  make_piece(&piece, score, &loss);

  return partita_remi_write(scheme, prompt, &piece);
}

void
partita_remi_collect(const void *state,
                     unsigned class_,
                     unsigned value,
                     void *data)
{
  const RemiState *s = state;
  RemiPiece *piece = data;

  if (class_ == REMI_DURATION && s->part != REMI_AHEAD) {
    const uint64_t note =
      remi_note_pack(s->bar_start + (uint32_t)s->position, s->program, s->pitch,
                     s->velocity, s->duration);

    g_array_append_val(piece->notes, note);
  } else if (class_ == REMI_BAR) {
    const RemiBar bar = {s->bar_start, s->meter, s->tempo};

    g_array_append_val(piece->bars, bar);
  } else if (s->n_bars > 0 && (class_ == REMI_METER || class_ == REMI_TEMPO)) {
    RemiBar *bar = &g_array_index(piece->bars, RemiBar, piece->bars->len - 1);

    *(class_ == REMI_METER ? &bar->meter : &bar->tempo) = (uint8_t)value;
  }
}

static void
read_prompt(const RemiState *s, PartitaPrompt *prompt)
{
  *prompt = (PartitaPrompt){.style = s->style,
                            .key = s->key,
                            .tempo_bin = s->tempo_given,
                            .bars = s->bars_given < 0 ? 0 : (int)s->n_bars,
                            .density = s->density,
                            .has_programs = s->has_programs};
  memcpy(prompt->programs, s->programs, sizeof prompt->programs);
}

static PartitaScore *
decode(const PartitaScheme *scheme,
       const uint16_t *ids,
       size_t n,
       PartitaPrompt *prompt,
       GError **error)
{
  g_auto(RemiPiece) piece = {0};
  RemiState state = {0};

  partita_remi_piece_init(&piece);
  if (!partita_scheme_walk(scheme, ids, n, &state, partita_remi_collect, &piece,
                           error))
    return NULL;
  piece.end = state.bar_start + partita_remi_meter(state.meter).length;
  read_prompt(&state, prompt);
  return partita_remi_piece_to_score(&piece);
}

static PartitaNote
tell_note(const RemiState *s)
{
  return (PartitaNote){(s->bar_start + (uint32_t)s->position) *
                         REMI_TICKS_A_POSITION,
                       s->duration * REMI_TICKS_A_POSITION, s->pitch,
                       (uint8_t)(4 * s->velocity + 3)};
}

static size_t
get_events(const void *state, PartitaScoreEvent *events)
{
  const RemiState *s = state;
  const uint32_t tick = s->bar_start * REMI_TICKS_A_POSITION;

  if (s->last == REMI_KEY)
    *events = (PartitaScoreEvent){.type = PARTITA_SCORE_EVENT_KEY,
                                  .key = partita_key_to_signature(s->key)};
  else if (s->last == REMI_TEMPO && s->n_bars > 0)
    *events =
      (PartitaScoreEvent){.type = PARTITA_SCORE_EVENT_TEMPO,
                          .tempo = {tick, partita_remi_tempos[s->tempo]}};
  else if (s->last == REMI_METER)
    *events = (PartitaScoreEvent){
      .type = PARTITA_SCORE_EVENT_METER,
      .meter = {tick, partita_remi_meter(s->meter).numerator,
                partita_remi_meter(s->meter).denominator}};
  else if (s->last == REMI_DURATION && s->part != REMI_AHEAD)
    *events = (PartitaScoreEvent){.type = PARTITA_SCORE_EVENT_NOTE,
                                  .program = s->program,
                                  .note = tell_note(s)};
  else if (s->complete)
    *events = (PartitaScoreEvent){.type = PARTITA_SCORE_EVENT_END,
                                  .end_ticks =
                                    tick + partita_remi_meter(s->meter).length *
                                             REMI_TICKS_A_POSITION};
  else
    return 0;
  return 1;
}

static bool
transpose(const PartitaScheme *scheme, uint16_t *ids, size_t n, int semitones)
{
  const int pitches = (int)scheme->base[REMI_PITCH];
  const int keys = (int)scheme->base[REMI_KEY];

  for (size_t i = 0; i < n; ++i) {
    const int pitch = ids[i] - pitches + semitones;

    if (scheme->class_of[ids[i]] == REMI_PITCH && (pitch < 0 || pitch > 127))
      return false;
  }
  for (size_t i = 0; i < n; ++i) {
    const unsigned class_ = scheme->class_of[ids[i]];
    const int key = ids[i] - keys;

    if (class_ == REMI_PITCH)
      ids[i] = (uint16_t)(ids[i] + semitones);
    else if (class_ == REMI_KEY)
      ids[i] = (uint16_t)(keys + key / 12 * 12 +
                          ((key % 12 + semitones) % 12 + 12) % 12);
  }
  return true;
}

static unsigned
control(unsigned class_)
{
  switch ((RemiClass)class_) {
  case REMI_STYLE:
    return PARTITA_CONTROL_STYLE;
  case REMI_KEY:
    return PARTITA_CONTROL_KEY;
  case REMI_TEMPO:
    return PARTITA_CONTROL_TEMPO;
  case REMI_BARS:
    return PARTITA_CONTROL_BARS;
  case REMI_DENSITY:
    return PARTITA_CONTROL_DENSITY;
  case REMI_PROGRAM:
    return PARTITA_CONTROL_PROGRAMS;
  default:
    return 0;
  }
}

const PartitaSchemeOps partita_remi_ops = {
  .name = "remi",
  .classes = classes,
  .n_classes = G_N_ELEMENTS(classes),
  .fields = fields,
  .n_fields = G_N_ELEMENTS(fields),
  .state_size = sizeof(RemiState),
  .ppq = REMI_PPQ,
  .name_value = partita_remi_name_value,
  .tempo_bin = partita_remi_tempo_bin,
  .get_prompt = get_prompt,
  .quantise = quantise,
  .encode = encode,
  .decode = decode,
  .transpose = transpose,
  .control = control,
  .follow = partita_remi_follow,
  .may = partita_remi_may,
  .take = partita_remi_take,
  .demand_bars = partita_remi_demand_bars,
  .allow_parts = partita_remi_allow_parts,
  .end_by = partita_remi_end_by,
  .rearrange = partita_remi_rearrange,
  .decode_part = partita_remi_decode_part,
  .is_complete = partita_remi_is_complete,
  .get_fields = partita_remi_get_fields,
  .get_events = get_events,
};
