// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_SCORE_H
#define PARTITA_SCORE_H

#include <glib.h>
#include <partita/macros.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

G_BEGIN_DECLS

/**
 * PartitaScore:
 *
 * Music in memory: a tempo map, metres, keys, an end, and tracks of notes.
 * All times are ticks from the start; a quarter has `ppq` ticks. A score that
 * names no tempo plays at 120 quarters a minute; one that names no metre is
 * in 4/4. No function here prints, and no function keeps a pointer it is
 * given. A score may be read by many threads, changed by one.
 */
typedef struct PartitaScore PartitaScore;

/**
 * PartitaTrack: notes of one instrument; owned by its score.
 */
typedef struct PartitaTrack PartitaTrack;

/// General MIDI programs are 0 to 127; this one stands for the drum kit.
#define PARTITA_PROGRAM_DRUMS 128

/// Programs and the drum kit.
#define PARTITA_N_PROGRAMS 129

/// Ticks after which nothing may lie, so that sums fit in 32 bits.
#define PARTITA_TICK_MAX ((uint32_t)1 << 30)

typedef struct {
  uint32_t onset_ticks;
  uint32_t duration_ticks; ///< at least 1
  uint8_t pitch;           ///< MIDI key, 0 to 127; 60 is middle C
  uint8_t velocity;        ///< 1 to 127
} PartitaNote;

typedef struct {
  uint32_t tick;
  uint32_t us_per_quarter; ///< microseconds a quarter, 1 to 0xFFFFFF
} PartitaTempo;

typedef struct {
  uint32_t tick;
  uint8_t numerator;   ///< 1 to 255
  uint8_t denominator; ///< a power of two, 1 to 64
} PartitaMeter;

typedef struct {
  uint32_t tick;
  int8_t sharps; ///< -7 (seven flats) to 7 (seven sharps)
  bool minor;
} PartitaKey;

/// The sustain pedal goes down or up.
typedef struct {
  uint32_t tick;
  bool down;
} PartitaPedal;

typedef struct {
  uint32_t tick;
  uint32_t length_ticks;
  uint8_t numerator;
  uint8_t denominator;
} PartitaBar;

/**
 * partita_score_new:
 * @ppq: ticks a quarter, 1 to 32767
 *
 * Returns: (transfer full): an empty score
 */
PARTITA_API PartitaScore *
partita_score_new(uint16_t ppq);

PARTITA_API void
partita_score_free(PartitaScore *score);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PartitaScore, partita_score_free)

PARTITA_API PartitaScore *
partita_score_copy(const PartitaScore *score);

/// (transfer full): as long as @score, with its tempos, metres and keys, and no
/// track
PARTITA_API PartitaScore *
partita_score_copy_frame(const PartitaScore *score);

/**
 * partita_score_equal:
 *
 * Returns: whether both hold the same music: ppq, end, tempo map, metres,
 * keys and tracks in the same order with the same program, name, notes and
 * pedals. Both must be sorted (partita_score_sort()).
 */
PARTITA_API bool
partita_score_equal(const PartitaScore *a, const PartitaScore *b);

PARTITA_API uint16_t
partita_score_get_ppq(const PartitaScore *score);

/**
 * partita_score_get_end:
 *
 * Returns: the tick at which the piece ends: the one set, or the end of the
 * last note if that is later. Silence before it belongs to the piece.
 */
PARTITA_API uint32_t
partita_score_get_end(const PartitaScore *score);

PARTITA_API void
partita_score_set_end(PartitaScore *score, uint32_t end_ticks);

/**
 * partita_score_add_tempo:
 *
 * Enters a change of tempo (the three below: of metre, of key); one that
 * stands at the same tick is replaced. Amortised O(1) in order of time.
 */
PARTITA_API void
partita_score_add_tempo(PartitaScore *score, PartitaTempo tempo);

PARTITA_API void
partita_score_add_meter(PartitaScore *score, PartitaMeter meter);

PARTITA_API void
partita_score_add_key(PartitaScore *score, PartitaKey key);

