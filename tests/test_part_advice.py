"""Why a part is this one, and the lines that bring a better one."""

from __future__ import annotations

import pytest

from mmchat.models import runtime
from mmchat.part_advice import advise
from mmchat.settings import Settings
from mmchat.types import PartState


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "is_here", lambda _: True)


@pytest.mark.usefixtures("here")
def test_a_bundled_part_names_the_weights_to_fetch_and_the_setting(settings: Settings) -> None:
    advice = advise(PartState("image", "image-concepts", "ready"), settings)

    assert advice is not None
    assert (advice.source, advice.setting) == ("profile", "MMCHAT_IMAGE_ENCODER=image-concepts")
    assert [line.partition(" --revision")[0] for line in advice.lines] == [
        "hf download google/siglip2-base-patch16-256",
        "MMCHAT_IMAGE_ENCODER=siglip2:google/siglip2-base-patch16-256",
    ]


@pytest.mark.usefixtures("here")
def test_where_the_profile_fetches_the_setting_is_enough(settings: Settings) -> None:
    hub = settings.model_copy(update={"profile": "hub"})

    advice = advise(PartState("speech", "whisper-base", "ready"), hub)

    assert advice is not None and advice.lines == ("MMCHAT_SPEECH=large-v3-turbo",)
    assert advice.source == "setting"  # for the profile means another one


def test_a_missing_package_comes_first(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "is_here", lambda package: package == "torch")

    advice = advise(PartState("text", "e5-small", "ready"), settings)

    assert advice is not None and advice.lines[0] == "pip install transformers sentence-transformers"


def test_what_was_found_by_itself_is_told_as_such(settings: Settings) -> None:
    advice = advise(PartState("ocr", "tesseract", "ready"), settings)

    assert advice is not None and (advice.source, advice.setting, advice.lines) == ("found", "MMCHAT_OCR=auto", ())


@pytest.mark.parametrize(
    ("part", "chosen"),
    [
        (PartState("image", "siglip2", "ready"), {"image_encoder": "siglip2"}),
        (PartState("image", "image-concepts", "failed", "why"), {"image_encoder": "image-concepts"}),
        (PartState("answer", "extractive", "ready"), {"answerer": "extractive"}),
        (PartState("answer", "extractive", "ready"), {"llm": "auto"}),
    ],
)
def test_where_nothing_better_is_known_or_wanted_no_line_is_given(
    settings: Settings, part: PartState, chosen: dict[str, str]
) -> None:
    advice = advise(part, settings.model_copy(update=chosen))

    assert advice is not None and advice.lines == ()


def test_a_part_without_a_setting_has_no_advice(settings: Settings) -> None:
    assert advise(PartState("verifier", "x", "ready"), settings) is None
