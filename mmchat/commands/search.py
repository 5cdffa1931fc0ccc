"""``search``: one query to results, or many to a TREC run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mmchat.commands.narrowings import Kept
from mmchat.commands.session import opened, read_lines, read_upload, writing
from mmchat.errors import MmchatError
from mmchat.evaluation import trec
from mmchat.settings import Settings
from mmchat.types import Candidate

RUN_DEPTH = 100
"""How many results a run lists per query: what trec_eval's usual measures look at."""


def run(
    settings: Settings, library: str, text: str, files: Sequence[Path], kept: Kept, k: int, offset: int
) -> tuple[int, dict[str, Any]]:
    """One search, from the result after the first ``offset`` on."""
    with opened(settings, asking=True) as assistant:
        narrowings = kept.narrowings(assistant, library)
        uploads = [read_upload(file) for file in files]
        query, understood = assistant.understand_query(library, text, uploads, narrowings)
        result = assistant.search(library, query, k, offset)
    timings = {stage: round(ms, 1) for stage, ms in result.timings_ms.items()}
    results = [to_json(rank, candidate) for rank, candidate in enumerate(result.candidates, offset + 1)]
    within = [{"by": n.by.value, "value": n.value, "label": n.label} for n in understood.narrowings]
    return 0, {"results": results, "searched": result.searched, "within": within, "timings_ms": timings}


def run_many(
    settings: Settings, library: str, queries: Path, run_file: Path, k: int, unit: str
) -> tuple[int, dict[str, Any]]:
    """Each line of ``queries`` searched with the models loaded once; status 1 when one could not be."""
    rows, lines, failed = read_lines(queries, "query"), [], []
    depth = max(k, RUN_DEPTH)
    with writing(run_file) as out, opened(settings, asking=True) as assistant:
        for row in rows:
            files = [queries.parent / row[key] for key in ("image", "audio") if row.get(key)]
            try:
                narrowings = Kept.of(row).narrowings(assistant, library)
                # Several segments of one file share its place, so more are fetched than files are listed.
                wanted = depth * 3 if unit == "attachment" else depth
                uploads = [read_upload(file) for file in files]
                query = assistant.narrowed_query(row.get("text") or "", uploads, narrowings)
                result = assistant.search(library, query, wanted)
            except (MmchatError, ValueError) as error:
                failed.append({"id": row["id"], "reason": str(error)})
                continue
            lines += trec.lines(str(row["id"]), trec.listed(result.candidates, unit, depth))
        out.write("".join(line + "\n" for line in lines))
    document = {"queries": len(rows), "lines": len(lines), "run_file": str(run_file), "failed": failed}
    return int(bool(failed)), document


def to_json(rank: int, candidate: Candidate) -> dict[str, Any]:
    """The public JSON form of one result."""
    segment, attachment = candidate.segment, candidate.attachment
    return {
        "rank": rank,
        "name": attachment.name,
        "path": attachment.path,
        "attachment": attachment.id,
        "segment": segment.id,
        "modality": attachment.modality.value,
        "kind": segment.kind.value,
        "text": segment.text,
        "concepts": {c.label: round(c.probability, 4) for c in segment.concepts},
        "locator": segment.locator.to_json(),
        "scores": {source: round(score, 4) for source, score in candidate.scores.items()},
        "relevance": candidate.relevance,
        "reason": candidate.reason,
    }
