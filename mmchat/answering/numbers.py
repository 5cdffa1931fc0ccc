"""Numbers in words of any kind, read alike however they are written, and what things they number. No model.

``1,450.00`` is ``1 450``, ``3rd`` is ``third``, ``m²`` is ``m2`` and ``v2.1`` is ``version 2.1``. A number that numbers
a thing stands after its noun: depot 20, order E-4471. Quantities, dates, times, years and prices number nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from mmchat.perception.words import folded
from mmchat.retrieval.stop_words import ENGLISH, FRENCH

MOST_READ = 2000
"""Numbered things are looked for in so many characters from the beginning: a pasted page asks about none of them."""
WIDEST_RANGE = 100
"""Rooms 3 to 7 hold room 5; a range with more numbers in it is no range."""

_CARDINALS = {
    word: str(number)
    for words in (
        "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen",
        "deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize",
    )
    for number, word in enumerate(words.split(), start=2)
} | {"twenty": "20", "vingt": "20", "thirty": "30", "trente": "30"}
_ORDINALS = {"first": "1", "premier": "1", "premiere": "1", "deuxieme": "2", "third": "3", "troisieme": "3",
             "fourth": "4", "quatrieme": "4", "fifth": "5", "cinquieme": "5"}  # fmt: skip
_SPELT = _CARDINALS | _ORDINALS  # not "one", "un" and "second", which seldom count anything

_GROUPED = r"(?<![0-9])[0-9]{1,3}(?:([ ,.])[0-9]{3})(?:\1[0-9]{3})*(?:[.,][0-9]{1,2})?(?![0-9]|[.,][0-9])"
_FIGURE = re.compile(rf"{_GROUPED}|(?<![0-9])(?<![0-9][.,])[0-9]+[.,][0-9]+(?![.,]?[0-9])|[0-9]+")

_PIECES = r"[0-9]\w*(?:[-./:]\w+|,[0-9]{3}(?![0-9]))*"
_CODE = rf"(?:(?:[A-Z]{{1,3}}[ -]?)?{_PIECES}|(?:{'|'.join(_CARDINALS)})\b)"
_MARK = r"(?:[Nn](?:[o°]|r)\.?|(?:[Nn]um[eé]ro|[Nn]umber)(?: is| est)?:?|#|:)"
_BETWEEN = r"(?:,|&|-|\b(?:and|or|et|ou|to|à)\b)"
_NUMBERED = re.compile(
    rf"(?:\b(?P<before>[^\W_]+)(?P<gap>['’ ]))?\b(?![A-Z]{{1,3}}\b)(?P<noun>[^\W\d_]{{2,30}}) {{1,2}}"
    rf"(?:{_MARK} ?)?(?P<code>{_CODE})(?P<more>(?: ?{_BETWEEN} ?{_PIECES})*)(?= ?(?P<after>[^\W\d_]+|[%€$£°]|))"
)
_NTH = re.compile(rf"\b(?:([0-9]+)(?:st|nd|rd|th|er|[eè]?re|nde?|i?[eè]me|e)|({'|'.join(_ORDINALS)})) ([^\W\d_]+)")
_NOT_A_CODE = re.compile(
    r"(?:19|20)[0-9]{2}|[0-9]{1,2}(?:[:h][0-9]{0,2}|[./-][0-9]{1,2}[./-][0-9]{2,4}|/[0-9]{1,2}|am|pm)"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9.,]+(?:[kcm]?[mgl][23]?|h|min|kwh?|eur|usd|st|nd|rd|th|er|e)",
    re.IGNORECASE,
)
"""Years, times, dates, fractions, and numbers with a unit."""
_UNITS = set(
    "% € $ £ ° eur usd euro euros dollar dollars pounds m m2 m3 cm mm km kg g mg l ml kw kwh gb mb h am pm min percent "
    "minute minutes hour hours day days week weeks month months year years people persons times degrees o heures heure "
    "jours jour semaines mois ans annees personnes fois degres tonnes points".split()
)
SMALL_WORDS = {folded(word) for word in ENGLISH | FRENCH} | set(
    "monday tuesday wednesday thursday friday saturday sunday lundi mardi mercredi jeudi vendredi samedi dimanche "
    "january february march april may june july august september october november december janvier fevrier mars "
    "avril mai juin juillet aout septembre octobre novembre decembre".split()
)
"""Words that only join others, and days and months."""
_NO_NOUNS = SMALL_WORDS | set(
    "spring summer autumn winter ete hiver year annee quarter top first last next best past previous main least "
    "around nearly almost exactly roughly environ presque premiers derniers premieres dernieres prochains price "
    "cost costs rent total amount sum budget fee deposit salary prix loyer montant somme cout tarif caution age "
    "eur usd number numero".split()
)
_BEFORE_A_VERB = set("i you we they he she it who which what that there please je tu il elle nous vous ils elles "
                     "qui ne".split())  # fmt: skip
_ONLY_A_MARK = {"after", "before", "since", "until", "apres", "avant", "depuis"}  # what comes after step 3 is step 4
_ASKING_FOR = set("compare find show open read summarise summarize list montre trouve ouvre lis resume".split())
_DASHES = str.maketrans("‐‑‒–—−", "------")


def figures(text: str) -> frozenset[str]:
    """Every number of a text, each as plain digits: ``1,450.00 €`` gives ``1450``, ``E-4471`` gives ``4471``."""
    text = _normal(text)
    spelt = (_SPELT.get(word) for word in re.findall(r"[a-z]+", folded(text)))
    return frozenset(_plain(found.group()) for found in _FIGURE.finditer(text)) | frozenset(filter(None, spelt))


def without(text: str, given: frozenset[str]) -> str:
    """The text less those figures: the numbers that a question itself gives are no answer to "how many"."""
    return _FIGURE.sub(lambda found: "" if _plain(found.group()) in given else found.group(), _normal(text))


@dataclass(frozen=True, slots=True)
class Numbered:
    """A thing and its number, or numbers.

    Attributes:
        noun: folded, in the singular.
        written: the noun as it stands, with a French article before it.
        number: the first of its numbers, as it stands.
        codes: the numbers, each as its pieces: ``E-4471`` is ``("e", "4471")``.
        certain: whether the words around it leave no doubt that this is a thing with a number.
    """

    noun: str
    written: str
    number: str
    codes: tuple[tuple[str, ...], ...]
    certain: bool


def numbered_things(text: str) -> Iterator[Numbered]:
    """The things that a text gives a number, in order."""
    text = _normal(text[:MOST_READ])
    for found in _NUMBERED.finditer(text):
        noun, before, after = folded(found["noun"]), folded(found["before"] or ""), folded(found["after"])
        spelt, plural = found["code"] in _CARDINALS, len(after) > 3 and after.endswith("s")
        if noun in _NO_NOUNS or noun in _SPELT or before in _BEFORE_A_VERB or after in _UNITS:
            continue
        if _NOT_A_CODE.fullmatch(found["code"]) or ((spelt or before == "to") and plural):
            continue
        article = found["before"] + found["gap"] if before in ("le", "la", "l") else ""
        codes = [found["code"], *re.findall(_PIECES, found["more"])]
        yield Numbered(
            _singular(noun),
            article + found["noun"],
            found["code"],
            (*map(_pieces, codes), *_between(found["code"] + found["more"])),
            certain=(not before or before in _ASKING_FOR or before in _NO_NOUNS)
            and before not in _ONLY_A_MARK
            and not plural,
        )


def holds(text: str, noun: str, codes: tuple[tuple[str, ...], ...]) -> bool:
    """Whether a text speaks of this noun with one of these numbers; section 3.1 is in section 3."""
    here = [code for thing in numbered_things(text) if thing.noun == noun for code in thing.codes]
    here += [
        (nth.lstrip("0") or _ORDINALS.get(word, ""),)
        for nth, word, after in _NTH.findall(folded(_normal(text[:MOST_READ])))
        if _singular(after) == noun
    ]
    return any(code[: len(own)] == own[: len(code)] for code in here for own in codes)


def _between(written: str) -> Iterator[tuple[str, ...]]:
    """The numbers inside a range, ``3-7`` or ``3 to 7``."""
    ends = re.fullmatch(r"([0-9]{1,4}) ?(?:-|to|à) ?([0-9]{1,4})", written)
    if ends and int(ends[1]) < int(ends[2]) <= int(ends[1]) + WIDEST_RANGE:
        yield from ((str(number),) for number in range(int(ends[1]), int(ends[2]) + 1))


def _normal(text: str) -> str:
    """One way to write it: compatibility forms resolved, decimal digits of any script 0 to 9, ``v2`` a version."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_DASHES)
        text = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)
    return re.sub(r"\b[vV]\.? ?(?=[0-9])", "version ", text)


def _plain(figure: str) -> str:
    """``1 450,00`` as ``1450``, ``05`` as ``5``, ``3,50`` as ``3.5``."""
    whole, rest = figure, ""
    if not re.fullmatch(r"[0-9]{1,3}(?:([ ,.])[0-9]{3})(?:\1[0-9]{3})*", figure):
        split = re.fullmatch(r"(.*[0-9])[.,]([0-9]+)", figure)
        whole, rest = (split[1], split[2].rstrip("0")) if split else (figure, "")
    whole = re.sub("[^0-9]", "", whole).lstrip("0") or "0"
    return f"{whole}.{rest}" if rest else whole


def _pieces(code: str) -> tuple[str, ...]:
    runs = re.findall(r"[0-9]+|[^\W\d_]+", folded(_CARDINALS.get(code, code)).replace(",", ""))
    return tuple((run.lstrip("0") or "0") if run[0].isdigit() else run for run in runs)


def _singular(noun: str) -> str:
    return noun[:-1] if len(noun) > 3 and noun[-1] in "sx" else noun
