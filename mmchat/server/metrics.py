"""A few counters in the Prometheus text format. They count; they never name a person, a file or a word said."""

from __future__ import annotations

import threading
from collections import Counter

_HELP = {
    "mmchat_turns_total": "Turns sent, by how they ended.",
    "mmchat_files_total": "Files given, by what became of them.",
    "mmchat_answers_total": "Answers finished, by grounding.",
}


class Metrics:
    """Counters by name and label. Thread-safe."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()

    def turn(self, outcome: str) -> None:
        """A turn ended: finished, stopped or failed."""
        self._add("mmchat_turns_total", f'outcome="{outcome}"')

    def file(self, status: str) -> None:
        """A file was indexed, a duplicate, or failed."""
        self._add("mmchat_files_total", f'status="{status}"')

    def answer(self, grounding: str) -> None:
        """An answer was finished."""
        self._add("mmchat_answers_total", f'grounding="{grounding}"')

    def text(self) -> str:
        """All counters, for a Prometheus scrape."""
        with self._lock:
            counts = sorted(self._counts.items())
        lines = []
        for name, help_text in _HELP.items():
            lines += [f"# HELP {name} {help_text}", f"# TYPE {name} counter"]
            lines += [f"{name}{{{label}}} {count}" for (key, label), count in counts if key == name]
        return "\n".join(lines) + "\n"

    def _add(self, name: str, label: str) -> None:
        with self._lock:
            self._counts[name, label] += 1
