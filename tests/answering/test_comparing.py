"""Two files side by side, and which one wins."""

from __future__ import annotations

import pytest

from mmchat.answering.comparing import MOST_FILES, Comparing
from mmchat.answering.draft import Draft
from mmchat.answering.lookup import Lookup
from mmchat.answering.wording import wording
from mmchat.types import Cited, Query, TextDelta
from tests.held_files import HeldFiles, SharedWords


def compared(act: str, files: HeldFiles, question: str = "which one", *, aspect: bool = False) -> Draft | None:
    comparing = Comparing(Lookup(SharedWords()), lambda _: act)  # type: ignore[arg-type]
    held = [entry.attachment for entry in reversed(files.entries(""))]
    return comparing.draft(Query(question, language="en"), held, files.context(), wording("en"), aspect=aspect)


def text_of(draft: Draft | None) -> str:
    assert draft is not None
    return "".join(piece.text for piece in draft.pieces if isinstance(piece, TextDelta))


def quotes(draft: Draft | None) -> list[str]:
    assert draft is not None
    return [piece.citation.quote for piece in draft.pieces if isinstance(piece, Cited)]


def offers(one: str, other: str) -> HeldFiles:
    files = HeldFiles()
    files.hold("one.txt", f"Offer. The work is done well. The total price to pay is {one} euros.")
    files.hold("two.txt", f"Offer. The work is done well. The total price to pay is {other} euros.")
    return files


@pytest.mark.parametrize(
    ("act", "one", "other", "winner"),
    [
        ("cheaper", "900", "1,250.50", "one.txt"),
        ("cheaper", "1.250,50", "900", "two.txt"),
        ("dearer", "1 250", "980", "one.txt"),
        ("dearer", "12,000", "9.50", "one.txt"),
    ],
)
def test_the_winner_is_named_first_however_numbers_are_written(act: str, one: str, other: str, winner: str) -> None:
    assert text_of(compared(act, offers(one, other))).startswith(f"**{winner}**")


def test_nobody_wins_where_both_say_the_same() -> None:
    assert text_of(compared("cheaper", offers("900", "900"))).startswith("| one.txt | two.txt |")


def test_nobody_wins_where_one_says_no_figure() -> None:
    files = HeldFiles()
    files.hold("one.txt", "The total price to pay is 900 euros.")
    files.hold("two.txt", "The total price to pay is not known yet.")

    assert text_of(compared("cheaper", files)).startswith("| one.txt | two.txt |")


def test_each_cell_is_cited_from_its_own_file() -> None:
    draft = compared("cheaper", offers("900", "800"))

    assert draft is not None
    assert [piece.citation.name for piece in draft.pieces if isinstance(piece, Cited)] == ["one.txt", "two.txt"]
    assert ["900" in quotes(draft)[0], "800" in quotes(draft)[1]] == [True, True]


def test_without_an_aspect_what_both_state_with_different_figures_is_set_side_by_side() -> None:
    draft = compared("all", offers("900", "800"))

    assert quotes(draft) == ["The total price to pay is 900 euros.", "The total price to pay is 800 euros."]


def test_files_with_nothing_in_common_are_not_compared() -> None:
    files = HeldFiles()
    files.hold("one.txt", "Eggs 12.")
    files.hold("two.txt", "Nobody was late on 3 May, said the old teacher.")

    assert compared("all", files) is None


def test_one_file_is_not_compared() -> None:
    files = HeldFiles()
    files.hold("one.txt", "The total price is 900 euros.")

    assert compared("cheaper", files) is None


def test_the_question_s_own_aspect_is_looked_up_in_each() -> None:
    files = HeldFiles()
    files.hold("one.txt", "The guarantee lasts two years. Total 900 euros.")
    files.hold("two.txt", "Total 800 euros. The guarantee lasts five years.")

    draft = compared("cheaper", files, "How long is the guarantee?", aspect=True)

    assert quotes(draft) == ["The guarantee lasts two years.", "The guarantee lasts five years."]
    assert text_of(draft).startswith("| one.txt")


def test_no_more_columns_than_can_be_read() -> None:
    files = HeldFiles()
    for number in range(MOST_FILES + 2):
        files.hold(f"{number}.txt", f"The total price to pay is {number + 1} euros.")

    assert text_of(compared("cheaper", files)).count(".txt |") == MOST_FILES


def test_of_two_dates_the_earlier_one_is_sooner() -> None:
    files = HeldFiles()
    files.hold("one.txt", "The work is due on 30 May.")
    files.hold("two.txt", "The work is due on 15 June.")

    assert text_of(compared("sooner", files)).startswith("**one.txt**")


def test_a_year_in_the_statement_is_no_price() -> None:
    files = HeldFiles()
    files.hold("one.txt", "The total price to pay is 900 euros until May 2025.")
    files.hold("two.txt", "The total price to pay is 800 euros until May 2026.")

    assert text_of(compared("cheaper", files)).startswith("**two.txt**")
