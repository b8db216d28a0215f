// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Pieces are read one after another, in an order drawn for each pass; what is
 * cut off them goes into the pool's slots, and whoever asks for a segment gets
 * that of a slot drawn at random, which is filled again. This is the shuffle
 * buffer of the field: its order is nearly that of a shuffled list of all
 * segments, while each piece is read, changed and walked by its grammar once
 * a pass. */

#include <base/philox.h>
#include <stdlib.h>
#include <string.h>
#include <train/segments.h>

/// Tokens in the pool, at most: 12 MB with the fields of `remi`.
#define POOL_TOKENS ((size_t)1 << 19)

/// Numbers of chance of one place in the order of pieces.
enum { DRAW_SLOT, DRAW_PHASE };

struct PartitaSegments {
  const PartitaCorpus *corpus;
  GArray *order; // uint32_t: the pieces in the order of this pass
  uint64_t seed;
  bool training;
  unsigned augmentations;
  size_t length; // of a segment, tokens
  double tokens; // of one pass
  size_t n_fields;
  uint64_t passes; // before this one
  size_t taken;    // pieces of this pass that were read
  uint64_t draws;  // segments that left the pool
  PartitaGrammar *grammar;
  GArray *ids;          // uint16_t: of the piece being cut
  PartitaSegment piece; // it as one segment
  size_t phase;         // tokens by which its second cut comes early
  size_t next;          // segment to cut off it
  size_t n_slots;
  PartitaSegment *slots; // shape [n_slots]
};

size_t
partita_segments_measure_pool(const PartitaModelConfig *config)
{
  const size_t numbers = config->n_fields + 1; // a token's inputs, its target

  return POOL_TOKENS * numbers * sizeof(uint16_t);
}

void
partita_segment_init(PartitaSegment *segment)
{
  *segment = (PartitaSegment){
    .serial = PARTITA_NO_PIECE,
    .inputs = g_array_new(FALSE, FALSE, sizeof(uint16_t)),
    .targets = g_array_new(FALSE, FALSE, sizeof(uint16_t)),
  };
}

void
partita_segment_clear(PartitaSegment *segment)
{
  g_clear_pointer(&segment->inputs, g_array_unref);
  g_clear_pointer(&segment->targets, g_array_unref);
}

static int
compare_indices(const void *a, const void *b)
{
  const uint32_t x = *(const uint32_t *)a;
  const uint32_t y = *(const uint32_t *)b;

  return (x > y) - (x < y);
}

// Fisher and Yates; sorted first, so that the order of a pass follows from its
// number alone.
static void
shuffle(PartitaSegments *segments)
{
  uint32_t *order = (uint32_t *)(void *)segments->order->data;

  qsort(order, segments->order->len, sizeof *order, compare_indices);
  for (size_t i = segments->order->len; i > 1; --i) {
    const size_t j = partita_random_below(segments->seed, PARTITA_RANDOM_ORDER,
                                          segments->passes, i, (uint32_t)i);
    const uint32_t held = order[i - 1];

    order[i - 1] = order[j];
    order[j] = held;
  }
}

// No more slots than half a pass has segments, so that what a run reads is
// what it asked for in passes, to half of one.
static size_t
count_slots(const PartitaSegments *segments)
{
  const double most = MIN((double)POOL_TOKENS, 0.5 * segments->tokens);

  return MAX((size_t)(most / (double)segments->length), 1);
}

static void
make_pool(PartitaSegments *segments)
{
  segments->n_slots = count_slots(segments);
  segments->slots = g_new0(PartitaSegment, segments->n_slots);
  for (size_t i = 0; i < segments->n_slots; ++i)
    partita_segment_init(&segments->slots[i]);
}

PartitaSegments *
partita_segments_new(const PartitaCorpus *corpus,
                     const GArray *pieces,
                     const PartitaTrainSettings *settings,
                     bool training)
{
  const PartitaScheme *const scheme = partita_corpus_get_scheme(corpus);
  PartitaSegments *const segments = g_new0(PartitaSegments, 1);

  segments->corpus = corpus;
  segments->order = training && settings->balance > 0.0
                      ? partita_train_balance(corpus, pieces, settings->balance)
                      : g_array_copy((GArray *)pieces);
  segments->seed = settings->seed;
  segments->training = training;
  segments->augmentations =
    settings->augmentations |
    (settings->transposing ? PARTITA_AUGMENT_TRANSPOSE : 0u);
  segments->length = training ? settings->segment : settings->held_out_length;
  for (guint i = 0; i < segments->order->len; ++i)
    segments->tokens += (double)partita_corpus_get_piece(
                          corpus, g_array_index(segments->order, uint32_t, i))
                          .n;
  segments->n_fields = partita_scheme_get_n_fields(scheme) + 1;
  segments->grammar = partita_grammar_new(scheme);
  segments->ids = g_array_new(FALSE, FALSE, sizeof(uint16_t));
  partita_segment_init(&segments->piece);
  if (training) {
    make_pool(segments);
    shuffle(segments);
  }
  return segments;
}

