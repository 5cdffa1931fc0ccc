"""What the page does on its events, without a browser: the handlers over a scripted Assistant."""

from __future__ import annotations

import asyncio
import functools
import time
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from mmchat.llms.nearby import Nearby
from mmchat.server.identity import PLAIN_COOKIE, library_of, new_token
from mmchat.server.metrics import Metrics
from mmchat.server.renditions import Renditions
from mmchat.server.uploads import UploadOwners
from mmchat.types import Event, JobState, LibraryEntry, ReindexState, Turn
from mmchat.ui.asking import Asking
from mmchat.ui.browsing import Browsing
from mmchat.ui.layout import build
from mmchat.ui.llm_panel import Choosing
from mmchat.ui.page import Page
from mmchat.ui.views import Views
from mmchat.ui.visit import Visit
from tests.scripted_assistant import POLICY, ScriptedAssistant, memo_wav, receipt_png

A_FEW = {"receipt.png": receipt_png(), "memo.wav": memo_wav(1.0), "policy.md": POLICY.encode()}


class Visitor:
    """A person with a browser: a cookie, a language, and the page's handlers called with both."""

    def __init__(self, desk: Desk, language: str = "en") -> None:
        token = new_token()
        self.desk = desk
        self.request: Any = SimpleNamespace(cookies={PLAIN_COOKIE: token}, headers={"accept-language": language})
        self.library = library_of({PLAIN_COOKIE: token}) or ""
        self.visit = Visit()

    def arrive(self) -> dict[Any, Any]:
        return self.desk.browsing.arrive(self.visit, self.request)

    async def ask(self, text: str, *paths: Path) -> list[dict[Any, Any]]:
        message = {"text": text, "files": [str(path) for path in paths]}
        return [changes async for changes in self.desk.asking.converse(message, self.visit, self.request)]

    def send(self, name: str, **data: Any) -> dict[Any, Any]:
        changes: dict[Any, Any] = getattr(self.desk.browsing, name)(gr.EventData(None, data), self.visit, self.request)
        return changes

    def upload(self, folder: Path, name: str, data: bytes) -> Path:
        path = folder / name / name
        path.parent.mkdir()
        path.write_bytes(data)
        self.desk.owners.add(str(path), self.library)
        return path


class Desk:
    """One page's handlers with all that they use."""

    def __init__(self, assistant: Any, page: Page) -> None:
        self.assistant, self.page = assistant, page
        self.metrics, self.owners, self.warming = Metrics(), UploadOwners(), False
        self.nearby: tuple[Nearby, ...] = ()
        self.views = Views(assistant, page)
        self.asking = Asking(
            assistant,
            page,
            self.views,
            metrics=self.metrics,
            owners=self.owners,
            warming=lambda: self.warming,
            nearby=lambda: self.nearby,
        )
        self.browsing = Browsing(assistant, page, self.views, Renditions())
        self.choosing = Choosing(assistant, page, self.views, own_machine=True)


@functools.cache
def a_page() -> tuple[gr.Blocks, Page]:
    """Built once, in a running loop: Gradio leaves one of its own unclosed when it is built outside."""
    pages = []

    def staff(page: Page) -> tuple[Asking, Browsing, Choosing]:
        pages.append(page)
        desk = Desk(None, page)
        return desk.asking, desk.browsing, desk.choosing

    return build(staff), pages[0]


@pytest.fixture
def assistant(tmp_path: Path) -> ScriptedAssistant:
    return ScriptedAssistant(tmp_path / "data")


@pytest.fixture
async def desk(assistant: ScriptedAssistant) -> Desk:
    return Desk(assistant, a_page()[1])


def content(changes: dict[Any, Any], desk: Desk) -> str:
    """All that the chat shows, as one text."""
    value = changes[desk.page.chat]
    value = value["value"] if isinstance(value, dict) else value
    return "\n".join(message["content"] for message in value)


