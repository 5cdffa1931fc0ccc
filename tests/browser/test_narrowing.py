"""What a question was understood to be kept to, and what a person chooses, in real Chromium."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Screen
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

Visit = Callable[..., Screen]
Files = dict[str, Path]
SHOTS = os.environ.get("MMCHAT_TEST_SHOTS", "")
"""A folder for pictures of the page, for the eyes of whoever changes it."""


def picture(screen: Screen, name: str) -> None:
    if SHOTS:
        screen.page.screenshot(path=f"{SHOTS}/{name}.png")


def test_a_chip_says_how_the_question_was_taken_and_asks_again_without(screen: Screen, files: Files) -> None:
    page = screen.page
    screen.ask("Which recording mentions coffee?", files["memo.wav"], files["receipt.png"])

    chip = page.locator("#chat .understood .chip")
    expect(chip).to_have_text("recordings")
    expect(chip).to_have_attribute("title", "Ask again without “recordings”")
    picture(screen, "desktop-chip")
    rows = page.locator("#chat .message-row").count()
    chip.click()
    expect(page.locator("#chat .message-row")).to_have_count(rows + 2)
    expect(page.locator("#chat .user-row").last).to_contain_text("Which recording mentions coffee?")
    expect(page.locator("#composer .submit-button")).to_be_enabled()
    expect(page.locator("#chat .bot-row").last.locator(".understood .chip")).to_have_count(0)

    screen.reload()
    expect(page.locator("#chat .understood .chip")).to_have_count(1)


def test_a_question_asked_in_full_is_told_quietly(screen: Screen, files: Files) -> None:
    screen.ask("How much does it cost?", files["receipt.png"])

    expect(screen.page.locator("#chat .understood .taken")).to_have_text("Searched for: How much does the coffee cost?")


def test_a_person_chooses_what_to_search_until_it_is_taken_away(screen: Screen, files: Files) -> None:
    page = screen.page
    screen.ask("How much was it?", files["receipt.png"])

    menu, bar = page.locator("#narrowed details"), page.locator("#narrowed .narrowed > .chip")
    menu.locator("summary").click()
    picture(screen, "desktop-menu")
    menu.get_by_role("button", name="recordings").click()
    expect(bar).to_have_text(["recordings"])
    menu.locator("summary").click()
    menu.get_by_role("button", name="receipt.png").click()
    expect(bar).to_have_text(["recordings", "receipt.png"])
    picture(screen, "desktop-chosen")
    screen.ask("How much was it?")
    expect(page.locator("#chat .bot-row").last.locator(".understood .chip")).to_have_text(["recordings", "receipt.png"])
    bar.first.click()
    expect(bar).to_have_text(["receipt.png"])
    menu.locator("summary").click()
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")


@pytest.mark.parametrize("dark", [False, True])
def test_on_a_phone_in_french_the_menu_and_the_chips_fit(visit: Visit, server: str, files: Files, dark: bool) -> None:
    screen = visit(
        server,
        viewport={"width": 390, "height": 844},
        locale="fr-FR",
        color_scheme="dark" if dark else "light",
        has_touch=True,
    )
    page = screen.page
    screen.ask("Which recording mentions coffee?", files["memo.wav"])

    expect(page.locator("#chat .understood .chip")).to_have_text("enregistrements")
    page.locator("#narrowed summary").tap()
    menu = page.locator("#narrowed .narrow-menu")
    box = menu.bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390 and box["y"] >= 0
    picture(screen, f"phone-menu-{'dark' if dark else 'light'}")
    menu.get_by_role("button", name="ces 7 derniers jours").tap()
    expect(page.locator("#narrowed .narrowed > .chip")).to_have_text("ces 7 derniers jours")
    picture(screen, f"phone-chips-{'dark' if dark else 'light'}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
