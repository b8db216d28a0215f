// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_TESTS_MIDI_WORST_FILES_H
#define PARTITA_TESTS_MIDI_WORST_FILES_H

#include <partita/midi.h>
#include <string.h>

/* Files of 16 MiB, the most that are read, each as hard as it can be made in
 * one way. Tests ask what becomes of them, a benchmark what that costs. */

static inline void
put_bytes(GByteArray *bytes, const void *data, size_t n)
{
  g_byte_array_append(bytes, data, (guint)n);
}

#define PUT_EVENT(bytes, ...)                                                  \
  put_bytes(bytes, (const uint8_t[]){__VA_ARGS__},                             \
            sizeof((const uint8_t[]){__VA_ARGS__}))

static inline void
put_tempo(GByteArray *bytes, unsigned i)
{
  PUT_EVENT(bytes, 1, 0xFF, 0x51, 3, 7, (uint8_t)i, 0x20);
}

static inline void
put_meter(GByteArray *bytes, unsigned i)
{
  PUT_EVENT(bytes, 1, 0xFF, 0x58, 4, (uint8_t)(i % 7 + 1), 6, 24, 8);
}

static inline void
put_key(GByteArray *bytes, unsigned i)
{
  PUT_EVENT(bytes, 1, 0xFF, 0x59, 2, (uint8_t)(i % 8), 0);
}

static inline void
put_name(GByteArray *bytes, unsigned i)
{
  PUT_EVENT(bytes, 0, 0xFF, 3, 1, (uint8_t)i);
}

/// Onsets of one key, never released.
static inline void
put_unison(GByteArray *bytes, unsigned i)
{
  (void)i;
  PUT_EVENT(bytes, 1, 0x90, 60, 64);
}

/// Half a million onsets of one key, then their releases.
static inline void
put_late_release(GByteArray *bytes, unsigned i)
{
  PUT_EVENT(bytes, 1, i < 499000 ? 0x90 : 0x80, 60, 64);
}

/// All at one tick, from high to low.
static inline void
put_chord(GByteArray *bytes, unsigned i)
{
  PUT_EVENT(bytes, 0, 0x90, (uint8_t)(127 - i % 128), 64);
}

static inline void
put_pedal(GByteArray *bytes, unsigned i)
{
  PUT_EVENT(bytes, 1, 0xB0, 64, i % 2 == 0 ? 127 : 0);
}

/// Each note on an instrument of its own.
static inline void
put_instrument(GByteArray *bytes, unsigned i)
{
  const uint8_t channel = (uint8_t)(i / 128 % 9);

  if (i % (128 * 9) == 0)
    PUT_EVENT(bytes, 0, 0xFF, 0x21, 1, (uint8_t)(i / (128 * 9) % 128));
  PUT_EVENT(bytes, 0, 0xC0 | channel, (uint8_t)(i % 128), 0, 0x90 | channel, 60,
            64);
}

static inline void
put_wheel(GByteArray *bytes, unsigned i)
{
  PUT_EVENT(bytes, 0, 0xE0, 0, (uint8_t)(i % 128));
}

/// Each far from the one before.
static inline void
put_far(GByteArray *bytes, unsigned i)
{
  PUT_EVENT(bytes, 0xFF, 0xFF, 0xFF, 0x7F, i % 2 == 0 ? 0x90 : 0x80, 60, 64);
}

static inline void
put_track_head(GByteArray *bytes, unsigned i)
{
  (void)i;
  PUT_EVENT(bytes, 'M', 'T', 'r', 'k', 0, 0, 0, 0);
}

static inline void
put_alien(GByteArray *bytes, unsigned i)
{
  (void)i;
  PUT_EVENT(bytes, 'X', 'X', 'X', 'X', 0, 0, 0, 0);
}

static inline void
put_stray(GByteArray *bytes, unsigned i)
{
  (void)i;
  PUT_EVENT(bytes, 0);
}

typedef struct {
  const char *name;
  void (*put)(GByteArray *bytes, unsigned i);
  unsigned n;        // such events
  unsigned n_tracks; // to which they are dealt out
  size_t n_notes;    // the score has
  int code;          // of the error, or -1
} WorstFile;

#define WORST_EVENTS 998000u

