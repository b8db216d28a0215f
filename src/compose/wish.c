// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <base/philox.h>
#include <compose/compose-private.h>
#include <compose/controls-private.h>
#include <math.h>
#include <string.h>

/* The prompt of a piece with controls: what is asked for, and for the rest what
 * a training piece of the style had. */

/// What @type is followed by, of the token of that type among @ids; NULL if
/// there is none.
static const char *
find_value(const PartitaComposer *composer, const GArray *ids, const char *type)
{
  for (guint i = 0; i < ids->len; ++i) {
    const uint16_t id = g_array_index(ids, uint16_t, i);

    if (strcmp(partita_scheme_token_type(composer->scheme, id), type) == 0)
      return partita_scheme_token_name(composer->scheme, id) + strlen(type) + 1;
  }
  return NULL;
}

static void
add_token(const PartitaComposer *composer,
          GArray *ids,
          const char *type,
          const char *value)
{
  g_autofree char *name = g_strconcat(type, "_", value, NULL);
  const int token = partita_scheme_find_token(composer->scheme, name);
  const uint16_t id = (uint16_t)token;

  if (token >= 0)
    g_array_append_val(ids, id);
}

static void
add_number(const PartitaComposer *composer,
           GArray *ids,
           const char *type,
           int value)
{
  g_autofree char *text = g_strdup_printf("%d", value);

  add_token(composer, ids, type, text);
}

int
partita_compose_model_key(const PartitaComposer *composer, int key)
{
  return !composer->common_key ? key : key < 12 ? 0 : 12 + 9;
}

/// How well the notes asked for, or the chords, go with @key.
static int
rate_key(const PartitaControls *controls, int key)
{
  static const char *const modes[] = {"major", "natural minor"};
  const uint16_t scale = partita_controls_turn(
    partita_scale_get_steps(partita_find_scale(modes[key / 12])), key % 12);
  const uint16_t triad =
    partita_controls_turn(key < 12 ? 0x91 : 0x89, key % 12);
  int rate = 0;

  for (int i = 0; i < 12; ++i)
    if ((controls->scale_list >> i & 1) != 0)
      rate += (scale >> i & 1) != 0 ? 1 : -1;
  for (size_t i = 0; i < controls->n_chords; ++i) {
    const PartitaChord *chord = &controls->chords[i];
    const bool frame = i == 0 || i + 1 == controls->n_chords;

    for (int k = 0; k < 12; ++k)
      if ((chord->pitch_classes >> k & 1) != 0)
        rate += (scale >> k & 1) != 0 ? 1 : -1;
    if (frame && (chord->pitch_classes & triad) == triad)
      rate += 2;
  }
  return rate;
}

/// The key asked for, or the one that the notes asked for are most likely in;
/// -1 if nothing tells.
static int
find_key(const PartitaControls *controls)
{
  int best = -1;

  if (controls->tonic >= 0)
    return partita_controls_get_key(controls);
  if (controls->scale_list == 0 && controls->n_chords == 0)
    return -1;
  for (int key = 0; key < 24; ++key)
    if (best < 0 || rate_key(controls, key) > rate_key(controls, best))
      best = key;
  return best;
}

void
partita_compose_count_programs(const PartitaComposer *composer,
                               int style,
                               size_t counts[PARTITA_N_PROGRAMS])
{
  memset(counts, 0, PARTITA_N_PROGRAMS * sizeof *counts);
  for (guint i = 0; i < composer->prompts->len; ++i) {
    const PartitaComposePrompt *prompt =
      &g_array_index(composer->prompts, PartitaComposePrompt, i);
    bool programs[PARTITA_N_PROGRAMS];

    if (!partita_compose_prompt_has_style(prompt, style))
      continue;
    (void)partita_compose_read_programs(composer, prompt->ids, programs);
    for (unsigned p = 0; p < PARTITA_N_PROGRAMS; ++p)
      counts[p] += programs[p];
  }
}

