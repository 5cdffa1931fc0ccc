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
from mmchat.perception.efficientnet import read_checkpoint
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


@pytest.mark.model
@pytest.mark.parametrize("name, side_px", [("efficientnet-lite1", 240), ("efficientnet-lite2", 260)])
def test_the_graph_without_torch_computes_what_torch_computes(name: str, side_px: int, models_dir: Path) -> None:
    torch = pytest.importorskip("torch")
    port = pytest.importorskip("efficientnet_lite_pytorch")
    import onnxruntime

    from mmchat.perception.efficientnet import to_onnx

    checkpoint = next(models.directory(name, models_dir).glob("*.pth"))
    batch = np.random.default_rng(0).standard_normal((1, 3, side_px, side_px)).astype(np.float32)
    network = port.EfficientNet.from_name(name)
    network.load_state_dict(torch.load(checkpoint, weights_only=True))
    network.eval()
    with torch.no_grad():
        expected = torch.softmax(network(torch.from_numpy(batch)), dim=1).numpy()

    session = onnxruntime.InferenceSession(to_onnx(read_checkpoint(checkpoint)), providers=["CPUExecutionProvider"])

    assert np.abs(session.run(None, {"picture": batch})[0] - expected).max() < 1e-5


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
