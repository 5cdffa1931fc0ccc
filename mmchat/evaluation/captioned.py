"""Any folder of files with captions -> a dataset: each caption asks for its file.

Captions stand in ``captions.jsonl`` (``{"file": ..., "text": ..., "language": ...}`` a line; a file may have several),
or in ``NAME.txt`` beside ``NAME.png``. The names of the files are taken away, since the assistant searches names too
and they often say what the caption says.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mmchat.errors import MmchatError
from mmchat.evaluation.dataset import Dataset, EvaluationQuery, write_dataset
from mmchat.perception.language import detect_language

CAPTIONS = "captions.jsonl"


def build(folder: Path, out: Path) -> Dataset:
    """Write the dataset; files that share a caption share the answer.

    Raises:
        MmchatError: there is no caption, or one names a file that is not there.
    """
    if out.resolve().is_relative_to(folder.resolve()):
        raise MmchatError(f"{out} lies inside {folder}. Choose a folder elsewhere, or it would become part of itself.")
    captions = list(_listed(folder) if (folder / CAPTIONS).is_file() else _beside(folder))
    if not captions:
        raise MmchatError(f"{folder} has no captions. Put {CAPTIONS} into it, or NAME.txt beside each file.")
    files: dict[str, Path] = {}
    gold: dict[str, list[str]] = defaultdict(list)
    queries: dict[str, EvaluationQuery] = {}
    for original, text, language in captions:
        kind = original.suffix.lstrip(".").lower() or "file"
        path = f"{kind}/{hashlib.sha256(str(original.relative_to(folder)).encode()).hexdigest()[:12]}{original.suffix}"
        files[path] = original
        id = f"text-any:{hashlib.sha256(text.encode()).hexdigest()[:12]}"
        gold[id].append(path)
        queries[id] = EvaluationQuery(id, "text-any", text=text, language=language or detect_language(text))
    return write_dataset(out, files, list(queries.values()), gold)


def _listed(folder: Path) -> Iterator[tuple[Path, str, str]]:
    for number, line in enumerate((folder / CAPTIONS).read_text("utf-8").splitlines(), 1):
        if not line.strip():
            continue
        where = f"{CAPTIONS} line {number}"
        try:
            row: Any = json.loads(line)
            file, text = row["file"], row["text"].strip()
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise MmchatError(f'{where} is not {{"file": ..., "text": ...}}. Correct that line.') from error
        original = folder / file
        if not original.is_file() or not original.resolve().is_relative_to(folder.resolve()):
            raise MmchatError(f"{where} names {file}, which is no file in {folder}. Correct the path.")
        if text:
            yield original, text, str(row.get("language", ""))


def _beside(folder: Path) -> Iterator[tuple[Path, str, str]]:
    for original in sorted(folder.rglob("*")):
        caption = original.with_suffix(".txt")
        if original.is_file() and original != caption and caption.is_file():
            text = " ".join(caption.read_text("utf-8", errors="replace").split())
            if text:
                yield original, text, ""
