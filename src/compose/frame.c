// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <base/json.h>
#include <compose/frame.h>
#include <compose/steps.h>
#include <string.h>

/// Bars on each side of what is open that say how dense it is to be.
#define NEIGHBOURS 4

/// Whether some of the training pieces were rearranged.
static bool
has_learnt(const PartitaModel *model)
{
  const char *settings = partita_model_get_metadata(model, "settings");
  g_autoptr(JsonNode) node = partita_json_parse(settings, NULL);
  const char *augment = node != NULL && JSON_NODE_HOLDS_OBJECT(node)
                          ? json_object_get_string_member_with_default(
                              json_node_get_object(node), "augment", "")
                          : "";
  g_auto(GStrv) names = g_strsplit(augment, ",", 0);

  return g_strv_contains((const char *const *)names, "parts");
}

static bool
check_model(const PartitaComposer *composer, GError **error)
{
  if (!partita_scheme_has_parts(composer->scheme))
    return partita_compose_refuse(
      error, "only a model of the token scheme remi works on music "
             "that is given so");
  if (!has_learnt(composer->model))
    return partita_compose_refuse(
      error, "the model has not learnt to fill in: train it with "
             "--augment parts");
  return true;
}

/// The program of @group that is counted most and not @taken; there is one.
static unsigned
choose_program(const PartitaGroup *group,
               const bool *taken,
               const size_t counts[PARTITA_N_PROGRAMS])
{
  unsigned best = PARTITA_N_PROGRAMS;

  for (unsigned p = 0; p < PARTITA_N_PROGRAMS; ++p)
    if (group->programs[p] && !taken[p] &&
        (best == PARTITA_N_PROGRAMS || counts[p] > counts[best]))
      best = p;
  return best;
}

static bool
choose_programs(PartitaFrame *frame,
                const PartitaComposer *composer,
                int style,
                GError **error)
{
  const PartitaArrangement *arrangement = frame->arrangement;
  const PartitaScore *given = arrangement->given;
  bool taken[PARTITA_N_PROGRAMS] = {false};
  size_t counts[PARTITA_N_PROGRAMS];

  partita_compose_count_programs(composer, style, counts);
  for (size_t t = 0; t < partita_score_get_n_tracks(given); ++t)
    taken[partita_track_get_program(partita_score_get_track(given, t))] = true;
  for (guint g = 0; g < arrangement->groups->len; ++g) {
    const PartitaGroup *group =
      &g_array_index(arrangement->groups, PartitaGroup, g);
    const unsigned program = choose_program(group, taken, counts);

    if (program == PARTITA_N_PROGRAMS) {
      return partita_compose_refuse(error, "no program is left for %s",
                                    group->name);
    }
    taken[program] = true;
    g_array_index(frame->spans, PartitaSpan, 0).programs[program] = true;
  }
  return true;
}

/// The program on which the style has all of its voices, if it has but one;
/// else that of the line.
static unsigned
find_voices_program(const PartitaFrame *frame,
                    const PartitaComposer *composer,
                    int style)
{
  size_t counts[PARTITA_N_PROGRAMS];
  size_t sum = 0;
  unsigned most = 0;

  partita_compose_count_programs(composer, style, counts);
  for (unsigned p = 0; p < PARTITA_N_PROGRAMS; ++p) {
    sum += counts[p];
    if (counts[p] > counts[most])
      most = p;
  }
  return counts[most] > 0 && counts[most] * 10 >= sum * 9
           ? most
           : partita_arrangement_get_line_program(frame->arrangement);
}

/// (transfer full): the line, played on @program
static PartitaScore *
play_line(const PartitaScore *line, unsigned program)
{
  PartitaScore *played = partita_score_copy_frame(line);
  PartitaTrack *track = partita_score_add_track(played, (uint8_t)program, NULL);
  size_t n = 0;
  const PartitaNote *notes =
    partita_track_get_notes(partita_score_get_track(line, 0), &n);

  partita_track_add_notes(track, notes, n);
  return played;
}

