// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_TOKEN_H
#define PARTITA_TOKEN_H

#include <partita/score.h>

G_BEGIN_DECLS

#define PARTITA_TOKEN_ERROR (partita_token_error_quark())

typedef enum {
  PARTITA_TOKEN_ERROR_UNKNOWN_SCHEME,
  PARTITA_TOKEN_ERROR_ILLEGAL, ///< a sequence that the grammar refuses
  PARTITA_TOKEN_ERROR_VERSION  ///< a vocabulary that this version does not have
} PartitaTokenError;

PARTITA_API GQuark
partita_token_error_quark(void);

/**
 * PartitaScheme:
 *
 * A way to write scores as sequences of token ids, with its vocabulary: an
 * explicit table of names such as "Pitch_60". Immutable, so free to share
 * between threads.
 *
 * Laws, for every score s, prompt p and legal sequence t:
 * decode(encode(s, p)) is (quantise(s), p); encode(decode(t)) is t; the
 * decoded score survives a MIDI round trip unchanged.
 */
typedef struct PartitaScheme PartitaScheme;

/// Ids are below the vocabulary's size. Every sequence begins with Bos and
/// ends with Eos.
#define PARTITA_TOKEN_BOS 0
#define PARTITA_TOKEN_EOS 1

/**
 * PartitaPrompt:
 *
 * The control tokens that stand before the music. Each may be left out.
 */
typedef struct {
  int style;         ///< index in the scheme's styles, or -1
  int key;           ///< 0 to 23 (partita_score_estimate_key()), or -1
  int tempo_bin;     ///< the scheme's tempo bin, or -1
  int bars;          ///< bars of the piece, 0 if left out
  int density;       ///< the scheme's level of notes a quarter, or -1
  bool has_programs; ///< whether the instruments are given
  bool programs[PARTITA_N_PROGRAMS];
} PartitaPrompt;

/// What quantising lost.
typedef struct {
  size_t notes;             ///< notes that were there
  size_t notes_dropped;     ///< that the scheme cannot hold
  double worst_onset_error; ///< quarters (performance: seconds)
  double worst_duration_error;
} PartitaQuantiseLoss;

/**
 * partita_scheme_new:
 * @name: "remi", "performance" or "grid"
 * @styles: (array zero-terminated=1) (nullable): style names
 *
 * Returns: (transfer full) (nullable): NULL with @error set if no scheme has
 * that name
 */
PARTITA_API PartitaScheme *
partita_scheme_new(const char *name, const char *const *styles, GError **error);

PARTITA_API void
partita_scheme_free(PartitaScheme *scheme);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PartitaScheme, partita_scheme_free)

/**
 * partita_scheme_describe:
 *
 * Returns: (transfer full): JSON with scheme name, version, styles and the
 * whole vocabulary in order of ids; partita_scheme_new_from_description()
 * makes the same scheme of it.
 */
PARTITA_API char *
partita_scheme_describe(const PartitaScheme *scheme);

/**
 * partita_scheme_new_from_description:
 *
 * Returns: (transfer full) (nullable): NULL with @error set if @json is
 * broken or its vocabulary differs from the one of this version
 */
PARTITA_API PartitaScheme *
partita_scheme_new_from_description(const char *json, GError **error);

PARTITA_API const char *
partita_scheme_get_name(const PartitaScheme *scheme);

/// (array zero-terminated=1) (transfer none)
PARTITA_API const char *const *
partita_scheme_get_styles(const PartitaScheme *scheme);

/// Index of the style called @name, -1 if there is none.
PARTITA_API int
partita_scheme_find_style(const PartitaScheme *scheme, const char *name);

PARTITA_API size_t
partita_scheme_get_vocab_size(const PartitaScheme *scheme);

/// "Pitch_60"; NULL if @id is no token.
PARTITA_API const char *
partita_scheme_token_name(const PartitaScheme *scheme, uint16_t id);

/// "Pitch": the name up to its underscore.
PARTITA_API const char *
partita_scheme_token_type(const PartitaScheme *scheme, uint16_t id);

