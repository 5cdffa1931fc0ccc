"""What a judge is shown of a candidate."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmchat.rerankers.showing import candidate_parts, data, excerpt, place_of, words_asked
from mmchat.types import Candidate, Locator, Query
from tests.factories import a_segment, an_attachment


@given(st.text() | st.text(alphabet="</candite>＜﹤ \0\ud800"))
def test_data_opens_no_mark_and_can_be_sent(text: str) -> None:
    out = data(text)

    assert not set("<＜﹤\0") & set(out)
    assert len(out) == len(text)
    out.encode("utf-8")


def test_of_a_long_text_the_stretch_with_the_words_asked_for_is_shown() -> None:
    text = "filler " * 300 + "The library opens at ten on Saturdays. " + "more " * 300
    about = words_asked(Query(text="When does the Library open on saturdays?"))

    out = excerpt(text, about)

    assert "The library opens at ten on Saturdays." in out
    assert out.startswith("… ") and out.endswith(" …")
    assert len(out.split()) <= 122
    assert about == {"library", "open", "saturdays"}


def test_where_nothing_matches_the_beginning_is_shown() -> None:
    text = " ".join(f"w{i}" for i in range(500))

    assert excerpt(text, frozenset({"nothing"})) == " ".join(f"w{i}" for i in range(120)) + " …"
    assert excerpt("short text", frozenset()) == "short text"


def test_text_without_spaces_is_cut_too() -> None:
    assert len(excerpt("図書館は土曜日に開きます" * 1000, frozenset())) <= 120 * 24 + 2


@given(st.text(alphabet="ab \n", max_size=900), st.sets(st.sampled_from(["a", "b", "ab"])))
def test_an_excerpt_is_a_stretch_of_the_text(text: str, about: set[str]) -> None:
    out = excerpt(text, frozenset(about), most_words=20)

    assert out.removeprefix("… ").removesuffix(" …") in text


@pytest.mark.parametrize(
    ("locator", "place"),
    [
        (Locator(), ""),
        (Locator(page=3), "page 3"),
        (Locator(start_s=65.2, end_s=90), "1:05 to 1:30"),
        (Locator(start_s=3600), "60:00"),
    ],
)
def test_its_place_is_told_as_people_do(locator: Locator, place: str) -> None:
    attachment = an_attachment()
    candidate = Candidate(a_segment(attachment, 0, "text", locator=locator), attachment, 1.0)

    assert place_of(candidate) == place


def test_file_place_and_headings_stand_in_the_mark() -> None:
    attachment = replace(an_attachment(), name='my "notes".pdf')
    segment = a_segment(attachment, 0, "It opens at ten.", heading="Hours > Saturday", locator=Locator(page=2))

    assert candidate_parts(3, Candidate(segment, attachment, 1.0), segment.text, None) == [
        '<candidate number="3" kind="text" file="my \'notes\'.pdf" place="page 2" under="Hours > Saturday">\n'
        "It opens at ten.\n</candidate>"
    ]
