// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "inspect.h"

#include <partita/midi.h>

static void
add_strings(JsonObject *object, const char *name, const char *list)
{
  JsonArray *array = json_array_new();
  g_auto(GStrv) words = g_strsplit(list, ",", 0);

  for (char **word = words; *word != NULL; ++word) {
    if (**word != '\0')
      json_array_add_string_element(array, *word);
  }
  json_object_set_array_member(object, name, array);
}

static void
add_programs(JsonObject *object, const PartitaScore *score)
{
  JsonArray *array = json_array_new();
  bool used[PARTITA_N_PROGRAMS] = {false};

  for (size_t i = 0; i < partita_score_get_n_tracks(score); ++i)
    used[partita_track_get_program(partita_score_get_track(score, i))] = true;
  for (int program = 0; program < PARTITA_PROGRAM_DRUMS; ++program) {
    if (used[program])
      json_array_add_int_element(array, program);
  }
  json_object_set_array_member(object, "programs", array);
  json_object_set_boolean_member(object, "drums", used[PARTITA_PROGRAM_DRUMS]);
}

static const char *
find_key(const PartitaScore *score)
{
  size_t n = 0;
  const PartitaKey *keys = partita_score_get_keys(score, &n);

  return partita_key_name(n > 0 ? partita_key_from_signature(keys[0])
                                : partita_score_estimate_key(score));
}

/// Where the notes change their key, in bars as a musician counts them.
static void
add_key_spans(JsonObject *object, const PartitaScore *score)
{
  g_autoptr(GArray) spans = partita_score_estimate_key_spans(score, 3);
  JsonArray *array = json_array_new();

  for (guint i = 0; i < spans->len; ++i) {
    const PartitaKeySpan *span = &g_array_index(spans, PartitaKeySpan, i);
    JsonObject *entry = NULL;

    if (span->key < 0)
      continue;
    entry = json_object_new();
    json_object_set_int_member(entry, "bar", (gint64)span->first_bar + 1);
    json_object_set_string_member(entry, "key", partita_key_name(span->key));
    json_array_add_object_element(array, entry);
  }
  json_object_set_array_member(object, "keys", array);
}

static void
add_score(JsonObject *object, const PartitaScore *score)
{
  g_autoptr(GArray) bars = partita_score_get_bars(score);
  g_autoptr(PartitaTempoMap) tempos = partita_tempo_map_new(score);
  const PartitaBar first = g_array_index(bars, PartitaBar, 0);
  g_autofree char *meter =
    g_strdup_printf("%u/%u", first.numerator, first.denominator);
  const char *key = find_key(score);

  json_object_set_int_member(object, "notes",
                             (gint64)partita_score_get_n_notes(score));
  json_object_set_int_member(object, "tracks",
                             (gint64)partita_score_get_n_tracks(score));
  json_object_set_int_member(object, "bars", bars->len);
  json_object_set_double_member(
    object, "duration_s",
    partita_tempo_map_seconds(tempos, partita_score_get_end(score)));
  json_object_set_double_member(object, "tempo",
                                6e7 / partita_tempo_map_tempo_at(tempos, 0));
  json_object_set_string_member(object, "meter", meter);
  if (key != NULL)
    json_object_set_string_member(object, "key", key);
  else
    json_object_set_null_member(object, "key");
  add_key_spans(object, score);
  add_programs(object, score);
  json_object_set_int_member(object, "ppq", partita_score_get_ppq(score));
}

bool
cli_inspect_midi(const char *path,
                 JsonObject *object,
                 PartitaScore **score,
                 GError **error)
{
  unsigned mends = 0;
  GError *reason = NULL;
  g_autoptr(PartitaScore) read = partita_midi_read_file(path, &mends, &reason);

  if (read == NULL) {
    json_object_set_string_member(object, "verdict", "refused");
    json_object_set_string_member(object, "reason", reason->message);
    g_propagate_error(error, reason);
    return false;
  }

  g_autofree char *mended = partita_mend_describe(mends);

  json_object_set_string_member(object, "verdict",
                                mends == 0 ? "read" : "mended");
  add_strings(object, "mended", mended);
  add_score(object, read);
  if (score != NULL)
    *score = g_steal_pointer(&read);
  return true;
}
