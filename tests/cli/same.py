#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs some 200 command lines with two builds of the program and compares all
that comes of each: exit status, what is printed and every file. For a change
that is to change nothing that a user sees.

usage: same.py OLD NEW MUSIC GIVEN [EVERY]

MUSIC is a folder of MIDI files in folders by style, GIVEN one of files to work
on, as given.py makes them. The models are trained by OLD. With EVERY only each
EVERY-th command line is run. With OLD and NEW the same program, what is tried
is that a command gives the same again.
"""
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile

WAIT_S = 300


def list_wishes():
    """Options of compose that name what is asked for."""
    one = {
        "key": ["C", "D minor", "F# minor", "Bb", "A dorian", "nowhere"],
        "scale": ["C D E G A", "A blues", "C major", "X Y"],
        "chords": ["C Am | F G7", "Dm | G7 | C | C", "C/E | H"],
        "programs": ["piano", "violin,cello", "drums", "flute,piano,bass",
                     "kazoo"],
        "range": ["violin:G3-E6", "C3-C5", "violin:", " ", ","],
        "meter": ["3/4", "6/8", "4/4", "5/7", "0/4"],
        "tempo": ["60", "132.5", "0", "fast"],
        "density": ["1", "4", "-1"],
        "polyphony": ["1", "2", "4", "0"],
        "style": ["chorale", "waltz", "blues", "chorale:0.7,blues:0.3",
                  "Chorale", "polka"],
        "bars": ["1", "4", "9", "0", "many"],
        "temperature": ["0.5", "1.4", "-1"],
        "top-k": ["1", "5"],
        "top-p": ["0.5", "0.95", "2"],
        "min-p": ["0", "0.3"],
        "threads": ["1", "2"],
    }
    lines = [[f"--{name}", value] for name, values in one.items()
             for value in values]
    lines += [
        ["--key", "G", "--meter", "3/4", "--bars", "8", "--programs", "violin"],
        ["--key", "D minor", "--chords", "Dm | A7", "--bars", "4"],
        ["--tempo", "100", "--density", "2", "--polyphony", "3"],
        ["--programs", "violin,cello", "--range", "cello:C2-C4", "--bars", "4"],
        ["--style", "waltz", "--key", "A minor", "--bars", "12", "--report",
         "report.json", "--explain", "why.json"],
        ["--bars", "4", "-n", "3"], ["--bars", "4", "-n", "4", "--best", "2"],
        ["--bars", "4", "--stream"], ["--loop", "--bars", "8"],
        ["--loop", "--bars", "4", "--meter", "3/4"],
        ["--bars", "4", "--report", "report.json"],
        ["--like", "music/waltz/waltz-01.mid", "--bars", "6"],
        ["--like", "given/rich.mid"], ["--like", "given/empty.mid"],
    ]
    return lines


WORDS = [
    "a chorale in D minor, 12 bars", "a slow sad waltz in D minor, 8 bars",
    "a happy march for brass", "jazz blues in F", "lullaby for flute and harp",
    "a drum beat, funky, 8 bars", "heavy metal with double bass drum, 180 bpm",
    "a tango for violin and accordion", "something like Mozart for piano",
    "calm ambient pad music, 2 minutes long", "a fugue in C minor for organ",
    "no drums please", "not too fast", "30 seconds of blues", "waltz without piano",
    "dark scary horror music in B flat minor", "", "4 bars", "xyzzy",
]


def list_work():
    """Work on music that is given."""
    waltz = "music/waltz/waltz-01.mid"
    lines = []
    for path in (waltz, "given/rich.mid", "given/short-30.mid",
                 "given/tail.mid", "given/early.mid"):
        lines += [["--prime", path, "--bars", "14"], ["--prime", path + ":2"],
                  ["--infill", path, "--fill", "2-3"],
                  ["--accompany", path, "--add", "flute"],
                  ["--vary", path], ["--harmonise", path]]
    lines += [
        ["--infill", waltz, "--fill", "1:2"], ["--infill", waltz],
        ["--infill", waltz, "--fill", "900"], ["--vary", waltz, "--strength", "0"],
        ["--vary", waltz, "--strength", "1"],
        ["--vary", waltz, "--strength", "1.5"],
        ["--accompany", waltz, "--add", "drums,strings"],
        ["--accompany", waltz, "--add", "kazoo"],
        ["--prime", "none.mid"], ["--prime", "broken.mid"],
        ["--prime", waltz, "--loop"],
        ["--infill", waltz, "--fill", "3", "--explain", "why.json"],
    ]
    return lines


def list_others():
    waltz = "music/waltz/waltz-01.mid"
    given = ["rich", "short-7", "tail", "upbeat", "bare", "empty", "dense"]
    lines = [["inspect", f"given/{name}.mid"] for name in given]
    lines += [["inspect", "--json", f"given/{name}.mid"] for name in given]
    lines += [
        ["inspect", "--notes", waltz], ["inspect", "music"],
        ["inspect", "--json", "music"], ["inspect", "model.safetensors"],
        ["inspect", "--json", "model.safetensors"], ["inspect", "broken.mid"],
        ["inspect", "none.mid"], ["inspect", "music", "--ledger", "l.jsonl"],
        ["styles", "-m", "model.safetensors"],
        ["styles", "-m", "model.safetensors", "--json"], ["styles", "-m", waltz],
        ["roundtrip", waltz], ["roundtrip", "--json", "music"],
        ["roundtrip", "given"], ["roundtrip", "broken.mid"],
        ["evaluate", "-m", "model.safetensors", "music"],
        ["evaluate", "-m", "model.safetensors", "music", "--json",
         "--split", "valid"],
        ["evaluate", "-m", "model.safetensors", waltz, "--without-controls"],
        ["evaluate", "-m", "small.safetensors", "music"],
        ["prepare", "music", "-o", "corpus"],
        ["prepare", "music", "-o", "corpus", "--scheme", "grid"],
        ["prepare", "given", "-o", "corpus", "--workers", "1"],
        ["prepare", "music", "-o", "corpus", "--part", "1/2"],
        ["prepare", "none", "-o", "corpus"],
        ["render", waltz, "-o", "o.wav"],
        ["render", "given/rich.mid", "-o", "o.wav", "--rate", "22050"],
        ["render", "given/bare.mid", "-o", "o.wav", "--format", "float"],
        ["render", waltz, "-o", "o.wav", "--gain", "99"],
        ["render", "given/empty.mid", "-o", "o.wav"],
        ["render", waltz, "-o", "o.mid"], ["render", "none.mid", "-o", "o.wav"],
        ["compose", "-m", "none.safetensors", "-o", "o.mid"],
        ["compose", "-m", waltz, "-o", "o.mid"],
        ["compose", "-m", "model.safetensors", "-o", "o.wav"],
        ["--help"], ["--version"], [], ["compose", "--help"], ["train", "--help"],
        ["compsoe"], ["render"], ["train", "music"],
        ["train", "none", "-o", "t.safetensors"],
        ["train", "music", "-o", "model.safetensors", "--steps", "2"],
    ]
    train = ["train", "music", "-o", "t.safetensors", "--seed", "4"]
    tiny = ["--size", "tiny", "--steps", "3", "--batch", "4", "--context", "32"]
    for more in ([], ["--model", "transformer"], ["--scheme", "grid"],
                 ["--scheme", "performance"], ["--optimizer", "sgd"],
                 ["--optimizer", "muon"], ["--augment", "none"],
                 ["--transpose", "random"], ["--balance", "1"],
                 ["--layers", "2", "--dropout", "0.1"], ["--size", "huge"],
                 ["--steps", "0"], ["--batch", "3"]):
        lines.append(train + tiny + more)
    return lines


def list_lines():
    compose = ["compose", "-m", "model.safetensors", "-o", "o.mid", "--seed", "5"]
    lines = [compose + wish for wish in list_wishes()]
    lines += [compose + ["--bars", "4", words] for words in WORDS]
    lines += [compose + work for work in list_work()]
    lines += [["compose", "-m", "small.safetensors", "-o", "o.mid", "--seed",
               str(seed), "--bars", "8"] for seed in range(4)]
    return lines + list_others()


def train(partita, folder):
    for name, more in (("model", []), ("small", ["--model", "transformer"])):
        subprocess.run(
            [partita, "train", "music", "-o", name + ".safetensors", "--seed",
             "1", "--size", "tiny", "--steps", "20"] + more,
            cwd=folder, check=True, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        shutil.rmtree(os.path.join(folder, name + ".run"))


def settle(text):
    """What is printed, without what no two runs have alike."""
    text = re.sub(rb"[^\n]*\r", b"", text)  # progress
    text = re.sub(rb"\x1b\[[0-9;]*[A-Za-z]", b"", text)
    text = re.sub(rb"(steps [0-9]+), [0-9]+ s", rb"\1, TIME", text)
    text = re.sub(rb"\b[0-9]+ tokens/s", b"SPEED", text)
    return re.sub(rb"\b[0-9]+:[0-9]{2} left", b"TIME", text)


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def list_files(folder):
    """Digests of what a command wrote; a training's own folder tells times."""
    found = {}
    for root, folders, files in os.walk(folder):
        folders[:] = [f for f in folders if not f.endswith(".run")]
        for file in files:
            path = os.path.join(root, file)
            found[os.path.relpath(path, folder)] = digest(path)
    return found


