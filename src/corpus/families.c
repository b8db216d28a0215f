// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <corpus/families.h>

#include <base/scratch.h>
#include <corpus/runs.h>
#include <partita/corpus.h>
#include <stdlib.h>
#include <string.h>

/// Fingerprints of one pass, about.
#define TABLE_MAX 1000000u
#define SLOTS_MIN 4096u

/// Pieces between two reports of progress.
#define PROGRESS_STEP 1024u

/// Fingerprints a step of a line has on average: 2 / (window + 1).
#define DENSITY (2.0 / (PARTITA_GRAM_WINDOW + 1))

/// Nearly the same: so much of either is shared, and one has at most so many
/// notes as the other.
#define COVER_MIN 0.9
#define NOTES_RATIO_MAX 1.1

/// The first piece of every fingerprint in the range; an open hash table.
typedef struct {
  uint64_t *hashes;
  uint32_t *pieces; // PARTITA_NO_PIECE: free
  size_t n_slots;   // a power of two
  size_t n_used;
} Table;

typedef struct {
  Table table;
  uint64_t low; // the range of this pass, both ends in it
  uint64_t high;
  uint32_t piece;   // the one being looked at
  uint32_t *parent; // of a forest: roots are the first of their families
  uint32_t *rival;  // earlier piece that most fingerprints point to
  uint32_t *votes;  // for it
} Search;

static void
table_init(Table *table, size_t n_slots)
{
  table->n_slots = n_slots;
  table->n_used = 0;
  table->hashes = g_new(uint64_t, n_slots);
  table->pieces = g_new(uint32_t, n_slots);
  memset(table->pieces, 0xff, n_slots * sizeof *table->pieces);
}

static void
table_clear(Table *table)
{
  g_free(table->hashes);
  g_free(table->pieces);
}

static size_t
find_slot(const Table *table, uint64_t hash)
{
  size_t slot = hash & (table->n_slots - 1);

  while (table->pieces[slot] != PARTITA_NO_PIECE && table->hashes[slot] != hash)
    slot = (slot + 1) & (table->n_slots - 1);
  return slot;
}

static void
put(Table *table, size_t slot, uint64_t hash, uint32_t piece)
{
  table->hashes[slot] = hash;
  table->pieces[slot] = piece;
  ++table->n_used;
}

static void
grow(Table *table)
{
  Table larger;

  table_init(&larger, 2 * table->n_slots);
  for (size_t i = 0; i < table->n_slots; ++i)
    if (table->pieces[i] != PARTITA_NO_PIECE)
      put(&larger, find_slot(&larger, table->hashes[i]), table->hashes[i],
          table->pieces[i]);
  table_clear(table);
  *table = larger;
}

static uint32_t
find_root(uint32_t *parent, uint32_t piece)
{
  while (parent[piece] != piece) {
    parent[piece] = parent[parent[piece]];
    piece = parent[piece];
  }
  return piece;
}

static void
join(uint32_t *parent, uint32_t a, uint32_t b)
{
  const uint32_t x = find_root(parent, a);
  const uint32_t y = find_root(parent, b);

  parent[MAX(x, y)] = MIN(x, y);
}

/// Boyer and Moore 1991, "MJRTY": whoever has most votes of all is left.
static void
vote(Search *search, uint32_t for_piece)
{
  uint32_t *votes = &search->votes[search->piece];

  if (*votes == 0)
    search->rival[search->piece] = for_piece;
  if (search->rival[search->piece] == for_piece)
    ++*votes;
  else
    --*votes;
}

static void
take_fingerprint(uint64_t hash, void *data)
{
  Search *search = data;
  Table *table = &search->table;

  if (hash < search->low || hash > search->high)
    return;
  const size_t slot = find_slot(table, hash);
  const uint32_t first = table->pieces[slot];

  if (first == PARTITA_NO_PIECE) {
    put(table, slot, hash, search->piece);
    if (table->n_used > table->n_slots / 4 * 3)
      grow(table);
  } else if (first != search->piece) {
    join(search->parent, first, search->piece);
    vote(search, first);
  }
}

static bool
report(const PartitaMusicSource *source, size_t done, size_t total)
{
  return done % PROGRESS_STEP != 0 || source->progress == NULL ||
         source->progress(done, total, source->data);
}

/// One pass over all pieces.
static bool
search_range(Search *search,
             const PartitaMusicSource *source,
             const PartitaKin *kin,
             size_t done,
             size_t total)
{
  for (size_t i = 0; i < source->n; ++i) {
    PartitaMusic music;

    if (!report(source, done + i, total))
      return false;
    search->piece = (uint32_t)i;
    if (kin[i].same != PARTITA_NO_PIECE)
      continue;
    source->get(i, &music, source->data);
    partita_runs_fingerprint(music.line, music.n_line, take_fingerprint,
                             search);
  }
  return true;
}

