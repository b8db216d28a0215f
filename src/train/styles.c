// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <json-glib/json-glib.h>
#include <math.h>
#include <train/train-private.h>

/// Looked at of a larger corpus, evenly spread.
#define LOOKED_AT_MAX 512

/// Pieces after which the lowest and highest notes of an instrument are known.
#define REGISTER_PIECES_MIN 5

/// What the pieces of a style have, counted.
typedef struct {
  size_t pieces; ///< of the whole corpus
  GArray *tempos;
  GArray *meters;
  GArray *programs;
  GArray *voices; ///< unsigned: the most that sound at once in a piece
  GArray *lowest[PARTITA_PROGRAM_DRUMS];  ///< (nullable): unsigned: notes of a
                                          ///< piece, in its own key
  GArray *highest[PARTITA_PROGRAM_DRUMS]; ///< likewise
} Habits;

typedef struct {
  unsigned value;
  size_t n;
} Count;

static void
count(GArray *counts, unsigned value)
{
  for (guint i = 0; i < counts->len; ++i) {
    Count *count = &g_array_index(counts, Count, i);

    if (count->value == value) {
      ++count->n;
      return;
    }
  }

  const Count first = {.value = value, .n = 1};

  g_array_append_val(counts, first);
}

static void
append(GArray **values, unsigned value)
{
  if (*values == NULL)
    *values = g_array_new(FALSE, FALSE, sizeof(unsigned));
  g_array_append_val(*values, value);
}

/// Where a note begins, or ends.
typedef struct {
  uint32_t tick;
  int change; ///< of the voices
} Edge;

static gint
compare_edges(gconstpointer a, gconstpointer b)
{
  const Edge *x = a, *y = b;

  if (x->tick != y->tick)
    return x->tick < y->tick ? -1 : 1;
  return x->change - y->change;
}

/// (transfer full) (element-type Edge): of all notes, drums aside, in order
static GArray *
list_edges(const PartitaScore *score)
{
  GArray *edges = g_array_new(FALSE, FALSE, sizeof(Edge));

  for (size_t t = 0; t < partita_score_get_n_tracks(score); ++t) {
    const PartitaTrack *track = partita_score_get_track(score, t);
    size_t n = 0;
    const PartitaNote *notes = partita_track_get_notes(track, &n);

    for (size_t i = 0; !partita_track_is_drums(track) && i < n; ++i) {
      const Edge both[] = {
        {notes[i].onset_ticks, 1},
        {notes[i].onset_ticks + notes[i].duration_ticks, -1}};

      g_array_append_vals(edges, both, 2);
    }
  }
  g_array_sort(edges, compare_edges);
  return edges;
}

/// The notes that sound at once, drums aside, and that all but a hundredth of
/// the piece does not exceed.
static unsigned
count_voices(const PartitaScore *score)
{
  g_autoptr(GArray) edges = list_edges(score);
  g_autofree uint64_t *ticks = g_new0(uint64_t, edges->len + 1);
  uint64_t more = 0;
  guint voices = 0;

  for (guint i = 0; i + 1 < edges->len; ++i) {
    const Edge *edge = &g_array_index(edges, Edge, i);

    voices = (guint)((int)voices + edge->change);
    ticks[voices] += edge[1].tick - edge->tick;
  }
  for (voices = edges->len; voices > 0; --voices) {
    more += ticks[voices];
    if (100 * more > partita_score_get_end(score))
      break;
  }
  return voices;
}

/// @shift: semitones that the score was moved by
static void
count_register(Habits *habits, const PartitaTrack *track, int shift)
{
  const unsigned program = partita_track_get_program(track);
  size_t n = 0;
  const PartitaNote *notes = partita_track_get_notes(track, &n);
  int low = 127, high = 0;

  if (n == 0 || partita_track_is_drums(track))
    return;
  for (size_t i = 0; i < n; ++i) {
    low = MIN(low, notes[i].pitch);
    high = MAX(high, notes[i].pitch);
  }
  append(&habits->lowest[program], (unsigned)CLAMP(low - shift, 0, 127));
  append(&habits->highest[program], (unsigned)CLAMP(high - shift, 0, 127));
}

