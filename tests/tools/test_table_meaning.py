from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mmchat.encoders.e5_small import E5SmallEncoder
from mmchat.tools.table_meaning import KEPT_FILE, Meaning, fit


@pytest.mark.model
def test_what_is_kept_is_what_the_examples_give(models_dir: Path) -> None:
    embed = E5SmallEncoder(models_dir, threads=2).encode_texts

    now = fit(embed)

    with np.load(KEPT_FILE, allow_pickle=False) as kept:
        assert np.allclose(kept["weights"], now.weights, atol=2e-2)
        assert np.allclose(kept["background"], now.background, atol=2e-3)


@pytest.mark.model
def test_related_words_are_nearer_than_unrelated_ones(models_dir: Path) -> None:
    meaning = Meaning(E5SmallEncoder(models_dir, threads=2).encode_texts)

    near = meaning.nearness(["viajes"], ["Travel", "Rent", "Electricity"])[0]

    assert near[0] > 0.05 > near[1:].max()
