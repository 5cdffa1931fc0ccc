"""What is active, in the settings."""

from __future__ import annotations

import pytest

from mmchat.models import runtime
from mmchat.settings import Settings
from mmchat.types import PartState
from mmchat.ui.parts_list import parts_list
from mmchat.ui.translations import Wording

PARTS = [
    PartState("image", "image-concepts", "ready"),
    PartState("sound", "none", "off", "Not <here>. Run: pip install x"),
    PartState("speech", "small", "failed", "The weights are not here."),
]


@pytest.fixture(autouse=True)
def all_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "is_here", lambda _: True)


def test_each_part_says_what_it_is_why_and_the_lines_that_make_it_better(settings: Settings) -> None:
    chosen = settings.model_copy(update={"speech": "small"})

    html = parts_list(PARTS, chosen, Wording("en"), own_machine=True)

    assert "image-concepts" in html and "From the profile bundled" in html
    assert 'data-copy="MMCHAT_IMAGE_ENCODER=siglip2:google/siglip2-base-patch16-256"' in html
    assert f"--local-dir {settings.models_path}" in html
    assert "Not &lt;here&gt;. Run: pip install x" in html
    assert "Chosen: MMCHAT_SPEECH=small" in html and "failed" in html and "The weights are not here." in html
    assert "before the next start" in html


def test_a_shared_page_shows_no_paths_of_its_host(settings: Settings) -> None:
    html = parts_list(PARTS[:1], settings, Wording("fr"), own_machine=False)

    assert "MMCHAT_IMAGE_ENCODER=siglip2" in html
    assert str(settings.models_path) not in html
    assert "Cela vaut pour tous ici" in html


@pytest.mark.parametrize(
    "folder",
    [
        "/srv/ada/models/",
        "~/models/",
        "C:\\Users\\ada\\",
        "/srv/Jean Dupont/models/",
        "C:/Users/Jean Dupont/models/",
        "file:///srv/models/",
    ],
)
def test_a_model_in_a_folder_is_named_without_the_folder_to_visitors(settings: Settings, folder: str) -> None:
    chosen = settings.model_copy(update={"llm": f"llama-cpp:{folder}small.gguf"})
    lacking = f"Not in {folder}small.gguf. See https://example.org/a/b."
    parts = [PartState("answer", f"generative, llama-cpp:{folder}small.gguf", "failed", lacking)]

    html = parts_list(parts, chosen, Wording("en"), own_machine=False)

    assert folder not in html
    assert html.count("…/small.gguf") == 3
    assert "https://example.org/a/b" in html
    assert folder in parts_list(parts, chosen, Wording("en"), own_machine=True)
