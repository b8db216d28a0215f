// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <compose/compose-private.h>

static bool
holds_kind(const PartitaComposer *composer,
           const GArray *ids,
           PartitaTokenKind kind)
{
  for (size_t i = 0; i < ids->len; ++i)
    if (composer->kinds[g_array_index(ids, uint16_t, i)] == kind)
      return true;
  return false;
}

static bool
allows_kind(const PartitaComposer *composer,
            const uint8_t *mask,
            PartitaTokenKind kind)
{
  for (size_t i = 0; i < composer->vocab; ++i)
    if (mask[i] != 0 && composer->kinds[i] == kind)
      return true;
  return false;
}

static void
forbid_other_styles(const PartitaComposer *composer, int style, uint8_t *mask)
{
  for (size_t i = 0; i < composer->vocab; ++i)
    if (composer->kinds[i] == PARTITA_KIND_STYLE && (int)i != style)
      mask[i] = 0;
}

// Controls stand in a fixed order and each may be left out, so one that is
// still wanted can be reached for as long as the grammar allows it next.
static bool
keeps_reachable(const PartitaComposer *composer,
                const PartitaGrammar *grammar,
                uint16_t id,
                PartitaTokenKind kind,
                uint8_t *scratch)
{
  if (composer->kinds[id] == kind)
    return true;

  g_autoptr(PartitaGrammar) after = partita_grammar_copy(grammar);
  partita_grammar_push(after, id);
  partita_grammar_allowed(after, scratch);
  return allows_kind(composer, scratch, kind);
}

static void
require_kind(const PartitaComposer *composer,
             const PartitaGrammar *grammar,
             PartitaTokenKind kind,
             uint8_t *mask)
{
  g_autofree uint8_t *scratch = g_new(uint8_t, composer->vocab);

  for (size_t i = 0; i < composer->vocab; ++i)
    if (mask[i] != 0 &&
        !keeps_reachable(composer, grammar, (uint16_t)i, kind, scratch))
      mask[i] = 0;
}

void
partita_compose_restrict_prompt(const PartitaComposer *composer,
                                const PartitaGrammar *grammar,
                                int style,
                                const GArray *ids,
                                uint8_t *mask)
{
  const PartitaTokenKind wanted[] = {PARTITA_KIND_STYLE, PARTITA_KIND_BARS};

  forbid_other_styles(composer, style, mask);
  for (size_t i = 0; i < G_N_ELEMENTS(wanted); ++i)
    if (allows_kind(composer, mask, wanted[i]) &&
        !holds_kind(composer, ids, wanted[i]))
      require_kind(composer, grammar, wanted[i], mask);
}
