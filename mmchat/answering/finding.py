"""Which picture, recording, page or second shows or speaks of something -> the places, best first."""

from __future__ import annotations

from collections.abc import Sequence

from mmchat.answering import operating_point as point
from mmchat.answering.concept_names import ConceptNames
from mmchat.answering.concepts import describe, guess_below, list_of, nearly_as_alike, recognised
from mmchat.answering.draft import Draft, Piece, quoted
from mmchat.answering.scoring import Graded
from mmchat.answering.wording import Wording
from mmchat.types import Candidate, Cited, Evidence, Grounding, Modality, RequestKind, SegmentKind, TextDelta

MOST_PLACES = 3
MOST_PICTURES = 12


class Finding:
    """Tells where something is shown or spoken of; holds no state between questions."""

    def __init__(self, names: ConceptNames) -> None:
        self._names = names

    def pictured(
        self, about: str, language: str, found: Sequence[Candidate], medium: Modality | None, words: Wording
    ) -> Draft | None:
        """The pictures and sounds in which what the words name was recognised; None where there are none.

        A word may name many classes ("animals"): every file that shows one of them is told. Where the words name no
        class of the lists, the nearest ones are told as such.
        """
        evidence = [Evidence(n, c) for n, c in enumerate(found, start=1)]
        media = recognised(evidence, medium)
        named = [piece for piece in media if self._shows(piece, about)]
        sure = [p for p in named if _share(p) >= guess_below(p.candidate.segment)] or named[:1]
        known = any(self._names.classes_in(about, modality) for modality in (Modality.IMAGE, Modality.AUDIO))
        if sure:
            told, confidence = _one_a_file(sure)[:MOST_PICTURES], 0.8
        elif media and not known and media[0].candidate.segment.id == found[0].segment.id:
            told, confidence = nearly_as_alike(media), 0.35
        else:
            return None
        numbered = [Evidence(n, p.candidate) for n, p in enumerate(told, start=1)]
        pieces: list[Piece] = [
            event
            for event in describe(numbered, words, lambda label, kind: self._names.name(label, kind, words.language))
            if isinstance(event, TextDelta | Cited)
        ]
        return Draft(RequestKind.FIND, confidence, tuple(pieces), tuple(numbered), Grounding.ANSWERED)

    def spoken(self, graded: Sequence[Graded], evidence: Sequence[Evidence], words: Wording) -> Draft | None:
        """The places in texts and recordings that speak of it, one a stretch; None where nothing is near."""
        chosen: list[Graded] = []
        for each in graded:
            if len(chosen) == MOST_PLACES or (chosen and each.score < chosen[0].score - 1.0):
                break
            if all(each.span.evidence.number != other.span.evidence.number for other in chosen):
                chosen.append(each)
        if not chosen:
            return None
        confidence = point.confidence(graded)
        grounding = point.grounding(confidence)
        if grounding is Grounding.NOTHING:
            return None
        opening = {Grounding.LIKELY: words.likely, Grounding.CLOSEST: words.closest}.get(grounding, "")
        pieces: list[Piece] = []
        for each in chosen:
            pieces += quoted(each.span, words, opening="\n\n" if pieces else opening)
        return Draft(RequestKind.FIND, confidence, tuple(pieces), tuple(evidence), grounding)

    def _shows(self, piece: Evidence, about: str) -> bool:
        kinds = self._names.classes_in(about, list_of(piece.candidate.segment))
        return any(concept.label in kinds for concept in piece.candidate.segment.concepts[:3])


def _share(piece: Evidence) -> float:
    return piece.candidate.segment.concepts[0].probability


def _one_a_file(pieces: Sequence[Evidence]) -> list[Evidence]:
    kept: dict[str, Evidence] = {}
    for piece in pieces:
        key = piece.candidate.attachment.id
        if piece.candidate.segment.kind is not SegmentKind.WHOLE_IMAGE or key not in kept:
            kept.setdefault(key, piece)
    return list(kept.values())
