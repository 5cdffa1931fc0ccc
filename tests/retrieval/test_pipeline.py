"""Results cut into pages, and no file crowding out the others."""

from __future__ import annotations

import pytest

from mmchat.retrieval.pages import DEPTHS, Pages
from mmchat.retrieval.retriever import Retrieval
from mmchat.retrieval.variety import spread
from mmchat.types import Candidate
from tests.factories import a_segment, an_attachment

FILES = [an_attachment(f"file{n}.txt") for n in range(40)]
ALL = [Candidate(a_segment(FILES[n % 40], n, f"words {n}"), FILES[n % 40], 1 / (n + 1)) for n in range(500)]


def shaken(depth: int) -> Retrieval:
    """As real indexes do: each depth has an order of its own."""
    here = ALL[:depth]
    return Retrieval(tuple(here[depth % 7 :] + here[: depth % 7]), {}, len(ALL))


def listed(wanted: int) -> list[str]:
    pages = Pages(shaken)
    return [c.segment.id for c in pages.upto(wanted, spread(pages.first.candidates, 2))]


@pytest.mark.parametrize("size", [1, 7, 10, 24, 50, 400])
def test_pages_of_any_size_put_together_are_one_list(size: int) -> None:
    whole = listed(400)[:400]

    cut = [id for at in range(0, 400, size) for id in listed(min(at + size, 400))[at : min(at + size, 400)]]

    assert cut == whole
    assert len(set(whole)) == 400


def test_the_first_page_asks_no_deeper_than_an_answer_does() -> None:
    asked: list[int] = []

    def retrieve(depth: int) -> Retrieval:
        asked.append(depth)
        return shaken(depth)

    pages = Pages(retrieve)
    pages.upto(10, pages.first.candidates)

    assert asked == [DEPTHS[0]]


def test_what_is_too_much_of_one_file_comes_after_the_others_and_is_not_lost() -> None:
    long, short = an_attachment("long.pdf"), an_attachment("short.txt")
    owners = [long, long, long, short, long]
    candidates = [Candidate(a_segment(a, n, f"{n}"), a, 1.0) for n, a in enumerate(owners)]

    assert [c.segment.ordinal for c in spread(candidates, 2)] == [0, 1, 3, 2, 4]
    assert spread(candidates, 0) == candidates