/* A family becomes its member that the base has, or that most training pieces
 * have, or its first that can play what is asked for. */
static void
choose_members(const PartitaComposer *composer,
               const PartitaControls *controls,
               const bool *base,
               bool *programs)
{
  size_t counts[PARTITA_N_PROGRAMS];

  partita_compose_count_programs(composer, -1, counts);
  for (size_t g = 0; g < controls->n_groups; ++g) {
    int best = -1;

    for (int p = 0; p < PARTITA_N_PROGRAMS; ++p) {
      const size_t weight = base[p] ? SIZE_MAX : counts[p];

      if (controls->groups[g].programs[p] &&
          partita_controls_can_play(controls, (unsigned)p) &&
          (best < 0 || weight > (base[best] ? SIZE_MAX : counts[best])))
        best = p;
    }
    if (best >= 0)
      programs[best] = true;
  }
}

bool
partita_compose_read_programs(const PartitaComposer *composer,
                              const GArray *ids,
                              bool *programs)
{
  const int first = partita_scheme_find_token(composer->scheme, "Program_0");
  bool found = false;

  memset(programs, 0, PARTITA_N_PROGRAMS * sizeof *programs);
  for (guint i = 0; i < ids->len; ++i) {
    const uint16_t id = g_array_index(ids, uint16_t, i);

    if (composer->kinds[id] == PARTITA_KIND_BAR)
      break;
    if (strcmp(partita_scheme_token_type(composer->scheme, id), "Program") != 0)
      continue;
    programs[id - first] = true;
    found = true;
  }
  return found;
}

int
partita_compose_density_level(double density)
{
  return CLAMP((int)lround(2.0 + 2.0 * log2(density)), 0, 9);
}

void
partita_compose_wish_for_primer(const PartitaComposer *composer,
                                const PartitaControls *controls,
                                PartitaPrompt *prompt)
{
  bool base[PARTITA_N_PROGRAMS];

  memcpy(base, prompt->programs, sizeof base);
  if (controls->tonic >= 0)
    prompt->key =
      partita_compose_model_key(composer, partita_controls_get_key(controls));
  if (controls->density > 0.0)
    prompt->density = partita_compose_density_level(controls->density);
  choose_members(composer, controls, base, prompt->programs);
}

/// The instruments of the piece, none if the model may choose among all.
static void
choose_programs(const PartitaComposer *composer,
                const PartitaControls *controls,
                const GArray *base_ids,
                bool *programs)
{
  bool base[PARTITA_N_PROGRAMS] = {false};
  bool pitched = false;
  uint8_t bass = 0;

  memset(programs, 0, PARTITA_N_PROGRAMS * sizeof *programs);
  if (base_ids != NULL)
    (void)partita_compose_read_programs(composer, base_ids, base);
  if (controls->n_groups > 0) {
    choose_members(composer, controls, base, programs);
    return;
  }
  for (unsigned p = 0; p < PARTITA_N_PROGRAMS; ++p) {
    programs[p] = base[p] && partita_controls_can_play(controls, p);
    pitched = pitched || (programs[p] && p != PARTITA_PROGRAM_DRUMS);
  }
  // Drums alone cannot end on a chord.
  if (!pitched && partita_controls_get_closing(controls, 1, &bass) != 0)
    memset(programs, 0, PARTITA_N_PROGRAMS * sizeof *programs);
}

static void
add_key(const PartitaComposer *composer,
        int key,
        const PartitaComposePrompt *base,
        GArray *ids,
        int *shift)
{
  const char *value =
    base != NULL ? find_value(composer, base->ids, "Key") : NULL;
  g_autofree char *name = NULL;

  if (key < 0) {
    *shift = base != NULL ? base->shift : 0;
    if (value != NULL)
      add_token(composer, ids, "Key", value);
    return;
  }
  *shift = composer->common_key ? partita_key_to_common(key) : 0;
  name = g_strdup(partita_key_name(partita_compose_model_key(composer, key)));
  add_token(composer, ids, "Key", g_strdelimit(name, " ", '_'));
}

