"""A draft: what one way of answering came to, with its own numbered evidence and its confidence. Nothing is said yet.

Ways of answering are tried one beside the other, and the draft that answers best is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from mmchat.answering.base import Concluded, cite
from mmchat.answering.markdown import escape_line
from mmchat.answering.wording import Wording, place
from mmchat.tools.spans import Span
from mmchat.types import Citation, Cited, Evidence, Grounding, Locator, RequestKind, TextDelta

Piece = TextDelta | Cited


@dataclass(frozen=True, slots=True)
class Draft:
    """One answer, not yet told.

    Attributes:
        kind: the kind of request that it takes the question for.
        confidence: 0..1 that it is what was asked for.
        pieces: the text, with its markers, and the citation of each right behind it.
        evidence: numbered from 1, as the markers say.
        grounding: how it stands; None for a reply that needs no evidence, as to a greeting.
        about: in a word or two what was looked for or worked out, for the line that says how a question was taken.
    """

    kind: RequestKind
    confidence: float
    pieces: tuple[Piece, ...]
    evidence: tuple[Evidence, ...] = ()
    grounding: Grounding | None = Grounding.ANSWERED
    about: str = ""

    def doubted(self, words: Wording) -> Draft:
        """The same, once a language model that read its evidence has said that nothing in it answers."""
        opening = TextDelta(f"{words.nothing_here}\n\n{words.closest}")
        shown = self.pieces if self.kind is RequestKind.LOOKUP else ()
        first = next((at for at, piece in enumerate(shown) if isinstance(piece, Cited)), len(shown) - 1)
        kept = tuple(p for p in shown[: first + 1] if p not in (TextDelta(words.likely), TextDelta(words.closest)))
        return replace(self, pieces=(opening, *kept), grounding=Grounding.CLOSEST)

    def events(self) -> Iterator[Piece | Concluded]:
        """What is said, to its end."""
        yield from self.pieces
        yield Concluded(self.grounding)


def said(text: str) -> TextDelta:
    """Markdown of our own."""
    return TextDelta(text)


def quoted(span: Span, words: Wording, *, opening: str = "", placed: bool = True) -> list[Piece]:
    """Where it stands, the exact words with their marker, and their citation."""
    citation = cite(span.evidence, span.start, span.end)
    where = words.says.format(place=place(span.evidence, citation.locator, words)) if placed else ""
    quote = words.quote.format(words=escape_line(span.text))
    return [TextDelta(f"{opening}{where}{quote} [{span.evidence.number}]"), Cited(citation)]


def marked(piece: Evidence, quote: str, locator: Locator | None = None) -> list[Piece]:
    """A marker alone, for what stands in the piece as ``quote``; all of the piece unless ``locator`` says where."""
    segment, attachment = piece.candidate.segment, piece.candidate.attachment
    citation = Citation(
        marker=piece.number,
        attachment_id=attachment.id,
        segment_id=segment.id,
        name=attachment.name,
        path=attachment.path,
        modality=attachment.modality,
        quote=quote,
        locator=locator or segment.locator,
    )
    return [TextDelta(f" [{piece.number}]"), Cited(citation)]
