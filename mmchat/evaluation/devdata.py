"""Public captioned pictures and sounds, spoken prompts and a manual in two languages -> one dataset.

Everything goes into one collection, as a person's files do; queries are narrowed to a kind of file, or to a folder,
where the figure is about that kind. Files whose captions share a text share the answer.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mmchat.errors import MmchatError
from mmchat.evaluation.dataset import Dataset, EvaluationQuery, write_dataset
from mmchat.evaluation.pages import page_queries
from mmchat.settings import Settings
from mmchat.types import Modality

LANGUAGES = ("en", "fr")
LEAST_SPOKEN_WORDS = 3
"""Words said alone are mostly not recognised (our measurement of 2026-11-21), and tell nothing of search."""

Row = dict[str, Any]
Found = Iterator[tuple[EvaluationQuery, Sequence[str]]]
"""Queries, each with its relevant documents."""


def build(devdata: Path, out: Path, settings: Settings) -> Dataset:
    """Write the dataset.

    Raises:
        MmchatError: a manifest is missing.
    """
    stamps = _rows(devdata, "stamps_dev.jsonl")
    pictures = [row for row in stamps if row["kind"] == "image" and row["thing"]]
    sounds = [row for row in stamps if row["kind"] == "sound"]
    speech, pages = _rows(devdata, "speech_dev.jsonl"), _rows(devdata, "pages_dev.jsonl")
    files = {place(row): Path(row["path"]) for row in [*pictures, *sounds, *speech, *pages]}
    found = [
        *_captions(pictures, "text-image", Modality.IMAGE),
        *_captions(sounds, "text-audio", Modality.AUDIO),
        *_captions([*pictures, *sounds], "text-any", None),
        *_across(pictures, sounds, "image-audio", Modality.AUDIO),
        *_across(sounds, pictures, "audio-image", Modality.IMAGE),
        *_spoken(speech),
        *page_queries({place(row): Path(row["path"]) for row in pages}, settings),
    ]
    return write_dataset(out, files, [query for query, _ in found], {query.id: gold for query, gold in found})


def place(row: Row) -> str:
    """Where a file lies in the dataset: a folder for its kind, and for its language where it has one.

    Names say nothing: the assistant searches the names of files too, and these are named after what they show or say.
    """
    name = hashlib.sha256(row["id"].encode()).hexdigest()[:12] + Path(row["path"]).suffix
    kind, _, language = row["kind"].partition("_")
    return f"{kind}/{language}/{name}" if language else f"{kind}/{name}"


def _captions(rows: Sequence[Row], pair: str, modality: Modality | None) -> Found:
    """Each caption asked in each language; a sound and a picture of one thing often share it."""
    for language in LANGUAGES:
        gold = _by_caption(rows, language)
        for row in rows:
            yield (
                EvaluationQuery(
                    id=f"{pair}:{language}:{row['id']}",
                    pair=pair,
                    text=row[f"text_{language}"],
                    modality=modality,
                    folder="" if modality is None else row["kind"],
                    language=language,
                    tags=("things",) if row["kind"] == "sound" and row["thing"] and modality else (),
                ),
                gold[row[f"text_{language}"]],
            )


def _across(asking: Sequence[Row], wanted: Sequence[Row], pair: str, modality: Modality) -> Found:
    """A picture asks for the sound of the same thing, or a sound for its picture; then with its caption beside it."""
    gold = _by_caption(wanted, "en")
    kind = {"image": "image", "sound": "audio"}[asking[0]["kind"]]
    for row in asking:
        if row["text_en"] not in gold or not row["thing"]:
            continue
        common: dict[str, Any] = {kind: f"files/{place(row)}", "modality": modality, "folder": wanted[0]["kind"]}
        alone = f"{pair}:{row['id']}"
        yield EvaluationQuery(id=alone, pair=pair, **common), gold[row["text_en"]]
        for language in LANGUAGES:
            text, words = row[f"text_{language}"], f"parts-of-{pair}:{language}:{row['id']}"
            yield (
                EvaluationQuery(
                    id=words,
                    pair=f"text-{modality} (beside {kind})",
                    text=text,
                    language=language,
                    modality=modality,
                    folder=common["folder"],
                ),
                gold[row["text_en"]],
            )
            composed = EvaluationQuery(
                id=f"text+{pair}:{language}:{row['id']}",
                pair=f"text+{pair}",
                text=text,
                language=language,
                parts=(words, alone),
                **common,
            )
            yield composed, gold[row["text_en"]]


def _spoken(rows: Sequence[Row]) -> Found:
    """Recordings by the words that are said in them, among all recordings of that language."""
    for language in LANGUAGES:
        said = [row for row in rows if row["kind"] == f"speech_{language}"]
        gold = _by_caption(said, language)
        for row in said:
            text = row[f"text_{language}"]
            if len(text.split()) >= LEAST_SPOKEN_WORDS:
                query = EvaluationQuery(
                    id=f"text-speech:{row['id']}",
                    pair="text-speech",
                    text=text,
                    modality=Modality.AUDIO,
                    folder=f"speech/{language}",
                    language=language,
                )
                yield query, gold[text]


def _by_caption(rows: Sequence[Row], language: str) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        found[row[f"text_{language}"]].append(place(row))
    return found


def _rows(devdata: Path, name: str) -> list[Row]:
    try:
        lines = (devdata / name).read_text("utf-8").splitlines()
    except OSError as error:
        raise MmchatError(f"{devdata} has no {name}. Give the folder that holds the three manifests.") from error
    return [json.loads(line) for line in lines if line.strip()]
