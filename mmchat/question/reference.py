"""A question's words and what was shown before -> the files that "this", "the photo" or "the second one" point at.

Few rules over closed classes, in four languages. A file that is told by what it is about ("the bank's letter") and not
by its name is left to the search.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from mmchat.question.asked_kind import asked_kind
from mmchat.question.file_names import files_named
from mmchat.question.file_words import Vocabulary, Word, cut, vocabulary
from mmchat.question.time_tokens import LANGUAGES, time_tokens
from mmchat.types import LibraryEntry

_LONGEST_CHARACTERS = 1000
_MOST_BEFORE = 3
"""Words between a determiner and its noun: "the old bank letter"."""
_NAMED = 0.5


class Pointed(StrEnum):
    """How a file was pointed at."""

    ATTACHED = "attached"
    ORDINAL = "ordinal"
    CITED = "cited"
    EARLIER = "earlier"
    NAME = "name"
    KIND = "kind"


@dataclass(frozen=True, slots=True)
class Reference:
    """A file that is pointed at, and how strongly, 0..1."""

    id: str
    how: Pointed
    strength: float


@dataclass(frozen=True, slots=True)
class References:
    """What a question points at.

    Attributes:
        files: strongest first.
        others: whether it looks for other files by them ("which recording mentions this?").
    """

    files: tuple[Reference, ...] = ()
    others: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """Ids of the files at hand: given with this turn; shown or cited by the last answer, in order; and before, the
    latest first.
    """

    given: tuple[str, ...] = ()
    cited: tuple[str, ...] = ()
    earlier: tuple[str, ...] = ()


def references(text: str, shown: Shown, entries: Sequence[LibraryEntry], *, language: str) -> References:
    """Read what the question points at."""
    words, known = cut(text[:_LONGEST_CHARACTERS], language), vocabulary(language)
    reader = _Reader(words, known, shown, entries, language)
    found: dict[str, Reference] = {}
    for each in reader.read():
        if each.id not in found or found[each.id].strength < each.strength:
            found[each.id] = each
    files = tuple(sorted(found.values(), key=lambda each: -each.strength))
    others = bool(files) and reader.looks_for_others(asked_kind(words, language))
    return References(files, others)


class _Reader:
    def __init__(
        self,
        words: list[Word],
        known: Vocabulary,
        shown: Shown,
        entries: Sequence[LibraryEntry],
        language: str,
    ) -> None:
        self.words, self.known, self.shown, self.language = words, known, shown, language
        self.kinds = {entry.attachment.id: entry.attachment.modality.value for entry in entries}
        self.names = tuple((entry.attachment.id, entry.attachment.name) for entry in entries)

    def of(self, at: int, *classes: str) -> bool:
        """Whether the word at this place belongs to one of the classes."""
        return 0 <= at < len(self.words) and any(self.words[at].plain in self.known.classes[name] for name in classes)

    def read(self) -> list[Reference]:
        """Every file pointed at, as often as it is."""
        found: list[Reference] = []
        for at in range(len(self.words)):
            kind, length = self.known.kind(self.words, at)
            if place := self._place(at):
                found += self._ordinal(place, self._kind_after(at + 1))
            elif kind:
                found += self._noun(at, length, kind)
            elif self.of(at, "this") and not self._tells_time(at) and not self._leads_to_noun(at):
                found += self._at_hand("", several=self.of(at, "several"))
            elif self.of(at, "it"):
                found += self._at_hand("", several=self.of(at, "several"), strength=0.9)
        return found or [Reference(id, Pointed.ATTACHED, 0.6) for id in self.shown.given]

    def looks_for_others(self, asked: str) -> bool:
        """Whether other files are wanted: "which note mentions it", "photos like this", "where is this mentioned"."""
        places = range(len(self.words))
        if any(self.of(at, "like") and any(self.of(at + n, "this", "it") for n in (1, 2)) for at in places):
            return True
        if any(
            self.of(at, "other", "like") and self._kind_after(at + 1) and not self.of(at - 1, "determiner")
            for at in places
        ):
            return True
        told = any(word.stem in self.known.classes["told_stems"] for word in self.words)
        if told and any(self.of(at, "where") for at in places):
            return True
        led = any(self.of(at, "question") and self.known.kind(self.words, at + 1)[0] for at in places[:-1])
        return bool(asked) and led and any(self.of(at, "this", "it") for at in places)

    def _place(self, at: int) -> int:
        """2 for the "second" of "the second one", -1 for "last", -2 for "other"; 0 where it is none of files."""
        if not self.of(at - 1, "determiner"):
            return 0
        ends = at + 1 == len(self.words) or self.known.closed(self.words[at + 1].plain)
        if not ends and not self._kind_after(at + 1):
            return 0
        number = self.known.order.get(self.words[at].plain, 0)
        return number or (-1 if self.of(at, "last") else -2 if self.of(at, "other") else 0)

    def _kind_after(self, at: int) -> str:
        return self.known.kind(self.words, at)[0] if at < len(self.words) else ""

    def _ordinal(self, place: int, kind: str) -> list[Reference]:
        listed = self.shown.given if len(self.shown.given) > 1 else self.shown.cited
        listed = tuple(id for id in listed if self._is(id, kind))
        if place == -2:  # noqa: PLR2004  # the one that was not spoken of last
            listed = (*listed[1:2], *(id for id in self.shown.earlier if self._is(id, kind) and id not in listed[:1]))
            place = 1
        index = place - 1 if place > 0 else len(listed) - 1
        return [Reference(listed[index], Pointed.ORDINAL, 0.9)] if 0 <= index < len(listed) else []

    def _noun(self, at: int, length: int, kind: str) -> list[Reference]:
        """Files meant by "the photo", "this recording", "the bank's letter"."""
        before = at - 1
        while before >= 0 and at - before <= _MOST_BEFORE and not self.of(before, "determiner"):
            if self.known.closed(self.words[before].plain) and self.words[before].plain != "s":
                break
            before -= 1
        if not self.of(before, "determiner") or self.of(before - 1, "question", "whose") and not self.shown.given:
            return []
        if self.known.order.get(self.words[at - 1].plain) or self.of(at - 1, "last", "other"):
            return []  # read as a place in a list
        if self.of(before, "this"):
            return self._at_hand(kind, several=self.of(before, "several"))
        about = self._about(before + 1, at, at + length)
        if about and (named := self._named(before + 1, at + length + len(about) + 2)):
            return named
        if about:
            return []
        if found := self._at_hand(kind, several=self.words[at].plain.endswith("s"), any_kind=False):
            return found
        if named := self._named(at, at + length):
            return named
        of_kind = [id for id, modality in self.kinds.items() if modality == kind]
        if len(of_kind) == 1:
            return [Reference(of_kind[0], Pointed.KIND, 0.7)]
        return []

    def _about(self, start: int, noun: int, end: int) -> list[str]:
        """The words beside a noun for a file that say which one it is: before it, and after "of" or "from"."""
        about = [w.written for w in self.words[start:noun] if not self.known.closed(w.plain) and w.plain != "s"]
        if self.of(end, "preposition") and not self.of(end, "pronoun", "place"):
            for place in range(end + 1, min(end + 4, len(self.words))):
                if not self.known.closed(self.words[place].plain):
                    about.append(self.words[place].written)
                elif not self.of(place, "determiner", "loose"):
                    break
        elif self.of(end, "place") and self.words[end].plain in ("from", "de", "von", "aus"):
            about += [w.written for w in self.words[end + 1 : end + 3] if not self.known.closed(w.plain)]
        return about

    def _named(self, start: int, end: int) -> list[Reference]:
        named = files_named(self.words[max(0, start) : end], self.names, self.language)
        best = max((each.score for each in named), default=0.0)
        return [
            Reference(each.id, Pointed.NAME, 0.85 if each.certain else 0.65)
            for each in named
            if each.score >= max(_NAMED, best - 0.05)
        ]

    def _at_hand(self, kind: str, *, several: bool, strength: float = 1.0, any_kind: bool = True) -> list[Reference]:
        """Files given, cited last, or spoken of before, of that kind; of any where none is and ``any_kind``."""
        ranked = (
            (self.shown.given, Pointed.ATTACHED, 1.0),
            (self.shown.cited, Pointed.CITED, 0.8),
            (self.shown.earlier, Pointed.EARLIER, 0.6),
        )
        for wanted in (kind, "") if kind and any_kind else (kind,):
            for ids, how, strong in ranked:
                fitting = [id for id in ids if self._is(id, wanted)]
                if fitting:
                    several = several or how is Pointed.ATTACHED
                    return [Reference(id, how, round(strong * strength, 2)) for id in fitting[: None if several else 1]]
        return []

    def _is(self, id: str, kind: str) -> bool:
        return kind in ("", "file") or self.kinds.get(id) == kind

    def _leads_to_noun(self, at: int) -> bool:
        """Whether a word for a file follows, which is read then."""
        return any(
            self._kind_after(at + n) and not any(self.known.closed(w.plain) for w in self.words[at + 1 : at + n])
            for n in (1, 2)
        )

    def _tells_time(self, at: int) -> bool:
        """Whether it is the "this" of "this week"."""
        if at + 1 >= len(self.words) or self.language not in LANGUAGES:
            return False
        return any(t.role in "UKPZG" for t in time_tokens(self.words[at + 1].written, self.language))
