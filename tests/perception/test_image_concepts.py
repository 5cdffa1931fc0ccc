from __future__ import annotations

import pickle
import struct
from collections import OrderedDict
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from mmchat import models
from mmchat.errors import ModelUnavailable
from mmchat.perception.efficientnet import read_checkpoint, to_onnx
from mmchat.perception.image_concepts import ImageClassifier
from mmchat.perception.label_names import imagenet
from mmchat.segmenters.image import open_picture
from mmchat.types import Pixels


@pytest.fixture(scope="module")
def classifier(models_dir: Path) -> ImageClassifier:
    return ImageClassifier(models_dir, threads=2)


@pytest.fixture(scope="module")
def names(models_dir: Path) -> tuple[str, ...]:
    return imagenet(models.directory("imagenet-names", models_dir)).names


def picture(name: str) -> Pixels:
    (folder,) = find_spec("gradio").submodule_search_locations  # found without importing it
    return open_picture(Path(folder) / "media_assets" / "images" / name)


@pytest.mark.model
def test_animals_are_recognised_in_photographs(classifier: ImageClassifier, names: tuple[str, ...]) -> None:
    rows = classifier.probabilities([picture("cheetah1.jpg"), picture("lion.jpg")])

    assert [names[at] for at in rows.argmax(axis=1)] == ["cheetah", "lion"]
    assert rows.shape == (2, 1000) and rows.dtype == np.float32
    assert np.allclose(rows.sum(axis=1), 1, atol=1e-4)


@pytest.mark.model
def test_a_batch_gives_what_each_picture_gives_alone(classifier: ImageClassifier) -> None:
    pictures = [picture("cheetah1.jpg"), picture("tower.jpg")]

    together = classifier.probabilities(pictures)

    alone = np.concatenate([classifier.probabilities([each]) for each in pictures])
    assert np.allclose(together, alone, atol=1e-5)


@pytest.mark.model
@pytest.mark.parametrize("shape", [(1, 1), (1, 900), (700, 2), (40, 3000)])
def test_any_shape_of_picture_will_do(shape: tuple[int, int], classifier: ImageClassifier) -> None:
    row = classifier.probabilities([np.full((*shape, 3), 90, np.uint8)])

    assert np.isfinite(row).all()


# What torch 2.13 with efficientnet-lite-pytorch 0.1.0 computes on the waves below: the first classes and their values.
CANONICAL = {
    "efficientnet-lite1": (240, {530: 0.11635, 854: 0.05722, 811: 0.03391, 699: 0.02128}),
    "efficientnet-lite2": (260, {906: 0.07330, 772: 0.04440, 585: 0.04184, 782: 0.02711}),
}


@pytest.mark.model
@pytest.mark.parametrize("name", CANONICAL)
def test_the_graph_made_without_torch_computes_what_torch_computes(name: str, models_dir: Path) -> None:
    import onnxruntime

    side_px, expected = CANONICAL[name]
    y, x = np.mgrid[0:side_px, 0:side_px] / side_px
    waves = np.stack([np.sin(20 * x), np.cos(15 * y), x - y]).astype(np.float32)[None]
    checkpoint = next(models.directory(name, models_dir).glob("*.pth"))

    session = onnxruntime.InferenceSession(to_onnx(read_checkpoint(checkpoint)), providers=["CPUExecutionProvider"])

    (row,) = session.run(None, {"picture": waves})[0]
    assert list(np.argsort(-row)[:4]) == list(expected)
    assert [row[at] for at in expected] == pytest.approx(list(expected.values()), abs=2e-5)


def test_a_checkpoint_that_would_run_code_is_refused(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self):  # noqa: ANN204
            return (print, ("run",))

    path = tmp_path / "trap.pth"
    head = b"".join(pickle.dumps(each, 2) for each in (0x1950A86A20F9469CFC6C, 1001, {}))
    path.write_bytes(head + pickle.dumps(OrderedDict(weight=Trap()), 2))

    with pytest.raises(ModelUnavailable, match="no place in a file of weights"):
        read_checkpoint(path)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 a newer file", struct.pack("<q", 7) * 9])
def test_a_file_that_is_no_checkpoint_is_named(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "other.pth"
    path.write_bytes(data)

    with pytest.raises(ModelUnavailable, match="other.pth"):
        read_checkpoint(path)
