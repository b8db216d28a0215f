// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <string.h>
#include <token/remi-private.h>

/* Rearranged sequences: within an open bar come first what is given, then what
 * is to be written, and before the first bar of a span the bar behind it, which
 * the new music has to meet. Bar by bar, so that what belongs together stays
 * within a short context. After the infilling of spans by rearranging (Donahue
 * et al. 2020, arXiv:2005.05339) and the interleaved anticipation of Thickstun
 * et al. 2023, arXiv:2306.08620. */

typedef struct {
  RemiWriter writer;
  const RemiPiece *piece;
  const PartitaSpan *spans;
  size_t n_spans;
  bool given_only;
  GArray *some; // uint64_t: notes of the bar that belong to a part
} Rearranger;

typedef struct {
  const uint64_t *notes;
  size_t n;
  uint32_t start;
  const PartitaSpan *span; // (nullable): that the bar lies in
} Bar;

static const PartitaSpan *
find_span(const Rearranger *r, size_t bar)
{
  for (size_t i = 0; i < r->n_spans; ++i)
    if (bar >= r->spans[i].first &&
        bar - r->spans[i].first < r->spans[i].n_bars)
      return &r->spans[i];
  return NULL;
}

/// Index of the first note that begins at @position or later.
static size_t
find_note(const RemiPiece *piece, uint32_t position)
{
  size_t low = 0;
  size_t high = piece->notes->len;

  while (low < high) {
    const size_t middle = low + (high - low) / 2;

    if (remi_note_onset(g_array_index(piece->notes, uint64_t, middle)) <
        position)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static Bar
get_bar(const Rearranger *r, guint i)
{
  const RemiPiece *piece = r->piece;
  const RemiBar *bars = (const RemiBar *)(const void *)piece->bars->data;
  const uint32_t end =
    i + 1 < piece->bars->len ? bars[i + 1].start : piece->end;
  const size_t first = find_note(piece, bars[i].start);

  return (Bar){(const uint64_t *)(const void *)piece->notes->data + first,
               find_note(piece, end) - first, bars[i].start, find_span(r, i)};
}

/// Whether another note begins with @note on its program, not below it.
static bool
is_below_another(const Bar *bar, size_t note)
{
  const uint64_t *notes = bar->notes;

  return note + 1 < bar->n &&
         notes[note + 1] >> 24 == notes[note] >> 24; // onset and program
}

static bool
is_open(const Rearranger *r, const Bar *bar, size_t note)
{
  const PartitaSpan *span = bar->span;
  const unsigned program = remi_note_program(bar->notes[note]);

  return !r->given_only && span != NULL && span->programs[program] &&
         (!span->topped[program] || is_below_another(bar, note));
}

/// Puts those notes of @bar that are open or not, of @programs if there are any
/// such, behind the token of the part. Without notes it is left out, but for
/// the written one.
static void
put_part(Rearranger *r, const Bar *bar, RemiPart part, const bool *programs)
{
  g_array_set_size(r->some, 0);
  for (size_t i = 0; i < bar->n; ++i) {
    const bool wanted =
      is_open(r, bar, i) == (part == REMI_WRITTEN) &&
      (programs == NULL || programs[remi_note_program(bar->notes[i])]);

    if (wanted)
      g_array_append_val(r->some, bar->notes[i]);
  }
  if (r->some->len == 0 && part != REMI_WRITTEN)
    return;
  partita_remi_put(&r->writer, REMI_PART, part - 1);
  r->writer.program = PARTITA_N_PROGRAMS;
  partita_remi_put_notes(&r->writer,
                         (const uint64_t *)(const void *)r->some->data,
                         r->some->len, bar->start);
}

static void
put_bar(Rearranger *r, guint i)
{
  const Bar bar = get_bar(r, i);

  partita_remi_put_head(&r->writer, r->piece, i);
  if (bar.span == NULL) {
    partita_remi_put_notes(&r->writer, bar.notes, bar.n, bar.start);
    return;
  }

  const size_t behind = bar.span->first + bar.span->n_bars;

  if (i == bar.span->first && behind < r->piece->bars->len) {
    const Bar next = get_bar(r, (guint)behind);

    put_part(r, &next, REMI_AHEAD, bar.span->programs);
  }
  put_part(r, &bar, REMI_GIVEN, NULL);
  put_part(r, &bar, REMI_WRITTEN, NULL);
  r->writer.program = PARTITA_N_PROGRAMS;
}

static void
put_bars(Rearranger *r)
{
  for (guint i = 0; i < r->piece->bars->len; ++i)
    put_bar(r, i);
  partita_remi_put(&r->writer, REMI_EOS, 0);
}

static size_t
count_controls(const PartitaScheme *scheme, const uint16_t *ids, size_t n)
{
  size_t i = 0;

  while (i < n && scheme->class_of[ids[i]] != REMI_BAR)
    ++i;
  return i;
}

/// A part names a program at most once more a note, and a bar has three.
static size_t
reckon_room(const RemiPiece *piece)
{
  return 2 * partita_remi_reckon_room(piece) + 3 * (size_t)piece->bars->len +
         piece->notes->len;
}

GArray *
partita_remi_rearrange(const PartitaScheme *scheme,
                       const uint16_t *ids,
                       size_t n,
                       const PartitaSpan *spans,
                       size_t n_spans,
                       bool given_only)
{
  g_auto(RemiPiece) piece = {0};
  RemiState state = {0};

  partita_remi_piece_init(&piece);
  if (!partita_scheme_walk(scheme, ids, n, &state, partita_remi_collect, &piece,
                           NULL))
    g_return_val_if_reached(NULL);
  piece.end = state.bar_start + partita_remi_meter(state.meter).length;

  GArray *rearranged = g_array_new(FALSE, FALSE, sizeof(uint16_t));
  const size_t n_controls = count_controls(scheme, ids, n);

  g_array_set_size(rearranged, (guint)reckon_room(&piece));

  uint16_t *first = (uint16_t *)(void *)rearranged->data;
  g_autoptr(GArray) some = g_array_new(FALSE, FALSE, sizeof(uint64_t));
  Rearranger r = {.writer = {scheme, first + n_controls, PARTITA_N_PROGRAMS},
                  .piece = &piece,
                  .spans = spans,
                  .n_spans = n_spans,
                  .given_only = given_only,
                  .some = some};

  memcpy(first, ids, n_controls * sizeof *ids);
  put_bars(&r);
  g_array_set_size(rearranged, (guint)(r.writer.at - first));
  return rearranged;
}

typedef struct {
  RemiPiece piece;
  bool written;
} Sieve;

static void
sift(const void *state, unsigned class_, unsigned value, void *data)
{
  const RemiState *s = state;
  Sieve *sieve = data;

  if (class_ != REMI_DURATION || (s->part == REMI_WRITTEN) == sieve->written)
    partita_remi_collect(state, class_, value, &sieve->piece);
}

PartitaScore *
partita_remi_decode_part(const PartitaScheme *scheme,
                         const uint16_t *ids,
                         size_t n,
                         bool written,
                         GError **error)
{
  Sieve sieve = {.written = written};
  RemiState state = {.parts = true};
  PartitaScore *score = NULL;

  partita_remi_piece_init(&sieve.piece);
  if (partita_scheme_walk(scheme, ids, n, &state, sift, &sieve, error)) {
    sieve.piece.end = state.bar_start + partita_remi_meter(state.meter).length;
    score = partita_remi_piece_to_score(&sieve.piece);
  }
  partita_remi_piece_clear(&sieve.piece);
  return score;
}
