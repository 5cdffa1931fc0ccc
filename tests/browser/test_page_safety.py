"""Hostile names, hostile words and other people, in real Chromium."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import WAIT_MS, Screen
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

Visit = Callable[..., Screen]
HOSTILE_NAMES = (
    "${Object.assign(window,{P:1})}.md",
    "{{P}} C~users ${window.P=2}.md",
    "<img src=x onerror=window.P=3>.md",
    "x](javascript:window.P=4) [1].md",
)
HOSTILE_TEXT = (
    "Meals ${Object.assign(window,{P:5})} C:\\users\\x `${window.P=6}` {{constructor}} "
    "<script>window.P=7</script><img src=x onerror=window.P=8> ![t](https://evil.example/x.png) \\u0041 \\x4"
)


def test_hostile_names_and_questions_are_shown_and_never_run(screen: Screen, tmp_path: Path) -> None:
    page = screen.page
    paths = []
    for name in HOSTILE_NAMES:
        path = tmp_path / name.replace("/", "~")
        path.write_text(name)
        paths.append(path)

    screen.ask(HOSTILE_TEXT, *paths)

    expect(page.locator("#chat .said")).to_contain_text("C:\\users\\x")
    expect(page.locator(".file")).to_have_count(len(paths))
    expect(page.locator("#sources .card").first).to_be_visible()
    expect(page.locator(".talk")).to_contain_text("C:\\users")
    screen.reload()
    expect(page.locator(".talk")).to_contain_text("C:\\users", timeout=WAIT_MS)
    expect(page.locator("#sources .for")).to_contain_text("${Object.assign")
    page.locator(".file").first.hover()
    page.locator(".file .bin").first.click()
    expect(page.get_by_role("alertdialog")).to_be_visible()
    assert page.evaluate("typeof window.P") == "undefined"


def test_one_persons_library_is_nothing_to_another(visit: Visit, server: str, files: dict[str, Path]) -> None:
    ana, ben = visit(server), visit(server)
    ana.ask("How much was my secret?", files["receipt.png"])
    picture = ana.page.locator("#chat .given-image").get_attribute("src") or ""
    talk = ana.page.locator(".talk-open").get_attribute("data-id") or ""
    href = ana.marker(1).get_attribute("href") or ""
    message = href.removeprefix("#src-").rpartition("-")[0]

    assert ana.page.request.get(server + picture[1:]).status == 200
    assert ben.page.request.get(server + picture[1:]).status == 404
    ben.page.evaluate("([talk, message]) => { mmchatSend('open_conversation', {id: talk}); }", [talk, message])
    ben.page.evaluate("([talk, message]) => { mmchatSend('show_sources', {message, number: '1'}); }", [talk, message])
    ben.page.evaluate("id => mmchatSend('delete_conversation', {id})", talk)
    ben.page.evaluate("id => mmchatSend('delete_file', {id})", picture.split("/")[2])
    ben.page.wait_for_timeout(800)

    assert "secret" not in ben.page.content()
    assert "receipt" not in ben.page.content()
    ana.reload()
    expect(ana.page.locator("#chat .user-row")).to_contain_text("my secret", timeout=WAIT_MS)
    expect(ana.page.locator(".file")).to_have_count(1)


def test_a_file_waiting_to_be_sent_is_its_uploaders_alone(visit: Visit, server: str, files: dict[str, Path]) -> None:
    ana, ben = visit(server), visit(server)
    ana.give(files["receipt.png"])
    waiting = ana.page.locator("#composer .thumbnail-item img").get_attribute("src") or ""

    assert "/gradio_api/file=" in waiting
    assert ana.page.request.get(waiting).status == 200
    assert ben.page.request.get(waiting).status == 404
    ana.ask("How much?")
    assert ana.page.request.get(waiting).status == 404


def test_another_website_gets_nothing_with_a_visitors_cookie(screen: Screen, server: str) -> None:
    cookie = "; ".join(f"{c['name']}={c['value']}" for c in screen.page.context.cookies())
    paths = ["config", "gradio_api/queue/join", "gradio_api/upload", "media/" + "0" * 64, "healthz"]

    for path in paths:
        body = json.dumps({"data": []}).encode() if "queue" in path or "upload" in path else None
        request = urllib.request.Request(
            server + path, data=body, headers={"Origin": "https://evil.example", "Cookie": cookie}
        )
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=10)
        with refused.value:
            assert refused.value.code == 403
            assert "another website" in json.loads(refused.value.read())["error"]


def test_the_identity_cannot_be_read_by_a_script(screen: Screen) -> None:
    assert screen.page.evaluate("document.cookie") == ""
    [cookie] = screen.page.context.cookies()
    assert cookie["httpOnly"] and cookie["sameSite"] == "Lax"
    assert "mmchat" not in screen.page.evaluate("JSON.stringify(localStorage)")
