"""Utterances -> passages of about 20 to 40 s on sentence borders, with the seconds of every word.

It knows no waveform and no files.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from mmchat.perception.speech import SpokenWord, Utterance
from mmchat.segmenters.sentences import Span, split_sentences
from mmchat.types import WordPlace

LEAST_S, MOST_S = 20.0, 40.0
BREAK_AT_PAUSE_S = 10.0
"""After a pause this long another passage begins, however short the one before it."""
BREAK_AT_PAUSE_IN_S, BREAK_WHEN_S = 3.0, 10.0
"""A passage of ten seconds also ends at a pause of three."""
NEW_SENTENCE_PAUSE_S = 0.8
"""A capital letter after a pause this long begins a sentence, also where no stop was written."""
SHORT_TAIL_S = 8.0
"""What is left at the end joins the passage before it when it is shorter than this."""


@dataclass(frozen=True, slots=True)
class SpokenPassage:
    """A stretch of speech in one language; ``places`` say where each word of ``text`` is heard."""

    text: str
    places: tuple[WordPlace, ...]
    language: str

    @property
    def start_s(self) -> float:
        """When its first word begins."""
        return self.places[0].start_s or 0.0

    @property
    def end_s(self) -> float:
        """When its last word ends."""
        return self.places[-1].end_s or 0.0


def spoken_passages(utterances: Sequence[Utterance]) -> Iterator[SpokenPassage]:
    """Passages in playing order. None crosses a change of language or a long pause."""
    for run in _runs(utterances):
        written = _write(run)
        spans = [part for span in split_sentences(written.text) for part in _cut(written, span)]
        for start, end in _group(written, spans):
            yield _part(written, start, end)


def _runs(utterances: Sequence[Utterance]) -> Iterator[list[Utterance]]:
    held: list[Utterance] = []
    for utterance in utterances:
        if held and (utterance.language != held[-1].language or utterance.start_s - held[-1].end_s > BREAK_AT_PAUSE_S):
            yield held
            held = []
        held.append(utterance)
    if held:
        yield held


def _write(run: Sequence[Utterance]) -> SpokenPassage:
    """The run as one text. Words bring their own blanks, and none in scripts that write none."""
    text = ""
    places: list[WordPlace] = []
    for word in (word for utterance in run for word in utterance.words):
        bare = word.text.strip()
        if not bare:
            continue
        if places and _new_sentence(text, places[-1], bare, word):
            # Whisper now and then leaves all stops out; the pause and the capital say where one belongs.
            text += "."
            places[-1] = replace(places[-1], char_end=len(text))
        if text and word.text[0].isspace():
            text += " "
        places.append(_place(len(text), bare, word))
        text += bare
    return SpokenPassage(text, tuple(places), run[0].language)


def _new_sentence(text: str, before: WordPlace, bare: str, word: SpokenWord) -> bool:
    pause_s = word.start_s - (before.end_s or 0.0)
    return pause_s >= NEW_SENTENCE_PAUSE_S and text[-1].isalnum() and bare[0].isupper()


def _place(at: int, text: str, word: SpokenWord) -> WordPlace:
    return WordPlace(at, at + len(text), start_s=round(word.start_s, 3), end_s=round(word.end_s, 3))


def _cut(written: SpokenPassage, span: Span) -> Iterator[Span]:
    """The sentence itself, or its parts when it lasts longer than a passage may: cut at its longest pauses."""
    words = _words(written, *span)
    while words and _end(words[-1]) - _start(words[0]) > MOST_S:
        allowed = [at for at in range(1, len(words)) if _end(words[at - 1]) - _start(words[0]) <= MOST_S] or [1]
        wanted = [at for at in allowed if _end(words[at - 1]) - _start(words[0]) >= LEAST_S] or allowed[-1:]
        at = max(wanted, key=lambda at: (_start(words[at]) - _end(words[at - 1]), at))
        yield words[0].char_start, words[at - 1].char_end
        words = words[at:]
    if words:
        yield words[0].char_start, words[-1].char_end


def _group(written: SpokenPassage, spans: Sequence[Span]) -> list[Span]:
    """Join sentences in order until a passage is long enough."""
    groups: list[Span] = []
    for start, end in spans:
        if groups and not _is_complete(written, groups[-1], (start, end)):
            groups[-1] = (groups[-1][0], end)
        else:
            groups.append((start, end))
    if len(groups) > 1 and _seconds(written, groups[-1]) < SHORT_TAIL_S:
        joined = (groups[-2][0], groups[-1][1])
        if _seconds(written, joined) <= MOST_S + SHORT_TAIL_S and _pause(written, *groups[-2:]) < BREAK_AT_PAUSE_IN_S:
            groups[-2:] = [joined]
    return groups


def _is_complete(written: SpokenPassage, held: Span, following: Span) -> bool:
    seconds = _seconds(written, held)
    return (
        seconds >= LEAST_S
        or _seconds(written, (held[0], following[1])) > MOST_S
        or (seconds >= BREAK_WHEN_S and _pause(written, held, following) >= BREAK_AT_PAUSE_IN_S)
    )


def _part(written: SpokenPassage, start: int, end: int) -> SpokenPassage:
    places = tuple(
        replace(word, char_start=word.char_start - start, char_end=word.char_end - start)
        for word in _words(written, start, end)
    )
    return SpokenPassage(written.text[start:end], places, written.language)


def _words(written: SpokenPassage, start: int, end: int) -> tuple[WordPlace, ...]:
    first = bisect_left(written.places, start, key=lambda word: word.char_start)
    return written.places[first : bisect_left(written.places, end, lo=first, key=lambda word: word.char_start)]


def _seconds(written: SpokenPassage, span: Span) -> float:
    words = _words(written, *span)
    return _end(words[-1]) - _start(words[0]) if words else 0.0


def _pause(written: SpokenPassage, before: Span, after: Span) -> float:
    left, right = _words(written, *before), _words(written, *after)
    return _start(right[0]) - _end(left[-1]) if left and right else 0.0


def _start(word: WordPlace) -> float:
    return word.start_s or 0.0


def _end(word: WordPlace) -> float:
    return word.end_s or 0.0
