"""A model that looks at what was found, through the whole product: real search, real wire, scripted judgements."""

from __future__ import annotations

import base64
import io
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from mmchat.assistant import Assistant
from mmchat.settings import Settings
from mmchat.types import Event, LLMChoice, Query, Reranked, Reranking, Retrieved, TextDelta, Turn, Upload, Warned
from tests.llms.openai_wire import CHAT, chat
from tests.llms.wire_server import Reply, WireServer

pytestmark = pytest.mark.model

LIBRARY = "judged"
QUESTION = "Find the picture with the square on it"
COLOURS = ["red", "green", "blue", "yellow", "purple", "orange", "cyan", "black"]


def drawn(colour: str) -> bytes:
    image = Image.new("RGB", (320, 240), "white")
    ImageDraw.Draw(image).rectangle((80, 40, 240, 200), fill=colour)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def judge() -> Iterator[WireServer]:
    with WireServer() as server:
        yield server


@pytest.fixture
def assistant(judge: WireServer, models_dir: Path, tmp_path: Path) -> Iterator[Assistant]:
    settings = Settings(
        data_dir=tmp_path,
        models_dir=models_dir,
        reranker="vision-language",
        llm="openai-compatible:judge",
        llm_url=f"{judge.url}/v1",
        llm_vision="yes",
        llm_context_tokens=32_000,
        sound_encoder="none",
        evidence=8,
    )
    assistant = Assistant.from_settings(settings)
    for colour in COLOURS:
        assert assistant.ingest_now(LIBRARY, Upload(f"{colour}.png", drawn(colour))).status == "indexed"
    yield assistant
    assistant.close()


def judgements(*grades: tuple[int, int, str]) -> str:
    return json.dumps({"judgements": [{"number": n, "reason": why, "grade": g} for n, g, why in grades]})


async def told(assistant: Assistant) -> list[Event]:
    conversation = assistant.start_conversation(LIBRARY)
    return [event async for event in assistant.answer(LIBRARY, Turn(conversation, QUESTION))]


def order(event: Retrieved | Reranked) -> list[str]:
    return [candidate.attachment.name for candidate in event.candidates]


def colours_seen(body: dict[str, object]) -> dict[int, str]:
    """By candidate number, the colour in the middle of the picture that was sent for it."""
    seen: dict[int, str] = {}
    number = 0
    for message in body["messages"]:  # type: ignore[attr-defined]
        for part in message["content"] if isinstance(message["content"], list) else ():
            if part["type"] == "text":
                number = int((re.findall(r'number="(\d+)"', part["text"]) or [number])[-1])
            elif part["type"] == "image_url":
                data = base64.b64decode(part["image_url"]["url"].partition(",")[2])
                middle = Image.open(io.BytesIO(data)).convert("RGB").getpixel((160, 120))
                near = {c: Image.new("RGB", (1, 1), c).getpixel((0, 0)) for c in COLOURS}
                seen[number] = min(near, key=lambda c: sum(abs(a - b) for a, b in zip(near[c], middle, strict=True)))
    return seen


async def test_the_right_picture_comes_from_seventh_place_to_the_first(
    assistant: Assistant, judge: WireServer, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = judgements(
        *((n, 3 if n == 7 else 0, "the square asked for" if n == 7 else "another") for n in range(1, 9))
    )
    judge.script(CHAT, chat(answer), chat("It is this one", " [1]."))

    events = await told(assistant)

    [found], [reranked] = ([e for e in events if isinstance(e, kind)] for kind in (Retrieved, Reranked))
    before, after = order(found), order(reranked)
    asked = judge.asked(CHAT)
    with capsys.disabled():
        sys.stdout.write(f"\nretrieved: {before}\nreranked:  {after}\n")
    assert {n: f"{colour}.png" for n, colour in colours_seen(asked[0].body).items()} == dict(enumerate(before, 1))
    assert after == [before[6], *before[:6], before[7]]
    assert reranked.candidates[0].why == "the square asked for"
    assert "".join(e.text for e in events if isinstance(e, TextDelta)) == "It is this one [1]."
    [conversation] = assistant.conversations(LIBRARY)
    assert assistant.messages(LIBRARY, conversation.id)[-1].reranking == Reranking("vision-language", 8, 7, 7)


async def test_a_candidate_that_the_model_forgets_is_not_lost(
    assistant: Assistant, judge: WireServer, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = judgements((2, 3, "yes"), (1, 0, "no"), (99, 3, "invented"), (2, 0, "again"))
    judge.script(CHAT, chat(answer), chat("It is this one", " [1]."))

    events = await told(assistant)

    [found], [reranked] = ([e for e in events if isinstance(e, kind)] for kind in (Retrieved, Reranked))
    with capsys.disabled():
        sys.stdout.write(f"\nretrieved: {order(found)}\nreranked:  {order(reranked)}\n")
    assert order(reranked)[0] == order(found)[1]
    assert sorted(order(reranked)) == sorted(order(found))


async def test_garbage_keeps_the_order_and_says_so(assistant: Assistant, judge: WireServer) -> None:
    judge.script(CHAT, chat("I would rather not."), chat("No."), chat("It is this one", " [1]."))

    events = await told(assistant)

    assert not any(isinstance(event, Reranked) for event in events)
    assert any(isinstance(e, Warned) and "keep the order of the search" in e.message for e in events)


def test_a_search_is_judged_too(assistant: Assistant, judge: WireServer) -> None:
    judge.script(CHAT, chat(judgements((8, 3, "this"))))

    result = assistant.search(LIBRARY, Query(text=QUESTION), 8)

    assert result.candidates[0].why == "this"


def test_the_models_of_a_server_are_listed_before_one_is_named(assistant: Assistant, judge: WireServer) -> None:
    judge.script("/v1/models", Reply({"object": "list", "data": [{"id": "llava", "object": "model", "created": 1}]}))

    assert assistant.llm_models(LLMChoice("openai-compatible:", url=f"{judge.url}/v1")) == ["llava"]


def test_a_chosen_model_is_tried_with_one_word(assistant: Assistant, judge: WireServer) -> None:
    judge.script(CHAT, chat("OK"))

    assert assistant.try_llm(LLMChoice("openai-compatible:llava", url=f"{judge.url}/v1")).vision
    assert judge.asked(CHAT)[0].body["max_tokens"] <= 16
