"""The real ``anthropic`` package against a server on this machine that speaks the Messages protocol."""

from __future__ import annotations

import base64
import io
import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image
from wire_server import CUT, SSE, Received, Reply, WireServer, stream, words

from mmchat.errors import ModelUnavailable
from mmchat.llms import AudioPart, ImagePart, LLMMessage, Note, Prompt, Usage, create_llm
from mmchat.llms.base import LLM
from mmchat.settings import Settings
from mmchat.types import LLMChoice

PATH = "/v1/messages"
KEY = "sk-ant-api03-not-a-real-key"
MODEL = "claude-sonnet-4-6"
THINKING_MODEL = "claude-sonnet-5-5"
OTHER_MODEL = "qwen3-vl"
SCHEMA = {
    "type": "object",
    "properties": {"grade": {"type": "integer", "minimum": 0, "maximum": 3}},
    "required": ["grade"],
}


@pytest.fixture
def server() -> Iterator[WireServer]:
    with WireServer() as running:
        yield running


@pytest.fixture(autouse=True)
def no_keys_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


def claude(server: WireServer, model: str = MODEL, **settings: Any) -> LLM:
    return create_llm(LLMChoice(f"anthropic:{model}", url=server.url, key=KEY), Settings(**settings))


def asked(text: str = "What is a lighthouse?", **options: Any) -> Prompt:
    return Prompt((LLMMessage("user", (text,)),), **options)


def start(**usage: int) -> SSE:
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": MODEL, "content": []}
    counts = {"input_tokens": 25, "output_tokens": 1} | usage
    return SSE({"type": "message_start", "message": message | {"usage": counts}}, "message_start")


def opened(index: int, block: dict[str, Any]) -> SSE:
    return SSE({"type": "content_block_start", "index": index, "content_block": block}, "content_block_start")


def delta(index: int, pause_s: float = 0.0, **fields: Any) -> SSE:
    return SSE({"type": "content_block_delta", "index": index, "delta": fields}, "content_block_delta", pause_s)


def closed(index: int) -> SSE:
    return SSE({"type": "content_block_stop", "index": index}, "content_block_stop")


def said(text: str, index: int = 0, pause_s: float = 0.0) -> tuple[SSE, ...]:
    deltas = (delta(index, pause_s, type="text_delta", text=word) for word in words(text))
    return (opened(index, {"type": "text", "text": ""}), *deltas, closed(index))


def end(reason: str = "end_turn", output_tokens: int = 7) -> tuple[SSE, ...]:
    fields = {"delta": {"stop_reason": reason}, "usage": {"output_tokens": output_tokens}}
    return SSE({"type": "message_delta", **fields}, "message_delta"), SSE({"type": "message_stop"}, "message_stop")


PING = SSE({"type": "ping"}, "ping")
ANSWER = stream(start(), PING, *said("A tower with a light."), *end())


