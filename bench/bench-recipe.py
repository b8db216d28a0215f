#!/usr/bin/env python3
# Copyright 2026 The Partita developers
# SPDX-License-Identifier: MIT
"""Trains Partita and a peer on the same pieces; prints bits a note side by side.

usage: bench-recipe.py [--minutes M,M...] [--threads N] [--peer-minutes M]
                       [--train OPTION...] PARTITA PEER WORK FOLDER...

PEER is a PyTorch script that trains `--arm lstm --minutes M --threads N
FOLDER...`, and that reads a file by its own function read(), from a line
"# ---- notes ----" on; it holds out every 12th piece that read() gives and
measures 40 of these. Partita trains on the same pieces and is measured on the
same 40. WORK is a folder for the links and models. Bits a note are those of
bars, positions, programs, pitches and lengths: velocities, tempos and metres,
which the peer does not know, are left aside. The peer measures the first 400
notes of each piece, Partita the whole piece.

With --minutes 0 or --peer-minutes 0 that side is left out.
"""
import argparse
import json
import math
import os
import re
import subprocess
import sys

LEFT_ASIDE = {"Velocity", "Tempo", "Meter"}
N_MEASURED = 40


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", default="0.5,1,5,8")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--peer-minutes", type=float, default=8)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--train", default="", help="options of partita train")
    parser.add_argument("partita")
    parser.add_argument("peer")
    parser.add_argument("work")
    parser.add_argument("folders", nargs="+")
    return parser.parse_args()


def find_pieces(peer, folders):
    """The files that the peer trains on, in its order."""
    with open(peer, encoding="utf-8") as file:
        source = file.read()
    begin = source.index("# ---- notes ----")
    end = source.index("pieces = [x for x in map(read, paths)")
    names = {"a": argparse.Namespace(folders=folders)}
    exec("import glob, math, os\nimport mido\nimport numpy as np\n", names)
    exec(source[begin:end], names)
    return [path for path in names["paths"] if names["read"](path) is not None]


def link(work, side, path, folders):
    folder = next(f for f in folders if path.startswith(f))
    style = os.path.basename(folder.rstrip("/"))
    name = os.path.relpath(path, folder).replace("/", "_")
    target = os.path.join(work, "music", side, style)
    os.makedirs(target, exist_ok=True)
    os.symlink(os.path.abspath(path), os.path.join(target, name))


def lay_out(options):
    """The peer's split as folders of links."""
    pieces = find_pieces(options.peer, options.folders)
    held = pieces[::12]
    measured = {held[i * len(held) // N_MEASURED] for i in range(N_MEASURED)}
    for i, path in enumerate(pieces):
        if i % 12:
            link(options.work, "train", path, options.folders)
        elif path in measured:
            link(options.work, "valid", path, options.folders)


def measure(options, model):
    """Bits a note by type of token, and of those that the peer knows."""
    out = subprocess.run(
        [options.partita, "evaluate", "-m", model,
         os.path.join(options.work, "music"), "--split", "valid", "--json"],
        check=True, stdout=subprocess.PIPE).stdout
    found = json.loads(out)
    bits = {kind: row["tokens"] * row["nll"] / math.log(2) / found["notes"]
            for kind, row in found["by_type"].items()}
    return sum(v for k, v in bits.items() if k not in LEFT_ASIDE), bits


def count_notes(model, steps):
    """Notes that a training read: its steps, in notes by the corpus' mean."""
    with open(model, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    settings = json.loads(header["__metadata__"]["settings"])
    training = json.loads(header["__metadata__"]["training"])
    tokens = training["tokens"] + training["valid_tokens"]
    read = steps * settings["batch"] * settings["context"]
    return read * training["notes"] / tokens, settings


def run_partita(options, minutes):
    model = os.path.join(options.work, f"model-{minutes:g}.safetensors")
    out = subprocess.run(
        [options.partita, "train", os.path.join(options.work, "music"),
         "-o", model, "--minutes", f"{minutes:g}", "--seed",
         str(options.seed), "--threads", str(options.threads), "--force"]
        + options.train.split(),
        check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        text=True).stdout
    steps = int(re.search(r"steps (\d+)", out).group(1))
    seconds = int(re.search(r", (\d+) s", out).group(1))
    notes, settings = count_notes(model, steps)
    total, bits = measure(options, model)
    shape = (f"{settings['architecture']} {settings['layers']} x "
             f"{settings['hidden']}, {settings['batch']} x "
             f"{settings['context']}")
    print(f"partita\t{seconds / 60:.2f} minutes\t{steps} steps\t"
          f"{notes:.0f} notes\t{total:.3f} bits/note\t{shape}\t"
          + " ".join(f"{k} {v:.3f}" for k, v in bits.items() if v >= 0.005),
          flush=True)


def run_peer(options):
    run = subprocess.Popen(
        [sys.executable, options.peer, "--arm", "lstm", "--minutes",
         f"{options.peer_minutes:g}", "--threads", str(options.threads)]
        + options.folders, stdout=subprocess.PIPE, text=True)
    for line in run.stdout:
        if line.startswith("minutes"):
            print("peer\t" + line.strip(), flush=True)
    if run.wait() != 0:
        sys.exit("the peer failed")


def main():
    options = parse()
    if not os.path.exists(os.path.join(options.work, "music")):
        lay_out(options)
    for minutes in map(float, options.minutes.split(",")):
        if minutes > 0:
            run_partita(options, minutes)
    if options.peer_minutes > 0:
        run_peer(options)


if __name__ == "__main__":
    main()
