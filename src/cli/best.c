// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "best.h"

#include <json-glib/json-glib.h>
#include <math.h>

static void
clear_candidate(void *data)
{
  CliCandidate *candidate = data;

  partita_score_free(candidate->score);
}

GArray *
cli_candidates_new(void)
{
  GArray *candidates = g_array_new(FALSE, FALSE, sizeof(CliCandidate));

  g_array_set_clear_func(candidates, clear_candidate);
  return candidates;
}

void
cli_candidates_add(GArray *candidates,
                   const PartitaComposer *composer,
                   const char *style,
                   const PartitaScore *score,
                   uint64_t index)
{
  CliCandidate candidate = {.score = partita_score_copy(score), .index = index};

  candidate.distance =
    partita_composer_rate(composer, style, score, &candidate.furthest);
  g_array_append_val(candidates, candidate);
}

static double
get_rating(const CliCandidate *candidate)
{
  return candidate->above - candidate->distance;
}

// Equals in the order in which they were composed.
static int
compare(const void *a, const void *b)
{
  const CliCandidate *x = a;
  const CliCandidate *y = b;

  if (get_rating(x) != get_rating(y))
    return get_rating(x) > get_rating(y) ? -1 : 1;
  return x->index < y->index ? -1 : 1;
}

void
cli_candidates_rank(GArray *candidates, const double *likelihoods)
{
  const double n = MAX(1, candidates->len);
  double sum = 0.0, squares = 0.0;

  for (guint i = 0; i < candidates->len; ++i) {
    sum += likelihoods[i];
    squares += likelihoods[i] * likelihoods[i];
  }

  const double deviation = sqrt(fmax(0.0, squares / n - sum / n * sum / n));

  for (guint i = 0; i < candidates->len; ++i) {
    CliCandidate *candidate = &g_array_index(candidates, CliCandidate, i);

    candidate->likelihood = likelihoods[candidate->index];
    candidate->above =
      deviation > 0.0 ? (candidate->likelihood - sum / n) / deviation : 0.0;
  }
  g_array_sort(candidates, compare);
}

void
cli_candidate_print(const CliCandidate *candidate)
{
  const char *furthest = partita_measure_name(candidate->furthest);

  g_print("piece %" G_GUINT64_FORMAT
          " rates %.2f: log-probability %.3f a token "
          "(%+.2f deviations)",
          candidate->index + 1, get_rating(candidate), candidate->likelihood,
          candidate->above);
  if (furthest != NULL)
    g_print(", %.2f deviations from the style, most in %s", candidate->distance,
            furthest);
  g_print("\n");
}

static void
add_number(JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name(builder, name);
  json_builder_add_double_value(builder, value);
}

static void
add_count(JsonBuilder *builder, const char *name, size_t value)
{
  json_builder_set_member_name(builder, name);
  json_builder_add_int_value(builder, (gint64)value);
}

static void
add_reason(JsonBuilder *builder, const PartitaNoteReason *reason)
{
  json_builder_begin_object(builder);
  add_count(builder, "bar", reason->bar + 1);
  add_number(builder, "beat", reason->quarters + 1.0);
  add_count(builder, "program", reason->program);
  add_count(builder, "pitch", reason->pitch);
  add_number(builder, "log_probability", reason->log_probability);
  add_number(builder, "entropy", reason->entropy);
  json_builder_set_member_name(builder, "alternatives");
  json_builder_begin_array(builder);
  for (size_t i = 0; i < PARTITA_ALTERNATIVES; ++i) {
    json_builder_begin_object(builder);
    add_count(builder, "pitch", reason->alternatives[i].pitch);
    add_number(builder, "probability", reason->alternatives[i].probability);
    json_builder_end_object(builder);
  }
  json_builder_end_array(builder);
  json_builder_set_member_name(builder, "acted");
  json_builder_begin_array(builder);
  for (unsigned bit = 0; partita_constraint_name(bit) != NULL; ++bit)
    if ((reason->acted >> bit & 1) != 0)
      json_builder_add_string_value(builder, partita_constraint_name(bit));
  json_builder_end_array(builder);
  json_builder_end_object(builder);
}

char *
cli_explain(const GArray *reasons)
{
  g_autoptr(JsonBuilder) builder = json_builder_new();

  json_builder_begin_array(builder);
  for (guint i = 0; i < reasons->len; ++i)
    add_reason(builder, &g_array_index(reasons, PartitaNoteReason, i));
  json_builder_end_array(builder);

  g_autoptr(JsonNode) root = json_builder_get_root(builder);

  return json_to_string(root, TRUE);
}
