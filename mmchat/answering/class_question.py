"""A question after all things of a kind, "What animals are in my pictures?" -> the pictures that show one.

Asked of everyday words with known classes only, in English and French; anything else is another module's question.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from mmchat.answering.concept_names import ConceptNames
from mmchat.answering.concepts import guess_below, list_of, recognised
from mmchat.retrieval.wordings import HEARD, SHOWN
from mmchat.types import Evidence, Modality

_KIND = (
    r"(?:(?:kinds?|sorts?|types?) of |(?:genres?|types?|sortes?|espèces?) d(?:e |['’]))?"
    r"(?P<kind>[^\W\d]+(?: [^\W\d]+)?)"
)
_MEDIA = rf"(?:(?P<shown>{SHOWN})|(?P<heard>{HEARD}))\W*"
_ENGLISH = re.compile(
    rf"(?:what|which) {_KIND} (?:are|is|appears?|can be|(?:can|do) (?:you|we|i) (?:see|hear|recogni[sz]e))"
    r"(?: (?:there|seen|heard|shown|visible))*"
    rf" (?:in|on) (?:all )?(?:of )?(?:(?:my|the|these|those|this|our) )?{_MEDIA}",
    re.IGNORECASE,
)
_FRENCH = re.compile(
    rf"quel(?:le)?s? {_KIND} (?:sont|est|y a-t-il|il y a|(?:voit|vois|entend|entends)-(?:on|tu|je)|voyez-vous"
    r"|apparai(?:t|ssent)|appara[iî]t|figurent?|(?:peut|peux)-(?:on|tu|je) (?:voir|entendre)"
    r"|est-ce qu(?:['’]on|e (?:tu|je)) (?:voit|vois|entend|entends))(?: visibles?)?"
    rf" (?:dans|sur) (?:tou(?:te)?s )?(?:(?:mes|les|ces|mon|ma|la|le|cette|nos) )?{_MEDIA}",
    re.IGNORECASE,
)


def of_the_kind(question: str, evidence: Sequence[Evidence], names: ConceptNames) -> list[Evidence] | None:
    """The pictures, or recordings, that more than perhaps hold a thing of the kind asked for, the surest first.

    Only such things are left in them. None when the question does not ask for all things of a kind; none of them when
    there is no such picture.
    """
    plain = " ".join(question.split())
    for language, pattern in (("en", _ENGLISH), ("fr", _FRENCH)):
        found = pattern.fullmatch(plain)
        if found:
            modality = Modality.IMAGE if found["shown"] else Modality.AUDIO
            kind = names.class_of(found["kind"], modality, language)
            if len(kind) > 1:
                held = [_only(piece, kind) for piece in recognised(evidence, modality)]
                return sorted(
                    (piece for piece in held if _share(piece) >= guess_below(piece.candidate.segment)),
                    key=_share,
                    reverse=True,
                )
    return None


def showing(about: str, pieces: Sequence[Evidence], names: ConceptNames) -> list[Evidence]:
    """Those in which what the words name was recognised at all; every one when the words name no class of the lists."""
    return [piece for piece in pieces if _may_show(piece, about, names)]


def _may_show(piece: Evidence, about: str, names: ConceptNames) -> bool:
    segment = piece.candidate.segment
    known = [names.class_of(about, list_of(segment), language) for language in ("en", "fr")]
    return not any(known) or any(concept.label in kind for kind in known for concept in segment.concepts)


def _share(piece: Evidence) -> float:
    return sum(concept.probability for concept in piece.candidate.segment.concepts)


def _only(piece: Evidence, kind: frozenset[str]) -> Evidence:
    """The picture with those of its concepts that are of the kind."""
    segment = piece.candidate.segment
    concepts = tuple(concept for concept in segment.concepts if concept.label in kind)
    return replace(piece, candidate=replace(piece.candidate, segment=replace(segment, concepts=concepts)))
