// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <partita/score.h>

typedef struct {
  uint8_t low;
  uint8_t high;
} Range;

/* Sounding ranges by General MIDI program, as orchestration books give them for
 * professionals (Adler 2016, "The Study of Orchestration", appendix A) and, for
 * the rest, the recommended voice ranges of General MIDI 2 (MMA 1999,
 * "General MIDI 2", appendix A). Bass guitars and synthesizers for them reach
 * down to the B of five strings. Sounds that no instrument limits, for which
 * General MIDI 2 recommends an octave or two, have the range of its
 * synthesizers: in real files many of their notes lie beyond. */
static const Range ranges[PARTITA_PROGRAM_DRUMS] = {
  // Pianos, harpsichord, clavinet.
  {21, 108},
  {21, 108},
  {21, 108},
  {21, 108},
  {28, 103},
  {28, 103},
  {29, 89},
  {36, 96},
  // Chromatic percussion: celesta to dulcimer.
  {60, 108},
  {72, 108},
  {60, 84},
  {53, 89},
  {36, 96},
  {65, 96},
  {60, 77},
  {60, 84},
  // Organs, accordions, harmonica.
  {36, 96},
  {36, 96},
  {36, 96},
  {21, 108},
  {36, 96},
  {53, 89},
  {60, 84},
  {53, 89},
  // Guitars.
  {40, 84},
  {40, 84},
  {40, 86},
  {40, 86},
  {40, 86},
  {40, 86},
  {40, 86},
  {40, 86},
  // Basses.
  {28, 67},
  {23, 67},
  {23, 67},
  {23, 67},
  {23, 67},
  {23, 67},
  {23, 67},
  {23, 67},
  // Violin, viola, cello, contrabass, tremolo and pizzicato strings, harp,
  // timpani.
  {55, 103},
  {48, 91},
  {36, 84},
  {24, 67},
  {28, 96},
  {28, 96},
  {23, 103},
  {36, 60},
  // Ensembles, choirs.
  {28, 96},
  {28, 96},
  {36, 96},
  {36, 96},
  {40, 84},
  {40, 84},
  {36, 84},
  {36, 96},
  // Trumpet, trombone, tuba, muted trumpet, horn, brass sections.
  {54, 86},
  {34, 77},
  {26, 65},
  {54, 86},
  {34, 77},
  {36, 96},
  {36, 96},
  {36, 96},
  // Saxophones, oboe, English horn, bassoon, clarinet.
  {56, 88},
  {49, 81},
  {44, 76},
  {36, 69},
  {58, 93},
  {52, 84},
  {34, 75},
  {50, 94},
  // Piccolo, flute, recorder, pan flute, bottle, shakuhachi, whistle, ocarina.
  {74, 108},
  {59, 98},
  {60, 98},
  {60, 96},
  {60, 96},
  {55, 84},
  {60, 96},
  {60, 84},
  // Synthesizer leads, with bass and lead to the low end.
  {21, 108},
  {21, 108},
  {36, 96},
  {36, 96},
  {36, 96},
  {36, 96},
  {36, 96},
  {21, 108},
  // Synthesizer pads.
  {36, 96},
  {36, 96},
  {36, 96},
  {36, 96},
  {36, 96},
  {36, 96},
  {36, 96},
  {36, 96},
  // Synthesizer effects.
  {36, 96},
  {36, 96},
  {36, 96},
  {36, 96},
  {36, 96},
  {36, 96},
  {36, 96},
  {36, 96},
  // Sitar, banjo, shamisen, koto, kalimba, bagpipe, fiddle, shanai.
  {48, 77},
  {48, 84},
  {50, 79},
  {55, 84},
  {48, 79},
  {36, 77},
  {55, 103},
  {48, 72},
  // Percussive.
  {36, 96},
  {36, 96},
  {52, 76},
  {36, 96},
  {36, 96},
  {36, 96},
  {36, 96},
  {36, 96},
  // Sound effects.
  {0, 127},
  {0, 127},
  {0, 127},
  {0, 127},
  {0, 127},
  {0, 127},
  {0, 127},
  {0, 127},
};

bool
partita_program_get_range(unsigned program, uint8_t *low, uint8_t *high)
{
  if (program >= PARTITA_PROGRAM_DRUMS)
    return false;
  *low = ranges[program].low;
  *high = ranges[program].high;
  return true;
}
