#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The two networks in PyTorch, in double: the numbers of torch-numbers.h.

Needs Debian's python3-torch. From the root of the repository:

    tests/reference/torch-model.py > tests/reference/torch-numbers.h

Weights, inputs, targets and resets are those that test-torch.c has: Philox at
the same places, in the layout that src/model documents. Nothing else is
shared: layers, gradients and AdamW are PyTorch's own.
"""
import math
import sys

import torch
from torch import nn
from torch.nn import functional

STEPS, ROWS = 72, 3  # steps: more than a block of attention
UPDATES, CHUNKS = 10, 2  # few chunks, so that they are learnt
VOCAB, FIELD, FIELDS = 31, 5, 2
SEED, DATA_SEED = 1, 2
FOR_WEIGHTS, FOR_CORPUS = 1, 8
RATE, BETAS, EPSILON, DECAY, CLIP = 0.02, (0.9, 0.98), 1e-8, 0.05, 0.4
MUON_BETA = 0.95

LSTM = {"width": 20, "hidden": 36, "layers": 2}
TRANSFORMER = {"width": 20, "hidden": 36, "layers": 2, "heads": 2}


def philox(seed, purpose, step, index):
    """Philox4x32-10 (Salmon et al. 2011) on the counter of base/philox.h."""
    mask = 0xFFFFFFFF
    c = [index & mask, purpose << 24 ^ step >> 32, step & mask, index >> 32]
    k = [seed & mask, seed >> 32]
    for _ in range(10):
        a, b = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [b >> 32 ^ c[1] ^ k[0], b & mask, a >> 32 ^ c[3] ^ k[1], a & mask]
        k = [k[0] + 0x9E3779B9 & mask, k[1] + 0xBB67AE85 & mask]
    return c


def below(step, index, n):
    return philox(DATA_SEED, FOR_CORPUS, step, index)[0] * n >> 32


class Weights:
    """Fresh weights, in the order of the model's flat vector."""

    def __init__(self):
        self.at = 0
        self.tensors = []  # of (name, parameter, whether it decays)

    def add(self, name, shape, bound, decay, fill=None):
        n = math.prod(shape)
        values = []
        for i in range(self.at, self.at + n):
            bits = philox(SEED, FOR_WEIGHTS, 0, i // 4)[i % 4]
            values.append(((bits >> 8) * 2.0**-23 - 1.0) * bound)
        data = torch.tensor(values).reshape(shape)
        if fill is not None:
            fill(data)
        self.at += n
        self.tensors.append((name, nn.Parameter(data), decay))
        return self.tensors[-1][1]

    def linear(self, name, outputs, inputs, bound):
        return (self.add(name + ".weight", (outputs, inputs), bound, True),
                self.add(name + ".bias", (outputs,), 0.0, False))

    def norm(self, name, width):
        return (self.add(name + ".weight", (width,), 0.0, False,
                         lambda x: x.fill_(1.0)),
                self.add(name + ".bias", (width,), 0.0, False))

    def embeddings(self, width):
        return [self.add(f"embed.{f}.weight", (size, width),
                         math.sqrt(3.0) * deviation, False)
                for f, (size, deviation) in enumerate(((VOCAB, 1.0),
                                                       (FIELD, 0.02)))]


def embed(tables, inputs):
    return sum(functional.embedding(inputs[:, :, f], table)
               for f, table in enumerate(tables))


class Lstm:
    def __init__(self, width, hidden, layers):
        self.weights = weights = Weights()
        self.embeddings = weights.embeddings(width)
        self.lstm = nn.LSTM(width, hidden, layers)
        bound = 1 / math.sqrt(hidden)

        def open_forget_gates(bias):
            bias[hidden:2 * hidden] = 1.0

        for i in range(layers):
            n = width if i == 0 else hidden
            first = math.sqrt(3 / n) if i == 0 else 2 * bound
            parts = {
                "weight_ih": weights.add(f"lstm.{i}.weight_ih",
                                         (4 * hidden, n), first, True),
                "weight_hh": weights.add(f"lstm.{i}.weight_hh",
                                         (4 * hidden, hidden), bound, True),
                "bias_ih": weights.add(f"lstm.{i}.bias", (4 * hidden,), 0.0,
                                       False, open_forget_gates),
                "bias_hh": nn.Parameter(torch.zeros(4 * hidden),
                                        requires_grad=False),
            }
            for name, value in parts.items():
                setattr(self.lstm, f"{name}_l{i}", value)
        self.norm = weights.norm("norm", hidden)
        self.head = weights.linear("head", VOCAB, hidden, bound)
        self.state = tuple(torch.zeros(layers, ROWS, hidden)
                           for _ in range(2))

    def forward(self, inputs, reset):
        """PyTorch's LSTM knows no resets, so it goes a step at a time."""
        state = tuple(x.detach() for x in self.state)
        out = []
        for t, x in enumerate(embed(self.embeddings, inputs)):
            keep = (1.0 - reset[t].to(x.dtype))[None, :, None]
            h, state = self.lstm(x[None], tuple(s * keep for s in state))
            out.append(h)
        self.state = state
        x = torch.cat(out)
        x = functional.layer_norm(x, (x.shape[-1],), *self.norm)
        return functional.linear(x, *self.head)


def turn(x):
    """Rotary positions (Su et al. 2021); x is [rows, heads, steps, dim]."""
    steps, dim = x.shape[-2:]
    rate = 10000.0 ** (-2.0 * torch.arange(dim // 2) / dim)
    angle = torch.arange(steps)[:, None] * rate
    a, b = x[..., :dim // 2], x[..., dim // 2:]
    return torch.cat((a * angle.cos() - b * angle.sin(),
                      a * angle.sin() + b * angle.cos()), -1)


def mask_of(reset):
    """True where step s of a row sees step t: [rows, 1, steps, steps]."""
    piece = reset.cumsum(0).T
    same = piece[:, :, None] == piece[:, None, :]
    return (same & torch.ones_like(same).tril())[:, None]


class Transformer:
    def __init__(self, width, hidden, layers, heads):
        self.weights = weights = Weights()
        self.heads = heads
        self.embeddings = weights.embeddings(width)
        share = 1 / math.sqrt(2 * layers)
        bound = math.sqrt(3 / width)
        self.layers = []
        for i in range(layers):
            name = f"layer.{i}."
            self.layers.append({
                "norm1": weights.norm(name + "norm1", width),
                "qkv": weights.linear(name + "qkv", 3 * width, width, bound),
                "out": weights.linear(name + "out", width, width,
                                      share * bound),
                "norm2": weights.norm(name + "norm2", width),
                "up": weights.linear(name + "up", hidden, width, bound),
                "down": weights.linear(name + "down", width, hidden,
                                       share * math.sqrt(3 / hidden)),
            })
        self.norm = weights.norm("norm", width)
        self.head = weights.linear("head", VOCAB, width, 0.25 * bound)

    def attend(self, x, layer, mask):
        steps, rows, width = x.shape
        qkv = functional.linear(x, *layer["qkv"])
        q, k, v = qkv.reshape(steps, rows, 3, self.heads, -1).permute(
            2, 1, 3, 0, 4)
        scores = turn(q) @ turn(k).transpose(-1, -2)
        scores = scores / math.sqrt(q.shape[-1])
        weights = scores.masked_fill(~mask, -math.inf).softmax(-1)
        out = (weights @ v).permute(2, 0, 1, 3).reshape(steps, rows, width)
        return functional.linear(out, *layer["out"])

    def forward(self, inputs, reset):
        mask = mask_of(reset)
        x = embed(self.embeddings, inputs)
        width = (x.shape[-1],)
        for layer in self.layers:
            y = functional.layer_norm(x, width, *layer["norm1"])
            x = x + self.attend(y, layer, mask)
            y = functional.layer_norm(x, width, *layer["norm2"])
            y = functional.linear(y, *layer["up"])
            y = functional.gelu(y, approximate="tanh")
            x = x + functional.linear(y, *layer["down"])
        x = functional.layer_norm(x, width, *self.norm)
        return functional.linear(x, *self.head)


def make_chunk(number):
    cells = STEPS * ROWS
    inputs = [below(number, 4 * i + f, size)
              for i in range(cells) for f, size in enumerate((VOCAB, FIELD))]
    targets = [below(number, 4 * i + 2, VOCAB + 1) - 1 for i in range(cells)]
    reset = [int(below(number, 4 * i + 3, 40) == 0) for i in range(cells)]
    return (torch.tensor(inputs, dtype=torch.int64).reshape(STEPS, ROWS, 2),
            torch.tensor(targets, dtype=torch.int64).reshape(STEPS, ROWS),
            torch.tensor(reset, dtype=torch.int64).reshape(STEPS, ROWS))


class Muon(torch.optim.Optimizer):
    """Jordan et al. 2024, with the step of Liu et al. 2025, equation 4."""

    def __init__(self, parameters):
        super().__init__(parameters, {})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                m = self.state[p].setdefault("m", torch.zeros_like(p))
                m.lerp_(p.grad, 1 - MUON_BETA)
                x = m.lerp(p.grad, 1 - MUON_BETA)
                tall = x.shape[0] > x.shape[1]
                x = x.T if tall else x
                x = x / (x.norm() + 1e-7)
                for _ in range(5):
                    a = x @ x.T
                    x = 3.4445 * x + (-4.7750 * a + 2.0315 * a @ a) @ x
                x = x.T if tall else x
                p.mul_(1 - RATE * DECAY)
                p.sub_(RATE * 0.2 * math.sqrt(max(x.shape)) * x)


def is_hidden(name):
    return ".weight_" in name


def make_optimizers(tensors, muon):
    """AdamW, and Muon for the matrices between hidden layers."""
    hidden = [p for name, p, _ in tensors if muon and is_hidden(name)]
    rest = [(p, decays) for name, p, decays in tensors
            if not (muon and is_hidden(name))]
    groups = [{"params": [p for p, decays in rest if decays == wanted],
               "weight_decay": DECAY if wanted else 0.0}
              for wanted in (True, False)]
    adamw = torch.optim.AdamW(groups, lr=RATE, betas=BETAS, eps=EPSILON)
    return [adamw, Muon(hidden)] if hidden else [adamw]


def project(x):
    """One number in which the place of every other one counts."""
    flat = x.detach().reshape(-1)
    return float((flat * torch.arange(len(flat)).to(flat).cos()).sum())


def train(model, muon):
    tensors = model.weights.tensors
    optimizers = make_optimizers(tensors, muon)
    numbers = {"losses": [], "norms": []}
    for number in range(UPDATES):
        inputs, targets, reset = make_chunk(number % CHUNKS)
        logits = model.forward(inputs, reset)
        loss = functional.cross_entropy(logits.reshape(-1, VOCAB),
                                        targets.reshape(-1), ignore_index=-1)
        for optimizer in optimizers:
            optimizer.zero_grad()
        loss.backward()
        if number == 0:
            # The last step of each row: all that it saw is in it.
            numbers["logits"] = logits[-1].detach().reshape(-1).tolist()
            numbers["gradients"] = [project(p.grad) for _, p, _ in tensors]
        norm = torch.sqrt(sum((p.grad**2).sum() for _, p, _ in tensors))
        if norm > CLIP:
            for _, p, _ in tensors:
                p.grad *= CLIP / norm
        for optimizer in optimizers:
            optimizer.step()
        numbers["losses"].append(loss.item())
        numbers["norms"].append(norm.item())
    numbers["weights"] = [project(p) for _, p, _ in tensors]
    return numbers


def show(name, values):
    print(f"static const double {name}[] = {{")
    for value in values:
        print(f"  {value:.12g},")
    print("};")


def main():
    torch.set_default_dtype(torch.float64)
    print("// SPDX-License-Identifier: MIT\n"
          "// Written by torch-model.py, "
          f"PyTorch {torch.__version__.split('+')[0]}.\n"
          "// clang-format off")
    for name, model, muon in (
            ("lstm", Lstm(**LSTM), False), ("muon", Lstm(**LSTM), True),
            ("transformer", Transformer(**TRANSFORMER), False)):
        for key, values in train(model, muon).items():
            show(f"{name}_{key}", values)
    print("// clang-format on")


if __name__ == "__main__":
    sys.exit(main())
