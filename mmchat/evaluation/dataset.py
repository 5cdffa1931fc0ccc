"""A dataset is a folder: ``files/``, ``queries.jsonl`` and ``qrels.txt`` (TREC). It knows no assistant."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from mmchat.errors import MmchatError
from mmchat.types import Modality

Qrels = dict[str, dict[str, int]]
"""Query id -> document -> grade (0: not relevant). A document is a file's path, or a segment's id."""

FORM = "A dataset is a folder with files/, queries.jsonl and qrels.txt; `python -m mmchat eval build` makes one."


@dataclass(frozen=True, slots=True)
class EvaluationQuery:
    """One line of ``queries.jsonl``; what does not apply is left out there.

    Attributes:
        image, audio: a file in the dataset's folder that is, or belongs to, the query.
        modality: only this kind of file is searched.
        folder: only files under this folder of ``files/`` are searched.
        language: ISO 639-1 code of ``text``; the assistant is not told, it finds out itself.
        pair: what is asked and what is wanted, such as ``text-image``; figures are given per pair.
        unit: what ``qrels.txt`` lists for it: files, or segments.
        tags: further groups it belongs to, each with a row of its own.
        parts: for a composed query, the ids of the queries that ask with one of its parts alone.
    """

    id: str
    pair: str
    text: str = ""
    image: str = ""
    audio: str = ""
    modality: Modality | None = None
    folder: str = ""
    language: str = ""
    unit: Literal["attachment", "segment"] = "attachment"
    tags: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Its line, without what is empty; ``search --queries`` reads the same keys."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {key: list(value) if isinstance(value, tuple) else value for key, value in values.items() if value}

    @classmethod
    def from_json(cls, row: Mapping[str, Any], where: str) -> EvaluationQuery:
        """The inverse of :meth:`to_json`.

        Raises:
            MmchatError: naming ``where`` and the value that cannot be.
        """
        known = {field.name for field in fields(cls)}
        unknown = sorted(set(row) - known)
        if unknown:
            raise MmchatError(f"{where} has the unknown key {unknown[0]!r}. Known keys: {', '.join(sorted(known))}.")
        if not isinstance(row.get("id"), str) or not re.fullmatch(r"\S+", row["id"]):
            raise MmchatError(f"{where} has no id of letters without blanks. Give each query one of its own.")
        if row.get("unit", "attachment") not in ("attachment", "segment"):
            raise MmchatError(f"{where} has the unit {row['unit']!r}. It is attachment or segment.")
        modality = row.get("modality")
        if modality and modality not in set(Modality):
            raise MmchatError(f"{where} has the modality {modality!r}. Choose one of: {', '.join(Modality)}.")
        values = {**row, "pair": row.get("pair") or "any", "modality": Modality(modality) if modality else None}
        return cls(**{**values, "tags": tuple(row.get("tags", ())), "parts": tuple(row.get("parts", ()))})


@dataclass(frozen=True)
class Dataset:
    """A dataset as it was read; ``files`` are paths in ``files/``, sorted."""

    folder: Path
    files: tuple[str, ...]
    queries: tuple[EvaluationQuery, ...]
    qrels: Qrels

    @property
    def name(self) -> str:
        """The folder's name as a library may be called."""
        return re.sub(r"[^a-z0-9_-]+", "-", self.folder.resolve().name.lower()).strip("-_")[:58] or "dataset"

    def path(self, file: str) -> Path:
        """Where a file of ``files/`` lies."""
        return self.folder / "files" / file

    @cached_property
    def documents(self) -> dict[str, str]:
        """sha256 of each content -> the document's name in runs: its first path, blanks as %20."""
        found: dict[str, str] = {}
        for file in self.files:
            found.setdefault(hashlib.sha256(self.path(file).read_bytes()).hexdigest(), unbroken(file))
        return found


