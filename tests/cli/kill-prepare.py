#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Kills a prepare again and again; the corpus must come out as if it had not.

Usage: kill-prepare.py PARTITA MUSIC KILLS
Makes a folder of several hundred pieces of those in MUSIC, and prepares it in
the current folder: once whole, then killed by SIGKILL at random times until the
kills are used up. A corpus that was there before must stay whole meanwhile, and
in the end the bytes must be those of the whole run.
"""
import glob
import os
import random
import shutil
import subprocess
import sys
import time

partita, music, kills = sys.argv[1], sys.argv[2], int(sys.argv[3])
seed = int(os.environ.get("KILL_SEED", time.time_ns() % 100000))
chance = random.Random(seed)
print("KILL_SEED", seed)

pieces = sorted(glob.glob(music + "/*/*.mid"))
os.mkdir("songs")


def add(numbers):
    """Copies that differ by an event at their beginning, so none is another."""
    for n in numbers:
        with open(pieces[n % len(pieces)], "rb") as file:
            data = bytearray(file.read())
        start = data.index(b"MTrk")
        length = int.from_bytes(data[start + 4:start + 8], "big")
        word = b"%06d" % n
        data[start + 4:start + 8] = (length + 10).to_bytes(4, "big")
        data[start + 8:start + 8] = b"\0\xff\x01\x06" + word
        with open("songs/%d.mid" % n, "wb") as file:
            file.write(data)


def start(corpus):
    return subprocess.Popen([partita, "prepare", "songs", "-o", corpus],
                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def end(corpus):
    run = start(corpus)
    errors = run.communicate(timeout=300)[1]
    assert run.returncode == 0, errors.decode()


def read(corpus):
    files = {}
    for name in os.listdir(corpus):
        with open(os.path.join(corpus, name), "rb") as file:
            files[name] = file.read()
    return files


def inspect(corpus):
    return subprocess.run([partita, "inspect", "--json", corpus], check=True,
                          capture_output=True).stdout


add(range(200))
end("killed")
first = inspect("killed")
add(range(200, 800))
before = time.monotonic()
end("whole")
whole_s = time.monotonic() - before
expected = read("whole")

done = kept = 0
for _ in range(10 * kills):
    if done == kills:
        break
    run = start("killed")
    time.sleep(chance.uniform(0.05, 0.9) * whole_s)
    run.kill()
    errors = run.communicate()[1]
    assert run.returncode in (0, -9), errors.decode()
    done += run.returncode == -9
    if run.returncode == -9:
        kept += inspect("killed") == first
    else:
        assert read("killed") == expected
    if inspect("killed") != first:  # it came to its end: from the old one again
        shutil.rmtree("killed")
        for n in range(200, 800):
            os.rename("songs/%d.mid" % n, "%d.mid" % n)
        end("killed")
        for n in range(200, 800):
            os.rename("%d.mid" % n, "songs/%d.mid" % n)
end("killed")
print(done, "kills;", kept, "left the corpus as it was")
assert done == kills and kept > 0
assert read("killed") == expected
