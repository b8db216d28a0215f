#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Bits a note with and without byte-pair merges of `remi` tokens.

Needs Debian's python3-torch.

    bench/bench-merges.py BUILD/libpartita.so FOLDER SECONDS MERGES...

Merges are learnt within bars from the pieces of FOLDER to learn from (Sennrich,
Haddow and Birch 2016, arXiv:1508.07909). For each number of them an LSTM of
PyTorch learns for SECONDS of one thread's processor time, and what is held out
is measured then. The sum of log-likelihoods counts one way to spell each
piece with merges, so it is a bound, as it is wherever merges are used.
"""
import ctypes
import math
import random
import sys
import time

import numpy
import torch
from torch import nn
from torch.nn import functional

ROWS, STEPS = 32, 128
WIDTH, HIDDEN, DROPOUT = 128, 256, 0.1
RATE, CLIP = 4e-3, 1.0
SEED = 1


class Options(ctypes.Structure):
    """PartitaCorpusOptions"""

    _fields_ = [
        ("scheme", ctypes.c_char_p),
        ("valid_share", ctypes.c_double),
        ("seed", ctypes.c_uint64),
        ("common_key", ctypes.c_bool),
        ("workers", ctypes.c_uint),
        ("cancellable", ctypes.c_void_p),
        ("progress", ctypes.c_void_p),
        ("progress_data", ctypes.c_void_p),
    ]


class Piece(ctypes.Structure):
    """PartitaPiece"""

    _fields_ = [
        ("n", ctypes.c_size_t),
        ("valid", ctypes.c_bool),
        ("ledger_index", ctypes.c_size_t),
        ("notes", ctypes.c_uint32),
        ("n_styles", ctypes.c_uint32),
        ("content", ctypes.c_uint64),
        ("shift", ctypes.c_int8),
    ]


class Array(ctypes.Structure):
    """GArray"""

    _fields_ = [("data", ctypes.c_void_p), ("len", ctypes.c_uint)]


def load(path):
    """The library, and GLib as it has it, with the types that are no ints."""
    library = ctypes.CDLL(path)
    for name, result, arguments in [
        ("partita_corpus_read", "p", "ppp"),
        ("partita_corpus_get_n_pieces", ctypes.c_size_t, "p"),
        ("partita_corpus_get_piece", Piece, ["p", ctypes.c_size_t]),
        (
            "partita_corpus_get_ids",
            None,
            ["p", ctypes.c_size_t, ctypes.c_uint32, ctypes.POINTER(Array)],
        ),
        ("partita_corpus_get_scheme", "p", "p"),
        ("partita_scheme_get_vocab_size", ctypes.c_size_t, "p"),
        (
            "partita_scheme_token_type",
            ctypes.c_char_p,
            ["p", ctypes.c_uint16],
        ),
        ("g_array_new", ctypes.POINTER(Array), [ctypes.c_int] * 2 + [ctypes.c_uint]),
    ]:
        function = getattr(library, name)
        function.restype = ctypes.c_void_p if result == "p" else result
        function.argtypes = [ctypes.c_void_p if a == "p" else a for a in arguments]
    return library


def read(library, folder):
    """Pieces to learn from and held out, notes of the latter, types of ids."""
    options = Options(scheme=b"remi", seed=SEED, common_key=True)
    corpus = library.partita_corpus_read(
        folder.encode(), ctypes.byref(options), None
    )
    if not corpus:
        sys.exit(f"{folder}: no corpus")
    pieces = {False: [], True: []}
    n_notes = 0
    array = library.g_array_new(0, 0, 2)
    for i in range(library.partita_corpus_get_n_pieces(corpus)):
        piece = library.partita_corpus_get_piece(corpus, i)
        library.partita_corpus_get_ids(corpus, i, 0, array)
        ids = ctypes.string_at(array.contents.data, 2 * array.contents.len)
        pieces[piece.valid].append(numpy.frombuffer(ids, "uint16").astype(int))
        n_notes += piece.notes if piece.valid else 0
    scheme = library.partita_corpus_get_scheme(corpus)
    types = [
        library.partita_scheme_token_type(scheme, i)
        for i in range(library.partita_scheme_get_vocab_size(scheme))
    ]
    return pieces[False], pieces[True], n_notes, types


def find(ids, pair):
    """Where the pair stands, from left to right, none over another."""
    places = numpy.flatnonzero((ids[:-1] == pair[0]) & (ids[1:] == pair[1]))
    if pair[0] == pair[1]:
        kept = []
        for place in places:
            if not kept or place > kept[-1] + 1:
                kept.append(place)
        places = numpy.array(kept, dtype=int)
    return places


def merge(ids, pair, new):
    """The ids with a new one for each pair."""
    places = find(ids, pair)
    ids = ids.copy()
    ids[places] = new
    return numpy.delete(ids, places + 1)


class Merges:
    """Pairs of ids, which may be merges before them, by how often they stand."""

    def __init__(self, pieces, types, n):
        self.n_ids = len(types)
        self.pairs = []
        # No merge reaches into the next bar, or the next piece.
        starts = [t in (b"Bar", b"Bos") for t in types]
        ids = numpy.concatenate(pieces)
        for _ in range(n):
            inside = ~numpy.array(starts)[ids[1:]]
            keys = (ids[:-1] * self.n_ids + ids[1:])[inside]
            found, counts = numpy.unique(keys, return_counts=True)
            pair = divmod(int(found[counts.argmax()]), self.n_ids)
            ids = merge(ids, pair, self.n_ids)
            starts.append(starts[pair[0]])
            self.pairs.append(pair)
            self.n_ids += 1

    def spell(self, ids):
        """The ids with all merges, in the order they were learnt."""
        base = self.n_ids - len(self.pairs)
        for i, pair in enumerate(self.pairs):
            ids = merge(ids, pair, base + i)
        return ids


class Model(nn.Module):
    """Embedding, LSTM, output."""

    def __init__(self, n_ids):
        super().__init__()
        self.embedding = nn.Embedding(n_ids, WIDTH)
        self.lstm = nn.LSTM(WIDTH, HIDDEN, batch_first=True)
        self.dropout = nn.Dropout(DROPOUT)
        self.output = nn.Linear(HIDDEN, n_ids)

    def forward(self, ids, state):
        """Nats of all ids but the first of each row, summed; the state after."""
        hidden, state = self.lstm(self.dropout(self.embedding(ids[:, :-1])), state)
        logits = self.output(self.dropout(hidden))
        return (
            functional.cross_entropy(
                logits.flatten(0, 1), ids[:, 1:].flatten(), reduction="sum"
            ),
            state,
        )


def deal(pieces, chance):
    """Chunks of all pieces in a new order, without end: shape [ROWS, STEPS + 1]."""
    while True:
        chance.shuffle(pieces)
        ids = torch.from_numpy(numpy.concatenate(pieces))
        rows = ids[: len(ids) // ROWS * ROWS].view(ROWS, -1)
        for at in range(0, rows.shape[1] - STEPS, STEPS):
            yield rows[:, at : at + STEPS + 1]


def measure(model, pieces):
    """Nats of the pieces together, each from an empty state."""
    model.eval()
    with torch.no_grad():
        nats = sum(model(torch.from_numpy(p)[None], None)[0].item() for p in pieces)
    return nats


def learn(train, valid, n_ids, seconds):
    """Nats of what is held out, and ids that were learnt from."""
    torch.manual_seed(SEED)
    model = Model(n_ids)
    adam = torch.optim.Adam(model.parameters(), RATE)
    n, spent, state = 0, 0.0, None
    for ids in deal(list(train), random.Random(SEED)):
        start = time.process_time()
        for group in adam.param_groups:
            group["lr"] = RATE * 0.5 * (1.05 + math.cos(math.pi * spent / seconds))
        loss, state = model(ids, state)
        state = tuple(s.detach() for s in state)
        adam.zero_grad()
        (loss / (ROWS * STEPS)).backward()
        nn.utils.clip_grad_norm_(model.parameters(), CLIP)
        adam.step()
        n += ROWS * STEPS
        spent = min(seconds, spent + time.process_time() - start)
        if spent >= seconds:
            return measure(model, valid), n


def main():
    """Prints a line for each number of merges."""
    library, folder, seconds, *counts = sys.argv[1:]
    torch.set_num_threads(1)
    train, valid, n_notes, types = read(load(library), folder)
    n_plain = sum(map(len, train))
    for count in map(int, counts):
        merges = Merges(train, types, count)
        spelt = [[merges.spell(p) for p in pieces] for pieces in (train, valid)]
        n_ids = sum(map(len, spelt[0]))
        nats, n = learn(*spelt, merges.n_ids, float(seconds))
        print(
            f"merges={count}\tids={merges.n_ids}\tshorter={n_plain / n_ids:.2f}\t"
            f"passes={n / n_ids:.2f}\tids_per_s={n / float(seconds):.0f}\t"
            f"bits_per_note={nats / math.log(2) / n_notes:.3f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