static void
count_score(Habits *habits, const PartitaScore *score, int shift)
{
  g_autoptr(GArray) bars = partita_score_get_bars(score);
  g_autoptr(PartitaTempoMap) tempos = partita_tempo_map_new(score);
  const uint32_t end = partita_score_get_end(score);
  // That in the middle, for a piece may begin or end with a part of a bar.
  const PartitaBar *bar = &g_array_index(bars, PartitaBar, bars->len / 2);
  const double tempo =
    6e7 * end / (double)partita_tempo_map_us_ppq(tempos, end);

  g_array_append_val(habits->tempos, tempo);
  count(habits->meters, 256u * bar->numerator + bar->denominator);
  for (size_t t = 0; t < partita_score_get_n_tracks(score); ++t) {
    const PartitaTrack *track = partita_score_get_track(score, t);
    size_t n_notes = 0;

    (void)partita_track_get_notes(track, &n_notes);
    if (n_notes > 0)
      count(habits->programs, partita_track_get_program(track));
    count_register(habits, track, shift);
  }
  append(&habits->voices, count_voices(score));
}

static void
add_piece(const PartitaCorpus *corpus,
          size_t index,
          const PartitaLedgerEntry *entry,
          Habits *habits)
{
  g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(uint16_t));
  const int shift = partita_corpus_get_piece(corpus, index).shift;

  partita_corpus_get_ids(corpus, index, 0, ids);

  g_autoptr(PartitaScore) score = partita_scheme_decode(
    partita_corpus_get_scheme(corpus),
    (const uint16_t *)(const void *)ids->data, ids->len, NULL, NULL);

  if (score == NULL || partita_score_get_n_notes(score) == 0)
    return;
  count_score(&habits[0], score, shift);
  for (size_t i = 0; i < entry->n_styles; ++i)
    count_score(&habits[1 + entry->styles[i]], score, shift);
}

static Habits *
find_habits(const PartitaCorpus *corpus, size_t n_styles)
{
  const PartitaScheme *scheme = partita_corpus_get_scheme(corpus);
  const bool has_tempo = partita_scheme_get_tempo_bin(scheme, 500000) >= 0;
  const size_t n_pieces = partita_corpus_get_n_pieces(corpus);
  const size_t stride = (n_pieces + LOOKED_AT_MAX - 1) / LOOKED_AT_MAX;
  Habits *habits = g_new0(Habits, n_styles + 1);

  for (size_t s = 0; s <= n_styles; ++s) {
    habits[s].tempos = g_array_new(FALSE, FALSE, sizeof(double));
    habits[s].meters = g_array_new(FALSE, FALSE, sizeof(Count));
    habits[s].programs = g_array_new(FALSE, FALSE, sizeof(Count));
  }
  for (size_t i = 0; i < n_pieces; ++i) {
    const PartitaPiece piece = partita_corpus_get_piece(corpus, i);
    const PartitaLedgerEntry entry =
      partita_corpus_get_entry(corpus, piece.ledger_index);

    if (piece.valid)
      continue;
    ++habits[0].pieces;
    for (size_t s = 0; s < entry.n_styles; ++s)
      ++habits[1 + entry.styles[s]].pieces;
    if (has_tempo && i % stride == 0)
      add_piece(corpus, i, &entry, habits);
  }
  return habits;
}

static gint
compare_tempos(gconstpointer a, gconstpointer b)
{
  const double x = *(const double *)a, y = *(const double *)b;

  return (x > y) - (x < y);
}

/// The most frequent first; equal ones by their value.
static gint
compare_counts(gconstpointer a, gconstpointer b)
{
  const Count *x = a, *y = b;

  if (x->n != y->n)
    return x->n < y->n ? 1 : -1;
  return (x->value > y->value) - (x->value < y->value);
}

/// The quartiles.
static void
write_tempos(JsonBuilder *builder, GArray *tempos)
{
  g_array_sort(tempos, compare_tempos);
  json_builder_set_member_name(builder, "tempo");
  json_builder_begin_array(builder);
  for (guint q = 1; q <= 3; ++q)
    json_builder_add_int_value(
      builder,
      lround(g_array_index(tempos, double, (tempos->len - 1) * q / 4)));
  json_builder_end_array(builder);
}

