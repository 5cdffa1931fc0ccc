"""An OpenAI-compatible server -> what it tells of its models: their names, what they take, how much at once.

The protocol itself says nothing beyond names. What is read here are the additions of llama.cpp, Ollama, vLLM, LM
Studio, Mistral, OpenRouter and the Hugging Face router, as of November 2026; without them a server tells nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from openai import AsyncOpenAI

LISTING_S = 10.0
"""How long a server may take to list its models; a router lists thousands."""
LOOKING_S = 5.0
"""How long a question waits for what a server tells of its model, all requests together (our choice: a server on this
machine takes milliseconds, a far one less than two seconds)."""

_OLLAMA_CONTEXT_TOKENS = 4096
"""What Ollama runs a model with unless told otherwise, however much the model could take; it cuts longer prompts
without a word (Ollama FAQ, on the size of the context window)."""

_SEEING = re.compile(
    r"vl(?:m|\d|\b|[-_:])|llava|vision|multimodal|omni|moondream|minicpm-?v|pixtral|molmo|idefics|cogvlm|glm-\d[\d.]*v"
    r"|gemma-?[34]|llama-?4|gpt-(?:4o|4\.1|5)|claude|gemini|mistral-(?:small-?3\.[12]|medium|large-?3)|qwen-?3\.5",
    re.IGNORECASE,
)
_BLIND = re.compile(r"gemma-?3[-_:](?:270m|1b)|embed", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Told:
    """What a server tells of one model; None is not told."""

    vision: bool | None = None
    hearing: bool | None = None
    context_tokens: int | None = None

    def over(self, other: Told) -> Told:
        """What is told here, and where that is nothing, what the other tells."""
        return Told(
            other.vision if self.vision is None else self.vision,
            other.hearing if self.hearing is None else self.hearing,
            other.context_tokens if self.context_tokens is None else self.context_tokens,
        )


def sees_by_name(model: str) -> bool:
    """Whether models with such a name take pictures, as far as a name can tell."""
    return bool(_SEEING.search(model)) and not _BLIND.search(model)


async def model_names(client: AsyncOpenAI, within_s: float) -> list[str]:
    """The models the server lists, in its order.

    Raises:
        TimeoutError: it takes longer than ``within_s``, however often it was asked.
    """
    async with asyncio.timeout(within_s):
        listed = await client.get("/models", cast_to=object)
    return [str(entry["id"]) for entry in _entries(listed) if entry.get("id")]


async def told_of(client: AsyncOpenAI, model: str, within_s: float) -> Told:
    """What the server tells of the model; each thing is asked once.

    Raises:
        TimeoutError: it tells nothing within ``within_s``.
        openai.APIError: it cannot be reached, or does not answer this key, or not now.
    """
    ends = asyncio.get_running_loop().time() + within_s
    async with asyncio.timeout_at(ends):
        listed = await _asked(client, "get", "/models", raising=True)
    told, owner = _of_listed(listed, model)
    root = str(client.base_url).rstrip("/").removesuffix("/v1")
    with contextlib.suppress(TimeoutError):  # what it has told by then counts
        async with asyncio.timeout_at(ends):
            if owner != "library" and (told.vision is None or told.context_tokens is None):
                told = _of_llama_cpp(await _asked(client, "get", f"{root}/props")).over(told)
            if told.vision is None:
                told = _of_ollama(await _asked(client, "post", f"{root}/api/show", {"model": model})).over(told)
    return told


def _of_listed(listed: Any, model: str) -> tuple[Told, Any]:
    """What the list tells of the model, and who owns it: Ollama says ``library``."""
    entries = [entry for entry in _entries(listed) if entry.get("id") == model]
    entry = entries[0] if entries else {}
    return _of_entry(entry), entry.get("owned_by")


async def _asked(
    client: AsyncOpenAI, method: str, path: str, body: Mapping[str, str] | None = None, *, raising: bool = False
) -> Any:
    """The JSON there, or None where there is none."""
    import openai

    options: Any = {"max_retries": 0}
    try:
        if method == "post":
            return await client.post(path, cast_to=object, body=body, options=options)
        return await client.get(path, cast_to=object, options=options)
    except (openai.APIError, ValueError) as error:
        status = getattr(error, "status_code", 0)
        not_now = isinstance(error, openai.APIConnectionError) or status in (401, 429) or status >= 500
        if raising and not_now:
            raise
        return None  # no such path, or no JSON there


def _entries(listed: Any) -> Iterator[Mapping[str, Any]]:
    found = listed.get("data") if isinstance(listed, dict) else listed
    return (entry for entry in found if isinstance(entry, dict)) if isinstance(found, list) else iter(())


def _of_entry(entry: Mapping[str, Any]) -> Told:
    """Mistral and llama.cpp: capabilities; OpenRouter and the Hugging Face router: architecture; LM Studio: type."""
    vision: bool | None = None
    capabilities, architecture = entry.get("capabilities"), entry.get("architecture")
    if isinstance(capabilities, dict) and "vision" in capabilities:
        vision = bool(capabilities["vision"])
    elif isinstance(capabilities, list):
        vision = bool({"vision", "multimodal"} & set(map(str, capabilities)))
    elif isinstance(architecture, dict) and isinstance(architecture.get("input_modalities"), list):
        vision = "image" in architecture["input_modalities"]
    elif entry.get("type") in ("vlm", "llm"):
        vision = entry["type"] == "vlm"
    meta = entry.get("meta") if isinstance(entry.get("meta"), dict) else {}
    providers = entry.get("providers") if isinstance(entry.get("providers"), list) else []
    sizes = (
        entry.get("loaded_context_length"),
        entry.get("max_model_len"),
        entry.get("context_length"),
        entry.get("max_context_length"),
        (meta or {}).get("n_ctx"),
        min((_size(p.get("context_length")) or 0 for p in providers or [] if isinstance(p, dict)), default=None),
    )
    return Told(vision=vision, context_tokens=next((size for size in map(_size, sizes) if size), None))


def _of_llama_cpp(props: Any) -> Told:
    if not isinstance(props, dict):
        return Told()
    modalities, running = props.get("modalities"), props.get("default_generation_settings")
    senses = modalities if isinstance(modalities, dict) else {}
    return Told(
        vision=bool(senses["vision"]) if "vision" in senses else None,
        hearing=bool(senses["audio"]) if "audio" in senses else None,
        context_tokens=_size(running.get("n_ctx")) if isinstance(running, dict) else None,
    )


def _of_ollama(shown: Any) -> Told:
    if not isinstance(shown, dict) or not isinstance(shown.get("capabilities"), list):
        return Told()
    size = re.search(r"^num_ctx\s+(\d+)", str(shown.get("parameters") or ""), re.MULTILINE)
    return Told(
        vision="vision" in shown["capabilities"],
        context_tokens=int(size[1]) if size else _OLLAMA_CONTEXT_TOKENS,
    )


def _size(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
