"""Whole lists under their heading, and decisions and tasks of everybody or of one person."""

from __future__ import annotations

import pytest

from mmchat.answering.blocks import WHOLE_SEGMENTS, blocks_of
from mmchat.answering.draft import Draft
from mmchat.answering.listing import MOST_ITEMS, Listing, gather
from mmchat.answering.lookup import Lookup
from mmchat.answering.sentence_roles import Role
from mmchat.answering.wording import wording
from mmchat.tools.spans import Span
from mmchat.types import Cited, Query, TextDelta
from tests.held_files import HeldFiles, RolesByWord, SharedWords, a_graded, evidence_of

WORDS = wording("en")
ROLES = {Role.DECISION: "decided", Role.ACTION: "will"}
MINUTES = (
    "Plan | We met in the hall. The caretaker made coffee.",
    "Decisions | We decided to paint the hall. We decided to sell the piano. It rained.",
    "Tasks | Salma will call two painters. Pierre will write to the landlord. Ingrid liked the coffee.",
)


def listed(question: str, files: HeldFiles, *, role: Role | None = None, everything: bool = False) -> Draft | None:
    scorer = SharedWords()
    query, found = Query(question, language="en"), files.found()
    graded = Lookup(scorer).graded([query], evidence_of(found), {})  # type: ignore[arg-type]
    listing = Listing(scorer, RolesByWord(ROLES))  # type: ignore[arg-type]
    return listing.draft(query, found, files.context(), graded, WORDS, role=role, everything=everything)


def quotes(draft: Draft | None) -> list[str]:
    assert draft is not None
    return [piece.citation.quote for piece in draft.pieces if isinstance(piece, Cited)]


def text_of(draft: Draft | None) -> str:
    assert draft is not None
    return "".join(piece.text for piece in draft.pieces if isinstance(piece, TextDelta))


def test_the_list_under_the_heading_that_fits_is_told_whole() -> None:
    files = HeldFiles()
    files.hold(
        "trip.md",
        "Packing list | - a warm coat\n- the tent\n- two lamps\n",
        "Costs | - ferry 40 euros\n- campsite 25 euros\n",
    )

    draft = listed("what is on the packing list", files)

    assert quotes(draft) == ["a warm coat", "the tent", "two lamps"]
    assert "Packing list" in text_of(draft)


def test_items_stand_under_the_line_that_leads_into_them() -> None:
    files = HeldFiles()
    file = files.hold("trip.txt", "Bring for the hike:\n- a rope\n- a lamp\n\nBuy for the kitchen:\n- salt\n- oil\n")

    lists = [b for b in blocks_of(files.context(), file.id) if len(b.items) == 2]

    assert [(b.under, [i.text for i in b.items]) for b in lists] == [
        ("trip. Bring for the hike", ["a rope", "a lamp"]),
        ("trip. Buy for the kitchen", ["salt", "oil"]),
    ]


def test_a_line_of_a_few_words_right_above_a_list_is_its_title() -> None:
    files = HeldFiles()
    file = files.hold("soup.txt", "Ingredients\n- 3 leeks\n- 2 potatoes\n\nWe ate it all.\n- Monday\n- Tuesday\n")

    lists = [b.under for b in blocks_of(files.context(), file.id) if len(b.items) == 2]

    assert lists == ["soup. Ingredients", "soup"]


def test_decisions_are_gathered_without_what_else_was_said() -> None:
    files = HeldFiles()
    files.hold("minutes.md", *MINUTES)

    draft = listed("which decisions were taken", files, role=Role.DECISION)

    assert quotes(draft)[:2] == ["We decided to paint the hall.", "We decided to sell the piano."]
    assert not any("Salma" in quote for quote in quotes(draft))


def test_a_named_person_s_tasks_are_told_and_nobody_else_s() -> None:
    files = HeldFiles()
    files.hold("minutes.md", *MINUTES)

    assert quotes(listed("What does Pierre have to do?", files, role=Role.ACTION)) == [
        "Pierre will write to the landlord."
    ]


