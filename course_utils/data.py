"""The data of the course, one loader a data set, each returning what a beginner expects.

What the columns mean stands in the cards of `data/`. A file is compared with its recorded checksum before it is read;
where it is missing, cut short or changed, or a package's pictures are, the loader raises `DataFileError`.
"""

from __future__ import annotations

import errno
import getpass
import hashlib
import importlib.util
import io
import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

DATA = Path(__file__).resolve().parent.parent / "data"
# the start of a trained file's name, and what makes it
TRAINED = {
    "solar_": "train-solar",
    "transformer_": "train-inside",
    "finetune": "train-finetune",
    "masked": "train-masked",
}
N_SOLAR_CELLS = 2624
_REINSTALL = "Install it again: python -m pip install --force-reinstall --no-deps elpv-dataset"


class DataFileError(OSError):
    """A data file is missing, cut short or changed, or a cache cannot be written; the message says how to mend it."""


def ames() -> pd.DataFrame:
    """Return 2,930 house sales in Ames, Iowa, 2006 to 2010, one a row, as raw as the source has them.

    Returns
    -------
    pandas.DataFrame
        Shape (2930, 82). `area` is the living area above ground in square feet, `price` the sale price in US dollars.
        `NA` in the file, and nothing else, is read as missing; in many columns it means "the house has none".
    """
    import pandas as pd

    return pd.read_csv(io.BytesIO(read("ames.csv")), keep_default_na=False, na_values=["NA"])


def hmda() -> pd.DataFrame:
    """Return 2,380 decisions on mortgage applications in Boston, 1990, one a row.

    Returns
    -------
    pandas.DataFrame
        Shape (2380, 14), nothing missing. `deny` is "yes" or "no"; `pirat`, `hirat` and `lvrat` are ratios.
    """
    import pandas as pd

    return pd.read_csv(io.BytesIO(read("hmda.csv")), keep_default_na=False)


def breast_cancer() -> tuple[pd.DataFrame, pd.Series]:
    """Return the measurements of 569 tumours, and whether each is malignant. scikit-learn codes it the other way.

    Returns
    -------
    X : pandas.DataFrame
        Shape (569, 30), float64: ten measures of the cell nuclei, each as mean, standard error and worst.
    y : pandas.Series
        Shape (569,), int64, named "malignant": 1 malignant (212 tumours), 0 benign (357).
    """
    from sklearn.datasets import load_breast_cancer

    X, benign = load_breast_cancer(return_X_y=True, as_frame=True)
    return X, (1 - benign).astype("int64").rename("malignant")


def digits() -> tuple[np.ndarray, np.ndarray]:
    """Return 1,797 handwritten digits of 8 by 8 pixels, and which digit each is.

    Returns
    -------
    X : numpy.ndarray
        Shape (1797, 8, 8), float64 from 0 (paper) to 1 (ink).
    y : numpy.ndarray
        Shape (1797,), int64 from 0 to 9.
    """
    from sklearn.datasets import load_digits

    bunch = load_digits()
    return bunch.images / 16.0, bunch.target.astype(np.int64)


def photographs() -> dict[str, np.ndarray]:
    """Return two photographs, "china" and "flower": (427, 640, 3), rows, columns, red-green-blue; uint8, 0 to 255."""
    from sklearn.datasets import load_sample_images

    bunch = load_sample_images()
    return {Path(name).stem: np.array(image) for name, image in zip(bunch.filenames, bunch.images, strict=True)}


def shakespeare(play: str | None = None) -> str:
    """Return the text of ten plays, or of the one whose title is given, in any case: "The Tempest".

    A speech is the speaker's name in capitals and a colon, its lines, an empty line; a title opens each play.
    A title that is not among the keys of `shakespeare_plays()` raises ValueError.
    """
    plays = shakespeare_plays()
    if play is None:
        return "".join(plays.values())
    if play.upper() not in plays:
        raise ValueError(f"There is no play {play!r} here; choose one of {', '.join(plays)}.")
    return plays[play.upper()]


def shakespeare_plays() -> dict[str, str]:
    """Return title -> text of each of the ten plays, in the order of the file."""
    parts = re.split(r"^([A-Z' ]+)\n\n", read("shakespeare.txt").decode("ascii"), flags=re.M)
    return {title: f"{title}\n\n{text}" for title, text in zip(parts[1::2], parts[2::2], strict=True)}


