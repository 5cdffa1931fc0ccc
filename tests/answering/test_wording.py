from __future__ import annotations

import re

import pytest

from mmchat.answering.wording import ENGLISH, FRENCH, clock, concept_list, place, wording
from mmchat.types import Candidate, Concept, Evidence, Locator, Modality
from tests.factories import a_segment, an_attachment


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0:00"), (75.4, "1:15"), (599.9, "9:59"), (3600, "1:00:00"), (3725, "1:02:05")]
)
def test_seconds_are_shown_as_a_clock(seconds: float, shown: str) -> None:
    assert clock(seconds) == shown


def test_a_place_is_a_name_with_its_page_or_time() -> None:
    def told(modality: Modality, locator: Locator) -> str:
        attachment = an_attachment("f.x", modality=modality)
        return place(Evidence(1, Candidate(a_segment(attachment, 0, "t"), attachment, 1.0)), locator, ENGLISH)

    assert told(Modality.TEXT, Locator(char_start=3)) == "**f.x**"
    assert told(Modality.TEXT, Locator(page=4)) == "**f.x**, page 4"
    assert told(Modality.AUDIO, Locator(start_s=75.4)) == "**f.x**, 1:15"
    assert told(Modality.VIDEO, Locator(start_s=221.0, boxes=((0.1, 0.1, 0.2, 0.2),))) == "**f.x**, 3:41"


@pytest.mark.parametrize(("media_type", "english", "french"), [
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "sheet 2", "feuille 2"),
    ("application/vnd.oasis.opendocument.spreadsheet", "sheet 2", "feuille 2"),
    ("application/vnd.openxmlformats-officedocument.presentationml.presentation", "slide 2", "diapositive 2"),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "page 2", "page 2"),
])  # fmt: skip
def test_sheets_and_slides_are_called_so(media_type: str, english: str, french: str) -> None:
    attachment = an_attachment("f.x", media_type=media_type)
    evidence = Evidence(1, Candidate(a_segment(attachment, 0, "t"), attachment, 1.0))

    assert place(evidence, Locator(page=2), ENGLISH) == f"**f.x**, {english}"
    assert place(evidence, Locator(page=2), FRENCH) == f"**f.x**, {french}"


def test_no_probability_is_shown_as_nought() -> None:
    assert concept_list((Concept("red fox", 0.624), Concept("mop", 0.001)), ENGLISH) == "red fox (62 %), mop (1 %)"


def test_both_languages_have_the_same_sentences_with_the_same_gaps() -> None:
    for name in ENGLISH.__slots__:
        english, french = str(getattr(ENGLISH, name)), str(getattr(FRENCH, name))
        assert set(re.findall(r"{(\w+)}", english)) == set(re.findall(r"{(\w+)}", french)), name


def test_other_languages_are_answered_in_english() -> None:
    assert wording("fr") is FRENCH
    assert wording("de") is wording("en") is ENGLISH
