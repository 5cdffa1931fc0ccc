"""Encoders of models from the hub, each on a tiny model of the real class, made of random numbers at test time."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mmchat.encoders import Encoder, create_encoder, hub_model
from mmchat.encoders.hub_model import NOT_FETCHED, plain
from mmchat.encoders.image_text import ClipEncoder, Siglip2Encoder
from mmchat.encoders.sentence_text import is_e5
from mmchat.encoders.sound_text import ClapEncoder, equal_parts, resampled
from mmchat.errors import MissingDependency, ModelUnavailable, SettingsError, UnknownBackend
from mmchat.models import zero_gpu
from mmchat.settings import Settings
from mmchat.types import SAMPLE_RATE_HZ, Pixels, Query, SegmentKind, Vectors, Waveform
from tests.contracts.test_encoders import an_input, inputs_for
from tests.encoders import tiny_models
from tests.factories import an_attachment
from tests.models.test_zero_gpu import stand_in

MAKERS: dict[str, tuple[str, Callable[[Path], Path]]] = {
    "text": ("sentence-transformers", tiny_models.tiny_text),
    "siglip2": ("siglip2", tiny_models.tiny_siglip2),
    "naflex": ("siglip2", tiny_models.tiny_siglip2_naflex),
    "clip": ("clip", tiny_models.tiny_clip),
    "clap": ("clap", tiny_models.tiny_clap),
    "fused": ("clap", lambda folder: tiny_models.tiny_clap(folder, fusion=True)),
}
GEMMA = pytest.mark.skipif(
    importlib.util.find_spec("torchvision") is None, reason="EmbeddingGemma's processor needs torchvision"
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    at = tmp_path_factory.mktemp("tiny")

    def make(name: str) -> Path:
        folder = at / name
        return folder if folder.is_dir() else MAKERS[name][1](folder)

    return make


@pytest.fixture(params=MAKERS)
def encoder(request: pytest.FixtureRequest, made: Callable[[str], Path], settings: Settings) -> Encoder:
    return opened(request.param, made, settings)


def opened(name: str, made: Callable[[str], Path], settings: Settings) -> Any:
    return create_encoder(f"{MAKERS[name][0]}:{made(name)}", settings.model_copy(update={"threads": 1}))


def cosines(a: Vectors, b: Vectors) -> Vectors:
    return np.sum(a * b, axis=1)


def picture(at: int = 1) -> Pixels:
    pixels = an_input(SegmentKind.WHOLE_IMAGE, an_attachment(), at).pixels
    assert pixels is not None
    return pixels


def sound(seconds: float, at: int = 1) -> Waveform:
    random = np.random.default_rng(at)
    return (0.2 * random.normal(size=int(seconds * SAMPLE_RATE_HZ))).astype(np.float32)


def test_words_and_media_land_in_one_space_of_unit_vectors(encoder: Encoder) -> None:
    expected = encoder.space

    vectors = encoder.encode_segments(inputs_for(encoder))
    query = encoder.encode_query(Query(text="a red apple"))

    assert encoder.space == expected  # known before the weights are loaded
    assert vectors.shape == (5, expected.dim) and query.shape == (expected.dim,)
    assert vectors.dtype == query.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm([*vectors, query], axis=1), 1, atol=1e-5)


def test_a_batch_is_its_members_and_every_run_the_same(encoder: Encoder) -> None:
    inputs = inputs_for(encoder)
    together = encoder.encode_segments(inputs)

    alone = np.concatenate([encoder.encode_segments([each]) for each in inputs])

    assert cosines(together, alone).min() > 0.9999
    np.testing.assert_array_equal(together, encoder.encode_segments(inputs))
    assert np.linalg.matrix_rank(together - together.mean(axis=0), tol=1e-3) > 1


def test_a_copied_folder_gives_the_same_vectors_under_its_own_name(
    made: Callable[[str], Path], settings: Settings, tmp_path: Path
) -> None:
    first = opened("clip", made, settings)
    shutil.copytree(made("clip"), tmp_path / "someone--clip")

    copied = create_encoder("clip:someone/clip", settings.model_copy(update={"models_dir": tmp_path}))

    assert copied.space.encoder == "clip:someone/clip"
    assert copied.space.revision == first.space.revision
    np.testing.assert_array_equal(copied.encode_segments(inputs_for(first)), first.encode_segments(inputs_for(first)))


@pytest.mark.parametrize("name", ["text", "siglip2", "clap"])
def test_on_a_space_it_encodes_through_its_decorator(
    name: str, made: Callable[[str], Path], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder, query = opened(name, made, settings), Query(text="a red apple")
    inputs = inputs_for(encoder)
    plain_vectors = encoder.encode_query(query), encoder.encode_segments(inputs)
    calls = stand_in(monkeypatch)
    monkeypatch.setattr(hub_model, "_query_on_gpu", zero_gpu.on_gpu(hub_model._query_encoded))
    monkeypatch.setattr(hub_model, "_segments_on_gpu", zero_gpu.on_gpu(hub_model._segments_encoded))

    again = opened(name, made, settings)

    np.testing.assert_array_equal(again.encode_query(query), plain_vectors[0])
    np.testing.assert_array_equal(again.encode_segments(inputs), plain_vectors[1])
    assert again.encode_segments([]).shape == (0, again.space.dim)
    assert calls == ["_query_encoded", "_segments_encoded"]


@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
def test_a_forked_process_does_not_wait_for_locks_that_others_held(
    made: Callable[[str], Path], settings: Settings
) -> None:
    encoder = opened("text", made, settings)
    encoder.load()

    with encoder._calls, hub_model._opening:
        child = os.fork()
        if child == 0:  # nothing of the tests' own may run in it
            again = opened("text", made, settings)
            free = again._calls.acquire(timeout=5) and hub_model._opening.acquire(timeout=5)
            os._exit(0 if free else 1)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_it_takes_any_words_as_known(encoder: Encoder) -> None:
    assert encoder.knows(Query(text="zyzzyva in the rain")) == 1.0


@pytest.mark.parametrize("name", ["siglip2", "clip"])
def test_the_vectors_are_those_of_transformers(name: str, made: Callable[[str], Path], settings: Settings) -> None:
    import torch
    from PIL import Image
    from transformers import AutoImageProcessor, AutoModel, AutoTokenizer

    model: Any = AutoModel.from_pretrained(made(name)).eval()
    tokenizer = AutoTokenizer.from_pretrained(made(name))
    kind: Any = AutoImageProcessor
    pixels = kind.from_pretrained(made(name), backend="pil")([Image.fromarray(picture())], return_tensors="pt")
    asked = "a bell ringing in the rain"
    filled = {"padding": "max_length", "max_length": 64} if name == "siglip2" else {}
    ids = tokenizer([asked], return_tensors="pt", return_attention_mask=False, **filled)["input_ids"]
    with torch.no_grad():
        whole = model(input_ids=ids, pixel_values=pixels["pixel_values"])
    encoder = opened(name, made, settings)

    words = encoder.encode_query(Query(text=asked.upper() if name == "siglip2" else asked))
    seen = encoder.encode_query(Query(pixels=picture()))

    np.testing.assert_allclose(words, whole.text_embeds[0].numpy(), atol=1e-5)
    np.testing.assert_allclose(seen, whole.image_embeds[0].numpy(), atol=1e-5)


def test_words_with_a_picture_are_half_way(made: Callable[[str], Path], settings: Settings) -> None:
    encoder = opened("clip", made, settings)

    both = encoder.encode_query(Query(text="an apple", pixels=picture()))

    seen, words = encoder.encode_query(Query(pixels=picture())), encoder.encode_query(Query(text="an apple"))
    assert both @ seen == pytest.approx(both @ words, abs=1e-5)


@pytest.mark.parametrize(
    ("words", "clip", "clap"),
    [
        ("dog", "a photo of a dog", "this is a sound of dog"),
        ("the red apple", "a photo of the red apple", "this is a sound of the red apple"),
        ("a man who is running", "a man who is running", "a man who is running"),
        ("who is it?", "who is it?", "who is it?"),
        ("photo of rain", "photo of rain", "this is a sound of photo of rain"),
        ("engine noise", "a photo of a engine noise", "engine noise"),
    ],
)
def test_a_bare_name_is_worded_as_in_training(words: str, clip: str, clap: str) -> None:
    assert ClipEncoder.worded(None, words) == clip  # type: ignore[arg-type]
    assert ClapEncoder.worded(words) == clap
    assert Siglip2Encoder.worded(None, words) == words  # type: ignore[arg-type]


def test_a_long_sound_is_the_mean_of_its_parts_and_none_is_chosen_at_random(
    made: Callable[[str], Path], settings: Settings
) -> None:
    encoder = opened("clap", made, settings)
    long = sound(24.0)

    first, second = (encoder.encode_query(Query(waveform=long)) for _ in range(2))

    np.testing.assert_array_equal(first, second)
    parts = [
        encoder.encode_query(Query(waveform=long[a : a + 8 * SAMPLE_RATE_HZ])) for a in range(0, len(long), 128000)
    ]
    mean = np.mean(parts, axis=0)
    assert first @ mean / np.linalg.norm(mean) > 0.999


def test_resampling_keeps_the_pitch() -> None:
    seconds = np.arange(SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ
    tone = np.sin(2 * np.pi * 440 * seconds).astype(np.float32)

    faster = resampled(tone, 48_000)

    spectrum = np.abs(np.fft.rfft(faster))
    assert len(faster) == 48_000 and int(np.argmax(spectrum)) == 440
    assert [len(part) for part in equal_parts(faster, 20_000)] == [16_000] * 3


@pytest.mark.parametrize(
    ("name", "prompts", "query", "passage"),
    [
        ("plain", None, "", ""),
        ("multilingual-e5-tiny", None, "query: ", "passage: "),
        ("own", {"query": "ask: ", "document": "text: "}, "ask: ", "text: "),
        ("e5-own", {"query": "ask: ", "document": "text: "}, "ask: ", "text: "),
    ],
)
def test_prompts_are_the_models_own_or_e5s(
    name: str, prompts: dict[str, str] | None, query: str, passage: str, settings: Settings, tmp_path: Path
) -> None:
    from sentence_transformers import SentenceTransformer

    folder = tiny_models.tiny_text(tmp_path / name, prompts)
    encoder = create_encoder(f"sentence-transformers:{folder}", settings)
    expected = SentenceTransformer(str(folder)).encode(
        [query + "rain", passage + "a red apple on a table"], prompt="", normalize_embeddings=True
    )

    [given] = encoder.encode_segments([an_input(SegmentKind.PASSAGE, an_attachment(), 0)])
    asked = encoder.encode_query(Query(text="rain"))

    np.testing.assert_allclose(np.stack([asked, given]), expected, atol=1e-5)


def test_e5_is_known_by_its_name() -> None:
    assert is_e5("intfloat/multilingual-e5-base") and is_e5("/models/e5-small-v2")
    assert not is_e5("BAAI/bge-m3") and not is_e5("intfloat/multilingual-e5-large-instruct") and not is_e5("a/byte5")


def test_words_that_mean_something_to_a_tokenizer_stay_words(made: Callable[[str], Path], settings: Settings) -> None:
    encoder = opened("clip", made, settings)

    cut = encoder.encode_query(Query(text="rain <|endoftext|> with a red apple in it \ud83d"))

    assert cut @ encoder.encode_query(Query(text="rain with a red")) < 0.9999
    tokenizer = encoder._ready().tokenizer
    assert plain("a <|endoftext|> b", tokenizer) == "a < |endoftext|> b"


@pytest.mark.parametrize(
    ("name", "of", "told"),
    [
        ("clip", "siglip2", "of the kind 'siglip', and clip is expected"),
        ("siglip2", "clip", "of the kind 'clip', and siglip or siglip2 is expected"),
        ("clap", "text", "of the kind 'bert', and clap is expected"),
    ],
)
def test_another_kind_of_model_is_a_sentence(
    name: str, of: str, told: str, made: Callable[[str], Path], settings: Settings
) -> None:
    with pytest.raises(ModelUnavailable, match=told):
        create_encoder(f"{name}:{made(of)}", settings).load()


@pytest.mark.parametrize("name", ["text", "clip", "clap"])
@pytest.mark.parametrize("damage", ["no weights", "bad weights", "no tokenizer"])
def test_a_damaged_folder_is_a_sentence(
    name: str, damage: str, made: Callable[[str], Path], settings: Settings, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(made(name), tmp_path / "copy"))
    if damage == "bad weights":
        (folder / "model.safetensors").write_bytes(b"\0" * 99)
    elif damage == "no weights":
        (folder / "model.safetensors").unlink()
    else:
        for file in ("tokenizer.json", "tokenizer_config.json"):
            (folder / file).unlink()

    with pytest.raises(ModelUnavailable, match="could not be loaded: .* Fetch it again, or choose another one"):
        create_encoder(f"{MAKERS[name][0]}:{folder}", settings).load()


@pytest.mark.parametrize("kind", ["siglip2", "clip", "clap", "sentence-transformers", "embedding-gemma"])
def test_a_model_that_is_not_here_is_the_line_that_fetches_it(kind: str, settings: Settings, tmp_path: Path) -> None:
    encoder = create_encoder(kind, settings.model_copy(update={"models_dir": tmp_path}))
    known = encoder.space

    with pytest.raises(
        ModelUnavailable, match=r"To fetch this one: hf download \S+ --revision [0-9a-f]{40} --local-dir \S+$"
    ):
        encoder.load()
    assert known.dim >= 512 and len(known.revision) > 16


def test_a_stranger_that_is_not_here_has_a_space_that_nothing_is_in(settings: Settings) -> None:
    assert create_encoder("clip:someone/else", settings).space.revision == NOT_FETCHED


@pytest.mark.parametrize("missing", ["torch", "transformers", "sentence_transformers"])
def test_a_package_that_is_not_here_is_the_line_that_installs_it(
    missing: str, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "bert"}))
    (tmp_path / "tokenizer.json").write_text("{}")
    encoder = create_encoder(f"sentence-transformers:{tmp_path}", settings)
    monkeypatch.setitem(sys.modules, missing, None)

    with pytest.raises(MissingDependency, match=f"Run: pip install {missing.replace('_', '-')}"):
        encoder.load()


def test_a_device_that_is_not_here_is_named(made: Callable[[str], Path], settings: Settings) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("it is here")
    with pytest.raises(SettingsError, match=r"MMCHAT_DEVICE=cuda: torch sees no CUDA GPU.*auto or cpu"):
        opened("clip", made, settings.model_copy(update={"device": "cuda"})).load()


def test_half_precision_may_be_asked_for(made: Callable[[str], Path], settings: Settings) -> None:
    whole = opened("clip", made, settings)
    half = opened("clip", made, settings.model_copy(update={"dtype": "bfloat16"}))

    a, b = (encoder.encode_segments(inputs_for(encoder)) for encoder in (whole, half))

    assert 0.99 < cosines(a, b).min() < 1 - 1e-7


def test_a_kind_and_a_model_go_together_or_are_told(settings: Settings) -> None:
    with pytest.raises(UnknownBackend, match="'e5-small' brings its own model"):
        create_encoder("e5-small:intfloat/e5-small", settings)
    with pytest.raises(SettingsError, match="names no model. Write it as clip:MODEL"):
        create_encoder("clip:", settings)


@pytest.fixture(scope="module")
def gemma_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_models.tiny_gemma(tmp_path_factory.mktemp("gemma") / "gemma")


def gemma(folder: Path, settings: Settings, *parts: str, **more: Any) -> Any:
    name = f"embedding-gemma:{folder}"
    return create_encoder(name, settings.model_copy(update={**{f"{part}_encoder": name for part in parts}, **more}))


@GEMMA
def test_one_space_takes_text_pictures_and_sounds(gemma_folder: Path, settings: Settings) -> None:
    encoder = gemma(gemma_folder, settings, "text", "image", "sound")
    inputs = [an_input(kind, an_attachment(), at) for kind in SegmentKind for at in (1, 2)]

    together = encoder.encode_segments(inputs)

    alone = np.concatenate([encoder.encode_segments([each]) for each in inputs])
    assert together.shape == (10, 768)
    assert cosines(together, alone).min() > 0.9999
    for query in (Query(text="rain"), Query(pixels=picture()), Query(waveform=sound(2), text="rain")):
        assert np.linalg.norm(encoder.encode_query(query)) == pytest.approx(1, abs=1e-5)
    asked = encoder.encode_query(Query(text="<|image|> in a file is no picture"))
    assert np.isfinite(asked).all()


@GEMMA
def test_only_the_towers_that_are_asked_for_are_loaded(gemma_folder: Path, settings: Settings) -> None:
    encoder = gemma(gemma_folder, settings, "text", "image")
    encoder.load()

    inner = encoder._ready()[0].model
    assert inner.vision_tower is not None and inner.audio_tower is None
    assert SegmentKind.SOUND not in encoder.segment_kinds and SegmentKind.WHOLE_IMAGE in encoder.segment_kinds
    assert not encoder.accepts(Query(waveform=sound(2)))
    same = gemma(gemma_folder, settings, "text", "image", "sound").encode_segments(inputs_for(encoder))
    np.testing.assert_allclose(encoder.encode_segments(inputs_for(encoder)), same, atol=1e-5)


@GEMMA
def test_shorter_vectors_are_the_first_numbers_of_the_whole(gemma_folder: Path, settings: Settings) -> None:
    whole, short = gemma(gemma_folder, settings, "text"), gemma(gemma_folder, settings, "text", embedding_dim=256)

    a, b = (encoder.encode_segments(inputs_for(encoder)) for encoder in (whole, short))

    cut = a[:, :256] / np.linalg.norm(a[:, :256], axis=1, keepdims=True)
    np.testing.assert_allclose(b, cut, atol=1e-5)
    assert whole.space != short.space


def test_embedding_gemma_says_what_it_cannot_do(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "embedding_gemma2"}))
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(SettingsError, match="MMCHAT_EMBEDDING_DIM is 300; .* 768, 512, 256 or 128"):
        gemma(tmp_path, settings, embedding_dim=300)
    with pytest.raises(SettingsError, match="MMCHAT_DTYPE=float16: this model overflows"):
        gemma(tmp_path, settings, dtype="float16").load()
