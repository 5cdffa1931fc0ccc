"""What a person asks of the library itself: lists, counts, sizes, dates, opening a file, how to delete one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mmchat.answering.draft import Draft, Piece, marked, said
from mmchat.answering.markdown import escape_line
from mmchat.answering.wording import Wording, clock
from mmchat.tools.base import ToolContext, candidate_of
from mmchat.tools.list_files import ListFilesArguments, Listing, list_files
from mmchat.types import (
    Attachment,
    Evidence,
    Grounding,
    LibraryEntry,
    RequestKind,
)

MOST_LISTED = 40
OPENING_CHARACTERS = 160


class Catalogue:
    """Answers from the catalog; holds no state between questions."""

    def __init__(self, act: Callable[[str], str]) -> None:
        """``act`` tells what a question wants: list, count, open, delete, size or date."""
        self._act = act

    def draft(
        self,
        question: str,
        context: ToolContext,
        words: Wording,
        *,
        arguments: ListFilesArguments,
        meant: Sequence[Attachment],
        pointed: bool,
        subject: str,
    ) -> Draft | None:
        """The reply; None where the question is about what files say, and not about files.

        Args:
            question: as it is asked.
            context: the library.
            words: the language of the answer.
            arguments: which files to list.
            meant: the files that the question may be about, likeliest first.
            pointed: whether it points at them; they were only found otherwise.
            subject: what it is about besides files; "" for nothing.
        """
        act = self._act(question)
        if act == "delete" and meant:
            return self._deleting(meant[0], words)
        if act == "open" and meant:
            return _opened(meant, context, words)
        if act in ("size", "date") and meant and pointed:
            return _opened(meant, context, words)
        if subject:
            return None
        return _listed(list_files(context, arguments), act, words)

    def _deleting(self, file: Attachment, words: Wording) -> Draft:
        text = words.delete_how.format(name=f"**{escape_line(file.name)}**")
        return Draft(RequestKind.LIBRARY, 0.9, (said(text),), (), None)


def _listed(listing: Listing, act: str, words: Wording) -> Draft:
    """How many of each kind, then their names: newest first, or as they are asked for by age or size."""
    if act == "size":
        entries = sorted(listing.entries, key=lambda entry: -entry.attachment.size_bytes)
    else:
        entries = sorted(listing.entries, key=_moment, reverse=act != "oldest")
    if not entries:
        return Draft(RequestKind.LIBRARY, 0.9, (said(words.none_of_these),), (), None)
    counts = ", ".join(words.counted(modality, count) for modality, count in listing.counts.items())
    total = words.files_in_all.format(count=len(entries), counts=counts) if len(listing.counts) > 1 else counts
    if act == "size":
        total += f", {words.size(sum(entry.attachment.size_bytes for entry in entries))}"
    pieces: list[Piece] = [said(f"**{total}**")]
    for entry in entries[:MOST_LISTED]:
        pieces.append(said(f"\n- {_line(entry.attachment, words)}"))
    if len(entries) > MOST_LISTED:
        pieces.append(said("\n\n" + words.more_files.format(count=len(entries) - MOST_LISTED)))
    return Draft(RequestKind.LIBRARY, 0.9, tuple(pieces), (), None)


def _line(file: Attachment, words: Wording) -> str:
    facts = [words.size(file.size_bytes)]
    if file.duration_s:
        facts.append(clock(file.duration_s))
    if file.pages and file.pages > 1:
        facts.append(words.pages.format(count=file.pages))
    if file.created_at:
        facts.append(file.created_at.strftime("%Y-%m-%d"))
    return f"{escape_line(file.name)} ({', '.join(facts)})"


def _opened(meant: Sequence[Attachment], context: ToolContext, words: Wording) -> Draft:
    """The file's card, with the beginning of what it says or what was recognised in it."""
    pieces: list[Piece] = []
    evidence: list[Evidence] = []
    for file in meant[:3]:
        segments = context.catalog.segments(context.library, file.id)
        best = next((s for s in segments if s.text.strip()), None) or next(iter(segments), None)
        opening = "\n" if pieces else ""
        pieces.append(said(f"{opening}**{escape_line(file.name)}** ({_line(file, words).rsplit(' (', 1)[1]}"))
        if best is None:
            continue
        piece = Evidence(len(evidence) + 1, candidate_of(best, file))
        evidence.append(piece)
        told = " ".join(best.text.split())[:OPENING_CHARACTERS] or ", ".join(c.label for c in best.concepts[:3])
        pieces.append(said(f": {escape_line(told)}"))
        pieces += marked(piece, best.text or told)
    return Draft(RequestKind.LIBRARY, 0.7, tuple(pieces), tuple(evidence), Grounding.ANSWERED)


def _moment(entry: LibraryEntry) -> float:
    created = entry.attachment.created_at
    return created.timestamp() if created else 0.0