async def test_a_turn_takes_files_in_and_shows_the_cited_answer(desk: Desk, tmp_path: Path) -> None:
    ana = Visitor(desk)
    picture = ana.upload(tmp_path, "receipt.png", receipt_png())

    steps = await ana.ask("How much was it?", picture)

    first, last = steps[0], steps[-1]
    assert first[desk.page.composer]["stop_btn"] is True
    assert "Looking through your files" in first[desk.page.sources]
    assert "> TOTAL 6.80 [1]" in content(last, desk)
    assert "1 cited" in last[desk.page.sources]
    assert "receipt.png" in last[desk.page.library]
    assert "How much was it?" in last[desk.page.conversations]
    assert last[desk.page.composer]["stop_btn"] is False
    assert not picture.exists()
    assert ana.visit.live is None
    assert 'mmchat_turns_total{outcome="finished"} 1' in desk.metrics.text()


async def test_the_markers_carry_the_id_of_the_stored_message(desk: Desk, assistant: ScriptedAssistant) -> None:
    ana = Visitor(desk)
    assistant.put(ana.library, "receipt.png", receipt_png())

    steps = await ana.ask("How much?")

    [_, answer] = assistant.messages(ana.library, ana.visit.conversation_id)
    shown = [content(s, desk) for s in steps if desk.page.chat in s and "[1]:" in content(s, desk)]
    assert shown and all(f"#src-{answer.id}-1" in text for text in shown)


async def test_only_one_turn_at_a_time(desk: Desk) -> None:
    ana = Visitor(desk)
    ana.visit.library = ana.library
    running = desk.asking.converse({"text": "slow", "files": []}, ana.visit, ana.request)
    await anext(running)

    refused = await ana.ask("another")

    assert refused == [desk.views.nothing]
    assert [t.text for _, t in desk.assistant.turns] == []
    await running.aclose()
    assert ana.visit.live is None


async def test_an_empty_turn_is_nothing(desk: Desk) -> None:
    ana = Visitor(desk)

    assert await ana.ask("   ") == [desk.views.nothing]


async def test_leaving_keeps_the_partial_answer_and_frees_the_page(desk: Desk, assistant: ScriptedAssistant) -> None:
    ana = Visitor(desk)
    assistant.put(ana.library, "receipt.png", receipt_png())
    running = desk.asking.converse({"text": "slow", "files": []}, ana.visit, ana.request)
    async for changes in running:
        if desk.page.chat in changes and "TOTAL" in content(changes, desk):
            break

    await running.aclose()

    assert assistant.steps_left_behind == 1
    assert "Stopped." in ana.visit.messages[-1]["content"]
    assert not assistant.messages(ana.library, ana.visit.conversation_id)[-1].complete
    assert 'outcome="stopped"' in desk.metrics.text()
    assert "TOTAL" in content((await ana.ask("next"))[-1], desk)


async def test_stop_shows_the_partial_answer_with_its_sources(desk: Desk, assistant: ScriptedAssistant) -> None:
    ana = Visitor(desk)
    assistant.put(ana.library, "receipt.png", receipt_png())
    running = desk.asking.converse({"text": "slow", "files": []}, ana.visit, ana.request)
    async for changes in running:
        if desk.page.chat in changes and "[1]:" in content(changes, desk):
            break

    stopped = await desk.asking.stop(ana.visit, ana.request)
    await running.aclose()

    assert "Stopped." in content(stopped, desk)
    assert "1 cited" in stopped[desk.page.sources]
    assert stopped[desk.page.composer]["stop_btn"] is False


