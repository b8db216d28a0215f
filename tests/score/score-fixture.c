// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "score-fixture.h"

#define LENGTH 10000

uint32_t
fixture_draw(uint32_t low, uint32_t high)
{
  return (uint32_t)g_test_rand_int_range((gint32)low, (gint32)high);
}

PartitaNote
fixture_note(void)
{
  return (PartitaNote){fixture_draw(0, LENGTH), fixture_draw(1, 500),
                       (uint8_t)fixture_draw(24, 101),
                       (uint8_t)fixture_draw(1, 128)};
}

static void
add_changes(PartitaScore *score)
{
  for (uint32_t i = fixture_draw(0, 9); i > 0; --i)
    partita_score_add_tempo(score, (PartitaTempo){fixture_draw(0, LENGTH),
                                                  fixture_draw(1, 0xFFFFFF)});
  for (uint32_t i = fixture_draw(0, 9); i > 0; --i)
    partita_score_add_meter(score,
                            (PartitaMeter){fixture_draw(0, LENGTH),
                                           (uint8_t)fixture_draw(1, 13),
                                           (uint8_t)(1 << fixture_draw(0, 5))});
  for (uint32_t i = fixture_draw(0, 9); i > 0; --i) {
    PartitaKey key = partita_key_to_signature((int)fixture_draw(0, 24));

    key.tick = fixture_draw(0, LENGTH);
    partita_score_add_key(score, key);
  }
}

static void
add_track(PartitaScore *score, uint8_t program)
{
  PartitaTrack *track = partita_score_add_track(
    score, program, fixture_draw(0, 2) == 0 ? NULL : "Voice");

  for (uint32_t i = fixture_draw(0, 60); i > 0; --i)
    partita_track_add_note(track, fixture_note());
  for (uint32_t tick = fixture_draw(0, 900); tick < LENGTH;
       tick += fixture_draw(0, 900))
    partita_track_add_pedal(track,
                            (PartitaPedal){tick, fixture_draw(0, 2) == 0});
}

PartitaScore *
fixture_score(void)
{
  PartitaScore *score = partita_score_new((uint16_t)fixture_draw(24, 961));

  add_changes(score);
  for (uint32_t i = fixture_draw(1, 5); i > 0; --i)
    add_track(score, (uint8_t)fixture_draw(0, 128));
  add_track(score, PARTITA_PROGRAM_DRUMS);
  partita_score_set_end(score, LENGTH + fixture_draw(0, 2000));
  partita_score_sort(score);
  return score;
}

bool
fixture_same_note(PartitaNote a, PartitaNote b)
{
  return a.onset_ticks == b.onset_ticks &&
         a.duration_ticks == b.duration_ticks && a.pitch == b.pitch &&
         a.velocity == b.velocity;
}
