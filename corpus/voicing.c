// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "voice-rules.h"

#include <glib.h>
#include <stdlib.h>

#define BEAM 36
#define OPTIONS_MAX 512

static const int lowest[VOICES] = {60, 55, 48, 40};
static const int highest[VOICES] = {80, 74, 67, 60};

typedef struct {
  Voicing voicing;
  double cost; ///< by itself, with a little chance for variety
} Option;

typedef struct {
  Voicing voicing;
  double cost; ///< of the whole way here
  int parent;  ///< in the layer before
} Node;

typedef struct {
  int n;
  Node nodes[BEAM];
} Layer;

static int
list_pitches(const Slot *slot, int v, int *pitches)
{
  int n = 0;

  for (int pitch = lowest[v]; pitch <= highest[v]; ++pitch) {
    if (v == BASS ? pitch_class(pitch) == slot->chord.bass
                  : chord_has(&slot->chord, pitch))
      pitches[n++] = pitch;
  }
  return n;
}

static int
list_options(Chance *chance, const Slot *slot, Option *options)
{
  int pitches[VOICES][24];
  int count[VOICES];
  int total = 1;
  int n = 0;

  for (int v = 0; v < VOICES; ++v) {
    count[v] = list_pitches(slot, v, pitches[v]);
    total *= count[v];
  }
  for (int code = 0; code < total && n < OPTIONS_MAX; ++code) {
    Option *option = &options[n];
    int rest = code;

    for (int v = 0; v < VOICES; ++v) {
      option->voicing.pitch[v] = pitches[v][rest % count[v]];
      rest /= count[v];
    }
    option->cost = voicing_cost(slot, &option->voicing);
    if (option->cost < FORBIDDEN) {
      option->cost += 0.01 * chance_below(chance, 160);
      ++n;
    }
  }
  return n;
}

/// Keeps the cheapest nodes, cheapest first.
static void
insert(Layer *layer, const Node *node)
{
  int at = layer->n;

  if (at == BEAM && node->cost >= layer->nodes[BEAM - 1].cost)
    return;
  if (at == BEAM)
    --at;
  else
    ++layer->n;
  while (at > 0 && layer->nodes[at - 1].cost > node->cost) {
    layer->nodes[at] = layer->nodes[at - 1];
    --at;
  }
  layer->nodes[at] = *node;
}

/// What a melody does not like: to stand still, to rock to and fro, to leap
/// on after a leap.
static double
melody_cost(int before, int now, int next)
{
  const int first = now - before;
  const int second = next - now;

  if (first == 0 && second == 0)
    return 4.0;
  if (before == next && first != 0)
    return 1.2;
  if (abs(first) > 4)
    return first * second < 0 && abs(second) <= 2 ? 0.0 : 2.0;
  return 0.0;
}

static void
extend(const Slot *slots,
       const Layer *layers,
       int i,
       const Option *option,
       Layer *out)
{
  Node best = {option->voicing, FORBIDDEN, 0};

  for (int p = 0; p < layers[i - 1].n; ++p) {
    const Node *node = &layers[i - 1].nodes[p];
    double cost = node->cost + option->cost;

    if (cost >= best.cost)
      continue;
    cost +=
      motion_cost(&slots[i - 1], &node->voicing, &slots[i], &option->voicing);
    if (i > 1 && !slots[i].opens)
      cost += melody_cost(
        layers[i - 2].nodes[node->parent].voicing.pitch[SOPRANO],
        node->voicing.pitch[SOPRANO], option->voicing.pitch[SOPRANO]);
    if (cost < best.cost) {
      best.cost = cost;
      best.parent = p;
    }
  }
  if (best.cost < FORBIDDEN)
    insert(out, &best);
}

static void
trace(const Layer *layers, int n, Voicing *out)
{
  int at = 0;

  for (int i = n - 1; i >= 0; --i) {
    out[i] = layers[i].nodes[at].voicing;
    at = layers[i].nodes[at].parent;
  }
}

bool
voicing_search(Chance *chance, const Slot *slots, int n, Voicing *out)
{
  g_autofree Layer *layers = g_new0(Layer, n);
  g_autofree Option *options = g_new(Option, OPTIONS_MAX);

  for (int i = 0; i < n; ++i) {
    const int n_options = list_options(chance, &slots[i], options);
    for (int o = 0; o < n_options; ++o) {
      const Node first = {options[o].voicing, options[o].cost, 0};
      if (i == 0)
        insert(&layers[0], &first);
      else
        extend(slots, layers, i, &options[o], &layers[i]);
    }
    if (layers[i].n == 0)
      return false;
  }
  trace(layers, n, out);
  return true;
}
