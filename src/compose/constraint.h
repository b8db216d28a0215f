// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_CONSTRAINT_H
#define PARTITA_CONSTRAINT_H

#include <compose/controls-private.h>
#include <compose/habits.h>
#include <compose/steps.h>
#include <partita/token.h>

/* The controls as an automaton over the tokens of `remi`, to run beside the
 * grammar's. What it lets through can always be finished so that every promise
 * is kept; so nothing is ever mended or drawn again. */

/// A set of pitches.
typedef struct {
  uint64_t bits[2];
} PartitaPitchSet;

/// A pitched note that has begun.
typedef struct {
  uint32_t end; ///< positions from the start of the piece
  uint8_t pitch;
} PartitaRing;

typedef struct {
  const PartitaControls *controls;
  size_t vocab;
  size_t bars;      ///< of the piece
  int shift;        ///< semitones from the piece's key to the model's
  int tempo_bin;    ///< of the tempo asked for, -1 if none is
  uint8_t *steps;   ///< shape [vocab]: PartitaStep
  uint8_t *values;  ///< shape [vocab]: within those of its kind
  uint8_t *lengths; ///< shape [vocab]: positions in a bar of a metre
  bool *meters;     ///< shape [vocab]: the metres that may be used

  /* What does not change. Pitches are those of the piece, not the model's. */
  bool allowed[PARTITA_N_PROGRAMS];
  PartitaPitchSet pitches[PARTITA_N_PROGRAMS];
  PartitaPitchSet *grid; ///< shape [chords, 3]: where the chord begins, on its
                         ///< other beats, and off the beat; all with no grid
  uint16_t closing;      ///< pitch classes of the last chord, 0 for no ending
  uint8_t bass;          ///< its bass
  unsigned lowest_bass;  ///< the lowest note that may be it
  unsigned polyphony;    ///< notes that may sound at once, 0 for any number

  /* Where the piece is. */
  size_t n_bars; ///< begun
  uint32_t bar_start;
  uint32_t length;  ///< of the bar
  int32_t position; ///< in the bar, -1: none yet
  unsigned program; ///< %PARTITA_N_PROGRAMS: none yet
  unsigned pitch;   ///< of the last note
  uint32_t step;    ///< between the places of the bar, in positions
  bool struck;      ///< whether the last token belongs to a note here
  bool drum;        ///< whether the last note is one
  bool open;        ///< whether it is yet to end
  unsigned holds;
  bool closed;          ///< whether the piece could end on what sounds
  unsigned most_voices; ///< that sounded together before the last place
  uint8_t lowest_played[PARTITA_N_PROGRAMS]; ///< 128: has not played
  bool ahead; ///< in a part that shows what follows
  size_t n_notes;
  size_t bar_notes;
  uint32_t ring_end; ///< where the last sound ends
  uint32_t unused;   ///< instruments yet to play, a bit each
  GArray *rings;     ///< PartitaRing
  size_t waived;     ///< masks that would have left nothing
} PartitaConstraint;

/**
 * partita_constraint_new:
 * @controls: good for @bars (partita_controls_check()); must outlive it
 * @shift: semitones from the piece's key to the model's
 * @programs: (nullable): shape [%PARTITA_N_PROGRAMS]: those that may play
 */
PartitaConstraint *
partita_constraint_new(const PartitaScheme *scheme,
                       const PartitaControls *controls,
                       size_t bars,
                       int shift,
                       const bool *programs);

void
partita_constraint_free(PartitaConstraint *constraint);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PartitaConstraint, partita_constraint_free)

/// Keeps to the metres, the voices and the registers of a style, where the
/// controls ask for none; before any id.
void
partita_constraint_take_habits(PartitaConstraint *constraint,
                               const PartitaScheme *scheme,
                               const PartitaHabits *habits);

/// Finds the lowest note that may be the bass of the last chord.
void
partita_constraint_find_lowest_bass(PartitaConstraint *c);

/// Takes an id that the grammar took.
void
partita_constraint_push(PartitaConstraint *constraint, uint16_t id);

/**
 * partita_constraint_restrict:
 * @mask: shape [vocab]: what the grammar allows; on return less what would
 * break a promise. If that is nothing, which only music that was given can
 * bring about, it stays as it was.
 */
void
partita_constraint_restrict(PartitaConstraint *constraint, uint8_t *mask);

/// The bit of what music that is given leaves no room for.
#define PARTITA_CONSTRAINT_GIVEN (1u << 10)

/**
 * partita_constraint_blame:
 * @id: a token that the grammar allows and the constraint does not
 *
 * Returns: the control that forbids it, a bit (partita_constraint_name())
 */
unsigned
partita_constraint_blame(const PartitaConstraint *constraint, uint16_t id);

/* constraint-reach.c: what must still come, and whether it can. */

/// A note that might be struck next.
typedef struct {
  uint32_t position;
  unsigned program;
  unsigned pitch; ///< of the piece; of drums, any
} PartitaStrike;

/// Whether @strike leaves it possible to keep every promise.
bool
partita_constraint_may_strike(const PartitaConstraint *c,
                              const PartitaStrike *strike);

/// Whether some note may be struck on @program at @position.
bool
partita_constraint_may_play(const PartitaConstraint *c,
                            unsigned program,
                            uint32_t position);

/// Whether one more note may sound at @position, drums aside.
bool
partita_constraint_has_voice(const PartitaConstraint *c, uint32_t position);

/// Whether nothing need be struck before the bar, or the piece, may end.
bool
partita_constraint_is_satisfied(const PartitaConstraint *c);

/// What divides the bar just begun into places for what it must have.
uint32_t
partita_constraint_find_step(const PartitaConstraint *c);

/// Whether bars of @length, from the bar just begun, can keep every promise.
bool
partita_constraint_fits(const PartitaConstraint *c, uint32_t length);

/// Where the note just struck must end at the latest, in positions from the
/// start of the piece.
uint32_t
partita_constraint_latest_end(const PartitaConstraint *c);

/// (transfer none): the pitches that the grid lets begin at @position
const PartitaPitchSet *
partita_constraint_get_pitches(const PartitaConstraint *c, uint32_t position);

/* constraint-ending.c: how a piece ends. */

/// Whether the notes that sound at @position, in the last bar and with @pitch
/// among them, are the last chord, with a bass that goes on.
bool
partita_constraint_closes(const PartitaConstraint *c,
                          uint32_t position,
                          unsigned pitch);

/// Whether @strike is at the last place of the piece and an instrument that
/// comes after it there can still strike the bass of the last chord.
bool
partita_constraint_may_close_after(const PartitaConstraint *c,
                                   const PartitaStrike *strike);

/// Where the note just struck should end at the soonest, if it may sound so
/// long, in positions from the start of the piece.
uint32_t
partita_constraint_soonest_end(const PartitaConstraint *c);

/// Whether the piece stands where its last note may begin at the latest.
bool
partita_constraint_is_at_last_place(const PartitaConstraint *c);

/**
 * partita_constraint_shape_ending:
 * @mask: shape [vocab]: what may follow; on return less what would leave the
 * last chord thin, if something is left that fills it, or too thick
 */
void
partita_constraint_shape_ending(const PartitaConstraint *c, uint8_t *mask);

static inline bool
partita_pitch_set_has(const PartitaPitchSet *set, unsigned pitch)
{
  return (set->bits[pitch / 64] >> pitch % 64 & 1) != 0;
}

#endif
