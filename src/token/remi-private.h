// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_TOKEN_REMI_PRIVATE_H
#define PARTITA_TOKEN_REMI_PRIVATE_H

#include <token/scheme-private.h>

/* REMI+ (Huang and Yang 2020, arXiv:2002.00212; von Rütte et al. 2022,
 * arXiv:2201.10936) on a grid of 12 positions a quarter. */

#define REMI_POSITIONS_A_QUARTER 12u
#define REMI_PPQ 480u
#define REMI_TICKS_A_POSITION (REMI_PPQ / REMI_POSITIONS_A_QUARTER)
#define REMI_BAR_MAX 96u  ///< positions in the longest bar
#define REMI_N_TEMPOS 49u ///< 20 to 320 quarters a minute, 12 an octave
#define REMI_N_COUNTS 70u ///< numbers of bars: exact to 64, then ranges
#define REMI_EXACT_BARS 64u
#define REMI_N_DENSITIES 10u
#define REMI_N_METERS 60u
#define REMI_N_VELOCITIES 32u
#define REMI_HOLD 48u ///< positions
#define REMI_HOLDS_MAX 64u
#define REMI_DURATION_MAX (REMI_HOLD * (REMI_HOLDS_MAX + 1))
#define REMI_UNISONS_MAX 8u

typedef enum {
  REMI_BOS = PARTITA_CLASS_BOS,
  REMI_EOS = PARTITA_CLASS_EOS,
  REMI_STYLE = PARTITA_CLASS_STYLE,
  REMI_KEY,
  REMI_TEMPO,
  REMI_BARS,
  REMI_DENSITY,
  REMI_PROGRAM,
  REMI_BAR,
  REMI_METER,
  REMI_POSITION,
  REMI_PITCH,
  REMI_DRUM,
  REMI_VELOCITY,
  REMI_DURATION,
  REMI_HOLD_ON,
  REMI_PART,
  REMI_N_CLASSES
} RemiClass;

/// The parts of a bar of a rearranged sequence; the values of %REMI_PART are
/// one less.
typedef enum {
  REMI_NO_PART,
  REMI_AHEAD,   ///< what will follow
  REMI_GIVEN,   ///< what is there
  REMI_WRITTEN, ///< what is to be composed
  REMI_PARTS_END
} RemiPart;

/* remi-tables.c */

typedef struct {
  uint8_t numerator;
  uint8_t denominator;
  uint8_t length; ///< positions
} RemiMeter;

extern const uint32_t partita_remi_tempos[REMI_N_TEMPOS];

int
partita_remi_tempo_bin(uint32_t us_per_quarter);

/// @index is below %REMI_N_METERS.
RemiMeter
partita_remi_meter(unsigned index);

/**
 * partita_remi_find_meter:
 * @length: positions, a multiple of 3 from 3 to %REMI_BAR_MAX
 *
 * Returns: the metre of exactly that length: over @denominator if there is
 * one, else over the smallest of 4, 8, 16 that has one
 */
unsigned
partita_remi_find_meter(unsigned length, unsigned denominator);

/// Which of the %REMI_N_COUNTS values stands for @bars, at least 1.
unsigned
partita_remi_count_of_bars(size_t bars);

/// The fewest and the most bars a count stands for.
size_t
partita_remi_count_min(unsigned count);

size_t
partita_remi_count_max(unsigned count);

unsigned
partita_remi_density(size_t notes, uint32_t positions);

char *
partita_remi_name_value(unsigned class_, unsigned value);

/* remi-piece.c: music on the grid, the middle between scores and ids. */

typedef struct {
  uint32_t start; ///< positions
  uint8_t meter;
  uint8_t tempo;
} RemiBar;

typedef struct {
  GArray *bars;  ///< RemiBar, at least one
  GArray *notes; ///< uint64_t: remi_note_pack(), ascending
  uint32_t end;  ///< positions
} RemiPiece;

/* A note as a number whose order is the order of the tokens:
 * onset, program, pitch, velocity, duration. */
#define REMI_ONSET_SHIFT 32u

static inline uint64_t
remi_note_pack(uint32_t onset,
               unsigned program,
               unsigned pitch,
               unsigned velocity,
               uint32_t duration)
{
  return (uint64_t)onset << REMI_ONSET_SHIFT | (uint64_t)program << 24 |
         (uint64_t)pitch << 17 | (uint64_t)velocity << 12 | duration;
}

static inline uint32_t
remi_note_onset(uint64_t note)
{
  return (uint32_t)(note >> REMI_ONSET_SHIFT);
}

static inline unsigned
remi_note_program(uint64_t note)
{
  return note >> 24 & 0xFF;
}

