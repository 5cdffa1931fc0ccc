"""A video dropped into the real page: what is said and written in it is cited by the second, and plays from there."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Screen, a_free_port, running
from playwright.sync_api import expect

from tests.make_files import recording
from tests.make_videos import CODECS, slide, video

pytestmark = [pytest.mark.browser, pytest.mark.model, pytest.mark.timeout(600)]

MODELS_MS = 240_000
ANSWER_MS = 120_000
SENTENCES = [
    "Welcome to the quarterly review of the harbour project.",
    "Maria Lopez is responsible for the ticket machines.",
]
PLAYER = "node => ({at: node.currentTime, width: node.videoWidth, paused: node.paused})"


def test_a_video_is_asked_about_and_plays_from_the_cited_second(
    visit: Callable[..., Screen], tmp_path: Path, models_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memo = recording(SENTENCES, tmp_path, pause_s=2.0)
    slides = [(slide("Harbour project", "Quarterly review"), 8.0), (slide("Old pier", "Closed from October"), 8.0)]
    (tmp_path / "talk.webm").write_bytes(video(slides, memo.data, kind="webm"))
    monkeypatch.setitem(CODECS, "matroska", ("mpeg4", "aac"))  # pictures that Chromium has no decoder for
    (tmp_path / "old.mkv").write_bytes(video([(slide("Lighthouse", "It is 47 metres high"), 3.0)], kind="matroska"))
    settings = {"MMCHAT_DATA_DIR": str(tmp_path / "data"), "MMCHAT_MODELS_DIR": str(models_dir)}
    port = a_free_port()
    with running([sys.executable, "app.py"], port, GRADIO_SERVER_PORT=str(port), **settings) as url:
        screen = visit(url)
        page = screen.page
        expect(page.locator("#status details")).not_to_have_attribute("data-kind", "loading", timeout=MODELS_MS)

        screen.ask("Who is responsible for the ticket machines?", tmp_path / "talk.webm", wait_ms=ANSWER_MS)
        screen.marker(1).click()
        card = page.locator(".card.on")
        expect(card.locator("mark").first).to_contain_text("Maria")
        begins, ends = memo.sentences[SENTENCES[1]]
        expect(card.locator("video")).to_have_js_property("videoWidth", 1280)
        assert begins - 1.0 < card.locator("video").evaluate(PLAYER)["at"] < ends
        card.locator(".pill.play").click()
        page.wait_for_timeout(1500)
        playing = card.locator("video").evaluate(PLAYER)
        assert not playing["paused"] and begins - 1.0 < playing["at"] < ends + 3
        expect(page.locator("#chat .given-video video")).to_have_js_property("videoWidth", 1280)

        screen.ask("From when is the old pier closed?", wait_ms=ANSWER_MS)
        screen.marker(1).click()
        card = page.locator(".card.on")
        expect(card.locator("mark").first).to_contain_text("October")
        expect(card.locator(".place")).to_contain_text("0:08")
        expect(card.locator(".shot .box").first).to_be_visible()
        expect(card.locator(".shot img")).to_have_js_property("naturalWidth", 1280)
        assert 7.9 < card.locator("video").evaluate(PLAYER)["at"] < 9.1

        screen.ask("How high is the lighthouse?", tmp_path / "old.mkv", wait_ms=ANSWER_MS)
        screen.marker(1).click()
        card = page.locator(".card.on")
        expect(card.locator("mark").first).to_contain_text("47 metres")
        expect(card.locator(".instead")).to_contain_text("cannot show the pictures of old.mkv")
        expect(page.locator("#chat .given-video .film-frame").last).to_have_js_property("naturalWidth", 1280)
