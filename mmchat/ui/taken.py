"""Above an answer, in one quiet line: how its question was taken, how sure it is, and how else it can be asked.

What can be pressed are links, since the chat's sanitizer drops buttons; the page's script sends their ids, and each is
looked up again before anything is done (:mod:`mmchat.ui.asked_again`).
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from mmchat.answering.listing import MOST_ITEMS
from mmchat.catalog.conversations import DELETED
from mmchat.narrowing_words import shown
from mmchat.types import Citation, Evidence, Grounding, NarrowedBy, RequestKind, Understood
from mmchat.ui.markup import NOTHING, Html, element, joined, lines
from mmchat.ui.places import shown_name
from mmchat.ui.translations import Wording

FEW_WORDS = 3
"""A greeting has no more words; what has more may have been a question."""


class Switch(StrEnum):
    """Another way to ask the same question."""

    SEARCH = "search"
    EVERYTHING = "everything"
    OVERVIEW = "overview"
    FILE = "file"


_OFFERED = {
    RequestKind.LOOKUP: (Switch.EVERYTHING, Switch.OVERVIEW, Switch.FILE),
    RequestKind.OVERVIEW: (Switch.SEARCH, Switch.FILE),
    RequestKind.ENUMERATE: (Switch.EVERYTHING, Switch.SEARCH, Switch.FILE),
    RequestKind.TABLE: (Switch.SEARCH, Switch.EVERYTHING, Switch.FILE),
    RequestKind.COMPARE: (Switch.SEARCH, Switch.OVERVIEW),
    RequestKind.LIBRARY: (Switch.SEARCH,),
    RequestKind.FIND: (Switch.SEARCH, Switch.FILE),
    RequestKind.TALK: (Switch.SEARCH,),
    RequestKind.WRITER: (Switch.SEARCH, Switch.OVERVIEW),
}
_MARKED = {Grounding.LIKELY: "mark_likely", Grounding.CLOSEST: "mark_closest"}


def taken_note(
    understood: Understood | None,
    grounding: Grounding | None,
    question: str,
    proof: tuple[Sequence[Evidence], Sequence[Citation]],
    message_id: str,
    w: Wording,
    *,
    over: bool = True,
) -> Html:
    """The line, or nothing where there is nothing to say.

    Args:
        understood: how the question was taken.
        grounding: how the answer stands, once that is known.
        question: as it was typed.
        proof: the answer's evidence and its citations so far.
        message_id: the answer's, which the links name.
        w: the visitor's language.
        over: whether the answer is whole; until then nothing can be asked again, but the line keeps its place.
    """
    parts: list[Html] = []
    if grounding in _MARKED:
        mark = _MARKED[grounding]
        parts.append(element("span", w(mark), class_=f"mark {mark}", title=w(f"{mark}_more")))
    if understood is not None:
        parts += [element("span", lines(said), class_="taken") for said in _said(understood, proof[1], w)]
        parts += _chips(understood, message_id, w)
    offered = switches(understood, question, *proof) if over else ()
    links = [_link(switch, message_id, w) for switch in offered]
    if links:
        parts.append(element("span", joined(*links), class_="switches"))
    if not parts and (over or understood is None):
        return NOTHING
    return element("div", *parts, class_="understood")


def switches(
    understood: Understood | None, question: str, evidence: Sequence[Evidence], citations: Sequence[Citation]
) -> tuple[Switch, ...]:
    """How else this question can be asked, given how it was answered; at most three."""
    if understood is None or understood.kind is None:
        return ()
    kind = understood.kind
    if kind is RequestKind.TALK and len(question.split()) <= FEW_WORDS:
        return ()
    left_out: set[Switch] = set()
    if kind is RequestKind.ENUMERATE and len(citations) != MOST_ITEMS:  # it was not cut: this is everything
        left_out.add(Switch.EVERYTHING)
    here = {piece.candidate.attachment.id for piece in evidence if piece.candidate.attachment.name != DELETED}
    narrowed = understood.given or any(n.by is NarrowedBy.FILE for n in understood.narrowings)
    if first_file(citations) is None or len(here) < 2 or narrowed:
        left_out.add(Switch.FILE)
    return tuple(switch for switch in _OFFERED[kind] if switch not in left_out)


def first_file(citations: Sequence[Citation]) -> Citation | None:
    """A citation of the file that is cited first, among those that are still here."""
    return next((citation for citation in citations if citation.name != DELETED), None)


def _said(understood: Understood, citations: Sequence[Citation], w: Wording) -> list[str]:
    """As what it was taken, which words were mended, and in which words it was searched for."""
    said = [w("mended", typed=typed, meant=meant) for typed, meant in understood.mended]
    if understood.stand_alone:
        said.append(w("searched_for", question=understood.stand_alone))
    kind = _kind(understood.kind, citations, w)
    return [kind, *said] if kind else said


def _kind(kind: RequestKind | None, citations: Sequence[Citation], w: Wording) -> str:
    """One sentence; "" for a look-up, which is the rule, and for what answers itself."""
    if kind in (None, RequestKind.LOOKUP, RequestKind.TALK, RequestKind.WRITER):
        return ""
    names = {citation.attachment_id: shown_name(citation.name, w) for citation in citations}
    if kind is RequestKind.LIBRARY:
        return w("taken_library")
    if not names:
        return w(f"as_{kind}")
    if kind is RequestKind.FIND:
        media = {citation.modality for citation in citations}
        return w(f"found_in_{media.pop()}" if len(media) == 1 else "found_in_files")
    return w(f"taken_{kind}", count=len(names), name=next(iter(names.values())))


def _chips(understood: Understood, message_id: str, w: Wording) -> list[Html]:
    """What the search was kept to. Each asks again without what it says."""
    labels = [shown(narrowing, w.language) for narrowing in understood.narrowings]
    return [
        element(
            "a",
            lines(label),
            href=f"#without-{message_id}-{number}",
            class_="chip without",
            title=w("without", label=label),
        )
        for number, label in enumerate(labels)
    ]


def _link(switch: Switch, message_id: str, w: Wording) -> Html:
    words = w(f"switch_{switch}")
    title = w(f"switch_{switch}_more")
    return element("a", words, href=f"#again-{message_id}-{switch}", class_="switch", title=title)
