"""A server that sends elsewhere gets the question; elsewhere gets nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from mmchat.errors import ModelUnavailable
from mmchat.llms import LLM, create_llm
from mmchat.settings import Settings
from mmchat.types import LLMChoice
from tests.llms.openai_wire import CHAT, KEY, RESPONSES, compatible, heard, openai
from tests.llms.wire_server import Reply, WireServer

MESSAGES = "/v1/messages"


def anthropic(url: str) -> LLM:
    return create_llm(LLMChoice("anthropic:claude-sonnet-4-6", url=url, key=KEY), Settings())


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[WireServer, WireServer]]:
    with WireServer() as first, WireServer() as other:
        yield first, other


@pytest.fixture
def server(servers: tuple[WireServer, WireServer]) -> WireServer:
    servers[0].reset()
    return servers[0]


@pytest.fixture
def elsewhere(servers: tuple[WireServer, WireServer]) -> WireServer:
    servers[1].reset()
    return servers[1]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize(
    ("make", "path", "base"),
    [(compatible, CHAT, "/v1"), (openai, RESPONSES, "/v1"), (anthropic, MESSAGES, "")],
    ids=["openai-compatible", "openai", "anthropic"],
)
def test_neither_question_nor_key_follows_a_redirect(
    server: WireServer, elsewhere: WireServer, make: Callable[[str], LLM], path: str, base: str, status: int
) -> None:
    server.script(path, Reply(status=status, headers={"location": f"{elsewhere.url}{path}"}))

    with pytest.raises(ModelUnavailable) as raised:
        heard(make(server.url))

    assert str(raised.value) == (
        f"{server.url}{base} sends elsewhere, and nothing was sent there: set the base URL to {elsewhere.url}{base} if "
        "you trust that server."
    )
    assert len(server.requests) == 1 and elsewhere.requests == []


@pytest.mark.parametrize(
    ("location", "advice"),
    [
        ("/llm/v1/chat/completions?token=hush#top", "set the base URL to {server}/llm/v1 if you trust that server."),
        ("http://me:hush@127.0.0.1:9/v1/chat/completions", "set the base URL to http://127.0.0.1:9/v1 if you trust"),
        ("/login?next=hush", "it answers with {server}/login instead. Check the address, and whether the server wants"),
        ("", "it does not say where. Check the address."),
        ("http://[broken", "it does not say where. Check the address."),
        ("ftp://127.0.0.1/v1/chat/completions", "it does not say where. Check the address."),
    ],
)
def test_what_to_do_depends_on_where_it_leads(server: WireServer, location: str, advice: str) -> None:
    server.script(CHAT, Reply(status=307, headers={"location": location}))

    with pytest.raises(ModelUnavailable) as raised:
        heard(compatible(server.url))

    assert f"nothing was sent there: {advice}".replace("{server}", server.url) in str(raised.value)
    assert "hush" not in str(raised.value)


def test_models_are_not_listed_from_elsewhere(server: WireServer, elsewhere: WireServer) -> None:
    server.script("/v1/models", Reply(status=307, headers={"location": f"{elsewhere.url}/v1/models"}))
    llm = compatible(server.url)

    with pytest.raises(ModelUnavailable, match=f"set the base URL to {elsewhere.url}/v1 if"):
        llm.models()

    assert llm.abilities.context_tokens == 8192
    assert elsewhere.requests == []
