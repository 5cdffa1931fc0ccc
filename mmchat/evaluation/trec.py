"""Ranked results -> the lines of a TREC run, and back. One form for every run that the project writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from mmchat.evaluation.dataset import unbroken
from mmchat.types import Candidate

Run = dict[str, tuple[str, ...]]
"""Query id -> its documents, best first."""

TAG = "mmchat"


def listed(
    candidates: Sequence[Candidate], unit: str, depth: int, names: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """The documents, each once, best first: files, or segments by their ids.

    Args:
        candidates: in final order.
        unit: ``attachment`` or ``segment``.
        depth: how many documents at most.
        names: what a file is called, by its id; its path where that says nothing.
    """
    seen: dict[str, None] = {}
    for candidate in candidates:
        attachment = candidate.attachment
        name = (names or {}).get(attachment.id) or unbroken(attachment.path)
        seen.setdefault(candidate.segment.id if unit == "segment" else name)
    return tuple(seen)[:depth]


def lines(query_id: str, documents: Iterable[str]) -> list[str]:
    """``query Q0 document rank score tag``; the score only keeps the order."""
    return [
        f"{unbroken(query_id)} Q0 {document} {rank} {1 / rank:.6f} {TAG}" for rank, document in enumerate(documents, 1)
    ]


def write_run(run: Run, path: Path) -> None:
    """The whole run, queries in the order of their ids."""
    path.write_text("".join(f"{line}\n" for id in sorted(run) for line in lines(id, run[id])), "utf-8")
