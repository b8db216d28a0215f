#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Holds `partita render` against the program fluidsynth on real files.

    compare-fluidsynth.py PARTITA SOUNDFONT FOLDER:N...

Takes N files of each folder, drawn with a fixed seed, and plays each with both
programs. Each second of each side (left, right) becomes a
spectrum; a file's figure is the correlation of all its spectra, one after the
other, so that level and side count as pitch and timbre do, and only a gain that
is the same throughout does not. Prints a line a file, then the median and how
many are below. Needs numpy.
"""

import pathlib
import random
import subprocess
import sys
import tempfile
import wave

import numpy

RATE = 22050
WINDOW = 2048
SECONDS_MAX = 600


def read(path):
    with wave.open(str(path)) as sound:
        frames = sound.readframes(sound.getnframes())
    return numpy.frombuffer(frames, "<i2").reshape(-1, 2) / 32768.0


def spectra(sound):
    """Mean magnitudes, shape [seconds, 2, WINDOW / 2 + 1]."""
    shape = numpy.hanning(WINDOW)[:, None]
    rows = []
    for at in range(0, len(sound) - RATE + 1, RATE):
        second = sound[at : at + RATE]
        frames = [
            numpy.abs(numpy.fft.rfft(second[i : i + WINDOW] * shape, axis=0))
            for i in range(0, RATE - WINDOW, WINDOW // 2)
        ]
        rows.append(numpy.mean(frames, axis=0).T)
    return numpy.array(rows)


def correlate(a, b):
    n = min(len(a), len(b), SECONDS_MAX)
    return float(numpy.corrcoef(a[:n].ravel(), b[:n].ravel())[0, 1])


def play(command, out):
    out.unlink(missing_ok=True)
    done = subprocess.run(command, capture_output=True, text=True, timeout=900)
    if done.returncode != 0 or not out.exists():
        return None, done.stderr.strip()
    return read(out), done.stderr.strip()


def compare(partita, soundfont, path, folder):
    ours = folder / "ours.wav"
    theirs = folder / "theirs.wav"
    a, said = play(
        [partita, "render", path, "-o", ours, "--rate", str(RATE), "--soundfont",
         soundfont], ours)
    if a is None:
        return None, said
    b, _ = play(
        ["fluidsynth", "-ni", "-q", "-r", str(RATE), "-O", "s16", "-T", "wav", "-F",
         theirs, soundfont, path], theirs)
    if b is None or len(b) < RATE:
        return None, "fluidsynth plays nothing of it"
    return correlate(spectra(a), spectra(b)), said


def draw(wishes):
    chance = random.Random(1)
    files = []
    for wish in wishes:
        folder, _, n = wish.rpartition(":")
        found = sorted(p for p in pathlib.Path(folder).rglob("*")
                       if p.suffix.lower() in (".mid", ".midi", ".kar", ".rmi"))
        files += chance.sample(found, int(n))
    return files


def main():
    partita, soundfont = sys.argv[1:3]
    values = []
    with tempfile.TemporaryDirectory() as name:
        for path in draw(sys.argv[3:]):
            figure, said = compare(partita, soundfont, path, pathlib.Path(name))
            said = said.replace("\n", "; ")
            shown = "-" if figure is None else f"{figure:.4f}"
            print(f"{shown}\t{path}\t{said}", flush=True)
            if figure is not None:
                values.append(figure)
    print(f"files={len(values)} median={numpy.median(values):.4f} "
          f"below_0.99={sum(v < 0.99 for v in values)} "
          f"below_0.9={sum(v < 0.9 for v in values)}")


if __name__ == "__main__":
    main()
