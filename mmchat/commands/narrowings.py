"""What ``search`` and ``ask`` are kept to, from the command line or from one line of a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from mmchat.assistant import Assistant
from mmchat.errors import MmchatError
from mmchat.types import Modality, NarrowedBy, Narrowing


@dataclass(frozen=True, slots=True)
class Kept:
    """As given: a kind of file, names or ids of files, the first and last day they were added, a tag."""

    modality: str = ""
    files: Sequence[str] = ()
    since: str = ""
    until: str = ""
    tag: str = ""

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Kept:
        """From a line of ``--queries`` or ``--questions``."""
        files = row.get("from") or ()
        return cls(
            str(row.get("modality") or ""),
            [files] if isinstance(files, str) else list(files),
            str(row.get("since") or ""),
            str(row.get("until") or ""),
            str(row.get("tag") or ""),
        )

    def narrowings(self, assistant: Assistant, library: str) -> tuple[Narrowing, ...]:
        """The same for a search.

        Raises:
            MmchatError: no file is called so, or a day or a kind of file is none.
        """
        found: list[Narrowing] = []
        if self.modality:
            kinds = [m.value for m in Modality]
            if self.modality not in kinds:
                raise MmchatError(f"{self.modality!r} is no kind of file. Kinds are {', '.join(kinds)}.")
            found.append(Narrowing(NarrowedBy.MODALITY, self.modality, self.modality))
        if self.files:
            entries = [entry.attachment for entry in assistant.library_entries(library)]
            for name in self.files:
                ids = [a.id for a in entries if name in (a.name, a.path, a.id)]
                if not ids:
                    raise MmchatError(f"No file here is called {name}. Name it as ingest listed it.")
                found += [Narrowing(NarrowedBy.FILE, id, name) for id in ids]
        if self.tag:
            found.append(Narrowing(NarrowedBy.TAG, self.tag.lstrip("#"), f"#{self.tag.lstrip('#')}"))
        if self.since or self.until:
            since, ends = _day(self.since), _day(self.until, later=1)
            value = "/".join(moment.isoformat() if moment else "" for moment in (since, ends))
            label = " to ".join(each for each in (self.since, self.until) if each)
            found.append(Narrowing(NarrowedBy.TIME, value, label))
        return tuple(found)


def _day(text: str, later: int = 0) -> datetime | None:
    """The beginning of that day here, or of one so many days later."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).astimezone() + timedelta(days=later)
    except (ValueError, OverflowError) as error:  # the last day there is has no day after it
        raise MmchatError(f"{text!r} is no day. Write it as 2026-11-21.") from error
