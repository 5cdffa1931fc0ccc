from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from mmchat.errors import ModelUnavailable
from mmchat.llms.openai_server import sees_by_name
from tests.llms.openai_wire import compatible, error
from tests.llms.wire_server import Reply, WireServer


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


def test_a_server_that_is_not_there_is_a_sentence() -> None:
    with pytest.raises(ModelUnavailable, match="could not be reached"):
        _ = compatible("http://127.0.0.1:9").abilities


def test_a_refused_key_is_a_sentence(server: WireServer) -> None:
    server.script("/v1/models", error(401, "no"))

    with pytest.raises(ModelUnavailable, match="key was refused"):
        _ = compatible(server.url).abilities
    with pytest.raises(ModelUnavailable, match="key was refused"):
        compatible(server.url).models()  # type: ignore[attr-defined]


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
