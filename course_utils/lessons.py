"""The map of the course: number, file name and title of every lesson, written or planned.

It is the one place where a lesson's number is decided; notebooks, README and exercises are held against it by a test.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Entry(NamedTuple):
    """One lesson: `number` ("01"), `slug` ("linear_regression"), `title` ("Linear regression"), `part` ("I" to "IV")."""

    number: str
    slug: str
    title: str
    part: str

    @property
    def name(self) -> str:
        """The notebook's name without its ending, "01_linear_regression"."""
        return f"{self.number}_{self.slug}"


_TITLES = {
    "I": {
        "00": "Start here",
        "01": "Linear regression",
        "02": "Optimizers",
        "03": "Classification",
        "04": "Backpropagation",
        "05": "TensorFlow and Keras",
    },
    "II": {
        "06": "Data preparation",
        "07": "Tabular regression",
        "08": "Training well",
        "09": "Convolutions",
        "10": "Image classifier",
        "11": "Evidence",
        "12": "Transfer learning",
    },
    "III": {
        "13": "Text and embeddings",
        "14": "Recurrent networks",
        "15": "Attention",
        "16": "Transformer",
        "17": "Inside the Transformer",
        "18": "Pretrain and fine-tune",
    },
    "IV": {
        "19": "Efficiency",
        "20": "Scaling out",
        "21": "Deployment",
        "22": "Trust",
        "23": "Founder's capstone",
        "A1": "Four frameworks",
    },
}


def _slug(title: str) -> str:
    words = title.replace("'", "").replace("Pretrain and fine-tune", "pretrain and finetune")
    return re.sub(r"\W+", "_", words.lower())


LESSONS = {
    number: Entry(number, _slug(title), title, part)
    for part, titles in _TITLES.items()
    for number, title in titles.items()
}

# What the exercises of a lesson were filed under before the lessons on text moved up by one to make room.
FORMER_NUMBERS = {"12": "13", "13": "14", "14": "15", "15": "16"}
