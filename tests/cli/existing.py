#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Works on music in random ways and compares, with a reader of its own (mido),
every event of what was given with what came out: nothing else was touched.

usage: existing.py PARTITA MODEL PIECES SEED FILE...
"""

import collections
import json
import os
import random
import re
import subprocess
import sys
import tempfile

import mido

Note = collections.namedtuple("Note", "program onset end pitch velocity")


# How the event of a time signature begins.
METER = bytes([0xff, 0x58])
# Of files whose signatures the program overrules, the metres that it counts in
# and the bars that it counts.
overruled = {}


def find_overruled(partita, path):
    """(nullable): metres by their ticks, and how many bars, where partita inspect
    says that it counts the bars of the file otherwise than it is signed."""
    told = subprocess.run([partita, "inspect", "--json", path],
                          capture_output=True, text=True).stdout
    found = re.search(r"bars counted in (\d+)/(\d+) from tick (\d+)", told)
    if found is None:
        return None
    numerator, denominator, tick = map(int, found.groups())
    meter = (numerator, denominator)
    return {0: meter, tick: meter}, json.loads(told)["bars"]


def read(path):
    """Ticks a quarter, notes, the tick of the end, tracks and bar lines. A key
    that is struck again ends the note that sounds."""
    file = mido.MidiFile(path, clip=True)
    notes, end, meters = [], 0, {}
    tracks = []
    for track in file.tracks:
        tick, programs, open_, own = 0, {}, {}, []

        def end_note(key):
            if key in open_:
                program, onset, velocity = open_.pop(key)
                own.append(Note(program, onset, tick, key[1], velocity))

        for message in track:
            tick += message.time
            if message.type == "time_signature":
                meters[tick] = (message.numerator, message.denominator)
            elif message.type == "program_change":
                programs[message.channel] = message.program
            elif message.type == "note_on" and message.velocity > 0:
                key = (message.channel, message.note)
                program = ("drums" if message.channel == 9
                           else programs.get(message.channel, 0))
                end_note(key)
                open_[key] = (program, tick, message.velocity)
            elif message.type in ("note_on", "note_off"):
                end_note((message.channel, message.note))
        end = max(end, tick)
        notes += own
        if own:
            tracks.append(own)
    return (file.ticks_per_beat, notes, end, tracks,
            lay_bars(file.ticks_per_beat, end,
                     overruled[path][0] if overruled.get(path) else meters))


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


def list_events(path):
    """Of each track its events as (tick, kind, bytes), without the end, and
    without signatures that are overruled."""
    tracks = []
    for track in mido.MidiFile(path, clip=True).tracks:
        tick, events = 0, []
        for message in track:
            tick += message.time
            if message.type == "end_of_track":
                continue
            data = bytes(message.bytes())
            if overruled.get(path) and data[:2] == METER:
                continue
            kind = "other"
            if message.type == "note_on" and message.velocity > 0:
                kind = "on"
            elif message.type in ("note_on", "note_off"):
                kind, data = "off", bytes([message.channel, message.note])
            events.append((tick, kind, data))
        tracks.append(events)
    return tracks


def list_orphans(path):
    """Releases that end nothing, as list_events() has them."""
    orphans = collections.Counter()
    for events in list_events(path):
        sounding = set()
        for event in events:
            key = (event[2][0] & 0x0f, event[2][1]) if len(event[2]) > 1 else None
            if event[1] == "on":
                sounding.add(key)
            elif event[1] == "off" and key in sounding:
                sounding.remove(key)
            elif event[1] == "off":
                orphans[event] += 1
    return orphans


def find_bar(lines, ppq, tick):
    """The bar of an onset: less than a 64th early is in time."""
    bar = 0
    while bar + 2 < len(lines) and (
            lines[bar + 1] <= tick or
            (lines[bar + 1] - tick) * 4 < min(ppq // 4,
                                              lines[bar + 1] - lines[bar])):
        bar += 1
    return bar


def compare(before, after):
    """Events of a file that another has not: onsets, releases, others; and the
    onsets that it has besides, in those tracks and in new ones. Tracks keep
    their order; new ones may come between them."""
    lost = {"on": [], "off": [], "other": []}
    new = []
    inside = []
    at = 0
    for events in before:
        wanted = collections.Counter(events)
        best = None
        for i in range(at, len(after)):
            gone = wanted - collections.Counter(after[i])
            if best is None or sum(gone.values()) < sum(best[0].values()):
                best = (gone, i)
        if best is None:
            return {"on": [], "off": [], "other": ["a whole track"]}, [], []
        for event in best[0].elements():
            lost[event[1]].append(event)
        inside += [e for e in (collections.Counter(after[best[1]]) -
                               wanted).elements() if e[1] == "on"]
        for skipped in after[at:best[1]]:
            new += [e for e in skipped if e[1] == "on"]
        at = best[1] + 1
    for more in after[at:]:
        new += [e for e in more if e[1] == "on"]
    return lost, inside + new, inside


def find_fault(path, out, may_go=None):
    """(nullable): what of the file is not as it was, but for onsets that may
    go, and releases where some may."""
    lost, _, _ = compare(list_events(path), list_events(out))
    if lost["other"]:
        return f"{len(lost['other'])} events are lost: {lost['other'][:3]}"
    onsets = [e for e in lost["on"] if may_go is None or not may_go(e)]
    if onsets:
        return f"onsets are lost: {onsets[:3]}"
    if may_go is None and lost["off"]:
        return f"releases are lost: {lost['off'][:3]}"
    return None


def missing(wanted, there):
    """Notes of the first list that the second has not, each counted once."""
    return sum((collections.Counter(wanted) - collections.Counter(there)).values())


def run(partita, model, *arguments):
    return subprocess.run(
        [partita, "compose", "-m", model, *map(str, arguments)],
        capture_output=True, text=True)


def cut_ends(path, ppq, notes, end, lines):
    """Bar lines as a musician counts: a file may go on in silence, and a tail, a
    late end or the moment before a performance begins makes no bar."""
    last = max(find_bar(lines, 1, n.end - 1) for n in notes)
    lines = lines[:last + 3]
    if len(lines) > 2 and min(end, lines[-1]) - lines[-2] <= ppq // 8 and not any(
            find_bar(lines, ppq, n.onset) == len(lines) - 2 for n in notes):
        lines = lines[:-1]
    if len(lines) > 2 and lines[1] <= ppq // 8 and not any(
            find_bar(lines, ppq, n.onset) == 0 for n in notes):
        lines = lines[1:]
    # How far a file is believed to go on in silence follows from how it is signed.
    if overruled.get(path):
        lines = lines[:overruled[path][1] + 1]
    return lines


def try_infill(rng, go, path, out):
    ppq, before, end, tracks, whole = read(path)
    lines = cut_ends(path, ppq, before, end, whole)
    bars = len(lines) - 1
    first = rng.randint(1, bars)
    last = rng.randint(first, min(bars, first + 7))
    track = rng.randint(1, len(tracks)) if rng.random() < 0.5 else None
    fill = f"{first}-{last}" + (f":{track}" if track else "")
    result = go("--infill", path, "--fill", fill)
    if result.returncode != 0:
        return fill, result.stderr.strip()
    _, _, end_after, _, lines_after = read(out)
    low, high = lines[first - 1], lines[last]

    def lies_within(onset):
        return first - 1 <= find_bar(lines, ppq, onset[0]) <= last - 1

    _, new, _ = compare(list_events(path), list_events(out))
    fault = find_fault(path, out, lies_within)
    if fault is not None:
        return fill, fault
    if any(not low <= onset[0] < high for onset in new):
        return fill, "a note came outside the bars"
    if lines_after[lines_after.index(lines[0]):][:len(lines)] != lines:
        return fill, "it has other bars"
    return fill, None if end_after <= whole[-1] else "it is longer"


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
    fault = find_fault(path, out)
    if fault is not None:
        return ",".join(names), fault
    for name in names:
        if not any(n.program in families[name] for n in new):
            return ",".join(names), f"{name} does not play"
    if compare(list_events(path), list_events(out))[2]:
        return ",".join(names), "an instrument that was there got new notes"
    ppq, _, _, _, lines = read(path)
    late = sum(lines[find_bar(lines, ppq, n.onset) + 1] - n.onset <= ppq // 12
               for n in new if n.onset < lines[-1])
    if len(new) > 24 and late * 4 > len(new):
        return ",".join(names), f"{late} of {len(new)} at the end of a bar"
    return ",".join(names), None


def try_vary(rng, go, path, out):
    strength = rng.choice([0, 0.2, 0.5, 0.8, 1])
    result = go("--vary", path, "--strength", strength)
    if result.returncode != 0:
        return str(strength), result.stderr.strip()
    ppq, before, _, tracks, lines = read(path)
    _, _, end_after, _, _ = read(out)
    fault = find_fault(path, out, lambda onset: strength > 0)
    if fault is not None:
        return str(strength), fault
    if end_after > lines[-1]:
        return str(strength), "it is longer"
    # What it has taken out; a note may be written again as it was.
    told = re.search(r"given: (\d+)/", result.stdout)
    gone = len(before) - int(told.group(1))
    bars = collections.Counter(
        (t, find_bar(lines, ppq, n.onset))
        for t, track in enumerate(tracks) for n in track)
    if abs(gone - strength * len(before)) > max(bars.values()):
        return str(strength), f"{gone} of {len(before)} were written anew"
    return str(strength), None


def try_harmonise(rng, go, path, out):
    result = go("--harmonise", path)
    if result.returncode != 0:
        refused = ("lower than three voices", "there is no melody")
        return "", (None if any(words in result.stderr for words in refused)
                    else result.stderr.strip())
    ppq, after, _, tracks, _ = read(out)
    if len(tracks) < 2:
        return "", "there are no voices"
    line, voices = tracks[0], [n for track in tracks[1:] for n in track]
    _, before, _, _, _ = read(path)
    given = collections.Counter(n[1:] for n in before)
    if any(given[n[1:]] == 0 for n in line):
        return "", "the line is not as it was"
    fault = find_fault(path, out, lambda onset: True)
    if fault is not None:
        return "", fault
    grid = ppq // 12
    if any(n.onset % grid or n.end % grid for n in line):
        return "", None
    for note in line:
        sounding = [v for v in voices if v.onset <= note.onset < v.end]
        if len(sounding) != 3:
            return "", f"{len(sounding)} voices at {note.onset}"
        if any(v.pitch >= note.pitch for v in sounding):
            return "", f"a voice over the line at {note.onset}"
    return "", None


def try_prime(rng, go, path, out):
    ppq, before, end, _, lines = read(path)
    lines = cut_ends(path, ppq, before, end, lines)
    last = lines[-1]
    more = rng.randint(1, 6)
    bars = len(lines) - 1 + more
    result = go("--prime", path, "--bars", bars)
    if result.returncode != 0:
        return str(bars), result.stderr.strip()
    lost, new, _ = compare(list_events(path), list_events(out))
    # A release that ends nothing might end what is new.
    lost["off"] = list((collections.Counter(lost["off"]) -
                        list_orphans(path)).elements())
    # A tempo, metre or key with the end would act on what is new; and our own
    # files say where they end.
    lost["other"] = [e for e in lost["other"]
                     if e[0] < last or not (e[2][1] in (0x51, 0x58, 0x59) or
                                            b"partita\0" in e[2])]
    if any(lost.values()):
        return str(bars), f"events are lost: {[v[:2] for v in lost.values()]}"
    if any(onset[0] < last for onset in new):
        return str(bars), "a new note lies before the new bars"
    _, _, _, _, lines_after = read(out)
    found = len(lines_after) - 1 - lines_after.index(lines[0])
    if found != bars:
        return str(bars), f"it has {found} bars"
    return str(bars), None


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
            "harmonise": try_harmonise, "loop": try_loop, "prime": try_prime}
    kept = 0
    counts = {name: [0, 0] for name in ways}
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "out.mid")
        for i in range(int(pieces)):
            name = rng.choice(sorted(ways))
            path = rng.choice(files)
            if path not in overruled:
                overruled[path] = find_overruled(partita, path)

            def go(*arguments):
                return run(partita, model, *arguments, "-o", out, "--seed",
                           int(seed) * 100000 + i)

            what, fault = ways[name](rng, go, path, out)
            kept += fault is None
            counts[name][fault is None] += 1
            if fault is not None:
                print(f"{name} {what} of {path}, seed "
                      f"{int(seed) * 100000 + i}: {fault}")
    for name, (bad, good) in sorted(counts.items()):
        print(f"{name}: {good} of {bad + good}")
    print(f"kept {kept} of {pieces}")
    return 0 if kept == int(pieces) else 1


if __name__ == "__main__":
    sys.exit(main())
