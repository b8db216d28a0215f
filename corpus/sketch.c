// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "sketch.h"

int
frame_bar(const Frame *frame)
{
  return 4 * QUARTER * frame->numerator / frame->denominator;
}

static PartitaTempo
tempo_at(int tick, int quarters_a_minute)
{
  return (PartitaTempo){(uint32_t)tick,
                        (uint32_t)(60000000 / quarters_a_minute)};
}

PartitaScore *
sketch_new(const Frame *frame)
{
  PartitaScore *score = partita_score_new(QUARTER * POSITION_TICKS);

  partita_score_add_tempo(score, tempo_at(0, frame->tempo));
  partita_score_add_meter(score, (PartitaMeter){0, (uint8_t)frame->numerator,
                                                (uint8_t)frame->denominator});
  partita_score_add_key(
    score, (PartitaKey){0, (int8_t)key_sharps(frame->key), frame->key.minor});
  return score;
}

void
sketch_note(PartitaTrack *track, int at, int length, int pitch, int velocity)
{
  const PartitaNote note = {
    .onset_ticks = (uint32_t)(at * POSITION_TICKS),
    .duration_ticks = (uint32_t)(length * POSITION_TICKS),
    .pitch = (uint8_t)pitch,
    .velocity = (uint8_t)CLAMP(velocity, 1, 127),
  };

  partita_track_add_note(track, note);
}

void
sketch_finish(PartitaScore *score, const Frame *frame, int bars)
{
  const int bar_ticks = frame_bar(frame) * POSITION_TICKS;

  partita_score_add_tempo(
    score, tempo_at((bars - 1) * bar_ticks, frame->tempo * 4 / 5));
  partita_score_set_end(score, (uint32_t)(bars * bar_ticks));
  partita_score_sort(score);
}

int
sketch_swell(int at, int length)
{
  // A triangle whose top lies at three fifths of the phrase.
  const int top = MAX(1, length * 3 / 5);
  const int rest = MAX(1, length - top);
  const int height = at <= top ? 12 * at / top : 12 * (length - at) / rest;

  return CLAMP(height, 0, 12) - 6;
}
