"""What OpenAI-like servers put on the wire, as a script for the wire server."""

from __future__ import annotations

import io
from threading import Event
from typing import Any

import numpy as np
from PIL import Image

from mmchat.llms import LLM, Chunk, ImagePart, LLMMessage, Prompt, create_llm
from mmchat.llms.base import Part
from mmchat.settings import Settings
from mmchat.types import LLMChoice
from tests.llms.wire_server import SSE, Cut, Reply, stream

KEY = "sk-proj-thisIsASecretKey123"
CHAT, RESPONSES = "/v1/chat/completions", "/v1/responses"
SCHEMA = {
    "type": "object",
    "properties": {"grade": {"type": "integer"}},
    "required": ["grade"],
    "additionalProperties": False,
}
SOON = {"retry-after-ms": "10"}


def compatible(url: str, model: str = "tiny", key: str = KEY, **settings: Any) -> LLM:
    return create_llm(LLMChoice(f"openai-compatible:{model}", url=f"{url}/v1", key=key), Settings(**settings))


def openai(url: str, model: str = "gpt-5", key: str = KEY, **settings: Any) -> LLM:
    return create_llm(LLMChoice(f"openai:{model}", url=f"{url}/v1", key=key), Settings(**settings))


def asked(*parts: Part, **rest: Any) -> Prompt:
    return Prompt((LLMMessage("system", ("Be brief.",)), LLMMessage("user", parts or ("Who?",))), **rest)


def heard(llm: LLM, prompt: Prompt | None = None) -> list[Chunk]:
    return list(llm.stream(prompt or asked(), Event()))


def text(chunks: list[Chunk]) -> str:
    return "".join(chunk for chunk in chunks if isinstance(chunk, str))


def pixels() -> np.ndarray:
    return np.random.default_rng(3).integers(0, 255, (6, 8, 3), dtype=np.uint8)


def picture() -> ImagePart:
    out = io.BytesIO()
    Image.fromarray(pixels()).save(out, "PNG")
    return ImagePart(out.getvalue(), "image/png", 8, 6, instead="A sign that reads HALT.")


def chat_event(delta: dict[str, Any] | None, finish: str | None = None, pause_s: float = 0.0, **rest: Any) -> SSE:
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
    body = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "tiny", "choices": choices, **rest}
    return SSE(body, pause_s=pause_s)


def chat(*words: str, finish: str = "stop", pause_s: float = 0.0) -> Reply:
    usage = {
        "prompt_tokens": 11,
        "completion_tokens": 3,
        "total_tokens": 14,
        "prompt_tokens_details": {"cached_tokens": 4},
    }
    return stream(
        chat_event({"role": "assistant", "content": ""}),
        *(chat_event({"content": word}, pause_s=pause_s) for word in words),
        chat_event({}, finish),
        chat_event(None, usage=usage),
        SSE("[DONE]"),
    )


def response_event(kind: str, pause_s: float = 0.0, **fields: Any) -> SSE:
    return SSE({"type": kind, "sequence_number": 1, **fields}, kind, pause_s)


def delta(word: str, pause_s: float = 0.0, item: str = "msg_1") -> SSE:
    place = {"item_id": item, "output_index": 0, "content_index": 0, "logprobs": []}
    return response_event("response.output_text.delta", pause_s, delta=word, **place)


def ended(kind: str = "response.completed", **fields: Any) -> SSE:
    usage = {
        "input_tokens": 11,
        "output_tokens": 3,
        "total_tokens": 14,
        "input_tokens_details": {"cached_tokens": 4, "cache_write_tokens": 0},
        "output_tokens_details": {"reasoning_tokens": 0},
    }
    response = {"id": "r1", "object": "response", "created_at": 1, "status": kind.rpartition(".")[2], "model": "gpt-5"}
    response |= {"output": [], "usage": usage, "error": None, "incomplete_details": None, **fields}
    return response_event(kind, response=response)


def response(*words: str, pause_s: float = 0.0) -> Reply:
    begin = response_event("response.in_progress", response={"id": "r1", "object": "response", "output": []})
    return stream(begin, *(delta(word, pause_s) for word in words), ended())


def error(status: int, message: str, *, headers: dict[str, str] | None = None, **fields: Any) -> Reply:
    return Reply({"error": {"message": message, **fields}}, status=status, headers=headers or SOON)


def broken(*events: SSE | Cut) -> Reply:
    return stream(*events)
