"""What the environment holds for the owner stays with the owner's key."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Iterator

import httpx2
import pytest
from pydantic import SecretStr

from mmchat.errors import ModelUnavailable
from mmchat.llms import LLM, create_llm
from mmchat.llms.request_headers import only_ours
from mmchat.settings import Settings
from mmchat.types import LLMChoice
from tests.llms.openai_wire import CHAT, KEY, RESPONSES, chat, compatible, heard, openai, response
from tests.llms.wire_server import Reply, WireServer

MESSAGES = "/v1/messages"
OWNERS = "\n".join(
    ("X-Secret: not-for-you", "Authorization: Bearer not-for-you", "User-Agent: not-for-you", "Host: not-for-you")
)


def anthropic(url: str) -> LLM:
    return create_llm(LLMChoice("anthropic:claude-sonnet-4-6", url=url, key=KEY), Settings())


@pytest.fixture
def server() -> Iterator[WireServer]:
    with WireServer() as running:
        running.script(CHAT, chat("Yes."))
        running.script(RESPONSES, response("Yes."))
        running.script(MESSAGES, Reply({"error": {"message": "no"}}, status=400))
        yield running


@pytest.fixture(autouse=True)
def the_owners(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", OWNERS)
    monkeypatch.setenv("ANTHROPIC_CUSTOM_HEADERS", OWNERS)
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:9")
    for name in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "ANTHROPIC_API_KEY"):
        monkeypatch.setenv(name, "not-for-you")
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "not-for-you")


@pytest.mark.parametrize("make", [compatible, openai, anthropic])
def test_with_a_visitors_key_nothing_of_the_owners_is_sent(server: WireServer, make: Callable[[str], LLM]) -> None:
    try:
        heard(make(server.url))
    except ModelUnavailable as error:
        assert "refused the request" in str(error)  # the scripted reply of the third
    [request] = [request for request in server.requests if request.method == "POST"]

    assert "not-for-you" not in str(request.headers)
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert set(request.headers) <= {
        "accept",
        "accept-encoding",
        "anthropic-version",
        "authorization",
        "connection",
        "content-length",
        "content-type",
        "host",
        "user-agent",
    }


@pytest.mark.parametrize(
    ("name", "where"),
    [("openai:gpt-5", "https://api.openai.com/v1"), ("anthropic:claude-sonnet-4-6", "https://api.anthropic.com")],
)
def test_a_visitors_key_does_not_go_to_the_owners_address(name: str, where: str) -> None:
    typed, owners = create_llm(LLMChoice(name, key=KEY), Settings()), create_llm(LLMChoice(name), Settings())

    assert typed.where == where  # type: ignore[attr-defined]
    assert owners.where.startswith("http://127.0.0.1:9")  # type: ignore[attr-defined]


def test_with_the_owners_key_the_owners_headers_are_sent(server: WireServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", f"{server.url}/v1")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Team: maps")
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_ORG_ID", "org-1")

    heard(create_llm(LLMChoice("openai:gpt-5"), Settings()))

    headers = server.requests[0].headers
    assert (headers["openai-organization"], headers["x-team"]) == ("org-1", "maps")


def test_a_name_and_password_in_the_address_open_its_door(server: WireServer) -> None:
    heard(compatible(server.url.replace("//", "//ada:lace@")))

    basic = base64.b64encode(b"ada:lace").decode()
    assert server.asked(CHAT)[0].headers["authorization"] == f"Basic {basic}"


def test_a_header_that_comes_twice_is_one() -> None:
    request = httpx2.Request(
        "POST", "http://127.0.0.1:9/v1", headers=[("authorization", "a"), ("Authorization", "b"), ("x-a", "b")]
    )

    asyncio.run(only_ours(SecretStr(KEY))(request))

    assert request.headers.get_list("authorization") == [f"Bearer {KEY}"]
    assert (request.headers["host"], "x-a" in request.headers) == ("127.0.0.1:9", False)
