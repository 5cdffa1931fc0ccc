"""What a provider did, and the sentence that a person reads for it, with the real package on a real connection.

Running this file as a module prints both as a table: ``python -m tests.llms.test_troubles``.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from mmchat.errors import ModelUnavailable
from mmchat.llms import LLM, troubles
from tests.llms.openai_wire import (
    CHAT,
    KEY,
    RESPONSES,
    SOON,
    asked,
    chat,
    chat_event,
    compatible,
    delta,
    ended,
    error,
    heard,
    openai,
    picture,
    response_event,
)
from tests.llms.wire_server import CUT, SSE, Reply, WireServer, stream


@dataclass(frozen=True)
class Case:
    """``sentence`` with {where} for the server's address; ``asks`` times is the request sent."""

    what: str
    reply: Reply
    sentence: str
    retryable: bool = False
    asks: int = 1
    seen: bool = False


KEY_REFUSED = "The key was refused by {where}. Check the key in the settings panel."
TOO_LONG = (
    "The question with its evidence was too long for {name}. Set MMCHAT_EVIDENCE lower, or choose a model with a "
    "longer context."
)
NO_QUOTA = "The account behind the key has no quota left at {where}. Check its billing."
BUSY = "{where} is receiving too many requests. Ask again in a minute."
FAILED = "{where} failed (status 500). Ask again."
BROKE_OFF = "The answer of {name} broke off. Ask again."
THOUGHT = (
    "{name} used up its {limit} tokens before it began to answer. Ask something narrower, or choose a model that "
    "thinks less."
)
FILTERED = "A filter withheld the answer of {name}. Ask in other words, or choose another model."
DECLINED = "{name} declined to answer. Ask in other words, or choose another model."

BOTH = [
    Case("401", error(401, f"Incorrect API key provided: {KEY}"), KEY_REFUSED),
    Case(
        "403",
        error(403, "Your country is not supported."),
        "{where} does not allow this: Your country is not supported. Check the key in the settings panel and what the "
        "key may use.",
    ),
    Case(
        "404 for the model",
        error(404, "The model `tiny` does not exist"),
        "{where} has no model called 'tiny'. Choose another model.",
    ),
    Case(
        "404 for the address",
        Reply({"detail": "Not Found"}, 404),
        "{where} is not the address of a model server. Check it; most end in /v1.",
    ),
    Case(
        "307, to somewhere else",
        Reply(status=307, headers={"location": "http://127.0.0.1:9/sign-in"}),
        "{where} sends elsewhere, and nothing was sent there: it answers with http://127.0.0.1:9/sign-in instead. "
        "Check the address, and whether the server wants a sign-in first.",
    ),
    Case("400, prompt too long", error(400, "This model's maximum context length is 4096 tokens."), TOO_LONG),
    Case("413", error(413, "Payload Too Large"), TOO_LONG),
    Case(
        "400, a damaged picture",
        error(400, "Invalid image: cannot decode."),
        "{name} did not take a picture: Invalid image: cannot decode. Set MMCHAT_LLM_VISION=no, or choose another "
        "model.",
        seen=True,
    ),
    Case(
        "400, anything else",
        error(400, f"Bad {KEY} thing"),
        "{where} refused the request (status 400): Bad … thing. Choose another model.",
    ),
    Case("402", error(402, "Pay first"), NO_QUOTA),
    Case("429, no quota left", error(429, "You exceeded your quota.", code="insufficient_quota"), NO_QUOTA, asks=3),
    Case("429, three times", error(429, "Rate limit reached"), BUSY, True, 3),
    Case("500, three times", error(500, "oops"), FAILED, True, 3),
    Case("502 with a web page", Reply("<html>no</html>", 502, SOON), FAILED.replace("500", "502"), True, 3),
    Case(
        "503, loading its model",
        error(503, "Loading model", type="unavailable_error"),
        "{where} is still loading {name}. Ask again in a moment.",
        True,
        3,
    ),
    Case(
        "silent for longer than MMCHAT_LLM_TIMEOUT_S",
        Reply(pause_s=30),
        "{name} did not answer in time. Ask again, or choose a faster model.",
        True,
    ),
]

ONE = chat_event({"content": "One"})
OOPS = {"code": 500, "message": "oops", "type": "server_error"}
IN_CHAT = [
    Case("500 in the middle of the stream", stream(ONE, SSE({"error": OOPS})), FAILED, True),
    Case(
        "an error without a kind in the middle",
        stream(ONE, SSE({"error": {"message": "oops"}})),
        "The answer of {name} broke off: oops. Ask again.",
        True,
    ),
    Case("connection dropped in the middle", stream(ONE, CUT), BROKE_OFF, True),
    Case("connection dropped before the first word", stream(CUT), BROKE_OFF, True),
    Case("stream ends without an end", stream(ONE, SSE("[DONE]")), BROKE_OFF, True),
    Case(
        "thought until its limit, twice",
        stream(chat_event({"reasoning_content": "hm"}), chat_event({}, "length")),
        THOUGHT.replace("{limit}", "5120"),
        asks=2,
    ),
    Case("content filter", chat("One", finish="content_filter"), FILTERED),
    Case("refusal", stream(chat_event({"refusal": "I cannot."}), chat_event({}, "stop")), DECLINED),
]

