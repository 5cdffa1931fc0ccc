"""A question that leans on the one before it -> the question in full, by rules, in English and French.

A question that stands alone is left as it is: where a rule is not sure, it does nothing. It knows no model.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mmchat.perception.language import detect_language
from mmchat.retrieval import follow_up_wordings as wordings
from mmchat.retrieval.phrases import Phrase, content_words, phrases, topic
from mmchat.retrieval.wordings import POLITE

LONGEST_WORDS = 14
"""A longer question says itself what it is about."""
MOST_CONTENT_WORDS = 4
INSTEAD_WORDS = 5


@dataclass(frozen=True, slots=True)
class Source:
    """One source of an answer, as the person saw it."""

    attachment_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Said:
    """The question before, as it stood alone, its answer, and the answer's sources in the order they were shown."""

    question: str
    answer: str = ""
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class StandAlone:
    """The question in full; ``source`` when it is asked of one source of the last answer alone."""

    text: str
    source: Source | None = None


def leans(text: str) -> bool:
    """Whether the question may need the one before it. Says no when in doubt."""
    return stand_alone(text, Said("the thing of Xyz", "", tuple(Source("", f"{n}") for n in range(9)))) is not None


def stand_alone(text: str, last: Said) -> StandAlone | None:
    """The question in full, or None when it stands alone as it is."""
    plain = " ".join(text.split())
    core = POLITE.sub("", plain.strip(" ?!.…"))
    if not core or len(core.split()) > LONGEST_WORDS:
        return None
    asked = last.question.strip().rstrip(" ?!.…")
    for rule in (_place, _more, _cut_short, _among, _instead, _pronoun):
        found = rule(core, asked, last)
        if found is not None:
            return found if found.text.strip(" ?") else None
    return None


def _place(core: str, asked: str, last: Said) -> StandAlone | None:
    """As in "and the second one?"."""
    for pattern in wordings.PLACE_ALONE:
        if found := pattern.match(core):
            if next_one := _next_thing(found, asked):
                return next_one
            source = _source(found, last)
            return StandAlone(_question(asked) if source else "", source)  # a list without that place: nothing to do
    for pattern in wordings.PLACE_WITHIN:
        found = pattern.search(core)
        if found and not _named_before(core, found.start()) and (source := _source(found, last)):
            start = found.start("whole") if "whole" in found.groupdict() else found.start()
            start = re.search(r"(?:l['’]|l[ea] )?$", core[:start], re.IGNORECASE).start()  # type: ignore[union-attr]
            return StandAlone(_question(f"{core[:start]}{source.name}{core[found.end() :]}"), source)
    return None


def _next_thing(found: re.Match[str], asked: str) -> StandAlone | None:
    """After "the first valve", the second one is a valve, and no source; if it is asked in the same language."""
    nth, before = found.groupdict().get("nth"), wordings.PLACE_ASKED.search(asked)
    if not nth or before is None:
        return None
    english = re.search(r"\b(?:the|my) ", found[0], re.IGNORECASE) is not None
    place, former = wordings.ORDINAL_WORDS[nth.lower()], wordings.ORDINAL_WORDS[before["nth"].lower()]
    if place in (0, former) or english != (before["article"].lower() == "the"):
        return None
    return StandAlone(_question(f"{asked[: before.start('nth')]}{nth}{asked[before.end('nth') :]}"))


def _source(found: re.Match[str], last: Said) -> Source | None:
    groups = found.groupdict()
    place = int(groups["number"]) if groups.get("number") else wordings.ORDINAL_WORDS[groups["nth"].lower()]
    place = 2 if place == 0 else place
    if place == -1:
        return last.sources[-1] if last.sources else None
    return last.sources[place - 1] if 1 <= place <= len(last.sources) else None


def _more(core: str, asked: str, last: Said) -> StandAlone | None:
    return StandAlone(_question(asked)) if any(p.match(core) for p in wordings.MORE) else None


def _cut_short(core: str, asked: str, last: Said) -> StandAlone | None:
    """As in "why?"."""
    if not any(p.match(core) for p in wordings.CUT_SHORT):
        return None
    return StandAlone(f"{_untied(core)}: {topic(asked, detect_language(asked)) or asked}?")


def _among(core: str, asked: str, last: Said) -> StandAlone | None:
    """As in "which one is cheaper?"."""
    if not any(p.match(core) for p in wordings.AMONG):
        return None
    return StandAlone(f"{_untied(core)}: {topic(asked, detect_language(asked)) or asked}?")


def _instead(core: str, asked: str, last: Said) -> StandAlone | None:
    """As in "what about Switzerland?" and "et en mars ?"."""
    found = next((m for p in wordings.INSTEAD if (m := p.match(core))), None) or wordings.TIED_ON.match(core)
    instead = found["instead"].strip() if found else ""
    if not instead or len(instead.split()) > INSTEAD_WORDS or wordings.OPENS_A_QUESTION.match(instead):
        return None
    if re.fullmatch(r"(?:this|that|it|these|those|them|you|me|ça|cela|toi|vous|moi)", instead, re.IGNORECASE):
        return None
    return StandAlone(_question(put_instead(asked, instead)))