static void
add_meter(JsonBuilder *builder, unsigned value)
{
  g_autofree char *text = g_strdup_printf("%u/%u", value / 256, value % 256);

  json_builder_add_string_value(builder, text);
}

static void
add_program(JsonBuilder *builder, unsigned value)
{
  json_builder_add_int_value(builder, value);
}

/// The values that at least one of ten of @n_scores has, the most frequent
/// first.
static void
write_counts(JsonBuilder *builder,
             const char *name,
             GArray *counts,
             size_t n_scores,
             void (*add)(JsonBuilder *builder, unsigned value))
{
  g_array_sort(counts, compare_counts);
  json_builder_set_member_name(builder, name);
  json_builder_begin_array(builder);
  for (guint i = 0; i < counts->len; ++i) {
    const Count *count = &g_array_index(counts, Count, i);

    if (10 * count->n >= n_scores)
      add(builder, count->value);
  }
  json_builder_end_array(builder);
}

static gint
compare_values(gconstpointer a, gconstpointer b)
{
  const unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;

  return (x > y) - (x < y);
}

/// The value that @share of @values, a number from 0 to 1, does not exceed.
static unsigned
find_quantile(GArray *values, double share)
{
  const guint last = values->len - 1;

  g_array_sort(values, compare_values);
  return g_array_index(values, unsigned, (guint)lround(share * last));
}

static void
write_registers(JsonBuilder *builder, const Habits *habits)
{
  json_builder_set_member_name(builder, "registers");
  json_builder_begin_array(builder);
  for (unsigned p = 0; p < PARTITA_PROGRAM_DRUMS; ++p) {
    if (habits->lowest[p] == NULL ||
        habits->lowest[p]->len < REGISTER_PIECES_MIN)
      continue;
    json_builder_begin_array(builder);
    json_builder_add_int_value(builder, p);
    json_builder_add_int_value(builder, find_quantile(habits->lowest[p], 0.05));
    json_builder_add_int_value(builder,
                               find_quantile(habits->highest[p], 0.95));
    json_builder_end_array(builder);
  }
  json_builder_end_array(builder);
}

static void
clear_habits(Habits *habits)
{
  g_array_unref(habits->tempos);
  g_array_unref(habits->meters);
  g_array_unref(habits->programs);
  g_clear_pointer(&habits->voices, g_array_unref);
  for (unsigned p = 0; p < PARTITA_PROGRAM_DRUMS; ++p) {
    g_clear_pointer(&habits->lowest[p], g_array_unref);
    g_clear_pointer(&habits->highest[p], g_array_unref);
  }
}

static void
write_habits(JsonBuilder *builder, const char *name, Habits *habits)
{
  const size_t n = habits->tempos->len;

  json_builder_set_member_name(builder, name);
  json_builder_begin_object(builder);
  json_builder_set_member_name(builder, "pieces");
  json_builder_add_int_value(builder, (gint64)habits->pieces);
  if (n > 0) {
    write_tempos(builder, habits->tempos);
    write_counts(builder, "meters", habits->meters, n, add_meter);
    write_counts(builder, "programs", habits->programs, n, add_program);
    json_builder_set_member_name(builder, "voices");
    json_builder_add_int_value(builder, find_quantile(habits->voices, 0.75));
    write_registers(builder, habits);
  }
  json_builder_end_object(builder);
}

void
partita_train_write_styles(PartitaModel *model, const PartitaCorpus *corpus)
{
  const char *const *styles =
    partita_scheme_get_styles(partita_corpus_get_scheme(corpus));
  const size_t n_styles = g_strv_length((char **)styles);
  g_autofree Habits *habits = find_habits(corpus, n_styles);
  g_autoptr(JsonBuilder) builder = json_builder_new();

  json_builder_begin_object(builder);
  for (size_t i = 0; i <= n_styles; ++i)
    write_habits(builder, i == 0 ? "" : styles[i - 1], &habits[i]);
  for (size_t i = 0; i <= n_styles; ++i)
    clear_habits(&habits[i]);
  json_builder_end_object(builder);

  g_autoptr(JsonNode) root = json_builder_get_root(builder);
  g_autofree char *text = json_to_string(root, FALSE);

  partita_model_set_metadata(model, "styles", text);
}
