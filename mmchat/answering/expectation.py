"""What form an answer must take: "how much" wants a number, "when" a time, "who" a name. English and French.

A sentence that lacks the form asked for is seldom the answer, however near its words are to the question's.
"""

from __future__ import annotations

import re
from enum import StrEnum


class Expected(StrEnum):
    """The form of an answer that a question's first words ask for."""

    NUMBER = "number"
    TIME = "time"
    NAME = "name"
    ANYTHING = "anything"


_QUESTIONS = (
    (
        Expected.TIME,
        r"when|since when|until when|(?:at |on |in )?(?:what|which) (?:time|date|day|month|year|hour|week)|how soon"
        r"|quand|depuis quand|jusqu['’]à quand|(?:à|en|avant|depuis|pour|jusqu['’]à)? ?quel(?:le)?s? "
        r"(?:heures?|dates?|jours?|mois|années?|semaines?|moments?)",
    ),
    (
        Expected.NUMBER,
        r"how (?:much|many|long|old|far|big|large|tall|heavy|fast|often|high|wide|deep|hot|cold|big)"
        r"|what (?:is|was|are|were) the (?:\w+ )?"
        r"(?:price|cost|total|amount|number|code|size|weight|rate|temperature|budget|percentage|version)"
        r"|(?:at )?(?:what|which) (?:price|amount|percentage|number|rate|size|speed|temperature|version)"
        r"|combien|à combien|de combien"
        r"|quel(?:le)?s? (?:est|sont|était|étaient) (?:le|la|les|l['’]) ?(?:\w+ )?"
        r"(?:prix|coût|totale?|montant|nombre|numéro|code|taille|poids|taux|température|budget|pourcentage|version"
        r"|vitesse|durée)"
        r"|à quelle fréquence"
        r"|(?:à|de)? ?quel(?:le)?s? (?:prix|montant|pourcentage|nombre|taux|taille|vitesse|température|âge)",
    ),
    (Expected.NAME, r"who|whom|whose|(?:by|with|from|to) whom|qui|à qui|de qui|par qui|avec qui|chez qui"),
)
_PATTERNS = tuple((kind, re.compile(rf"^(?:{pattern})\b", re.IGNORECASE)) for kind, pattern in _QUESTIONS)
_OPENING = re.compile(r"^\W*(?:(?:and|so|but|et|mais|alors|donc)\W+)?", re.IGNORECASE)

_NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|seventy"
    r"|eighty|ninety|hundred|thousand|million|half|dozen|once|twice|daily|weekly|monthly|yearly|every"
    r"|une?|deux|trois|quatre|cinq|sept|huit|neuf|dix|onze|douze|quinze|vingt|trente|quarante|cinquante|soixante|cent|mille|moitié"
    r"|chaque|tous les|toutes les)\b",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\d|\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b"
    r"|\b(?:january|february|march|april|may|june|july|august|september|october|november|december)\b"
    r"|\b(?:today|tomorrow|yesterday|tonight|noon|midnight|morning|afternoon|evening|week(?:end)?|month|year|spring|summer|autumn|winter"
    r"|before|after|until|when|while|during|daily|first|last|next)\b"
    r"|\b(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre"
    r"|novembre|décembre|aujourd['’]hui|demain|hier|midi|minuit|matin|après-midi|soir|semaine|mois|année|an|printemps|été|automne|hiver"
    r"|avant|après|jusqu|quand|lorsque|pendant|première?|dernière?|prochaine?)\b",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"(?<![.!?]\s)(?<!^)\b[A-ZÀ-Þ][\w'’-]+|^[A-ZÀ-Þ][\w'’-]+(?:\s+[A-ZÀ-Þ]|,|\s+(?:a|is|was|will|has|est|va|s['’]|m['’]))"
)


def expected_of(question: str) -> Expected:
    """The form that the question asks for; ANYTHING when its wording does not say."""
    plain = _OPENING.sub("", question.strip(), count=1)
    return next((kind for kind, pattern in _PATTERNS if pattern.match(plain)), Expected.ANYTHING)


def fits(expected: Expected, text: str) -> float:
    """1 when the text holds the form asked for, -1 when it lacks it, 0 when nothing particular was asked for."""
    pattern = {Expected.NUMBER: _NUMBER, Expected.TIME: _TIME, Expected.NAME: _NAME}.get(expected)
    if pattern is None:
        return 0.0
    return 1.0 if pattern.search(text) else -1.0
