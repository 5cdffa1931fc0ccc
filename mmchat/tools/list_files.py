"""What a library holds: its files with kinds, sizes, dates and tags, from the catalog alone."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, Field

from mmchat.tools.base import ToolContext
from mmchat.types import JobState, LibraryEntry, Modality


class ListFilesArguments(BaseModel):
    """Which files to list; nothing given lists all."""

    modality: Modality | None = Field(None, description="Only files of this kind.")
    media_type: str = Field("", description="Only files whose media type holds this, such as pdf or sheet.")


@dataclass(frozen=True, slots=True)
class Listing:
    """Files, newest first, and how many of each kind; those that could not be read are not among them."""

    entries: tuple[LibraryEntry, ...]
    counts: dict[Modality, int]


def list_files(context: ToolContext, arguments: ListFilesArguments) -> Listing:
    """Those of the files that the turn is kept to which the arguments ask for."""
    kept = [e for e in context.entries() if e.state is not JobState.FAILED and _wanted(e, arguments)]
    counts = {modality: sum(e.attachment.modality is modality for e in kept) for modality in Modality}
    return Listing(tuple(kept), {m: n for m, n in counts.items() if n})


def _wanted(entry: LibraryEntry, arguments: ListFilesArguments) -> bool:
    file = entry.attachment
    return arguments.modality in (None, file.modality) and arguments.media_type in file.media_type
