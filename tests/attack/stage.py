"""A running server with one person's library in it, and an attacker who knows every id and every path in it."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from mmchat.assistant import Assistant
from mmchat.server.identity import library_of
from mmchat.settings import Settings
from mmchat.types import Upload
from mmchat.ui.launch import launch
from tests.fuzz.seeds import seeds
from tests.light_assistant import Light

CANARY = "xylophone-canary-4711"
"""Stands in every file and name of the victim's: where it comes out, something came out."""
SESSION = "victimsession"


@dataclass
class Stage:
    """What the attacker has: everything but the victim's cookie."""

    url: str
    assistant: Assistant
    victim: httpx.Client
    attacker: httpx.Client
    nobody: httpx.Client
    library: str
    files: dict[str, str]
    segments: dict[str, str]
    conversation: str
    upload: str
    functions: dict[str, tuple[int, int]]

    def event(self, name: str, data: Any, session: str, **more: Any) -> dict[str, Any]:
        """The body of a call of one of the page's handlers."""
        number, inputs = self.functions[name]
        return {
            "data": [None] * inputs,
            "event_data": data,
            "fn_index": number,
            "trigger_id": None,
            "session_hash": session,
            **more,
        }

    def intact(self) -> bool:
        """Whether the victim's files and conversation are as they were."""
        here = {entry.attachment.id for entry in self.assistant.library_entries(self.library)}
        talks = [talk.id for talk in self.assistant.conversations(self.library)]
        return here == set(self.files.values()) and self.conversation in talks


@contextmanager
def stage(folder: Path) -> Iterator[Stage]:
    """Open it on a free port of this machine."""
    settings = Settings(
        data_dir=folder / "data",
        text_encoder="hashing",
        image_encoder="none",
        sound_encoder="none",
        reranker="none",
        workers=0,
    )
    assistant = Light(settings)
    port = _free_port()
    blocks = launch(assistant, server_port=port)
    url = f"http://127.0.0.1:{port}"
    victim, attacker, nobody = (httpx.Client(base_url=url, timeout=20) for _ in range(3))
    try:
        victim.get("/")
        attacker.get("/")
        library = library_of(dict(victim.cookies)) or ""
        files, segments = {}, {}
        for name, data in {
            f"{CANARY}.txt": f"The {CANARY} is kept here.".encode(),
            f"{CANARY}.png": seeds()["shot.png"],
            f"{CANARY}.pdf": seeds()["paper.pdf"],
            f"{CANARY}.docx": seeds()["letter.docx"],
        }.items():
            taken = assistant.ingest_now(library, Upload(name, data)).attachment
            assert taken is not None
            files[name.rpartition(".")[2]] = taken.id
            found = assistant._catalog.segments(library, taken.id)
            if found:
                segments[name.rpartition(".")[2]] = found[-1].id
        conversation = assistant.start_conversation(library)
        assistant._conversations.say(library, conversation, f"Where is the {CANARY}?", [])
        sent = victim.post("/gradio_api/upload", files={"files": ("shared.txt", CANARY.encode())})
        config = victim.get("/config").json()
        functions = {each["api_name"]: (each["id"], len(each["inputs"])) for each in config["dependencies"]}
        made = Stage(
            url, assistant, victim, attacker, nobody, library, files, segments, conversation, sent.json()[0], functions
        )
        assert CANARY in json.dumps(
            victim.post("/gradio_api/run/predict", json=made.event("arrive", None, SESSION)).json()
        ), "the victim does not see the library"
        yield made
    finally:
        for client in (victim, attacker, nobody):
            client.close()
        blocks.close(verbose=False)
        assistant.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
