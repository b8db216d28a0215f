// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <stddef.h>
#include <string.h>
#include <token/scheme-private.h>

struct PartitaGrammar {
  const PartitaScheme *scheme;
  max_align_t state[]; // ops->state_size bytes
};

PartitaGrammar *
partita_grammar_new(const PartitaScheme *scheme)
{
  PartitaGrammar *grammar =
    g_malloc0(sizeof *grammar + scheme->ops->state_size);

  grammar->scheme = scheme;
  return grammar;
}

void
partita_grammar_free(PartitaGrammar *grammar)
{
  g_free(grammar);
}

PartitaGrammar *
partita_grammar_copy(const PartitaGrammar *grammar)
{
  PartitaGrammar *copy = partita_grammar_new(grammar->scheme);

  memcpy(copy->state, grammar->state, grammar->scheme->ops->state_size);
  return copy;
}

void
partita_grammar_reset(PartitaGrammar *grammar)
{
  memset(grammar->state, 0, grammar->scheme->ops->state_size);
}

void
partita_grammar_demand_bars(PartitaGrammar *grammar, size_t bars)
{
  grammar->scheme->ops->demand_bars(grammar->state, bars);
}

void
partita_grammar_allow_parts(PartitaGrammar *grammar)
{
  if (grammar->scheme->ops->allow_parts != NULL)
    grammar->scheme->ops->allow_parts(grammar->state);
}

void
partita_grammar_end_by(PartitaGrammar *grammar, uint32_t ticks)
{
  if (grammar->scheme->ops->end_by != NULL)
    grammar->scheme->ops->end_by(grammar->state, ticks);
}

static bool
push(const PartitaScheme *scheme, void *state, uint16_t id)
{
  if (id >= scheme->n_ids)
    return false;

  const unsigned class_ = scheme->class_of[id];
  const unsigned value = id - scheme->base[class_];

  if ((scheme->ops->follow(state) >> class_ & 1) == 0 ||
      !scheme->ops->may(state, class_, value))
    return false;
  scheme->ops->take(state, class_, value);
  return true;
}

bool
partita_grammar_push(PartitaGrammar *grammar, uint16_t id)
{
  return push(grammar->scheme, grammar->state, id);
}

size_t
partita_grammar_allowed(const PartitaGrammar *grammar, uint8_t *mask)
{
  const PartitaScheme *scheme = grammar->scheme;
  const uint32_t follow = scheme->ops->follow(grammar->state);
  size_t n = 0;

  memset(mask, 0, scheme->n_ids);
  for (unsigned c = 0; c < scheme->ops->n_classes; ++c) {
    const uint32_t base = scheme->base[c];
    const uint32_t end = (follow >> c & 1) != 0 ? scheme->base[c + 1] : base;

    for (uint32_t id = base; id < end; ++id) {
      mask[id] = scheme->ops->may(grammar->state, c, id - base);
      n += mask[id];
    }
  }
  return n;
}

size_t
partita_grammar_get_events(const PartitaGrammar *grammar,
                           PartitaScoreEvent *events)
{
  return grammar->scheme->ops->get_events(grammar->state, events);
}

bool
partita_grammar_is_complete(const PartitaGrammar *grammar)
{
  return grammar->scheme->ops->is_complete(grammar->state);
}

void
partita_grammar_get_fields(const PartitaGrammar *grammar, uint16_t *fields)
{
  grammar->scheme->ops->get_fields(grammar->state, fields);
}

bool
partita_scheme_walk(const PartitaScheme *scheme,
                    const uint16_t *ids,
                    size_t n,
                    void *state,
                    PartitaTokenVisitor *visit,
                    void *data,
                    GError **error)
{
  for (size_t i = 0; i < n; ++i) {
    if (!push(scheme, state, ids[i])) {
      const char *name = partita_scheme_token_name(scheme, ids[i]);

      g_set_error(error, PARTITA_TOKEN_ERROR, PARTITA_TOKEN_ERROR_ILLEGAL,
                  "token %zu: %s (%u) may not stand here", i,
                  name == NULL ? "an unknown id" : name, (unsigned)ids[i]);
      return false;
    }

    const unsigned class_ = scheme->class_of[ids[i]];

    visit(state, class_, ids[i] - scheme->base[class_], data);
  }
  if (!scheme->ops->is_complete(state)) {
    const char *last =
      n == 0 ? "nothing" : partita_scheme_token_name(scheme, ids[n - 1]);

    g_set_error(error, PARTITA_TOKEN_ERROR, PARTITA_TOKEN_ERROR_ILLEGAL,
                "token %zu: the sequence ends after %s, not Eos", n, last);
    return false;
  }
  return true;
}