static void
add_tempo(const PartitaComposer *composer,
          const PartitaControls *controls,
          const PartitaComposePrompt *base,
          GArray *ids)
{
  const char *value =
    base != NULL ? find_value(composer, base->ids, "Tempo") : NULL;

  if (controls->tempo > 0.0)
    add_number(composer, ids, "Tempo",
               partita_scheme_get_tempo_bin(composer->scheme,
                                            partita_controls_get_us(controls)));
  else if (value != NULL)
    add_token(composer, ids, "Tempo", value);
}

static void
add_density(const PartitaComposer *composer,
            const PartitaControls *controls,
            const PartitaComposePrompt *base,
            GArray *ids)
{
  const char *value =
    base != NULL ? find_value(composer, base->ids, "Density") : NULL;

  if (controls->density > 0.0)
    add_number(composer, ids, "Density",
               partita_compose_density_level(controls->density));
  else if (value != NULL)
    add_token(composer, ids, "Density", value);
}

static const char *
choose_style(const PartitaComposePlan *plan, const PartitaComposePrompt *base)
{
  if (plan->options.style != NULL || base == NULL)
    return plan->options.style;
  return find_value(plan->composer, base->ids, "Style");
}

const char *
partita_compose_settle_style(const PartitaComposePlan *plan, uint64_t index)
{
  const int key = find_key(plan->options.controls);

  return choose_style(plan, partita_compose_draw_prompt(plan, index, key));
}

GArray *
partita_compose_make_prompt(const PartitaComposePlan *plan,
                            uint64_t index,
                            int *shift)
{
  const PartitaComposer *composer = plan->composer;
  const PartitaControls *controls = plan->options.controls;
  const int key = find_key(controls);
  const PartitaComposePrompt *base =
    partita_compose_draw_prompt(plan, index, key);
  GArray *ids = g_array_new(FALSE, FALSE, sizeof(uint16_t));
  const char *style = choose_style(plan, base);
  bool programs[PARTITA_N_PROGRAMS];

  if (style != NULL)
    add_token(composer, ids, "Style", style);
  add_key(composer, key, base, ids, shift);
  add_tempo(composer, controls, base, ids);
  add_token(composer, ids, "Bars", "1"); // which becomes the right one
  add_density(composer, controls, base, ids);
  choose_programs(composer, controls, base != NULL ? base->ids : NULL,
                  programs);
  for (int p = 0; p < PARTITA_N_PROGRAMS; ++p) {
    if (!programs[p])
      continue;
    if (p == PARTITA_PROGRAM_DRUMS)
      add_token(composer, ids, "Program", "Drums");
    else
      add_number(composer, ids, "Program", p);
  }
  return ids;
}

bool
partita_compose_check_primer(const PartitaControls *controls,
                             const PartitaScore *primer,
                             GError **error)
{
  static const char *const names[] = {"key",     "scale",  "range",
                                      "meter",   "tempo",  "polyphony",
                                      "without", "chords", NULL};
  g_autoptr(GArray) promises = partita_controls_measure(controls, primer, 0);
  size_t n_keys = 0;

  (void)partita_score_get_keys(primer, &n_keys);

  for (guint i = 0; i < promises->len; ++i) {
    const PartitaPromise *promise = &g_array_index(promises, PartitaPromise, i);
    // It may lack instruments, but have no others.
    const bool others = strcmp(promise->name, "programs") == 0 &&
                        promise->of > controls->n_groups;

    // What it does not sign is signed for it.
    const bool key = strcmp(promise->name, "signature") == 0 && n_keys > 0;

    if (promise->kept ||
        (!g_strv_contains(names, promise->name) && !others && !key))
      continue;

    g_autofree char *words = partita_promise_describe(promise);

    g_set_error(error, PARTITA_COMPOSE_ERROR, PARTITA_COMPOSE_ERROR_OPTIONS,
                "the primer does not keep to %s", words);
    return false;
  }
  return true;
}
