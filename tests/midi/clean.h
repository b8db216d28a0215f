// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_TESTS_MIDI_CLEAN_H
#define PARTITA_TESTS_MIDI_CLEAN_H

#include <partita/midi.h>

/**
 * clean_bytes:
 *
 * What the reader's walk found in @data, as a file that no reader can stumble
 * over: header of 6 bytes, true track count, a division in ticks a quarter, no
 * running status, no sysex, metas of legal length, all tempos and metres in the
 * first track, one End-Of-Track a track.
 *
 * Returns: (transfer full) (nullable): NULL with @error set
 */
GBytes *
clean_bytes(const uint8_t *data, size_t size, unsigned *mends, GError **error);

/**
 * second_read:
 * @clean: from clean_bytes()
 *
 * Reads with libsmf and the plainest code that does what midi.h says of notes,
 * programs, tempos, metres and keys; names, pedals, our own mark and the end of
 * the piece it leaves out.
 *
 * Returns: (transfer full): the score, sorted
 */
PartitaScore *
second_read(GBytes *clean);

/// Whether what second_read() reads is the same in both.
bool
is_same_reading(const PartitaScore *score, const PartitaScore *second);

#endif
