from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from threading import Event
from typing import Any

import pytest

from mmchat.answering.base import Question
from mmchat.answering.generative import GenerativeAnswerer
from mmchat.errors import ModelUnavailable
from mmchat.llms.openai_server import sees_by_name
from mmchat.rerankers.vision_language import VisionLanguageReranker
from mmchat.types import Candidate, Evidence, Query, RunContext, TextDelta
from tests.answering.drafts import looked_up
from tests.factories import a_segment, an_attachment
from tests.llms.openai_wire import CHAT, chat, compatible, error
from tests.llms.wire_server import Reply, WireServer
from tests.rerankers.judging_llm import grades


@pytest.fixture(scope="module")
def running() -> Iterator[WireServer]:
    with WireServer() as server:
        yield server


@pytest.fixture
def server(running: WireServer) -> WireServer:
    running.reset()
    return running


def listing(**entry: Any) -> Reply:
    return Reply({"object": "list", "data": [{"id": "other"}, {"id": "tiny", **entry}]})


@pytest.mark.parametrize(
    ("paths", "vision", "context_tokens"),
    [
        (
            {
                "/v1/models": listing(owned_by="llamacpp", meta={"n_ctx_train": 131072}),
                "/props": Reply({"modalities": {"vision": True}, "default_generation_settings": {"n_ctx": 4096}}),
            },
            True,
            4096,
        ),
        (
            {
                "/v1/models": listing(owned_by="library"),
                "/api/show": Reply({"capabilities": ["completion", "vision"], "parameters": "stop x\nnum_ctx 16384"}),
            },
            True,
            16384,
        ),
        (
            {"/v1/models": listing(owned_by="library"), "/api/show": Reply({"capabilities": ["completion"]})},
            False,
            4096,
        ),
        ({"/v1/models": listing(owned_by="vllm", max_model_len=32768)}, False, 32768),
        ({"/v1/models": listing(capabilities={"vision": True}, max_context_length=9000)}, True, 9000),
        ({"/v1/models": listing(architecture={"input_modalities": ["image"]}, context_length=7000)}, True, 7000),
        ({"/v1/models": listing(architecture={"input_modalities": []}, providers=[{"context_length": 9}])}, False, 9),
        ({"/v1/models": listing(type="vlm", loaded_context_length=2048)}, True, 2048),
        ({"/v1/models": Reply([1, "x", {"id": "tiny", "capabilities": 3, "meta": [], "providers": "x"}])}, False, 8192),
        ({"/v1/models": Reply("what?")}, False, 8192),
        ({}, False, 8192),
    ],
    ids="llama.cpp,Ollama,Ollama text,vLLM,Mistral,OpenRouter,HF router,LM Studio,junk,text,silent".split(","),
)
def test_what_each_server_tells_is_understood(
    server: WireServer, paths: dict[str, Reply], vision: bool, context_tokens: int
) -> None:
    for path, reply in paths.items():
        server.script(path, reply)

    able = compatible(server.url).abilities

    assert (able.vision, able.context_tokens) == (vision, context_tokens)


def test_a_server_is_asked_once(server: WireServer) -> None:
    server.script("/v1/models", listing(capabilities=["multimodal"], max_model_len=100))
    llm = compatible(server.url)

    assert llm.abilities == llm.abilities and llm.abilities.vision

    assert len(server.requests) == 1


def test_the_settings_know_better(server: WireServer) -> None:
    server.script("/v1/models", listing(capabilities=["completion"], max_model_len=100))

    able = compatible(server.url, llm_vision="yes", llm_context_tokens=500).abilities

    assert able.vision and able.context_tokens == 500


def test_of_a_server_that_is_not_there_as_much_is_assumed_as_the_name_tells() -> None:
    able = compatible("http://127.0.0.1:9", "llava:7b").abilities

    assert (able.vision, able.context_tokens) == (True, 8192)


@pytest.mark.parametrize("status", [401, 429, 503])
def test_a_server_that_refuses_to_tell_is_asked_again_next_time(server: WireServer, status: int) -> None:
    server.script("/v1/models", error(status, "no"), listing(max_model_len=100))
    llm = compatible(server.url)

    assert llm.abilities.context_tokens == 8192
    assert len(server.requests) == 1
    assert llm.abilities.context_tokens == 100


def test_a_refused_key_is_a_sentence_where_models_are_listed(server: WireServer) -> None:
    server.script("/v1/models", error(401, "no"))

    with pytest.raises(ModelUnavailable, match="key was refused"):
        compatible(server.url).models()