static const WorstFile worst_files[] = {
  {"tempos", put_tempo, WORST_EVENTS, 1, 1, -1},
  {"tempos-of-512-tracks", put_tempo, WORST_EVENTS, 512, 512, -1},
  {"meters", put_meter, WORST_EVENTS, 1, 1, -1},
  {"meters-of-512-tracks", put_meter, WORST_EVENTS, 512, 512, -1},
  {"keys-of-512-tracks", put_key, WORST_EVENTS, 512, 512, -1},
  {"names", put_name, WORST_EVENTS, 1, 1, -1},
  {"unisons", put_unison, WORST_EVENTS, 1, WORST_EVENTS + 1, -1},
  {"late-releases", put_late_release, WORST_EVENTS, 1, 499001, -1},
  {"chord", put_chord, WORST_EVENTS, 1, WORST_EVENTS + 1, -1},
  {"pedals", put_pedal, WORST_EVENTS, 1, 1, -1},
  {"pedals-of-8-tracks", put_pedal, WORST_EVENTS, 8, 8, -1},
  {"instruments", put_instrument, 32000, 1, 32001, -1},
  {"too-many-instruments", put_instrument, WORST_EVENTS / 2, 1, 0,
   PARTITA_MIDI_ERROR_TOO_BIG},
  {"instruments-of-512-tracks", put_instrument, WORST_EVENTS / 2, 512, 0,
   PARTITA_MIDI_ERROR_TOO_BIG},
  {"wheels", put_wheel, WORST_EVENTS, 1, 1, -1},
  {"far", put_far, WORST_EVENTS, 1, 3, -1},
  {"stray-bytes", put_stray, 16000000, 1, 0, -1},
  {"alien-chunks", put_alien, 2000000, 0, 0, PARTITA_MIDI_ERROR_BROKEN},
  {"empty-tracks", put_track_head, 2000000, 0, 0, PARTITA_MIDI_ERROR_TOO_BIG},
  {"too-many-notes", put_unison, 4000000, 1, 0, PARTITA_MIDI_ERROR_TOO_BIG},
};

static inline void
set_big_endian(uint8_t *bytes, uint32_t value)
{
  for (int i = 3; i >= 0; --i, value >>= 8)
    bytes[i] = (uint8_t)value;
}

/// A track with a long name, one note and @n of the events.
static inline void
put_worst_track(GByteArray *bytes, const WorstFile *file, unsigned n, bool last)
{
  const guint start = bytes->len;

  PUT_EVENT(bytes, 'M', 'T', 'r', 'k', 0, 0, 0, 0);
  if (file->put != put_stray) {
    PUT_EVENT(bytes, 0, 0xFF, 3, 127);
    g_byte_array_set_size(bytes, bytes->len + 127);
    memset(bytes->data + bytes->len - 127, 'n', 127);
    PUT_EVENT(bytes, 0, 0x90, 64, 64, 0, 0x80, 64, 64);
  }
  for (unsigned i = 0; i < n; ++i)
    file->put(bytes, i);
  if (last && bytes->len + 16 < PARTITA_MIDI_BYTES_MAX) {
    const uint32_t left = PARTITA_MIDI_BYTES_MAX - bytes->len - 10;

    // The rest of the 16 MiB is system exclusive.
    PUT_EVENT(bytes, 0, 0xF0, (uint8_t)(left >> 21 | 0x80),
              (uint8_t)(left >> 14 | 0x80), (uint8_t)(left >> 7 | 0x80),
              left & 0x7F);
    g_byte_array_set_size(bytes, bytes->len + left);
    memset(bytes->data + bytes->len - left, 0, left);
  }
  PUT_EVENT(bytes, 0, 0xFF, 0x2F, 0);
  set_big_endian(bytes->data + start + 4, bytes->len - start - 8);
}

static inline GBytes *
make_worst_file(const WorstFile *file)
{
  const unsigned n_tracks = file->n_tracks;
  GByteArray *bytes = g_byte_array_new();

  PUT_EVENT(bytes, 'M', 'T', 'h', 'd', 0, 0, 0, 6, 0, n_tracks != 1,
            (uint8_t)(n_tracks >> 8), (uint8_t)n_tracks, 0x60, 0);
  for (unsigned i = 0; n_tracks == 0 && i < file->n; ++i)
    file->put(bytes, i);
  for (unsigned t = 0; t < n_tracks; ++t)
    put_worst_track(bytes, file, file->n / n_tracks, t + 1 == n_tracks);
  g_assert_cmpuint(bytes->len, <=, PARTITA_MIDI_BYTES_MAX);
  return g_byte_array_free_to_bytes(bytes);
}

#endif