/**
 * partita_score_get_tempos:
 * @n: (out): how many
 *
 * Returns: (transfer none): the changes in order of time, valid until the
 * score changes
 */
PARTITA_API const PartitaTempo *
partita_score_get_tempos(const PartitaScore *score, size_t *n);

PARTITA_API const PartitaMeter *
partita_score_get_meters(const PartitaScore *score, size_t *n);

PARTITA_API const PartitaKey *
partita_score_get_keys(const PartitaScore *score, size_t *n);

PARTITA_API void
partita_score_clear_tempos(PartitaScore *score);

PARTITA_API void
partita_score_clear_meters(PartitaScore *score);

PARTITA_API void
partita_score_clear_keys(PartitaScore *score);

/**
 * partita_score_add_track:
 * @program: 0 to 127, or %PARTITA_PROGRAM_DRUMS
 * @name: (nullable): UTF-8
 *
 * Returns: (transfer none): the new, last track
 */
PARTITA_API PartitaTrack *
partita_score_add_track(PartitaScore *score, uint8_t program, const char *name);

PARTITA_API size_t
partita_score_get_n_tracks(const PartitaScore *score);

PARTITA_API PartitaTrack *
partita_score_get_track(const PartitaScore *score, size_t index);

/// Notes in all tracks.
PARTITA_API size_t
partita_score_get_n_notes(const PartitaScore *score);

PARTITA_API uint8_t
partita_track_get_program(const PartitaTrack *track);

PARTITA_API bool
partita_track_is_drums(const PartitaTrack *track);

/// (nullable): UTF-8
PARTITA_API const char *
partita_track_get_name(const PartitaTrack *track);

/**
 * partita_track_set_name:
 * @name: (nullable): UTF-8
 * @bytes: (nullable): the same name as a file has it, in whatever encoding, to
 * be written back so; NULL: as @name has it
 * @n: how many
 */
PARTITA_API void
partita_track_set_name(PartitaTrack *track,
                       const char *name,
                       const void *bytes,
                       size_t n);

/// (transfer none) (nullable): the name as it is to be written, @n bytes
PARTITA_API const void *
partita_track_get_name_bytes(const PartitaTrack *track, size_t *n);

/// Gives @to the name of @from, with its bytes.
PARTITA_API void
partita_track_copy_name(PartitaTrack *to, const PartitaTrack *from);

PARTITA_API void
partita_track_add_note(PartitaTrack *track, PartitaNote note);

/// All of @n notes, or none if one of them is illegal.
PARTITA_API void
partita_track_add_notes(PartitaTrack *track,
                        const PartitaNote *notes,
                        size_t n);

PARTITA_API const PartitaNote *
partita_track_get_notes(const PartitaTrack *track, size_t *n);

/// Pedal events must come in order of time.
PARTITA_API void
partita_track_add_pedal(PartitaTrack *track, PartitaPedal pedal);

PARTITA_API const PartitaPedal *
partita_track_get_pedals(const PartitaTrack *track, size_t *n);

/**
 * partita_score_sort:
 *
 * Puts every track's notes in the order (onset, pitch, duration, velocity).
 * Each reader, decoder and transformation of the library returns sorted
 * scores; call it after adding notes yourself.
 */
PARTITA_API void
partita_score_sort(PartitaScore *score);

/**
 * partita_score_get_bars:
 *
 * The bars from tick 0 to the end of the score, by its metres. A metre that
 * changes within a bar cuts that bar short. At least one bar.
 *
 * Returns: (transfer full) (element-type PartitaBar): in order of time; the
 * last bar reaches or passes the end. At most %PARTITA_BARS_MAX bars: a score
 * with more (only hostile files have them) is cut there.
 */
PARTITA_API GArray *
partita_score_get_bars(const PartitaScore *score);

#define PARTITA_BARS_MAX 65536

/**
 * partita_score_get_played_bars:
 *
 * The same as a musician counts them: without a last bar that ends within a
 * 32nd note and in which no note begins, and without a first one that is no
 * longer than a 32nd and in which no note begins. The one is the tail of a note
 * that was held too long, or an end of track that came late; the other is the
 * moment before a performance begins.
 */