def test_a_server_that_lists_nothing_in_time_is_a_sentence(server: WireServer) -> None:
    server.script("/v1/models", Reply(pause_s=60))

    started = time.monotonic()
    with pytest.raises(ModelUnavailable, match="did not answer in time"):
        compatible(server.url, llm_timeout_s=0.3).models()

    assert time.monotonic() - started < 1.5


def test_what_was_told_before_a_server_fell_silent_counts(server: WireServer) -> None:
    server.script("/v1/models", listing(max_model_len=100))
    server.script("/props", Reply(pause_s=60))
    llm = compatible(server.url, llm_timeout_s=0.3)

    assert llm.abilities.context_tokens == 100
    assert llm.abilities.context_tokens == 100
    assert len(server.requests) == 2


CANDIDATES = [
    Candidate(a_segment(an_attachment(f"{at}.txt"), 0, text), an_attachment(f"{at}.txt"), score=1 / (at + 1))
    for at, text in enumerate(["Rent is due on Friday.", "Keys hang behind the door."])
]
QUESTION = Query(text="When is the rent due?", language="en")


def test_a_turn_waits_once_for_a_server_that_never_tells_of_its_model(server: WireServer) -> None:
    server.script("/v1/models", Reply(pause_s=60))
    server.script(CHAT, chat(grades({1: 0, 2: 3})), chat("On Friday [2]."))
    llm = compatible(server.url, llm_timeout_s=0.5)
    answerer = GenerativeAnswerer(llm)

    started = time.monotonic()
    found = VisionLanguageReranker(llm).rerank(QUESTION, CANDIDATES)
    evidence = [Evidence(number, candidate) for number, candidate in enumerate(found, start=1)]
    events = list(answerer.answer(Question(QUESTION, searched=2), looked_up(evidence)))
    took_s = time.monotonic() - started

    assert found == sorted(found, key=lambda candidate: candidate.segment.text) and found[0].relevance == 1.0
    assert "".join(event.text for event in events if isinstance(event, TextDelta)) == "On Friday [2]."
    assert len(server.asked("/v1/models")) == 1
    assert 0.5 <= took_s < 3


def test_a_stop_is_heard_while_a_server_does_not_tell_of_its_model(server: WireServer) -> None:
    server.script("/v1/models", Reply(pause_s=60))
    llm, stopped = compatible(server.url), Event()
    answerer = GenerativeAnswerer(llm)
    context = RunContext(stopped=stopped)
    threading.Timer(0.5, stopped.set).start()

    started = time.monotonic()
    found = VisionLanguageReranker(llm).rerank(QUESTION, CANDIDATES, context)
    evidence = [Evidence(number, candidate) for number, candidate in enumerate(found, start=1)]
    events = list(answerer.answer(Question(QUESTION, searched=2, context=context), looked_up(evidence)))

    assert time.monotonic() - started < 1.8
    assert found == CANDIDATES and events == []
    [asked] = server.requests
    assert asked.disconnected.wait(1)


def test_a_stopped_question_is_not_counted_as_silence(server: WireServer) -> None:
    server.script("/v1/models", Reply(pause_s=60), listing(max_model_len=100))
    llm, stopped = compatible(server.url), Event()
    threading.Timer(0.3, stopped.set).start()

    assert llm.abilities_unless(stopped).context_tokens == 8192
    assert llm.abilities.context_tokens == 100


@pytest.mark.parametrize(
    "name",
    [
        "qwen2.5vl:7b",
        "Qwen/Qwen3-VL-8B-Instruct",
        "llava:13b",
        "internvl3",
        "SmolVLM2-2.2B",
        "gemma3:4b",
        "gemma-3-27b-it",
        "pixtral-12b",
        "gpt-4o-mini",
        "llama3.2-vision",
        "moondream",
        "glm-4.5v",
        "minicpm-v:8b",
        "deepseek-vl2",
    ],
)
def test_names_of_models_that_see(name: str) -> None:
    assert sees_by_name(name)


@pytest.mark.parametrize(
    "name", ["llama3.2:3b", "qwen3:8b", "gemma3:1b", "mistral-7b", "gpt-oss-20b", "phi4", "deepseek-r1", "vllm-thing"]
)
def test_names_of_models_that_do_not(name: str) -> None:
    assert not sees_by_name(name)
