// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* What to ask for, taken from styles that are mixed or from a piece. */

#include <compose/compose-private.h>
#include <math.h>
#include <string.h>

#define BLENDED_MAX 16

/// The least density that can be asked for, and by what a wish for one that
/// cannot be had is lowered at a time.
#define LEAST_DENSITY 0.25
#define EASE 0.95

/// Tokens of a piece by which its style is found.
#define HEARD_MAX 512

static bool
refuse(GError **error, const char *what, const char *text)
{
  g_set_error(error, PARTITA_COMPOSE_ERROR, PARTITA_COMPOSE_ERROR_OPTIONS,
              "style \"%s\": %s", text, what);
  return false;
}

/// Of "blues:0.3": the style's index, and its weight (1 if not given).
static bool
parse_share(const PartitaScheme *scheme,
            const char *text,
            size_t *style,
            double *weight,
            GError **error)
{
  const char *colon = strrchr(text, ':');
  g_autofree char *name =
    g_strndup(text, colon != NULL ? (size_t)(colon - text) : strlen(text));
  char *end = NULL;

  *weight = colon != NULL ? g_ascii_strtod(colon + 1, &end) : 1.0;
  if (colon != NULL && (end == colon + 1 || *end != '\0' || !(*weight > 0.0) ||
                        !isfinite(*weight)))
    return refuse(error, "a share is a number over 0", text);

  const char *known = partita_compose_match_style(scheme, g_strstrip(name));

  if (known == NULL) {
    g_autofree char *asked = partita_compose_suggest_style(scheme, name);
    g_autofree char *what =
      g_strconcat("the model does not know it", asked, NULL);

    return refuse(error, what, name);
  }
  *style = (size_t)partita_scheme_find_style(scheme, known);
  return true;
}

/// Puts the mean of the styles' embeddings in place of that of the first.
static bool
mix(PartitaModel *model,
    const PartitaScheme *scheme,
    const size_t *styles,
    const double *weights,
    size_t n)
{
  const char *const *names = partita_scheme_get_styles(scheme);
  const size_t n_fields = partita_scheme_get_n_fields(scheme);
  g_autofree char *first = g_strconcat("Style_", names[0], NULL);
  const size_t token = (size_t)partita_scheme_find_token(scheme, first);
  size_t rows[BLENDED_MAX];

  for (size_t i = 0; i < n; ++i)
    rows[i] = token + styles[i];
  if (!partita_model_mix_embedding(model, 0, rows[0], rows, weights, n))
    return false;
  for (size_t f = 0; f < n_fields; ++f) {
    if (strcmp(partita_scheme_get_field_name(scheme, f), "Style") != 0)
      continue;
    for (size_t i = 0; i < n; ++i)
      rows[i] = styles[i] + 1; // 0: no style
    if (!partita_model_mix_embedding(model, f + 1, rows[0], rows, weights, n))
      return false;
  }
  return true;
}

char *
partita_compose_blend_styles(PartitaModel *model,
                             const char *blend,
                             GError **error)
{
  const char *description = partita_model_get_metadata(model, "scheme");
  g_autoptr(PartitaScheme) scheme = partita_scheme_new_from_description(
    description != NULL ? description : "", error);
  g_auto(GStrv) parts = g_strsplit(blend, ",", 0);
  const size_t n = g_strv_length(parts);
  size_t styles[BLENDED_MAX];
  double weights[BLENDED_MAX];
  double sum = 0.0;
  size_t heaviest = 0;

  if (scheme == NULL)
    return NULL;
  if (n == 0 || n > BLENDED_MAX) {
    (void)refuse(error, "one to 16 styles", blend);
    return NULL;
  }
  for (size_t i = 0; i < n; ++i) {
    if (!parse_share(scheme, g_strstrip(parts[i]), &styles[i], &weights[i],
                     error))
      return NULL;
    sum += weights[i];
    if (weights[i] > weights[heaviest])
      heaviest = i;
  }
  for (size_t i = 0; i < n; ++i)
    weights[i] /= sum;
  // The heaviest goes first: it lends its name, and its pieces their prompts.
  const size_t style = styles[heaviest];
  const double weight = weights[heaviest];
  styles[heaviest] = styles[0];
  weights[heaviest] = weights[0];
  styles[0] = style;
  weights[0] = weight;
  if (n > 1 && !mix(model, scheme, styles, weights, n)) {
    (void)refuse(error, "no memory to mix them", blend);
    return NULL;
  }
  return g_strdup(partita_scheme_get_styles(scheme)[style]);
}

/// Log-probability of @ids, as far as they are heard, as the rows of @state
/// have their styles; @sums: shape [n].
static void
hear(const PartitaComposer *composer,
     PartitaModelState *state,
     GPtrArray *pieces,
     double *sums)
{
  const size_t n = pieces->len;
  const size_t width = composer->n_fields + 1;
  g_autofree uint16_t *inputs = g_new(uint16_t, n * width);
  g_autofree float *logits = g_new(float, n * composer->vocab);
  g_autoptr(GPtrArray) grammars =
    g_ptr_array_new_with_free_func((GDestroyNotify)partita_grammar_free);
  const GArray *first = g_ptr_array_index(pieces, 0);
  const guint heard = MIN(first->len, HEARD_MAX);

  for (size_t r = 0; r < n; ++r)
    g_ptr_array_add(grammars, partita_grammar_new(composer->scheme));
  for (guint t = 0; t + 1 < heard; ++t) {
    for (size_t r = 0; r < n; ++r) {
      const GArray *ids = g_ptr_array_index(pieces, r);
      PartitaGrammar *grammar = g_ptr_array_index(grammars, r);

      inputs[r * width] = g_array_index(ids, uint16_t, t);
      (void)partita_grammar_push(grammar, inputs[r * width]);
      partita_grammar_get_fields(grammar, inputs + r * width + 1);
    }
    partita_model_step(state, inputs, logits);
    for (size_t r = 0; r < n && t > 0; ++r) {
      const float *row = logits + r * composer->vocab;
      const uint16_t next =
        g_array_index((GArray *)g_ptr_array_index(pieces, r), uint16_t, t + 1);

      sums[r] += partita_compose_log_softmax(row, composer->vocab, next);
    }
  }
}

