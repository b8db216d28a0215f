// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <base/json.h>
#include <compose/compose-private.h>
#include <math.h>

/// A measure further off than this is as bad as one that is so far.
#define DISTANCE_MAX 5.0

/// (nullable) (transfer none): means and deviations of the style, else of all
/// pieces, as training wrote them
static JsonArray *
find_moments(JsonNode *root, const char *style)
{
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT(root))
    return NULL;

  JsonObject *object = json_node_get_object(root);
  JsonNode *node = style != NULL ? json_object_get_member(object, style) : NULL;

  if (node == NULL)
    node = json_object_get_member(object, "");
  if (node == NULL || !JSON_NODE_HOLDS_ARRAY(node) ||
      json_array_get_length(json_node_get_array(node)) !=
        2 * PARTITA_N_MEASURES)
    return NULL;
  return json_node_get_array(node);
}

double
partita_composer_rate(const PartitaComposer *composer,
                      const char *style,
                      const PartitaScore *score,
                      PartitaMeasure *furthest)
{
  const char *json = partita_model_get_metadata(composer->model, "measures");
  g_autoptr(JsonNode) root = partita_json_parse(json, NULL);
  JsonArray *moments = find_moments(root, style);
  double measures[PARTITA_N_MEASURES];
  double sum = 0.0, worst = -1.0;

  *furthest = PARTITA_N_MEASURES;
  if (moments == NULL || !partita_score_measure(score, measures))
    return 0.0;
  for (guint i = 0; i < PARTITA_N_MEASURES; ++i) {
    const double mean = json_array_get_double_element(moments, 2 * i);
    const double deviation = json_array_get_double_element(moments, 2 * i + 1);
    // A style of one piece, or of equal ones, has no deviation to measure by.
    const double unit = fmax(deviation, 0.05 * fabs(mean) + 1e-6);
    const double distance = fmin(fabs(measures[i] - mean) / unit, DISTANCE_MAX);

    sum += distance;
    if (distance > worst) {
      worst = distance;
      *furthest = (PartitaMeasure)i;
    }
  }
  return sum / PARTITA_N_MEASURES;
}
