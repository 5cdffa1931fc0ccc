"""The doctor's list of models: the bundled ones, and those from the hub that the settings use."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mmchat.assistant import Assistant
from mmchat.cli import _show_doctor
from mmchat.commands.models_report import report
from mmchat.settings import Settings

COMMIT = "1" * 40


def reported(settings: Settings, **chosen: Any) -> dict[str, dict[str, Any]]:
    settings = settings.model_copy(update={"sound_encoder": "none", **chosen})
    assistant = Assistant.from_settings(settings)
    try:
        return {row["name"]: row for row in report(assistant, settings)}
    finally:
        assistant.close()


@pytest.mark.model
def test_models_from_the_hub_are_listed_with_what_fetches_them(settings: Settings) -> None:
    rows = reported(
        settings,
        image_encoder="clip",
        speech="small",
        reranker="cross-encoder-hub:BAAI/bge-reranker-v2-m3",
        llm="transformers:Qwen/Qwen3-VL-2B-Instruct",
    )

    parts = {row["part"]: row for row in rows.values() if row["source"] == "hub"}
    assert {part: row["name"] for part, row in parts.items()} == {
        "image": "openai/clip-vit-base-patch32",
        "speech": "Systran/faster-whisper-small",
        "rerank": "BAAI/bge-reranker-v2-m3",
        "answer": "Qwen/Qwen3-VL-2B-Instruct",
    }
    clip = parts["image"]
    assert (clip["licence"], clip["on_disk"], clip["active"], clip["size_bytes"]) == ("MIT", False, False, 610_000_000)
    assert clip["revision"] == "c237dc49a33fc61debc9276459120b7eac67e7ef"
    assert clip["fetch"].startswith("hf download openai/clip-vit-base-patch32 --revision c237dc49a33f")
    assert rows["e5-small"]["source"] == "package"


@pytest.mark.model
def test_a_model_on_this_disk_is_told_with_its_size_and_place(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "config.json").write_text('{"projection_dim": 4}')
    (folder / "made.json").write_text(json.dumps({"revision": COMMIT}))

    row = reported(settings, image_encoder=f"clip:{folder}")[str(folder)]

    size = sum(file.stat().st_size for file in folder.iterdir())
    assert (row["on_disk"], row["path"], row["size_bytes"], row["revision"]) == (True, str(folder), size, COMMIT)
    assert row["fetch"] == ""


@pytest.mark.model
def test_the_language_model_of_the_profile_is_listed_though_it_is_not_here(settings: Settings) -> None:
    row = reported(settings, llm="auto", reranker="auto")["Qwen/Qwen3-VL-2B-Instruct"]

    assert (row["part"], row["on_disk"], row["active"]) == ("answer", False, False)


@pytest.mark.model
def test_a_language_model_elsewhere_is_listed_and_printed(settings: Settings) -> None:
    settings = settings.model_copy(update={"llm": "openai-compatible:llava", "llm_url": "http://127.0.0.1:1/v1"})
    row = reported(settings)["openai-compatible:llava"]

    assert (row["source"], row["active"]) == ("provider", True)
    assert "openai-compatible:llava  for answer  on another machine" in printed(row)


@pytest.mark.model
@pytest.mark.parametrize("provider", ["llama-cpp", "transformers"])
def test_of_a_path_where_nothing_is_no_line_is_told_that_would_fetch_it(
    settings: Settings, tmp_path: Path, provider: str
) -> None:
    llm = f"{provider}:{tmp_path / 'nothing.gguf'}"
    settings = settings.model_copy(update={"llm": llm, "sound_encoder": "none"})
    assistant = Assistant.from_settings(settings)
    try:
        assistant.load_models()
        row = report(assistant, settings)[-1]
    finally:
        assistant.close()

    assert (row["on_disk"], row["active"], row["fetch"]) == (False, False, "")
    assert printed(row).rstrip().endswith("not on this disk\n\nstore: sound  0 files, 0 segments")


def printed(row: dict[str, Any]) -> str:
    document: dict[str, Any] = {
        "version": "1", "profile": "bundled", "data_dir": "x", "parts": [], "models": [row],
        "store": {"state": "sound", "attachments": 0, "segments": 0, "vectors": {}, "missing_vectors": {},
                  "reindexing": [], "unfinished": [], "failed": []},
    }  # fmt: skip
    return _show_doctor(document)