void
partita_segments_free(PartitaSegments *segments)
{
  if (segments == NULL)
    return;
  for (size_t i = 0; i < segments->n_slots; ++i)
    partita_segment_clear(&segments->slots[i]);
  g_free(segments->slots);
  partita_segment_clear(&segments->piece);
  g_array_unref(segments->ids);
  partita_grammar_free(segments->grammar);
  g_array_unref(segments->order);
  g_free(segments);
}

double
partita_segments_count_tokens(const PartitaSegments *segments)
{
  return segments->tokens;
}

static const uint16_t *
get_numbers(const GArray *array)
{
  return (const uint16_t *)(const void *)array->data;
}

/// Walks the piece's ids by its grammar, which tells the fields.
static void
walk_piece(PartitaSegments *segments)
{
  const size_t n = MAX(segments->ids->len, 1) - 1;
  const uint16_t *const ids = get_numbers(segments->ids);
  PartitaSegment *const piece = &segments->piece;

  g_array_set_size(piece->inputs, (guint)(n * segments->n_fields));
  g_array_set_size(piece->targets, 0);
  g_array_append_vals(piece->targets, ids + 1, (guint)n);

  uint16_t *input = (uint16_t *)(void *)piece->inputs->data;

  partita_grammar_reset(segments->grammar);
  partita_grammar_allow_parts(segments->grammar);
  for (size_t i = 0; i < n; ++i, input += segments->n_fields) {
    input[0] = ids[i];
    partita_grammar_push(segments->grammar, ids[i]);
    partita_grammar_get_fields(segments->grammar, input + 1);
  }
}

/// Makes piece @serial of the run, which must be of this pass, the one to cut.
static void
read_piece(PartitaSegments *segments, uint64_t serial)
{
  const size_t place = (size_t)(serial % segments->order->len);
  const size_t index = g_array_index(segments->order, uint32_t, place);
  const PartitaPiece piece = partita_corpus_get_piece(segments->corpus, index);
  const uint32_t style =
    segments->training && piece.n_styles > 1
      ? partita_augment_draw_style(segments->seed, serial, piece.n_styles)
      : 0;

  partita_corpus_get_ids(segments->corpus, index, style, segments->ids);
  if (segments->training) {
    partita_augment(partita_corpus_get_scheme(segments->corpus), segments->ids,
                    segments->augmentations, segments->seed, serial);
    segments->phase = partita_random_below(
      segments->seed, PARTITA_RANDOM_CROP, serial, DRAW_PHASE,
      (uint32_t)MIN(segments->length, G_MAXUINT32));
  }
  walk_piece(segments);
  segments->piece.serial = serial;
  segments->next = 0;
}

/// Where segment @k of the piece begins.
static size_t
find_begin(const PartitaSegments *segments, size_t k)
{
  const size_t n = segments->piece.targets->len;
  const size_t length = segments->length;

  return k == 0 || n <= length ? 0
                               : MIN(k * length - segments->phase, n - length);
}

/// Whether the piece has no segment @k, because another reaches its end.
static bool
is_past_end(const PartitaSegments *segments, size_t k)
{
  const size_t n = segments->piece.targets->len;

  return n == 0 || (k > 0 && !segments->training) ||
         (k > 0 && (n <= segments->length ||
                    find_begin(segments, k - 1) + segments->length >= n));
}

static void
copy_segment(const PartitaSegments *segments,
             size_t begin,
             PartitaSegment *segment)
{
  const PartitaSegment *const piece = &segments->piece;
  const size_t n = MIN(segments->length, piece->targets->len - begin);
  const size_t width = segments->n_fields;

  segment->serial = piece->serial;
  segment->begin = begin;
  g_array_set_size(segment->inputs, 0);
  g_array_append_vals(segment->inputs,
                      get_numbers(piece->inputs) + begin * width,
                      (guint)(n * width));
  g_array_set_size(segment->targets, 0);
  g_array_append_vals(segment->targets, get_numbers(piece->targets) + begin,
                      (guint)n);
}

/// Returns: false if no piece is left
static bool
begin_piece(PartitaSegments *segments)
{
  if (segments->taken == segments->order->len) {
    if (!segments->training)
      return false;
    ++segments->passes;
    segments->taken = 0;
    shuffle(segments);
  }
  read_piece(segments,
             segments->passes * segments->order->len + segments->taken++);
  return true;
}

/// The next segment in the order of the pieces.
static bool
cut(PartitaSegments *segments, PartitaSegment *segment)
{
  while (segments->piece.serial == PARTITA_NO_PIECE ||
         is_past_end(segments, segments->next))
    if (!begin_piece(segments))
      return false;
  copy_segment(segments, find_begin(segments, segments->next++), segment);
  return true;
}

static bool
is_pool_empty(const PartitaSegments *segments)
{
  return segments->slots[0].serial == PARTITA_NO_PIECE;
}

