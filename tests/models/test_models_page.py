"""docs/models.md says of every model what the tables say, and its example works as it stands there."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from mmchat.encoders import ENCODERS, create_encoder
from mmchat.errors import ModelUnavailable
from mmchat.models.cards import CARDS
from mmchat.models.hub_cards import HUB_CARDS
from mmchat.settings import PROFILES, Settings
from mmchat.types import Query, SegmentKind
from tests.contracts.test_encoders import an_input
from tests.encoders.tiny_models import TOWER, quiet
from tests.factories import an_attachment

PAGE = (Path(__file__).parents[2] / "docs" / "models.md").read_text("utf-8")


def row_of(name: str) -> list[str]:
    [line] = [line for line in PAGE.splitlines() if line.startswith(f"| `{name}` |")]
    return [cell.strip() for cell in line.strip("|").split("|")]


@pytest.mark.parametrize("name", CARDS)
def test_a_bundled_model_is_on_the_page(name: str) -> None:
    card, row = CARDS[name], row_of(name)

    assert row[1:3] == [", ".join(card.requirements), card.revision]
    assert row[5:] == [card.licence, card.purpose]


@pytest.mark.parametrize("name", HUB_CARDS)
def test_a_model_from_the_hub_is_on_the_page(name: str) -> None:
    card, row = HUB_CARDS[name], row_of(name)

    assert row[1] == (f"`{card.revision[:12]}`" if card.revision else "as first fetched")
    assert row[2:] == [str(card.size_mb), str(card.memory_mb or "not known"), card.licence, card.purpose]
    assert re.fullmatch("|[0-9a-f]{40}", card.revision)


def test_the_page_says_what_the_profile_chooses() -> None:
    for part in PROFILES["hub"]:
        assert row_of(f"MMCHAT_{part.upper()}")[2] not in ("", "as bundled", "none")


def test_the_example_is_an_encoder(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from transformers import BitImageProcessorPil, Dinov2Config, Dinov2Model

    quiet()
    folder = tmp_path / "someone--tiny-dino"
    Dinov2Model(Dinov2Config(**TOWER, image_size=28, patch_size=14)).eval().save_pretrained(folder)
    sizes = {"size": {"shortest_edge": 28}, "crop_size": {"height": 28, "width": 28}}
    BitImageProcessorPil(**sizes).save_pretrained(folder)
    [code] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    module = ModuleType("dino_of_the_page")
    exec(code, module.__dict__)
    monkeypatch.setitem(sys.modules, "dino_of_the_page", module)
    monkeypatch.setitem(ENCODERS, "dinov2", "dino_of_the_page:DinoEncoder")
    here = settings.model_copy(update={"models_dir": tmp_path})

    encoder = create_encoder("dinov2:someone/tiny-dino", here)
    inputs = [an_input(SegmentKind.WHOLE_IMAGE, an_attachment(), at) for at in range(4)]
    vectors = encoder.encode_segments(inputs)

    assert vectors.shape == (4, 32) == (4, encoder.space.dim)
    nearest = [int(np.argmax(vectors @ encoder.encode_query(Query(pixels=each.pixels)))) for each in inputs]
    assert nearest == [0, 1, 2, 3]
    assert not encoder.accepts(Query(text="words"))
    with pytest.raises(ModelUnavailable, match="hf download facebook/dinov2-small --local-dir"):
        create_encoder("dinov2", here).load()
