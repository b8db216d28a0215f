// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* From what the walk found to a score. */

#include <midi/read-private.h>

#include <base/file.h>

GQuark
partita_midi_error_quark(void)
{
  return g_quark_from_static_string("partita-midi-error-quark");
}

/* Many files say the same tempo again and again, where nothing changes. Our
 * own are read back as they were written. */
static void
add_tempos(PartitaScore *score, const PartitaMidiWalk *walk, bool own)
{
  const PartitaTempo *tempos =
    (const PartitaTempo *)(const void *)walk->tempos->data;
  uint32_t in_force = 0;

  for (guint i = 0; i < walk->tempos->len; ++i) {
    if (own || tempos[i].us_per_quarter != in_force)
      partita_score_add_tempo(score, tempos[i]);
    in_force = tempos[i].us_per_quarter;
  }
}

static void
add_meters(PartitaScore *score, const PartitaMidiWalk *walk)
{
  for (guint i = 0; i < walk->meters->len; ++i) {
    const PartitaMidiMeter *meter =
      &g_array_index(walk->meters, PartitaMidiMeter, i);

    partita_score_add_meter(score,
                            (PartitaMeter){meter->tick, meter->bytes[0],
                                           (uint8_t)(1u << meter->bytes[1])});
  }
}

/* Many files of the world go on in silence long after the music. An end that
 * is more than a bar behind the bar of the last note is not believed: the piece
 * then ends with that bar. In our own files it stands where the mark says. */
static void
set_end(PartitaScore *score, const PartitaMidiScan *scan)
{
  if (scan->own) {
    partita_score_set_end(score, scan->own_end_ticks);
    return;
  }
  partita_score_set_end(score, 0);

  g_autoptr(GArray) bars = partita_score_get_bars(score);
  const PartitaBar *last = &g_array_index(bars, PartitaBar, bars->len - 1);
  const uint64_t bar = partita_bars_measure(partita_score_get_ppq(score),
                                            last->numerator, last->denominator);
  const uint64_t end = (uint64_t)last->tick + last->length_ticks;

  partita_score_set_end(
    score, (uint32_t)(scan->end_ticks > end + bar ? end : scan->end_ticks));
}

PartitaScore *
partita_midi_read_walk(const PartitaMidiScan *scan,
                       PartitaMidiWalk *walk,
                       GArray *parts,
                       GError **error)
{
  g_autoptr(PartitaScore) score = partita_score_new(walk->ppq);

  add_tempos(score, walk, scan->own);
  add_meters(score, walk);
  for (guint i = 0; i < scan->keys->len; ++i)
    partita_score_add_key(score, g_array_index(scan->keys, PartitaKey, i));
  if (!partita_midi_read_notes(score, scan, walk, parts, &walk->mends, error))
    return NULL;
  partita_score_sort(score);
  set_end(score, scan);
  return g_steal_pointer(&score);
}

PartitaScore *
partita_midi_read(const uint8_t *data,
                  size_t size,
                  unsigned *mends,
                  GError **error)
{
  g_auto(PartitaMidiWalk) walk = {0};
  g_auto(PartitaMidiScan) scan = {0};
  g_autoptr(GArray) parts = g_array_new(FALSE, FALSE, sizeof(PartitaMidiPart));

  if (!partita_midi_walk(&walk, data, size, error))
    return NULL;
  partita_midi_scan(&scan, &walk);

  PartitaScore *score = partita_midi_read_walk(&scan, &walk, parts, error);

  if (score != NULL && mends != NULL)
    *mends = walk.mends;
  return score;
}

PartitaScore *
partita_midi_read_file_bytes(const char *path,
                             GBytes **contents,
                             unsigned *mends,
                             GError **error)
{
  g_autoptr(GError) failure = NULL;
  g_autoptr(GBytes) bytes =
    partita_file_read(path, PARTITA_MIDI_BYTES_MAX, &failure);

  *contents = NULL;
  if (bytes == NULL) {
    const bool big = g_error_matches(failure, G_FILE_ERROR, G_FILE_ERROR_NOMEM);

    g_set_error_literal(error, PARTITA_MIDI_ERROR,
                        big ? PARTITA_MIDI_ERROR_TOO_BIG
                            : PARTITA_MIDI_ERROR_READ,
                        failure->message);
    return NULL;
  }

  gsize size = 0;
  const uint8_t *data = g_bytes_get_data(bytes, &size);
  PartitaScore *score = partita_midi_read(data, size, mends, error);

  if (score == NULL) {
    g_autofree char *shown = partita_file_display(path);

    g_prefix_error(error, "%s: ", shown);
  } else {
    *contents = g_steal_pointer(&bytes);
  }
  return score;
}

PartitaScore *
partita_midi_read_file(const char *path, unsigned *mends, GError **error)
{
  g_autoptr(GBytes) bytes = NULL;

  return partita_midi_read_file_bytes(path, &bytes, mends, error);
}
