"""Real Chromium on the real page. Every test also fails on a console error or a request to anywhere else."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import URLError

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright

from tests.scripted_assistant import POLICY, expenses_pdf, memo_wav, mug_png, receipt_png

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
WAIT_MS = 30_000
# The accelerator and the sandbox are missing in containers; the fake devices stand in for a microphone.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
]


CUT_BY_A_RELOAD = (
    "console: AbortError: signal is aborted",
    "console: Unexpected error Connection errored out",
    "console: Unexpected client exception TypeError: Cannot read properties of undefined",
)
"""What Gradio's client writes, sooner or later, about a stream that a reload cut."""


@dataclass
class Screen:
    """One browser window on the page, with what people do there."""

    page: Page
    url: str
    errors: list[str] = field(default_factory=list)
    reloaded: bool = False

    def open(self) -> Screen:
        self.page.goto(self.url)
        expect(self.page.locator("#composer textarea")).to_be_visible(timeout=WAIT_MS)
        expect(self.page.locator("#status details")).to_be_visible(timeout=WAIT_MS)
        return self

    def give(self, *files: Path) -> None:
        """Put files into the question."""
        self.page.set_input_files("#composer input[type=file]", list(files))
        expect(self.page.locator("#composer .thumbnail-item")).to_have_count(len(files), timeout=WAIT_MS)

    def send(self, text: str) -> None:
        self.page.fill("#composer textarea", text)
        self.page.keyboard.press("Enter")

    def start(self, text: str, *files: Path) -> None:
        """Send a question as soon as that is possible, and wait for the first words of its answer."""
        expect(self.page.locator("#composer .submit-button")).to_be_enabled(timeout=WAIT_MS)
        rows = self.page.locator("#chat .message-row").count()
        if files:
            self.give(*files)
        self.send(text)
        expect(self.page.locator("#chat .message-row")).to_have_count(rows + 2, timeout=WAIT_MS)

    def ask(self, text: str, *files: Path, wait_ms: int = WAIT_MS) -> None:
        """Send a question and wait for its end: only then does its step show how long it took, or a failure stand."""
        ended = self.page.locator("#chat .thought-group .duration, #chat .note-failed")
        before = ended.count()
        self.start(text, *files)
        expect(ended).to_have_count(before + 1, timeout=wait_ms)
        expect(self.page.locator("#composer .submit-button")).to_be_enabled(timeout=WAIT_MS)

    def reload(self) -> None:
        """Load the page anew. Gradio notes on the console that a stream was cut by it: no fault of the page."""
        self.reloaded = True
        self.page.reload()

    def marker(self, number: int, nth: int = -1) -> Any:
        """The link ``[number]`` of the last answer that has one, or of the nth."""
        return self.page.locator(f"#chat a[href^='#src-'][href$='-{number}']").nth(nth)


# Of the module, not the session: Playwright keeps an event loop running, under which no asyncio test can run.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.fail("Chromium is not installed. Run: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def running(command: list[str], port: int, **environment: str) -> Iterator[str]:
    """A server process of ours, up; ended with the block."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("MMCHAT_", "GRADIO_"))}
    process = subprocess.Popen(command, cwd=ROOT, env={**clean, **environment})
    try:
        url = f"http://127.0.0.1:{port}/"
        for _ in range(600):
            if process.poll() is not None:
                raise AssertionError(f"the server ended with status {process.returncode} before it was up")
            try:
                urllib.request.urlopen(url + "healthz", timeout=5).close()
                break
            except (URLError, ConnectionError, TimeoutError):
                time.sleep(0.2)
        yield url
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def scripted(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., AbstractContextManager[str]]:
    """Starts the page over the scripted Assistant."""

    def start(pause_s: float = 0.02, load_s: float = 0.0) -> AbstractContextManager[str]:
        port, folder = a_free_port(), tmp_path_factory.mktemp("scripted")
        script = Path(__file__).parent / "serve_scripted.py"
        return running([sys.executable, str(script), str(folder), str(port), str(pause_s), str(load_s)], port)

    return start


@pytest.fixture(scope="session")
def server(scripted: Callable[..., AbstractContextManager[str]]) -> Iterator[str]:
    with scripted() as url:
        yield url


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Screen]]:
    """Opens windows, each a person of their own unless a context is given; checks them all at the end."""
    screens: list[Screen] = []
    contexts: list[Any] = []

    def open_window(url: str, *, context: Any = None, **options: Any) -> Screen:
        if context is None:
            defaults: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}, "locale": "en-GB"}
            context = browser.new_context(**{**defaults, **options})
            contexts.append(context)
        screen = Screen(context.new_page(), url)
        screens.append(screen)

        def on_console(message: ConsoleMessage) -> None:
            url_of = str(message.location.get("url", ""))
            sent = "404" in message.text and "/uploads/" in url_of  # the composer's thumbnail of a file just sent
            if message.type == "error" and not sent:
                screen.errors.append(f"console: {message.text} ({url_of})")

        def on_request(request: Request) -> None:
            if not request.url.startswith((url, "data:", "blob:")):
                screen.errors.append(f"request to {request.url}")

        screen.page.on("console", on_console)
        screen.page.on("request", on_request)
        screen.page.on("pageerror", lambda error: screen.errors.append(f"script error: {error}"))
        return screen.open()

    yield open_window

    for screen in screens:
        assert [error for error in screen.errors if not (screen.reloaded and error.startswith(CUT_BY_A_RELOAD))] == []
    for context in contexts:
        context.close()


@pytest.fixture
def screen(visit: Callable[..., Screen], server: str) -> Screen:
    return visit(server)


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Real files, by name."""
    folder = tmp_path_factory.mktemp("given")
    contents = {
        "receipt.png": receipt_png(),
        "memo.wav": memo_wav(),
        "expenses.pdf": expenses_pdf(),
        "mug.png": mug_png(),
        "policy.md": POLICY.encode(),
        "empty.bin": b"",
    }
    for name, data in contents.items():
        (folder / name).write_bytes(data)
    return {name: folder / name for name in contents}
