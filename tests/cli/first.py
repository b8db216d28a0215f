#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What test-first.sh cannot say in a line.

usage: first.py pieces PARTITA REPORT FILE...
       first.py progress PARTITA FOLDER
"""

import fcntl
import json
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import termios

COLUMNS = (20, 50, 100)
COPIES = 6


def check_pieces(partita, report, files):
    """Each promises an ending and keeps it; each has a pitched instrument, and
    tracks that bear names."""
    with open(report, encoding="utf-8") as file:
        pieces = json.load(file)
    assert len(pieces) == len(files), len(pieces)
    for piece in pieces:
        endings = [p for p in piece["promises"] if p["name"] == "ending"]
        assert len(endings) == 1 and endings[0]["kept"], piece
    for name in files:
        out = subprocess.run([partita, "inspect", "--json", name], check=True,
                             capture_output=True).stdout
        assert json.loads(out)["programs"], f"{name}: drums alone"
        notes = subprocess.run([partita, "inspect", "--notes", name], check=True,
                               capture_output=True, text=True).stdout
        for line in notes.split("\n"):
            assert not re.match(r"   {11}", line), f"no name: {line}"


def look(command, columns):
    """What the command writes to a terminal of so many columns."""
    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    run = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=child)
    os.close(child)
    seen = b""
    while True:
        try:
            more = os.read(parent, 65536)
        except OSError:
            break
        if not more:
            break
        seen += more
    assert run.wait() == 0, seen
    os.close(parent)
    return seen.decode()


def check_progress(partita, folder):
    """Each line that is drawn anew fits; after a second it has the time left."""
    with tempfile.TemporaryDirectory() as heap:
        for copy in range(COPIES):
            for style in sorted(os.listdir(folder)):
                for name in os.listdir(os.path.join(folder, style)):
                    shutil.copy(os.path.join(folder, style, name),
                                os.path.join(heap, f"{copy}-{style}-{name}"))
        for columns in COLUMNS:
            for command in ("roundtrip", "inspect"):
                seen = look([partita, command, heap], columns)
                lines = [re.sub("\033\\[K|\n", "", line)
                         for line in seen.split("\r")]
                drawn = [line for line in lines if " %" in line]
                print(command, columns, len(drawn), drawn[-1:])
                assert drawn, seen
                for line in drawn:
                    assert len(line) < columns, (columns, line)
                assert len(drawn) < 15 or any(
                    re.search(r"\d:\d\d left", line) for line in drawn), drawn


def main():
    kind, partita, *rest = sys.argv[1:]
    if kind == "pieces":
        check_pieces(partita, rest[0], rest[1:])
    else:
        check_progress(partita, rest[0])


main()
