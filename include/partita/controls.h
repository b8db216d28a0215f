// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_CONTROLS_H
#define PARTITA_CONTROLS_H

#include <partita/score.h>

G_BEGIN_DECLS

/* What may be asked of a piece, and whether a piece has it. Neither knows of
 * models or tokens. */

#define PARTITA_CONTROLS_ERROR (partita_controls_error_quark())

typedef enum {
  PARTITA_CONTROLS_ERROR_UNKNOWN, ///< no such control
  PARTITA_CONTROLS_ERROR_VALUE,   ///< a value that says nothing
  PARTITA_CONTROLS_ERROR_CONFLICT ///< wishes that exclude each other
} PartitaControlsError;

PARTITA_API GQuark
partita_controls_error_quark(void);

#define PARTITA_GROUPS_MAX 32
#define PARTITA_RANGES_MAX 32
#define PARTITA_CHORDS_MAX 512
#define PARTITA_CHORDS_A_BAR_MAX 4
#define PARTITA_POLYPHONY_MAX 128

/// Notes below this one that begin with a chord are its bass.
#define PARTITA_BASS_BELOW 48

/// A chord of the grid.
typedef struct {
  uint16_t pitch_classes; ///< a bit each, C the lowest
  uint8_t bass;           ///< pitch class
  uint16_t bar;           ///< counted from the first of the grid
  uint8_t index;          ///< within its bar
  uint8_t of;             ///< chords in its bar
  char name[16];          ///< as it was written
} PartitaChord;

/// Instruments that stand for each other: a General MIDI family, or one.
typedef struct {
  bool programs[PARTITA_N_PROGRAMS];
  char name[32];
} PartitaGroup;

typedef struct {
  PartitaGroup group;
  uint8_t low;
  uint8_t high;
} PartitaRange;

/**
 * PartitaControls:
 *
 * What is asked of a piece. Each control may be left out; a copy is an
 * assignment.
 */
typedef struct {
  size_t bars;         ///< 0 if left out
  int tonic;           ///< pitch class, -1 if left out
  int mode;            ///< 0 major, 1 minor, -1 if the scale decides
  int scale;           ///< its number, -1 if left out
  uint16_t scale_list; ///< pitch classes given one by one, 0 if left out
  uint8_t numerator;   ///< of the metre, 0 if left out
  uint8_t denominator; ///< of the metre
  double tempo;        ///< quarters a minute, 0 if left out
  double density;      ///< notes a quarter, 0 if left out
  unsigned polyphony;  ///< notes that sound at once, 0 if left out
  double seconds;   ///< of the piece, 0 if left out; what is composed is told
                    ///< by bars (partita_composer_settle_length())
  size_t n_groups;  ///< instruments, 0 if left out
  size_t n_without; ///< instruments that must not play, 0 if left out
  size_t n_ranges;  ///< 0 if left out
  size_t n_chords;  ///< 0 if left out
  size_t n_chord_bars; ///< after which the grid repeats
  bool fill;           ///< no bar without a note
  bool loop;           ///< the end leads back to the beginning: no ending, and
                       ///< no note goes on past it
  int ending;          ///< key (partita_key_name()) on whose chord the piece
                       ///< ends where neither a key nor chords are asked for;
                       ///< -1 for any end
  PartitaGroup groups[PARTITA_GROUPS_MAX];
  PartitaGroup without[PARTITA_GROUPS_MAX];
  PartitaRange ranges[PARTITA_RANGES_MAX];
  PartitaChord chords[PARTITA_CHORDS_MAX];
} PartitaControls;

/// Nothing is asked.
PARTITA_API void
partita_controls_init(PartitaControls *controls);

/**
 * partita_controls_set:
 * @name: "bars", "seconds", "key", "scale", "range", "meter", "tempo",
 * "programs", "without", "density", "polyphony", "chords" or "loop" ("yes")
 * @text: its value, as the manual page of partita-compose has it
 *
 * A control set twice has its last value; ranges add up.
 *
 * Returns: false with @error set, which names the control and the value
 */
