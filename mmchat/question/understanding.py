"""A turn's words, its files and the conversation before it -> the Request, and how it was understood."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import PurePath
from threading import Event

from mmchat.llms import LLM
from mmchat.perception.language import detect_language
from mmchat.question.context import Context, in_context
from mmchat.question.context import Said as Before
from mmchat.question.file_words import cut
from mmchat.question.filters import read_filters
from mmchat.question.narrowing import among, together
from mmchat.question.reference import Pointed, References, Shown, references
from mmchat.question.request import Request
from mmchat.question.rewriting import in_full
from mmchat.question.router import Likely, Router
from mmchat.question.said import Said
from mmchat.question.spelling import Mended
from mmchat.question.subject import subject
from mmchat.types import (
    Again,
    Attachment,
    LibraryEntry,
    Modality,
    NarrowedBy,
    Narrowing,
    Query,
    RequestKind,
    Understood,
)

CERTAIN = 0.85
"""A question whose kind is so sure of itself is not asked again together with the one before."""
LEANS_FROM = 0.3
"""A question that leans so much on the conversation is asked of the several files that were given there."""
POINTED_FROM = 0.4
"""A file pointed at less strongly is left to the search."""


class Understanding:
    """Reads questions; holds no state between them."""

    def __init__(self, router: Router, mend: Callable[[str, str, str], Mended]) -> None:
        """``mend`` takes a library, a question and its language, and gives the question in the library's words."""
        self._router = router
        self._mend = mend

    def read(
        self,
        text: str,
        *,
        library: str,
        entries: Sequence[LibraryEntry],
        said: Sequence[Said] = (),
        given: Sequence[Attachment] = (),
        by_hand: Sequence[Narrowing] = (),
        again: Again | None = None,
        llm: LLM | None = None,
        stopped: Event | None = None,
    ) -> tuple[Request, Understood]:
        """Read a question.

        Args:
            text: as typed.
            library: whose files it is asked of.
            entries: the library's files.
            said: the conversation before it.
            given: the files that came with it.
            by_hand: what the person chose to narrow by.
            again: how it was understood before, when it is asked another time.
            llm: writes a question that goes on from the conversation in full.
            stopped: set when nobody waits any more.
        """
        again = again or Again()
        language = detect_language(text)
        mended = self._mend(library, text, language)
        asked = again.stand_alone or mended.text
        goes_on = in_context(asked, [_before(each) for each in said], language)
        if llm is not None and not goes_on.stands_alone and not given and not again.stand_alone:
            asked = in_full(asked, said, llm, stopped or Event()) or asked
            goes_on = replace(goes_on, texts=goes_on.texts[:1]) if asked != mended.text else goes_on
        filters = read_filters(asked, now=datetime.now().astimezone(), entries=entries, language=language)
        pointed = references(asked, _shown(said, given), list(entries), language=language)
        read = [*filters.narrowings, *_counted(pointed, entries)]
        narrowings = together(by_hand, [n for n in read if not among(n, again.without)])
        likely = self._kinds(_unnamed(asked, narrowings), goes_on, len(given))
        if again.kind is not None:
            likely = (Likely(again.kind, 1.0),)
        if likely[0].kind is RequestKind.COMPARE:
            narrowings = _of_two(narrowings)
        taken_away = any(among(n, again.without) for n in filters.narrowings)
        searched = asked if taken_away else filters.text_without
        request = Request(
            query=Query(text=text, rewritten=searched if searched != text else "", language=language),
            likely=likely,
            subject=subject(searched, language),
            context=replace(goes_on, texts=goes_on.texts[:1]) if given else goes_on,
            files=_files(pointed, filters.likely, narrowings, given) or _compared(said, goes_on),
            medium=_medium(narrowings),
            media_type=_media_type(asked, language, entries),
            in_front=frozenset({goes_on.last_file} - {""}) if not goes_on.stands_alone else frozenset(),
            everything=again.everything,
        )
        stand_alone = asked if asked.strip(" ?") not in (text.strip(" ?"), mended.text.strip(" ?")) else ""
        understood = Understood(
            stand_alone, narrowings, tuple(a.id for a in given), again.without, mended=mended.changes
        )
        return request, understood

    def _kinds(self, asked: str, goes_on: Context, attached: int) -> tuple[Likely, ...]:
        """Of the question alone, and as far as it leans on the one before, of both together."""
        alone = self._router.route(asked, attached=attached)
        if goes_on.stands_alone or attached or alone[0].probability >= CERTAIN:
            return alone
        return _mixed(alone, self._router.route(goes_on.texts[1][0]), goes_on.leaning / 2)


