// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <midi/song-private.h>
#include <midi/write-private.h>

#include <base/file.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

static void
put_tempo(PartitaMidiWriter *writer,
          smf_track_t *track,
          const PartitaTempo *tempo)
{
  const uint8_t contents[] = {(uint8_t)(tempo->us_per_quarter >> 16),
                              (uint8_t)(tempo->us_per_quarter >> 8),
                              (uint8_t)tempo->us_per_quarter};

  partita_midi_put_meta(writer, track, tempo->tick, 0x51, contents,
                        sizeof contents);
}

static void
put_meter(PartitaMidiWriter *writer,
          smf_track_t *track,
          const PartitaMeter *meter)
{
  // A click a quarter has 24 MIDI clocks; a quarter has 8 32nds.
  const uint8_t contents[] = {
    meter->numerator, (uint8_t)g_bit_nth_lsf(meter->denominator, -1), 24, 8};

  partita_midi_put_meta(writer, track, meter->tick, 0x58, contents,
                        sizeof contents);
}

static void
put_key(PartitaMidiWriter *writer, smf_track_t *track, const PartitaKey *key)
{
  const uint8_t contents[] = {(uint8_t)key->sharps, key->minor ? 1 : 0};

  partita_midi_put_meta(writer, track, key->tick, 0x59, contents,
                        sizeof contents);
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

  if (n_tempos > PARTITA_MIDI_TEMPOS_MAX)
    return partita_midi_refuse(error, "tempo changes", PARTITA_MIDI_TEMPOS_MAX);
  if (partita_score_get_n_notes(score) > PARTITA_MIDI_EVENTS_MAX / 2)
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

  const int failed = smf_set_ppqn(writer->smf, partita_score_get_ppq(score));

  g_return_val_if_fail(failed == 0, false);
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

typedef struct {
  PartitaMidiWriter *writer;
  const char *path; // the one to name in messages
} Saving;

static bool
fail(GError **error, const char *path, const char *why)
{
  g_autofree char *shown = partita_file_display(path);

  g_set_error(error, PARTITA_MIDI_ERROR, PARTITA_MIDI_ERROR_WRITE,
              "%s: cannot write: %s", shown, why);
  return false;
}

/* libsmf speaks of failures only by logging them, so room for the whole file
 * is claimed before it writes: a full disk is then an error like any other. */
static int
claim_room(const char *path, size_t size)
{
  const int fd = g_open(path, O_WRONLY | O_CLOEXEC, 0);
  const int code = fd < 0 ? errno : posix_fallocate(fd, 0, (off_t)size);

  if (fd >= 0)
    (void)close(fd);
  return code == EINVAL || code == EOPNOTSUPP ? 0 : code;
}

static bool
save(const char *path, void *data, GError **error)
{
  const Saving *saving = data;
  const int code = claim_room(path, saving->writer->size);

  if (code != 0)
    return fail(error, saving->path, g_strerror(code));
  if (smf_save(saving->writer->smf, path) != 0)
    return fail(error, saving->path, "libsmf failed");
  return true;
}

bool
partita_midi_write_file(const PartitaScore *score,
                        const char *path,
                        GError **error)
{
  g_autoptr(smf_t) smf = smf_new();
  g_autoptr(GError) failure = NULL;
  PartitaMidiWriter writer = {.smf = smf, .size = 14};
  Saving saving = {&writer, path};

  if (!fill(&writer, score, &failure)) {
    g_autofree char *shown = partita_file_display(path);

    g_propagate_prefixed_error(error, g_steal_pointer(&failure), "%s: ", shown);
    return false;
  }
  if (partita_file_replace(path, save, &saving, &failure))
    return true;
  if (failure->domain == PARTITA_MIDI_ERROR)
    g_propagate_error(error, g_steal_pointer(&failure));
  else
    g_set_error_literal(error, PARTITA_MIDI_ERROR, PARTITA_MIDI_ERROR_WRITE,
                        failure->message);
  return false;
}
