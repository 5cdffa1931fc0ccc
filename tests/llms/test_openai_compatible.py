from __future__ import annotations

import base64
import gc
import io
import json
import logging
import threading
import time
from collections.abc import Iterator
from threading import Event
from typing import Any

import numpy as np
import pytest
from PIL import Image

from mmchat.errors import ModelUnavailable
from mmchat.llms import AudioPart, LLMMessage, Note, Prompt, Usage, create_llm
from mmchat.settings import Settings
from mmchat.types import LLMChoice
from tests.llms.openai_wire import (
    CHAT,
    KEY,
    SCHEMA,
    asked,
    chat,
    chat_event,
    compatible,
    error,
    heard,
    picture,
    pixels,
    text,
)
from tests.llms.wire_server import SSE, Received, Reply, WireServer, stream

MODELS = "/v1/models"
SEEING = Reply(
    {"object": "list", "data": [{"id": "tiny", "capabilities": {"vision": True}, "max_context_length": 9000}]}
)


@pytest.fixture(scope="module")
def running() -> Iterator[WireServer]:
    with WireServer() as server:
        yield server


@pytest.fixture
def server(running: WireServer) -> WireServer:
    running.reset()
    return running


def user_content(request: Received) -> Any:
    return request.body["messages"][-1]["content"]


def test_the_answer_comes_in_order_then_its_cost(server: WireServer) -> None:
    server.script(CHAT, chat("The", " lighthouse", " [1]."))

    chunks = heard(compatible(server.url))

    assert chunks == ["The", " lighthouse", " [1].", Usage(11, 3, 4)]
    [request] = server.requests
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.body == {
        "model": "tiny",
        "stream": True,
        "temperature": 0,
        "stream_options": {"include_usage": True},
        "max_tokens": 1024,
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Who?"}],
    }


def test_words_come_one_by_one_and_not_in_a_heap(server: WireServer) -> None:
    server.script(CHAT, chat("a", "b", "c", "d", pause_s=0.15))

    times = [time.monotonic() for chunk in compatible(server.url).stream(asked(), Event()) if isinstance(chunk, str)]

    gaps = np.diff(times)
    assert len(gaps) == 3 and all(0.08 < gap < 0.5 for gap in gaps)


def test_the_picture_in_the_request_is_the_picture(server: WireServer) -> None:
    server.script(MODELS, SEEING)
    server.script(CHAT, chat("A sign."))

    heard(compatible(server.url), asked("What is this?", picture()))

    words, image = user_content(server.asked(CHAT)[0])
    assert words == {"type": "text", "text": "What is this?"}
    head, _, data = image["image_url"]["url"].partition(",")
    assert head == "data:image/png;base64"
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(base64.b64decode(data)))), pixels())


def test_a_recording_goes_to_a_model_that_hears(server: WireServer) -> None:
    server.script("/props", Reply({"modalities": {"vision": False, "audio": True}}))
    server.script(CHAT, chat("Music."))

    heard(compatible(server.url), asked(AudioPart(b"RIFFxx", "audio/wav", "la la")))

    assert user_content(server.asked(CHAT)[0]) == [
        {"type": "input_audio", "input_audio": {"data": base64.b64encode(b"RIFFxx").decode(), "format": "wav"}}
    ]


def test_a_schema_is_asked_for_in_the_request(server: WireServer) -> None:
    server.script(CHAT, chat('{"grade":', " 3}"))

    answer = compatible(server.url).complete(asked(schema=SCHEMA, schema_name="verdict"), Event())

    assert json.loads(answer) == {"grade": 3}
    assert server.requests[0].body["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "verdict", "strict": True, "schema": SCHEMA},
    }


def test_a_server_that_knows_no_schema_is_asked_in_words_and_that_is_remembered(server: WireServer) -> None:
    server.script(CHAT, error(400, "response_format is not supported"), chat('{"grade": 3}'))
    llm = compatible(server.url)

    assert text(heard(llm, asked(schema=SCHEMA))) == '{"grade": 3}'
    heard(llm, asked(schema=SCHEMA))

    first, second, third = (request.body for request in server.asked(CHAT))
    assert "response_format" in first and "response_format" not in second and "response_format" not in third
    assert [message["role"] for message in second["messages"]] == ["system", "system", "user"]
    assert json.dumps(SCHEMA) in second["messages"][1]["content"]
    assert not llm.abilities.structured