PARTITA_API GArray *
partita_score_get_played_bars(const PartitaScore *score);

/// The bars that a piece is promised to have: those of
/// partita_score_get_bars(), up to the last tick of its end, without a first
/// one that partita_score_get_played_bars() leaves out.
PARTITA_API size_t
partita_score_count_bars(const PartitaScore *score);

/**
 * partita_bars_find:
 * @bars: (element-type PartitaBar): at least one
 * @ppq: ticks a quarter
 *
 * Returns: the bar that a note with its onset at @tick belongs to: one struck
 * less than a 64th note before a bar line belongs to the bar behind it; the
 * last one for what comes after it
 */
PARTITA_API size_t
partita_bars_find(const GArray *bars, uint16_t ppq, uint32_t tick);

/// Ticks of a whole bar, at least 1; odd denominators round down.
PARTITA_API uint32_t
partita_bars_measure(uint16_t ppq, uint8_t numerator, uint8_t denominator);

/* Transformations: each returns a new, sorted score or changes it in place
 * as its name says; none fails. */

/**
 * partita_score_transpose:
 * @semitones: up if positive
 *
 * Moves every pitch but those of drums, and the keys, in place.
 *
 * Returns: false, and nothing is changed, if a note would leave 0 to 127.
 */
PARTITA_API bool
partita_score_transpose(PartitaScore *score, int semitones);

/**
 * partita_score_fold_pedal:
 *
 * Lengthens each note held by the sustain pedal to where the pedal rises, or
 * to the next onset of the same pitch in its track, or to the end of the
 * piece, and takes the pedals out. In place.
 */
PARTITA_API void
partita_score_fold_pedal(PartitaScore *score);

/**
 * partita_score_cut_bars:
 * @first: first bar, counted from 0
 * @n: how many
 *
 * Returns: (transfer full): bars @first to @first + @n - 1, beginning at tick
 * 0, with the tempo, metre and key in force there; notes that begin outside
 * are left out, those that ring past the cut end at it.
 */
PARTITA_API PartitaScore *
partita_score_cut_bars(const PartitaScore *score, size_t first, size_t n);

/**
 * partita_score_cut_played:
 * @n: bars of partita_score_get_played_bars(), at least 1
 *
 * Returns: (transfer full): the first @n bars: the notes that belong to them
 * (partita_bars_find()), those that ring on for more than a 32nd note cut to
 * their end
 */
PARTITA_API PartitaScore *
partita_score_cut_played(const PartitaScore *score, size_t n);

/**
 * partita_score_append:
 * @score: changed in place
 * @other: with as many ticks a quarter
 *
 * Puts @other behind the end of @score: its notes into the first tracks of the
 * same programs, or new ones; its tempos, metres and keys from there on.
 */
PARTITA_API void
partita_score_append(PartitaScore *score, const PartitaScore *other);

/// Keys by number: 0 to 11 for C to B major, 12 to 23 for C to B minor.
#define PARTITA_N_KEYS 24

/**
 * partita_score_estimate_key:
 *
 * The key whose profile correlates best with the durations of the pitch
 * classes, each note counting for a quarter at most. Sources: the correlation
 * of Krumhansl and Schmuckler, in Krumhansl 1990, "Cognitive Foundations of
 * Musical Pitch"; the profiles of Temperley 2007, "Music and Probability",
 * table 6.1, which find more signatures than those of Krumhansl and Kessler
 * (doc/benchmarks.md).
 *
 * Of a score with a single pitch class, the major key on it.
 *
 * Returns: 0 to 11 for C to B major, 12 to 23 for C to B minor, or -1 if the
 * score has no pitched note.
 */
PARTITA_API int
partita_score_estimate_key(const PartitaScore *score);

/// A run of bars in one key.
typedef struct {
  uint32_t tick; ///< of its first bar
  uint32_t first_bar;
  uint32_t n_bars;
  int8_t key; ///< 0 to 23; -1 throughout if the score has no pitched note
} PartitaKeySpan;

