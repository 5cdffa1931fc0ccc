"""The contract: run a function on foreign bytes, and have what it gives; where it runs is the leaf's business."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

T = TypeVar("T")

Report = Callable[..., None]
"""Told by the function how far it is. It may raise to stop the work."""


class Workers(ABC):
    """Runs functions of modules, with arguments that can be pickled. Safe to call from several threads."""

    @abstractmethod
    def stream(
        self,
        function: Callable[..., Iterator[T]],
        *args: Any,
        what: str = "The file",
        report: Report | None = None,
        at_first: tuple[Any, ...] = (0.0,),
    ) -> Iterator[T]:
        """What the function yields, as it comes. Closing the iterator stops the work.

        Args:
            function: called with ``args``, and with ``report`` after them where that is given.
            args: its arguments.
            what: what is read, for the sentence that says why it was not.
            report: called in this process with what the function calls it with; and now and then again with the same,
                while nothing new comes.
            at_first: what it is called with until the function calls it.

        Raises:
            UnsupportedAttachment: the work took too long, needed too much, or ended its process.
            MmchatError: as the function raises it.
        """

    @abstractmethod
    def call(self, function: Callable[..., T], *args: Any, what: str = "The file", report: Report | None = None) -> T:
        """What the function returns; otherwise as :meth:`stream`."""

    @abstractmethod
    def start(self) -> None:
        """Make what the first call would wait for. Returns soon."""

    @abstractmethod
    def close(self) -> None:
        """End every worker. What runs ends with an error."""


class _Here(Workers):
    """In this process: for debugging, and for files that are one's own."""

    def start(self) -> None:
        """Nothing is to be made."""

    def close(self) -> None:
        """Nothing is to be ended."""

    def stream(
        self,
        function: Callable[..., Iterator[T]],
        *args: Any,
        what: str = "The file",
        report: Report | None = None,
        at_first: tuple[Any, ...] = (0.0,),
    ) -> Iterator[T]:
        yield from function(*args) if report is None else function(*args, report)

    def call(self, function: Callable[..., T], *args: Any, what: str = "The file", report: Report | None = None) -> T:
        return function(*args) if report is None else function(*args, report)


HERE: Workers = _Here()