static inline unsigned
remi_note_pitch(uint64_t note)
{
  return note >> 17 & 0x7F;
}

static inline unsigned
remi_note_velocity(uint64_t note)
{
  return note >> 12 & 0x1F;
}

static inline uint32_t
remi_note_duration(uint64_t note)
{
  return note & 0xFFF;
}

void
partita_remi_piece_init(RemiPiece *piece);

void
partita_remi_piece_clear(RemiPiece *piece);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RemiPiece, partita_remi_piece_clear)

/// Makes an initialised @piece of @score.
void
partita_remi_piece_quantise(RemiPiece *piece,
                            const PartitaScore *score,
                            PartitaQuantiseLoss *loss);

/// (transfer full)
PartitaScore *
partita_remi_piece_to_score(const RemiPiece *piece);

/// Adds the programs of its notes to @programs, shape [%PARTITA_N_PROGRAMS].
void
partita_remi_find_programs(const RemiPiece *piece, bool *programs);

/* remi-write.c */

/// (transfer full) (element-type uint16_t)
GArray *
partita_remi_write(const PartitaScheme *scheme,
                   const PartitaPrompt *prompt,
                   const RemiPiece *piece);

/// Where ids are written; the room is reckoned beforehand.
typedef struct {
  const PartitaScheme *scheme;
  uint16_t *at;
  unsigned program; ///< of the last note, %PARTITA_N_PROGRAMS: none yet
} RemiWriter;

static inline void
partita_remi_put(RemiWriter *w, RemiClass class_, unsigned value)
{
  *w->at++ = partita_scheme_id(w->scheme, class_, value);
}

void
partita_remi_put_head(RemiWriter *w, const RemiPiece *piece, guint bar);

/// Notes of a bar that begins at @start, ascending.
void
partita_remi_put_notes(RemiWriter *w,
                       const uint64_t *notes,
                       size_t n,
                       uint32_t start);

/// At least as many ids as the piece needs.
size_t
partita_remi_reckon_room(const RemiPiece *piece);

/* remi-parts.c */

GArray *
partita_remi_rearrange(const PartitaScheme *scheme,
                       const uint16_t *ids,
                       size_t n,
                       const PartitaSpan *spans,
                       size_t n_spans,
                       bool given_only);

PartitaScore *
partita_remi_decode_part(const PartitaScheme *scheme,
                         const uint16_t *ids,
                         size_t n,
                         bool written,
                         GError **error);

/* remi.c */

/// A PartitaTokenVisitor: adds the notes and bars of ids to a #RemiPiece.
void
partita_remi_collect(const void *state,
                     unsigned class_,
                     unsigned value,
                     void *data);

/* remi-grammar.c */

typedef struct {
  uint8_t last;      ///< class of the last token
  bool started;      ///< whether there is a last token
  bool complete;     ///< after Eos
  bool repeated;     ///< the pitch is that of the note before
  bool has_programs; ///< named by controls
  bool parts;        ///< whether bars may have parts
  uint8_t part;      ///< RemiPart

  int16_t style; ///< controls: -1 if not given
  int8_t key;
  int8_t tempo_given;
  int8_t bars_given; ///< a count
  int8_t density;

  uint8_t program;  ///< %PARTITA_N_PROGRAMS: none yet
  uint8_t meter;    ///< %REMI_N_METERS: none yet
  uint8_t tempo;    ///< %REMI_N_TEMPOS: none yet
  uint8_t count;    ///< the value of the last Bar
  int32_t position; ///< in the bar, -1: none yet
  uint8_t pitch;
  uint8_t velocity;
  uint8_t unisons;
  uint8_t holds;
  uint16_t duration;     ///< of the last note, positions
  uint16_t min_duration; ///< of the note being written

  uint32_t demanded; ///< bars of the piece, 0 if free
  uint32_t n_bars;   ///< begun
  uint32_t left;     ///< bars from this one to the end, 0 if not known
  uint32_t bar_start;
  uint32_t ring_end; ///< where the last sound ends
  uint32_t until;    ///< where what is written has to end, 0 if not said
  bool programs[PARTITA_N_PROGRAMS];
} RemiState;

uint32_t
partita_remi_follow(const void *state);

bool
partita_remi_may(const void *state, unsigned class_, unsigned value);

void
partita_remi_take(void *state, unsigned class_, unsigned value);

void
partita_remi_demand_bars(void *state, size_t bars);

void
partita_remi_allow_parts(void *state);

void
partita_remi_end_by(void *state, uint32_t ticks);

bool
partita_remi_is_complete(const void *state);

void
partita_remi_get_fields(const void *state, uint16_t *fields);

#endif
