"""A short run of what ``make fuzz`` does at length."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from tests.fuzz.mutations import mutated
from tests.fuzz.reading import Reading, reading
from tests.fuzz.seeds import seeds
from tests.fuzz.shapes import SHAPES

_EACH = 2
_SMALL = 0.001


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reading]:
    with reading(tmp_path_factory.mktemp("fuzz"), workers=2, worker_seconds=20) as reader:
        yield reader


@pytest.mark.parametrize("name", sorted(seeds()))
def test_a_whole_file_of_every_kind_is_taken_in(name: str, reader: Reading) -> None:
    outcome = reader.read(name, seeds()[name])

    assert (outcome.status, outcome.fault) == ("indexed", "")


@pytest.mark.parametrize("name", sorted(seeds()))
def test_broken_files_are_read_or_refused_with_a_sentence(name: str, reader: Reading) -> None:
    for number in range(_EACH):
        outcome = reader.read(name, mutated(name, seeds()[name], random.Random(f"short/{name}/{number}")))

        assert outcome.fault == ""


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_what_is_small_to_send_is_not_large_to_read(name: str, reader: Reading) -> None:
    make, size = SHAPES[name]

    outcome = reader.read(name, make(max(2, int(size * _SMALL))))

    assert outcome.fault == "" and not outcome.ended_a_worker