def run(partita, line, template):
    with tempfile.TemporaryDirectory() as folder:
        place = os.path.join(folder, "place")
        shutil.copytree(template, place, copy_function=os.link)
        environment = dict(os.environ, PATH=os.environ["PATH"], LC_ALL="C.UTF-8")
        done = subprocess.run([partita] + line, cwd=place, env=environment,
                              stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=WAIT_S)
        return {"exit status": done.returncode, "output": settle(done.stdout),
                "messages": settle(done.stderr), "files": list_files(place)}


def make_template(old, music, given, folder):
    shutil.copytree(music, os.path.join(folder, "music"))
    shutil.copytree(given, os.path.join(folder, "given"))
    with open(os.path.join(folder, "broken.mid"), "wb") as file:
        file.write(b"MThd\0\0\0\6\0\1\0\1")
    train(old, folder)
    for root, _, files in os.walk(folder):
        for file in files:
            os.chmod(os.path.join(root, file), 0o444)


def tell(line, before, after):
    print("differs: partita " + " ".join(repr(word) if " " in word or not word
                                         else word for word in line))
    for name in before:
        if before[name] != after[name]:
            print(f"  {name}: {before[name]!r}\n  now: {after[name]!r}")


def main():
    old, new = (os.path.abspath(path) for path in sys.argv[1:3])
    every = int(sys.argv[5]) if len(sys.argv) > 5 else 1
    lines = list_lines()[::every]
    different = 0
    with tempfile.TemporaryDirectory() as folder:
        template = os.path.join(folder, "template")
        make_template(old, sys.argv[3], sys.argv[4], template)
        for line in lines:
            before, after = (run(path, line, template) for path in (old, new))
            if before != after:
                different += 1
                tell(line, before, after)
    print(f"{len(lines) - different} of {len(lines)} command lines the same")
    return 1 if different > 0 else 0


if __name__ == "__main__":
    sys.exit(main())
