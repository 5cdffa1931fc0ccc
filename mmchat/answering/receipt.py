"""What to say when files arrive without a question: what each became, and the first thing found in it, cited."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mmchat.answering.base import Concluded, cite
from mmchat.answering.concepts import Translate, as_given, guess_below, list_of, shown_concepts
from mmchat.answering.markdown import escape
from mmchat.types import (
    SPOKEN_OR_WRITTEN,
    Candidate,
    Cited,
    Evidence,
    Grounding,
    Ingested,
    Segment,
    SegmentKind,
    TextDelta,
)

QUOTE_CHARACTERS = 160

WORDING = {
    "en": {
        "indexed": "is in your library",
        "duplicate": "was already in your library",
        "failed": "could not be taken in",
        "says": "It begins:",
        "looks": "It looks like:",
        "sounds": "It sounds like:",
        "guessed": "It was not recognised with certainty. Guesses:",
        "nothing": "Nothing to search was found in it.",
        "ask": "Ask me anything about it.",
        "ask_many": "Ask me anything about them.",
    },
    "fr": {
        "indexed": "est dans votre bibliothèque",
        "duplicate": "était déjà dans votre bibliothèque",
        "failed": "n’a pas pu être ajouté",
        "says": "Cela commence ainsi :",
        "looks": "Cela ressemble à :",
        "sounds": "On y entend sans doute :",
        "guessed": "Le contenu n’a pas été reconnu avec certitude. Suppositions :",
        "nothing": "Rien à chercher n’y a été trouvé.",
        "ask": "Posez-moi vos questions à son sujet.",
        "ask_many": "Posez-moi vos questions à leur sujet.",
    },
}


def first_evidence(files: Sequence[Ingested], segments: Mapping[str, Sequence[Segment]]) -> tuple[Evidence, ...]:
    """One piece of evidence per file that has a segment worth showing: its first words, else what it looks like."""
    chosen: list[Evidence] = []
    for file in files:
        if file.attachment is None:
            continue
        here = segments.get(file.attachment.id, ())
        worded = (s for s in here if s.kind in SPOKEN_OR_WRITTEN and s.text.strip())
        recognised = (s for s in here if s.concepts)
        segment = next(worded, None) or next(recognised, None)
        if segment is not None:
            chosen.append(Evidence(len(chosen) + 1, Candidate(segment, file.attachment, 0.0)))
    return tuple(chosen)


def receipt(
    files: Sequence[Ingested], evidence: Sequence[Evidence], language: str, named: Translate = as_given
) -> Iterator[TextDelta | Cited | Concluded]:
    """One line per file, in the order given; refused files with their reason.

    ``named`` gives a recognised thing's name in that language.
    """
    words = WORDING.get(language, WORDING["en"])
    by_attachment = {e.candidate.attachment.id: e for e in evidence}
    for file in files:
        if file.status == "failed":
            yield TextDelta(f"- **{escape(file.name)}** {words['failed']}. {escape(file.reason)}\n")
            continue
        yield TextDelta(f"- **{escape(file.name)}** {words[file.status]}. ")
        piece = by_attachment.get(file.attachment.id) if file.attachment else None
        yield from _shown(piece, words, named) if piece else [TextDelta(words["nothing"])]
        yield TextDelta("\n")
    taken = [file for file in files if file.status != "failed"]
    if taken:
        yield TextDelta(f"\n{words['ask' if len(taken) == 1 else 'ask_many']}")
    yield Concluded(Grounding.ANSWERED if evidence else Grounding.NOTHING)


def _shown(piece: Evidence, words: Mapping[str, str], named: Translate) -> Iterator[TextDelta | Cited | Concluded]:
    segment = piece.candidate.segment
    if segment.text.strip():
        end = _quote_end(segment.text)
        quote = " ".join(segment.text[:end].split())
        yield TextDelta(
            f"{words['says']} “{escape(quote)}{'…' if end < len(segment.text.rstrip()) else ''}” [{piece.number}]"
        )
        yield Cited(cite(piece, 0, end))
        return
    shown = shown_concepts(segment.concepts)
    names = ", ".join(f"{escape(named(c.label, list_of(segment)))} ({c.probability:.0%})" for c in shown)
    if shown[0].probability < guess_below(segment):
        lead = words["guessed"]
    else:
        lead = words["sounds" if segment.kind is SegmentKind.SOUND else "looks"]
    yield TextDelta(f"{lead} {names} [{piece.number}]")
    yield Cited(cite(piece, 0, 0))


def _quote_end(text: str) -> int:
    if len(text) <= QUOTE_CHARACTERS:
        return len(text.rstrip())
    space = text.rfind(" ", 0, QUOTE_CHARACTERS)
    return space if space > 0 else QUOTE_CHARACTERS
