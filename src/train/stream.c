// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* From segments of pieces to the chunks that a step of training takes: each
 * row of the batch reads its segments from end to end, chunk by chunk. */

#include <string.h>
#include <train/segments.h>

/// A row reads one segment after another.
typedef struct {
  PartitaSegment segment;
  size_t next; // of the segment's steps
} Row;

struct PartitaStream {
  PartitaSegments *segments;
  bool training;
  uint64_t read; // tokens of all rows
  size_t n_rows;
  Row *rows; // shape [shards * rows of a shard]
  PartitaChunk chunk;
};

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

  stream->segments = partita_segments_new(corpus, pieces, settings, training);
  stream->training = training;
  stream->n_rows = settings->rows;
  stream->rows = g_new0(Row, stream->n_rows);
  for (size_t i = 0; i < stream->n_rows; ++i)
    partita_segment_init(&stream->rows[i].segment);
  stream->chunk = (PartitaChunk){
    .shards = settings->shards,
    .rows = settings->rows / settings->shards,
    .steps = settings->context,
    .n_fields = partita_scheme_get_n_fields(scheme) + 1,
  };
  chunk_init(&stream->chunk);
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
  for (size_t i = 0; i < stream->n_rows; ++i)
    partita_segment_clear(&stream->rows[i].segment);
  partita_segments_free(stream->segments);
  g_free(stream->rows);
  chunk_clear(&stream->chunk);
  g_free(stream);
}

static bool
is_free(const Row *row)
{
  return row->next >= row->segment.targets->len;
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
fill_cell(PartitaChunk *chunk, const Row *row, size_t cell)
{
  const size_t width = chunk->n_fields;
  const GArray *const inputs = row->segment.inputs;

  chunk->reset[cell] = row->next == 0;
  memcpy(chunk->inputs + cell * width,
         &g_array_index(inputs, uint16_t, row->next * width),
         width * sizeof(uint16_t));
  chunk->targets[cell] =
    g_array_index(row->segment.targets, uint16_t, row->next);
}

/// In place of a cell: the row's shard is not in the chunk.
#define ELSEWHERE G_MAXSIZE

static bool
begin_segment(PartitaStream *stream, Row *row)
{
  row->next = 0;
  if (partita_segments_next(stream->segments, &row->segment))
    return true;
  g_array_set_size(row->segment.targets, 0);
  return false;
}

static void
read_step(PartitaStream *stream, Row *row, size_t cell)
{
  PartitaChunk *chunk = &stream->chunk;

  if (is_free(row) && !begin_segment(stream, row)) {
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
  stream->read += chunk->n_targets;
  return chunk;
}

double
partita_stream_get_epoch(const PartitaStream *stream)
{
  return (double)stream->read /
         MAX(partita_segments_count_tokens(stream->segments), 1.0);
}

/* The state: tokens read, that of the segments, then serial, begin and next of
 * every row. */
#define STATE_ROW 3

size_t
partita_stream_get_state_size(const PartitaStream *stream)
{
  return 1 + partita_segments_get_state_size(stream->segments) +
         STATE_ROW * stream->n_rows;
}

void
partita_stream_get_state(const PartitaStream *stream, uint64_t *state)
{
  *state++ = stream->read;
  partita_segments_get_state(stream->segments, state);
  state += partita_segments_get_state_size(stream->segments);
  for (size_t i = 0; i < stream->n_rows; ++i) {
    *state++ = stream->rows[i].segment.serial;
    *state++ = stream->rows[i].segment.begin;
    *state++ = stream->rows[i].next;
  }
}

bool
partita_stream_set_state(PartitaStream *stream, const uint64_t *state)
{
  const uint64_t *const rows =
    state + 1 + partita_segments_get_state_size(stream->segments);
  g_autofree PartitaSegment **taken = g_new(PartitaSegment *, stream->n_rows);

  g_return_val_if_fail(stream->training, false);
  for (size_t i = 0; i < stream->n_rows; ++i) {
    Row *const row = &stream->rows[i];

    row->segment.serial = rows[STATE_ROW * i];
    row->segment.begin = (size_t)rows[STATE_ROW * i + 1];
    row->next = (size_t)rows[STATE_ROW * i + 2];
    taken[i] = &row->segment;
  }
  if (!partita_segments_set_state(stream->segments, state + 1, taken,
                                  stream->n_rows))
    return false;
  for (size_t i = 0; i < stream->n_rows; ++i)
    if (stream->rows[i].next > stream->rows[i].segment.targets->len)
      return false;
  stream->read = state[0];
  return true;
}
