#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Kills a training again and again; it must end as if it had never stopped.

Usage: kill-train.py PARTITA MUSIC KILLS MODEL [RANKS]
Trains in the current folder: once whole, then killed by SIGKILL at random
times and resumed until the kills are used up and the run has come to its end.
Model and checkpoint must then have the SHA-256 of the whole run, a run of
another seed another one, and no temporary file may be left.
With RANKS it is trained by so many processes under mpirun, one of which is
killed, or by one alone, as chance has it. KILL_OPTIONS in the environment are
the options beside steps and checkpoints: empty, those of `partita train` itself.
"""
import hashlib
import json
import os
import random
import signal
import struct
import subprocess
import sys
import time

partita, music, kills, model = sys.argv[1:3] + [int(sys.argv[3]), sys.argv[4]]
ranks = int(sys.argv[5]) if len(sys.argv) > 5 else 1
seed = int(os.environ.get("KILL_SEED", time.time_ns() % 100000))
options = os.environ.get("KILL_OPTIONS", "--size tiny --batch 4").split()
chance = random.Random(seed)
STEPS = 24  # enough for a kill to come between two of them
print("KILL_SEED", seed)


def start(name, *more, processes=1):
    command = [partita, "train", music, "-o", name + ".safetensors", *options,
               "--model", model, "--steps", str(STEPS), "--checkpoint", "0.001", *more]
    if processes > 1:
        command = ["mpirun", "--oversubscribe", "-n", str(processes), *command]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL,
                            stderr=subprocess.PIPE)


def kill(run, processes):
    """Kills the run or one of its processes, and waits until all have ended;
    whether it had not come to its end."""
    running = run.poll() is None
    victim = run.pid
    if processes > 1 and running:
        path = f"/proc/{run.pid}/task/{run.pid}/children"
        victim = chance.choice(open(path).read().split() or [run.pid])
    if running:
        os.kill(int(victim), signal.SIGKILL)
    before = time.monotonic()
    errors = run.communicate(timeout=60)[1]
    if processes > 1 and int(victim) != run.pid:
        # The blow may fall when the victim's work is done.
        assert (run.returncode != 0 or not running or
                read_checkpoint("killed")[1] == expected[0]), \
            "a death nobody noticed"
        assert time.monotonic() - before < 20, "the others lived on"
    else:
        assert run.returncode in (0, -9), errors.decode()
    return running and run.returncode != 0


def end(run):
    _, errors = run.communicate(timeout=120)
    assert run.returncode == 0, errors.decode()


def read_checkpoint(name):
    """The step and the SHA-256 of the data; a torn file fails here."""
    with open(name + ".run/checkpoint.safetensors", "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    sha256 = hashlib.sha256(data).hexdigest()
    assert header["__metadata__"]["sha256"] == sha256, "a torn checkpoint"
    begin, stop = header["step"]["data_offsets"]
    return struct.unpack("<Q", data[begin:stop])[0], sha256


def read_model(name):
    with open(name + ".safetensors", "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def is_left(name):
    return os.path.exists(name + ".run/checkpoint.safetensors")


def count_lines():
    try:
        with open("killed.run/log.jsonl", "rb") as file:
            return file.read().count(b"\n")
    except FileNotFoundError:
        return 0


def wait_for_step(run):
    """Until the run has logged a step of its own, or has come to its end."""
    lines = count_lines()
    while run.poll() is None and count_lines() in (0, lines):
        time.sleep(0.005)


before = time.monotonic()
end(start("whole", processes=ranks))
whole_s = time.monotonic() - before
expected = read_checkpoint("whole")[1], read_model("whole")

steps = set()
done = ends = 0
while done < kills:
    processes = chance.choice([1, ranks, ranks])
    run = start("killed", *(["--resume"] if is_left("killed") else []),
                processes=processes)
    # Every other kill comes while it trains, the others at any time.
    if done % 2 == 0:
        wait_for_step(run)
        time.sleep(chance.uniform(0.0, 0.2) * whole_s)
    else:
        time.sleep(chance.uniform(0.02, 0.6 if ranks == 1 else 0.8) * whole_s)
    done += kill(run, processes)
    if is_left("killed"):
        steps.add(read_checkpoint("killed")[0])
    if run.returncode == 0:  # it came to its end: from the beginning again
        assert (read_checkpoint("killed")[1], read_model("killed")) == expected
        ends += 1
        os.remove("killed.run/checkpoint.safetensors")
        os.remove("killed.safetensors")
if is_left("killed"):
    end(start("killed", "--resume"))
else:
    end(start("killed"))
print(done, "kills, checkpoints at steps", sorted(steps), "and", ends + 1,
      "ends")
assert len(steps) > min(2, kills // 3), "the kills did not come while it trained"
assert (read_checkpoint("killed")[1], read_model("killed")) == expected

end(start("other", "--seed", "1"))
different = read_checkpoint("other")[1], read_model("other")
assert different[0] != expected[0] and different[1] != expected[1]

left = [name for folder in (".", "killed.run") for name in os.listdir(folder)
        if ".partita-" in name]
assert left == [], left
with open("killed.run/log.jsonl") as file:
    logged = [json.loads(line)["step"] for line in file]
assert logged == sorted(set(logged)) and logged[-1] == STEPS, logged