def solar_cells() -> tuple[np.ndarray, pd.DataFrame]:
    """Return 2,624 electroluminescence photographs of solar cells, and how likely each cell is defective.

    Returns
    -------
    images : numpy.ndarray
        Shape (2624, 300, 300), uint8 grey values from 0 to 255; 236 MB.
    table : pandas.DataFrame
        Shape (2624, 3), row i for images[i]: `file`, the name of the picture; `probability` of a defect, 0, 1/3, 2/3
        or 1; `type`, "mono" or "poly" for mono- or polycrystalline.
    """
    from PIL import Image

    folder, table = _solar_cell_table()
    images = np.empty((len(table), 300, 300), dtype=np.uint8)
    for i, file in enumerate(table["file"]):
        try:
            with Image.open(folder / file) as image:
                images[i] = np.asarray(image)
        except (OSError, ValueError) as error:
            raise DataFileError(f"The picture {file} of elpv-dataset cannot be read ({error}). {_REINSTALL}") from error
    return images, table


def solar_cells_folder() -> Path:
    """Return a folder of those pictures for `keras.utils.image_dataset_from_directory`; made at the first call.

    Its subfolders are `defective` (821 pictures, probability above 0.5) and `functional` (1,803). A name such as
    `cell0001_mono_p100.png` holds the type and the probability in percent (000, 033, 067, 100).
    """
    cache = cache_folder()
    final = cache / "solar_cells"
    if not final.exists():
        source, table = _solar_cell_table()
        partial = cache
        try:
            partial = Path(tempfile.mkdtemp(prefix=".solar_cells-", dir=cache))
            for label in ("defective", "functional"):
                (partial / label).mkdir()
            for file, probability, kind in table.itertuples(index=False):
                label = "defective" if probability > 0.5 else "functional"
                name = f"{Path(file).stem}_{kind}_p{round(100 * probability):03d}.png"
                shutil.copyfile(source / file, partial / label / name)
            os.replace(partial, final)
        except OSError as error:
            if not final.exists():  # else another process was quicker, and its folder serves
                why = "the disk is full" if error.errno == errno.ENOSPC else error
                raise DataFileError(
                    f"The solar cell pictures could not be written to {cache}: {why}. Nothing half-made is kept. They "
                    "need 100 MB: free some space, or let the environment variable COURSE_CACHE name a folder elsewhere."
                ) from error
        finally:
            if partial != cache:
                shutil.rmtree(partial, ignore_errors=True)
    if (found := sum(1 for _ in final.glob("*/*.png"))) != N_SOLAR_CELLS:
        raise DataFileError(f"{final} holds {found} pictures, not {N_SOLAR_CELLS}. Remove that folder, and call again.")
    return final


def solar_net() -> tuple[list[list[np.ndarray]], np.ndarray, pd.DataFrame]:
    """Return the studied networks of lesson 12, which `make train-solar` trains on the solar cells.

    Returns
    -------
    weights : list of list of numpy.ndarray
        For each of five networks the arrays for `set_weights`, float32, in the order of Keras.
    stack : numpy.ndarray
        Shape (6,): what edges, texture, levels, fine texture and the networks' mean logit weigh, and the intercept.
    steps : pandas.DataFrame
        What each step of the way to them brought: mean and spread over the runs, all as text.
    """
    import pandas as pd

    with np.load(io.BytesIO(read("solar_net.npz"))) as kept:
        stack, names = kept["stack"], sorted(name for name in kept.files if name.startswith("net"))
        groups = [[kept[n].astype(np.float32) for n in names if n.startswith(f"net{k}_")] for k in range(5)]
    return groups, stack, pd.read_csv(io.BytesIO(read("solar_net.csv")), dtype=str)


def solar_pretrained() -> list[np.ndarray]:
    """Return weights with which networks like the studied ones begin: learned from the training cells, without their labels.

    Returns
    -------
    list of numpy.ndarray
        The arrays of all layers below the last one, float32, in the order of Keras.
    """
    with np.load(io.BytesIO(read("solar_pretrained.npz"))) as kept:
        return [kept[name].astype(np.float32) for name in sorted(kept.files)]


