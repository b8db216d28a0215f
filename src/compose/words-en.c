// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <compose/words.h>

static const PartitaWord words[] = {
  // Tempo marks and plain words, in quarters a minute.
  {"larghissimo", "tempo=24"},
  {"grave", "tempo=36"},
  {"largo", "tempo=50"},
  {"lento", "tempo=54"},
  {"larghetto", "tempo=62"},
  {"adagio", "tempo=68"},
  {"adagietto", "tempo=72"},
  {"andante", "tempo=84"},
  {"andantino", "tempo=92"},
  {"moderato", "tempo=108"},
  {"allegretto", "tempo=116"},
  {"allegro", "tempo=132"},
  {"vivace", "tempo=160"},
  {"vivacissimo", "tempo=172"},
  {"presto", "tempo=184"},
  {"prestissimo", "tempo=204"},
  {"very slow", "tempo=46"},
  {"slow", "tempo=66"},
  {"slowly", "tempo=66"},
  {"moderate", "tempo=104"},
  {"medium", "tempo=104"},
  {"quick", "tempo=138"},
  {"fast", "tempo=144"},
  {"very fast", "tempo=184"},

  // Moods.
  {"sad", "key?=A minor;tempo?=72"},
  {"melancholy", "key?=A minor;tempo?=72"},
  {"melancholic", "key?=A minor;tempo?=72"},
  {"mournful", "key?=C minor;tempo?=58"},
  {"tragic", "key?=C minor;tempo?=80"},
  {"dark", "key?=C minor"},
  {"gloomy", "key?=C minor;tempo?=66"},
  {"minor key", "key?=A minor"},
  {"major key", "key?=C major"},
  {"happy", "key?=C major;tempo?=126"},
  {"cheerful", "key?=G major;tempo?=126"},
  {"joyful", "key?=D major;tempo?=132"},
  {"merry", "key?=G major;tempo?=132"},
  {"bright", "key?=D major"},
  {"playful", "tempo?=120"},
  {"calm", "tempo?=72"},
  {"peaceful", "tempo?=66"},
  {"quiet", "tempo?=66"},
  {"gentle", "tempo?=80"},
  {"dreamy", "tempo?=72"},
  {"solemn", "tempo?=60"},
  {"majestic", "tempo?=76"},
  {"lively", "tempo?=132"},
  {"energetic", "tempo?=144"},
  {"wild", "tempo?=168"},

  // Length.
  {"short", "bars?=8"},
  {"little", "bars?=8"},
  {"long", "bars?=32"},
  {"half a minute", "seconds=30"},
  {"a minute", "seconds=60"},
  {"loop", "loop=yes"},
  {"looped", "loop=yes"},
  {"looping", "loop=yes"},

  // Texture.
  {"sparse", "density=1.5"},
  {"thin", "density=1.5"},
  {"simple", "density?=2"},
  {"dense", "density=6"},
  {"busy", "density=6"},
  {"monophonic", "polyphony=1"},
  {"unaccompanied", "polyphony=1"},
  {"single line", "polyphony=1"},
  {"pentatonic", "scale=pentatonic;key?=C major"},
  {"chromatic", "scale=chromatic"},
  {"blues scale", "scale=blues;key?=A"},
  {"whole tone", "scale=whole tone;key?=C"},

  // Dances.
  {"waltz", "meter=3/4;tempo?=150;style?=waltz"},
  {"minuet", "meter=3/4;tempo?=120;style?=minuet"},
  {"mazurka", "meter=3/4;tempo?=132;style?=mazurka"},
  {"polonaise", "meter=3/4;tempo?=96;style?=polonaise"},
  {"sarabande", "meter=3/4;tempo?=60;style?=sarabande"},
  {"courante", "meter=3/4;tempo?=120;style?=courante"},
  {"landler", "meter=3/4;tempo?=120;style?=landler"},
  {"polka", "meter=2/4;tempo?=112;style?=polka"},
  {"galop", "meter=2/4;tempo?=144;style?=galop"},
  {"habanera", "meter=2/4;tempo?=60;style?=habanera"},
  {"tango", "meter=2/4;tempo?=64;style?=tango"},
  {"gavotte", "meter=2/2;tempo?=132;style?=gavotte"},
  {"bourree", "meter=2/2;tempo?=144;style?=bourree"},
  {"allemande", "meter=4/4;tempo?=84;style?=allemande"},
  {"reel", "meter=2/2;tempo?=200;style?=reel"},
  {"hornpipe", "meter=4/4;tempo?=160;style?=hornpipe"},
  {"jig", "meter=6/8;tempo?=168;style?=jig"},
  {"gigue", "meter=6/8;tempo?=168;style?=gigue"},
  {"tarantella", "meter=6/8;tempo?=204;style?=tarantella"},
  {"siciliana", "meter=6/8;tempo?=60;style?=siciliana"},
  {"barcarolle", "meter=6/8;tempo?=66;style?=barcarolle"},
  {"march", "meter?=4/4;tempo?=112;style?=march"},

  // Forms and styles.
  {"lullaby", "meter=6/8;tempo?=66"},
  {"ballad", "meter?=4/4;tempo?=72"},
  {"nocturne", "tempo?=60;program?=piano"},
  {"etude", "density?=4;program?=piano"},
  {"chorale", "polyphony=4;meter?=4/4;tempo?=76;style?=chorale"},
  {"hymn", "polyphony=4;meter?=4/4;tempo?=84;style?=chorale"},
  {"invention", "polyphony=2;style?=invention"},
  {"fugue", "polyphony=4;style?=fugue"},
  {"blues", "style?=blues;meter?=4/4;tempo?=96"},
  {"rock", "style?=rock;meter?=4/4;tempo?=120"},
  {"song", "style?=song"},
  {"quartet", "style?=quartet;polyphony?=4"},
  {"folk song", "style?=folk"},

  // Ensembles, in the ranges of their players; a style that has one knows best
  // which instruments stand for it.
  {"voice and piano", "style=song;program!=voice;program!=piano"},
  {"piano and voice", "style=song;program!=voice;program!=piano"},
  {"string quartet", "program=violin;program=viola;program=cello;"
                     "range=violin:G3-E7;range=viola:C3-E6;range=cello:C2-A5;"
                     "polyphony?=4;style?=quartet"},
  {"string trio", "program=violin;program=viola;program=cello;"
                  "range=violin:G3-E7;range=viola:C3-E6;range=cello:C2-A5;"
                  "polyphony?=3"},
  {"piano trio", "program=piano;program=violin;program=cello;"
                 "range=violin:G3-E7;range=cello:C2-A5"},
  {"wind quintet",
   "program=flute;program=oboe;program=clarinet;program=french horn;"
   "program=bassoon;range=flute:C4-C7;range=oboe:Bb3-G6;range=clarinet:D3-Bb6;"
   "range=french horn:F2-F5;range=bassoon:Bb1-Eb5;polyphony?=5"},
  {"brass quintet",
   "program=trumpet;program=french horn;program=trombone;program=tuba;"
   "range=trumpet:E3-C6;range=french horn:F2-F5;range=trombone:E2-Bb4;"
   "range=tuba:D1-F4;polyphony?=5"},
  {"recorder quartet", "program=recorder;range=recorder:F3-D6;polyphony?=4"},
  {"rock band", "program=electric guitar;program=electric bass finger;"
                "program=drums;range=electric bass finger:E1-G4"},
  {"jazz trio", "program=piano;program=acoustic bass;program=drums;"
                "range=acoustic bass:E1-G4"},
  {"choir", "program=choir;range=choir:E2-A5;polyphony?=4"},
  {"voices", "program=choir;range=choir:E2-A5"},

  // Instruments, where they can play.
  {"violin", "program=violin;range=violin:G3-E7"},
  {"viola", "program=viola;range=viola:C3-E6"},
  {"cello", "program=cello;range=cello:C2-A5"},
  {"double bass", "program=contrabass;range=contrabass:E1-C5"},
  {"contrabass", "program=contrabass;range=contrabass:E1-C5"},
  {"harp", "program=orchestral harp;range=orchestral harp:C1-G7"},
  {"flute", "program=flute;range=flute:C4-C7"},
  {"piccolo", "program=piccolo;range=piccolo:D5-C8"},
  {"recorder", "program=recorder;range=recorder:C4-D7"},
  {"oboe", "program=oboe;range=oboe:Bb3-G6"},
  {"english horn", "program=english horn;range=english horn:E3-C6"},
  {"clarinet", "program=clarinet;range=clarinet:D3-Bb6"},
  {"bassoon", "program=bassoon;range=bassoon:Bb1-Eb5"},
  {"trumpet", "program=trumpet;range=trumpet:E3-C6"},
  {"horn", "program=french horn;range=french horn:F2-F5"},
  {"french horn", "program=french horn;range=french horn:F2-F5"},
  {"trombone", "program=trombone;range=trombone:E2-Bb4"},
  {"tuba", "program=tuba;range=tuba:D1-F4"},
  {"saxophone", "program=alto sax;range=alto sax:Db3-A5"},
  {"guitar", "program=guitar;range=guitar:E2-E6"},
  {"bass guitar", "program=electric bass finger;"
                  "range=electric bass finger:E1-G4"},
  {"harpsichord", "program=harpsichord;range=harpsichord:F1-F6"},
  {"piano", "program=piano;range=piano:A0-C8"},
  {"drum", "program=drums"},
  {"percussion", "program=drums"},
  {0},
};