/// The bar of the scheme that begins where bar @bar of the piece does on the
/// grid; its number of bars for the end.
static size_t
find_bar(const PartitaFrame *frame, size_t bar)
{
  const uint32_t line = g_array_index(frame->grid->lines, uint32_t, bar);
  guint i = 0;

  while (i < frame->bars->len &&
         g_array_index(frame->bars, PartitaBar, i).tick < line)
    ++i;
  return i;
}

/// From the bars of the piece to those of the scheme, which cuts very long bars
/// in pieces and has none that are shorter than half a sixteenth.
static bool
map_spans(PartitaFrame *frame, GError **error)
{
  guint n = 0;

  for (guint s = 0; s < frame->spans->len; ++s) {
    PartitaSpan span = g_array_index(frame->spans, PartitaSpan, s);
    const size_t first = find_bar(frame, span.first);
    const size_t end = find_bar(frame, span.first + span.n_bars);

    span.first = first;
    span.n_bars = end - first;
    if (end > first)
      g_array_index(frame->spans, PartitaSpan, n++) = span;
  }
  if (n == 0 && frame->spans->len > 0)
    return partita_compose_refuse(error,
                                  "the bars are too short to be written");
  g_array_set_size(frame->spans, n);
  return true;
}

static void
count_given(PartitaFrame *frame, const PartitaScore *quantised)
{
  g_array_set_size(frame->given, frame->bars->len * PARTITA_N_PROGRAMS);
  for (size_t t = 0; t < partita_score_get_n_tracks(quantised); ++t) {
    const PartitaTrack *track = partita_score_get_track(quantised, t);
    const unsigned program = partita_track_get_program(track);
    size_t n = 0;
    const PartitaNote *notes = partita_track_get_notes(track, &n);
    guint bar = 0;

    for (size_t i = 0; i < n; ++i) {
      while (bar + 1 < frame->bars->len &&
             g_array_index(frame->bars, PartitaBar, bar + 1).tick <=
               notes[i].onset_ticks)
        ++bar;
      ++g_array_index(frame->given, guint, bar * PARTITA_N_PROGRAMS + program);
    }
  }
}

size_t
partita_frame_count_given(const PartitaFrame *frame,
                          size_t bar,
                          const bool *programs)
{
  size_t count = 0;

  for (unsigned p = 0; p < PARTITA_N_PROGRAMS; ++p)
    if (programs == NULL || programs[p])
      count += g_array_index(frame->given, guint, bar * PARTITA_N_PROGRAMS + p);
  return count;
}

/// Whether @bar is open in some span, or lies within @near bars of one.
static bool
is_near_span(const PartitaFrame *frame, size_t bar, size_t near)
{
  for (guint s = 0; s < frame->spans->len; ++s) {
    const PartitaSpan *span = &g_array_index(frame->spans, PartitaSpan, s);

    if (bar + near >= span->first && bar < span->first + span->n_bars + near)
      return true;
  }
  return false;
}

/// As dense as the bars around what is open, or if there are none, @whole.
static int
find_density(const PartitaFrame *frame, int whole)
{
  size_t notes = 0;
  double quarters = 0.0;

  for (guint b = 0; b < frame->bars->len; ++b) {
    if (is_near_span(frame, b, 0) || !is_near_span(frame, b, NEIGHBOURS))
      continue;
    notes += partita_frame_count_given(frame, b, NULL);
    quarters += (double)g_array_index(frame->bars, PartitaBar, b).length_ticks /
                frame->ppq;
  }
  return notes > 0 ? partita_compose_density_level((double)notes / quarters)
                   : whole;
}

static bool
share_program(const PartitaSpan *a, const PartitaSpan *b)
{
  bool shared = false;

  for (unsigned p = 0; p < PARTITA_N_PROGRAMS; ++p)
    shared = shared || (a->programs[p] && b->programs[p]);
  return shared;
}

