"""The language model of the hub profile: it writes and judges where it can be had; else the bundled parts go on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mmchat import profile_vlm
from mmchat.answering.extractive import ExtractiveAnswerer
from mmchat.answering.generative import GenerativeAnswerer
from mmchat.errors import MissingDependency, ModelUnavailable
from mmchat.models import runtime
from mmchat.parts import Parts
from mmchat.rerankers.vision_language import VisionLanguageReranker
from mmchat.settings import PROFILES, Settings
from mmchat.types import PartState
from mmchat.ui.status import answering, settled


@pytest.fixture
def hub(tmp_path: Path) -> Settings:
    """The hub profile's choice of a language model; the other parts stay bundled, for they are not fetched here."""
    chosen = {name: PROFILES["hub"][name] for name in ("llm", "reranker")}
    bundled = {"text_encoder": "hashing", "image_encoder": "none", "sound_encoder": "none", "speech": "whisper-base"}
    return Settings(profile="hub", data_dir=tmp_path / "data", models_dir=tmp_path / "models", **chosen, **bundled)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Says which device torch finds, and whether torchvision is here."""

    def have(device: str, *, torchvision: bool = True) -> None:
        monkeypatch.setattr(runtime, "choose", lambda _: (device, None))
        monkeypatch.setattr(runtime, "is_here", lambda package: torchvision or package != "torchvision")

    return have


def put_on_disk(settings: Settings) -> None:
    folder = settings.models_path / profile_vlm.MODEL.replace("/", "--")
    folder.mkdir(parents=True)
    (folder / "config.json").write_text("{}")


def llm_part(parts: Parts) -> PartState:
    return next(part for part in parts.states() if part.part == "llm")


def test_the_bundled_parts_answer_until_it_is_there_and_nothing_waits_for_it(hub: Settings) -> None:
    parts = Parts(hub)
    others = [PartState(part.part, part.backend, "ready") for part in parts.states() if part.part != "llm"]

    assert isinstance(parts.answerer, ExtractiveAnswerer)
    assert parts.reranker_name == "cross-encoder"
    assert parts.asked(None) == ()
    assert parts.llm == profile_vlm.NAME
    assert answering([*others, llm_part(parts)]) and not settled([*others, llm_part(parts)])


def test_without_a_gpu_it_is_not_fetched_unasked_and_the_line_is_told(
    hub: Settings, machine: Callable[..., None]
) -> None:
    machine("cpu")
    parts = Parts(hub)

    parts.take_up_llm()

    assert llm_part(parts).state == "off"
    assert "without a GPU" in llm_part(parts).detail
    assert "hf download Qwen/Qwen3-VL-2B-Instruct --revision 89644892e4d8" in llm_part(parts).detail
    assert (parts.llm, parts.wished_llm) == ("none", profile_vlm.NAME)
    assert isinstance(parts.answerer, ExtractiveAnswerer)


def test_on_a_gpu_without_a_network_the_line_is_told(hub: Settings, machine: Callable[..., None]) -> None:
    machine("cuda")

    with pytest.raises(ModelUnavailable, match=r"HF_HUB_OFFLINE.*hf download Qwen/Qwen3-VL-2B-Instruct"):
        profile_vlm.obtained(hub)


def test_a_missing_package_is_told_before_anything_is_fetched(hub: Settings, machine: Callable[..., None]) -> None:
    machine("cuda", torchvision=False)

    with pytest.raises(MissingDependency, match="pip install torchvision"):
        profile_vlm.obtained(hub)


@pytest.mark.parametrize(
    ("device", "chosen", "reranker"),
    [
        ("cuda", "auto", "vision-language"),
        ("cpu", "auto", "cross-encoder"),
        ("cpu", "vision-language", "vision-language"),
    ],
)
def test_its_weights_at_hand_it_writes_and_on_a_gpu_it_judges(
    hub: Settings, machine: Callable[..., None], device: str, chosen: str, reranker: str
) -> None:
    machine(device)
    put_on_disk(hub)

    settings = profile_vlm.obtained(hub.model_copy(update={"reranker": chosen}))

    assert (settings.llm, settings.reranker) == (profile_vlm.NAME, reranker)


def test_once_it_is_there_it_takes_over(hub: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        profile_vlm,
        "obtained",
        lambda given: given.model_copy(update={"llm": "echo:small", "reranker": "vision-language"}),
    )
    monkeypatch.setattr(ExtractiveAnswerer, "load", lambda _: None)
    parts = Parts(hub)

    parts.take_up_llm()

    backends = {part.part: part.backend for part in parts.states()}
    assert isinstance(parts.answerer_for(None), GenerativeAnswerer)
    assert isinstance(parts.reranker_for(None), VisionLanguageReranker)
    assert parts.asked(None) == ("echo:small",)
    assert (backends["answer"], backends["rerank"]) == ("generative, echo:small", "vision-language")


@pytest.mark.parametrize("chosen", [{"llm": "none"}, {"answerer": "extractive", "reranker": "cross-encoder"}])
def test_who_does_not_want_it_has_no_such_part(hub: Settings, chosen: dict[str, str]) -> None:
    parts = Parts(hub.model_copy(update=chosen))

    assert "llm" not in {part.part for part in parts.states()}
    assert parts.reranker_name == "cross-encoder"
