"""The main job: `python app.py` on the real bundled models, with a real browser, from dropping files to the proof."""

from __future__ import annotations

import io
import json
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import Screen, a_free_port, running
from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import Locator, Page, expect

from mmchat.types import Box
from tests.make_files import Recording, Screenshot, overlap, recording, screenshot

pytestmark = [pytest.mark.browser, pytest.mark.model, pytest.mark.timeout(600)]

MODELS_MS = 240_000
ANSWER_MS = 120_000
SENTENCES = ["The meeting was moved to Thursday at noon.", "Please bring the red umbrella to the office."]


@dataclass(frozen=True)
class Given:
    """The files of this test, and where their words are."""

    folder: Path
    till: Screenshot
    memo: Recording


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Given:
    folder = tmp_path_factory.mktemp("real")
    till, memo = screenshot(), recording(SENTENCES, folder)
    (folder / "till.png").write_bytes(till.data)
    (folder / "memo.wav").write_bytes(memo.data)
    (folder / "ferry.pdf").write_bytes(a_scanned_pdf("The ferry leaves at seven.", "A ferry ticket costs 18.50 euros."))
    (folder / "policy.md").write_text("# Travel\n\nA hotel may cost up to 120 euros a night in large cities.\n")
    return Given(folder, till, memo)


def a_scanned_pdf(*lines: str) -> bytes:
    """One page per line, as pictures without a text layer."""
    pages = []
    for line in lines:
        page = Image.new("RGB", (1240, 1754), "white")
        ImageDraw.Draw(page).text((150, 400), line, fill="black", font=ImageFont.truetype("DejaVuSans.ttf", 44))
        pages.append(page)
    out = io.BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:], resolution=150)
    return out.getvalue()


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> Callable[[], object]:
    """Starts `python app.py` on one data folder, as often as asked, always under the same address."""
    data, port = tmp_path_factory.mktemp("data"), a_free_port()

    @contextmanager
    def app() -> Iterator[str]:
        settings = {"MMCHAT_DATA_DIR": str(data), "MMCHAT_MODELS_DIR": str(models_dir)}
        with running([sys.executable, "app.py"], port, GRADIO_SERVER_PORT=str(port), **settings) as url:
            yield url

    return app


def boxes_shown(card: Locator) -> list[Box]:
    """The marked rectangles, 0..1 of their picture, as the browser laid them out."""
    expect(card.locator("img")).to_have_js_property("complete", True)
    shown = card.locator("img").bounding_box()
    assert shown
    found = []
    for box in card.locator(".box").all():
        at = box.bounding_box()
        assert at
        x0, y0 = (at["x"] - shown["x"]) / shown["width"], (at["y"] - shown["y"]) / shown["height"]
        found.append((x0, y0, x0 + at["width"] / shown["width"], y0 + at["height"] / shown["height"]))
    return found


def look_at_insights(page: Page) -> None:
    page.locator(".tab[data-tab=insights]").click()
    words = page.locator("#insights .space", has_text="e5-small")
    expect(words.locator("svg.map path[data-name='ferry.pdf']")).to_have_count(2, timeout=ANSWER_MS)
    expect(words.locator("[data-reading=spread] .verdict")).to_have_text("fine")
    expect(page.locator("#insights")).to_contain_text("What your answers cite")
    policy = words.locator("path[data-name='policy.md']")
    policy.dispatch_event("click", {"bubbles": True, **middle_of(policy)})
    expect(page.locator("#picked .card")).to_contain_text("120 euros")


def middle_of(mark: Locator) -> dict[str, float]:
    """Where a mark of the map is in the window, however far it is scrolled."""
    at = mark.bounding_box()
    assert at
    return {"clientX": at["x"] + at["width"] / 2, "clientY": at["y"] + at["height"] / 2}


def test_files_dropped_in_are_asked_about_and_the_proof_opens_also_after_a_restart(
    start: Callable[..., object], visit: Callable[..., Screen], given: Given
) -> None:
    with start() as url:  # type: ignore[attr-defined]
        screen = visit(url)
        page = screen.page
        expect(page.locator("#status details")).not_to_have_attribute("data-kind", "loading", timeout=MODELS_MS)
        names = ("till.png", "memo.wav", "ferry.pdf", "policy.md")
        screen.give(*(given.folder / name for name in names))
        page.locator("#composer .submit-button").click()
        expect(page.locator("#library .bar").first).to_be_visible(timeout=20_000)
        expect(page.locator("#composer .stop-button")).to_have_count(0, timeout=ANSWER_MS)
        for name in names:
            expect(page.locator(".file", has_text=name)).to_contain_text("segment")

        screen.ask("How much was the cinnamon bun?", wait_ms=ANSWER_MS)
        screen.marker(1).click()
        card = page.locator(".card:focus")
        expect(card.locator("mark").first).to_contain_text("2.90")
        assert max(overlap(box, given.till.lines["Cinnamon bun 2.90"]) for box in boxes_shown(card)) > 0.6
        expect(page.locator("#sources .order")).to_contain_text("by the cross-encoder")

        screen.ask("When is the meeting?", wait_ms=ANSWER_MS)
        screen.marker(1).click()
        card = page.locator(".card:focus")
        expect(card.locator("mark").first).to_contain_text("Thursday")
        begins, ends = given.memo.sentences[SENTENCES[0]]
        assert begins - 1.0 < float(card.locator(".play").first.get_attribute("data-from") or -1) < ends

        screen.ask("What does a ferry ticket cost?", wait_ms=ANSWER_MS)
        screen.marker(1).click()
        card = page.locator(".card:focus")
        expect(card.locator(".place")).to_have_text("page 2")
        expect(card.locator("mark").first).to_contain_text("18.50")
        assert any(0.2 < (box[1] + box[3]) / 2 < 0.27 for box in boxes_shown(card))

        screen.ask("What may a hotel cost?", wait_ms=ANSWER_MS)
        screen.marker(1).click()
        expect(page.locator(".card:focus mark").first).to_contain_text("120 euros")

        screen.ask("Who won the football world cup in 1998?", wait_ms=ANSWER_MS)
        expect(page.locator("#chat .bot-row").last).to_contain_text("No evidence found")

        look_at_insights(page)
        with urllib.request.urlopen(url + "healthz", timeout=10) as response:
            health = json.load(response)
        assert health["ready"] and health["parts"]["answer"] == "ready"

    screen.errors.clear()  # the server is gone, and the browser says so
    with start():  # type: ignore[attr-defined]
        screen.reload()
        expect(page.locator("#chat .user-row")).to_have_count(6, timeout=MODELS_MS)
        page.locator("#chat .bot-row", has_text="2.90").locator("a[href^='#src-']").first.click()
        expect(page.locator(".card:focus mark").first).to_contain_text("2.90")
        expect(page.locator(".card:focus img")).to_have_js_property("complete", True)
        expect(page.locator("#sources .order")).to_contain_text("by the cross-encoder")
        screen.errors.clear()