def read_dataset(folder: Path) -> Dataset:
    """Read and check a dataset.

    Raises:
        MmchatError: a part is missing, or a line is not what it should be; it is named.
    """
    for part in ("files", "queries.jsonl", "qrels.txt"):
        if not (folder / part).exists():
            raise MmchatError(f"{folder} has no {part}. {FORM}")
    inside = (folder / "files").rglob("*")
    files = tuple(sorted(p.relative_to(folder / "files").as_posix() for p in inside if p.is_file()))
    queries: dict[str, EvaluationQuery] = {}
    for number, line in enumerate((folder / "queries.jsonl").read_text("utf-8").splitlines(), 1):
        if line.strip():
            where = f"queries.jsonl line {number}"
            query = EvaluationQuery.from_json(_object(line, where), where)
            if query.id in queries:
                raise MmchatError(f"{where} repeats the id {query.id}. Give each query an id of its own.")
            for file in filter(None, (query.image, query.audio)):
                if not (folder / file).is_file():
                    raise MmchatError(f"{where} names {file}, which is not in {folder}. Correct the path.")
            queries[query.id] = query
    qrels: Qrels = {}
    for number, line in enumerate((folder / "qrels.txt").read_text("utf-8").splitlines(), 1):
        columns = line.split()
        if len(columns) != 4 or not columns[3].lstrip("-").isdigit():
            raise MmchatError(f"qrels.txt line {number} is not `query 0 document grade`. Correct that line.")
        if columns[0] not in queries:
            raise MmchatError(f"qrels.txt line {number} judges {columns[0]}, which queries.jsonl does not have.")
        qrels.setdefault(columns[0], {})[columns[2]] = int(columns[3])
    unjudged = [id for id in queries if id not in qrels]
    if unjudged:
        raise MmchatError(f"The query {unjudged[0]} has no line in qrels.txt. Judge it, or take it out.")
    dataset = Dataset(folder, files, tuple(queries.values()), qrels)
    paths = {unbroken(file) for file in files}
    for query in queries.values():
        strange = sorted(d for d in qrels[query.id] if query.unit == "attachment" and d not in paths)
        if strange:
            raise MmchatError(
                f"qrels.txt judges {strange[0]} for {query.id}, which is not in files/. Correct the path."
            )
    return dataset


def write_dataset(
    folder: Path, files: Mapping[str, Path], queries: Sequence[EvaluationQuery], qrels: Mapping[str, Iterable[str]]
) -> Dataset:
    """Copy the files under their new paths and write the rest; a dataset that was there before is replaced.

    Args:
        folder: where to.
        files: path in ``files/`` -> the original.
        queries: those without a relevant document are left out, for nothing can be measured by them.
        qrels: query id -> its relevant documents.

    Raises:
        MmchatError: the folder holds something else, or it cannot be written.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / "queries.jsonl").exists():
        raise MmchatError(f"{folder} holds something that is not a dataset. Choose an empty or a new folder.")
    try:
        shutil.rmtree(folder, ignore_errors=True)
        for path, original in files.items():
            target = folder / "files" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(original, target)
        kept = [query for query in queries if qrels.get(query.id)]
        lines = [json.dumps(query.to_json(), ensure_ascii=False) + "\n" for query in kept]
        (folder / "queries.jsonl").write_text("".join(lines), "utf-8")
        judged = [f"{query.id} 0 {unbroken(document)} 1\n" for query in kept for document in sorted(qrels[query.id])]
        (folder / "qrels.txt").write_text("".join(judged), "utf-8")
    except OSError as error:
        raise MmchatError(f"{folder} cannot be written ({error.strerror}). Choose another folder.") from error
    return read_dataset(folder)


def unbroken(text: str) -> str:
    """Blanks as %20, since blanks part the columns of TREC files."""
    return re.sub(r"\s", lambda blank: quote(blank[0]), text)


def _object(line: str, where: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise MmchatError(f"{where} is not JSON. Each line holds one query as an object.") from error
    if not isinstance(row, dict):
        raise MmchatError(f"{where} is not an object. Each line holds one query as an object.")
    return row