def test_a_schema_is_not_forgotten_for_a_fault_that_was_not_its_own(server: WireServer) -> None:
    server.script(CHAT, error(400, "bad weather"), error(400, "bad weather"), chat("{}"))
    llm = compatible(server.url)

    with pytest.raises(ModelUnavailable, match="bad weather"):
        heard(llm, asked(schema=SCHEMA))
    heard(llm, asked(schema=SCHEMA))

    assert "response_format" in server.asked(CHAT)[2].body


@pytest.mark.parametrize("option", ["stream_options", "max_tokens", "temperature"])
def test_an_option_that_the_server_refuses_is_left_out(server: WireServer, option: str) -> None:
    server.script(CHAT, error(422, f"Extra inputs are not permitted: {option}"), chat("Yes."))

    assert text(heard(compatible(server.url))) == "Yes."

    again = server.requests[1].body
    assert option not in again and ("max_tokens" in again or again["max_completion_tokens"] == 1024)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (400, "Image input is not supported for this model"),
        (404, "No endpoints found that support image input"),
        (500, "image input is not supported - hint: if this is unexpected, you may need to provide the mmproj"),
        (400, "tiny is not a multimodal model"),
        (400, "At most 0 image(s) may be provided in one prompt."),
        (422, "messages.content.type is invalid, allowed values: ['text']"),
    ],
)
def test_pictures_that_are_refused_are_sent_as_words_once_and_for_all(
    server: WireServer, status: int, words: str
) -> None:
    refusals = [error(status, words)] * (3 if status == 500 else 1)  # the package tries again after 500
    server.script(CHAT, *refusals, chat("HALT."))
    llm = compatible(server.url, llm_vision="yes")

    chunks = heard(llm, asked("What does it say?", picture()))
    heard(llm, asked(picture()))

    assert isinstance(chunks[0], Note) and "pictures" in chunks[0].sentence
    assert text(chunks) == "HALT."
    with_picture, *_, without, later = server.asked(CHAT)
    assert "image_url" in str(with_picture.body)
    assert user_content(without) == "What does it say?\n\nA sign that reads HALT."
    assert user_content(later) == "A sign that reads HALT."
    assert not llm.abilities.vision


def test_a_picture_that_is_too_large_is_no_reason_to_send_none_again(server: WireServer) -> None:
    server.script(CHAT, error(400, "image is too large: at most 5 MB"), chat("Yes."))
    llm = compatible(server.url, llm_vision="yes")

    with pytest.raises(ModelUnavailable, match="did not take a picture"):
        heard(llm, asked(picture()))
    heard(llm, asked(picture()))

    assert "image_url" in str(server.asked(CHAT)[1].body)


def test_a_model_that_does_not_see_is_sent_no_pictures(server: WireServer) -> None:
    server.script(CHAT, chat("HALT."))

    chunks = heard(compatible(server.url, llm_vision="no"), asked(picture()))

    assert isinstance(chunks[0], Note)
    assert user_content(server.asked(CHAT)[0]) == "A sign that reads HALT."


def test_thinking_is_no_part_of_the_answer(server: WireServer) -> None:
    apart = stream(
        chat_event({"reasoning_content": "let me see"}),
        chat_event({"reasoning": "hm"}),
        chat_event({"content": "Blue."}),
        chat_event({}, "stop"),
    )
    server.script(CHAT, apart, chat("<thi", "nk>let me see</think>", "\n\nBlue", "."))
    llm = compatible(server.url)

    assert text(heard(llm)) == "Blue."
    assert text(heard(llm)) == "Blue."
    assert server.asked(CHAT)[1].body["max_tokens"] > 1024  # room to think, once it is seen to think


def test_a_model_that_turns_out_to_think_is_given_the_room_for_it(server: WireServer) -> None:
    server.script(CHAT, stream(chat_event({"reasoning": "hm"}), chat_event({}, "length")), chat("Blue."))
    llm = compatible(server.url)

    assert text(heard(llm)) == "Blue."
    heard(llm)

    assert [request.body["max_tokens"] for request in server.asked(CHAT)] == [1024, 5120, 5120]  # half of 8,192 more


