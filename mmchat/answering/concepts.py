"""Pictures and sounds -> sentences of what was recognised in them, each with its marker and its probabilities."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from mmchat.answering.base import AnswerEvent, cite
from mmchat.answering.wording import Wording, concept_list, place
from mmchat.types import Citation, Cited, Concept, Evidence, Modality, Segment, SegmentKind, TextDelta

Translate = Callable[[str, Modality], str]
"""English name of a class and whose list it is from (:func:`list_of`) -> its name in the language of the answer."""

MOST_SHOWN = 3
NEARLY_AS_ALIKE = 0.7
"""A further picture or sound is named when its cosine is at least this share of the first one's."""
SHOWN_FROM = 0.05
"""Names below this probability are noise beside a list of hundreds; the first is always shown."""
_SEEN_GUESS_BELOW, _HEARD_GUESS_BELOW = 0.2, 0.3
"""Below this probability of the first name it is a guess, and told as one. Judged by captions that hold the name or an
everyday word for it (development data, 2026-11-21), the first name was right for 11 of 53 pictures below it and for 69
of 85 above; for 1 of 13 sounds below and 12 of 28 above."""
_SEEN_SURE_FROM, _HEARD_SURE_FROM = 0.3, 0.6
"""From here on "looks like" and "sounds like"; "may be" in between. Right for .70 of pictures and .33 of sounds in the
first step above a guess, for .85 and .67 from here on."""


def list_of(segment: Segment) -> Modality:
    """Whose list its names are from: a sound's in any kind of file from the list for recordings, all others' from that
    for pictures.
    """
    return Modality.AUDIO if segment.kind is SegmentKind.SOUND else Modality.IMAGE


def guess_below(segment: Segment) -> float:
    """The probability below which its first name is a guess."""
    return _HEARD_GUESS_BELOW if segment.kind is SegmentKind.SOUND else _SEEN_GUESS_BELOW


def _sure_from(segment: Segment) -> float:
    return _HEARD_SURE_FROM if segment.kind is SegmentKind.SOUND else _SEEN_SURE_FROM


def as_given(label: str, modality: Modality) -> str:
    """The English name, as it comes from the classifier."""
    return label


def recognised(evidence: Sequence[Evidence], medium: Modality | None = None) -> list[Evidence]:
    """The pictures and sounds of the evidence in which something was recognised; one sound of each recording."""
    chosen: list[Evidence] = []
    heard: set[str] = set()
    for piece in evidence:
        segment = piece.candidate.segment
        if not segment.concepts or medium not in (None, segment.modality):
            continue
        if segment.kind is SegmentKind.SOUND:
            if segment.attachment_id in heard:
                continue
            heard.add(segment.attachment_id)
        chosen.append(piece)
    return chosen


def nearly_as_alike(pieces: Sequence[Evidence]) -> list[Evidence]:
    """The first of them, and up to two more that their space finds nearly as like the request."""
    if not pieces:
        return []
    first = pieces[0].candidate
    like = [
        piece
        for piece in pieces[1:]
        if all(
            piece.candidate.scores.get(space, 0.0) >= NEARLY_AS_ALIKE * score for space, score in first.scores.items()
        )
    ]
    return [pieces[0], *like][:MOST_SHOWN]


def of_one_video(pieces: Sequence[Evidence]) -> list[Evidence]:
    """The first of them; for a frame, the surest frames of its video in playing order, a guess only alone."""
    first = pieces[0]
    if first.candidate.attachment.modality is not Modality.VIDEO or first.candidate.segment.kind is SegmentKind.SOUND:
        return [first]
    id = first.candidate.attachment.id
    frames = [
        p for p in pieces if p.candidate.attachment.id == id and p.candidate.segment.kind is not SegmentKind.SOUND
    ]
    sure = [p for p in frames if _surest(p) >= guess_below(p.candidate.segment)]
    chosen = sorted(sure, key=_surest, reverse=True)[:MOST_SHOWN] or [max(frames, key=_surest)]
    return sorted(chosen, key=lambda piece: piece.candidate.segment.ordinal)


def _surest(piece: Evidence) -> float:
    return piece.candidate.segment.concepts[0].probability


def describe(pieces: Sequence[Evidence], words: Wording, names: Translate) -> Iterator[AnswerEvent]:
    """One line for each: ``fox.png looks like: red fox (62 %), kit fox (21 %) [1]``; then what such names are worth."""
    for number, piece in enumerate(pieces):
        segment = piece.candidate.segment
        shown = tuple(
            replace(concept, label=names(concept.label, list_of(segment)))
            for concept in shown_concepts(segment.concepts)
        )
        sentence = _sentence(piece, shown, words)
        yield TextDelta(f"{chr(10) * 2 if number else ''}{sentence} [{piece.number}]")
        yield Cited(cite_concepts(piece, shown))
    sounds = {piece.candidate.segment.kind is SegmentKind.SOUND for piece in pieces}
    for heard in sorted(sounds):
        yield TextDelta(f"\n\n{words.fixed_list_sounds if heard else words.fixed_list_pictures}")


def shown_concepts(concepts: Sequence[Concept]) -> tuple[Concept, ...]:
    """The first few that say something."""
    return tuple(c for at, c in enumerate(concepts[:MOST_SHOWN]) if at == 0 or c.probability >= SHOWN_FROM)


def cite_concepts(piece: Evidence, shown: Sequence[Concept]) -> Citation:
    """The citation of a picture or sound; its quote is what was recognised, since no words stand in it."""
    quote = ", ".join(f"{c.label} {c.probability:.0%}" for c in shown)
    return replace(cite(piece, 0, 0), quote=quote, locator=piece.candidate.segment.locator)


def _sentence(piece: Evidence, shown: tuple[Concept, ...], words: Wording) -> str:
    segment = piece.candidate.segment
    heard = segment.kind is SegmentKind.SOUND
    probability = shown[0].probability
    if probability < guess_below(segment):
        template = words.guessed_sound if heard else words.guessed
    elif probability < _sure_from(segment):
        template = words.may_sound if heard else words.may_be
    else:
        template = words.sounds_like if heard else words.looks_like
    return template.format(place=place(piece, segment.locator, words), concepts=concept_list(shown, words))
