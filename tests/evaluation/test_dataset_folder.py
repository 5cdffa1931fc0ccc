"""A dataset is a folder that anyone can write, and that says what is wrong with it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mmchat.errors import MmchatError
from mmchat.evaluation import captioned
from mmchat.evaluation.dataset import EvaluationQuery, read_dataset, write_dataset
from mmchat.types import Modality


@pytest.fixture
def originals(tmp_path: Path) -> Path:
    folder = tmp_path / "originals"
    folder.mkdir()
    (folder / "fox den.txt").write_text("A fox.")
    (folder / "owl.txt").write_text("An owl.")
    return folder


def test_what_is_written_is_read_again(originals: Path, tmp_path: Path) -> None:
    query = EvaluationQuery(
        "q1", "text-any", text="fox", modality=Modality.TEXT, folder="a", language="en", tags=("t",)
    )
    files = {"a/fox den.txt": originals / "fox den.txt", "a/owl.txt": originals / "owl.txt"}

    write_dataset(tmp_path / "set", files, [query], {"q1": ["a/fox den.txt"]})
    dataset = read_dataset(tmp_path / "set")

    assert dataset.files == ("a/fox den.txt", "a/owl.txt")
    assert dataset.queries == (query,)
    assert dataset.qrels == {"q1": {"a/fox%20den.txt": 1}}


def test_files_of_one_content_are_one_document(originals: Path, tmp_path: Path) -> None:
    files = {"b.txt": originals / "owl.txt", "a.txt": originals / "owl.txt"}

    dataset = write_dataset(tmp_path / "set", files, [], {})

    assert list(dataset.documents.values()) == ["a.txt"]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("{", "queries.jsonl line 1 is not JSON"),
        ('{"id": "a b"}', "queries.jsonl line 1 has no id"),
        ('{"id": "a", "colour": 1}', "unknown key 'colour'"),
        ('{"id": "a", "modality": "smell"}', "modality 'smell'"),
        ('{"id": "a", "image": "gone.png"}', "names gone.png"),
        ('{"id": "a"}\n{"id": "a"}', "line 2 repeats the id a"),
        ('{"id": "b"}', "The query b has no line in qrels.txt"),
    ],
)
def test_a_bad_line_is_named(line: str, sentence: str, tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "queries.jsonl").write_text(line)
    (tmp_path / "qrels.txt").write_text("")

    with pytest.raises(MmchatError, match=sentence):
        read_dataset(tmp_path)


def test_nothing_that_is_no_dataset_is_replaced(originals: Path) -> None:
    with pytest.raises(MmchatError, match="holds something that is not a dataset"):
        write_dataset(originals, {}, [], {})

    assert (originals / "owl.txt").exists()


def test_captions_ask_for_their_files_whose_names_are_taken_away(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    for name in ("fox.png", "vixen.png"):
        (folder / name).write_bytes(name.encode())
    rows = [{"file": "fox.png", "text": "A fox."}, {"file": "vixen.png", "text": "A fox.", "language": "en"}]
    (folder / "captions.jsonl").write_text("\n".join(map(json.dumps, rows)))

    dataset = captioned.build(folder, tmp_path / "set")

    assert [query.text for query in dataset.queries] == ["A fox."]
    assert set(dataset.qrels[dataset.queries[0].id]) == set(dataset.files)
    assert not any("fox" in file or "vixen" in file for file in dataset.files)


def test_captions_may_lie_beside_their_files(originals: Path, tmp_path: Path) -> None:
    (originals / "owl.png").write_bytes(b"owl")

    dataset = captioned.build(originals, tmp_path / "set")

    assert [query.text for query in dataset.queries] == ["An owl."]
    assert len(dataset.files) == 1
