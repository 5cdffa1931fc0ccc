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
    files: list[str] = Field(default_factory=list, description="Only these ids.")
    tag: str = Field("", description="Only files with this tag.")


@dataclass(frozen=True, slots=True)
class Listing:
    """Files, newest first, and how many of each kind; those that could not be read are not among them."""

    entries: tuple[LibraryEntry, ...]
    counts: dict[Modality, int]
    failed: int

    @property
    def size_bytes(self) -> int:
        """Of all together."""
        return sum(entry.attachment.size_bytes for entry in self.entries)


def list_files(context: ToolContext, arguments: ListFilesArguments) -> Listing:
    """The files that the arguments keep to."""
    entries = context.catalog.entries(context.library)
    kept = [entry for entry in entries if _wanted(entry, arguments)]
    read = [entry for entry in kept if entry.state is not JobState.FAILED]
    counts = {modality: sum(e.attachment.modality is modality for e in read) for modality in Modality}
    return Listing(tuple(read), {m: n for m, n in counts.items() if n}, len(kept) - len(read))


def _wanted(entry: LibraryEntry, arguments: ListFilesArguments) -> bool:
    attachment = entry.attachment
    return (
        arguments.modality in (None, attachment.modality)
        and arguments.media_type in attachment.media_type
        and (not arguments.files or attachment.id in arguments.files)
        and (not arguments.tag or arguments.tag in entry.tags)
    )
