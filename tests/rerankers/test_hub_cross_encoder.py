"""Any cross-encoder folder reorders text by its own logits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mmchat.errors import ModelUnavailable, SettingsError
from mmchat.rerankers import create_reranker
from mmchat.settings import Settings
from mmchat.types import Candidate, Query, SegmentKind
from tests.factories import a_segment, an_attachment
from tests.rerankers.tiny_cross_encoder import tiny_cross_encoder

QUESTION = Query(text="when does it open \ud83d")  # half a character, as a page may send it
TEXTS = ["at ten on saturdays", "rye flour", "it is closed on mondays " * 20, "half a pair"]


@pytest.fixture(scope="module")
def models_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("models")
    tiny_cross_encoder(path / "someone--tiny")
    tiny_cross_encoder(path / "three", labels=3)
    (path / "damaged").mkdir()
    (path / "damaged" / "config.json").write_text("{}")
    return path


def candidates() -> list[Candidate]:
    attachment = an_attachment()
    out = [Candidate(a_segment(attachment, at, text), attachment, 1.0) for at, text in enumerate(TEXTS)]
    return [*out, Candidate(a_segment(attachment, 9, "", kind=SegmentKind.WHOLE_IMAGE), attachment, 1.0)]


def chosen(name: str, models_path: Path) -> Settings:
    return Settings(data_dir=models_path, models_dir=models_path, reranker=name)


@pytest.mark.parametrize("by_path", [False, True])
def test_the_order_is_that_of_the_models_logits(models_path: Path, by_path: bool) -> None:
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    folder = models_path / "someone--tiny"
    name = f"cross-encoder-hub:{folder if by_path else 'someone/tiny'}"
    model, tokenizer = AutoModelForSequenceClassification.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    inputs = tokenizer(["when does it open ?"] * 4, TEXTS, padding=True, truncation=True, return_tensors="pt")
    with torch.no_grad():
        expected = torch.sigmoid(model.eval()(**inputs).logits.double()).numpy().ravel()

    ranked = create_reranker(name, chosen(name, models_path)).rerank(QUESTION, candidates())

    assert [c.segment.ordinal for c in ranked] == [*np.argsort(-expected, kind="stable"), 9]
    found = {c.segment.ordinal: c.relevance for c in ranked}
    np.testing.assert_allclose([found[at] for at in range(4)], expected, atol=1e-5)
    assert len(set(expected)) == 4


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("someone/else", "model 'someone/else' is not on this machine.*hf download someone/else --local-dir"),
        ("three", "tells 3 classes apart"),
        ("damaged", "could not be loaded"),
    ],
)
def test_what_is_no_cross_encoder_is_told_at_loading(models_path: Path, name: str, told: str) -> None:
    name = f"cross-encoder-hub:{name}"

    with pytest.raises(ModelUnavailable, match=told):
        create_reranker(name, chosen(name, models_path)).load()


def test_a_model_must_be_named(settings: Settings) -> None:
    with pytest.raises(SettingsError, match="names no model"):
        create_reranker("cross-encoder-hub", settings)