bool
partita_segments_next(PartitaSegments *segments, PartitaSegment *segment)
{
  if (!segments->training)
    return cut(segments, segment);
  if (is_pool_empty(segments))
    for (size_t i = 0; i < segments->n_slots; ++i)
      (void)cut(segments, &segments->slots[i]);

  PartitaSegment *const slot = &segments->slots[partita_random_below(
    segments->seed, PARTITA_RANDOM_CROP, segments->draws++, DRAW_SLOT,
    (uint32_t)segments->n_slots)];
  const PartitaSegment taken = *slot;

  *slot = *segment;
  *segment = taken;
  return cut(segments, slot);
}

/* The state: passes, pieces taken, segments drawn; number of the piece being
 * cut and its next segment; then serial and begin of every slot. The order,
 * the changes of the pieces and the cuts follow from these. */
#define STATE_HEAD 5
#define STATE_SLOT 2

size_t
partita_segments_get_state_size(const PartitaSegments *segments)
{
  return STATE_HEAD + STATE_SLOT * segments->n_slots;
}

void
partita_segments_get_state(const PartitaSegments *segments, uint64_t *state)
{
  *state++ = segments->passes;
  *state++ = segments->taken;
  *state++ = segments->draws;
  *state++ = segments->piece.serial;
  *state++ = segments->next;
  for (size_t i = 0; i < segments->n_slots; ++i) {
    *state++ = segments->slots[i].serial;
    *state++ = segments->slots[i].begin;
  }
}

static void
enter_pass(PartitaSegments *segments, uint64_t passes)
{
  if (segments->passes == passes)
    return;
  segments->passes = passes;
  shuffle(segments);
}

static int
compare_serials(const void *a, const void *b)
{
  const PartitaSegment *const x = *(PartitaSegment *const *)a;
  const PartitaSegment *const y = *(PartitaSegment *const *)b;

  return (x->serial > y->serial) - (x->serial < y->serial);
}

/// Reads a piece again that was read before; false if there was none such.
static bool
read_again(PartitaSegments *segments, uint64_t serial, uint64_t n_read)
{
  if (serial >= n_read)
    return false;
  if (segments->piece.serial == serial)
    return true;
  enter_pass(segments, serial / segments->order->len);
  read_piece(segments, serial);
  return true;
}

/// Whether a segment of the piece begins there.
static bool
is_begin(const PartitaSegments *segments, size_t begin)
{
  if (begin == 0 || begin >= segments->piece.targets->len)
    return begin == 0 && segments->piece.targets->len > 0;
  return find_begin(segments, (begin + segments->phase + segments->length - 1) /
                                segments->length) == begin;
}

/// Gives all of @wanted their content; each piece is read once.
static bool
read_contents(PartitaSegments *segments, GPtrArray *wanted, uint64_t n_read)
{
  qsort(wanted->pdata, wanted->len, sizeof *wanted->pdata, compare_serials);
  for (guint i = 0; i < wanted->len; ++i) {
    PartitaSegment *const segment = wanted->pdata[i];

    if (segment->serial == PARTITA_NO_PIECE)
      continue;
    if (!read_again(segments, segment->serial, n_read) ||
        !is_begin(segments, segment->begin))
      return false;
    copy_segment(segments, segment->begin, segment);
  }
  return true;
}

/// All slots have a segment, or none has and no piece was begun.
static bool
is_pool_sound(const PartitaSegments *segments, uint64_t reading)
{
  for (size_t i = 0; i < segments->n_slots; ++i)
    if ((segments->slots[i].serial == PARTITA_NO_PIECE) !=
        (reading == PARTITA_NO_PIECE))
      return false;
  return true;
}

/// The piece being cut, at its next segment, in the pass it is of.
static bool
resume_reading(PartitaSegments *segments,
               const uint64_t *state,
               uint64_t n_read)
{
  if (state[3] != PARTITA_NO_PIECE) {
    segments->piece.serial = PARTITA_NO_PIECE;
    if (state[3] + 1 != n_read || !read_again(segments, state[3], n_read) ||
        state[4] > segments->piece.targets->len / segments->length + 2)
      return false;
    segments->next = (size_t)state[4];
  }
  enter_pass(segments, state[0]);
  segments->taken = (size_t)state[1];
  segments->draws = state[2];
  return true;
}

bool
partita_segments_set_state(PartitaSegments *segments,
                           const uint64_t *state,
                           PartitaSegment *const *also,
                           size_t n_also)
{
  const uint64_t n = segments->order->len;
  g_autoptr(GPtrArray) wanted = g_ptr_array_new();

  g_return_val_if_fail(segments->training, false);
  if (n == 0 || state[1] > n || state[0] > G_MAXUINT64 / 2 / n)
    return false;
  for (size_t i = 0; i < segments->n_slots; ++i) {
    segments->slots[i].serial = state[STATE_HEAD + STATE_SLOT * i];
    segments->slots[i].begin = (size_t)state[STATE_HEAD + STATE_SLOT * i + 1];
    g_ptr_array_add(wanted, &segments->slots[i]);
  }
  for (size_t i = 0; i < n_also; ++i)
    g_ptr_array_add(wanted, also[i]);

  const uint64_t n_read = state[0] * n + state[1];

  return is_pool_sound(segments, state[3]) &&
         read_contents(segments, wanted, n_read) &&
         resume_reading(segments, state, n_read);
}
