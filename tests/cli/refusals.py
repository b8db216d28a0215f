#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Asks for pairs of things that exclude each other, drawn at random, and
demands that each is refused in one line that names both, that nothing is
written and nothing crashes.

usage: refusals.py PARTITA MODEL PAIRS [SEED]
"""

import os
import random
import subprocess
import sys
import tempfile

import mido

from promises import CHORDS, PITCH_CLASSES, SCALES, note_name

INSTRUMENTS = ["violin", "viola", "cello", "flute", "oboe", "tuba", "trumpet",
               "clarinet", "bassoon", "harmonica"]


def draw_key(rng, kinds=("major", "minor", "dorian", "blues", "pentatonic")):
    tonic, kind = rng.randrange(12), rng.choice(kinds)
    scale = {(tonic + step) % 12 for step in SCALES[kind]}
    return f"{PITCH_CLASSES[tonic]} {kind}", tonic, scale


def say(key):
    """A key as it is said: "B flat major", "G sharp minor"."""
    if key.split(" ")[1] in ("minor", "dorian", "blues"):
        key = key.replace("Ab", "G#").replace("Db", "C#")
    return key.replace("b ", " flat ").replace("# ", " sharp ")


def range_outside_key(rng):
    key, _, scale = draw_key(rng)
    pitch = rng.choice([p for p in range(36, 84) if p % 12 not in scale])
    wish = f"{note_name(pitch)}-{note_name(pitch)}"
    return ["--key", key, "--range", wish], [f"range {wish}", say(key)]


def range_without_tonic(rng):
    key, tonic, scale = draw_key(rng)
    low = rng.choice([p for p in range(36, 84)
                      if p % 12 in scale and p % 12 != tonic])
    wish = f"{note_name(low)}-{note_name(low)}"
    return (["--key", key, "--range", wish],
            ["range", f"the {PITCH_CLASSES[tonic]} that {say(key).rsplit(' ', 1)[0]}"])


def chord_outside_key(rng):
    while True:
        key, _, scale = draw_key(rng)
        alien = [name for name in CHORDS if not CHORDS[name][0] <= scale]
        if alien:
            chord = rng.choice(alien)
            return ["--key", key, "--chords", chord], [f"chord {chord}", say(key)]


def scale_without_tonic(rng):
    key, tonic, _ = draw_key(rng)
    names = [name for i, name in enumerate(PITCH_CLASSES) if i != tonic]
    wish = " ".join(rng.sample(names, 5))
    return ["--key", key, "--scale", wish], ["the scale", "the tonic of"]


def range_of_none(rng):
    plays, lacks = rng.sample(INSTRUMENTS, 2)
    return (["--programs", plays, "--range", f"{lacks}:C3-C6"],
            [f"range {lacks}:C3-C6", "programs"])


def range_outside_chord(rng):
    chord = rng.choice(["C", "F", "Am", "Bdim", "E7"])
    pitch = rng.choice([p for p in range(36, 84)
                        if p % 12 not in CHORDS[chord][0]])
    wish = f"{note_name(pitch)}-{note_name(pitch)}"
    return ["--chords", chord, "--range", wish], [f"range {wish}", "chords"]


def drums_in_key(rng):
    key, _, _ = draw_key(rng)
    return ["--programs", "drums", "--key", key], ["drums", "key"]


def crowd_in_small_bar(rng):
    wish = ",".join(rng.sample(INSTRUMENTS, rng.randint(4, 8)))
    meter = rng.choice(["1/16", "1/16", "2/16"] if wish.count(",") > 5
                       else ["1/16"])
    return ["--programs", wish, "--meter", meter], ["programs", meter]


def thin_in_small_bar(rng):
    meter = rng.choice(["1/4", "1/8", "2/8", "3/8"])
    return (["--density", "0.25", "--meter", meter], ["density 0.25", meter])


def dense_beyond_places(rng):
    meter = rng.choice(["1/8", "1/16", "3/16"])
    return ["--density", "8", "--meter", meter, "--key", "C"], ["density 8",
                                                               meter]


def primer_in_meter(rng):
    meter = rng.choice(["3/4", "6/8", "5/4", "2/4", "7/8"])
    return (["--prime", "primer.mid", "--bars", "8", "--meter", meter],
            ["primer", f"meter {meter}"])


def primer_in_tempo(rng):
    tempo = rng.choice([40, 60, 77, 130, 200])
    return (["--prime", "primer.mid", "--bars", "8", "--tempo", str(tempo)],
            ["primer", f"tempo {tempo}"])


def primer_in_key(rng):
    key, _, scale = draw_key(rng, ("major", "minor"))
    if {0, 4, 7} <= scale:
        return primer_in_key(rng)
    return (["--prime", "primer.mid", "--bars", "8", "--key", key],
            ["primer", f"key {say(key)}"])


def primer_in_voices(rng):
    voices = str(rng.randint(1, 2))
    return (["--prime", "primer.mid", "--bars", "8", "--polyphony", voices],
            ["primer", f"polyphony {voices}"])


def primer_in_range(rng):
    low = rng.randint(61, 70)
    wish = f"{note_name(low)}-{note_name(low + 12)}"
    return (["--prime", "primer.mid", "--bars", "8", "--range", wish],
            ["primer", f"range {wish}"])


def primer_on_instruments(rng):
    wish = rng.choice(INSTRUMENTS)
    return (["--prime", "primer.mid", "--bars", "8", "--programs", wish],
            ["primer", f"programs {wish}"])


def primer_too_long(rng):
    bars = str(rng.randint(1, 4))
    return ["--prime", "primer.mid", "--bars", bars], ["primer", f"{bars} bars"]


def words_of_speed(rng):
    slow, fast = rng.choice(["slow", "adagio", "largo"]), rng.choice(
        ["fast", "presto", "allegro"])
    return [f"a {slow} {fast} piece"], ["tempo", "and"]


PAIRS = [range_outside_key, range_without_tonic, chord_outside_key,
         scale_without_tonic, range_of_none, range_outside_chord, drums_in_key,
         crowd_in_small_bar, thin_in_small_bar, dense_beyond_places,
         primer_in_meter, primer_in_tempo, primer_in_key, primer_in_voices,
         primer_in_range, primer_on_instruments, primer_too_long,
         words_of_speed]


def write_primer(path):
    """Four bars of C major chords in 4/4 at 100."""
    midi = mido.MidiFile(ticks_per_beat=480)
    track = mido.MidiTrack()
    midi.tracks.append(track)
    track.append(mido.MetaMessage("time_signature", numerator=4, denominator=4))
    track.append(mido.MetaMessage("set_tempo", tempo=600000))
    for _ in range(8):
        for pitch in (60, 64, 67):
            track.append(mido.Message("note_on", note=pitch, velocity=80))
        for i, pitch in enumerate((60, 64, 67)):
            track.append(mido.Message("note_off", note=pitch,
                                      time=960 if i == 0 else 0))
    midi.save(path)


def check(partita, model, options, words):
    """What is wrong with how they are refused, or None."""
    done = subprocess.run(
        [partita, "compose", "-m", model, "-o", "piece.mid", "--report",
         "report.json", "--seed", "1"] + options,
        capture_output=True, text=True, check=False)
    lines = [line for line in done.stderr.splitlines()
             if not line.startswith(("asked for: ", "usage: "))]
    if done.returncode not in (1, 2):
        return f"exit {done.returncode}"
    if len(lines) != 1 or not all(word in lines[0] for word in words):
        return f"does not name {words}: {done.stderr.strip()}"
    if "piece.mid" in os.listdir() or "report.json" in os.listdir():
        return "a file is written"
    return None


def main():
    partita, model = (os.path.abspath(path) for path in sys.argv[1:3])
    pairs = int(sys.argv[3])
    rng = random.Random(int(sys.argv[4]) if len(sys.argv) > 4 else 1)
    bad = []
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        write_primer("primer.mid")
        for i in range(pairs):
            pair = PAIRS[i % len(PAIRS)]
            options, words = pair(rng)
            wrong = check(partita, model, options, words)
            if wrong is not None:
                bad.append(f"{pair.__name__} {options}: {wrong}")
            for name in ("piece.mid", "report.json"):
                if os.path.exists(name):
                    os.remove(name)
        os.chdir("/")
    print(f"refused by name: {pairs - len(bad)} of {pairs}")
    print("\n".join(bad[:20]))
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
