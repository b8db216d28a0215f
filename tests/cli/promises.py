#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Composes pieces with random wishes and counts, with a reader of its own
(mido), how many of their promises the bytes of the files keep; then bars
without a note, and pieces with a key whose last chord is that of the tonic,
and has its third too.

usage: promises.py PARTITA MODEL PIECES [SEED]
"""

import json
import math
import os
import random
import subprocess
import sys
import tempfile

import mido

PITCH_CLASSES = "C Db D Eb E F F# G Ab A Bb B".split()
MAJOR = {0, 2, 4, 5, 7, 9, 11}
MINOR = {0, 2, 3, 5, 7, 8, 10}
SCALES = {
    "major": MAJOR,
    "minor": MINOR | {9, 11},
    "natural minor": MINOR,
    "harmonic minor": {0, 2, 3, 5, 7, 8, 11},
    "dorian": {0, 2, 3, 5, 7, 9, 10},
    "phrygian": {0, 1, 3, 5, 7, 8, 10},
    "lydian": {0, 2, 4, 6, 7, 9, 11},
    "mixolydian": {0, 2, 4, 5, 7, 9, 10},
    "pentatonic": {0, 2, 4, 7, 9},
    "minor pentatonic": {0, 3, 5, 7, 10},
    "blues": {0, 3, 5, 6, 7, 10},
}
CHORDS = {
    "C": ({0, 4, 7}, 0), "Am": ({9, 0, 4}, 9), "F": ({5, 9, 0}, 5),
    "G7": ({7, 11, 2, 5}, 7), "Dm": ({2, 5, 9}, 2), "E7": ({4, 8, 11, 2}, 4),
    "Cmaj7": ({0, 4, 7, 11}, 0), "G/B": ({7, 11, 2}, 11),
    "Bbm7": ({10, 1, 5, 8}, 10), "Bdim": ({11, 2, 5}, 11),
    "Fsus4": ({5, 10, 0}, 5), "Eaug": ({4, 8, 0}, 4),
}
PROGRAMS = {
    "violin": {40}, "viola": {41}, "cello": {42}, "flute": {73},
    "acoustic grand piano": {0}, "strings": set(range(40, 52)),
    "choir": {52, 53, 54}, "bass": set(range(32, 40)), "drums": {"drums"},
    "guitar": set(range(24, 32)),
}
METERS = ["4/4", "3/4", "2/4", "6/8", "2/2", "5/4", "9/8", "3/8"]


def note_name(pitch):
    return f"{PITCH_CLASSES[pitch % 12]}{pitch // 12 - 1}"


def draw(rng):
    """The options of one piece."""
    wishes = {"bars": str(rng.choice([1, 2, 4, 8, 12, 16, 24, 32]))}
    if rng.random() < 0.5:
        scale = rng.choice(["major", "minor"] * 4 + sorted(SCALES))
        wishes["key"] = f"{rng.choice(PITCH_CLASSES)} {scale}"
    if rng.random() < 0.15:
        wishes["scale"] = " ".join(rng.sample(PITCH_CLASSES, rng.randint(5, 9)))
    if rng.random() < 0.25:
        bars = [" ".join(rng.sample(sorted(CHORDS), rng.randint(1, 2)))
                for _ in range(rng.randint(1, 4))]
        wishes["chords"] = "| " + " | ".join(bars) + " |"
    if rng.random() < 0.4:
        names = rng.sample(sorted(PROGRAMS), rng.randint(1, 4))
        wishes["programs"] = ",".join(names)
    if rng.random() < 0.3:
        low = rng.randint(30, 65)
        wishes["range"] = f"{note_name(low)}-{note_name(low + rng.randint(7, 40))}"
    if rng.random() < 0.5:
        wishes["meter"] = rng.choice(METERS)
    if rng.random() < 0.5:
        wishes["tempo"] = f"{rng.uniform(40, 220):.1f}"
    if rng.random() < 0.3:
        wishes["density"] = f"{math.exp(rng.uniform(-0.5, 1.5)):.2f}"
    if rng.random() < 0.4:
        wishes["polyphony"] = str(rng.randint(1, 8))
    return wishes


class Piece:
    """A MIDI file as mido reads it."""

    def __init__(self, path):
        midi = mido.MidiFile(path)
        self.beat = midi.ticks_per_beat
        self.notes = []  # (onset, end, pitch, program)
        self.meters, self.tempos, self.keys = [], [], []
        self.end = 0
        for track in midi.tracks:
            self.read(track)
        self.notes.sort(key=lambda note: (note[0], note[2]))
        self.bars = self.lay_bars()

    def read(self, track):
        now, programs, held = 0, {}, {}
        for event in track:
            now += event.time
            if event.type == "time_signature":
                self.meters.append((now, event.numerator, event.denominator))
            elif event.type == "set_tempo":
                self.tempos.append((now, event.tempo))
            elif event.type == "key_signature":
                self.keys.append((now, event.key))
            elif event.type == "program_change":
                programs[event.channel] = event.program
            elif event.type == "note_on" and event.velocity > 0:
                held.setdefault((event.channel, event.note), []).append(now)
            elif event.type in ("note_on", "note_off"):
                onset = held[event.channel, event.note].pop(0)
                program = ("drums" if event.channel == 9
                           else programs.get(event.channel, 0))
                self.notes.append((onset, now, event.note, program))
        assert not any(held.values()), "a note that never ends"
        self.end = max(self.end, now)

    def lay_bars(self):
        bars, start = [], 0
        while start < self.end or not bars:
            numerator, denominator = [
                m[1:] for m in [(0, 4, 4)] + sorted(self.meters)
                if m[0] <= start][-1]
            length = 4 * self.beat * numerator // denominator
            bars.append((start, length, f"{numerator}/{denominator}"))
            start += length
        return bars

    def bar_of(self, tick):
        return max(i for i, bar in enumerate(self.bars) if bar[0] <= tick)


def scale_of(wishes):
    """Its pitch classes and its tonic, each None if not asked for."""
    tonic, scale = None, None
    if "key" in wishes:
        name, kind = wishes["key"].split(" ", 1)
        tonic = PITCH_CLASSES.index(name)
        scale = {(tonic + step) % 12 for step in SCALES[kind]}
    if "scale" in wishes:
        scale = {PITCH_CLASSES.index(name) for name in wishes["scale"].split()}
    return scale, tonic


def closing_of(wishes, n_bars):
    """The chord to end on and its bass."""
    if "chords" in wishes:
        grid = wishes["chords"].strip("| ").split(" | ")
        return CHORDS[grid[(n_bars - 1) % len(grid)].split()[-1]]
    scale, tonic = scale_of(wishes)
    if tonic is None:
        return None
    kind = SCALES[wishes["key"].split(" ", 1)[1]]
    third = 3 if 3 in kind and 4 not in kind else 4
    return {(tonic + step) % 12 for step in (0, third, 7)} & scale, tonic


def spans(wishes, piece):
    """Where each chord of the grid begins and ends."""
    grid = wishes["chords"].strip("| ").split(" | ")
    found = []
    for i, (start, length, _) in enumerate(piece.bars):
        names = grid[i % len(grid)].split()
        for k, name in enumerate(names):
            ends = []
            for at in (k, k + 1):
                at = length * at // len(names)
                if len(names) * piece.beat <= length:
                    at = (at + piece.beat // 2) // piece.beat * piece.beat
                else:
                    at -= at % (piece.beat // 12)
                ends.append(at)
            if k + 1 == len(names):
                ends[1] = length
            found.append((start + ends[0], start + ends[1], CHORDS[name]))
    return found


def follows(note, grid, passing, piece):
    onset, end, pitch, _ = note
    over = [span for span in grid if span[0] < end and span[1] > onset]
    start, until, (chord, bass) = over[0]
    if onset == start and pitch < 48 and pitch % 12 != bass:
        return False
    if pitch % 12 in chord:
        return all(pitch % 12 in span[2][0] for span in over)
    beat = (onset - piece.bars[piece.bar_of(onset)][0]) % piece.beat
    return (beat != 0 and onset != start and pitch % 12 in passing
            and end - onset < piece.beat and end <= until)


def broken(wishes, piece):
    """Names of the promises that the piece does not keep."""
    bad = []

    def promise(name, kept):
        if not kept:
            bad.append(name)

    pitched = [note for note in piece.notes if note[3] != "drums"]
    scale, tonic = scale_of(wishes)
    promise("bars", len(piece.bars) == int(wishes["bars"])
            and piece.bars[-1][0] + piece.bars[-1][1] == piece.end)
    promise("notes in every bar", {piece.bar_of(note[0]) for note in piece.notes}
            == set(range(len(piece.bars))))
    if scale is not None:
        promise("scale", pitched and all(n[2] % 12 in scale for n in pitched))
    if tonic is not None:
        kind = SCALES[wishes["key"].split(" ", 1)[1]]
        minor = 3 in kind and 4 not in kind
        key = piece.keys[0][1] if len(piece.keys) == 1 else ""
        fifths = key.rstrip("m").replace("#", "")
        index = ("CxDxEFxGxAxB".index(fifths[:1] or "x")
                 + key.count("#") - fifths[1:].count("b")) % 12
        promise("signature", key.endswith("m") == minor and index == tonic)
    closing = closing_of(wishes, len(piece.bars))
    if closing is not None:
        last = pitched[-1][0]
        sounding = [n[2] for n in pitched if n[1] > last]
        promise("ending", last >= piece.bars[-1][0]
                and all(p % 12 in closing[0] for p in sounding)
                and min(sounding) % 12 == closing[1])
    if "chords" in wishes:
        grid = spans(wishes, piece)
        passing = (scale if scale is not None else
                   set().union(*(CHORDS[name][0] for name in
                                 wishes["chords"].replace("|", " ").split())))
        promise("chords", all(follows(n, grid, passing, piece) for n in pitched))
    if "range" in wishes:
        names = [note_name(p) for p in range(128)]
        low, high = (names.index(n) for n in wishes["range"].split("-"))
        promise("range", all(low <= n[2] <= high for n in pitched))
    if "meter" in wishes:
        promise("meter", all(b[2] == wishes["meter"] for b in piece.bars))
    if "tempo" in wishes:
        promise("tempo", piece.tempos
                == [(0, math.floor(6e7 / float(wishes["tempo"]) + 0.5))])
    if "programs" in wishes:
        groups = [PROGRAMS[name] for name in wishes["programs"].split(",")]
        used = {note[3] for note in piece.notes}
        promise("programs", used <= set().union(*groups)
                and all(used & group for group in groups))
    if "density" in wishes:
        wanted = float(wishes["density"]) * piece.end / piece.beat
        promise("density", abs(len(piece.notes) - wanted) <= 0.19 * wanted + 1)
    if "polyphony" in wishes:
        promise("polyphony", all(
            sum(o <= n[0] < e for o, e, _, _ in pitched)
            <= int(wishes["polyphony"]) for n in pitched))
    return bad


class Tally:
    """What the pieces are as music, whether it was asked for or not."""

    def __init__(self):
        self.bars = self.empty = self.keys = self.tonics = self.full = 0

    def add(self, wishes, piece):
        self.bars += len(piece.bars)
        self.empty += len(piece.bars) - len({piece.bar_of(note[0])
                                             for note in piece.notes})
        if wishes.get("key", "").split(" ")[-1] not in ("major", "minor"):
            return
        _, tonic = scale_of(wishes)
        third = (tonic + (3 if wishes["key"].endswith("minor") else 4)) % 12
        pitched = [note for note in piece.notes if note[3] != "drums"]
        last = max(note[0] for note in pitched)
        sounding = [note[2] for note in pitched if note[1] > last]
        chord = {pitch % 12 for pitch in sounding}
        if "chords" in wishes:
            return  # which say what it ends on
        self.keys += 1
        self.tonics += (last >= piece.bars[-1][0]
                        and chord <= {tonic, third, (tonic + 7) % 12}
                        and min(sounding) % 12 == tonic)
        self.full += {tonic, third} <= chord

    def __str__(self):
        return (f"bars without a note: {self.empty} of {self.bars}; "
                f"with a key, ends on the tonic's chord: {self.tonics} of "
                f"{self.keys}, with its third: {self.full}")


def compose(partita, model, wishes, seed, path, report):
    command = [partita, "compose", "-m", model, "-o", path, "--seed", str(seed),
               "--report", report]
    for name, value in wishes.items():
        command += [f"--{name}", value]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def main():
    partita, model, pieces = sys.argv[1], sys.argv[2], int(sys.argv[3])
    rng = random.Random(int(sys.argv[4]) if len(sys.argv) > 4 else 1)
    kept = granted = refused = 0
    bad = []
    tally = Tally()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "piece.mid")
        report = os.path.join(folder, "report.json")
        while granted < pieces:
            wishes, seed = draw(rng), rng.randrange(1 << 32)
            done = compose(partita, model, wishes, seed, path, report)
            if done.returncode == 1 and not os.path.exists(path):
                refused += 1  # by name, before anything is composed
                assert len(done.stderr.splitlines()) == 1, done.stderr
                assert "failed" not in done.stderr, (wishes, done.stderr)
                continue
            granted += 1
            piece = Piece(path)
            failed = broken(wishes, piece)
            tally.add(wishes, piece)
            with open(report, encoding="utf-8") as text:
                said = all(p["kept"] for p in json.load(text)[0]["promises"])
            if done.returncode != 0 or failed or not said:
                bad.append((wishes, seed, failed, done.stderr))
            else:
                kept += 1
            os.remove(path)
    print(f"promises kept in {kept} of {granted} pieces, {refused} refused")
    print(tally)
    for wishes, seed, failed, words in bad[:5]:
        print("broken:", failed, "seed", seed, wishes, words.strip())
    return kept != granted


if __name__ == "__main__":
    sys.exit(main())
