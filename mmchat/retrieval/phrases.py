"""A question -> the phrases in it that name things, by its articles and capitals. No grammar, no model."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mmchat.retrieval.follow_up_wordings import AUXILIARY, DETERMINER, OPENS_A_QUESTION
from mmchat.retrieval.stop_words import ENGLISH, FRENCH, stop_words

LONGEST_WORDS = 5
_TOKEN = re.compile(r"\w+(?:[-./@:]\w+)*|['’]")
_OF = frozenset("of de du des d".split())
_VERBS = frozenset("say get give have want please be do".split())
_VERB_ENDING = re.compile(
    r"(?:ed|ing)$|^(?:sent|made|written|found|built|given|taken|bought|sold|paid|held|kept|left|lost|said|told|done"
    r"|seen|drawn|broken|stolen|put|cut)$"
)
_NEVER_WITHIN = re.compile(
    r"(?:per|yesterday|today|tomorrow|tonight|now|hier|demain|aujourd|maintenant)$|.+-(?:t-)?(?:ils?|elles?|on|ce)$"
)
"""A thing's name ends before these: "the boiler cost per year", "le bateau part-il demain"."""
_FRENCH = re.compile(r"\b(?:le|la|les|un|une|des|du|est|qui|que|où|quand|quel(?:le)?s?|et)\b|[éèêçàù]", re.IGNORECASE)
_FUNCTION = ENGLISH | FRENCH


@dataclass(frozen=True, slots=True)
class Phrase:
    """``text[start:end]`` of the question; ``proper`` for a name, which is written with capitals or is a file's."""

    text: str
    start: int
    end: int
    proper: bool = False

    @property
    def bare(self) -> str:
        """Without its article."""
        return re.sub(rf"^(?:{DETERMINER.pattern}\s+|l['’])", "", self.text, flags=re.IGNORECASE)


def phrases(text: str) -> list[Phrase]:
    """In their order: what follows an article up to the next function word, names, and names of files."""
    tokens = [m for m in _TOKEN.finditer(text) if m[0] not in "'’"]
    has = "a" if _FRENCH.search(text) else ""  # in French no article, but a verb
    found: list[Phrase] = []
    at = 0
    while at < len(tokens):
        word = tokens[at][0]
        determined = bool(word != has and DETERMINER.fullmatch(word)) or (
            word.lower() == "l" and text[tokens[at].end() :][:1] in "'’"
        )
        end = _run(tokens, at + 1 if determined else at)
        if determined and end > at + 1:
            end = _without_verb(tokens, at, end)
            found.append(_phrase(text, tokens, at, end, proper=all(_proper(tokens, i) for i in range(at + 1, end))))
            at = end
        elif _proper(tokens, at):
            end = at + 1
            while end < len(tokens) and _proper(tokens, end):
                end += 1
            found.append(_phrase(text, tokens, at, end, proper=True))
            at = end
        else:
            at += 1
    return found


def topic(text: str, language: str) -> str:
    """What a question is about, when no phrase in it stands out: its words without those that only ask."""
    unwanted = stop_words(language)
    words = [m[0] for m in _TOKEN.finditer(text) if m[0] not in "'’" and m[0].lower() not in unwanted]
    return " ".join(words)


def content_words(text: str) -> list[str]:
    """The words that are no function words of either language, small letters."""
    return [m[0].lower() for m in _TOKEN.finditer(text) if m[0].lower() not in _FUNCTION and m[0] not in "'’"]


def _phrase(text: str, tokens: list[re.Match[str]], at: int, end: int, *, proper: bool) -> Phrase:
    start, stop = tokens[at].start(), tokens[end - 1].end()
    return Phrase(text[start:stop], start, stop, proper)


def _run(tokens: list[re.Match[str]], at: int) -> int:
    """The index after the last word of a run without function words; "of" and "de" hold two runs together."""
    start = at
    while at < len(tokens) and at - start < LONGEST_WORDS:
        word = tokens[at][0].lower()
        if at > start and word in _OF and at + 1 < len(tokens):
            after = at + 2 if DETERMINER.fullmatch(tokens[at + 1][0]) or tokens[at + 1][0].lower() == "l" else at + 1
            if after < len(tokens) and tokens[after][0].lower() not in _FUNCTION:
                at = after + 1
                continue
            return at
        if word in _FUNCTION or _NEVER_WITHIN.match(word):
            return at
        at += 1
    return at


def _without_verb(tokens: list[re.Match[str]], at: int, end: int) -> int:
    """In "does the cafe charge" and "was the letter signed" the last word of the run is the verb."""
    if end - at < 3 or at == 0:
        return end
    before, last = tokens[at - 1][0].lower(), tokens[end - 1][0].lower()
    after = tokens[end][0].lower() if end < len(tokens) else ""
    asks = before in AUXILIARY and after not in _VERBS
    is_done = before in ("is", "are", "was", "were", "has", "have", "had", "been") and _VERB_ENDING.search(last)
    return end - 1 if asks or is_done else end


def _proper(tokens: list[re.Match[str]], at: int) -> bool:
    word = tokens[at][0]
    if re.search(r"\w\.\w{2,5}$", word):
        return True
    if not word[0].isupper() or word.lower() in _FUNCTION:
        return False
    return at > 0 or not (OPENS_A_QUESTION.match(word) or word.lower() in _FUNCTION)