SERVER_ERROR = {"code": "server_error", "message": "oops"}
RATE_LIMIT = {"code": "rate_limit_exceeded", "message": "Rate limit reached"}
CUT_OFF = {"reason": "max_output_tokens"}
WITHHELD = {"reason": "content_filter"}
REFUSAL = response_event("response.refusal.delta", delta="I cannot.", item_id="m", output_index=0, content_index=0)
IN_RESPONSES = [
    Case(
        "response.failed: server_error",
        stream(delta("One"), ended("response.failed", error=SERVER_ERROR)),
        FAILED,
        True,
    ),
    Case("response.failed: rate_limit_exceeded", stream(ended("response.failed", error=RATE_LIMIT)), BUSY, True),
    Case("error event in the middle", stream(delta("One"), response_event("error", **SERVER_ERROR)), FAILED, True),
    Case("connection dropped in the middle", stream(delta("One"), CUT), BROKE_OFF, True),
    Case("connection dropped before the first word", stream(CUT), BROKE_OFF, True),
    Case("stream ends without an end", stream(delta("One")), BROKE_OFF, True),
    Case(
        "thought until its limit",
        stream(ended("response.incomplete", incomplete_details=CUT_OFF)),
        THOUGHT.replace("{limit}", "9216"),
    ),
    Case("content filter", stream(delta("One"), ended("response.incomplete", incomplete_details=WITHHELD)), FILTERED),
    Case("refusal", stream(REFUSAL, ended()), DECLINED),
]

CASES = [
    *((compatible, CHAT, case) for case in [*BOTH, *IN_CHAT]),
    *((openai, RESPONSES, case) for case in [*BOTH, *IN_RESPONSES]),
]


@pytest.fixture(scope="module")
def running() -> Iterator[WireServer]:
    with WireServer() as server:
        yield server


@pytest.fixture
def server(running: WireServer) -> WireServer:
    running.reset()
    return running


@pytest.mark.parametrize(("make", "path", "case"), CASES, ids=lambda value: getattr(value, "what", None))
def test_every_trouble_is_a_sentence(server: WireServer, make: Callable[..., LLM], path: str, case: Case) -> None:
    server.script(path, case.reply)
    silence_s = 0.3 if case.reply.pause_s else 20.0
    llm = make(server.url, "tiny", llm_timeout_s=silence_s, llm_vision="yes" if case.seen else "no")

    with pytest.raises(ModelUnavailable) as raised:
        heard(llm, asked("Who?", picture()) if case.seen else asked())

    where = f"{server.url}/v1"
    assert str(raised.value) == case.sentence.replace("{where}", where).replace("{name}", llm.name)
    assert raised.value.retryable == case.retryable
    assert KEY not in "".join(traceback.format_exception(raised.value))  # as a log would show it
    assert len(server.asked(path)) == case.asks


@pytest.mark.parametrize("make", [compatible, openai])
def test_a_server_that_is_not_there_is_a_sentence(make: Callable[..., LLM]) -> None:
    with pytest.raises(ModelUnavailable, match="^http://127.0.0.1:9/v1 could not be reached. Check") as raised:
        heard(make("http://127.0.0.1:9"))

    assert raised.value.retryable


def test_a_name_and_password_in_the_address_are_not_repeated(server: WireServer) -> None:
    server.script(CHAT, error(400, "no"))
    llm = compatible(server.url.replace("//", "//ada:secretword@"))

    with pytest.raises(ModelUnavailable, match=f"^{server.url}/v1 refused the request") as raised:
        heard(llm)

    assert "secretword" not in str(raised.value) + repr(llm)


class Answered(Exception):
    def __init__(self, status_code: int | None, body: Any) -> None:
        self.status_code = status_code
        self.body = body


@pytest.mark.parametrize(
    ("status", "body", "meant"),
    [
        (429, {}, 429),
        (200, {"type": "error", "error": {"type": "overloaded_error"}}, 529),
        (None, {"code": "rate_limit_exceeded"}, 429),
        (None, {"error": {"code": 503}}, 503),
        (None, {"code": "400"}, 400),
        (None, {"code": None, "type": "server_error"}, 500),
        (None, {"code": 7}, None),
        (None, "words", None),
        (None, None, None),
    ],
)
def test_an_error_in_a_stream_has_the_status_it_would_have_had(
    status: int | None, body: Any, meant: int | None
) -> None:
    assert troubles.status(Answered(status, body)) == meant


@pytest.mark.parametrize(
    ("status", "words", "refuses"),
    [
        (400, "this model does not support image input", True),
        (500, "image input is not supported - hint: provide the mmproj", True),
        (400, "message content should be a valid string", True),
        (401, "image", False),
        (400, "image too large", False),
        (400, "At most 5 image(s) may be provided", False),
        (400, "the supervision failed", False),
    ],
)
def test_a_refusal_of_pictures_is_told_from_other_faults(status: int, words: str, refuses: bool) -> None:
    assert troubles.refuses_pictures(Answered(status, {"error": {"message": words}})) == refuses


def test_no_key_is_repeated() -> None:
    error = Answered(400, {"error": {"message": "bad sk-ant-abcdefgh, hf_abcdefghi and 0123456789abcdef"}})

    assert troubles.words(error, secret="0123456789abcdef") == "bad …, … and …"


def _print_table() -> None:
    """The cases as a Markdown table, as they are checked above."""
    rows = [(case, "any") for case in BOTH]
    rows += [(case, "openai-compatible") for case in IN_CHAT] + [(case, "openai") for case in IN_RESPONSES]
    lines = ["| What the provider did | Where | The sentence a person reads | Ask again? |", "|---|---|---|---|"]
    for case, where in rows:
        sentence = case.sentence.replace("{where}", "*address*").replace("{name}", "*provider:model*")
        lines.append(f"| {case.what} | {where} | {sentence} | {'yes' if case.retryable else 'no'} |")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    _print_table()
