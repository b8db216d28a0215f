// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_TESTS_MIDI_BYTES_H
#define PARTITA_TESTS_MIDI_BYTES_H

#include <partita/midi.h>
#include <string.h>

/* Builders of small MIDI files. put() takes bytes as hexadecimal text, spaces
 * for the eye: put(bytes, "00 903C40"). */

static inline void
put(GByteArray *bytes, const char *hex)
{
  int high = -1;

  for (; *hex != '\0'; ++hex) {
    const int digit = g_ascii_xdigit_value(*hex);

    if (digit < 0)
      continue;
    if (high >= 0) {
      const uint8_t byte = (uint8_t)(high << 4 | digit);

      g_byte_array_append(bytes, &byte, 1);
    }
    high = high >= 0 ? -1 : digit;
  }
}

static inline void
put_word(GByteArray *bytes, const char *word)
{
  g_byte_array_append(bytes, (const uint8_t *)word, (guint)strlen(word));
}

static inline GByteArray *
make_file(unsigned format, unsigned n_tracks, unsigned division)
{
  GByteArray *bytes = g_byte_array_new();
  g_autofree char *fields =
    g_strdup_printf("00000006 %04X %04X %04X", format, n_tracks, division);

  put_word(bytes, "MThd");
  put(bytes, fields);
  return bytes;
}

static inline void
put_chunk(GByteArray *bytes, const char *type, const char *hex)
{
  g_autoptr(GByteArray) body = g_byte_array_new();
  g_autofree char *length = NULL;

  put(body, hex);
  length = g_strdup_printf("%08X", body->len);
  put_word(bytes, type);
  put(bytes, length);
  g_byte_array_append(bytes, body->data, body->len);
}

/// A quarter of middle C.
#define ONE_NOTE "00 903C40 60 803C40 "
#define END "00 FF2F00"

/// A file of format 0 with 96 ticks a quarter and one track.
static inline GByteArray *
make_simple(const char *hex)
{
  GByteArray *bytes = make_file(0, 1, 96);

  put_chunk(bytes, "MTrk", hex);
  return bytes;
}

static inline PartitaScore *
read_bytes(const GByteArray *bytes, unsigned *mends)
{
  g_autoptr(GError) error = NULL;
  PartitaScore *score =
    partita_midi_read(bytes->data, bytes->len, mends, &error);

  g_assert_no_error(error);
  return score;
}

static inline const PartitaNote *
notes_of(PartitaScore *score, size_t track, size_t n_expected)
{
  size_t n = 0;
  const PartitaNote *notes =
    partita_track_get_notes(partita_score_get_track(score, track), &n);

  g_assert_cmpuint(n, ==, n_expected);
  return notes;
}

static inline void
assert_note(PartitaNote note, PartitaNote expected)
{
  g_assert_cmpuint(note.onset_ticks, ==, expected.onset_ticks);
  g_assert_cmpuint(note.duration_ticks, ==, expected.duration_ticks);
  g_assert_cmpuint(note.pitch, ==, expected.pitch);
  g_assert_cmpuint(note.velocity, ==, expected.velocity);
}

/// Checks the programs of all tracks; the list ends with -1.
static inline void
assert_programs(PartitaScore *score, const int *programs)
{
  size_t i = 0;

  for (; programs[i] >= 0; ++i) {
    g_assert_cmpuint(i, <, partita_score_get_n_tracks(score));
    g_assert_cmpint(
      partita_track_get_program(partita_score_get_track(score, i)), ==,
      programs[i]);
  }
  g_assert_cmpuint(i, ==, partita_score_get_n_tracks(score));
}

#endif
