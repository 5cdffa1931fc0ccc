"""Names in a question, known by their capitals, and whether a text speaks of the same person or thing. No model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mmchat.retrieval.stop_words import ENGLISH, FRENCH
from mmchat.retrieval.words import folded

_WORD = re.compile(r"[^\W_]+")
_ADJOINS = re.compile(r"[ \t\xa0]*[-|]?[ \t\xa0]*|[._]")
"""What may stand between two words of one name: a blank, a hyphen, the bar of a table, the stop in an address."""
_ENDS = re.compile(r"[.!?:;\n“”«»\"(]")
_PARTICLES = frozenset("da de del della der di do dos du el la le van von ibn bin al ten zu".split())
_TITLES = frozenset(
    "mr mrs ms miss dr prof professor doctor sir lady m mme mlle monsieur madame mademoiselle docteur "
    "professeur maitre me captain capitaine uncle aunt oncle tante".split()
)
_CALENDAR = (
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december lundi mardi mercredi jeudi vendredi samedi dimanche janvier fevrier mars "
    "avril mai juin juillet aout septembre octobre novembre decembre christmas easter noel paques internet web "
    "english french anglais francais"
)
_OPENERS = (
    "tell give find show list explain describe name quote summarise summarize read search look please compare "
    "translate also only many much long old far contact call ask email phone address from to yes hello hi thanks "
    "donne donnez montre montrez combien peux pouvez existe y trouve trouvez cherche cherchez liste explique "
    "expliquez decris resume lis nomme cite compare traduis merci bonjour salut contacter appeler"
)
_STOP = {folded(word) for word in ENGLISH | FRENCH}
_MONTHS_TOO = {"may", "mars"}
_NO_NAMES = _STOP | set(_CALENDAR.split()) | set(_OPENERS.split())


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int
    end: int

    @property
    def plain(self) -> str:
        return folded(self.text)

    @property
    def is_capital(self) -> bool:
        return self.text[0].isupper()

    @property
    def may_name(self) -> bool:
        return self.is_capital and self.plain not in _NO_NAMES


@dataclass(frozen=True, slots=True)
class Name:
    """A name that was asked about: its words folded, titles and particles aside.

    Attributes:
        written: as it stands in the question.
        is_full: whether several words or a title make it a name for certain.
    """

    written: str
    parts: tuple[str, ...]
    is_full: bool

    def stands_in(self, text: str) -> bool:
        """Whether the text names this one: the whole name, or a part of it that belongs to no other name.

        "Anna Berg" is "A. Berg", "Berg, Anna", "Ms Berg" and "Anna", but neither "Anna Holm" nor "Tom Berg".
        """
        tokens = _tokens(text)
        return any(self._is_here(text, tokens, at) for at in range(len(tokens)))

    def is_mentioned(self, text: str) -> bool:
        """Whether any of its words stands in the text."""
        words = {token.plain for token in _tokens(text)}
        return any(_alike(part, word) for part in self.parts for word in words)

    def is_of_another(self, sentence: str, heading: str) -> bool:
        """Whether the sentence opens with another full name, without this one: a line of a list of people."""
        if self.is_mentioned(f"{heading}\n{sentence}"):
            return False
        first = next(iter(_runs(sentence)), None)
        return first is not None and len(first) > 1 and not re.search(r"\w", sentence[: first[0].start])

    def _is_here(self, text: str, tokens: list[_Token], at: int) -> bool:
        word = tokens[at].plain
        place = next((n for n, part in enumerate(self.parts) if _alike(part, word)), None)
        if place is None:
            # a.berg@example.org is written together: an initial and the last name
            return len(self.parts) > 1 and word == self.parts[0][0] + self.parts[-1]
        if all(any(_alike(part, token.plain) for token in _onwards(text, tokens, at)) for part in self.parts):
            return True
        after = tokens[at + 1] if at + 1 < len(tokens) else None
        before = tokens[at - 1] if at else None
        if place < len(self.parts) - 1 and after and _adjoin(text, tokens[at], after):
            return not self._is_other(after, text[after.start - 1])
        if place > 0 and before and _adjoin(text, before, tokens[at]):
            return not self._is_other(before, text[before.end])
        return True

    def _is_other(self, neighbour: _Token, between: str) -> bool:
        plain = neighbour.plain
        initial = len(plain) == 1 and neighbour.is_capital
        names = initial or neighbour.may_name or between in "._"  # anna.holm@example.org has no capitals
        if len(plain) == 1:
            return names and not any(part.startswith(plain) for part in self.parts)
        return names and plain not in _TITLES and not any(_alike(part, plain) for part in self.parts)


def names_in(question: str) -> Iterator[Name]:
    """Those of a question. A first word counts only when another capital follows it, and no question word does.

    A question all in capitals, or With Most Of Its Words So, shows none.
    """
    tokens = _tokens(question)
    inside = [token for token in tokens if token.text.istitle() and len(token.text) > 1 and not _opens(question, token)]
    if question.isupper() or any(token.plain in _STOP - _MONTHS_TOO for token in inside):
        return
    for run in _runs(question):
        titled = [token for token in run if token.plain in _TITLES]
        parts = [
            token for token in run if token not in titled and token.plain not in _PARTICLES and len(token.text) > 1
        ]
        written = question[run[0].start : run[-1].end]
        if (len(parts) > 1 and " " in written) or (parts and titled):
            yield Name(written, tuple(token.plain for token in parts), is_full=True)
        elif parts and not _opens(question, parts[0]) and not written.isupper():
            yield Name(written, tuple(token.plain for token in parts), is_full=False)


def _runs(text: str) -> Iterator[list[_Token]]:
    """Capitalised words that stand together, a particle between two of them included."""
    tokens = _tokens(text)
    run: list[_Token] = []
    for at, token in enumerate(tokens):
        adjoins = bool(run) and bool(re.fullmatch(r"[ \t\xa0-]|\. ?", text[run[-1].end : token.start]))
        names = token.may_name or (token.plain in _TITLES and token.is_capital)
        following = tokens[at + 1] if at + 1 < len(tokens) else None
        links = adjoins and token.plain in _PARTICLES and following is not None and following.may_name
        if run and not (adjoins and (names or links)):
            yield run
            run = []
        if names or (run and links):
            run.append(token)
    if run:
        yield run


def _adjoin(text: str, one: _Token, other: _Token) -> bool:
    """Whether two words may belong to one name."""
    between = text[one.end : other.start]
    return bool(_ADJOINS.fullmatch(between)) or (between == ". " and len(one.text) == 1)


def _onwards(text: str, tokens: list[_Token], at: int) -> Iterator[_Token]:
    """The word and up to three that adjoin it, one after the other."""
    yield tokens[at]
    for one, other in zip(tokens[at : at + 3], tokens[at + 1 : at + 4], strict=False):
        if not _adjoin(text, one, other):
            return
        yield other


def _tokens(text: str) -> list[_Token]:
    """Words without digits; the ``s`` of "Anna's" is not one."""
    found = [_Token(m.group(), m.start(), m.end()) for m in _WORD.finditer(text)]
    return [
        token
        for token in found
        if token.text.isalpha() and not (token.text == "s" and text[token.start - 1 : token.start] in ("'", "’"))
    ]


def _opens(text: str, token: _Token) -> bool:
    """Whether the word is the first of the text or of a sentence in it."""
    before = text[: token.start].rstrip(" '’([“«\"")
    return not before or bool(_ENDS.match(before[-1]))


def _alike(part: str, word: str) -> bool:
    """Whether two folded words are one name: equal, a possessive or plural, or a letter or two apart when long."""
    if part == word or (word.startswith(part) and word[len(part) :] in ("s", "es")):
        return True
    allowed = 0 if len(part) < 6 else 1 if len(part) < 9 else 2
    if not allowed or part[0] != word[0] or abs(len(part) - len(word)) > allowed:
        return False
    return _edits(part, word) <= allowed


def _edits(one: str, other: str) -> int:
    """Letters to insert, delete or replace (Levenshtein)."""
    row = list(range(len(other) + 1))
    for number, letter in enumerate(one, start=1):
        before, row = row, [number]
        for at, wanted in enumerate(other, start=1):
            row.append(min(before[at] + 1, row[-1] + 1, before[at - 1] + (letter != wanted)))
    return row[-1]
