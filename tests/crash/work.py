"""What a process that is killed was doing, and how the folder looks once another has taken it up."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mmchat.encoders import ENCODERS
from mmchat.settings import Settings
from mmchat.types import JobState, Upload
from tests.changed_encoders import TABLE
from tests.fuzz.seeds import seeds
from tests.light_assistant import Light

LIBRARY = "crash"
DATA = Path(__file__).parents[1] / "data"
KINDS = ("ingest", "delete", "reindex", "migrate")
_KINDS_OF_FILE = ("notes.md", "prices.csv", "letter.docx", "paper.pdf", "shot.png", "page.html", "prices.xlsx")
_SETTLED_S = 60


def files() -> list[Upload]:
    """Thirty files of different kinds, no two alike."""
    made = []
    for n in range(30):
        name = _KINDS_OF_FILE[n % len(_KINDS_OF_FILE)]
        data = seeds()[name]
        if name.endswith((".md", ".csv", ".html")):
            data += f"\nNote {n} tells of pier {n}.\n".encode() * 40
        elif name.endswith((".png", ".pdf")):
            data += b"\n%" + str(n).encode()
        else:
            name, data = f"more-{name}.txt", f"File {n} is about ferry {n}. ".encode() * 200
        made.append(Upload(f"{n:02}-{name}", data))
    return made


@contextmanager
def opened(folder: Path, *, new: bool = False) -> Iterator[Light]:
    """The folder with encoders that need no weights; with ``new``, another text encoder than before."""
    ENCODERS.update(TABLE)
    settings = Settings(
        data_dir=folder,
        text_encoder="hashing-new" if new else "hashing",
        image_encoder="colour",
        sound_encoder="none",
        reranker="none",
        workers=0,
    )
    assistant = Light(settings)
    try:
        yield assistant
    finally:
        assistant.close()


def prepare(kind: str, folder: Path, filled: Path) -> None:
    """The folder as it is before the work of this kind; ``filled`` has every file in it."""
    if kind == "migrate":
        folder.mkdir(parents=True)
        with tarfile.open(DATA / "data_folder_baseline.tar.gz") as archive:
            archive.extractall(folder, filter="data")
    elif kind == "ingest":
        folder.mkdir(parents=True)
    else:
        shutil.copytree(filled, folder)


def do(kind: str, folder: Path) -> None:
    """The work; it says "begun" before, and ends by itself."""
    print("begun", flush=True)
    with opened(folder, new=kind == "reindex") as assistant:
        if kind == "ingest":
            for upload in files():
                assistant.ingest_now(LIBRARY, upload)
        elif kind == "delete":
            for entry in assistant.library_entries(LIBRARY):
                assistant.delete_attachment(LIBRARY, entry.attachment.id)
        else:
            for library in assistant._catalog.libraries():
                for _ in assistant.reindex(library):
                    pass


def killed(kind: str, folder: Path, after_s: float) -> bool:
    """Do the work in a process that is killed so long after it began; whether it was still at work then."""
    code = f"from tests.crash.work import do; from pathlib import Path; do({kind!r}, Path({str(folder)!r}))"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(after_s)
        running = process.poll() is None
        if running:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return running


def wrong(kind: str, folder: Path, whole: dict[str, int]) -> list[str]:
    """What is not as it should be once another process has taken the folder up; ``whole`` are files and segments."""
    with opened(folder, new=kind == "reindex") as assistant:
        assistant.warm_up()
        libraries = assistant._catalog.libraries()
        until = time.monotonic() + _SETTLED_S
        while assistant._catalog.unfinished() or any(assistant.missing_vectors(library) for library in libraries):
            if time.monotonic() > until:
                return ["it does not come to an end"]
            time.sleep(0.05)
        time.sleep(0.1)
        faults = [f"{f.library}: {f.what}: {f.count} {f.example}" for f in assistant.checking.check()]
        entries = [entry for library in libraries for entry in assistant.library_entries(library)]
        faults += [
            f"{e.attachment.name}: {e.state} {e.reason}"
            for e in entries
            if e.state is not JobState.INDEXED and not (e.state is JobState.FAILED and e.reason)
        ]
        if kind in ("ingest", "reindex"):
            here = [entry.attachment.name for entry in entries]
            faults += [f"{name} is there {here.count(name)} times" for name in set(here) if here.count(name) != 1]
            for upload in files():  # given again, each is there once, and as in a folder that nothing happened to
                assistant.ingest_now(LIBRARY, upload)
            if segments_of(assistant) != whole:
                faults.append("files or segments differ from an undisturbed library")
            faults += [f"after: {f.what}: {f.count} {f.example}" for f in assistant.checking.check()]
        return faults


def segments_of(assistant: Light) -> dict[str, int]:
    """By the names of the files, how many segments each has."""
    return {entry.attachment.name: entry.segments for entry in assistant.library_entries(LIBRARY)}
