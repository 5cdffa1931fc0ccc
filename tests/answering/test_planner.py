"""Which way of answering is told, on files held in memory, with opinions and scores that a reader can foretell."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from mmchat.answering import operating_point as point
from mmchat.answering.concept_names import ConceptNames
from mmchat.answering.draft import Draft
from mmchat.answering.planner import Planner
from mmchat.answering.scoring import Graded
from mmchat.answering.wording import wording
from mmchat.question.request import Request
from mmchat.question.router import Likely
from mmchat.types import Cited, Grounding, Query, RequestKind, TextDelta
from tests.held_files import HeldFiles, RolesByWord, SharedWords, embed

WORDS = wording("en")
OVERVIEW, LOOKUP, TABLE = RequestKind.OVERVIEW, RequestKind.LOOKUP, RequestKind.TABLE


@pytest.fixture
def files() -> HeldFiles:
    held = HeldFiles()
    held.hold("lease.txt", "The lease was signed by Carl Dahl. The deposit is 900 euros.")
    return held


def drafted(question: str, files: HeldFiles, *likely: tuple[RequestKind, float], subject: str = "lease") -> Draft:
    planner = Planner(SharedWords(), ConceptNames({}), RolesByWord({}), embed)  # type: ignore[arg-type]
    kinds = tuple(Likely(kind, probability) for kind, probability in likely)
    request = Request(Query(question, language="en"), kinds, subject=subject)
    return planner.draft(request, files.found(), files.context(), WORDS)


def looked_up_with(monkeypatch: pytest.MonkeyPatch, confidence: float) -> None:
    def confident(graded: Sequence[Graded]) -> float:
        return confidence

    monkeypatch.setattr(point, "confidence", confident)


def text_of(draft: Draft) -> str:
    return "".join(piece.text for piece in draft.pieces if isinstance(piece, TextDelta))


@pytest.mark.parametrize(("confidence", "told"), [(0.95, LOOKUP), (0.3, OVERVIEW)])
def test_of_two_likely_kinds_the_one_that_answers_better_is_told(
    monkeypatch: pytest.MonkeyPatch, files: HeldFiles, confidence: float, told: RequestKind
) -> None:
    looked_up_with(monkeypatch, confidence)

    assert drafted("who signed the lease", files, (OVERVIEW, 0.45), (LOOKUP, 0.45)).kind is told


def test_a_kind_that_is_certain_is_not_compared_with_a_look_up(
    monkeypatch: pytest.MonkeyPatch, files: HeldFiles
) -> None:
    looked_up_with(monkeypatch, 0.99)

    assert drafted("sum up the lease", files, (OVERVIEW, 0.95), (LOOKUP, 0.05)).kind is OVERVIEW


def test_what_no_table_answers_is_looked_up(monkeypatch: pytest.MonkeyPatch, files: HeldFiles) -> None:
    looked_up_with(monkeypatch, point.ANSWERED_FROM)

    draft = drafted("how much is the deposit", files, (TABLE, 0.97), (LOOKUP, 0.03))

    assert draft.kind is LOOKUP
    assert [p.citation.quote for p in draft.pieces if isinstance(p, Cited)] == ["The deposit is 900 euros."]


def test_without_a_writer_it_is_told_what_can_be_done_instead(files: HeldFiles) -> None:
    draft = drafted("translate the lease into Spanish", files, (RequestKind.WRITER, 0.95))

    assert (draft.kind, draft.grounding, text_of(draft)) == (RequestKind.WRITER, None, WORDS.needs_a_writer)
    assert draft.evidence == ()


def test_what_files_say_is_preferred_to_small_talk_that_is_not_certain(
    monkeypatch: pytest.MonkeyPatch, files: HeldFiles
) -> None:
    looked_up_with(monkeypatch, point.LIKELY_FROM)

    assert drafted("hi, who signed the lease", files, (RequestKind.TALK, 0.7), (LOOKUP, 0.2)).kind is LOOKUP


def test_an_empty_library_says_so_and_one_with_nothing_fitting_something_else() -> None:
    nothing = drafted("who signed the lease", HeldFiles(), (LOOKUP, 0.9))

    assert (nothing.grounding, text_of(nothing)) == (Grounding.NOTHING, WORDS.empty)

    wordless = HeldFiles()
    wordless.hold("blank.txt")
    assert text_of(drafted("who signed the lease", wordless, (LOOKUP, 0.9))) == WORDS.nothing_here


def test_every_marker_has_its_evidence(files: HeldFiles) -> None:
    for kind in (LOOKUP, OVERVIEW, RequestKind.ENUMERATE, RequestKind.FIND):
        draft = drafted("who signed the lease", files, (kind, 0.95))
        numbers = {piece.number for piece in draft.evidence}
        assert {p.citation.marker for p in draft.pieces if isinstance(p, Cited)} <= numbers, kind