PARTITA_API bool
partita_controls_set(PartitaControls *controls,
                     const char *name,
                     const char *text,
                     GError **error);

/**
 * partita_controls_read_words:
 * @text: such as "a slow sad waltz in D minor for string quartet, 32 bars"
 * @language: "en"
 * @styles: (array zero-terminated=1) (nullable): those the model knows
 * @unknown: (element-type utf8): words that say nothing are added to it
 * @partly: (element-type utf8): of words that are granted in part only, what
 * they give is added to it, such as "march: only metre and tempo"
 *
 * Returns: (transfer full) (nullable) (element-type utf8): "name=value" for
 * partita_controls_set(), and "style=NAME", in the order in which they were
 * said; NULL with @error set if two words exclude each other
 */
PARTITA_API GPtrArray *
partita_controls_read_words(const char *text,
                            const char *language,
                            const char *const *styles,
                            GPtrArray *unknown,
                            GPtrArray *partly,
                            GError **error);

/**
 * partita_controls_suggest_word:
 * @word: one that says nothing
 *
 * Returns: (transfer full) (nullable): the word of the language, the instrument
 * or the style that may have been meant
 */
PARTITA_API char *
partita_controls_suggest_word(const char *word,
                              const char *language,
                              const char *const *styles);

/**
 * partita_controls_drop_without:
 *
 * Asks no more for instruments that must not play, unless none would be left;
 * nor for their ranges.
 */
PARTITA_API void
partita_controls_drop_without(PartitaControls *controls);

/// Whether it is asked that @program does not play.
PARTITA_API bool
partita_controls_is_without(const PartitaControls *controls, unsigned program);

/// Asks for the key, the prevailing metre, the mean tempo, the density and the
/// instruments of @score.
PARTITA_API void
partita_controls_take_piece(PartitaControls *controls,
                            const PartitaScore *score);

/// What may be asked for less, or not at all; bits of a set.
typedef enum {
  PARTITA_EASE_DENSITY = 1,
  PARTITA_EASE_PROGRAMS = 2,
  PARTITA_EASE_METER = 4,
  PARTITA_EASE_ALL = 7
} PartitaEase;

/**
 * partita_controls_ease:
 * @bars: of the piece
 * @own: a set of #PartitaEase
 *
 * Lowers what @controls ask for, as little as it finds, until
 * partita_controls_check() finds that it can be had: the density first, then
 * the number of instruments, then the metre.
 */
PARTITA_API void
partita_controls_ease(PartitaControls *controls, size_t bars, unsigned own);

/// Whether anything but the number of bars is asked.
PARTITA_API bool
partita_controls_has_any(const PartitaControls *controls);

/// 0 to 23 as partita_key_name() has it, -1 if no key is asked for.
PARTITA_API int
partita_controls_get_key(const PartitaControls *controls);

/// The pitch classes that may sound, a bit each, C the lowest; all if no scale
/// is asked for.
PARTITA_API uint16_t
partita_controls_get_scale(const PartitaControls *controls);

/// (transfer full): "D minor", "D dorian", "C D E G A"
PARTITA_API char *
partita_controls_name_scale(const PartitaControls *controls);

/**
 * partita_controls_get_closing:
 * @bass: (out): pitch class
 *
 * The chord on which the piece has to end: the last of the grid, else that of
 * the key.
 *
 * Returns: its pitch classes, 0 if no ending is asked for
 */
PARTITA_API uint16_t
partita_controls_get_closing(const PartitaControls *controls,
                             size_t bars,
                             uint8_t *bass);

/**
 * partita_controls_describe:
 *
 * Returns: (transfer full) (element-type utf8): the controls one by one, such
 * as "key D minor"
 */
PARTITA_API GPtrArray *
partita_controls_describe(const PartitaControls *controls);