static bool
search_all(Search *search,
           const PartitaMusicSource *source,
           double expected,
           double table_max,
           const PartitaKin *kin)
{
  const size_t n = source->n;
  size_t n_slots = SLOTS_MIN;
  bool going = true;
  const uint64_t n_passes = 1 + (uint64_t)(expected / table_max);
  // Fingerprints are hashes shifted right by one: so large is their range.
  const uint64_t width = (G_MAXUINT64 >> 1) / n_passes + 1;

  while ((double)n_slots < 2.0 * MIN(expected, table_max))
    n_slots *= 2;
  for (uint64_t pass = 0; going && pass < n_passes; ++pass) {
    search->low = pass * width;
    search->high = search->low + width - 1;
    table_init(&search->table, n_slots);
    going = search_range(search, source, kin, pass * n, n_passes * n);
    table_clear(&search->table);
  }
  return going;
}

static bool
is_same(const PartitaMusic *a, const PartitaMusic *b)
{
  return a->content == b->content && a->n_ids == b->n_ids &&
         memcmp(a->ids, b->ids, a->n_ids * sizeof *a->ids) == 0;
}

typedef struct {
  uint64_t content;
  uint32_t piece;
} Content;

static int
compare_contents(const void *a, const void *b)
{
  const Content *x = a;
  const Content *y = b;

  if (x->content != y->content)
    return x->content < y->content ? -1 : 1;
  return (x->piece > y->piece) - (x->piece < y->piece);
}

/// Returns: fingerprints to expect of all lines
static double
find_same(const PartitaMusicSource *source,
          PartitaScratch *scratch,
          PartitaKin *kin)
{
  const size_t n = source->n;
  Content *order = partita_scratch_take(scratch, n * sizeof *order);
  double steps = 0.0;
  PartitaMusic music;
  PartitaMusic before;

  for (uint32_t i = 0; i < n; ++i) {
    source->get(i, &music, source->data);
    order[i] = (Content){music.content, i};
    steps += (double)music.n_line;
  }
  qsort(order, n, sizeof *order, compare_contents);
  for (size_t i = 0, first = 0; i < n; ++i) {
    PartitaKin *const of = &kin[order[i].piece];

    of->same = PARTITA_NO_PIECE;
    if (i == first || order[i].content != order[first].content) {
      first = i;
      continue;
    }
    source->get(order[i].piece, &music, source->data);
    source->get(order[first].piece, &before, source->data);
    if (is_same(&music, &before))
      of->same = order[first].piece;
    else
      first = i;
  }
  return DENSITY * steps;
}

static bool
is_near(const PartitaMusic *a, const PartitaMusic *b)
{
  const double notes_a = a->notes;
  const double notes_b = b->notes;

  return MAX(notes_a, notes_b) <= NOTES_RATIO_MAX * MIN(notes_a, notes_b) &&
         (double)partita_runs_cover(a->line, a->n_line, b->line, b->n_line,
                                    PARTITA_RUN_MIN) >=
           COVER_MIN * (double)a->n_line &&
         (double)partita_runs_cover(b->line, b->n_line, a->line, a->n_line,
                                    PARTITA_RUN_MIN) >=
           COVER_MIN * (double)b->n_line;
}

/// A piece that is nearly the same as a dropped one is held against that for
/// which it was dropped, so that no chain of small changes leads far.
static void
find_near(const Search *search,
          const PartitaMusicSource *source,
          PartitaKin *kin)
{
  for (size_t i = 0; i < source->n; ++i) {
    PartitaMusic music;
    PartitaMusic other;
    uint32_t rival = search->votes[i] > 0 ? search->rival[i] : PARTITA_NO_PIECE;

    if (rival != PARTITA_NO_PIECE && kin[rival].near != PARTITA_NO_PIECE)
      rival = kin[rival].near;
    kin[i].near = PARTITA_NO_PIECE;
    if (rival == PARTITA_NO_PIECE)
      continue;
    source->get(i, &music, source->data);
    source->get(rival, &other, source->data);
    if (!is_near(&music, &other))
      continue;
    kin[i].near = rival;
    kin[i].run = 1 + (uint32_t)partita_runs_longest(music.line, music.n_line,
                                                    other.line, other.n_line);
  }
}

bool
partita_families_find(const PartitaMusicSource *source,
                      size_t table_max,
                      PartitaKin *kin)
{
  const size_t n = source->n;

  g_return_val_if_fail(n < PARTITA_NO_PIECE, false);

  g_autoptr(PartitaScratch) scratch = partita_scratch_new();
  Search search = {
    .parent = partita_scratch_take(scratch, n * sizeof(uint32_t)),
    .rival = partita_scratch_take(scratch, n * sizeof(uint32_t)),
    .votes = partita_scratch_take(scratch, n * sizeof(uint32_t)),
  };

  for (uint32_t i = 0; i < n; ++i)
    search.parent[i] = i;

  const double expected = find_same(source, scratch, kin);

  if (!search_all(&search, source, expected,
                  table_max > 0 ? (double)table_max : (double)TABLE_MAX, kin))
    return false;
  find_near(&search, source, kin);
  for (uint32_t i = 0; i < n; ++i)
    kin[i].family = find_root(search.parent, i);
  return true;
}
