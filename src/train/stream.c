// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <base/philox.h>
#include <stdlib.h>
#include <string.h>
#include <train/train-private.h>

/// A row reads one piece; it is free when it has read all but the last id.
typedef struct {
  GArray *ids;     // uint16_t
  size_t next;     // index of the next input
  uint64_t serial; // number of the piece in the run
  PartitaGrammar *grammar;
} Row;

struct PartitaStream {
  const PartitaCorpus *corpus;
  GArray *pieces; // uint32_t, in the order of this pass
  uint64_t seed;
  bool training;
  unsigned augmentations;
  size_t taken;    // pieces of this pass that rows have begun
  uint64_t passes; // before this one
  double tokens;   // of one pass
  double begun;    // tokens of all pieces begun
  size_t n_rows;
  Row *rows; // shape [shards * rows of a shard]
  PartitaChunk chunk;
};

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
shuffle(PartitaStream *stream)
{
  uint32_t *pieces = (uint32_t *)(void *)stream->pieces->data;

  qsort(pieces, stream->pieces->len, sizeof *pieces, compare_indices);
  for (size_t i = stream->pieces->len; i > 1; --i) {
    const size_t j = partita_random_below(stream->seed, PARTITA_RANDOM_ORDER,
                                          stream->passes, i, (uint32_t)i);
    const uint32_t held = pieces[i - 1];

    pieces[i - 1] = pieces[j];
    pieces[j] = held;
  }
}

static void
chunk_init(PartitaChunk *chunk)
{
  const size_t cells = chunk->shards * chunk->rows * chunk->steps;
  const size_t n_fields = chunk->n_fields;

  chunk->inputs = g_new0(uint16_t, cells * n_fields);
  chunk->targets = g_new0(int32_t, cells);
  chunk->reset = g_new0(uint8_t, cells);
}

PartitaStream *
partita_stream_new(const PartitaCorpus *corpus,
                   const GArray *pieces,
                   const PartitaTrainSettings *settings,
                   bool training)
{
  const PartitaScheme *scheme = partita_corpus_get_scheme(corpus);
  PartitaStream *stream = g_new0(PartitaStream, 1);

  stream->corpus = corpus;
  stream->pieces = training && settings->balance > 0.0
                     ? partita_train_balance(corpus, pieces, settings->balance)
                     : g_array_copy((GArray *)pieces);
  stream->seed = settings->seed;
  stream->training = training;
  stream->augmentations =
    settings->augmentations |
    (settings->transposing ? PARTITA_AUGMENT_TRANSPOSE : 0u);
  for (guint i = 0; i < stream->pieces->len; ++i)
    stream->tokens += (double)partita_corpus_get_piece(
                        corpus, g_array_index(stream->pieces, uint32_t, i))
                        .n;
  stream->n_rows = settings->rows;
  stream->rows = g_new0(Row, stream->n_rows);
  for (size_t i = 0; i < stream->n_rows; ++i) {
    stream->rows[i].ids = g_array_new(FALSE, FALSE, sizeof(uint16_t));
    stream->rows[i].grammar = partita_grammar_new(scheme);
    partita_grammar_allow_parts(stream->rows[i].grammar);
  }
  stream->chunk = (PartitaChunk){
    .shards = settings->shards,
    .rows = settings->rows / settings->shards,
    .steps = settings->context,
    .n_fields = partita_scheme_get_n_fields(scheme) + 1,
  };
  chunk_init(&stream->chunk);
  if (training)
    shuffle(stream);
  return stream;
}

static void
chunk_clear(PartitaChunk *chunk)
{
  g_clear_pointer(&chunk->inputs, g_free);
  g_clear_pointer(&chunk->targets, g_free);
  g_clear_pointer(&chunk->reset, g_free);
}

void
partita_stream_limit(PartitaStream *stream, size_t first, size_t n)
{
  chunk_clear(&stream->chunk);
  stream->chunk.first = first;
  stream->chunk.shards = n;
  chunk_init(&stream->chunk);
}

// Whether the row's shard is in the chunk.
static bool
is_here(const PartitaStream *stream, const Row *row)
{
  const PartitaChunk *const chunk = &stream->chunk;
  const size_t shard = (size_t)(row - stream->rows) / chunk->rows;

  return shard >= chunk->first && shard - chunk->first < chunk->shards;
}

void
partita_stream_free(PartitaStream *stream)
{
  if (stream == NULL)
    return;
  for (size_t i = 0; i < stream->n_rows; ++i) {
    g_array_unref(stream->rows[i].ids);
    partita_grammar_free(stream->rows[i].grammar);
  }
  g_array_unref(stream->pieces);
  g_free(stream->rows);
  chunk_clear(&stream->chunk);
  g_free(stream);
}

static bool
is_free(const Row *row)
{
  return row->next + 1 >= row->ids->len;
}

// Gives the row piece @serial of the run, which must be of this pass.
static PartitaPiece
read_piece(PartitaStream *stream, Row *row, uint64_t serial)
{
  const size_t place = (size_t)(serial % stream->pieces->len);
  const size_t index = g_array_index(stream->pieces, uint32_t, place);
  const PartitaPiece piece = partita_corpus_get_piece(stream->corpus, index);
  const uint32_t style =
    stream->training && piece.n_styles > 1
      ? partita_augment_draw_style(stream->seed, serial, piece.n_styles)
      : 0;

  partita_corpus_get_ids(stream->corpus, index, style, row->ids);
  row->next = 0;
  row->serial = serial;
  partita_grammar_reset(row->grammar);
  partita_grammar_allow_parts(row->grammar);
  if (stream->training)
    partita_augment(partita_corpus_get_scheme(stream->corpus), row->ids,
                    stream->augmentations, stream->seed, serial);
  return piece;
}