def test_an_answer_at_its_limit_says_so(server: WireServer) -> None:
    server.script(CHAT, chat("Once upon", finish="length"))

    chunks = heard(compatible(server.url), asked(max_output_tokens=5))

    assert chunks[0] == "Once upon" and isinstance(chunks[1], Note) and "cut off" in chunks[1].sentence


def test_too_many_requests_are_tried_again_after_the_time_that_the_server_names(server: WireServer) -> None:
    server.script(CHAT, error(429, "slow down", headers={"retry-after": "1"}), chat("Yes."))

    assert text(heard(compatible(server.url))) == "Yes."

    first, second = server.requests
    assert 0.95 < second.at_s - first.at_s < 2


def test_a_server_that_failed_once_is_asked_again(server: WireServer) -> None:
    server.script(CHAT, error(500, "oops"), chat("Yes."))

    assert text(heard(compatible(server.url))) == "Yes."


def test_silence_ends_after_the_time_that_was_set_however_often_it_is_tried(server: WireServer) -> None:
    server.script(CHAT, Reply(pause_s=30))

    started = time.monotonic()
    with pytest.raises(ModelUnavailable, match="did not answer in time") as raised:
        heard(compatible(server.url, llm_timeout_s=0.4))

    assert time.monotonic() - started < 1.2 and raised.value.retryable
    assert server.requests[-1].disconnected.wait(1)


def test_silence_in_the_middle_ends_too_but_slowness_does_not(server: WireServer) -> None:
    slow = [chat_event({"content": "a"}, pause_s=0.3) for _ in range(4)]
    server.script(CHAT, stream(*slow, chat_event({"content": "b"}, pause_s=30)))
    llm = compatible(server.url, llm_timeout_s=0.8)

    said = []
    with pytest.raises(ModelUnavailable, match="in time"):
        for chunk in llm.stream(asked(), Event()):
            said.append(chunk)

    assert said == ["a"] * 4


@pytest.mark.parametrize("silence", ["before the answer is begun", "before the first word", "in the middle"])
def test_stopping_closes_the_connection_at_once(server: WireServer, silence: str) -> None:
    begun = chat_event({"content": "One"})
    late = chat_event({"content": "two"}, pause_s=30)
    reply = {
        "before the answer is begun": Reply(pause_s=30),
        "before the first word": stream(late),
        "in the middle": stream(begun, late),
    }[silence]
    server.script(CHAT, reply)
    llm, stopped, pressed = compatible(server.url), Event(), []
    heard_of = threading.Thread(target=lambda: said.extend(llm.stream(asked(), stopped)))
    said: list[Any] = []

    heard_of.start()
    while not server.requests or (silence == "in the middle" and not said):
        time.sleep(0.01)
    time.sleep(0.1)
    pressed.append(time.monotonic())
    stopped.set()
    heard_of.join(5)

    [request] = server.requests
    assert request.disconnected.wait(1)
    assert (request.disconnected_at_s or 0) - pressed[0] < 0.5
    assert said == (["One"] if silence == "in the middle" else [])


def test_closing_the_iterator_closes_the_connection(server: WireServer) -> None:
    server.script(CHAT, stream(chat_event({"content": "One"}), chat_event({"content": "two"}, pause_s=30)))
    pieces = compatible(server.url).stream(asked(), Event())
    assert next(pieces) == "One"

    closed_at_s = time.monotonic()
    pieces.close()  # type: ignore[attr-defined]

    assert server.requests[0].disconnected.wait(1)
    assert (server.requests[0].disconnected_at_s or 0) - closed_at_s < 0.5


