// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "styles.h"
#include "subject.h"

static const Pulse pulses[] = {
  {4, 4, 4, 4, SIXTEENTH},
  {3, 4, 3, 4, SIXTEENTH},
  {12, 8, 4, 3, EIGHTH},
  {4, 4, 4, 4, SIXTEENTH},
};

typedef struct {
  Frame frame;
  const Pulse *pulse;
  Subject subject;
  PartitaTrack *right, *left;
  int bar;        ///< written so far
  int right_last; ///< last pitch of each hand
  int left_last;
  int left_first; ///< pitch class the left hand owes a cadence, or -1
  bool clean;     ///< whether every bar kept the rules
} Invention;

static void
write_line(Invention *invention, const Line *line, bool right)
{
  const int bar = frame_bar(&invention->frame);
  const int start = invention->bar * bar;
  const int swell = sketch_swell(invention->bar % 4, 4);

  for (int i = 0; i < line->n; ++i) {
    const LineNote *note = &line->notes[i];
    sketch_note(right ? invention->right : invention->left, start + note->at,
                note->length, note->pitch,
                76 + swell +
                  (note->at == 0   ? 6
                   : note->on_beat ? 3
                                   : 0));
  }
  if (right)
    invention->right_last = line->notes[line->n - 1].pitch;
  else
    invention->left_last = line->notes[line->n - 1].pitch;
}

/// A bar in which one hand has @lead and the other answers in @answer.
static void
write_pair(Chance *chance,
           Invention *invention,
           const Line *lead,
           Line *answer,
           bool right)
{
  const Joint joint = {
    .previous = right ? invention->left_last : invention->right_last,
    .against = right ? invention->right_last : invention->left_last,
    .first = right ? invention->left_first : -1,
  };

  if (!counterpoint_fit(chance, answer, lead, !right, &joint))
    invention->clean = false;
  invention->left_first = -1;
  write_line(invention, lead, right);
  write_line(invention, answer, !right);
  ++invention->bar;
}

static void
write_entry(Chance *chance, Invention *invention, const Entry *entry)
{
  Line lead;
  Line answer;

  subject_state(&invention->subject, entry, &lead);
  subject_answer(&invention->subject, entry, &answer);
  write_pair(chance, invention, &lead, &answer, entry->right);
}

/// The first bar: the subject alone.
static void
write_opening(Invention *invention)
{
  const Entry entry = {invention->frame.key, true, false, 0};
  Line lead;

  subject_state(&invention->subject, &entry, &lead);
  write_line(invention, &lead, true);
  ++invention->bar;
}

/// Entries of one hand, each a step lower: with a turn to the fourth degree
/// the harmony goes round the circle of fifths.
static void
write_sequence(Chance *chance, Invention *invention, Entry entry, int n)
{
  for (int i = 0; i < n; ++i) {
    write_entry(chance, invention, &entry);
    entry.degree = (entry.degree + 6) % 7;
  }
}

/// Both hands with the subject in turn.
static void
write_exchange(Chance *chance, Invention *invention, Key key, int degree)
{
  const Entry right = {key, true, false, degree};
  const Entry left = {key, false, false, degree};

  write_entry(chance, invention, &right);
  write_entry(chance, invention, &left);
}

/// The bass goes subdominant, dominant, dominant an octave lower, a beat
/// each, after the third in a bar of four; the right hand flows above.
static void
write_cadence(Chance *chance, Invention *invention, Key key)
{
  static const int steps[4] = {2, 3, 4, -3};
  static const int degrees[4] = {0, 3, 4, 4};
  const Pulse *pulse = invention->pulse;
  const int skip = 4 - pulse->beats;
  const int beat_length = pulse->subs * pulse->sub;
  const int base = 7 * (key.tonic > 5 ? 3 : 4);
  Line bass = {.n = pulse->beats};
  Line flow = {0};

  for (int beat = 0; beat < pulse->beats; ++beat) {
    const Harmony harmony = {key, degrees[beat + skip]};
    bass.notes[beat] = (LineNote){
      .at = beat * beat_length,
      .length = beat_length,
      .pitch = key_pitch(key, base + steps[beat + skip], false),
      .on_beat = true,
      .harmony = harmony,
    };
    for (int sub = 0; sub < pulse->subs; ++sub)
      flow.notes[flow.n++] = (LineNote){
        .at = beat * beat_length + sub * pulse->sub,
        .length = pulse->sub,
        .on_beat = sub == 0,
        .harmony = harmony,
      };
  }
  write_pair(chance, invention, &bass, &flow, false);
  invention->left_first = key.tonic;
}