/**
 * partita_controls_check:
 * @bars: of the piece
 *
 * Returns: false with @error set, which names them, if two wishes exclude each
 * other
 */
PARTITA_API bool
partita_controls_check(const PartitaControls *controls,
                       size_t bars,
                       GError **error);

/**
 * partita_controls_find_chord:
 * @bar: counted from 0
 * @position: ticks from the bar line
 * @length: ticks in the bar
 * @beat: ticks in a quarter
 * @start: (out): ticks from the bar line to where the chord begins
 * @end: (out): likewise, where it ends
 *
 * The chords of a bar share it, on beats where there are enough of them.
 *
 * Returns: (transfer none) (nullable): NULL if there is no grid
 */
PARTITA_API const PartitaChord *
partita_controls_find_chord(const PartitaControls *controls,
                            size_t bar,
                            uint32_t position,
                            uint32_t length,
                            uint32_t beat,
                            uint32_t *start,
                            uint32_t *end);

/// What notes may be in a piece with a grid and no scale: those of its chords.
PARTITA_API uint16_t
partita_controls_get_passing(const PartitaControls *controls);

/**
 * partita_controls_may_sound:
 *
 * Returns: whether scale and ranges let @pitch sound on @program
 */
PARTITA_API bool
partita_controls_may_sound(const PartitaControls *controls,
                           unsigned program,
                           unsigned pitch);

/**
 * partita_parse_key:
 * @text: "D minor", "Bbm", "f# dorian", "E flat"
 * @mode: (out): 0 major, 1 minor, -1 if @text names neither
 * @scale: (out): number of the scale named, or -1
 *
 * Returns: the pitch class of the tonic, -1 if @text names no key
 */
PARTITA_API int
partita_parse_key(const char *text, int *mode, int *scale);

/// The number of the scale called @name, -1 if there is none.
PARTITA_API int
partita_find_scale(const char *name);

/// Semitones above the tonic, a bit each.
PARTITA_API uint16_t
partita_scale_get_steps(int scale);

/// (transfer none) (nullable): the name of scale @scale, NULL past the last
PARTITA_API const char *
partita_scale_get_name(int scale);

/// "C4" or "60" is 60; -1 if @text is no note.
PARTITA_API int
partita_parse_note(const char *text);

/**
 * partita_parse_group:
 * @text: a General MIDI name, number (0 to 127) or family, or "drums"
 *
 * Returns: false if there is none such
 */
PARTITA_API bool
partita_parse_group(const char *text, PartitaGroup *group);

/// (transfer none) (nullable): the General MIDI name, "drums"
PARTITA_API const char *
partita_program_name(unsigned program);

/**
 * partita_parse_chord:
 * @text: such as "F#m7/C#"
 *
 * Returns: false if it is no chord
 */
PARTITA_API bool
partita_parse_chord(const char *text, PartitaChord *chord);

/**
 * PartitaPromise: a promise and what became of it.
 */
typedef struct {
  char *name;   ///< "key"
  char *wish;   ///< (nullable): "D minor"
  char *detail; ///< (nullable): "notes in scale"
  size_t held;  ///< so many
  size_t of;    ///< of so many
  bool kept;
} PartitaPromise;

/**
 * partita_controls_measure:
 * @score: read from the finished file
 * @bars: of the piece, 0 if not promised
 *
 * Returns: (transfer full) (element-type PartitaPromise): every promise that
 * @controls make, measured
 */
PARTITA_API GArray *
partita_controls_measure(const PartitaControls *controls,
                         const PartitaScore *score,
                         size_t bars);

/// (transfer full): "key D minor: 412/412 notes in scale"
PARTITA_API char *
partita_promise_describe(const PartitaPromise *promise);

/// Whether all are kept.
PARTITA_API bool
partita_promises_are_kept(const GArray *promises);

G_END_DECLS

#endif
