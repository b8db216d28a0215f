// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_CONTROLS_PRIVATE_H
#define PARTITA_CONTROLS_PRIVATE_H

#include <partita/controls.h>

/// How far the density of a piece may lie from the one asked for, as a share,
/// beside one note.
#define PARTITA_DENSITY_TOLERANCE 0.19

/// The name, in ranges, of the first instrument asked for.
#define PARTITA_MELODY "melody"

/// Whether two names are the same but for case, blanks and hyphens.
bool
partita_controls_same_name(const char *text, const char *name);

/// Whether there is an instrument in @group and each must not play.
bool
partita_controls_is_dropped(const PartitaControls *controls,
                            const PartitaGroup *group);

/// (transfer none) (nullable): the name of an instrument or a family that @text
/// may have been meant for
const char *
partita_controls_suggest_group(const char *text);

/**
 * partita_controls_take_pitch_class:
 * @text: (inout): stepped over what was read
 *
 * Returns: "C" to "B" with an accidental as 0 to 11, -1 if there is none
 */
int
partita_controls_take_pitch_class(const char **text);

/// Pitch classes of @steps above @tonic.
uint16_t
partita_controls_turn(uint16_t steps, int tonic);

bool
partita_controls_parse_chords(PartitaControls *controls,
                              const char *text,
                              GError **error);

/**
 * partita_controls_may_begin:
 * @position: from the bar line, in ticks
 * @start: of @chord, likewise
 * @beat: ticks in a quarter
 * @is_member: (out): whether @pitch belongs to the chord; other notes are
 * shorter than a beat and end with the chord
 *
 * Returns: whether @pitch may begin there over @chord
 */
bool
partita_controls_may_begin(const PartitaControls *controls,
                           const PartitaChord *chord,
                           unsigned pitch,
                           uint32_t position,
                           uint32_t start,
                           uint32_t beat,
                           bool *is_member);

/// Whether @program has a note to play over every chord of the grid.
bool
partita_controls_can_play(const PartitaControls *controls, unsigned program);

/**
 * partita_controls_last_onset:
 * @length: of the last bar, in twelfths of a quarter
 *
 * Returns: where the last note of a piece with an ending may begin at the
 * latest: a beat before the end, or halfway in a short bar; with the last
 * chord, where that begins later
 */
uint32_t
partita_controls_last_onset(const PartitaControls *controls,
                            size_t bars,
                            uint32_t length);

/**
 * partita_controls_fits:
 * @length: of a bar, in twelfths of a quarter
 *
 * Returns: (nullable): the control that bars of @length cannot hold, NULL if
 * all can be kept
 */
const char *
partita_controls_fits(const PartitaControls *controls,
                      size_t bars,
                      uint32_t length);

/// Whether a piece of drums alone would keep a promise without saying anything.
bool
partita_controls_ask_for_pitches(const PartitaControls *controls);

/// Microseconds a quarter of the tempo asked for.
uint32_t
partita_controls_get_us(const PartitaControls *controls);

/// Whether @group, which may be the melody, holds @program.
bool
partita_controls_is_in_group(const PartitaControls *controls,
                             const PartitaGroup *group,
                             unsigned program);

/// (transfer full) (element-type PartitaPromise): none yet
GArray *
partita_promises_new(void);

/// @wish: (transfer full) (nullable)
void
partita_promises_add(GArray *promises,
                     const char *name,
                     char *wish,
                     const char *detail,
                     size_t held,
                     size_t of);

/* Each (transfer full). */

char *
partita_controls_name_note(unsigned pitch);

char *
partita_controls_name_pitch_classes(uint16_t set);

/// Of controls that have a key, else "".
char *
partita_controls_name_key(const PartitaControls *controls);

char *
partita_controls_name_range(const PartitaRange *range);

char *
partita_controls_name_groups(const PartitaControls *controls);

char *
partita_controls_name_without(const PartitaControls *controls);

char *
partita_controls_name_chords(const PartitaControls *controls);

#endif
