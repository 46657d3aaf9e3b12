"""Train nanoGPT's configuration in PyTorch: fifty steps for each line that is read, tokens a second in each line written.

`bench_torch.py` runs it, with any Python that has PyTorch; it needs nothing of the course. Usage: torch_rate.py TEXT
[fused]. The network and its recipe are those that nanoGPT documents for a CPU: 4 layers, 4 heads, width 128, windows of 64
characters, 12 a batch, no dropout, no biases, table and last matrix in one, AdamW, gradients clipped at length 1, eager, as
`compile=False` there has it. With `fused` the optimizer's step is PyTorch's own fused one, which nanoGPT uses on a GPU only.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional

LAYERS, HEADS, WIDTH, CONTEXT, BATCH, STEPS = 4, 4, 128, 64, 12, 50


class Block(nn.Module):
    """One pre-norm block: causal attention, then an MLP four times as wide; (batch, time, width) to the same shape."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.LayerNorm(WIDTH, bias=False), nn.LayerNorm(WIDTH, bias=False)
        self.qkv, self.out = nn.Linear(WIDTH, 3 * WIDTH, bias=False), nn.Linear(WIDTH, WIDTH, bias=False)
        self.up, self.down = nn.Linear(WIDTH, 4 * WIDTH, bias=False), nn.Linear(4 * WIDTH, WIDTH, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return x with what attention and MLP add."""
        batch, length, _ = x.shape
        parts = self.qkv(self.first(x)).split(WIDTH, dim=2)
        q, k, v = (part.view(batch, length, HEADS, -1).transpose(1, 2) for part in parts)
        mixed = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(mixed.transpose(1, 2).reshape(batch, length, WIDTH))
        return x + self.down(functional.gelu(self.up(self.second(x))))


class Network(nn.Module):
    """Ids (batch, time) to scores (batch, time, vocabulary)."""

    def __init__(self, vocabulary: int) -> None:
        super().__init__()
        self.table, self.place = nn.Embedding(vocabulary, WIDTH), nn.Embedding(CONTEXT, WIDTH)
        self.blocks = nn.Sequential(*(Block() for _ in range(LAYERS)))
        self.norm = nn.LayerNorm(WIDTH, bias=False)
        nn.init.normal_(self.table.weight, std=0.02)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """Return the scores; the last matrix is the table of characters once more."""
        x = self.table(ids) + self.place(torch.arange(ids.shape[1]))
        return functional.linear(self.norm(self.blocks(x)), self.table.weight)


def main(path: str, fused: bool) -> None:
    """Say "ready", then train fifty steps for each line of the standard input and print the tokens a second."""
    torch.manual_seed(0)
    text = Path(path).read_text(encoding="utf-8")
    place = {character: i for i, character in enumerate(sorted(set(text)))}
    ids = torch.tensor([place[character] for character in text])
    network = Network(len(place))
    adamw = torch.optim.AdamW(network.parameters(), lr=1e-3, betas=(0.9, 0.99), weight_decay=0.1, fused=fused)

    def fifty() -> float:
        start = time.perf_counter()
        for _ in range(STEPS):
            at = torch.randint(len(ids) - CONTEXT - 1, (BATCH,))
            rows = torch.stack([ids[i : i + CONTEXT + 1] for i in at])
            loss = functional.cross_entropy(network(rows[:, :-1]).flatten(0, 1), rows[:, 1:].flatten())
            adamw.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            adamw.step()
        return STEPS * BATCH * CONTEXT / (time.perf_counter() - start)

    fifty()
    print("ready", torch.__version__, flush=True)
    for _ in sys.stdin:
        print(fifty(), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], "fused" in sys.argv[2:])
