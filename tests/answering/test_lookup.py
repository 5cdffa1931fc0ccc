"""Which units a look-up quotes, in which order, and how it words its doubt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mmchat.answering import operating_point as point
from mmchat.answering.draft import Draft
from mmchat.answering.lookup import Lookup, choose, says_the_same
from mmchat.answering.scoring import Graded, UnitScorer
from mmchat.answering.wording import wording
from mmchat.settings import Settings
from mmchat.tools.spans import Span
from mmchat.types import Cited, Grounding, Query, TextDelta
from tests.held_files import HeldFiles, SharedWords, a_graded, evidence_of

WORDS = wording("en")


def quotes(draft: Draft | None) -> list[str]:
    assert draft is not None
    return [piece.citation.quote for piece in draft.pieces if isinstance(piece, Cited)]


def text_of(draft: Draft) -> str:
    return "".join(piece.text for piece in draft.pieces if isinstance(piece, TextDelta))


def asked(question: str, files: HeldFiles) -> Draft | None:
    lookup, evidence = Lookup(SharedWords()), evidence_of(files.found())  # type: ignore[arg-type]
    graded = lookup.graded([Query(question, language="en")], evidence, {})
    return lookup.draft(graded, evidence, WORDS)


def whole(text: str, name: str = "note.txt", **changes: object) -> Span:
    files = HeldFiles()
    files.hold(name, text, **changes)
    return Span(evidence_of(files.found())[0], 0, len(text))


def sure(monkeypatch: pytest.MonkeyPatch, confidence: float) -> None:
    def confident(graded: Sequence[Graded]) -> float:
        return confidence

    monkeypatch.setattr(point, "confidence", confident)


def test_the_sentence_that_answers_is_quoted_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    sure(monkeypatch, point.ANSWERED_FROM)
    files = HeldFiles()
    files.hold("a.txt", "The bread is stale. The cellar key hangs behind the door. Nobody called today.")

    assert quotes(asked("cellar key hangs", files)) == ["The cellar key hangs behind the door."]


def test_a_question_is_never_quoted_as_its_own_answer() -> None:
    files = HeldFiles()
    files.hold("chat.txt", "Where does the cellar key hang?\nThe key hangs behind the door.")

    quoted = quotes(asked("Where does the cellar key hang?", files))[0]

    assert "The key hangs behind the door." in quoted


@pytest.mark.model
@pytest.mark.parametrize(
    "question",
    [
        "Where does the cellar key hang?",
        "where is the cellar key",
    ],
)
def test_somebody_else_s_question_is_not_quoted_before_the_answer(models_dir: Path, question: str) -> None:
    files = HeldFiles()
    files.hold("answer.txt", "The cellar key hangs behind the boiler.")
    files.hold("chat.txt", "Does anybody know where the cellar key is?")
    scorer = UnitScorer.from_settings(Settings(models_dir=models_dir))
    lookup, evidence = Lookup(scorer), evidence_of(files.found())

    draft = lookup.draft(lookup.graded([Query(question, language="en")], evidence, {}), evidence, WORDS)

    assert quotes(draft)[0] == "The cellar key hangs behind the boiler."


def test_of_two_versions_of_one_statement_the_newer_comes_first() -> None:
    old = whole("The rent is 900 euros a month", "old.txt", created_at=datetime(2024, 1, 1, tzinfo=UTC))
    new = whole("The rent is 950 euros a month", "new.txt", created_at=datetime(2025, 1, 1, tzinfo=UTC))

    chosen = choose([a_graded(old, 2.0), a_graded(new, 1.9)])

    assert [each.span.text for each in chosen] == [new.text, old.text]


def test_what_is_said_twice_is_quoted_once() -> None:
    one, other = whole("The rent is 900 euros", "one.txt"), whole("the rent is 900 euros", "two.txt")

    assert len(choose([a_graded(one, 2.0), a_graded(other, 2.0)])) == 1


def test_statements_with_different_numbers_do_not_say_the_same() -> None:
    one = whole("The rent of the flat is 900 euros a month", "one.txt")

    assert says_the_same(one, whole("The rent of the flat is 900 euros a month now", "two.txt"))
    assert not says_the_same(one, whole("The rent of the flat is 905 euros a month", "two.txt"))
    assert not says_the_same(one, whole("The dog of the flat sleeps all day long", "two.txt"))


def test_a_number_is_the_same_however_it_is_written() -> None:
    one, other = whole("The rent is 1,200 euros", "one.txt"), whole("The rent is 1200 euros", "two.txt")

    assert says_the_same(one, other)


def test_what_scores_far_lower_is_not_quoted_beside_the_answer() -> None:
    best, rest = whole("The key is red", "one.txt"), whole("A lamp fell down", "two.txt")

    assert [each.span.text for each in choose([a_graded(best, 2.0), a_graded(rest, 1.0)])] == ["The key is red"]


def test_a_file_in_front_is_preferred() -> None:
    files = HeldFiles()
    files.hold("one.txt", "The big cellar key is red.")
    front = files.hold("two.txt", "The cellar key is blue.")
    evidence = evidence_of(files.found())

    question = [Query("big cellar key found behind that old oak door", language="en")]
    lookup = Lookup(SharedWords())  # type: ignore[arg-type]

    assert lookup.graded(question, evidence, {})[0].span.text == "The big cellar key is red."
    first = lookup.graded(question, evidence, {}, frozenset({front.id}))[0]
    assert first.span.text == "The cellar key is blue."


@pytest.mark.parametrize(
    ("confidence", "grounding", "opening"),
    [
        (point.ANSWERED_FROM, Grounding.ANSWERED, ""),
        (point.LIKELY_FROM, Grounding.LIKELY, WORDS.likely),
        (point.CLOSEST_FROM, Grounding.CLOSEST, WORDS.closest),
    ],
)
def test_doubt_changes_the_words_and_never_whether_anything_is_shown(
    monkeypatch: pytest.MonkeyPatch, confidence: float, grounding: Grounding, opening: str
) -> None:
    sure(monkeypatch, confidence)
    files = HeldFiles()
    files.hold("a.txt", "The cellar key is red.")

    draft = asked("cellar key", files)

    assert draft is not None and draft.grounding is grounding
    assert text_of(draft).startswith(opening)
    assert (WORDS.likely in text_of(draft), WORDS.closest in text_of(draft)) == (
        grounding is Grounding.LIKELY,
        grounding is Grounding.CLOSEST,
    )
    assert quotes(draft) == ["The cellar key is red."]


def test_no_words_found_give_no_draft() -> None:
    assert asked("cellar key", HeldFiles()) is None
