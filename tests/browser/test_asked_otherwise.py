"""How an answer says it was taken, how it can be asked otherwise, and what an empty box offers, in real Chromium."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import WAIT_MS, Screen
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

Visit = Callable[..., Screen]
Files = dict[str, Path]
SHOTS = os.environ.get("MMCHAT_TEST_SHOTS", "")
"""A folder for pictures of the page, for the eyes of whoever changes it."""


def picture(screen: Screen, name: str) -> None:
    if SHOTS:
        screen.page.screenshot(path=f"{SHOTS}/{name}.png")


def test_an_answer_says_how_it_was_taken_and_a_switch_asks_otherwise_by_keyboard(screen: Screen, files: Files) -> None:
    page = screen.page
    screen.ask("compare the wify prices", files["receipt.png"], files["policy.md"])

    line = page.locator("#chat .bot-row").last.locator(".understood")
    expect(line.locator(".taken")).to_have_text(["Compared 2 files", "Read “wify” as “wifi”"])
    table = page.locator("#chat .prose table")
    expect(table.locator("td a[href*='#src-']")).to_have_count(4)
    table.locator("td a").first.click()
    expect(page.locator("#sources .card.on")).to_contain_text("receipt.png")
    picture(screen, "desktop-compared")

    rows = page.locator("#chat .message-row").count()
    line.get_by_text("as a search").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#chat .message-row")).to_have_count(rows + 2, timeout=WAIT_MS)
    expect(page.locator("#chat .user-row").last).to_contain_text("compare the wify prices")
    switches = page.locator("#chat .bot-row").last.locator(".switch")
    expect(switches).to_have_text(["list everything", "sum up", "only this file"], timeout=WAIT_MS)
    picture(screen, "desktop-asked-as-a-search")

    screen.reload()
    expect(page.locator("#chat .taken").first).to_have_text("Compared 2 files", timeout=WAIT_MS)


def test_the_empty_box_offers_questions_of_the_files_that_just_came_and_asks_one(screen: Screen, files: Files) -> None:
    page = screen.page
    expect(page.locator("#chat .kinds li")).to_have_count(4)
    with page.expect_file_chooser() as chooser:
        page.locator("#add").click()
    chooser.value.set_files([files["memo.wav"], files["receipt.png"], files["policy.md"]])

    examples = page.locator("#chat .examples a")
    expect(examples).to_have_count(4, timeout=WAIT_MS)
    picture(screen, "desktop-examples")
    examples.filter(has_text="Sum up memo.wav").click()
    expect(page.locator("#chat .user-row").last).to_contain_text("Sum up memo.wav", timeout=WAIT_MS)
    expect(page.locator("#chat .taken")).to_have_text("Summed up receipt.png", timeout=WAIT_MS)


@pytest.mark.parametrize("dark", [False, True])
def test_on_a_phone_a_wide_table_scrolls_by_itself(visit: Visit, server: str, files: Files, dark: bool) -> None:
    screen = visit(
        server,
        viewport={"width": 390, "height": 844},
        locale="fr-FR",
        color_scheme="dark" if dark else "light",
        has_touch=True,
    )
    page = screen.page
    screen.ask("compare all", *(files[name] for name in ("receipt.png", "memo.wav", "expenses.pdf", "policy.md")))

    expect(page.locator("#chat .taken")).to_have_text("Comparaison de 4 fichiers")
    wider = page.locator("#chat .prose table").evaluate("table => table.scrollWidth > table.clientWidth")
    picture(screen, f"phone-compared-{'dark' if dark else 'light'}")
    assert wider and page.evaluate("document.documentElement.scrollWidth") <= 390
