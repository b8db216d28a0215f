#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Works on music in random ways and counts, with a reader of its own (mido),
whether what was given is still there and nothing else was touched.

usage: existing.py PARTITA MODEL PIECES SEED FILE...
"""

import collections
import os
import random
import subprocess
import sys
import tempfile

import mido

Note = collections.namedtuple("Note", "program onset end pitch velocity")


def read(path):
    """Ticks a quarter, notes, the tick of the end, tracks and bar lines."""
    file = mido.MidiFile(path)
    notes, end, meters = [], 0, {}
    tracks = []
    for track in file.tracks:
        tick, programs, open_, own = 0, {}, {}, []
        for message in track:
            tick += message.time
            if message.type == "time_signature":
                meters[tick] = (message.numerator, message.denominator)
            elif message.type == "program_change":
                programs[message.channel] = message.program
            elif message.type == "note_on" and message.velocity > 0:
                key = (message.channel, message.note)
                open_.setdefault(key, []).append((tick, message.velocity))
            elif message.type in ("note_on", "note_off"):
                key = (message.channel, message.note)
                if not open_.get(key):
                    continue
                onset, velocity = open_[key].pop(0)
                program = ("drums" if message.channel == 9
                           else programs.get(message.channel, 0))
                own.append(Note(program, onset, tick, message.note, velocity))
        end = max(end, tick)
        notes += own
        if own:
            tracks.append(own)
    return (file.ticks_per_beat, notes, end, tracks,
            lay_bars(file.ticks_per_beat, end, meters))


def lay_bars(ppq, end, meters):
    """Where bars begin, and where the last one ends; a bar ends where the
    metre changes."""
    lines = [0]
    length = 4 * ppq
    while lines[-1] < end or len(lines) < 2:
        if lines[-1] in meters:
            numerator, denominator = meters[lines[-1]]
            length = 4 * ppq * numerator // denominator
        changes = [tick for tick in meters
                   if lines[-1] < tick < min(end, lines[-1] + length)]
        lines.append(min(changes, default=lines[-1] + length))
    return lines


def missing(wanted, there):
    """Notes of the first list that the second has not, each counted once."""
    return sum((collections.Counter(wanted) - collections.Counter(there)).values())


def run(partita, model, *arguments):
    return subprocess.run(
        [partita, "compose", "-m", model, *map(str, arguments)],
        capture_output=True, text=True)


def try_infill(rng, go, path, out):
    _, before, _, tracks, lines = read(path)
    bars = len(lines) - 1
    first = rng.randint(1, bars)
    last = rng.randint(first, min(bars, first + 7))
    track = rng.randint(1, len(tracks)) if rng.random() < 0.5 else None
    fill = f"{first}-{last}" + (f":{track}" if track else "")
    result = go("--infill", path, "--fill", fill)
    if result.returncode != 0:
        return fill, result.stderr.strip()
    _, after, end_after, _, _ = read(out)
    low, high = lines[first - 1], lines[last]
    open_ = tracks[track - 1] if track else before
    touched = [n for n in open_ if low <= n.onset < high]
    rest = list((collections.Counter(before) - collections.Counter(touched)).elements())
    new = list((collections.Counter(after) - collections.Counter(rest)).elements())
    if missing(rest, after):
        return fill, f"{missing(rest, after)} of {len(rest)} others are not as they were"
    if any(not low <= n.onset < high for n in new):
        return fill, "a note came outside the bars"
    if any(n.end > high for n in new):
        return fill, "a new note goes on past the bars"
    return fill, None if end_after <= lines[-1] else "it is longer"


def try_accompany(rng, go, path, out):
    _, before, _, _, _ = read(path)
    has = {n.program for n in before}
    families = {"strings": set(range(40, 52)), "bass": set(range(32, 40)),
                "piano": set(range(0, 6)), "drums": {"drums"}, "flute": {73}}
    free = [name for name, programs in families.items() if programs - has]
    names = rng.sample(free, rng.randint(1, min(3, len(free))))
    result = go("--accompany", path, "--add", ",".join(names))
    if result.returncode != 0:
        return ",".join(names), result.stderr.strip()
    _, after, _, _, _ = read(out)
    new = list((collections.Counter(after) - collections.Counter(before)).elements())
    if missing(before, after):
        return ",".join(names), f"{missing(before, after)} given notes are lost"
    for name in names:
        if not any(n.program in families[name] for n in new):
            return ",".join(names), f"{name} does not play"
    if any(n.program in has for n in new):
        return ",".join(names), "an instrument that was there got new notes"
    return ",".join(names), None


def try_vary(rng, go, path, out):
    strength = rng.choice([0, 0.2, 0.5, 0.8, 1])
    result = go("--vary", path, "--strength", strength)
    if result.returncode != 0:
        return str(strength), result.stderr.strip()
    _, before, _, _, lines = read(path)
    _, after, end_after, _, _ = read(out)
    if strength == 0 and collections.Counter(before) != collections.Counter(after):
        return str(strength), "something changed"
    if end_after > lines[-1]:
        return str(strength), "it is longer"
    return str(strength), None


def try_harmonise(rng, go, path, out):
    result = go("--harmonise", path)
    if result.returncode != 0:
        return "", (None if "lower than three voices" in result.stderr
                    else result.stderr.strip())
    ppq, after, _, tracks, _ = read(out)
    if len(tracks) < 2:
        return "", "there are no voices"
    line, voices = tracks[0], [n for track in tracks[1:] for n in track]
    _, before, _, _, _ = read(path)
    given = collections.Counter(n[1:] for n in before)
    if any(given[n[1:]] == 0 for n in line):
        return "", "the line is not as it was"
    grid = ppq // 12
    for note in line:
        if note.onset % grid or (note.end - note.onset) % grid:
            continue
        sounding = [v for v in voices if v.onset <= note.onset < v.end]
        if len(sounding) != 3:
            return "", f"{len(sounding)} voices at {note.onset}"
        if any(v.pitch >= note.pitch for v in sounding):
            return "", f"a voice over the line at {note.onset}"
    return "", None


def try_loop(rng, go, path, out):
    bars = rng.choice([1, 2, 3, 4, 8, 12, 16])
    meter = rng.choice(["4/4", "3/4", "6/8"])
    result = go("--loop", "--bars", bars, "--meter", meter)
    if result.returncode != 0:
        return f"{bars}", result.stderr.strip()
    _, after, end, _, lines = read(out)
    if end != lines[-1] or len(lines) != bars + 1:
        return f"{bars}", f"{end} ticks, not {bars} bars"
    if any(n.end > end for n in after):
        return f"{bars}", "a note is held past the end"
    return f"{bars}", None


def main():
    partita, model, pieces, seed = sys.argv[1:5]
    files = sys.argv[5:]
    rng = random.Random(int(seed))
    ways = {"infill": try_infill, "accompany": try_accompany, "vary": try_vary,
            "harmonise": try_harmonise, "loop": try_loop}
    kept = 0
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "out.mid")
        for i in range(int(pieces)):
            name = rng.choice(sorted(ways))
            path = rng.choice(files)

            def go(*arguments):
                return run(partita, model, *arguments, "-o", out, "--seed",
                           int(seed) * 100000 + i)

            what, fault = ways[name](rng, go, path, out)
            kept += fault is None
            if fault is not None:
                print(f"{name} {what} of {path}, seed "
                      f"{int(seed) * 100000 + i}: {fault}")
    print(f"kept {kept} of {pieces}")
    return 0 if kept == int(pieces) else 1


if __name__ == "__main__":
    sys.exit(main())