/**
 * partita_score_estimate_key_spans:
 * @window: bars that speak for the key of the bar in their middle, odd, at
 * least 1; 3 is a good choice
 *
 * The key of each bar, with the points where it changes: of all sequences of
 * keys the one with the greatest sum of correlations (as in
 * partita_score_estimate_key(), each of a window of bars), less three for
 * each change of key; found by dynamic programming (Viterbi 1967). Source: the
 * preference for staying in a key of Temperley 2001, "The Cognition of Basic
 * Musical Structures", chapter 7.
 *
 * Cost: O(notes log bars + bars), 24 bytes a bar.
 *
 * Returns: (transfer full) (element-type PartitaKeySpan): in order of time,
 * the bars of partita_score_get_played_bars() each once, neighbours of
 * different key
 */
PARTITA_API GArray *
partita_score_estimate_key_spans(const PartitaScore *score, unsigned window);

/**
 * partita_score_find_key:
 *
 * The key signature that stands at the beginning, unless its scale is more
 * than a fifth from that of partita_score_estimate_key(): many files sign
 * C major whatever they are in. Without a signature, the estimate.
 *
 * Returns: 0 to 23, or -1 if the score has no pitched note
 */
PARTITA_API int
partita_score_find_key(const PartitaScore *score);

/**
 * partita_program_get_range:
 * @low: (out): the lowest pitch that the instrument plays
 * @high: (out): the highest
 *
 * Returns: false, and nothing is set, for the drum kit and beyond
 */
PARTITA_API bool
partita_program_get_range(unsigned program, uint8_t *low, uint8_t *high);

/**
 * partita_key_to_common:
 * @key: 0 to 23
 *
 * Returns: the semitones, -6 to 5, by which music in @key moves to C major or
 * A minor
 */
PARTITA_API int
partita_key_to_common(int key);

/**
 * partita_score_move_to_common_key:
 *
 * Transposes @score in place from partita_score_find_key() to C major or
 * A minor.
 *
 * Returns: the semitones it was moved by; 0 if it has no key or a note would
 * leave 0 to 127
 */
PARTITA_API int
partita_score_move_to_common_key(PartitaScore *score);

/**
 * partita_key_name:
 * @key: 0 to 23, as from partita_score_estimate_key()
 *
 * Returns: (transfer none): for instance "E flat major", NULL out of range
 */
PARTITA_API const char *
partita_key_name(int key);

/// (transfer none): as it is signed, "C sharp major" for seven sharps; NULL out
/// of range
PARTITA_API const char *
partita_key_signature_name(PartitaKey key);

/// 0 to 23 for a key signature.
PARTITA_API int
partita_key_from_signature(PartitaKey key);

/// The signature with the fewest accidentals for @key (0 to 23), at tick 0.
PARTITA_API PartitaKey
partita_key_to_signature(int key);

/// What can be said of a piece in a number.
typedef enum {
  PARTITA_MEASURE_DENSITY,       ///< notes a quarter, drums among them
  PARTITA_MEASURE_VOICES,        ///< that sound at once, on the mean
  PARTITA_MEASURE_PITCH_CLASSES, ///< entropy of their durations, in bits
  PARTITA_MEASURE_SPREAD,        ///< standard deviation of the pitches
  PARTITA_MEASURE_LENGTH,        ///< mean of log2 of the durations in quarters
  PARTITA_MEASURE_REPETITION, ///< share of bars whose rhythm was there before
  PARTITA_N_MEASURES
} PartitaMeasure;

/// (transfer none): "notes a quarter"; NULL past the last
PARTITA_API const char *
partita_measure_name(PartitaMeasure measure);

/**
 * partita_score_measure:
 * @measures: (out caller-allocates): shape [%PARTITA_N_MEASURES]
 *
 * Returns: false if @score has no pitched note
 */
PARTITA_API bool
partita_score_measure(const PartitaScore *score, double *measures);

G_END_DECLS

#include <partita/tempo-map.h>

#endif
