from __future__ import annotations

import base64
import io
import sys
import threading
import time
from collections.abc import Iterator
from threading import Event
from typing import Any

import numpy as np
import pytest
from PIL import Image

from mmchat.errors import MissingDependency, ModelUnavailable
from mmchat.llms import LLMMessage, Note, Prompt, Usage, create_llm, trial
from mmchat.settings import Settings
from mmchat.types import LLMChoice
from tests.llms.openai_wire import (
    KEY,
    RESPONSES,
    SCHEMA,
    asked,
    delta,
    ended,
    error,
    heard,
    openai,
    picture,
    pixels,
    response,
    response_event,
    text,
)
from tests.llms.wire_server import SSE, Reply, WireServer, stream


@pytest.fixture(scope="module")
def running() -> Iterator[WireServer]:
    with WireServer() as server:
        yield server


@pytest.fixture
def server(running: WireServer) -> WireServer:
    running.reset()
    return running


def test_the_answer_comes_in_order_then_its_cost(server: WireServer) -> None:
    server.script(RESPONSES, response("The", " lighthouse", " [1]."))

    chunks = heard(openai(server.url, "gpt-4.1"))

    assert chunks == ["The", " lighthouse", " [1].", Usage(11, 3, 4)]
    [request] = server.requests
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.body == {
        "model": "gpt-4.1",
        "stream": True,
        "store": False,
        "instructions": "Be brief.",
        "max_output_tokens": 1024,
        "input": [{"role": "user", "content": [{"type": "input_text", "text": "Who?"}]}],
    }


def test_a_model_that_thinks_has_room_for_it_and_thinks_little(server: WireServer) -> None:
    server.script(RESPONSES, response("Yes."))

    heard(openai(server.url, "gpt-5-mini-2025-08-07"))

    body = server.requests[0].body
    assert body["reasoning"] == {"effort": "low"} and body["max_output_tokens"] > 1024
    assert "temperature" not in body


def test_an_effort_that_is_refused_is_left_out(server: WireServer) -> None:
    server.script(RESPONSES, error(400, "Unsupported parameter: 'reasoning.effort'"), response("Yes."))
    llm = openai(server.url, "gpt-7")

    assert text(heard(llm)) == "Yes."
    heard(llm)

    assert ["reasoning" in request.body for request in server.requests] == [True, False, False]


def test_the_picture_in_the_request_is_the_picture(server: WireServer) -> None:
    server.script(RESPONSES, response("A sign."))

    heard(openai(server.url), asked("What is this?", picture()))

    words, image = server.requests[0].body["input"][0]["content"]
    assert words == {"type": "input_text", "text": "What is this?"}
    head, _, data = image["image_url"].partition(",")
    assert image["type"] == "input_image" and head == "data:image/png;base64"
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(base64.b64decode(data)))), pixels())


def test_pictures_that_are_refused_are_sent_as_words(server: WireServer) -> None:
    refusal = error(400, "Invalid content type. image_url is only supported by certain models.")
    server.script(RESPONSES, refusal, response("HALT."))
    llm = openai(server.url)

    chunks = heard(llm, asked(picture()))

    assert isinstance(chunks[0], Note) and text(chunks) == "HALT."
    assert server.requests[1].body["input"][0]["content"] == [{"type": "input_text", "text": "A sign that reads HALT."}]
    assert not llm.abilities.vision


def test_a_schema_holds_the_answer(server: WireServer) -> None:
    server.script(RESPONSES, response('{"grade":', " 3}"))

    assert openai(server.url).complete(asked(schema=SCHEMA, schema_name="verdict"), Event()) == '{"grade": 3}'

    form = {"type": "json_schema", "name": "verdict", "strict": True, "schema": SCHEMA}
    assert server.requests[0].body["text"] == {"format": form}


def test_a_model_before_schemas_is_asked_in_words(server: WireServer) -> None:
    server.script(RESPONSES, response("{}"))
    llm = openai(server.url, "gpt-4")

    heard(llm, asked(schema=SCHEMA))

    body = server.requests[0].body
    assert "text" not in body and '"grade"' in body["instructions"] and not llm.abilities.structured


def test_thinking_and_asides_are_no_part_of_the_answer(server: WireServer) -> None:
    aside = {"id": "msg_0", "type": "message", "role": "assistant", "phase": "commentary", "content": []}
    thought = {"delta": "hm", "item_id": "rs", "output_index": 0}
    server.script(
        RESPONSES,
        stream(
            response_event("response.reasoning_summary_text.delta", summary_index=0, **thought),
            response_event("response.reasoning_text.delta", content_index=0, **thought),
            response_event("response.output_item.added", item=aside, output_index=1),
            delta("I will look.", item="msg_0"),
            delta("Blue."),
            response_event("response.something.new", whatever=1),
            ended(),
        ),
    )

    assert text(heard(openai(server.url))) == "Blue."


def test_words_come_one_by_one_and_not_in_a_heap(server: WireServer) -> None:
    server.script(RESPONSES, response("a", "b", "c", pause_s=0.15))

    times = [time.monotonic() for chunk in openai(server.url).stream(asked(), Event()) if isinstance(chunk, str)]

    assert len(times) == 3 and all(0.08 < gap < 0.5 for gap in np.diff(times))


