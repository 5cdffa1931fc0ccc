"""The contract: run a function on foreign bytes, and have what it gives; where it runs is the leaf's business."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

T = TypeVar("T")

Report = Callable[..., None]
"""Told by the function how far it is. It may raise to stop the work."""


class Workers(ABC):
    """Runs functions of modules, with arguments that can be pickled. Safe to call from several threads."""

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
            Interrupted: the machine ended it.
            MmchatError: as the function raises it.
        """
        return self._given(function, args, what, report, at_first)

    def call(self, function: Callable[..., T], *args: Any, what: str = "The file", report: Report | None = None) -> T:
        """What the function returns; otherwise as :meth:`stream`."""
        [given] = self._given(function, args, what, report, (0.0,))
        result: T = given
        return result

    @abstractmethod
    def _given(
        self,
        function: Callable[..., Any],
        args: tuple[Any, ...],
        what: str,
        report: Report | None,
        at_first: tuple[Any, ...],
    ) -> Iterator[Any]:
        """What the function gives: each thing of an iterator, or the one that it returns."""

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

    def _given(
        self,
        function: Callable[..., Any],
        args: tuple[Any, ...],
        what: str,
        report: Report | None,
        at_first: tuple[Any, ...],
    ) -> Iterator[Any]:
        yield from given(function, args, report)


def given(function: Callable[..., Any], args: Sequence[Any], report: Report | None) -> Iterator[Any]:
    """Call the function here, and give what it yields, or the one thing that it returns."""
    made = function(*args) if report is None else function(*args, report)
    yield from made if isinstance(made, Iterator) else (made,)


HERE: Workers = _Here()
