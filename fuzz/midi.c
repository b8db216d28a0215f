// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Any bytes into the MIDI reader. Oracles: cleaning what was cleaned changes
 * and mends nothing; every onset of the clean file is a note of the score; a
 * score written and read again is the same. */

#include "fuzz.h"

#include <glib/gstdio.h>
#include <partita/midi.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/// Writing goes through files and syncs them: only small scores take part.
#define NOTES_MAX 200

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

/* Counts onsets in a clean file, which has no running status and no sysex;
 * by means other than the reader's. */
static size_t
count_onsets(const uint8_t *data, size_t size)
{
  size_t n = 0;

  for (size_t at = 14; at < size;) {
    REQUIRE(memcmp(data + at, "MTrk", 4) == 0);
    at += 8;
    for (bool ended = false; !ended;) {
      (void)take_quantity(data, &at);

      const uint8_t status = data[at];

      REQUIRE(status >= 0x80);
      n += (status & 0xF0) == 0x90 && data[at + 2] > 0;
      ended = status == 0xFF && data[at + 1] == 0x2F;
      if (status == 0xFF)
        at += 3 + (size_t)data[at + 2];
      else
        at += (status & 0xE0) == 0xC0 ? 2 : 3;
    }
  }
  return n;
}

static void
check_round_trip(const PartitaScore *score)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *path =
    g_strdup_printf("%s/partita-fuzz-%d.mid", g_get_tmp_dir(), (int)getpid());

  if (partita_score_get_n_notes(score) > NOTES_MAX)
    return;
  if (!partita_midi_write_file(score, path, &error)) {
    REQUIRE(
      g_error_matches(error, PARTITA_MIDI_ERROR, PARTITA_MIDI_ERROR_TOO_BIG));
    return;
  }

  unsigned mends = 0;
  g_autoptr(PartitaScore) back = partita_midi_read_file(path, &mends, NULL);

  (void)g_unlink(path);
  REQUIRE(back != NULL && mends == 0);
  REQUIRE(partita_score_equal(score, back));
}

static void
check_clean(GBytes *clean, const PartitaScore *score)
{
  unsigned mends = 0;
  gsize size = 0;
  const uint8_t *data = g_bytes_get_data(clean, &size);
  g_autoptr(GBytes) twice = partita_midi_clean(data, size, &mends, NULL);

  REQUIRE(twice != NULL && mends == 0);
  REQUIRE(g_bytes_equal(clean, twice));
  REQUIRE(count_onsets(data, size) == partita_score_get_n_notes(score));

  g_autoptr(PartitaScore) same = partita_midi_read(data, size, NULL, NULL);

  REQUIRE(same != NULL && partita_score_equal(score, same));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  unsigned mends = 0;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) clean = partita_midi_clean(data, size, NULL, &error);
  g_autoptr(PartitaScore) score = partita_midi_read(data, size, &mends, NULL);

  REQUIRE((clean == NULL) == (score == NULL));
  REQUIRE((clean == NULL) == (error != NULL));
  if (clean == NULL)
    return 0;
  check_clean(clean, score);
  check_round_trip(score);
  return 0;
}
