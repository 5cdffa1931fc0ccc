"""Which language a visitor reads, and every sentence of the page in it; the sentences are in ``words/*.json``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

DEFAULT = "en"
TRANSLATIONS: Mapping[str, Mapping[str, str]] = {
    file.stem: json.loads(file.read_text(encoding="utf-8"))
    for file in sorted((Path(__file__).parent / "words").glob("*.json"))
}
"""Sentences by language and key. A key ending in ``.one`` or ``.other`` is chosen by a count."""


def language_of(accept_language: str) -> str:
    """The first of our languages that an Accept-Language header asks for, by its weights; English otherwise."""
    wanted: list[tuple[float, str]] = []
    for part in accept_language[:1000].split(","):
        tag, _, parameter = part.strip().partition(";")
        try:
            weight = float(parameter.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        primary = tag.strip().lower().partition("-")[0]
        if primary in TRANSLATIONS and weight > 0:
            wanted.append((-weight, primary))
    return min(wanted, key=lambda pair: pair[0])[1] if wanted else DEFAULT


class Wording:
    """One language's sentences: ``w("searched", count=3, time="0.2 s")``."""

    def __init__(self, language: str) -> None:
        self.language = language if language in TRANSLATIONS else DEFAULT
        self._sentences = TRANSLATIONS[self.language]

    def __call__(self, key: str, **values: object) -> str:
        """The sentence for ``key``; ``count`` also chooses between its singular and its plural."""
        count = values.get("count")
        if isinstance(count, int):
            few = count < 2 if self.language == "fr" else count == 1
            key = f"{key}.{'one' if few else 'other'}"
            values["count"] = self.number(count)
        return self._sentences[key].format(**values)

    def has(self, key: str) -> bool:
        """Whether there is such a sentence."""
        return key in self._sentences

    def number(self, value: float, digits: int = 0) -> str:
        """With the language's separators."""
        text = f"{value:,.{digits}f}"
        if self.language == "fr":
            text = text.replace(",", "\u202f").replace(".", ",")
        return text

    def percent(self, fraction: float) -> str:
        """0.62 -> 62% (62 % in French)."""
        return f"{round(fraction * 100)}{chr(0x202F) if self.language == 'fr' else ''}%"

    def span(self, seconds: float) -> str:
        """How long something takes: 42 ms, 1.2 s, 12 s, 3 min. Whole seconds stay whole."""
        if seconds < 0.95:
            return f"{max(1, round(seconds * 1000))} ms"
        if seconds >= 90:
            return f"{round(seconds / 60)} min"
        return f"{self.number(seconds, 0 if seconds >= 10 or isinstance(seconds, int) else 1)} s"


def clock(seconds: float) -> str:
    """A place in a recording: 0:17, 12:05, 1:02:33."""
    whole = int(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"
