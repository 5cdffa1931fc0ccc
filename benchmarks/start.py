"""Seconds from ``python app.py`` until the page answers, and the process's memory once every model is loaded."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from benchmarks.report import row, write

ROOT = Path(__file__).parent.parent


def main() -> None:
    """Start the app three times; the median counts. The last run waits for the models."""
    times = []
    with tempfile.TemporaryDirectory() as folder:
        for last in (False, False, True):
            process, url, started = _start(Path(folder))
            try:
                times.append(_until_up(url, started))
                if last:
                    ready_s = _until_ready(url, started)
                    resident_mb = _resident_mb(process.pid)
            finally:
                process.terminate()
                process.wait(20)
    rows = [
        row("page up after `python app.py`, median of 3", f"{sorted(times)[1]:.1f} s", aim="6 s"),
        row("every model ready after `python app.py`", f"{ready_s:.1f} s"),
        row("resident memory with every bundled model loaded", f"{resident_mb / 1000:.2f} GB", aim="2.0 GB"),
    ]
    write("start", rows)


def _start(folder: Path) -> tuple[subprocess.Popen[bytes], str, float]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {"GRADIO_SERVER_PORT": str(port), "MMCHAT_DATA_DIR": str(folder)}
    started = time.monotonic()
    process = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    return process, f"http://127.0.0.1:{port}", started


def _until_up(url: str, started: float) -> float:
    while time.monotonic() - started < 120:
        try:
            with urllib.request.urlopen(url, timeout=2) as page:
                if page.status == 200:
                    return time.monotonic() - started
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError("the page never came up")


def _until_ready(url: str, started: float) -> float:
    while time.monotonic() - started < 300:
        with urllib.request.urlopen(f"{url}/healthz", timeout=10) as page:
            parts = json.load(page)["parts"]
        if all(state in ("ready", "off") for state in parts.values()):
            return time.monotonic() - started
        time.sleep(0.2)
    raise RuntimeError(f"not every part became ready: {parts}")


def _resident_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("no VmRSS")


if __name__ == "__main__":
    main()