def solar_steps() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what lesson 10's changes to the textbook's network brought, and the curves of the articles' own recipes.

    Returns
    -------
    steps : pandas.DataFrame
        A row a network: `changes` ("none", "pools + scale"), `fold` (0 to 4), `parameters`, then `accuracy`, `balanced`
        accuracy and `AUC` on the validation cells of that fold, and the training `loss` of the last epoch.
    recipes : pandas.DataFrame
        A row an epoch: `recipe` ("A1", "A3"), `epoch` from 1, `loss`, `accuracy`, `val_loss`, `val_accuracy`.
    """
    import pandas as pd

    steps, recipes = (pd.read_csv(io.BytesIO(read(f"solar_{name}.csv"))) for name in ("steps", "recipes"))
    return steps, recipes


def solar_transfer() -> pd.DataFrame:
    """Return what lesson 12's ways to learn from few labels reached, a row a network.

    Returns
    -------
    pandas.DataFrame
        `method` ("scratch", "fine-tuned"), `labels` (0 to 506), `seed` (0 to 4), then `AUC` and `balanced` accuracy on 300
        monocrystalline cells that the network had not seen.
    """
    import pandas as pd

    return pd.read_csv(io.BytesIO(read("solar_transfer.csv")))


def transformer_runs() -> pd.DataFrame:
    """Return the runs of lesson 17's study of parts, sizes and rivals, a row a run.

    Returns
    -------
    pandas.DataFrame
        `name` of the network ("modern", "no pairs", "LSTM"), its `width`, the `amount` of training text in characters, `steps`,
        on which text it was `judged` ("validation", or "held back" where rates are chosen), highest `rate`, `seed`,
        `parameters`, then the `loss` there and the `training` loss of the last 50 steps, nats a character.
    """
    import pandas as pd

    return pd.read_csv(io.BytesIO(read("transformer_runs.csv")))


def cache_folder() -> Path:
    """Return COURSE_CACHE, else the course's `.cache`, else one's own temporary folder: the first to be writable."""
    own = Path(tempfile.gettempdir()) / f"deep-learning-course-{getattr(os, 'getuid', getpass.getuser)()}"
    chosen = os.environ.get("COURSE_CACHE")
    for place in [Path(chosen).expanduser()] if chosen else [DATA.parent / ".cache", own]:
        try:
            place.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=place):
                return place
        except OSError as error:
            problem = error
    raise DataFileError(
        f"No cache folder can be written ({problem}). Name one in the environment variable COURSE_CACHE."
    )


def verify() -> list[tuple[str, str | None]]:
    """Return (name, problem or None) for each file of `data/` that a loader reads, and for the solar cell pictures."""
    results: list[tuple[str, str | None]] = []
    for name in (
        "ames.csv",
        "hmda.csv",
        "shakespeare.txt",
        "solar_net.npz",
        "solar_net.csv",
        "solar_pretrained.npz",
        "solar_steps.csv",
        "solar_recipes.csv",
        "solar_transfer.csv",
        "transformer_runs.csv",
        "finetune.npz",
        "finetune.csv",
        "masked_nets.npz",
        "masked_gaps.csv",
        "solar cells",
    ):
        try:
            _solar_cell_table() if name == "solar cells" else read(name)
            results.append((name, None))
        except DataFileError as error:
            results.append((name, str(error)))
    return results


def read(name: str) -> bytes:
    """Return the content of a file of `data/` after its size and SHA-256 were found to be the recorded ones."""
    trainer = next((target for start, target in TRAINED.items() if name.startswith(start)), None)
    sums_file = "SHA256SUMS.trained" if trainer else "SHA256SUMS"
    maker = f"make {trainer}`, which trains it anew" if trainer else "make data`, which rebuilds it"
    mend = f"Get it back with `git checkout -- data/{{}}`, or `{maker}.".format
    try:
        sums = (DATA / sums_file).read_text(encoding="ascii", errors="replace")
        size, digest = re.search(rf"^# {name} (\d+) bytes\n([0-9a-f]{{64}})  {name}$", sums, re.M).groups()
    except (OSError, AttributeError) as error:
        raise DataFileError(f"data/{sums_file} is missing or has no entry for {name}. {mend(sums_file)}") from error
    try:
        content = (DATA / name).read_bytes()
    except OSError as error:
        why = "is missing" if isinstance(error, FileNotFoundError) else f"cannot be read ({error})"
        raise DataFileError(f"data/{name} {why}; expected is a file of {size} bytes. {mend(name)}") from error
    if len(content) < int(size):
        raise DataFileError(f"data/{name} is truncated: {len(content)} bytes; expected are {size}. {mend(name)}")
    if (found := hashlib.sha256(content).hexdigest()) != digest:
        raise DataFileError(f"data/{name} was changed: SHA-256 {found[:12]}..., expected {digest[:12]}... {mend(name)}")
    return content


def _solar_cell_table() -> tuple[Path, pd.DataFrame]:
    """Return the folder of elpv-dataset's pictures and the table of their labels; pictures are counted, not opened."""
    import pandas as pd

    spec = importlib.util.find_spec("elpv_dataset")
    if spec is None or spec.origin is None:
        raise DataFileError(f"The package elpv-dataset, which holds the solar cells, is not installed. {_REINSTALL}")
    folder = Path(spec.origin).parent / "data"
    found = sum(1 for _ in (folder / "images").glob("cell*.png"))
    if found != N_SOLAR_CELLS:
        raise DataFileError(f"The package elpv-dataset holds {found} pictures, not {N_SOLAR_CELLS}. {_REINSTALL}")
    try:
        table = pd.read_csv(folder / "labels.csv", sep=r"\s+", names=["file", "probability", "type"])
    except (OSError, ValueError) as error:
        raise DataFileError(f"The labels of elpv-dataset cannot be read ({error}). {_REINSTALL}") from error
    return folder / "images", table.assign(file=table["file"].str.removeprefix("images/"))
