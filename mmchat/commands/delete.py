"""``delete``: forget files by id or path, or everything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mmchat.commands.session import opened
from mmchat.settings import Settings


def run(settings: Settings, library: str, names: Sequence[str]) -> tuple[int, dict[str, Any]]:
    """Forget the named files; with no names, the whole library. Status 1 when one is not there."""
    with opened(settings) as assistant:
        entries = assistant.library_entries(library)
        if not names:
            assistant.delete_library(library)
            return 0, {"deleted": [entry.attachment.path for entry in entries], "unknown": []}
        deleted: list[str] = []
        unknown: list[str] = []
        for name in names:
            found = [e.attachment for e in entries if name in (e.attachment.id, e.attachment.path)]
            if not found:  # the short name will do when only one file has it
                same = [e.attachment for e in entries if e.attachment.name == name]
                found = same if len(same) == 1 else []
            gone = [a for a in found if assistant.delete_attachment(library, a.id)]
            (deleted if gone else unknown).append(name)
        if any(entry.copy_of for entry in entries):
            assistant.finish_ingest(library)  # a copy of what was deleted takes its place
    return int(bool(unknown)), {"deleted": deleted, "unknown": unknown}
