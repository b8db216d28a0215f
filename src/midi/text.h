// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_MIDI_TEXT_H
#define PARTITA_MIDI_TEXT_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * partita_midi_decode_text:
 * @bytes: of a text in a file, which does not say how it is encoded
 *
 * Takes @bytes as what they most likely are: UTF-8 wherever they are valid as
 * such; UTF-16 with a mark of its byte order, or of letters below 256; else
 * Shift-JIS, CP1251 or Latin-1 (with Windows' letters), whichever the bytes
 * look most like. The same bytes are always taken in the same way. A text ends
 * at its first zero; a last character that is cut is left out.
 *
 * Returns: (transfer full): UTF-8
 */
char *
partita_midi_decode_text(const uint8_t *bytes, size_t n);

#endif