/// Whether @bar is open for some program of @span.
static bool
is_open_for(const PartitaFrame *frame, const PartitaSpan *span, size_t bar)
{
  for (guint s = 0; s < frame->spans->len; ++s) {
    const PartitaSpan *other = &g_array_index(frame->spans, PartitaSpan, s);

    if (bar >= other->first && bar < other->first + other->n_bars &&
        share_program(span, other))
      return true;
  }
  return false;
}

/// Unknown where other tracks of its programs play on in @span, or none plays
/// near it.
static double
measure_span(const PartitaFrame *frame, const PartitaSpan *span)
{
  const size_t end = span->first + span->n_bars;
  const size_t from = span->first - MIN(span->first, NEIGHBOURS);
  const size_t to = MIN(end + NEIGHBOURS, frame->bars->len);
  size_t notes = 0;
  uint32_t ticks = 0;

  for (size_t b = from; b < to; ++b) {
    const size_t given = partita_frame_count_given(frame, b, span->programs);

    if (b >= span->first && b < end) {
      if (given > 0)
        return 0.0;
    } else if (!is_open_for(frame, span, b)) {
      notes += given;
      ticks += g_array_index(frame->bars, PartitaBar, b).length_ticks;
    }
  }
  return ticks > 0 ? (double)notes * frame->ppq / PARTITA_STEP_BEAT / ticks
                   : 0.0;
}

static void
measure_spans(PartitaFrame *frame)
{
  // Only of what is written anew is it known; a loop has its own density.
  const bool known =
    frame->arrangement->tracks != NULL && frame->arrangement->keep == 0;

  for (guint s = 0; s < frame->spans->len; ++s) {
    const PartitaSpan *span = &g_array_index(frame->spans, PartitaSpan, s);
    const double density = known ? measure_span(frame, span) : 0.0;

    g_array_append_val(frame->densities, density);
  }
}

/// What is known of the whole piece, and who plays; how dense it was says
/// nothing where instruments are added.
static PartitaPrompt
make_prompt(const PartitaFrame *frame,
            const PartitaScheme *scheme,
            const PartitaScore *whole,
            const char *style)
{
  PartitaPrompt prompt;

  partita_scheme_get_prompt(
    scheme, whole,
    style != NULL ? partita_scheme_find_style(scheme, style) : -1, &prompt);
  prompt.density = frame->arrangement->tracks == NULL
                     ? -1
                     : find_density(frame, prompt.density);
  if (frame->arrangement->line != NULL) {
    prompt.has_programs = true;
    memset(prompt.programs, 0, sizeof prompt.programs);
  }
  for (guint s = 0; s < frame->spans->len; ++s)
    for (unsigned p = 0; p < PARTITA_N_PROGRAMS; ++p)
      prompt.programs[p] |=
        g_array_index(frame->spans, PartitaSpan, s).programs[p];
  return prompt;
}

static void
find_line(PartitaFrame *frame, const PartitaScore *quantised)
{
  size_t n = 0;
  const PartitaNote *notes =
    partita_track_get_notes(partita_score_get_track(quantised, 0), &n);
  const uint32_t position =
    partita_score_get_ppq(quantised) / PARTITA_STEP_BEAT;

  for (size_t i = 0; i < n; ++i) {
    const uint32_t end = notes[i].onset_ticks + notes[i].duration_ticks;
    const PartitaLineNote note = {notes[i].onset_ticks / position,
                                  end / position, notes[i].pitch};

    g_array_append_val(frame->line, note);
  }
}

static bool
move(PartitaScore *a, PartitaScore *b, int shift)
{
  if (!partita_score_transpose(a, shift))
    return false;
  if (partita_score_transpose(b, shift))
    return true;
  (void)partita_score_transpose(a, -shift);
  return false;
}

