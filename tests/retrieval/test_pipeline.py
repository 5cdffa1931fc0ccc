"""One order of results however it is cut into pages, nothing twice, and no file crowding out the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from mmchat.retrieval.pipeline import DEPTH, Pipeline
from mmchat.retrieval.retriever import Retrieval
from mmchat.retrieval.variety import NEAR, rows_once, spread
from mmchat.types import Attachment, Candidate, Locator, Query, RunContext, SegmentKind
from tests.factories import a_segment, an_attachment

FILES = [an_attachment(f"file{n}.txt") for n in range(40)]
ALL = [Candidate(a_segment(FILES[n % 40], n, f"words {n}"), FILES[n % 40], 1 / (n + 1)) for n in range(500)]
QUERY = Query(text="words")


class Shaken:
    """Finds as real indexes do: each depth has an order of its own."""

    def __init__(self) -> None:
        self.depths: list[int] = []

    def retrieve(self, library: str, query: Query, k: int, encoders: object = None) -> Retrieval:
        self.depths.append(k)
        here = ALL[:k]
        return Retrieval(tuple(here[k % 7 :] + here[: k % 7]), {"search": 1.0}, len(ALL))

    def count_segments(self, library: str, modality: object = None, attachment_id: str | None = None) -> int:
        return sum(candidate.attachment.id == attachment_id for candidate in ALL)


class Backwards:
    """A reranker of a mind of its own."""

    def rerank(
        self, query: Query, candidates: Sequence[Candidate], context: RunContext | None = None
    ) -> list[Candidate]:
        return list(reversed(candidates))


def pipeline(most_per_file: int = 2) -> tuple[Pipeline, Shaken]:
    shaken: Any = Shaken()
    return Pipeline(shaken, shaken, most_per_file), shaken


def listed(k: int, offset: int = 0) -> list[str]:
    found = pipeline()[0].run("one", QUERY, k, offset, reranker=Backwards())
    return [candidate.segment.id for candidate in found.candidates]


@pytest.mark.parametrize("size", [1, 7, 10, 24, 50, 400])
def test_pages_of_any_size_put_together_are_one_list(size: int) -> None:
    whole = listed(400)

    cut = [id for at in range(0, 400, size) for id in listed(min(size, 400 - at), at)]

    assert cut == whole
    assert len(set(whole)) == 400


def test_the_first_page_asks_no_deeper_than_an_answer_does() -> None:
    walked, shaken = pipeline()

    walked.run("one", QUERY, 10, reranker=Backwards())

    assert shaken.depths == [DEPTH]


def test_the_first_candidates_are_reranked_and_told_as_they_were_retrieved() -> None:
    walked, _ = pipeline()

    found = walked.run("one", QUERY, DEPTH, reranker=Backwards())

    assert found.candidates == tuple(reversed(found.retrieved))
    assert found.searched == len(ALL)
    assert set(found.timings_ms) == {"search", "rerank"}


def test_the_steps_by_themselves_come_to_the_same() -> None:
    walked, _ = pipeline()

    first = walked.retrieve("one", QUERY)
    found = walked.finish(QUERY, first, reranker=Backwards())

    assert found.candidates == walked.run("one", QUERY, DEPTH, reranker=Backwards()).candidates


def test_files_that_are_passed_over_leave_as_many_candidates() -> None:
    walked, shaken = pipeline()

    found = walked.retrieve("one", QUERY, without=frozenset({FILES[0].id}))

    assert len(found.candidates) == DEPTH
    assert all(candidate.attachment.id != FILES[0].id for candidate in found.candidates)
    assert shaken.depths == [DEPTH + 13]


def test_what_is_too_much_of_one_file_comes_after_the_others_and_is_not_lost() -> None:
    long, short = an_attachment("long.pdf"), an_attachment("short.txt")
    owners = [long, long, long, short, long]
    candidates = [Candidate(a_segment(a, n, f"{n}"), a, 1.0) for n, a in enumerate(owners)]

    assert [c.segment.ordinal for c in spread(candidates, 2)] == [0, 1, 3, 2, 4]
    assert spread(candidates, 0) == candidates


SHEET = an_attachment("costs.xlsx")
PASSAGE = Candidate(a_segment(SHEET, 0, "x" * 100), SHEET, 1.0)


def row(number: int, file: Attachment = SHEET) -> Candidate:
    """The row that stands at so many tens of characters."""
    where = Locator(char_start=10 * number, char_end=10 * number + 9, cell=f"row {number}")
    return Candidate(a_segment(file, 100 + number, f"row {number}", kind=SegmentKind.ROW, locator=where), file, 1.0)


def test_a_row_near_its_passage_takes_its_place() -> None:
    assert rows_once([ALL[0], PASSAGE, ALL[1], row(3)]) == [ALL[0], row(3), ALL[1]]
    assert rows_once([row(3), ALL[0], PASSAGE]) == [row(3), ALL[0]]


def test_a_passage_with_prose_beside_its_table_is_not_lost_to_one_of_its_rows() -> None:
    text = "The permissions of a new file are restricted by the umask, a command of the shell.\n\n| 0022 | all |\n"
    guide = an_attachment("guide.html", media_type="text/html")
    passage = Candidate(a_segment(guide, 0, text), guide, 1.0)
    inside = row(3, guide)

    assert rows_once([inside, passage]) == [inside, passage]
    assert rows_once([passage, inside]) == [passage, inside]


def test_a_row_far_behind_its_passage_is_not_shown_again() -> None:
    between = ALL[:NEAR]

    assert rows_once([PASSAGE, *between, row(3)]) == [PASSAGE, *between]


def test_several_rows_of_one_passage_stay_and_so_does_what_only_lies_beside() -> None:
    elsewhere, behind = row(3, an_attachment("other.xlsx")), row(30)

    assert rows_once([PASSAGE, row(3), row(4)]) == [row(3), row(4)]
    assert rows_once([PASSAGE, elsewhere, behind]) == [PASSAGE, elsewhere, behind]


def test_what_stands_settled_is_not_replaced_by_a_row_that_is_found_later() -> None:
    assert rows_once([PASSAGE, row(3)], settled=1) == [PASSAGE]
    placeless = replace(PASSAGE, segment=replace(PASSAGE.segment, locator=Locator()))
    assert rows_once([placeless, row(3)]) == [placeless, row(3)]
