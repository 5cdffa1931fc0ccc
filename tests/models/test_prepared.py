"""Prepared folders are made once, whole or not at all, and made again when they are damaged."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from mmchat.errors import ModelUnavailable
from mmchat.models import ModelCard, ModelFile, prepared

SOURCE = ModelFile("pretend-model", "pretend/weights.bin", "0" * 64)
CARD = ModelCard("pretend", "nothing", ("pretend-model==1.0",), "MIT", (SOURCE,), "1", builder=f"{__name__}:build")
made: list[Path] = []


def build(sources: Mapping[str, Path], folder: Path) -> None:
    made.append(folder)
    (folder / "sub").mkdir()
    (folder / "sub" / "model.bin").write_bytes(sources["weights.bin"].read_bytes() * 2)


def build_slowly(sources: Mapping[str, Path], folder: Path) -> None:
    time.sleep(0.05)
    build(sources, folder)


def build_half(sources: Mapping[str, Path], folder: Path) -> None:
    (folder / "model.bin").write_bytes(b"ha")
    raise OSError(28, "No space left on device")


@pytest.fixture
def sources(tmp_path: Path) -> dict[ModelFile, Path]:
    made.clear()
    path = tmp_path / "weights.bin"
    path.write_bytes(b"weights")
    return {SOURCE: path}


def with_builder(name: str) -> ModelCard:
    return ModelCard("pretend", "nothing", CARD.requirements, "MIT", (SOURCE,), "1", builder=f"{__name__}:{name}")


def test_a_folder_is_made_whole_with_a_record_of_its_files(sources: dict[ModelFile, Path], tmp_path: Path) -> None:
    folder = prepared.make(CARD, sources, tmp_path / "models")

    assert folder == tmp_path / "models" / "pretend-1"
    assert (folder / "sub" / "model.bin").read_bytes() == b"weightsweights"
    assert list(json.loads((folder / prepared.RECORD).read_text("utf-8"))["files"]) == ["sub/model.bin"]
    assert prepared.is_whole(folder)
    assert [p.name for p in folder.parent.iterdir()] == ["pretend-1"]


def test_a_failure_half_way_leaves_nothing_and_says_what_to_do(sources: dict[ModelFile, Path], tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="No space left on device.*MMCHAT_MODELS_DIR") as caught:
        prepared.make(with_builder("build_half"), sources, tmp_path / "models")

    assert caught.value.retryable
    assert list((tmp_path / "models").iterdir()) == []


def test_damage_is_seen_and_mended(sources: dict[ModelFile, Path], tmp_path: Path) -> None:
    folder = prepared.make(CARD, sources, tmp_path / "models")
    (folder / "sub" / "model.bin").write_bytes(b"weightsweightz")
    assert prepared.is_whole(folder, check=False)
    assert not prepared.is_whole(folder)

    prepared.make(CARD, sources, tmp_path / "models")

    assert prepared.is_whole(folder)
    assert [p.name for p in folder.parent.iterdir()] == ["pretend-1"]


def test_a_missing_file_is_damage(sources: dict[ModelFile, Path], tmp_path: Path) -> None:
    folder = prepared.make(CARD, sources, tmp_path / "models")

    (folder / "sub" / "model.bin").unlink()

    assert not prepared.is_whole(folder, check=False)


def test_several_at_once_agree_on_one_folder(sources: dict[ModelFile, Path], tmp_path: Path) -> None:
    failures: list[BaseException] = []

    def make() -> None:
        try:
            assert prepared.is_whole(prepared.make(with_builder("build_slowly"), sources, tmp_path / "models"))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert len(made) == 4  # each built its own aside, as processes that know nothing of one another would
    assert [p.name for p in (tmp_path / "models").iterdir()] == ["pretend-1"]


def test_what_a_killed_process_left_is_swept_and_what_is_in_work_is_not(
    sources: dict[ModelFile, Path], tmp_path: Path
) -> None:
    models = tmp_path / "models"
    left, in_work = models / ".making-pretend-old", models / ".making-pretend-new"
    left.mkdir(parents=True)
    in_work.mkdir()
    os.utime(left, (time.time() - 7200, time.time() - 7200))

    prepared.make(CARD, sources, models)

    assert not left.exists()
    assert in_work.exists()
