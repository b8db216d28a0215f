// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <base/similar.h>
#include <compose/controls-private.h>
#include <string.h>

/// General MIDI 1.
static const char *const names[PARTITA_N_PROGRAMS] = {
  "acoustic grand piano",
  "bright acoustic piano",
  "electric grand piano",
  "honky-tonk piano",
  "electric piano 1",
  "electric piano 2",
  "harpsichord",
  "clavinet",
  "celesta",
  "glockenspiel",
  "music box",
  "vibraphone",
  "marimba",
  "xylophone",
  "tubular bells",
  "dulcimer",
  "drawbar organ",
  "percussive organ",
  "rock organ",
  "church organ",
  "reed organ",
  "accordion",
  "harmonica",
  "tango accordion",
  "acoustic guitar nylon",
  "acoustic guitar steel",
  "electric guitar jazz",
  "electric guitar clean",
  "electric guitar muted",
  "overdriven guitar",
  "distortion guitar",
  "guitar harmonics",
  "acoustic bass",
  "electric bass finger",
  "electric bass pick",
  "fretless bass",
  "slap bass 1",
  "slap bass 2",
  "synth bass 1",
  "synth bass 2",
  "violin",
  "viola",
  "cello",
  "contrabass",
  "tremolo strings",
  "pizzicato strings",
  "orchestral harp",
  "timpani",
  "string ensemble 1",
  "string ensemble 2",
  "synth strings 1",
  "synth strings 2",
  "choir aahs",
  "voice oohs",
  "synth voice",
  "orchestra hit",
  "trumpet",
  "trombone",
  "tuba",
  "muted trumpet",
  "french horn",
  "brass section",
  "synth brass 1",
  "synth brass 2",
  "soprano sax",
  "alto sax",
  "tenor sax",
  "baritone sax",
  "oboe",
  "english horn",
  "bassoon",
  "clarinet",
  "piccolo",
  "flute",
  "recorder",
  "pan flute",
  "blown bottle",
  "shakuhachi",
  "whistle",
  "ocarina",
  "lead 1 square",
  "lead 2 sawtooth",
  "lead 3 calliope",
  "lead 4 chiff",
  "lead 5 charang",
  "lead 6 voice",
  "lead 7 fifths",
  "lead 8 bass and lead",
  "pad 1 new age",
  "pad 2 warm",
  "pad 3 polysynth",
  "pad 4 choir",
  "pad 5 bowed",
  "pad 6 metallic",
  "pad 7 halo",
  "pad 8 sweep",
  "fx 1 rain",
  "fx 2 soundtrack",
  "fx 3 crystal",
  "fx 4 atmosphere",
  "fx 5 brightness",
  "fx 6 goblins",
  "fx 7 echoes",
  "fx 8 sci-fi",
  "sitar",
  "banjo",
  "shamisen",
  "koto",
  "kalimba",
  "bagpipe",
  "fiddle",
  "shanai",
  "tinkle bell",
  "agogo",
  "steel drums",
  "woodblock",
  "taiko drum",
  "melodic tom",
  "synth drum",
  "reverse cymbal",
  "guitar fret noise",
  "breath noise",
  "seashore",
  "bird tweet",
  "telephone ring",
  "helicopter",
  "applause",
  "gunshot",
  "drums",
};

/// Families, and the everyday names of what General MIDI has several of.
static const struct {
  const char *name;
  uint8_t first;
  uint8_t last;
} families[] = {
  {"piano", 0, 5},
  {"harpsichords", 6, 7},
  {"chromatic", 8, 15},
  {"mallets", 8, 15},
  {"organ", 16, 20},
  {"guitar", 24, 31},
  {"acoustic guitar", 24, 25},
  {"electric guitar", 26, 30},
  {"bass", 32, 39},
  {"strings", 40, 51},
  {"double bass", 43, 43},
  {"harp", 46, 46},
  {"string ensemble", 48, 51},
  {"choir", 52, 54},
  {"voice", 52, 54},
  {"ensemble", 48, 55},
  {"brass", 56, 63},
  {"horn", 60, 60},
  {"reed", 64, 71},
  {"sax", 64, 67},
  {"saxophone", 64, 67},
  {"pipe", 72, 79},
  {"woodwinds", 64, 79},
  {"lead", 80, 87},
  {"pad", 88, 95},
  {"synth", 80, 95},
  {"effects", 96, 103},
  {"ethnic", 104, 111},
  {"percussive", 112, 119},
  {"drum kit", 128, 128},
};

const char *
partita_program_name(unsigned program)
{
  return program < PARTITA_N_PROGRAMS ? names[program] : NULL;
}

static void
fill_group(PartitaGroup *group, unsigned first, unsigned last, const char *name)
{
  *group = (PartitaGroup){0};
  for (unsigned p = first; p <= last; ++p)
    group->programs[p] = true;
  g_strlcpy(group->name, name, sizeof group->name);
}

bool
partita_parse_group(const char *text, PartitaGroup *group)
{
  guint64 number = 0;

  if (g_ascii_string_to_unsigned(text, 10, 0, 127, &number, NULL)) {
    fill_group(group, (unsigned)number, (unsigned)number, names[number]);
    return true;
  }
  for (size_t i = 0; i < G_N_ELEMENTS(families); ++i) {
    if (partita_controls_same_name(text, families[i].name)) {
      fill_group(group, families[i].first, families[i].last, families[i].name);
      return true;
    }
  }
  for (unsigned p = 0; p < PARTITA_N_PROGRAMS; ++p) {
    if (partita_controls_same_name(text, names[p])) {
      fill_group(group, p, p, names[p]);
      return true;
    }
  }
  return false;
}

const char *
partita_controls_suggest_group(const char *text)
{
  PartitaSimilar similar;

  partita_similar_init(&similar, text);
  for (size_t i = 0; i < G_N_ELEMENTS(families); ++i)
    partita_similar_try(&similar, families[i].name);
  for (unsigned p = 0; p < PARTITA_N_PROGRAMS; ++p)
    partita_similar_try(&similar, names[p]);
  return similar.best;
}

bool
partita_controls_is_without(const PartitaControls *controls, unsigned program)
{
  for (size_t i = 0; i < controls->n_without; ++i)
    if (controls->without[i].programs[program])
      return true;
  return false;
}

bool
partita_controls_is_dropped(const PartitaControls *controls,
                            const PartitaGroup *group)
{
  bool any = false, left = false;

  for (unsigned p = 0; p < PARTITA_N_PROGRAMS; ++p) {
    any = any || group->programs[p];
    left =
      left || (group->programs[p] && !partita_controls_is_without(controls, p));
  }
  return any && !left;
}

void
partita_controls_drop_without(PartitaControls *controls)
{
  size_t n_groups = 0, n_ranges = 0;

  for (size_t i = 0; i < controls->n_groups; ++i)
    n_groups += !partita_controls_is_dropped(controls, &controls->groups[i]);
  // That none is left is refused by name, later.
  if (n_groups == 0 && controls->n_groups > 0)
    return;
  n_groups = 0;
  for (size_t i = 0; i < controls->n_groups; ++i)
    if (!partita_controls_is_dropped(controls, &controls->groups[i]))
      controls->groups[n_groups++] = controls->groups[i];
  for (size_t i = 0; i < controls->n_ranges; ++i)
    if (!partita_controls_is_dropped(controls, &controls->ranges[i].group))
      controls->ranges[n_ranges++] = controls->ranges[i];
  controls->n_groups = n_groups;
  controls->n_ranges = n_ranges;
}
