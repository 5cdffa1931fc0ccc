"""Datasets -> the document that every report is made of, and the TREC runs beside it."""

from __future__ import annotations

import os
import random
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mmchat import __version__
from mmchat.assistant import Assistant
from mmchat.encoders import Encoder
from mmchat.evaluation import figures
from mmchat.evaluation.dataset import Dataset, EvaluationQuery
from mmchat.evaluation.health import flat_map, health
from mmchat.evaluation.metrics import SEED, PerQuery, ir_measures, per_query
from mmchat.evaluation.running import DEPTH, Asker, Say, as_run, fingerprint, take_in
from mmchat.evaluation.stages import ALL, ablations, in_memory
from mmchat.evaluation.trec import write_run
from mmchat.settings import Settings
from mmchat.types import Query, Vectors

ABLATED_QUERIES = 40
"""At most so many queries of a pair and language are asked of each ablation; the same ones of all."""
GAP_QUERIES = 200


def evaluate(assistant: Assistant, datasets: Sequence[Dataset], out: Path, *, ablate: bool, say: Say) -> dict[str, Any]:
    """Measure, write the runs into ``out``, and give the document."""
    ir_measures()
    assistant.load_models()
    _one_query(assistant)
    measured = [_dataset(assistant, dataset, out, ablate, say) for dataset in datasets]
    return {
        "version": __version__,
        "settings": _chosen(assistant.settings),
        "depth": DEPTH,
        "seed": SEED,
        "cores": os.cpu_count(),
        "datasets": measured,
        "peak_memory_mb": peak_memory_mb(),
    }


def _dataset(assistant: Assistant, dataset: Dataset, out: Path, ablate: bool, say: Say) -> dict[str, Any]:
    asker = take_in(assistant, dataset, say)
    say(f"{dataset.name}: {len(dataset.queries)} queries")
    outcomes = asker.run()
    write_run(as_run(outcomes), out / f"{dataset.name}.run")
    values = per_query(as_run(outcomes), dataset.qrels)
    spaces = assistant.measuring.embeddings(asker.library)
    encoders = {encoder.space: encoder for encoder in assistant.measuring.encoders}
    texts = [query for query in dataset.queries if query.text and not query.image and not query.audio]
    asked = _sample(texts, GAP_QUERIES)
    maps = []
    for space, (segments, vectors) in spaces.items():
        queries = _query_vectors(encoders.get(space), asked, space.dim)
        maps.append({"space": space.name, **health(segments, vectors, queries), **flat_map(segments, vectors, queries)})
    document = {
        "name": dataset.name,
        "fingerprint": fingerprint(dataset),
        "files": len(dataset.files),
        "segments": len({segment.id for segments, _ in spaces.values() for segment in segments}),
        "queries": len(dataset.queries),
        "quality": figures.quality(dataset.queries, values),
        "composed": figures.composed(dataset.queries, values),
        "latency": figures.latency(outcomes),
        "skew": figures.skew(dataset, outcomes, _held(assistant, asker)),
        "spaces": maps,
        "ablation": [],
    }
    if ablate:
        names = {space.encoder for space in spaces}
        document["ablation"] = ablate_stages(asker, names, out, say)
    return document


def ablate_stages(asker: Asker, spaces: set[str], out: Path, say: Say) -> list[dict[str, Any]]:
    """The rows of the ablation; its runs, that of all stages among them, are written into ``out``."""
    queries = [
        query
        for members in figures.groups(query for query in asker.dataset.queries if not query.tags).values()
        for query in _sample(members, ABLATED_QUERIES)
    ] + [query for query in asker.dataset.queries if query.tags]
    qrels = {query.id: asker.dataset.qrels[query.id] for query in queries}
    runs: dict[str, PerQuery] = {}
    vectors = in_memory(asker.assistant, asker.library)
    for stages in (ALL, *ablations(spaces)):
        say(f"{asker.dataset.name}: {stages.name}, {len(queries)} queries")
        run = as_run(asker.run(stages, queries, vectors))
        write_run(run, out / f"{asker.dataset.name}.{stages.name.replace(' ', '-')}.run")
        runs[stages.name] = per_query(run, qrels)
    whole = runs.pop(ALL.name)
    return figures.ablation(queries, runs, whole)


def _held(assistant: Assistant, asker: Asker) -> dict[str, dict[str, int]]:
    """Files by modality, and segments by language."""
    entries = assistant.library_entries(asker.library)
    segments = {s.id: s for found, _ in assistant.measuring.embeddings(asker.library).values() for s in found}
    return {
        "modality": dict(Counter(entry.attachment.modality.value for entry in entries if entry.segments)),
        "language": dict(Counter(segment.language or "none" for segment in segments.values())),
    }


def _query_vectors(encoder: Encoder | None, queries: Sequence[EvaluationQuery], dim: int) -> Vectors:
    """None of a space that its library is still searched in although another encoder is configured."""
    asked = [Query(text=query.text, language=query.language) for query in queries]
    vectors = [encoder.encode_query(query) for query in asked if encoder and encoder.accepts(query)]
    return np.stack(vectors) if vectors else np.zeros((0, dim), dtype=np.float32)


def _one_query(assistant: Assistant) -> None:
    """What is made at the first use is made before anything is timed."""
    assistant.search("eval-warm-up", assistant.narrowed_query("warm up", (), ()), 1)


def _sample(queries: Sequence[EvaluationQuery], most: int) -> list[EvaluationQuery]:
    """At most so many, always the same, in the dataset's order."""
    if len(queries) <= most:
        return list(queries)
    chosen = set(random.Random(SEED).sample(range(len(queries)), most))
    return [query for number, query in enumerate(queries) if number in chosen]


def _chosen(settings: Settings) -> dict[str, str]:
    """The parts that figures depend on."""
    names = (
        "profile",
        "text_encoder",
        "image_encoder",
        "sound_encoder",
        "speech",
        "ocr",
        "reranker",
        "vector_store",
        "fusion",
    )
    return {name: str(getattr(settings, name)) for name in names}


def peak_memory_mb() -> float | None:
    """The most this process held at once, where the system says."""
    try:
        import resource
    except ModuleNotFoundError:  # Windows
        return None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(most / (1e6 if sys.platform == "darwin" else 1e3), 1)