char *
partita_composer_find_style(const PartitaComposer *composer,
                            const PartitaScore *score,
                            GError **error)
{
  const char *const *styles = partita_scheme_get_styles(composer->scheme);
  const size_t n = g_strv_length((char **)styles);
  g_autoptr(PartitaScore) moved =
    partita_scheme_quantise(composer->scheme, score, NULL);
  g_autoptr(GPtrArray) pieces =
    g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
  g_autofree double *sums = g_new0(double, n + 1);
  size_t best = 0;

  if (n == 0)
    return NULL;
  if (composer->common_key)
    (void)partita_score_move_to_common_key(moved);
  for (size_t s = 0; s < n; ++s) {
    PartitaPrompt prompt;

    partita_scheme_get_prompt(composer->scheme, moved, (int)s, &prompt);
    g_ptr_array_add(pieces,
                    partita_scheme_encode(composer->scheme, moved, &prompt));
  }
  g_autoptr(PartitaModelState) state =
    partita_compose_new_state(composer, n, error);
  if (state == NULL)
    return NULL;
  hear(composer, state, pieces, sums);
  for (size_t s = 1; s < n; ++s)
    if (sums[s] > sums[best])
      best = s;
  return g_strdup(styles[best]);
}

static void
take_instruments(PartitaControls *controls, const PartitaScore *score)
{
  controls->n_groups = 0;
  for (size_t t = 0; t < partita_score_get_n_tracks(score); ++t) {
    const PartitaTrack *track = partita_score_get_track(score, t);
    const unsigned program = partita_track_get_program(track);
    bool known = false;
    size_t n = 0;

    (void)partita_track_get_notes(track, &n);
    for (size_t g = 0; g < controls->n_groups; ++g)
      known = known || controls->groups[g].programs[program];
    if (n == 0 || known || controls->n_groups >= PARTITA_GROUPS_MAX)
      continue;
    (void)partita_parse_group(partita_program_name(program),
                              &controls->groups[controls->n_groups++]);
  }
}

/// The metre that most of the time is in.
static PartitaBar
find_meter(const GArray *bars)
{
  g_autoptr(GHashTable) lengths =
    g_hash_table_new_full(NULL, NULL, NULL, g_free);
  PartitaBar best = g_array_index(bars, PartitaBar, 0);
  uint64_t most = 0;

  for (guint b = 0; b < bars->len; ++b) {
    const PartitaBar *bar = &g_array_index(bars, PartitaBar, b);
    const gpointer key =
      GUINT_TO_POINTER((guint)bar->numerator << 8 | bar->denominator);
    uint64_t *length = g_hash_table_lookup(lengths, key);

    if (length == NULL) {
      length = g_new0(uint64_t, 1);
      g_hash_table_insert(lengths, key, length);
    }
    *length += bar->length_ticks;
    if (*length > most) {
      most = *length;
      best = *bar;
    }
  }
  return best;
}

/// A metre that cannot be asked for is taken by another name, as 4/4 for 1/1;
/// one that has none is left out.
static void
take_meter(PartitaControls *controls, const PartitaBar *bar)
{
  const unsigned tries[] = {bar->denominator, 4, 8, 2, 16};

  for (size_t i = 0; i < G_N_ELEMENTS(tries); ++i) {
    const unsigned beats = bar->numerator * tries[i];
    g_autofree char *meter =
      g_strdup_printf("%u/%u", beats / bar->denominator, tries[i]);

    if (beats % bar->denominator == 0 &&
        partita_controls_set(controls, "meter", meter, NULL))
      return;
  }
}

void
partita_controls_ease(PartitaControls *controls, size_t bars, unsigned own)
{
  const bool meter = (own & PARTITA_EASE_METER) != 0;

  while (!partita_controls_check(controls, bars, NULL)) {
    if ((own & PARTITA_EASE_DENSITY) != 0 && controls->density > 0.0)
      controls->density = controls->density > LEAST_DENSITY / EASE
                            ? EASE * controls->density
                            : 0.0;
    else if ((own & PARTITA_EASE_PROGRAMS) != 0 && controls->n_groups > 1)
      --controls->n_groups;
    else if (meter && controls->numerator > 0)
      controls->numerator = 0;
    else
      return;
  }
}

void
partita_controls_take_piece(PartitaControls *controls,
                            const PartitaScore *score)
{
  const int key = partita_score_find_key(score);
  g_autoptr(GArray) bars = partita_score_get_played_bars(score);
  g_autoptr(PartitaTempoMap) tempos = partita_tempo_map_new(score);
  const PartitaBar bar = find_meter(bars);
  const uint32_t end = MAX(1, partita_score_get_end(score));
  const double quarters = (double)end / partita_score_get_ppq(score);

  if (key >= 0) {
    controls->tonic = key % 12;
    controls->mode = key / 12;
  }
  take_meter(controls, &bar);
  controls->tempo =
    CLAMP(round(6e7 * end / (double)partita_tempo_map_us_ppq(tempos, end)),
          20.0, 320.0);
  controls->density = CLAMP((double)partita_score_get_n_notes(score) / quarters,
                            LEAST_DENSITY, 8.0);
  take_instruments(controls, score);
}
