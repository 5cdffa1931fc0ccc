"""A model's text in pieces -> the same without the thinking that some models write before their answer."""

from __future__ import annotations

_TAGS = {"<think>": "</think>", "<thinking>": "</thinking>", "[THINK]": "[/THINK]"}
"""As DeepSeek R1 and Qwen 3, others after them, and Magistral mark it, where the server does not take it out."""


class AnswerOnly:
    """Takes pieces as they come; nothing is held back once the answer has begun."""

    def __init__(self) -> None:
        self.thought = False
        self._held = ""
        self._closing = ""
        self._begun = False

    def feed(self, piece: str) -> str:
        """What of the text so far is answer and was not given yet."""
        if self._begun:
            return piece
        self._held += piece
        while True:
            if self._closing:
                _, found, after = self._held.partition(self._closing)
                if not found:
                    self._held = self._held[-len(self._closing) :]  # the rest may still complete the closing tag
                    return ""
                self._closing, self._held = "", after
            start = self._held.lstrip()
            opening = next((tag for tag in _TAGS if start.startswith(tag)), "")
            if not opening:
                break
            self.thought = True
            self._closing, self._held = _TAGS[opening], start[len(opening) :]
        if any(tag.startswith(start) for tag in _TAGS):
            return ""
        self._begun, self._held = True, ""
        return start

    def rest(self) -> str:
        """What was held back, at the end of the text."""
        return "" if self._closing else self._held.strip()