/// The id of the token called @name, -1 if there is none.
PARTITA_API int
partita_scheme_find_token(const PartitaScheme *scheme, const char *name);

/**
 * partita_scheme_get_prompt:
 * @style: index in the scheme's styles, or -1
 * @prompt: (out caller-allocates): all controls the score determines
 */
PARTITA_API void
partita_scheme_get_prompt(const PartitaScheme *scheme,
                          const PartitaScore *score,
                          int style,
                          PartitaPrompt *prompt);

/// A prompt in which everything is left out.
PARTITA_API void
partita_prompt_clear(PartitaPrompt *prompt);

/**
 * partita_scheme_quantise:
 * @loss: (out) (optional)
 *
 * What remi keeps: pedals folded, one track without a name for each program
 * (drums last), the nearest of 12 positions a quarter, at most 65 whole notes a
 * duration, 32 velocities, metres, one of 49 tempos a bar (the mean over the
 * bar); bar lines lie on sixteenths, and a bar longer than two whole notes
 * becomes several. Performance: one track of program 0 without drums, 10 ms.
 * Grid: four tracks of program 52 named Soprano, Alto, Tenor and Bass, in 4/4
 * at 80 quarters a minute, on sixteenths, without drums; equal notes that
 * follow each other are one, and a later note of a voice ends the one before.
 * Tracks that all bear names of voices are those; else four tracks are the
 * voices by their mean pitches, and of a chord in one of them the highest note
 * (bass: the lowest) is kept. Of any other score the notes that begin together
 * go, from high to low, to the voices in which they cut the fewest notes, then
 * cross the fewest, then move the least; of more than four the two highest and
 * the two lowest are kept.
 * A key is a matter of the prompt: the quantised score has no key signature.
 *
 * Returns: (transfer full): what of @score the scheme can say
 */
PARTITA_API PartitaScore *
partita_scheme_quantise(const PartitaScheme *scheme,
                        const PartitaScore *score,
                        PartitaQuantiseLoss *loss);

/**
 * partita_scheme_encode:
 * @prompt: (nullable): controls to write before the music
 *
 * Quantises @score and writes it. A control the scheme does not have is left
 * out; Bars is written as the score has them if @prompt gives any number, and
 * the programs given are joined by those the score uses.
 *
 * Returns: (transfer full) (element-type uint16_t): legal ids, Bos to Eos
 */
PARTITA_API GArray *
partita_scheme_encode(const PartitaScheme *scheme,
                      const PartitaScore *score,
                      const PartitaPrompt *prompt);

/**
 * partita_scheme_decode:
 * @prompt: (out) (optional): the controls that were there
 *
 * The score has no key; partita_key_to_signature() of @prompt's key gives the
 * signature to add to a score that is to be written as a file.
 *
 * Returns: (transfer full) (nullable): NULL with @error set (which names the
 * index and token) if @ids is not a whole, legal sequence
 */
PARTITA_API PartitaScore *
partita_scheme_decode(const PartitaScheme *scheme,
                      const uint16_t *ids,
                      size_t n,
                      PartitaPrompt *prompt,
                      GError **error);

/**
 * partita_scheme_transpose:
 * @ids: a legal sequence, changed in place
 *
 * The same as transposing the score, keys and Key control by @semitones.
 *
 * Returns: false, with @ids unchanged, if a pitch would leave 0 to 127
 */
PARTITA_API bool
partita_scheme_transpose(const PartitaScheme *scheme,
                         uint16_t *ids,
                         size_t n,
                         int semitones);

/// Kinds of control tokens, bits of a set.
typedef enum {
  PARTITA_CONTROL_STYLE = 1 << 0,
  PARTITA_CONTROL_KEY = 1 << 1,
  PARTITA_CONTROL_TEMPO = 1 << 2,
  PARTITA_CONTROL_BARS = 1 << 3,
  PARTITA_CONTROL_PROGRAMS = 1 << 4,
  PARTITA_CONTROL_DENSITY = 1 << 5,
  PARTITA_CONTROL_ALL = (1 << 6) - 1
} PartitaControl;

