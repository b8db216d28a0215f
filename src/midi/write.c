// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <midi/write-private.h>

#include <base/file.h>

static void
put_tempo(PartitaMidiWriter *writer,
          smf_track_t *track,
          const PartitaTempo *tempo)
{
  uint8_t contents[3];

  partita_midi_pack_tempo(*tempo, contents);
  partita_midi_put_meta(writer, track, tempo->tick, PARTITA_MIDI_META_TEMPO,
                        contents, sizeof contents);
}

static void
put_meter(PartitaMidiWriter *writer,
          smf_track_t *track,
          const PartitaMeter *meter)
{
  uint8_t contents[4];

  partita_midi_pack_meter(*meter, contents);
  partita_midi_put_meta(writer, track, meter->tick, PARTITA_MIDI_META_METER,
                        contents, sizeof contents);
}

static void
put_key(PartitaMidiWriter *writer, smf_track_t *track, const PartitaKey *key)
{
  uint8_t contents[2];

  partita_midi_pack_key(*key, contents);
  partita_midi_put_meta(writer, track, key->tick, PARTITA_MIDI_META_KEY,
                        contents, sizeof contents);
}

/* Tempos, metres, keys and the end, merged in order of time: libsmf sorts
 * again, slowly and not stably, after an event out of order. */
static void
put_conductor(PartitaMidiWriter *writer, const PartitaScore *score)
{
  smf_track_t *track = partita_midi_begin_track(writer);
  size_t n_tempos = 0;
  size_t n_meters = 0;
  size_t n_keys = 0;
  const PartitaTempo *tempo = partita_score_get_tempos(score, &n_tempos);
  const PartitaMeter *meter = partita_score_get_meters(score, &n_meters);
  const PartitaKey *key = partita_score_get_keys(score, &n_keys);
  const uint32_t end = partita_score_get_end(score);
  bool ended = false;

  while (n_tempos > 0 || n_meters > 0 || n_keys > 0 || !ended) {
    const uint64_t t = n_tempos > 0 ? tempo->tick : UINT64_MAX;
    const uint64_t m = n_meters > 0 ? meter->tick : UINT64_MAX;
    const uint64_t k = n_keys > 0 ? key->tick : UINT64_MAX;
    const uint64_t e = !ended ? end : UINT64_MAX;

    if (t <= MIN(MIN(m, k), e)) {
      put_tempo(writer, track, tempo++);
      --n_tempos;
    } else if (m <= MIN(k, e)) {
      put_meter(writer, track, meter++);
      --n_meters;
    } else if (k <= e) {
      put_key(writer, track, key++);
      --n_keys;
    } else {
      partita_midi_put_mark(writer, track, end, PARTITA_MIDI_MARK_END);
      ended = true;
    }
  }
  partita_midi_end_track(writer, track);
}

/// The last tick at which anything happens in @score.
static uint64_t
last_tick(const PartitaScore *score)
{
  size_t n = 0;
  uint64_t last = partita_score_get_end(score);
  const PartitaTempo *tempos = partita_score_get_tempos(score, &n);

  last = MAX(last, n > 0 ? tempos[n - 1].tick : 0);

  const PartitaMeter *meters = partita_score_get_meters(score, &n);

  last = MAX(last, n > 0 ? meters[n - 1].tick : 0);

  const PartitaKey *keys = partita_score_get_keys(score, &n);

  last = MAX(last, n > 0 ? keys[n - 1].tick : 0);
  for (size_t t = 0; t < partita_score_get_n_tracks(score); ++t) {
    const PartitaTrack *track =
      partita_score_get_track((PartitaScore *)score, t);
    const PartitaPedal *pedals = partita_track_get_pedals(track, &n);

    last = MAX(last, n > 0 ? pedals[n - 1].tick : 0);
  }
  return last;
}

/* What partita_midi_read() would cut or refuse is not written. */
static bool
check_score(const PartitaScore *score, GError **error)
{
  size_t n_tempos = 0;
  const PartitaTempo *tempos = partita_score_get_tempos(score, &n_tempos);

  if (n_tempos > PARTITA_MIDI_EVENTS_MAX ||
      partita_score_get_n_notes(score) > PARTITA_MIDI_EVENTS_MAX / 2)
    return partita_midi_refuse(error, "events", PARTITA_MIDI_EVENTS_MAX);
  if (last_tick(score) >
      partita_midi_limit(tempos, n_tempos, partita_score_get_ppq(score)))
    return partita_midi_refuse(error, "seconds", PARTITA_MIDI_SECONDS_MAX);
  return true;
}

static bool
fill(PartitaMidiWriter *writer, const PartitaScore *score, GError **error)
{
  if (!check_score(score, error))
    return false;

  put_conductor(writer, score);
  for (size_t i = 0; i < partita_score_get_n_tracks(score); ++i) {
    if (!partita_midi_put_track(
          writer, partita_score_get_track((PartitaScore *)score, i), error))
      return false;
    if (writer->n_events > PARTITA_MIDI_EVENTS_MAX)
      return partita_midi_refuse(error, "events", PARTITA_MIDI_EVENTS_MAX);
  }
  return true;
}

GBytes *
partita_midi_write(const PartitaScore *score, GError **error)
{
  const uint16_t ppq = partita_score_get_ppq(score);
  static const uint8_t header[] = {'M', 'T', 'h', 'd', 0, 0, 0,
                                   6,   0,   1,   0,   0, 0, 0};
  g_autoptr(GByteArray) bytes = g_byte_array_new();
  PartitaMidiWriter writer = {.bytes = bytes};

  g_byte_array_append(bytes, header, sizeof header);
  if (!fill(&writer, score, error))
    return NULL;
  bytes->data[10] = (uint8_t)(writer.n_tracks >> 8);
  bytes->data[11] = (uint8_t)writer.n_tracks;
  bytes->data[12] = (uint8_t)(ppq >> 8);
  bytes->data[13] = (uint8_t)ppq;
  return g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
}

bool
partita_midi_write_file(const PartitaScore *score,
                        const char *path,
                        GError **error)
{
  return partita_midi_rewrite_file(NULL, PARTITA_TICK_MAX, score, path, error);
}

bool
partita_midi_rewrite_file(GBytes *given,
                          uint32_t until_ticks,
                          const PartitaScore *score,
                          const char *path,
                          GError **error)
{
  g_autoptr(GError) failure = NULL;
  g_autoptr(GBytes) bytes =
    given != NULL ? partita_midi_rewrite(given, until_ticks, score, &failure)
                  : partita_midi_write(score, &failure);
  gsize size = 0;

  if (bytes == NULL) {
    g_autofree char *shown = partita_file_display(path);

    g_propagate_prefixed_error(error, g_steal_pointer(&failure), "%s: ", shown);
    return false;
  }

  const void *data = g_bytes_get_data(bytes, &size);

  if (partita_file_replace_bytes(path, data, size, &failure))
    return true;
  g_set_error_literal(error, PARTITA_MIDI_ERROR, PARTITA_MIDI_ERROR_WRITE,
                      failure->message);
  return false;
}