async def test_a_question_sent_while_stop_is_still_answering_keeps_its_stop_button(
    desk: Desk, assistant: ScriptedAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = Visitor(desk)
    assistant.put(ana.library, "receipt.png", receipt_png())
    first = desk.asking.converse({"text": "slow", "files": []}, ana.visit, ana.request)
    async for changes in first:
        if desk.page.chat in changes and "TOTAL" in content(changes, desk):
            break
    library = desk.views.library

    def slowly(*arguments: Any) -> str:
        time.sleep(0.2)
        return library(*arguments)

    monkeypatch.setattr(desk.views, "library", slowly)
    stopping = asyncio.create_task(desk.asking.stop(ana.visit, ana.request))
    await asyncio.sleep(0.05)
    second = desk.asking.converse({"text": "slow again", "files": []}, ana.visit, ana.request)
    started = await anext(second)
    stopped = await stopping
    of_the_first = [changes async for changes in first]
    await second.aclose()

    assert started[desk.page.composer]["stop_btn"] is True
    assert desk.page.composer not in stopped and desk.page.sources not in stopped
    assert of_the_first == []
    assert desk.metrics.text().count('outcome="stopped"} 2') == 1


async def test_a_question_waits_for_the_models_and_says_so(desk: Desk, assistant: ScriptedAssistant) -> None:
    ana = Visitor(desk)
    desk.warming, assistant.load_s = True, 0.05
    loading = asyncio.create_task(asyncio.to_thread(assistant.warm_up))

    steps = await ana.ask("Anything?")
    await loading

    waiting = [s[desk.page.chat][-1]["metadata"]["title"] for s in steps[:3] if desk.page.chat in s]
    assert any("Waiting for the models to load" in title for title in waiting)
    assert ana.visit.messages[-1]["role"] == "assistant"
    assert [t.text for _, t in assistant.turns] == ["Anything?"]


async def test_an_unexpected_error_is_one_sentence_and_the_page_goes_on(desk: Desk, tmp_path: Path) -> None:
    class Broken(ScriptedAssistant):
        async def answer(self, library: str, turn: Turn) -> AsyncIterator[Event]:
            raise RuntimeError("secret /path")
            yield

    broken = Desk(Broken(tmp_path / "broken"), desk.page)
    ana = Visitor(broken)

    text = content((await ana.ask("x"))[-1], broken)

    assert "Something unexpected went wrong (RuntimeError)" in text
    assert "secret" not in text
    assert ana.visit.live is None


async def test_somebody_elses_upload_is_not_taken(desk: Desk, tmp_path: Path) -> None:
    ana, ben = Visitor(desk), Visitor(desk)
    path = ana.upload(tmp_path, "receipt.png", receipt_png())

    text = content((await ben.ask("What is it?", path))[-1], desk)

    assert "receipt.png is not on the server any more" in text
    assert path.exists()
    assert desk.assistant.turns[-1][1].uploads == ()


async def test_files_can_be_added_without_a_question(desk: Desk, tmp_path: Path) -> None:
    ana = Visitor(desk)
    paths = [ana.upload(tmp_path, "receipt.png", receipt_png()), ana.upload(tmp_path, "empty.bin", b"")]

    steps = [c async for c in desk.asking.add([str(p) for p in paths], ana.visit, ana.request)]

    last = steps[-1][desk.page.library]
    assert "5 segments" in last
    assert "empty.bin is empty. Send a file with content." in last
    assert ana.visit.conversation_id == ""


async def test_another_cookie_under_the_same_session_gets_nothing(desk: Desk, assistant: ScriptedAssistant) -> None:
    ana, ben = Visitor(desk), Visitor(desk)
    assistant.put(ana.library, "receipt.png", receipt_png())
    await ana.ask("My secret question")
    ben.visit = ana.visit  # the session's name is chosen by the browser

    stopped = await desk.asking.stop(ben.visit, ben.request)

    assert "secret" not in content(stopped, desk)
    assert "receipt" not in str(stopped)


async def test_ids_of_another_library_open_delete_and_show_nothing(desk: Desk, assistant: ScriptedAssistant) -> None:
    ana, ben = Visitor(desk), Visitor(desk)
    file = assistant.put(ana.library, "receipt.png", receipt_png())
    await ana.ask("My secret question")
    talk = ana.visit.conversation_id
    answer = assistant.messages(ana.library, talk)[-1].id
    ben.arrive()

    opened = ben.send("open_conversation", id=talk)
    ben.visit.conversation_id = talk
    sources = ben.send("show_sources", message=answer, number="1")
    ben.send("delete_conversation", id=talk)
    ben.send("delete_file", id=file.id)

    assert "secret" not in str(opened)
    assert sources == desk.views.nothing
    assert assistant.messages(ana.library, talk)
    assert assistant.original(ana.library, file.id)


@pytest.mark.parametrize("data", [None, "text", [1], {"id": None}, {"id": {"a": 1}}, {"id": "x" * 10_000}, {}])
async def test_odd_data_from_the_browser_opens_and_loses_nothing(
    desk: Desk, assistant: ScriptedAssistant, data: Any
) -> None:
    ana = Visitor(desk)
    ana.arrive()
    file = assistant.put(ana.library, "receipt.png", receipt_png())
    await ana.ask("How much?")
    talks = assistant.conversations(ana.library)

    for name in ("open_conversation", "delete_conversation", "show_sources", "delete_file"):
        getattr(desk.browsing, name)(gr.EventData(None, data), ana.visit, ana.request)

    assert (ana.visit.conversation_id, ana.visit.messages) == ("", [])  # no conversation is called so
    assert assistant.conversations(ana.library) == talks != []
    assert assistant.original(ana.library, file.id)


async def test_arriving_restores_the_last_conversation_with_its_sources(
    desk: Desk, assistant: ScriptedAssistant
) -> None:
    ana = Visitor(desk)
    assistant.put(ana.library, "receipt.png", receipt_png())
    await ana.ask("How much?")
    ana.visit = Visit()

    changes = ana.arrive()

    assert "TOTAL 6.80" in content(changes, desk)
    assert "1 cited" in changes[desk.page.sources]
    assert 'aria-current="true"' in changes[desk.page.conversations]


async def test_an_older_answers_marker_shows_that_answers_sources(desk: Desk, assistant: ScriptedAssistant) -> None:
    ana = Visitor(desk)
    assistant.put(ana.library, "receipt.png", receipt_png())
    await ana.ask("How much?")
    await ana.ask("nothing")
    first = assistant.messages(ana.library, ana.visit.conversation_id)[1]

    html = ana.send("show_sources", message=first.id, number="1")[desk.page.sources]

    assert f'data-scope="{first.id}"' in html and 'data-focus="1"' in html
    assert "For: How much?" in html


async def test_a_new_conversation_is_only_stored_with_its_first_question(
    desk: Desk, assistant: ScriptedAssistant
) -> None:
    ana = Visitor(desk)
    await ana.ask("first")

    changes = desk.browsing.start_fresh(ana.visit, ana.request)
    await ana.ask("second")

    assert content(changes, desk) == ""
    assert [c.title for c in assistant.conversations(ana.library)] == ["second", "first"]


async def test_deleting_a_file_takes_its_proof_out_of_the_open_conversation(
    desk: Desk, assistant: ScriptedAssistant
) -> None:
    ana = Visitor(desk)
    file = assistant.put(ana.library, "receipt.png", receipt_png())
    await ana.ask("How much?")

    changes = ana.send("delete_file", id=file.id)

    assert "was deleted from your library" in changes[desk.page.sources]
    assert f"/media/{file.id}" not in str(changes)


async def test_deleting_everything_leaves_nothing(desk: Desk, assistant: ScriptedAssistant) -> None:
    ana = Visitor(desk)
    assistant.put(ana.library, "receipt.png", receipt_png())
    await ana.ask("How much?")

    changes = desk.browsing.clear_library(ana.visit, ana.request)

    assert content(changes, desk) == ""
    assert "Nothing here yet" in changes[desk.page.library]
    assert assistant.conversations(ana.library) == []


async def test_the_open_conversation_can_be_deleted(desk: Desk, assistant: ScriptedAssistant) -> None:
    ana = Visitor(desk)
    await ana.ask("first")

    changes = ana.send("delete_conversation", id=ana.visit.conversation_id)

    assert content(changes, desk) == ""
    assert ana.visit.conversation_id == ""


async def test_the_clock_stops_when_there_is_nothing_to_wait_for(desk: Desk, assistant: ScriptedAssistant) -> None:
    ana = Visitor(desk)
    ana.arrive()
    loading = desk.browsing.tick(ana.visit, ana.request)
    assistant.warm_up()
    attachment = assistant.put(ana.library, "receipt.png", receipt_png())
    assistant._files[ana.library][attachment.id] = LibraryEntry(attachment, JobState.PERCEIVING, 0)
    ingesting = desk.browsing.tick(ana.visit, ana.request)
    assistant.put(ana.library, "receipt.png", receipt_png())
    done = desk.browsing.tick(ana.visit, ana.request)

    assert loading == desk.views.nothing  # nothing new, and nothing stopped
    assert desk.page.clock not in ingesting and "reading the words in it" in ingesting[desk.page.library]
    assert done[desk.page.clock]["active"] is False and "5 segments" in done[desk.page.library]


async def test_without_a_cookie_the_page_says_what_it_needs(desk: Desk) -> None:
    ana = Visitor(desk, "fr")
    ana.request.cookies = {}

    changes = ana.arrive()

    assert "cookie" in content(changes, desk) and "Autorisez" in content(changes, desk)


async def test_insights_are_of_ones_own_library_and_forget_what_is_deleted(
    desk: Desk, assistant: ScriptedAssistant
) -> None:
    ana, ben = Visitor(desk), Visitor(desk)
    files = [assistant.put(ana.library, name, data) for name, data in A_FEW.items()]
    id = assistant.evidence(ana.library)[0].candidate.segment.id

    mine = ana.desk.browsing.show_insights(ana.visit, ana.request)[desk.page.insights]
    theirs = ben.desk.browsing.show_insights(ben.visit, ben.request)[desk.page.insights]
    picked = ana.send("show_point", id=id)[desk.page.picked]
    not_theirs = ben.send("show_point", id=id)[desk.page.picked]
    deleted = ana.send("delete_file", id=files[0].id)

    assert "receipt.png" in mine and mine.count("data-id=") == 3
    assert "Your library is empty" in theirs and "receipt.png" not in theirs
    assert "receipt.png" in picked
    assert "receipt.png" not in not_theirs and "was deleted" in not_theirs
    assert "receipt.png" not in deleted[desk.page.insights]
    assert deleted[desk.page.picked] == ""


async def test_insights_asked_for_while_others_are_on_their_way_are_looked_for_once_more(desk: Desk) -> None:
    blocks, page = a_page()

    asked = [f for f in blocks.fns.values() if (page.bridge._id, "show_insights") in f.targets]

    assert [f.trigger_mode for f in asked] == ["always_last"]


async def test_insights_that_fail_are_told_in_a_sentence(desk: Desk, assistant: ScriptedAssistant) -> None:
    ana = Visitor(desk)
    ana.arrive()
    assistant.evidence = None  # type: ignore[method-assign, assignment]

    told = desk.browsing.show_insights(ana.visit, ana.request)[desk.page.insights]

    assert "Something unexpected went wrong (TypeError)" in told


async def test_another_tabs_changes_are_seen_on_coming_back_and_nothing_is_sent_twice(
    desk: Desk, assistant: ScriptedAssistant
) -> None:
    ana = Visitor(desk)
    ana.arrive()
    assistant.put(ana.library, "receipt.png", receipt_png())

    first = desk.browsing.look_again(ana.visit, ana.request)
    second = desk.browsing.look_again(ana.visit, ana.request)

    assert "receipt.png" in first[desk.page.library]
    assert second == desk.views.nothing


async def test_no_handler_is_a_public_api(desk: Desk) -> None:
    api = a_page()[0].get_api_info()

    assert api["named_endpoints"] == {} and api["unnamed_endpoints"] == {}


async def test_the_chat_itself_is_never_an_input(desk: Desk) -> None:
    for function in a_page()[0].fns.values():
        assert desk.page.chat not in function.inputs


async def test_the_clock_goes_on_while_new_vectors_are_made(desk: Desk, assistant: ScriptedAssistant) -> None:
    ana = Visitor(desk)
    assistant.warm_up()
    ana.arrive()
    assistant.coming = (ReindexState("text", "old", "new", 60, 100, 0.6, "running"),)
    during = desk.browsing.tick(ana.visit, ana.request)
    assistant.coming = ()
    after = desk.browsing.tick(ana.visit, ana.request)

    assert desk.page.clock not in during and "60%" in during[desk.page.status]
    assert after[desk.page.clock]["active"] is False and "60%" not in after[desk.page.status]


async def test_the_clock_goes_on_where_the_models_become_ready_while_the_page_is_made(
    desk: Desk, assistant: ScriptedAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = Visitor(desk)
    ana.arrive()
    shown = desk.views.status

    def status(*arguments: Any) -> str:
        said = shown(*arguments)
        assistant.warm_up()
        return said

    monkeypatch.setattr(desk.views, "status", status)
    while_loading = desk.browsing.tick(ana.visit, ana.request)
    after = desk.browsing.tick(ana.visit, ana.request)

    assert desk.page.clock not in while_loading
    assert after[desk.page.clock]["active"] is False and "Ready" in after[desk.page.status]
