"""A turn's words, files and conversation -> the request; the router's opinion is given, so that a reader knows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mmchat.question.request import Request
from mmchat.question.router import Likely
from mmchat.question.said import Said, Source
from mmchat.question.spelling import Mended
from mmchat.question.understanding import Understanding
from mmchat.types import Again, Attachment, Modality, NarrowedBy, Narrowing, RequestKind, Understood
from tests.held_files import HeldFiles


class Opinions:
    """A router that has these opinions by a word of the question, and takes all else for a look-up."""

    def __init__(self, by_word: Mapping[str, RequestKind]) -> None:
        self._by_word = by_word

    def route(self, text: str, *, attached: int = 0) -> tuple[Likely, ...]:
        first = next((kind for word, kind in self._by_word.items() if word in text), RequestKind.LOOKUP)
        rest = [Likely(kind, 0.3 / (len(RequestKind) - 1)) for kind in RequestKind if kind is not first]
        return (Likely(first, 0.7), *rest)


def files() -> HeldFiles:
    held = HeldFiles()
    held.hold("lease.md", "The lease.")
    held.hold("boiler.md", "The boiler.")
    return held


def named(held: HeldFiles, name: str) -> Attachment:
    return next(e.attachment for e in held.entries("") if e.attachment.name == name)


def understood(text: str, held: HeldFiles, mended: str = "", **more: Any) -> tuple[Request, Understood]:
    def mend(library: str, asked: str, language: str) -> Mended:
        return Mended(mended, (("typed", "meant"),)) if mended else Mended(asked)

    opinions = Opinions({"sum": RequestKind.OVERVIEW, "photos": RequestKind.FIND, "cheaper": RequestKind.COMPARE})
    return Understanding(opinions, mend).read(text, library="held", entries=held.entries(""), **more)  # type: ignore[arg-type]


def test_a_plain_question_is_searched_as_typed() -> None:
    request, how = understood("Who repaired the boiler in the cellar?", files())

    assert (request.query.text, request.query.rewritten) == ("Who repaired the boiler in the cellar?", "")
    assert (request.kind, request.query.language) == (RequestKind.LOOKUP, "en")
    assert how == Understood()


def test_a_file_that_is_named_is_pointed_at() -> None:
    held = files()

    request, how = understood("When was lease.md signed by the owner?", held)

    assert request.files[0] == named(held, "lease.md").id
    assert [(n.by, n.label) for n in how.narrowings] == [(NarrowedBy.FILE, "lease.md")]


def test_one_name_in_a_comparison_keeps_the_search_to_no_single_file() -> None:
    held = HeldFiles()
    for name in ("Offer Greenline Windows.docx", "Offer Hallam Glazing.docx"):
        held.hold(name, "Price.")
    one = Narrowing(NarrowedBy.FILE, named(held, "Offer Hallam Glazing.docx").id, "Offer Hallam Glazing.docx")

    _, both = understood("which offer greenline windows is cheaper?", held)
    _, chosen = understood("which is cheaper?", held, by_hand=(one,))

    assert both.narrowings == ()
    assert [n.value for n in chosen.narrowings] == [one.value]


def test_a_mended_question_is_what_is_searched_and_the_change_is_told() -> None:
    request, how = understood("who repaired the boilr", files(), mended="who repaired the boiler")

    assert request.query.text == "who repaired the boilr"
    assert request.query.asked == "who repaired the boiler"
    assert how.mended == (("typed", "meant"),)
    assert how.stand_alone == ""


def test_files_that_came_with_the_question_are_meant() -> None:
    held = files()
    boiler = named(held, "boiler.md")

    request, how = understood("sum this up for me please", held, given=[boiler])

    assert request.files[0] == boiler.id
    assert how.given == (boiler.id,)
    assert request.kind is RequestKind.OVERVIEW
    assert request.context.stands_alone


def test_a_follow_up_keeps_the_file_last_spoken_of_in_front() -> None:
    held = files()
    boiler = named(held, "boiler.md")
    said = [Said("Who repaired the boiler?", "Anna.", (Source(boiler.id, "boiler.md"),))]

    request, _ = understood("and when?", held, said=said)

    assert request.in_front == frozenset({boiler.id})
    assert request.joined == "Who repaired the boiler? and when?"


def test_a_question_that_stands_alone_puts_no_file_in_front() -> None:
    held = files()
    said = [Said("Who repaired the boiler?", "Anna.", (Source(named(held, "boiler.md").id, "boiler.md"),))]

    request, _ = understood("Which Norwegian painter signed the rental contract of Bergen harbour?", held, said=said)

    assert (request.in_front, request.joined) == (frozenset(), "")


def test_a_kind_of_file_is_sought_by_its_subject_alone() -> None:
    request, _ = understood("find the photos with a tower", files())

    assert (request.medium, request.subject) == (Modality.IMAGE, "tower")
    assert request.search.asked == "tower"


def test_asked_again_it_is_taken_as_told_this_time() -> None:
    lease = Narrowing(NarrowedBy.FILE, named(files(), "lease.md").id, "lease.md")
    again = Again(without=(lease,), kind=RequestKind.ENUMERATE, everything=True)

    request, how = understood("When was lease.md signed by the owner?", files(), again=again)

    assert request.likely == (Likely(RequestKind.ENUMERATE, 1.0),)
    assert request.everything
    assert (how.narrowings, how.without) == ((), (lease,))


def test_what_was_chosen_by_hand_is_kept() -> None:
    sounds = Narrowing(NarrowedBy.MODALITY, "audio", "recordings")

    _, how = understood("find the photos with a tower", files(), by_hand=[sounds])

    assert [(n.value, n.by_hand) for n in how.narrowings] == [("audio", True)]


def test_a_kind_of_file_may_be_named_by_its_ending() -> None:
    held = files()
    held.hold("minutes.txt", "The minutes.")

    assert understood("which txt files do I have", held)[0].media_type == named(held, "minutes.txt").media_type
    assert understood("Which files speak of the text?", held)[0].media_type == ""
    held.hold("LICENCE", "No ending.")
    assert understood("What's the boiler's number?", held)[0].media_type == ""


def test_the_name_of_a_file_without_its_ending_is_also_what_it_says() -> None:
    routed: list[str] = []

    class Listening(Opinions):
        def route(self, text: str, *, attached: int = 0) -> tuple[Likely, ...]:
            routed.append(text)
            return super().route(text, attached=attached)

    held = files()
    reading = Understanding(Listening({}), lambda library, asked, language: Mended(asked))  # type: ignore[arg-type]
    reading.read("How loud is the boiler?", library="held", entries=held.entries(""))
    reading.read("What is in boiler.md?", library="held", entries=held.entries(""))

    assert routed == ["How loud is the boiler?", "What is in file?"]