static const char *const silent[] = {
  "a",      "an",     "the",   "in",      "for",  "with",   "of",    "and",
  "at",     "on",     "by",    "to",      "some", "please", "piece", "time",
  "music",  "tune",   "key",   "tempo",   "solo", "style",  "is",    "that",
  "that's", "played", "write", "compose", "me",   "my",     "about", "only",
  "from",   "like",   "scale", "it",      NULL};

static const char *const without[] = {"no", "without", "minus", NULL};

static const char *const articles[] = {"a", "an", "the", "any", NULL};

static const char *const joints[] = {"or", "nor", "and", NULL};

static const char *const less[] = {"not too", "not so", "not very", "not",
                                   NULL};

static const PartitaWord names[] = {
  {"metre", "meter"},          {"tempo", "tempo"},     {"key", "key"},
  {"scale", "scale"},          {"density", "density"}, {"voices", "polyphony"},
  {"instruments", "programs"}, {"length", "bars"},     {0},
};

static const char *const numbers[] = {
  "one",         "two",        "three",        "four",
  "five",        "six",        "seven",        "eight",
  "nine",        "ten",        "eleven",       "twelve",
  "thirteen",    "fourteen",   "fifteen",      "sixteen",
  "seventeen",   "eighteen",   "nineteen",     "twenty",
  "twenty one",  "twenty two", "twenty three", "twenty four",
  "twenty five", "twenty six", "twenty seven", "twenty eight",
  "twenty nine", "thirty",     "thirty one",   "thirty two",
  NULL};

static const PartitaWord units[] = {
  {"bar", "bars"},
  {"bars", "bars"},
  {"measure", "bars"},
  {"measures", "bars"},
  {"bars long", "bars"},
  {"measures long", "bars"},
  {"second", "seconds"},
  {"seconds", "seconds"},
  {"seconds long", "seconds"},
  {"sec", "seconds"},
  {"minute", "seconds*60"},
  {"minutes", "seconds*60"},
  {"minutes long", "seconds*60"},
  {"min", "seconds*60"},
  {"bpm", "tempo"},
  {"beats a minute", "tempo"},
  {"beats per minute", "tempo"},
  {"voice", "polyphony"},
  {"voices", "polyphony"},
  {"part", "polyphony"},
  {"parts", "polyphony"},
  {0},
};

const PartitaLanguage partita_language_en = {
  .language = "en",
  .words = words,
  .silent = silent,
  .numbers = numbers,
  .units = units,
  .without = without,
  .joints = joints,
  .articles = articles,
  .less = less,
  .in = "in",
  .only = "only",
  .together = "and",
  .no_style = "the model knows no such style",
  .names = names,
};
