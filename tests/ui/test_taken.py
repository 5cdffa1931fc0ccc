"""The line above an answer: how its question was taken, how sure it is, and how else it can be asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mmchat.answering.base import cite
from mmchat.catalog.conversations import DELETED
from mmchat.types import (
    Candidate,
    Citation,
    Evidence,
    Grounding,
    Modality,
    NarrowedBy,
    Narrowing,
    RequestKind,
    Understood,
)
from mmchat.ui.taken import Switch, switches, taken_note
from mmchat.ui.translations import Wording
from tests.factories import a_segment, an_attachment

EN, FR = Wording("en"), Wording("fr")
LEASE, QUOTE = an_attachment("lease.pdf"), an_attachment("quote.pdf")
PIECES = tuple(
    Evidence(number, Candidate(a_segment(file, number, "The rent is 950."), file, 1.0))
    for number, file in enumerate((LEASE, QUOTE), start=1)
)
BOTH = tuple(cite(piece, 0, 8) for piece in PIECES)
QUESTION = "How much is the rent of the flat?"


def line(kind: RequestKind | None, cited: tuple[Citation, ...], w: Wording = EN, **more: object) -> str:
    return taken_note(Understood(kind=kind), Grounding.ANSWERED, QUESTION, (PIECES, cited), "m-1_x", w, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "cited", "english", "french"),
    [
        (RequestKind.COMPARE, BOTH, "Compared 2 files", "Comparaison de 2 fichiers"),
        (RequestKind.OVERVIEW, BOTH[:1], "Summed up lease.pdf", "Résumé de lease.pdf"),
        (RequestKind.TABLE, BOTH[:1], "Worked out from a table in lease.pdf", "D’après un tableau de lease.pdf"),
        (RequestKind.ENUMERATE, BOTH, "Listed from 2 files", "Liste tirée de 2 fichiers"),
        (RequestKind.LIBRARY, (), "From the list of your files", "D’après la liste de vos fichiers"),
        (RequestKind.COMPARE, (), "Taken as: compare files", "Compris comme une comparaison de fichiers"),
    ],
)
def test_each_kind_is_told_in_both_languages_with_the_files_it_cites(
    kind: RequestKind, cited: tuple[Citation, ...], english: str, french: str
) -> None:
    assert f'<span class="taken">{english}</span>' in line(kind, cited)
    assert f'<span class="taken">{french}</span>' in line(kind, cited, FR)


def test_what_was_found_is_told_by_the_kind_of_file_it_was_found_in() -> None:
    pictures = tuple(replace(citation, modality=Modality.IMAGE) for citation in BOTH)

    assert "Found in your pictures" in line(RequestKind.FIND, pictures)
    assert "Found in your files" in line(RequestKind.FIND, (BOTH[0], pictures[1]))


def test_a_look_up_says_nothing_of_itself() -> None:
    assert 'class="taken"' not in line(RequestKind.LOOKUP, BOTH)
    assert taken_note(Understood(), None, QUESTION, ((), ()), "m", EN) == ""
    assert taken_note(None, None, QUESTION, ((), ()), "m", EN) == ""


def test_a_mended_word_is_told_and_cannot_become_html() -> None:
    understood = Understood(kind=RequestKind.LOOKUP, mended=(("<b>wify", "wifi"),))

    assert "Read “&lt;b&gt;wify” as “wifi”" in taken_note(understood, None, QUESTION, (PIECES, BOTH), "m", EN)


def test_how_sure_an_answer_is_can_be_seen() -> None:
    likely = taken_note(None, Grounding.LIKELY, QUESTION, (PIECES, BOTH), "m", EN)
    closest = taken_note(None, Grounding.CLOSEST, QUESTION, (PIECES, BOTH), "m", FR)

    assert "mark_likely" in likely and "May be it" in likely
    assert "mark_closest" in closest and "Le plus proche" in closest
    assert "mark" not in line(RequestKind.COMPARE, BOTH)


@pytest.mark.parametrize("kind", list(RequestKind))
def test_no_more_than_three_switches_and_none_to_what_it_already_was(kind: RequestKind) -> None:
    own = {
        RequestKind.LOOKUP: Switch.SEARCH,
        RequestKind.OVERVIEW: Switch.OVERVIEW,
        RequestKind.ENUMERATE: Switch.EVERYTHING,
    }
    offered = switches(Understood(kind=kind), QUESTION, PIECES, BOTH)

    assert 1 <= len(offered) <= 3
    assert own.get(kind) not in offered


def test_a_list_that_was_cut_can_be_had_whole() -> None:
    offered = switches(Understood(kind=RequestKind.ENUMERATE), QUESTION, PIECES, BOTH * 6)

    assert Switch.EVERYTHING in offered


def test_only_this_file_is_offered_where_others_were_looked_at_and_it_is_still_here() -> None:
    taken = Understood(kind=RequestKind.LOOKUP)
    narrowed = replace(taken, narrowings=(Narrowing(NarrowedBy.FILE, LEASE.id, "lease.pdf"),))
    deleted = tuple(replace(citation, name=DELETED) for citation in BOTH)

    assert Switch.FILE in switches(taken, QUESTION, PIECES, BOTH)
    assert Switch.FILE not in switches(taken, QUESTION, PIECES[:1], BOTH[:1])
    assert Switch.FILE not in switches(narrowed, QUESTION, PIECES, BOTH)
    assert Switch.FILE not in switches(taken, QUESTION, PIECES, deleted)


def test_a_greeting_offers_no_other_way_to_ask_it() -> None:
    assert switches(Understood(kind=RequestKind.TALK), "Thanks a lot!", (), ()) == ()
    assert switches(Understood(kind=RequestKind.TALK), QUESTION, (), ()) == (Switch.SEARCH,)


def test_while_an_answer_is_written_its_line_keeps_its_place_without_switches() -> None:
    assert line(RequestKind.LOOKUP, (), over=False) == '<div class="understood"></div>'