def test_two_answers_at_once_share_one_client(server: WireServer) -> None:
    server.script(CHAT, chat("a", "b", "c", pause_s=0.1))
    llm = compatible(server.url)
    found: list[str] = []

    readers = [threading.Thread(target=lambda: found.append(text(heard(llm)))) for _ in range(3)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join(5)

    assert found == ["abc"] * 3


@pytest.mark.parametrize(
    "junk", ["not json", '"a word"', "[]", "{}", '{"choices": null}', '{"choices": [{"index": 0}]}']
)
def test_junk_in_the_stream_is_a_sentence(server: WireServer, junk: str) -> None:
    server.script(CHAT, stream(chat_event({"content": "One"}), SSE(junk)))

    with pytest.raises(ModelUnavailable, match="broke off"):
        heard(compatible(server.url))


def test_the_models_of_the_server_are_listed(server: WireServer) -> None:
    server.script(MODELS, Reply({"object": "list", "data": [{"id": "b"}, {"id": "a"}]}))

    assert compatible(server.url).models() == ["b", "a"]  # type: ignore[attr-defined]


def test_without_an_address_it_says_where_to_put_one() -> None:
    llm = create_llm(LLMChoice("openai-compatible:tiny"), Settings())

    with pytest.raises(ModelUnavailable, match="MMCHAT_LLM_URL"):
        llm.load()
    with pytest.raises(ModelUnavailable, match="MMCHAT_LLM_URL"):
        heard(llm)
    with pytest.raises(ModelUnavailable, match="MMCHAT_LLM_URL"):
        _ = llm.abilities


@pytest.mark.parametrize(
    "url",
    [
        "ftp://here/v1",
        "http://",
        "http:///v1",
        "http://[::1",
        "http://127.0.0.1:99999",
        "here:there",
        "http://two words",
        "http://name:secret@[::1",
    ],
)
def test_what_is_no_address_is_said(url: str) -> None:
    with pytest.raises(ModelUnavailable, match="not an address"):
        create_llm(LLMChoice("openai-compatible:tiny", url=url), Settings()).load()


def test_an_address_without_scheme_and_path_is_understood(server: WireServer) -> None:
    server.script(CHAT, chat("Yes."))
    llm = create_llm(LLMChoice("openai-compatible:tiny", url=server.url.removeprefix("http://")), Settings())

    assert text(heard(llm)) == "Yes."


def test_the_key_of_the_settings_is_not_sent_to_another_address(server: WireServer) -> None:
    server.script(CHAT, chat("Yes."))
    own = Settings(llm_url=server.url, llm_key=KEY)  # type: ignore[arg-type]
    elsewhere = Settings(llm_url="http://127.0.0.1:9/v1", llm_key=KEY)  # type: ignore[arg-type]

    heard(create_llm(LLMChoice("openai-compatible:tiny"), own))
    heard(create_llm(LLMChoice("openai-compatible:tiny", url=server.url), elsewhere))

    assert [request.headers["authorization"] for request in server.requests] == [f"Bearer {KEY}", "Bearer none"]


def test_nothing_that_the_environment_holds_for_openai_is_sent_along(
    server: WireServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-not-for-you")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-not-for-you")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-not-for-you")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Secret: not-for-you")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    server.script(CHAT, chat("Yes."))

    heard(compatible(server.url, key=""))

    assert "not-for-you" not in str(server.requests[0].headers)


def test_the_key_is_nowhere_to_be_read(server: WireServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    server.script(CHAT, error(400, f"what is {KEY} and plainkey0123456789?"))

    for key in (KEY, "plainkey0123456789"):
        llm = compatible(server.url, key=key)
        with pytest.raises(ModelUnavailable) as raised:
            heard(llm)
        assert key not in str(raised.value) + repr(llm) + str(vars(llm))
        assert f"Bearer {key}" not in caplog.text


@pytest.mark.parametrize("key", ["two words", "schlüssel", "line\nbreak"])
def test_what_cannot_be_a_key_is_said_before_it_is_sent(server: WireServer, key: str) -> None:
    with pytest.raises(ModelUnavailable, match="cannot be a key") as raised:
        heard(compatible(server.url, key=key))

    assert key not in str(raised.value) and not server.requests


def test_the_client_is_closed_with_its_owner(server: WireServer) -> None:
    server.script(CHAT, chat("Yes."))
    llm = compatible(server.url)
    heard(llm)
    client = llm.client()  # type: ignore[attr-defined]

    del llm
    gc.collect()
    deadline = time.monotonic() + 2
    while not client.is_closed() and time.monotonic() < deadline:
        time.sleep(0.01)

    assert client.is_closed()


def test_earlier_answers_go_back_as_the_assistants(server: WireServer) -> None:
    server.script(CHAT, chat("Yes."))
    prompt = Prompt(
        (LLMMessage("user", ("Who?",)), LLMMessage("assistant", ("Ada.",)), LLMMessage("user", ("Sure?", "")))
    )

    heard(compatible(server.url), prompt)

    assert [(m["role"], m["content"]) for m in server.requests[0].body["messages"]] == [
        ("user", "Who?"),
        ("assistant", "Ada."),
        ("user", "Sure?"),
    ]
