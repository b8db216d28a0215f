// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_MESSAGE_H
#define PARTITA_MESSAGE_H

#include <glib.h>
#include <partita/macros.h>
#include <stdint.h>

/* What is sent to a synthesiser to play a MIDI file:
 * partita_midi_read_messages() takes the messages from a file,
 * partita_render_messages() plays them. */

G_BEGIN_DECLS

/// What a message does to its strip; its two values are told behind each.
typedef enum {
  PARTITA_MESSAGE_NOTE_OFF,     ///< key
  PARTITA_MESSAGE_NOTE_ON,      ///< key; velocity, 1 to 127
  PARTITA_MESSAGE_KEY_PRESSURE, ///< key; pressure
  PARTITA_MESSAGE_CONTROL,      ///< number of the controller; its value
  PARTITA_MESSAGE_PROGRAM,      ///< program
  PARTITA_MESSAGE_PRESSURE,     ///< pressure on all keys
  PARTITA_MESSAGE_BEND,         ///< low seven bits; high seven bits
  PARTITA_MESSAGE_DRUMS,        ///< 1: programs are drum kits from here on; 0
  PARTITA_MESSAGE_RESET         ///< all strips are as at the beginning
} PartitaMessageKind;

/// Numbers of those controllers that are not only handed on. From "all sound
/// off" on they are messages to the channel and say nothing of how notes sound.
enum {
  PARTITA_CONTROL_BANK = 0,
  PARTITA_CONTROL_SUSTAIN = 64,
  PARTITA_CONTROL_SOSTENUTO = 66,
  PARTITA_CONTROL_SOFT = 67,
  PARTITA_CONTROL_ALL_SOUND_OFF = 120,
  PARTITA_CONTROL_ALL_NOTES_OFF = 123 ///< which those behind it do too
};

/// One message of a piece.
typedef struct {
  uint32_t tick;
  uint16_t strip; ///< one channel of one port: port * 16 + channel, from 0
  uint8_t kind;   ///< #PartitaMessageKind
  uint8_t values[2];
} PartitaMessage;

/// Strips there may be. Those of the tenth channel of a port begin as drums.
#define PARTITA_STRIPS (128 * 16)
#define PARTITA_STRIP_IS_DRUMS(strip) ((strip) % 16 == 9)

G_END_DECLS

#endif