def test_a_person_with_nothing_to_do_is_given_nobody_else_s_task_as_a_role() -> None:
    files = HeldFiles()
    files.hold("minutes.md", *MINUTES)

    draft = listed("What does Ingrid have to do?", files, role=Role.ACTION)

    assert draft is None or not any("Pierre will" in quote for quote in quotes(draft))


def long_list() -> HeldFiles:
    files = HeldFiles()
    names = "oak elm ash fir yew fig box bay gum tea may sal nim lime pear plum".split()
    files.hold("trees.md", "Trees to plant | " + "".join(f"- one {name}\n" for name in names))
    return files


def test_a_long_list_is_cut_and_says_how_many_more_there_are() -> None:
    draft = listed("trees to plant", long_list())

    assert len(quotes(draft)) == MOST_ITEMS
    assert text_of(draft).endswith(WORDS.more_items.format(count=16 - MOST_ITEMS))


def test_all_of_a_long_list_is_told_when_everything_is_wanted() -> None:
    draft = listed("trees to plant", long_list(), everything=True)

    assert len(quotes(draft)) == 16
    assert text_of(draft).count("\n- ") == 16


def test_all_of_more_than_twelve_decisions_are_told_when_everything_is_wanted() -> None:
    files = HeldFiles()
    tools = "saw axe hoe rake nail bolt drill lathe file vice plane clamp wrench ladder".split()
    files.hold("minutes.md", *(f"We decided to buy the {tool} at once." for tool in tools))

    draft = listed("all decisions", files, role=Role.DECISION, everything=True)

    assert len(quotes(draft)) == len(tools)


@pytest.mark.parametrize("everything", [True, False])
def test_decisions_scattered_over_a_talk_are_told_all_or_counted(everything: bool) -> None:
    files = HeldFiles()
    tools = "saw axe hoe rake nail bolt drill lathe file vice plane clamp wrench ladder".split()
    aside = "The sun shone outside. Nobody was late. Someone made tea."
    files.hold("minutes.md", *(f"We decided to buy the {tool} at once. {aside}" for tool in tools))

    draft = listed("every decision please", files, role=Role.DECISION, everything=everything)

    if everything:
        assert len(quotes(draft)) == len(tools)
    else:
        assert text_of(draft).endswith(WORDS.more_items.format(count=len(tools) - MOST_ITEMS))


def test_single_sentences_are_gathered_once_each_and_only_near_the_best() -> None:
    files = HeldFiles()
    files.hold("a.txt", "The dog likes bread")
    files.hold("b.txt", "the dog likes bread")
    files.hold("c.txt", "My cat likes fish")
    files.hold("d.txt", "Nobody came today")
    spans = [Span(e, 0, len(e.candidate.segment.text)) for e in reversed(evidence_of(files.found()))]

    kept = gather([a_graded(span, score) for span, score in zip(spans, (3.0, 3.0, 2.5, 0.5), strict=True)])

    assert [each.span.text for each in kept] == ["The dog likes bread", "My cat likes fish"]


def test_every_marker_has_its_evidence() -> None:
    draft = listed("trees to plant", long_list())

    assert draft is not None
    numbers = {piece.number for piece in draft.evidence}
    assert {p.citation.marker for p in draft.pieces if isinstance(p, Cited)} <= numbers


def test_no_files_give_no_list() -> None:
    assert listed("trees to plant", HeldFiles()) is None


def test_of_a_long_file_the_lists_around_what_was_found_are_read() -> None:
    files = HeldFiles()
    passages = [f"Chapter {at} | Bring:\n- rope {at}\n- lamp {at}" for at in range(2 * WHOLE_SEGMENTS)]
    file = files.hold("manual.md", *passages)

    read = " ".join(item.text for block in blocks_of(files.context(), file.id, [100]) for item in block.items)

    assert "rope 100" in read and "lamp 98" in read
    assert "rope 3" not in read.split(" lamp")[0] and "rope 150" not in read
