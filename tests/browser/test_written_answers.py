"""Answers written by a model on a server of someone else's making (llama.cpp), streamed through the whole product."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import URLError

import pytest
from conftest import ROOT, Screen, a_free_port, running
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.model, pytest.mark.timeout(600)]

WAIT_MS = 240_000
NOTE = "# Garden\n\nThe lemon tree is watered on Tuesdays.\n\n# Shed\n\nThe shed key hangs behind the blue door.\n"


class Llama:
    """A llama.cpp server on the model of a package, and its log."""

    def __init__(self, log: Path) -> None:
        self.port, self._log = a_free_port(), log
        command = [sys.executable, str(ROOT / "tests" / "llms" / "llama_server.py"), "smollm2", str(self.port)]
        with log.open("w") as out:
            self.process = subprocess.Popen(command, stderr=out, stdout=out)
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=5).close()
                break
            except (URLError, ConnectionError, TimeoutError):
                time.sleep(0.2)

    def wait_for(self, words: str, after: int, seconds: float = 20.0) -> str:
        """What was logged since, once it holds these words."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            said = self._log.read_text(errors="replace")[after:]
            if words in said:
                return said
            time.sleep(0.1)
        raise AssertionError(f"the server's log does not say {words!r}:\n{said}")

    @property
    def length(self) -> int:
        return len(self._log.read_text(errors="replace"))


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Llama]:
    server = Llama(tmp_path_factory.mktemp("llama") / "log.txt")
    yield server
    server.process.terminate()
    server.process.wait(20)


@pytest.fixture(scope="module")
def page_url(llama: Llama, tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> Iterator[str]:
    port = a_free_port()
    settings = {
        "MMCHAT_DATA_DIR": str(tmp_path_factory.mktemp("data")),
        "MMCHAT_MODELS_DIR": str(models_dir),
        "MMCHAT_LLM": "openai-compatible:smollm2",
        "MMCHAT_LLM_URL": f"http://127.0.0.1:{llama.port}/v1",
        "GRADIO_SERVER_PORT": str(port),
    }
    with running([sys.executable, "app.py"], port, **settings) as url:
        yield url


def test_a_cited_answer_streams_in_and_stop_ends_the_servers_work(
    page_url: str, llama: Llama, visit: Callable[..., Screen], tmp_path: Path
) -> None:
    (tmp_path / "note.md").write_text(NOTE)
    screen = visit(page_url)
    page = screen.page
    expect(page.locator("#status details")).not_to_have_attribute("data-kind", "loading", timeout=WAIT_MS)

    screen.ask("When is the lemon tree watered?", tmp_path / "note.md", wait_ms=WAIT_MS)
    expect(page.locator("#chat .bot-row").last).to_contain_text("Tuesdays")
    screen.marker(1).click()
    expect(page.locator(".card:focus mark")).to_contain_text("The lemon tree is watered on Tuesdays.")

    before = llama.length
    screen.start("Tell a very long story about the shed, the key and the lemon tree, with every detail of each day.")
    llama.wait_for("processing task", before)
    page.locator("#composer .stop-button").click()
    expect(page.locator("#chat .bot-row").last).to_contain_text("Stopped.")
    assert "stop processing" in llama.wait_for("cancel task", before) or llama.wait_for("stop processing", before)

    page.locator("#status summary").click()
    expect(page.locator("#status .pop")).to_contain_text("are sent to openai-compatible:smollm2")