// Returns false if no piece is left.
static bool
begin_piece(PartitaStream *stream, Row *row)
{
  if (stream->taken == stream->pieces->len) {
    if (!stream->training)
      return false;
    ++stream->passes;
    stream->taken = 0;
    shuffle(stream);
  }

  const uint64_t serial =
    stream->passes * stream->pieces->len + stream->taken++;
  const PartitaPiece piece = read_piece(stream, row, serial);

  stream->begun += (double)piece.n;
  return true;
}

// A row that has nothing to read does not count.
static void
clear_cell(PartitaChunk *chunk, size_t cell)
{
  memset(chunk->inputs + cell * chunk->n_fields, 0,
         chunk->n_fields * sizeof *chunk->inputs);
  chunk->targets[cell] = -1;
  chunk->reset[cell] = 0;
}

static void
fill_cell(PartitaChunk *chunk, Row *row, size_t cell)
{
  uint16_t *input = chunk->inputs + cell * chunk->n_fields;

  chunk->reset[cell] = row->next == 0;
  input[0] = g_array_index(row->ids, uint16_t, row->next);
  partita_grammar_push(row->grammar, input[0]);
  partita_grammar_get_fields(row->grammar, input + 1);
  chunk->targets[cell] = g_array_index(row->ids, uint16_t, row->next + 1);
}

/// In place of a cell: the row's shard is not in the chunk.
#define ELSEWHERE G_MAXSIZE

static void
read_step(PartitaStream *stream, Row *row, size_t cell)
{
  PartitaChunk *chunk = &stream->chunk;

  if (is_free(row) && !begin_piece(stream, row)) {
    if (cell != ELSEWHERE)
      clear_cell(chunk, cell);
    return;
  }
  if (cell != ELSEWHERE)
    fill_cell(chunk, row, cell);
  ++row->next;
  ++chunk->n_targets;
}

const PartitaChunk *
partita_stream_next(PartitaStream *stream)
{
  PartitaChunk *chunk = &stream->chunk;

  chunk->n_targets = 0;
  for (size_t step = 0; step < chunk->steps; ++step)
    for (size_t i = 0; i < stream->n_rows; i += chunk->rows) {
      const size_t shard = i / chunk->rows - chunk->first;
      const size_t cell = (shard * chunk->steps + step) * chunk->rows;
      const bool here = is_here(stream, &stream->rows[i]);

      for (size_t r = 0; r < chunk->rows; ++r)
        read_step(stream, &stream->rows[i + r], here ? cell + r : ELSEWHERE);
    }
  return chunk;
}

double
partita_stream_get_epoch(const PartitaStream *stream)
{
  double unread = 0.0;

  for (size_t i = 0; i < stream->n_rows; ++i)
    if (!is_free(&stream->rows[i]))
      unread += (double)(stream->rows[i].ids->len - stream->rows[i].next);
  return MAX(stream->begun - unread, 0.0) / MAX(stream->tokens, 1.0);
}

/* The state: passes, pieces taken and tokens begun, then serial and next of
 * every row. The order and the changes of the pieces follow from these. */
#define STATE_HEAD 3
#define STATE_ROW 2
#define NO_PIECE G_MAXUINT64

size_t
partita_stream_get_state_size(const PartitaStream *stream)
{
  return STATE_HEAD + STATE_ROW * stream->n_rows;
}

void
partita_stream_get_state(const PartitaStream *stream, uint64_t *state)
{
  *state++ = stream->passes;
  *state++ = stream->taken;
  *state++ = (uint64_t)stream->begun;
  for (size_t i = 0; i < stream->n_rows; ++i) {
    const Row *row = &stream->rows[i];

    *state++ = row->ids->len > 0 ? row->serial : NO_PIECE;
    *state++ = row->next;
  }
}

static void
enter_pass(PartitaStream *stream, uint64_t passes)
{
  if (stream->passes == passes)
    return;
  stream->passes = passes;
  shuffle(stream);
}

static bool
resume_row(PartitaStream *stream, Row *row, uint64_t serial, uint64_t next)
{
  enter_pass(stream, serial / stream->pieces->len);
  (void)read_piece(stream, row, serial);
  if (next >= row->ids->len)
    return false;
  for (; row->next < next; ++row->next)
    if (is_here(stream, row))
      partita_grammar_push(row->grammar,
                           g_array_index(row->ids, uint16_t, row->next));
  return true;
}

bool
partita_stream_set_state(PartitaStream *stream, const uint64_t *state)
{
  const uint64_t n = stream->pieces->len;
  const uint64_t passes = state[0];
  const uint64_t taken = state[1];

  g_return_val_if_fail(stream->training, false);
  if (n == 0 || taken > n || passes > G_MAXUINT64 / 2 / n)
    return false;
  for (size_t i = 0; i < stream->n_rows; ++i) {
    const uint64_t *row = state + STATE_HEAD + STATE_ROW * i;

    g_array_set_size(stream->rows[i].ids, 0);
    stream->rows[i].next = 0;
    if (row[0] != NO_PIECE &&
        (row[0] >= passes * n + taken ||
         !resume_row(stream, &stream->rows[i], row[0], row[1])))
      return false;
  }
  enter_pass(stream, passes);
  stream->taken = (size_t)taken;
  stream->begun = (double)state[2];
  return true;
}
