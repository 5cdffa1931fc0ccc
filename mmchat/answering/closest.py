"""What to show as closest when nothing answers: only what has some relation to the question."""

from __future__ import annotations

from collections.abc import Sequence

from mmchat.answering.concepts import Translate, list_of, shown_concepts
from mmchat.answering.lexical import language_of, own_words, stem_set
from mmchat.answering.selection import Scored, best_first
from mmchat.answering.spans import Span
from mmchat.perception.stems import stem
from mmchat.types import Evidence, Query

NEAR_FROM = 0.12
"""A sentence that shares too few words with the question is near it from this confidence on. Of 78 questions that
nothing answers the best sentence lies below it for .72; of 75 that have an answer which was missed, for .52
(2026-11-21)."""
SHARED_ABOVE = 1 / 3
"""Under its headings a sentence is near when it shares more than this of the question's words: less is chance."""


def nearest(query: Query, scored: Sequence[Scored]) -> Span | None:
    """The best sentence that shares words with the question or is like it all the same, or None."""
    words = own_words(query.text, query.language)
    for each in best_first(scored):
        own = language_of(each.span, query.language)
        asked = {stem(word, own) for word in words}
        heading = each.span.evidence.candidate.segment.heading
        shared = asked & stem_set(f"{heading} {each.span.heading} {each.span.text}", own)
        if each.confidence >= NEAR_FROM or len(shared) > SHARED_ABOVE * max(1, len(asked)):
            return each.span
    return None


def alike_in_name(query: Query, media: Sequence[Evidence], named: Translate) -> list[Evidence]:
    """The pictures and sounds of which a shown name, in English or the answer's language, is in the question."""
    words = own_words(query.text, query.language)
    asked = {stem(word, query.language) for word in words}
    return [piece for piece in media if asked & stem_set(_names(piece, named), query.language)]


def _names(piece: Evidence, named: Translate) -> str:
    segment = piece.candidate.segment
    labels = [concept.label for concept in shown_concepts(segment.concepts)]
    return " ".join([*labels, *(named(label, list_of(segment)) for label in labels)])
