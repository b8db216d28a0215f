// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "harmony.h"

#define NEXT_MAX 14

typedef struct {
  struct {
    Numeral to;
    int weight;
  } next[NEXT_MAX];
} Rule;

/* Tonic chords may go anywhere, predominants to predominants or dominants,
 * dominants home; secondary dominants to their own tonic. */
static const Rule chorale_rules[N_COUNT] = {
  [N_I] = {{{N_I6, 3},
            {N_IV, 4},
            {N_IV6, 2},
            {N_V, 4},
            {N_V6, 4},
            {N_V42, 1},
            {N_VI, 4},
            {N_II6, 2},
            {N_II65, 2},
            {N_VII6, 3},
            {N_V65_IV, 2},
            {N_V65_II, 1},
            {N_II, 1},
            {N_V7_VI, 1}}},
  [N_I6] = {{{N_IV, 4},
             {N_II6, 3},
             {N_II65, 2},
             {N_V, 3},
             {N_VII6, 2},
             {N_I, 2},
             {N_V65_V, 1}}},
  [N_I64] = {{{N_V, 2}, {N_V7, 3}}},
  [N_II] = {{{N_V, 4}, {N_V6, 2}, {N_V7, 2}, {N_II6, 1}, {N_V65, 1}}},
  [N_II6] = {{{N_V, 4}, {N_V7, 2}, {N_V42, 1}, {N_V65_V, 2}, {N_I64, 1}}},
  [N_II65] = {{{N_V, 4}, {N_V42, 1}, {N_V7, 2}, {N_I64, 1}}},
  [N_III] = {{{N_IV, 2}, {N_VI, 3}}},
  [N_IV] = {{{N_I, 2},
             {N_I6, 2},
             {N_V, 4},
             {N_II6, 2},
             {N_II65, 2},
             {N_VII6, 2},
             {N_V65_V, 1},
             {N_V42, 2},
             {N_I64, 1}}},
  [N_IV6] = {{{N_V, 3}, {N_V65, 3}, {N_I6, 1}, {N_IV, 1}, {N_V6, 1}}},
  [N_V] = {{{N_I, 5}, {N_VI, 3}, {N_I6, 2}, {N_V42, 2}, {N_V6, 1}}},
  [N_V6] = {{{N_I, 5}, {N_V65, 1}}},
  [N_V7] = {{{N_I, 5}, {N_VI, 2}}},
  [N_V65] = {{{N_I, 5}}},
  [N_V42] = {{{N_I6, 5}}},
  [N_VI] = {{{N_II6, 3},
             {N_II65, 1},
             {N_IV, 4},
             {N_V, 2},
             {N_II, 2},
             {N_V65_V, 2},
             {N_V7_V, 1},
             {N_III, 1},
             {N_V7_III, 1},
             {N_I6, 1}}},
  [N_VII6] = {{{N_I, 3}, {N_I6, 4}}},
  [N_VII7] = {{{N_I, 4}}},
  [N_V7_V] = {{{N_V, 4}}},
  [N_V65_V] = {{{N_V, 4}, {N_I64, 1}}},
  [N_V7_II] = {{{N_II, 3}, {N_II6, 1}}},
  [N_V65_II] = {{{N_II, 4}}},
  [N_V65_IV] = {{{N_IV, 4}}},
  [N_V7_VI] = {{{N_VI, 4}}},
  [N_V7_III] = {{{N_III, 4}}},
};

static const Rule dance_rules[N_COUNT] = {
  [N_I] = {{{N_I, 2},
            {N_V7, 3},
            {N_VI, 4},
            {N_IV, 4},
            {N_II, 2},
            {N_V7_II, 2},
            {N_V7_VI, 1},
            {N_II6, 1}}},
  [N_II] = {{{N_V7, 5}, {N_II, 1}, {N_V, 1}}},
  [N_II6] = {{{N_V7, 4}, {N_I64, 2}, {N_V, 2}}},
  [N_I64] = {{{N_V7, 4}, {N_V, 1}}},
  [N_III] = {{{N_VI, 3}, {N_IV, 2}}},
  [N_IV] = {{{N_I, 4},
             {N_V7, 3},
             {N_II, 2},
             {N_II6, 1},
             {N_V7_V, 1},
             {N_V, 1},
             {N_I64, 1}}},
  [N_V] = {{{N_V7, 2}, {N_I, 3}}},
  [N_V7] = {{{N_I, 6}, {N_V7, 2}, {N_VI, 1}}},
  [N_VI] = {{{N_II, 3}, {N_IV, 3}, {N_V7_V, 2}, {N_II6, 2}, {N_V7_III, 1}}},
  [N_V7_V] = {{{N_V, 3}, {N_V7, 4}}},
  [N_V7_II] = {{{N_II, 4}}},
  [N_V7_VI] = {{{N_VI, 4}}},
  [N_V7_III] = {{{N_III, 4}}},
};

static double
weigh(const Rule *rules, bool minor, Numeral from, Numeral to)
{
  for (int i = 0; i < NEXT_MAX; ++i) {
    if (rules[from].next[i].weight > 0 && rules[from].next[i].to == to)
      return chord_exists(to, minor) ? rules[from].next[i].weight : 0.0;
  }
  return 0.0;
}

bool
harmony_walk(Chance *chance,
             Grammar grammar,
             bool minor,
             Numeral from,
             Numeral to,
             int n,
             Numeral *out)
{
  const Rule *rules = grammar == GRAMMAR_CHORALE ? chorale_rules : dance_rules;
  // ways[k][x]: the weight of all walks of k steps from x to the goal.
  double ways[WALK_MAX + 2][N_COUNT] = {{0.0}};

  ways[0][to] = 1.0;
  for (int k = 1; k <= n + 1; ++k) {
    for (int x = 0; x < N_COUNT; ++x) {
      for (int y = 0; y < N_COUNT; ++y)
        ways[k][x] +=
          weigh(rules, minor, (Numeral)x, (Numeral)y) * ways[k - 1][y];
    }
  }
  if (ways[n + 1][from] <= 0.0)
    return false;
  for (int i = 0; i < n; ++i) {
    double weights[N_COUNT];
    for (int y = 0; y < N_COUNT; ++y)
      weights[y] = weigh(rules, minor, from, (Numeral)y) * ways[n - i][y];
    from = (Numeral)chance_weighted(chance, weights, N_COUNT);
    out[i] = from;
  }
  return true;
}