@pytest.mark.parametrize("late", [Reply(pause_s=30), stream(delta("One", pause_s=30))])
def test_stopping_before_the_first_word_closes_the_connection(server: WireServer, late: Reply) -> None:
    server.script(RESPONSES, late)
    stopped = Event()
    reader = threading.Thread(target=lambda: list(openai(server.url).stream(asked(), stopped)))

    reader.start()
    while not server.requests:
        time.sleep(0.01)
    time.sleep(0.1)
    stopped_at_s = time.monotonic()
    stopped.set()
    reader.join(5)

    assert server.requests[0].disconnected.wait(1)
    assert (server.requests[0].disconnected_at_s or 0) - stopped_at_s < 0.5


def test_an_answer_at_its_limit_says_so(server: WireServer) -> None:
    server.script(
        RESPONSES,
        stream(delta("Once"), ended("response.incomplete", incomplete_details={"reason": "max_output_tokens"})),
    )

    chunks = heard(openai(server.url))

    assert chunks[0] == "Once" and isinstance(chunks[1], Note) and chunks[2] == Usage(11, 3, 4)


def test_earlier_answers_go_back_as_the_assistants(server: WireServer) -> None:
    server.script(RESPONSES, response("Yes."))
    prompt = Prompt((LLMMessage("user", ("Who?",)), LLMMessage("assistant", ("Ada.",)), LLMMessage("user", ("Sure?",))))

    heard(openai(server.url), prompt)

    assert [message["role"] for message in server.requests[0].body["input"]] == ["user", "assistant", "user"]
    assert server.requests[0].body["input"][1]["content"] == "Ada."


@pytest.mark.parametrize("junk", ["not json", '"a word"', "[]", "{}", '{"type": "response.completed"}'])
def test_junk_in_the_stream_is_a_sentence(server: WireServer, junk: str) -> None:
    server.script(RESPONSES, stream(delta("One"), SSE(junk)))

    with pytest.raises(ModelUnavailable, match="broke off"):
        heard(openai(server.url))


def test_key_and_address_come_from_the_environment(server: WireServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", f"{server.url}/v1")
    server.script(RESPONSES, response("Yes."))

    assert text(heard(create_llm(LLMChoice("openai:gpt-5"), Settings()))) == "Yes."

    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"


def test_without_a_key_it_says_where_to_put_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    llm = create_llm(LLMChoice("openai:gpt-5"), Settings())

    with pytest.raises(ModelUnavailable, match="OPENAI_API_KEY"):
        llm.load()
    with pytest.raises(ModelUnavailable, match="OPENAI_API_KEY"):
        heard(llm)


def test_the_owners_key_is_not_sent_to_an_address_that_a_visitor_chose(
    server: WireServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)

    with pytest.raises(ModelUnavailable, match="needs a key"):
        heard(create_llm(LLMChoice("openai:gpt-5", url=f"{server.url}/v1"), Settings()))

    assert not server.requests


def test_a_provider_chosen_before_its_model_is_named_as_the_setting_writes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)

    with pytest.raises(ModelUnavailable, match="^openai:MODEL at .* needs a key"):
        trial.models(LLMChoice("openai:"), Settings())


def test_the_models_of_the_account_are_listed(server: WireServer) -> None:
    server.script("/v1/models", Reply({"object": "list", "data": [{"id": "gpt-5"}]}))

    assert openai(server.url).models() == ["gpt-5"]  # type: ignore[attr-defined]


def test_a_missing_package_is_named_with_the_line_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openai", None)

    with pytest.raises(MissingDependency, match="pip install openai"):
        openai("http://127.0.0.1:9").load()


@pytest.mark.parametrize(
    ("model", "vision", "context_tokens", "structured"),
    [
        ("gpt-5", True, 400_000, True),
        ("gpt-5.2-chat-latest", True, 128_000, True),
        ("gpt-4.1-mini-2025-04-14", True, 1_047_576, True),
        ("gpt-4o-2024-08-06", True, 128_000, True),
        ("ft:gpt-4o-mini-2024-07-18:me::1", True, 128_000, True),
        ("o3-mini", False, 128_000, True),
        ("o4-mini", True, 200_000, True),
        ("gpt-4-turbo-2024-04-09", True, 128_000, True),
        ("gpt-4-0613", False, 8_192, False),
        ("gpt-3.5-turbo", False, 16_385, False),
        ("gpt-9-omega", True, 128_000, True),
    ],
)
def test_a_model_is_known_by_its_name(model: str, vision: bool, context_tokens: int, structured: bool) -> None:
    able = openai("http://127.0.0.1:9", model).abilities

    assert (able.vision, able.context_tokens, able.structured) == (vision, context_tokens, structured)


def test_the_settings_know_better() -> None:
    able: Any = openai("http://127.0.0.1:9", "o3-mini", llm_vision="yes", llm_context_tokens=5000).abilities

    assert able.vision and able.context_tokens == 5000