/**
 * partita_scheme_drop_controls:
 * @ids: a legal sequence, changed in place
 * @controls: a set of #PartitaControl to take out
 *
 * Returns: the new length; the sequence stays legal
 */
PARTITA_API size_t
partita_scheme_drop_controls(const PartitaScheme *scheme,
                             uint16_t *ids,
                             size_t n,
                             unsigned controls);

/// Bars of a piece in which notes are open: to be written anew.
typedef struct {
  size_t first; ///< counted from 0
  size_t n_bars;
  bool programs[PARTITA_N_PROGRAMS]; ///< whose notes are open
  bool topped[PARTITA_N_PROGRAMS];   ///< of those, the highest of the notes
                                     ///< that begin together are not open
} PartitaSpan;

/// Whether partita_scheme_rearrange() works with the scheme: remi.
PARTITA_API bool
partita_scheme_has_parts(const PartitaScheme *scheme);

/**
 * partita_scheme_rearrange:
 * @ids: a legal sequence of a scheme that has parts
 * @spans: shape [n_spans]: ascending and apart from each other
 * @given_only: whether no note of @ids is open, those that were having been
 * taken out already
 *
 * In each bar of a span, Part_Given stands before the notes that are not open
 * and Part_Written before the open ones; at the head of the span, Part_Ahead
 * stands before the notes of its programs in the bar behind it that are not
 * open. A part without notes is left out, but for the written one. Such a
 * sequence is legal where parts are allowed (partita_grammar_allow_parts()).
 *
 * Returns: (transfer full) (element-type uint16_t)
 */
PARTITA_API GArray *
partita_scheme_rearrange(const PartitaScheme *scheme,
                         const uint16_t *ids,
                         size_t n,
                         const PartitaSpan *spans,
                         size_t n_spans,
                         bool given_only);

/**
 * partita_scheme_decode_part:
 * @ids: a sequence that partita_scheme_rearrange() could make
 * @written: which notes: those of Part_Written, or all others of the piece
 *
 * The notes of both together are those of the piece before it was rearranged.
 *
 * Returns: (transfer full) (nullable): NULL with @error set if @ids is not a
 * whole, legal sequence
 */
PARTITA_API PartitaScore *
partita_scheme_decode_part(const PartitaScheme *scheme,
                           const uint16_t *ids,
                           size_t n,
                           bool written,
                           GError **error);

/**
 * PartitaGrammar:
 *
 * The automaton that says, after any legal prefix, which ids may follow. After
 * every legal prefix at least one id may follow until Eos, and every legal
 * prefix can be completed. A new automaton stands before Bos.
 */
typedef struct PartitaGrammar PartitaGrammar;

/// @scheme must outlive the grammar.
PARTITA_API PartitaGrammar *
partita_grammar_new(const PartitaScheme *scheme);

PARTITA_API void
partita_grammar_free(PartitaGrammar *grammar);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PartitaGrammar, partita_grammar_free)

PARTITA_API PartitaGrammar *
partita_grammar_copy(const PartitaGrammar *grammar);

/// Back to before Bos, without a demand on the bars.
PARTITA_API void
partita_grammar_reset(PartitaGrammar *grammar);

/**
 * partita_grammar_demand_bars:
 * @bars: from 1 to %PARTITA_BARS_MAX (performance: 43200, a day; grid:
 * 4096)
 *
 * From here on, only sequences of exactly @bars bars are legal (performance:
 * a bar is two seconds, and the last sound ends in the last bar; grid: the last
 * step lies in the last bar of sixteen). Call it
 * before the first id, or after a prefix with fewer bars; the Bars and Bar
 * tokens of that prefix must count towards @bars.
 */
PARTITA_API void
partita_grammar_demand_bars(PartitaGrammar *grammar, size_t bars);

/// Bars may have parts from here on, if the scheme has them; not after a reset.
PARTITA_API void
partita_grammar_allow_parts(PartitaGrammar *grammar);