def _of_two(narrowings: tuple[Narrowing, ...]) -> tuple[Narrowing, ...]:
    """A comparison is of two: a single file that the wording seems to name is no place to look for both."""
    read = [n for n in narrowings if n.by is NarrowedBy.FILE and not n.by_hand]
    return tuple(n for n in narrowings if n not in read) if len(read) == 1 else narrowings


def _unnamed(asked: str, narrowings: Sequence[Narrowing]) -> str:
    """The question with the names of files as "file": what a file is called says nothing of what is asked of it.

    A name without its ending stays: "the lemon cake" is a cake as well as a file.
    """
    for narrowing in narrowings:
        if narrowing.by is NarrowedBy.FILE and narrowing.label:
            asked = re.sub(re.escape(narrowing.label), "file", asked, flags=re.IGNORECASE)
    return asked


def _media_type(asked: str, language: str, entries: Sequence[LibraryEntry]) -> str:
    """The media type of the files whose ending the question says ("my pdfs"); "" where it says none."""
    said = {form for word in cut(asked, language) for form in (word.plain, word.plain.removesuffix("s"))}
    endings = ((PurePath(e.attachment.name).suffix[1:].casefold(), e.attachment.media_type) for e in entries)
    return next((media_type for ending, media_type in endings if ending and ending in said), "")


def _mixed(alone: Sequence[Likely], joined: Sequence[Likely], share: float) -> tuple[Likely, ...]:
    """Both opinions, the second one weighing ``share``."""
    with_it = {each.kind: each.probability for each in joined}
    mixed = [Likely(k.kind, (1 - share) * k.probability + share * with_it.get(k.kind, 0.0)) for k in alone]
    return tuple(sorted(mixed, key=lambda each: -each.probability))


def _before(said: Said) -> Before:
    return Before(said.question, (*said.given, *(source.attachment_id for source in said.sources)))


def _shown(said: Sequence[Said], given: Sequence[Attachment]) -> Shown:
    """The files at hand, in the order in which a person would count them."""
    last = said[-1:] and said[-1]
    cited = tuple(dict.fromkeys([*last.given, *(s.attachment_id for s in last.sources)])) if last else ()
    earlier = [id for each in reversed(said[:-1]) for id in (*each.given, *(s.attachment_id for s in each.sources))]
    return Shown(tuple(a.id for a in given), cited, tuple(dict.fromkeys(earlier)))


def _files(
    pointed: References, likely: Sequence[str], narrowings: Sequence[Narrowing], given: Sequence[Attachment]
) -> tuple[str, ...]:
    """The files meant, strongest first: those given, then those named or pointed at."""
    named = [n.value for n in narrowings if n.by is NarrowedBy.FILE]
    strong = [each.id for each in pointed.files if each.strength >= POINTED_FROM]
    if given and not pointed.others:
        named = [*(a.id for a in given), *named]
    by_name = [each.id for each in pointed.files if each.how is Pointed.NAME]
    return tuple(dict.fromkeys([*named, *strong, *by_name, *likely]))


def _compared(said: Sequence[Said], goes_on: Context) -> tuple[str, ...]:
    """Several files that were given with one of the last two questions, for a question that goes on from it."""
    if goes_on.stands_alone or goes_on.leaning < LEANS_FROM:
        return ()
    return next((each.given for each in reversed(said[-2:]) if len(each.given) > 1), ())


def _counted(pointed: References, entries: Sequence[LibraryEntry]) -> list[Narrowing]:
    """The file that "the second one" counts to, and no other."""
    names = {entry.attachment.id: entry.attachment.name for entry in entries}
    counted = [each.id for each in pointed.files if each.how is Pointed.ORDINAL and each.id in names]
    return [Narrowing(NarrowedBy.FILE, id, names[id]) for id in counted[:1]]


def _medium(narrowings: Sequence[Narrowing]) -> Modality | None:
    return next((Modality(n.value) for n in narrowings if n.by is NarrowedBy.MODALITY), None)
