// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_TESTS_MIDI_RANDOM_SCORE_H
#define PARTITA_TESTS_MIDI_RANDOM_SCORE_H

#include <partita/midi.h>

/// A number from @low to @high.
static inline uint32_t
random_between(uint32_t low, uint32_t high)
{
  return low + (uint32_t)g_test_rand_int_range(0, (gint32)(high - low + 1));
}

static inline void
add_random_changes(PartitaScore *score, uint32_t span)
{
  for (uint32_t n = random_between(0, 5); n > 0; --n)
    partita_score_add_tempo(score, (PartitaTempo){random_between(0, span),
                                                  random_between(1, 0xFFFFFF)});
  for (uint32_t n = random_between(0, 4); n > 0; --n)
    partita_score_add_meter(
      score,
      (PartitaMeter){random_between(0, span), (uint8_t)random_between(1, 255),
                     (uint8_t)(1u << random_between(0, 6))});
  for (uint32_t n = random_between(0, 4); n > 0; --n)
    partita_score_add_key(score,
                          (PartitaKey){random_between(0, span),
                                       (int8_t)(random_between(0, 14)) - 7,
                                       random_between(0, 1) == 1});
}

static inline void
add_random_track(PartitaScore *score, uint32_t span)
{
  static const char *const names[] = {NULL, "", "Violin", "Gr\xc3\xbc\xc3\x9f",
                                      "x"};
  const uint8_t program = random_between(0, 3) == 0
                            ? PARTITA_PROGRAM_DRUMS
                            : (uint8_t)random_between(0, 2);
  PartitaTrack *track =
    partita_score_add_track(score, program, names[random_between(0, 4)]);
  uint32_t tick = 0;

  for (uint32_t n = random_between(0, 60); n > 0; --n)
    partita_track_add_note(
      track, (PartitaNote){random_between(0, span), random_between(1, span / 3),
                           (uint8_t)random_between(50, 60),
                           (uint8_t)random_between(1, 127)});
  for (uint32_t n = random_between(0, 6); n > 0; --n) {
    tick += random_between(0, span / 6);
    partita_track_add_pedal(track,
                            (PartitaPedal){tick, random_between(0, 1) == 1});
  }
}

/// A score with everything a score may hold, often overlapping itself.
static inline PartitaScore *
random_score(void)
{
  PartitaScore *score = partita_score_new(
    (uint16_t)(random_between(0, 1) == 1 ? random_between(1, 32767) : 480));
  const uint32_t span = 3u * partita_score_get_ppq(score) + 3;

  add_random_changes(score, span);
  for (uint32_t n = random_between(0, 20); n > 0; --n)
    add_random_track(score, span);
  if (random_between(0, 1) == 1)
    partita_score_set_end(score, random_between(0, 3 * span));
  partita_score_sort(score);
  return score;
}

#endif
