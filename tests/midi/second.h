// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_TESTS_SECOND_H
#define PARTITA_TESTS_SECOND_H

#include <midi/song-private.h>
#include <partita/score.h>

/* The second reader's own: what it has found in a file. */

#define DRUM_CHANNEL 9

/// Which makers' rules hold.
enum { RULES_NONE, RULES_GM, RULES_GM2, RULES_GS, RULES_XG };

/// Something of a channel, or a note, and where it stands in the file.
typedef struct {
  uint32_t tick;
  guint track;
  guint event;
  unsigned strip;  // port * 16 + channel
  uint8_t first;   // program, pitch, or what is said
  uint8_t second;  // velocity
  uint32_t end;    // of a note; 0: nobody ends it
  uint32_t at_end; // of a note: where its track ends
} Item;

/// What sounds on one key: numbers of notes, and ticks of releases.
typedef struct {
  GArray *notes;    // guint
  GArray *releases; // uint32_t
} Run;

typedef struct {
  GArray *programs; // Item
  GArray *guides;   // Item, of programs
  GArray *banks;    // Item
  GArray *modes;    // Item; 1: drums
  GArray *resets;   // Item
  GArray *silences; // Item
  GArray *notes;    // Item
  Run runs[2048];   // by channel * 128 + pitch
} Second;

static inline Item *
second_get(const GArray *items, guint i)
{
  return &g_array_index(items, Item, i);
}

/// Whether a note is a drum's.
bool
second_is_drums(const Second *s, const Item *note);

/**
 * second_end_track:
 * @next: the number of the first note of @track
 *
 * Ends the notes of a track, all but those that nobody ends.
 *
 * Returns: the number of the first note behind it
 */
guint
second_end_track(Second *s,
                 const smf_track_t *track,
                 guint next,
                 uint32_t sixteenth);

#endif