/// To the key in which the model knows music, in another octave if need be.
static int
move_to_model_key(const PartitaComposer *composer,
                  PartitaScore *whole,
                  PartitaScore *quantised)
{
  static const int octaves[] = {0, -12, 12};
  const int key = composer->common_key ? partita_score_find_key(whole) : -1;
  const int shift = key >= 0 ? partita_key_to_common(key) : 0;

  for (size_t i = 0; i < G_N_ELEMENTS(octaves); ++i)
    if (move(whole, quantised, shift + octaves[i]))
      return shift + octaves[i];
  return 0;
}

static bool
lay_out(PartitaFrame *frame,
        const PartitaComposer *composer,
        const PartitaScore *given,
        const char *style,
        GError **error)
{
  const PartitaScheme *scheme = composer->scheme;
  g_autoptr(PartitaScore) moved =
    partita_bar_grid_straighten(frame->grid, frame->arrangement->whole);
  g_autoptr(PartitaScore) straight =
    partita_bar_grid_straighten(frame->grid, given);
  g_autoptr(PartitaScore) quantised =
    partita_scheme_quantise(scheme, straight, NULL);

  frame->shift = move_to_model_key(composer, moved, quantised);
  frame->bars = partita_score_get_bars(quantised);
  if (!map_spans(frame, error))
    return false;
  count_given(frame, quantised);
  measure_spans(frame);

  const PartitaPrompt prompt = make_prompt(frame, scheme, moved, style);
  g_autoptr(GArray) plain = partita_scheme_encode(scheme, quantised, &prompt);

  frame->ids = partita_scheme_rearrange(
    scheme, (const uint16_t *)(const void *)plain->data, plain->len,
    (const PartitaSpan *)(const void *)frame->spans->data, frame->spans->len,
    true);
  if (frame->arrangement->line != NULL)
    find_line(frame, quantised);
  return true;
}

static PartitaFrame *
alloc(const PartitaComposer *composer, const PartitaArrangement *arrangement)
{
  PartitaFrame *frame = g_new0(PartitaFrame, 1);

  frame->arrangement = arrangement;
  frame->ppq = partita_scheme_get_ppq(composer->scheme);
  frame->grid = partita_bar_grid_new(arrangement->whole, frame->ppq);
  frame->spans = g_array_copy(arrangement->spans);
  frame->line = g_array_new(FALSE, FALSE, sizeof(PartitaLineNote));
  frame->densities = g_array_new(FALSE, FALSE, sizeof(double));
  frame->given = g_array_new(FALSE, TRUE, sizeof(guint));
  frame->steps = g_new(uint8_t, composer->vocab);
  frame->values = g_new(uint8_t, composer->vocab);
  partita_steps_read(composer->scheme, frame->steps, frame->values);
  return frame;
}

PartitaFrame *
partita_frame_new(const PartitaComposer *composer,
                  const PartitaArrangement *arrangement,
                  int style,
                  const char *name,
                  GError **error)
{
  if (!check_model(composer, error))
    return NULL;

  g_autoptr(PartitaFrame) frame = alloc(composer, arrangement);
  g_autoptr(PartitaScore) given = NULL;

  if (arrangement->line != NULL) {
    const unsigned program = find_voices_program(frame, composer, style);

    g_array_index(frame->spans, PartitaSpan, 0).programs[program] = true;
    given = play_line(arrangement->line, program);
  } else {
    given = partita_score_copy(arrangement->given);
    if (!choose_programs(frame, composer, style, error))
      return NULL;
  }
  return lay_out(frame, composer, given, name, error) ? g_steal_pointer(&frame)
                                                      : NULL;
}

void
partita_frame_free(PartitaFrame *frame)
{
  if (frame == NULL)
    return;
  g_clear_pointer(&frame->ids, g_array_unref);
  g_clear_pointer(&frame->bars, g_array_unref);
  partita_bar_grid_free(frame->grid);
  g_array_unref(frame->spans);
  g_array_unref(frame->line);
  g_array_unref(frame->densities);
  g_array_unref(frame->given);
  g_free(frame->steps);
  g_free(frame->values);
  g_free(frame);
}
