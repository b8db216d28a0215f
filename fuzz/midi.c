// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Any bytes into the MIDI reader. Oracles: it gives a score or an error; the
 * score keeps what its header promises; it has as many notes as a plain parser
 * finds onsets in a file that needed no mending; written and read again it is
 * the same, with nothing to mend; the file written again without a change reads
 * as it did. The messages to be played of it are legal and in order of time. */

#include "fuzz.h"

#include <partita/midi.h>
#include <stdlib.h>

#define REQUIRE(condition) require(condition, #condition)

/* Not g_error(): libFuzzer keeps the input of an abort, not of a trap. */
static void
require(bool condition, const char *text)
{
  if (condition)
    return;
  g_printerr("oracle broken: %s\n", text);
  abort();
}

static size_t
take_quantity(const uint8_t *data, size_t *at)
{
  size_t value = 0;

  do {
    value = value << 7 | (data[*at] & 0x7Fu);
  } while (data[(*at)++] >= 0x80);
  return value;
}

/* Counts the onsets of one track, from the first event to the End-Of-Track. */
static size_t
count_in_track(const uint8_t *data, size_t *at)
{
  uint8_t running = 0;
  size_t n = 0;

  for (;;) {
    (void)take_quantity(data, at);

    const uint8_t status = data[*at] >= 0x80 ? data[(*at)++] : running;
    const uint8_t type = data[*at];

    REQUIRE(status >= 0x80);
    if (status >= 0xF0) {
      *at += status == 0xFF;

      const size_t length = take_quantity(data, at);

      *at += length;
      if (status == 0xFF && type == 0x2F)
        return n;
    } else {
      n += (status & 0xF0) == 0x90 && data[*at + 1] > 0;
      *at += (status & 0xE0) == 0xC0 ? 1 : 2;
      running = status;
    }
  }
}

/* Believes every byte: what the reader did not have to mend is a legal file. */
static size_t
count_onsets(const uint8_t *data, size_t size)
{
  size_t n = 0;
  size_t at = 14;

  while (at < size) {
    at += 8;
    n += count_in_track(data, &at);
  }
  REQUIRE(at == size);
  return n;
}

static void
check_changes(const PartitaScore *score)
{
  size_t n = 0;
  const PartitaTempo *tempos = partita_score_get_tempos(score, &n);

  REQUIRE(n <= PARTITA_MIDI_EVENTS_MAX);
  for (size_t i = 0; i < n; ++i)
    REQUIRE(tempos[i].us_per_quarter >= 1 &&
            tempos[i].us_per_quarter < 1u << 24 &&
            (i == 0 || tempos[i - 1].tick < tempos[i].tick));

  const PartitaMeter *meters = partita_score_get_meters(score, &n);

  for (size_t i = 0; i < n; ++i)
    REQUIRE(meters[i].numerator >= 1 && meters[i].denominator >= 1 &&
            meters[i].denominator <= 64 &&
            (meters[i].denominator & (meters[i].denominator - 1)) == 0 &&
            (i == 0 || meters[i - 1].tick < meters[i].tick));

  const PartitaKey *keys = partita_score_get_keys(score, &n);

  for (size_t i = 0; i < n; ++i)
    REQUIRE(keys[i].sharps >= -7 && keys[i].sharps <= 7 &&
            (i == 0 || keys[i - 1].tick < keys[i].tick));
}

static void
check_track(const PartitaTrack *track)
{
  const char *name = partita_track_get_name(track);
  size_t n = 0;
  const PartitaNote *notes = partita_track_get_notes(track, &n);

  REQUIRE(name == NULL || g_utf8_validate(name, -1, NULL));
  REQUIRE(partita_track_get_program(track) <= PARTITA_PROGRAM_DRUMS);
  for (size_t i = 0; i < n; ++i)
    REQUIRE(notes[i].pitch < 128 && notes[i].velocity >= 1 &&
            notes[i].velocity < 128 && notes[i].duration_ticks >= 1 &&
            notes[i].onset_ticks + notes[i].duration_ticks <=
              PARTITA_TICK_MAX &&
            (i == 0 || notes[i - 1].onset_ticks < notes[i].onset_ticks ||
             (notes[i - 1].onset_ticks == notes[i].onset_ticks &&
              notes[i - 1].pitch <= notes[i].pitch)));

  const PartitaPedal *pedals = partita_track_get_pedals(track, &n);

  for (size_t i = 1; i < n; ++i)
    REQUIRE(pedals[i - 1].tick <= pedals[i].tick);
}

static void
check_round_trip(const PartitaScore *score)
{
  unsigned mends = 0;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = partita_midi_write(score, &error);
  gsize size = 0;

  if (bytes == NULL) {
    REQUIRE(
      g_error_matches(error, PARTITA_MIDI_ERROR, PARTITA_MIDI_ERROR_TOO_BIG));
    return;
  }

  const uint8_t *data = g_bytes_get_data(bytes, &size);
  g_autoptr(PartitaScore) back = partita_midi_read(data, size, &mends, NULL);

  REQUIRE(back != NULL && mends == 0);
  REQUIRE(partita_score_equal(score, back));
}

static void
check_messages(const uint8_t *data, size_t size, bool readable)
{
  g_autoptr(GArray) messages = partita_midi_read_messages(data, size, NULL);

  REQUIRE(!readable || messages != NULL);
  for (guint i = 0; messages != NULL && i < messages->len; ++i) {
    const PartitaMessage m = g_array_index(messages, PartitaMessage, i);

    REQUIRE(m.strip < PARTITA_STRIPS && m.kind <= PARTITA_MESSAGE_RESET &&
            m.values[0] < 128 && m.values[1] < 128 &&
            (i == 0 ||
             g_array_index(messages, PartitaMessage, i - 1).tick <= m.tick));
  }
}

/// The file is written again as it is, and reads as it did.
static void
check_rewrite(const uint8_t *data, size_t size, const PartitaScore *score)
{
  g_autoptr(GBytes) given = g_bytes_new_static(data, size);
  g_autoptr(GBytes) bytes =
    partita_midi_rewrite(given, PARTITA_TICK_MAX, score, NULL);
  gsize n = 0;

  REQUIRE(bytes != NULL);

  const uint8_t *again = g_bytes_get_data(bytes, &n);
  g_autoptr(PartitaScore) back = partita_midi_read(again, n, NULL, NULL);

  REQUIRE(back != NULL && partita_score_equal(score, back));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  const unsigned kept = PARTITA_MEND_HANGING_NOTE | PARTITA_MEND_ORPHAN_OFF;
  unsigned mends = 0;
  g_autoptr(GError) error = NULL;
  g_autoptr(PartitaScore) score = partita_midi_read(data, size, &mends, &error);

  REQUIRE((score == NULL) == (error != NULL));
  check_messages(data, size, score != NULL);
  if (score == NULL) {
    REQUIRE(g_str_has_prefix(error->message, "byte "));
    return 0;
  }
  check_changes(score);
  for (size_t t = 0; t < partita_score_get_n_tracks(score); ++t)
    check_track(partita_score_get_track(score, t));
  if ((mends & ~kept) == 0)
    REQUIRE(count_onsets(data, size) == partita_score_get_n_notes(score));
  check_round_trip(score);
  check_rewrite(data, size, score);
  return 0;
}
