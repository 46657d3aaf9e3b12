"""The networks of lesson 18 that are stored with the course, and the tables of their studies.

What they are stands in their cards in `data/`; programs beside these train them anew. Data sets have their loaders in
`course_utils.data`, which also compares each file with its checksum.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import numpy as np

from course_utils import data

if TYPE_CHECKING:
    import pandas as pd


def finetune() -> tuple[list[np.ndarray], pd.DataFrame]:
    """Return lesson 18's pretrained Transformer, and what each way to fine-tune such networks reached.

    Returns
    -------
    weights : list of numpy.ndarray
        The arrays for `set_weights` of the network that has read nine plays and never The Tempest, float32.
    runs : pandas.DataFrame
        A row a run: `way` ("none", "full", "head", "LoRA"), `rank`, `rate`, `seed` (0 to 4), `learned` (how many numbers
        moved), then losses in nats a character: `names`, `speech` and `everything` of the new play, `old` plays, `tune`.
    """
    import pandas as pd

    with np.load(io.BytesIO(data.read("finetune.npz"))) as kept:
        weights = [kept[name].astype(np.float32) for name in sorted(kept.files)]
    return weights, pd.read_csv(io.BytesIO(data.read("finetune.csv")))


def masked_nets() -> tuple[dict[str, list[list[np.ndarray]]], dict[str, np.ndarray], pd.DataFrame]:
    """Return the networks of lesson 18 that `make train-masked` trains, from five seeds each.

    Returns
    -------
    weights : dict
        For "masked" and "causal" (Shakespeare), "two" and "one" (layers, on letter maps) five lists of the arrays for
        `set_weights`, float32, in the order of Keras.
    losses : dict
        For "two" and "one" an array (5, 50): the training losses, means of 20 steps each.
    gaps : pandas.DataFrame
        `kind` ("masked", "causal", "left"), `seed` (0 to 4), `surprise`: mean nats at a gap of a play kept apart.
    """
    import pandas as pd

    weights, losses = {}, {}
    with np.load(io.BytesIO(data.read("masked_nets.npz"))) as kept:
        for kind in ("masked", "causal", "two", "one"):
            names = [sorted(n for n in kept.files if re.match(rf"{kind}{seed}_\d", n)) for seed in range(5)]
            weights[kind] = [[kept[n].astype(np.float32) for n in group] for group in names]
        for kind in ("two", "one"):
            losses[kind] = np.array([kept[f"{kind}{seed}_losses"] for seed in range(5)], dtype=np.float32)
    return weights, losses, pd.read_csv(io.BytesIO(data.read("masked_gaps.csv")))