/// Tonic in both hands, the third between them.
static void
write_final(Invention *invention)
{
  const int bar = frame_bar(&invention->frame);
  const Key key = invention->frame.key;
  const int bass = class_nearest(key.tonic, 44);
  const int top = class_nearest(key.tonic, invention->right_last);

  sketch_note(invention->left, invention->bar * bar, bar, bass, 80);
  sketch_note(invention->right, invention->bar * bar, bar,
              top - (key.minor ? 9 : 8), 72);
  sketch_note(invention->right, invention->bar * bar, bar, top, 80);
  ++invention->bar;
}

/// Exposition and its cadence in the nearest key.
static void
write_exposition(Chance *chance, Invention *invention, Key near)
{
  const Key home = invention->frame.key;
  const Entry answer = {home, false, false, 0};

  write_opening(invention);
  write_entry(chance, invention, &answer);
  write_exchange(chance, invention, home, 4);
  write_sequence(chance, invention, (Entry){home, true, true, 5},
                 chance_between(chance, 2, 3));
  write_cadence(chance, invention, near);
}

/// Through two keys and back along a sequence.
static void
write_middle(Chance *chance, Invention *invention, Key near, Key far)
{
  const bool right = chance_hit(chance, 50);

  write_exchange(chance, invention, near, 0);
  write_sequence(chance, invention, (Entry){near, false, true, 3},
                 chance_between(chance, 2, 3));
  write_cadence(chance, invention, far);
  write_exchange(chance, invention, far, 0);
  write_sequence(chance, invention,
                 (Entry){invention->frame.key, right, right, 5},
                 chance_between(chance, 2, 4));
}

static void
write_return(Chance *chance, Invention *invention)
{
  const Key home = invention->frame.key;

  write_exchange(chance, invention, home, 0);
  if (chance_hit(chance, 50))
    write_sequence(chance, invention, (Entry){home, true, true, 3}, 2);
  write_cadence(chance, invention, home);
  write_final(invention);
}

/// One try at a piece, whose subject may turn out to allow no clean answer.
static PartitaScore *
try_subject(Chance *chance, const Frame *frame, const Pulse *pulse, bool *clean)
{
  const Key home = frame->key;
  const Key near = home.minor ? key_at(home, 3, false) : key_at(home, 7, false);
  const Key far = home.minor ? key_at(home, 5, true) : key_at(home, 9, true);
  PartitaScore *score = sketch_new(frame);
  Invention invention = {
    .frame = *frame,
    .pulse = pulse,
    .subject = subject_compose(chance, pulse),
    .right = partita_score_add_track(score, 6, "Right hand"),
    .left = partita_score_add_track(score, 6, "Left hand"),
    .right_last = 72,
    .left_last = 50,
    .left_first = -1,
    .clean = true,
  };

  write_exposition(chance, &invention, near);
  write_middle(chance, &invention, near, far);
  write_return(chance, &invention);
  sketch_finish(score, frame, invention.bar);
  *clean = invention.clean;
  return score;
}

PartitaScore *
compose_invention(Chance *chance, int index)
{
  const Pulse *pulse = &pulses[index % (int)G_N_ELEMENTS(pulses)];
  const Frame frame = {
    .key = {(index + 3) * 7 % 12, index / 12 % 2 == 1},
    .numerator = pulse->numerator,
    .denominator = pulse->denominator,
    .tempo = pulse->subs == 3 ? chance_between(chance, 108, 132)
                              : chance_between(chance, 72, 96),
  };
  bool clean = false;
  PartitaScore *score = try_subject(chance, &frame, pulse, &clean);

  while (!clean) {
    partita_score_free(score);
    score = try_subject(chance, &frame, pulse, &clean);
  }
  return score;
}
