#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes music such as users have, byte by byte, for work on it.

usage: given.py FOLDER
"""

import os
import struct
import sys


def quantity(value):
    digits = [value & 0x7F]
    while value > 0x7F:
        value >>= 7
        digits.insert(0, value & 0x7F | 0x80)
    return bytes(digits)


def track(events):
    """Of (tick, bytes) in any order; those of one tick in the order given."""
    data, at = b"", 0
    for tick, event in sorted(events, key=lambda e: e[0]):
        data += quantity(tick - at) + event
        at = tick
    data += b"\0\xff\x2f\0"
    return b"MTrk" + struct.pack(">I", len(data)) + data


def meta(type_, contents):
    return bytes([0xFF, type_]) + quantity(len(contents)) + contents


def note(channel, key, velocity, tick, length):
    return [(tick, bytes([0x90 | channel, key, velocity])),
            (tick + length, bytes([0x80 | channel, key, 17]))]


def tempo(quarters):
    return meta(0x51, round(6e7 / quarters).to_bytes(3, "big"))


def meter(numerator, log):
    return meta(0x58, bytes([numerator, log, 24, 8]))


def save(folder, name, *tracks):
    with open(os.path.join(folder, name), "wb") as file:
        file.write(b"MThd" + struct.pack(">IHHH", 6, 1, len(tracks), 480))
        file.write(b"".join(tracks))


def line(channel, ticks, length=480):
    return [e for i, tick in enumerate(ticks)
            for e in note(channel, 60 + (0, 2, 4, 5, 7)[i % 5], 90, tick, length)]


def make_rich(folder):
    """All that a file may hold besides notes."""
    conductor = [
        (0, meta(0x02, b"(c) nobody")), (0, tempo(110)), (0, meter(4, 2)),
        (0, meta(0x59, b"\x07\x00")), (0, b"\xf0\x05\x7e\x7f\x09\x01\xf7"),
        (960, meta(0x06, b"verse")), (1920, tempo(117)),
        (3840, meta(0x07, b"a cue")), (1000, meta(0x7F, b"\x43\x7b\x01"))]
    voice = [(0, meta(0x03, b"\x83\x65\x83\x58\x83\x67")),  # Shift-JIS
             (0, b"\xb3\x00\x02"), (0, b"\xb3\x20\x01"), (0, b"\xc3\x10"),
             (0, b"\xb3\x07\x50"), (0, b"\xb3\x0a\x20"), (0, b"\xb3\x65\x00"),
             (0, b"\xb3\x64\x00"), (0, b"\xb3\x06\x0c"), (0, b"\xe3\x00\x48"),
             (700, b"\xd3\x30"), (710, b"\xa3\x3c\x30"), (7000, b"\xb3\x40\x7f")]
    voice += line(3, range(0, 7680, 480))
    voice += [(t, meta(0x05, b"la")) for t in range(0, 7680, 480)]
    voice += [e for i, t in enumerate((940, 1096, 1192, 1288, 1384, 1480))
              for e in note(3, 76 + i, 21 + i, t, 20 if i == 0 else 90)]
    left = [(0, meta(0x03, "\u041b\u0435\u0432\u0430\u044f".encode("cp1251"))),
            (0, b"\xc4\x10")] + line(4, range(0, 7680, 960), 900)
    drums = [(0, b"\xc9\x19")] + [
        e for t in range(0, 7680, 480) for e in note(9, 36, 90, t, 100)]
    save(folder, "rich.mid", track(conductor), track(voice), track(left),
         track(drums))


def make_odd_bars(folder):
    quarters = list(range(0, 5760, 480))
    for short in (7, 30, 60, 90):
        bar = 1920 - short
        ticks = quarters[:8] + [1920 + bar + t for t in quarters]
        changes = [(0, meter(4, 2)), (1920 + bar, meter(4, 2))]
        events = changes + line(0, [t for t in ticks if not
                                    3840 - short <= t < 3840] , 400)
        save(folder, f"short-{short}.mid", track(events))


def make_fragments(folder):
    """Played 44 ticks behind the beat, in four, and signed a quarter a bar."""
    events = [(0, meter(1, 2))]
    for bar in range(24):
        begin = 44 + 1920 * bar
        events += note(1, 36 + bar % 3 * 5, 100, begin, 1800)
        events += line(0, range(begin + 480, begin + 1920, 480), 400)
    save(folder, "behind.mid", track(events))


def make_edges(folder):
    quarters = list(range(0, 7680, 480))
    save(folder, "tail.mid",
         track(line(0, quarters[:-1]) + note(0, 60, 90, quarters[-1], 510)))
    early = [0, 480, 960, 1440, 1908, 2400, 2880, 3360, 3828, 4320]
    save(folder, "early.mid", track(line(0, early)))
    save(folder, "upbeat.mid",
         track(line(0, [0, 480, 1915] + quarters[4:])))
    save(folder, "bare.mid", track(line(0, quarters) +
                                   [(0, b"\xb0\x40\x7f"), (0, b"\xe0\x00\x60")]))


def make_models_of(folder):
    """What --like is asked to take after; nothing to work on."""
    save(folder, "empty.mid", track([(0, meter(4, 2))]))
    save(folder, "dense.mid",
         track([(0, meter(2, 2))] + line(0, range(0, 3840, 80), 80)))
    save(folder, "metres.mid",
         track([(0, meter(4, 2)), (7680, meter(2, 2)), (8640, meter(4, 2))] +
               line(0, range(0, 16320, 480))))
    save(folder, "whole.mid",
         track([(0, meter(1, 0))] + line(0, range(0, 7680, 480))))


def main():
    for make in (make_rich, make_odd_bars, make_fragments, make_edges,
                 make_models_of):
        make(sys.argv[1])


if __name__ == "__main__":
    main()