/**
 * partita_grammar_end_by:
 * @ticks: in those of partita_scheme_get_ppq(), past every bar in which notes
 * are written before the next call; 0 for no such wish
 *
 * From here on, the notes of Part_Written last until @ticks at most.
 */
PARTITA_API void
partita_grammar_end_by(PartitaGrammar *grammar, uint32_t ticks);

/**
 * partita_grammar_push:
 *
 * Returns: false, and the state is unchanged, if @id may not follow
 */
PARTITA_API bool
partita_grammar_push(PartitaGrammar *grammar, uint16_t id);

/**
 * partita_grammar_allowed:
 * @mask: (out caller-allocates): shape [vocab_size]: 1 where the id may
 * follow, else 0
 *
 * Returns: how many may follow; 0 only after Eos
 */
PARTITA_API size_t
partita_grammar_allowed(const PartitaGrammar *grammar, uint8_t *mask);

/// What a token settled of the score that is being written.
typedef enum {
  PARTITA_SCORE_EVENT_KEY,
  PARTITA_SCORE_EVENT_TEMPO,
  PARTITA_SCORE_EVENT_METER,
  PARTITA_SCORE_EVENT_NOTE,
  PARTITA_SCORE_EVENT_END ///< nothing follows
} PartitaScoreEventType;

typedef struct {
  PartitaScoreEventType type;
  uint8_t program; ///< of a note
  uint8_t voice;   ///< of a note in "grid": 0 (soprano) to 3; else 0
  union {
    PartitaKey key;
    PartitaTempo tempo;
    PartitaMeter meter;
    PartitaNote note;
    uint32_t end_ticks; ///< of the piece
  };
} PartitaScoreEvent;

/// A token settles at most as many: the last notes of four voices, and the end.
#define PARTITA_SCORE_EVENTS_MAX 5

/**
 * partita_grammar_get_events:
 * @events: (out caller-allocates): shape [PARTITA_SCORE_EVENTS_MAX]
 *
 * What the last id pushed settled, in ticks of partita_scheme_get_ppq(). Those
 * of all ids together are the score that partita_scheme_decode() gives, and the
 * signature of the prompt's key. A note of remi is settled when it is written,
 * by its onset; one of performance or grid when it ends.
 *
 * Returns: how many
 */
PARTITA_API size_t
partita_grammar_get_events(const PartitaGrammar *grammar,
                           PartitaScoreEvent *events);

/// Ticks a quarter of the scores it decodes.
PARTITA_API uint16_t
partita_scheme_get_ppq(const PartitaScheme *scheme);

/// Whether Eos has been pushed.
PARTITA_API bool
partita_grammar_is_complete(const PartitaGrammar *grammar);

/* What the automaton knows beside the last token, for models to embed: the
 * place in the bar, the bars that remain, the program, the metre, and the
 * controls that hold for the whole piece. */

#define PARTITA_GRAMMAR_FIELDS_MAX 8

/// How many fields the scheme's state has.
PARTITA_API size_t
partita_scheme_get_n_fields(const PartitaScheme *scheme);

/// Values of field @field are below this.
PARTITA_API size_t
partita_scheme_get_field_size(const PartitaScheme *scheme, size_t field);

/// "Position"
PARTITA_API const char *
partita_scheme_get_field_name(const PartitaScheme *scheme, size_t field);

/**
 * partita_grammar_get_fields:
 * @fields: (out caller-allocates): shape [n_fields]: the state after the ids
 * pushed so far
 */
PARTITA_API void
partita_grammar_get_fields(const PartitaGrammar *grammar, uint16_t *fields);

/**
 * partita_scheme_get_tempo_bin:
 *
 * Returns: the bin whose tempo is nearest to @us_per_quarter in ratio, -1 if
 * the scheme has no tempo
 */
PARTITA_API int
partita_scheme_get_tempo_bin(const PartitaScheme *scheme,
                             uint32_t us_per_quarter);

G_END_DECLS

#endif
