"""The Insights tab in real Chromium: reached, read, pointed at, pressed, and gone with what is deleted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import WAIT_MS, Screen
from playwright.sync_api import Locator, expect

pytestmark = pytest.mark.browser

Visit = Callable[..., Screen]
Files = dict[str, Path]


def middle(mark: Locator) -> tuple[float, float]:
    at = mark.bounding_box()
    assert at
    return at["x"] + at["width"] / 2, at["y"] + at["height"] / 2


def test_insights_show_what_is_here_and_a_point_opens_its_source(screen: Screen, files: Files) -> None:
    page = screen.page
    tab = page.locator(".tab[data-tab=insights]")
    tab.click()
    expect(page.locator("#insights")).to_contain_text("Your library is empty", timeout=WAIT_MS)
    screen.ask("How much was it?", files["receipt.png"], files["memo.wav"], files["expenses.pdf"], files["policy.md"])
    expect(page.locator("#sources .cards").first).to_be_visible()  # a question brings its proof to the front

    tab.click()
    insights = page.locator("#insights")
    expect(insights.locator("svg.map path")).to_have_count(4, timeout=WAIT_MS)
    expect(page.locator("#sources")).not_to_be_visible()
    expect(insights).to_contain_text("2 files · 10 segments · 2 pages")
    expect(insights).to_contain_text("1 answer cited 4 pieces.")
    expect(insights.locator("[data-language=en]")).to_have_text("English")
    expect(insights.locator(".readings [data-reading=spread] .verdict")).to_have_text("fine")

    memo = insights.locator("path[data-name='memo.wav']")
    memo.scroll_into_view_if_needed()
    page.mouse.move(*middle(memo))
    expect(insights.locator(".tip")).to_contain_text("memo.wav0:12–0:28")
    page.mouse.click(*middle(memo))
    card = page.locator("#picked .card")
    expect(card).to_contain_text("memo.wav")
    expect(card).to_be_in_viewport()
    card.locator(".play").click()
    page.wait_for_function("document.querySelector('#picked audio').currentTime >= 12", timeout=WAIT_MS)
    page.locator("#picked .unpick").click()
    expect(card).to_have_count(0)

    insights.locator("svg.map").focus()
    page.keyboard.press("ArrowRight")
    name = insights.locator(".at-point").get_attribute("data-name") or ""
    page.keyboard.press("Enter")
    expect(card).to_contain_text(name)

    page.locator(".file", has_text="memo.wav").locator(".bin").click()
    page.locator("dialog .yes").click()
    expect(insights.locator("svg.map path")).to_have_count(3, timeout=WAIT_MS)
    expect(card).to_have_count(0)
    screen.marker(1).click()
    expect(page.locator("#sources .card:focus")).to_contain_text("receipt.png")


def test_a_phone_reaches_and_reads_the_insights_in_french_and_in_the_dark(
    visit: Visit, server: str, files: Files
) -> None:
    phone = {"width": 390, "height": 844}
    screen = visit(server, viewport=phone, is_mobile=True, has_touch=True, locale="fr-FR", color_scheme="dark")
    page = screen.page
    screen.ask("How much was it?", files["receipt.png"], files["memo.wav"], files["policy.md"])

    page.get_by_role("button", name="Bibliothèque").tap()
    page.locator("#rail .look").tap()

    insights = page.locator("#insights")
    expect(page.locator("#rail")).not_to_be_visible()
    expect(insights.locator("svg.map path")).to_have_count(3, timeout=WAIT_MS)
    expect(insights).to_contain_text("Ce que contient votre bibliothèque")
    expect(insights.locator("[data-language=en]")).to_have_text("anglais")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.evaluate("(panel => panel.scrollWidth - panel.clientWidth)(document.querySelector('#proofs'))") == 0
    receipt = insights.locator("path[data-name='receipt.png']")
    receipt.scroll_into_view_if_needed()
    page.touchscreen.tap(*middle(receipt))
    expect(page.locator("#picked .card")).to_contain_text("receipt.png")
    expect(page.locator("#picked .card .shot")).to_be_in_viewport()
    page.get_by_role("button", name="Fermer les sources").tap()
    expect(page.locator("#proofs")).not_to_be_visible()