def refusal(status: int, kind: str, message: str, **headers: str) -> Reply:
    body = {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"}
    return Reply(body, status=status, headers={key.replace("_", "-"): value for key, value in headers.items()})


def sent(server: WireServer) -> Received:
    (request,) = server.asked(PATH)
    return request


def trouble(llm: LLM, prompt: Prompt | None = None) -> ModelUnavailable:
    with pytest.raises(ModelUnavailable) as raised:
        list(llm.stream(prompt or asked(), threading.Event()))
    assert KEY not in str(raised.value)
    return raised.value


def test_an_answer_comes_in_its_pieces_and_then_its_usage(server: WireServer) -> None:
    server.script(PATH, ANSWER)

    chunks = list(claude(server).stream(asked(max_output_tokens=300), threading.Event()))

    assert chunks == ["A", " tower", " with", " a", " light.", Usage(25, 7, None)]
    body = sent(server).body
    assert (body["model"], body["max_tokens"], body["stream"]) == (MODEL, 300, True)
    assert body["messages"] == [
        {"role": "user", "content": [{"type": "text", "text": "What is a lighthouse?"}]},
    ]
    assert not {"system", "tools", "output_config", "thinking"} & set(body)
    headers = sent(server).headers
    assert KEY in headers.get("authorization", "") + headers.get("x-api-key", "")


def test_usage_counts_what_the_cache_gave_as_input_and_apart(server: WireServer) -> None:
    counted = start(input_tokens=10, cache_read_input_tokens=2000, cache_creation_input_tokens=300)
    server.script(PATH, stream(counted, *said("Yes."), *end(output_tokens=4)))

    usage = list(claude(server).stream(asked(), threading.Event()))[-1]

    assert usage == Usage(input_tokens=2310, output_tokens=4, cached_tokens=2000)


def test_a_picture_arrives_as_it_was_sent(server: WireServer) -> None:
    server.script(PATH, ANSWER)
    picture = Image.effect_mandelbrot((24, 16), (-2, -1, 1, 1), 40)
    png = io.BytesIO()
    picture.save(png, "PNG")
    part = ImagePart(png.getvalue(), "image/png", 24, 16, instead="a fractal")

    claude(server).complete(Prompt((LLMMessage("user", ("Picture 1:", part, "What is it?")),)), threading.Event())

    first, image, last = sent(server).body["messages"][0]["content"]
    assert (first["text"], last["text"]) == ("Picture 1:", "What is it?")
    assert (image["type"], image["source"]["type"], image["source"]["media_type"]) == ("image", "base64", "image/png")
    arrived = Image.open(io.BytesIO(base64.b64decode(image["source"]["data"])))
    assert arrived.tobytes() == picture.tobytes()


def test_a_recording_is_replaced_by_its_words_with_a_note(server: WireServer) -> None:
    server.script(PATH, ANSWER)
    part = AudioPart(b"RIFF", "audio/wav", instead="[12 s: hello]")

    chunks = list(claude(server).stream(Prompt((LLMMessage("user", (part, "Who?")),)), threading.Event()))

    assert isinstance(chunks[0], Note)
    assert "hears no recordings" in chunks[0].sentence
    assert [block["text"] for block in sent(server).body["messages"][0]["content"]] == ["[12 s: hello]", "Who?"]


def test_pictures_are_replaced_where_the_settings_say_that_it_sees_none(server: WireServer) -> None:
    server.script(PATH, ANSWER)
    llm = claude(server, llm_vision="no")
    part = ImagePart(b"\x89PNG", "image/png", 1, 1, instead="words in it")

    chunks = list(llm.stream(Prompt((LLMMessage("user", (part,)),)), threading.Event()))

    assert isinstance(chunks[0], Note)
    assert not llm.abilities.vision
    assert sent(server).body["messages"][0]["content"] == [{"type": "text", "text": "words in it"}]


def test_messages_to_keep_are_marked_on_their_last_block_and_no_others(server: WireServer) -> None:
    server.script(PATH, ANSWER)
    prompt = Prompt(
        (
            LLMMessage("system", ("Answer from the evidence.", "Cite it."), keep=True),
            LLMMessage("user", ("[1] a long passage", "[2] another", ""), keep=True),
            LLMMessage("assistant", ("I have read it.",)),
            LLMMessage("user", ("What is it about?",)),
        )
    )

    claude(server).complete(prompt, threading.Event())

    body = sent(server).body
    marked = {"cache_control": {"type": "ephemeral"}}
    assert body["system"] == [
        {"type": "text", "text": "Answer from the evidence."},
        {"type": "text", "text": "Cite it."} | marked,
    ]
    assert [message["role"] for message in body["messages"]] == ["user", "assistant", "user"]
    assert body["messages"][0]["content"][1] == {"type": "text", "text": "[2] another"} | marked
    assert json.dumps(body).count("cache_control") == 2


def test_no_more_messages_are_marked_than_the_service_accepts(server: WireServer) -> None:
    server.script(PATH, ANSWER)
    messages = tuple(LLMMessage("user", (f"passage {number}",), keep=True) for number in range(7))

    claude(server).complete(Prompt(messages), threading.Event())

    blocks = [message["content"][0] for message in sent(server).body["messages"]]
    assert ["cache_control" in block for block in blocks] == [False] * 3 + [True] * 4


def test_a_schema_is_the_format_of_the_output(server: WireServer) -> None:
    server.script(PATH, stream(start(), *said('{"grade": 2}'), *end()))

    answer = claude(server).complete(asked(schema=SCHEMA), threading.Event())

    assert json.loads(answer) == {"grade": 2}
    form = sent(server).body["output_config"]["format"]
    assert form["type"] == "json_schema"
    assert form["schema"]["required"] == ["grade"]
    assert form["schema"]["additionalProperties"] is False
    assert "minimum" not in form["schema"]["properties"]["grade"]


def test_another_model_behind_this_protocol_gives_a_schema_as_the_input_of_a_tool(server: WireServer) -> None:
    tool = {"type": "tool_use", "id": "toolu_1", "name": "grades", "input": {}}
    pieces = [delta(0, type="input_json_delta", partial_json=piece) for piece in ("", '{"gr', 'ade": ', "3}")]
    server.script(PATH, stream(start(), opened(0, tool), *pieces, closed(0), *end("tool_use")))

    chunks = list(
        claude(server, OTHER_MODEL).stream(asked(schema=SCHEMA, schema_name="grades"), threading.Event()),
    )

    assert chunks[:-1] == ['{"gr', 'ade": ', "3}"]
    body = sent(server).body
    assert body["tool_choice"] == {"type": "tool", "name": "grades", "disable_parallel_tool_use": True}
    assert [tool["name"] for tool in body["tools"]] == ["grades"]
    assert "output_config" not in body


def test_thinking_is_not_part_of_the_answer_and_has_room_of_its_own(server: WireServer) -> None:
    thought = (
        opened(0, {"type": "thinking", "thinking": "", "signature": ""}),
        delta(0, type="thinking_delta", thinking="The person wants"),
        delta(0, type="signature_delta", signature="EqQB"),
        closed(0),
    )
    server.script(PATH, stream(start(), *thought, *said("A tower.", index=1), *end()))

    answer = claude(server, THINKING_MODEL).complete(asked(max_output_tokens=500), threading.Event())

    assert answer == "A tower."
    body = sent(server).body
    assert body["max_tokens"] > 500 + 4000
    assert body["output_config"] == {"effort": "low"}


def test_an_answer_that_reached_its_limit_says_so(server: WireServer) -> None:
    server.script(PATH, stream(start(), *said("A tower with"), *end("max_tokens")))

    chunks = list(claude(server).stream(asked(max_output_tokens=3), threading.Event()))

    assert "".join(chunk for chunk in chunks if isinstance(chunk, str)) == "A tower with"
    assert isinstance(chunks[-2], Note)
    assert "limit of 3 tokens" in chunks[-2].sentence
    assert isinstance(chunks[-1], Usage)


def test_tokens_that_all_went_into_thinking_are_no_answer(server: WireServer) -> None:
    server.script(PATH, stream(start(), *end("max_tokens")))

    assert "before it began to answer" in str(trouble(claude(server)))


def test_a_model_that_declines_is_no_answer(server: WireServer) -> None:
    server.script(PATH, stream(start(), *said("I"), *end("refusal")))

    error = trouble(claude(server))

    assert "declined to answer" in str(error)
    assert not error.retryable


def test_without_a_key_it_says_where_to_put_one() -> None:
    llm = create_llm(LLMChoice(f"anthropic:{MODEL}"), Settings())

    with pytest.raises(ModelUnavailable, match="variable ANTHROPIC_API_KEY .*type it in the settings panel"):
        llm.load()
    assert "ANTHROPIC_API_KEY" in str(trouble(llm))


def test_key_and_address_come_from_the_environment(server: WireServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-from-outside")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
    server.script(PATH, ANSWER)
    llm = create_llm(LLMChoice(f"anthropic:{MODEL}"), Settings())

    llm.load()
    llm.complete(asked(), threading.Event())

    headers = sent(server).headers
    assert "sk-ant-from-outside" in headers.get("authorization", "") + headers.get("x-api-key", "")


def test_the_key_of_the_environment_never_goes_to_an_address_that_somebody_chose(
    server: WireServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-of-the-owner")
    server.script(PATH, ANSWER)

    error = trouble(create_llm(LLMChoice(f"anthropic:{MODEL}", url=server.url), Settings()))

    assert "needs a key" in str(error)
    assert server.requests == []


def test_a_password_in_an_address_is_not_repeated(server: WireServer) -> None:
    server.script(PATH, refusal(500, "api_error", "oops", retry_after="0.01"))
    url = server.url.replace("http://", "http://me:hush@")

    error = trouble(create_llm(LLMChoice(f"anthropic:{MODEL}", url=url, key=KEY), Settings()))

    assert "hush" not in str(error)
    assert server.url in str(error)


@pytest.mark.parametrize(
    ("reply", "words_of_it", "retryable", "requests"),
    [
        (refusal(401, "authentication_error", f"invalid x-api-key {KEY}"), "The key was refused", False, 1),
        (refusal(404, "not_found_error", f"model: {MODEL}"), f"has no model called '{MODEL}'", False, 1),
        (refusal(400, "invalid_request_error", "prompt is too long: 9 tokens > 8 maximum"), "too long", False, 1),
        (refusal(413, "request_too_large", "Request exceeds the maximum size"), "too long", False, 1),
        (refusal(400, "invalid_request_error", f"bad field, key {KEY}"), "refused the request", False, 1),
        (refusal(429, "rate_limit_error", "slow down", retry_after="0.01"), "too many requests", True, 3),
        (refusal(500, "api_error", "Internal server error", retry_after="0.01"), "failed (status 500)", True, 3),
        (refusal(529, "overloaded_error", "Overloaded", retry_after="0.01"), "failed (status 529)", True, 3),
    ],
    ids=["401", "404", "400-long", "413", "400", "429", "500", "529"],
)
def test_a_refused_request_is_a_sentence(
    server: WireServer, reply: Reply, words_of_it: str, retryable: bool, requests: int
) -> None:
    server.script(PATH, reply)

    error = trouble(claude(server))

    assert words_of_it in str(error)
    assert error.retryable is retryable
    assert len(server.asked(PATH)) == requests


def test_after_too_many_requests_it_waits_as_asked_and_goes_on(server: WireServer) -> None:
    server.script(PATH, refusal(429, "rate_limit_error", "slow down", retry_after="0.5"), ANSWER)

    answer = claude(server).complete(asked(), threading.Event())

    first, second = server.asked(PATH)
    assert answer == "A tower with a light."
    assert second.at_s - first.at_s >= 0.4


@pytest.mark.parametrize(
    ("kind", "words_of_it"),
    [
        ("overloaded_error", "failed (status 529)"),
        ("rate_limit_error", "too many requests"),
        ("error_of_tomorrow", "broke off"),
    ],
)
def test_an_error_in_the_middle_of_an_answer_is_a_sentence_after_what_was_said(
    server: WireServer, kind: str, words_of_it: str
) -> None:
    broken = SSE({"type": "error", "error": {"type": kind, "message": "Overloaded"}}, "error")
    server.script(PATH, stream(start(), *said("A tower")[:-1], broken))
    answer = claude(server).stream(asked(), threading.Event())

    assert [next(answer), next(answer)] == ["A", " tower"]
    with pytest.raises(ModelUnavailable) as raised:
        next(answer)
    assert words_of_it in str(raised.value)
    assert raised.value.retryable
    assert len(server.asked(PATH)) == 1


@pytest.mark.parametrize("ending", [(CUT,), ()], ids=["dropped", "ended early"])
def test_an_answer_that_breaks_off_is_a_sentence(server: WireServer, ending: tuple[Any, ...]) -> None:
    server.script(PATH, stream(start(), *said("A tower")[:-1], *ending))

    error = trouble(claude(server))

    assert "broke off" in str(error)
    assert error.retryable


def test_silence_before_an_answer_ends_in_a_sentence(server: WireServer) -> None:
    server.script(PATH, Reply(events=ANSWER.events, pause_s=30))
    began = time.monotonic()

    error = trouble(claude(server, llm_timeout_s=0.5))

    assert "did not answer in time" in str(error)
    assert time.monotonic() - began < 5
    assert sent(server).disconnected.wait(2)


def test_silence_in_the_middle_of_an_answer_ends_in_a_sentence(server: WireServer) -> None:
    server.script(PATH, stream(start(), *said("A tower")[:-1], delta(0, 30, type="text_delta", text=" late")))
    answer = claude(server, llm_timeout_s=0.5).stream(asked(), threading.Event())

    assert [next(answer), next(answer)] == ["A", " tower"]
    with pytest.raises(ModelUnavailable, match="did not answer in time"):
        next(answer)
    assert sent(server).disconnected.wait(2)


def test_an_address_where_nothing_listens_is_a_sentence() -> None:
    with WireServer() as server:
        llm = claude(server)

    assert "could not be reached" in str(trouble(llm))


@pytest.mark.parametrize("ending", ["", "/", "/v1", "/v1/"])
def test_an_address_may_end_as_those_of_other_providers_do(server: WireServer, ending: str) -> None:
    server.script(PATH, ANSWER)
    llm = create_llm(LLMChoice(f"anthropic:{MODEL}", url=server.url + ending, key=KEY), Settings())

    assert llm.complete(asked(), threading.Event()) == "A tower with a light."


@pytest.mark.parametrize(
    ("url", "key"),
    [("", "kéy"), ("", "two words"), ("api.anthropic.com", KEY), ("ftp://x", KEY), ("http://x:99999", KEY)],
)
def test_a_key_or_address_that_cannot_be_one_is_refused_without_repeating_the_key(url: str, key: str) -> None:
    llm = create_llm(LLMChoice(f"anthropic:{MODEL}", url=url, key=key), Settings())

    with pytest.raises(ModelUnavailable, match="cannot be a key|is not an address") as raised:
        llm.load()
    assert key not in str(raised.value)
    assert key not in repr(vars(llm))


def test_stopping_before_the_first_word_closes_the_connection(server: WireServer) -> None:
    server.script(PATH, Reply(events=ANSWER.events, pause_s=30))
    stopped = threading.Event()
    threading.Timer(0.4, stopped.set).start()
    began = time.monotonic()

    chunks = list(claude(server).stream(asked(), stopped))

    assert chunks == []
    assert time.monotonic() - began < 3
    assert sent(server).disconnected.wait(2)


def test_leaving_in_the_middle_of_an_answer_closes_the_connection(server: WireServer) -> None:
    server.script(PATH, stream(start(), *said("a long " * 500, pause_s=0.05), *end()))
    answer = claude(server).stream(asked(), threading.Event())

    next(answer)
    answer.close()  # type: ignore[attr-defined]

    assert sent(server).disconnected.wait(2)


def test_slow_words_come_one_by_one(server: WireServer) -> None:
    server.script(PATH, stream(start(), *said("one two three four", pause_s=0.15), *end()))
    times = []

    for chunk in claude(server).stream(asked(), threading.Event()):
        if isinstance(chunk, str):
            times.append(time.monotonic())

    gaps = [after - before for before, after in zip(times, times[1:], strict=False)]
    assert len(times) == 4
    assert min(gaps) > 0.05


@pytest.mark.parametrize(
    ("model", "context_tokens", "vision"),
    [
        (OTHER_MODEL, 200_000, False),
        ("claude-haiku-4-5", 200_000, True),
        (MODEL, 1_000_000, True),
        ("claude-opus-5-5", 1_000_000, True),
    ],
)
def test_what_a_model_can_take_is_known_without_a_request(model: str, context_tokens: int, vision: bool) -> None:
    abilities = create_llm(LLMChoice(f"anthropic:{model}"), Settings()).abilities

    assert abilities.vision is vision
    assert create_llm(LLMChoice(f"anthropic:{model}"), Settings(llm_vision="yes")).abilities.vision
    assert abilities.context_tokens == context_tokens
    assert abilities.structured


def test_a_context_that_was_set_wins() -> None:
    llm = create_llm(LLMChoice(f"anthropic:{MODEL}"), Settings(llm_context_tokens=4096))

    assert llm.abilities.context_tokens == 4096