def put_instead(asked: str, instead: str) -> str:
    """The question with the phrase that ``instead`` stands against replaced; where there is none, it is added."""
    placed = wordings.PREPOSITION.match(instead)
    if placed:
        kind = _kind(placed["rest"])
        there = [
            m
            for m in re.finditer(
                rf"\b{re.escape(placed['with'])}\s+([^,?]+?)(?=$|,|\?|\s+(?:for|in|on|at|with|from"
                r"|pour|en|dans|à|au|aux|avec|sur)\s)",
                asked,
                re.IGNORECASE,
            )  # fmt: skip
            if _kind(m[1]) == kind
        ]
        if there:
            return f"{asked[: there[-1].start()]}{instead}{asked[there[-1].end() :]}"
        return f"{asked} {instead}"
    if wordings.TIMES.match(instead):
        return f"{asked} {instead}"
    named = phrases(asked)
    wanted = phrases(f"· {instead}")
    proper = bool(wanted) and all(each.proper for each in wanted)
    same = [each for each in named if each.proper == proper] or ([] if proper else named)
    if not same and proper:  # "the capital of France" is one phrase, and France is what is meant
        inner = list(re.finditer(r"(?<=\s)(?:(?:the|la|le|les)\s+|l['’])?[A-ZÀ-Ý][\w-]+", asked))
        if inner:
            return f"{asked[: inner[-1].start()]}{instead}{asked[inner[-1].end() :]}"
    if not same:
        return f"{asked} {instead}"
    old = same[-1]
    if re.search(r"\bones?$", instead, re.IGNORECASE):  # the blue one: the blue key
        instead = re.sub(r"\bones?$", old.bare.split()[-1], instead, flags=re.IGNORECASE)
    if proper and (article := old.text[: len(old.text) - len(old.bare)]) and not instead.startswith(article):
        instead = f"{article}{instead}" if article.lower().strip() in ("the",) else instead
    return f"{asked[: old.start]}{instead}{asked[old.end :]}"


def _kind(words: str) -> str:
    plain = words.strip().lower()
    if plain in wordings.LANGUAGES:
        return "language"
    return "number" if re.search(r"\d", plain) else "name"


def _pronoun(core: str, asked: str, last: Said) -> StandAlone | None:
    """As in "who wrote it?"."""
    if not wordings.OPENS_A_QUESTION.match(_untied(core)) or len(content_words(core)) > MOST_CONTENT_WORDS:
        return None
    french = detect_language(core) == "fr"
    if (wordings.EMPTY_IL if french else wordings.EMPTY_IT).search(core):
        return None
    found = (wordings.PRONOUNS_FRENCH if french else wordings.PRONOUNS_ENGLISH).search(core)
    if found is None or _named_before(core, found.start()):
        return None
    if found["that"] and not french and not re.match(r"(?:who|when|where|why|how|what)\b", _untied(core), re.I):
        return None
    person = not french and bool(found["person"])
    meant = antecedent(asked, last.answer, person=person)
    if not meant:
        return None
    core = _untied(core)
    if found["that"] and not french:
        return StandAlone(f"{core}: {topic(asked, detect_language(asked))}?")
    if french:
        return StandAlone(f"{core} ({meant}) ?")
    found = wordings.PRONOUNS_ENGLISH.search(core)
    if found is None:
        return None
    word = found[0].lower()
    owns = word in ("his", "its", "their") or (word == "her" and re.match(r"\s+\w", core[found.end() :]))
    return StandAlone(f"{core[: found.start()]}{meant}{'’s' if owns else ''}{core[found.end() :]}?")


def antecedent(asked: str, answer: str, *, person: bool) -> str:
    """What a pronoun after this question stands for: a name for a person, else the first thing it names."""
    named = phrases(asked)
    if person:
        people = [each.bare for each in named if each.proper and "." not in each.text] or _people(answer)
        if people:
            return people[-1]
    first = next((each.text for each in named if not _asks_only(each)), "")
    return first or topic(asked, detect_language(asked))


def _asks_only(phrase: Phrase) -> bool:
    """Whether nothing in it names anything."""
    return not content_words(phrase.text)


def _people(answer: str) -> list[str]:
    return re.findall(r"\b[A-ZÀ-Ý][\w'’-]+ [A-ZÀ-Ý][\w'’-]+", answer)[:1]


def _named_before(core: str, end: int) -> bool:
    """Whether something is named before this place that the pronoun may stand for."""
    before = re.sub(r"^(?:what|which|whose|quel(?:le)?s?) \w+", "", _untied(core[:end]), flags=re.IGNORECASE)
    named: Sequence[Phrase] = phrases(f"· {before}")
    return bool(named) or bool(re.search(r"\b(?:if|while|because|after|before|si|lorsque|après)\s+\w+|,", before, re.I))


def _untied(core: str) -> str:
    return re.sub(r"^(?:(?:and|but|so|ok|okay|then|now|et|mais|alors|donc|puis)[\s,]+)+", "", core, flags=re.IGNORECASE)


def _question(text: str) -> str:
    """Closed as the language closes a question."""
    plain = text.strip().rstrip(" ?")
    return f"{plain} ?" if detect_language(plain) == "fr" else f"{plain}?"


def seems_to_lean(text: str) -> bool:
    """Whether a word in it may stand for something said before. Too weak a sign for rules; a model may judge it."""
    plain = " ".join(text.split())
    if len(plain.split()) > LONGEST_WORDS or wordings.EMPTY_IT.search(plain) or wordings.EMPTY_IL.search(plain):
        return False
    found = wordings.MAY_POINT_BACK.search(plain)
    return found is not None and not _named_before(plain, found.start())
