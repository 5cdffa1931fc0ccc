"""A sentence of an answer and a piece of evidence -> the words of the evidence that say it, and how surely they do.

A model cites a number; a person wants to be shown the place. And small models cite nothing at all (SmolLM2-135M, asked
to, in 4 % of its sentences), though what they say can be found. Words decide, not meaning: what shares few words with
its evidence, or is in another language, is shown where the meaning is nearest, but never cited on its own account.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mmchat.answering.lexical import language_of, ordered_stems, own_words, stem_set
from mmchat.perception.stems import stem
from mmchat.question.value_forms import plain_numbers
from mmchat.tools.spans import Span, spans_of
from mmchat.types import Evidence, Vectors

Embed = Callable[[Sequence[str]], Vectors]
"""Texts to unit vectors, for sentences that share no words with their evidence."""

FOUND_FROM = 0.4
"""From this share of a sentence's words on, the words decide where its quote is."""
SURE_FROM = 1.0
"""Only a sentence all of whose own words the quote holds, in their order, with its numbers and as many negations, is
given a marker that the model did not write."""
_NEGATIONS = frozenset("not no never none nor neither without pas jamais aucun aucune rien ni sans".split())
LEAST_WORDS = 3


@dataclass(frozen=True, slots=True)
class Supported:
    """A quote, and the share of the sentence's own words, 0..1, that it holds."""

    span: Span
    share: float


def best_quote(sentence: str, language: str, evidence: Evidence, embed: Embed | None = None) -> Span | None:
    """The stretch of this evidence that comes nearest to saying the sentence; None when it holds no words."""
    found = _best(sentence, language, [evidence])
    if found is not None and (found.share >= FOUND_FROM or embed is None):
        return found.span
    spans = spans_of(evidence)
    if not spans or embed is None:
        return None
    vectors = embed([sentence, *(span.text for span in spans)])
    return spans[int((vectors[1:] @ vectors[0]).argmax())]


def sure_quote(sentence: str, language: str, evidence: Sequence[Evidence]) -> Span | None:
    """The stretch of any evidence that says the very same as the sentence, if there is one."""
    found = _best(sentence, language, evidence)
    if found is None or found.share < SURE_FROM or len(own_words(sentence, language)) < LEAST_WORDS:
        return None
    quote, own = found.span.text, language_of(found.span, language)
    says_the_same = (
        _in_order(ordered_stems(sentence, language, own), ordered_stems(quote, language, own))
        and plain_numbers(sentence, language) <= plain_numbers(quote, language)
        and _negations(sentence) == _negations(quote)
    )
    return found.span if says_the_same else None


def _in_order(wanted: Sequence[str], here: Sequence[str]) -> bool:
    """Whether all of ``wanted`` stand in ``here``, one after the other: "Ben owes Anna" is not "Anna owes Ben"."""
    rest = iter(here)
    return all(stem in rest for stem in wanted)


def _negations(text: str) -> int:
    return sum(word in _NEGATIONS or word.endswith("n't") for word in text.lower().replace("’", "'").split())


def _best(sentence: str, language: str, evidence: Sequence[Evidence]) -> Supported | None:
    words = own_words(sentence, language)
    best: Supported | None = None
    for span in (span for piece in evidence for span in spans_of(piece)):
        own = language_of(span, language)
        wanted, here = {stem(word, own) for word in words}, stem_set(f"{span.heading} {span.text}", own)
        share = len(wanted & here) / len(wanted) if wanted else 0.0
        # Of two that say as much, the shorter one says it more exactly.
        if best is None or (share, -len(span.text)) > (best.share, -len(best.span.text)):
            best = Supported(span, share)
    return best
