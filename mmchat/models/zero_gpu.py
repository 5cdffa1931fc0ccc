"""A function -> the same function on a GPU that a Hugging Face Space borrows for each call (ZeroGPU).

There the function runs in a forked process, so its arguments and what it gives travel pickled: it takes the name of a
model and plain data, never weights. The package has to see the functions before the server starts, and to be imported
before anything asks torch for a GPU; so a leaf wraps its functions when it is itself imported, and nothing is imported
for it anywhere else. Which model runs, and what is retrieved, is none of its business.
"""

from __future__ import annotations

import inspect
import logging
import os
import re
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import wraps
from importlib import import_module
from typing import Any, ParamSpec, TypeVar, cast

from mmchat.errors import MmchatError, ModelUnavailable

log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

_VARIABLE = "SPACES_ZERO_GPU"
_SECONDS = 60
"""What one call may take. A visitor's quota has to hold as much, and shorter calls wait less."""

_WAIT = re.compile(r"again in (\d+ days?, [\d:]+|[\d:]+)")


@dataclass(frozen=True, slots=True)
class _Failed:
    """An error on its way out of the other process, which would otherwise keep all but the name of its class."""

    error: Exception


def on_gpu(function: Callable[P, R], *, seconds: int = _SECONDS) -> Callable[P, R]:
    """The function as it runs on a borrowed GPU; unchanged where this is no such Space, or has no package for it.

    Args:
        function: one at the top of a module, generator functions too; its arguments and results can be pickled.
        seconds: the longest that one call may take.

    Returns:
        A function that raises what ``function`` raises (what is not ours as a RuntimeError of the same words), and
        ModelUnavailable when no GPU is given.
    """
    decorate = _decorator()
    if decorate is None:
        return function
    if inspect.isgeneratorfunction(function):
        return cast("Callable[P, R]", _generating(function, decorate, seconds))

    @wraps(function)
    def there(*args: P.args, **named: P.kwargs) -> R | _Failed:
        try:
            return function(*args, **named)
        except Exception as error:
            return _failed(error)

    remote = decorate(there, duration=seconds)

    @wraps(function)
    def here(*args: P.args, **named: P.kwargs) -> R:
        with _refusals():
            result = remote(*args, **named)
        if isinstance(result, _Failed):
            raise result.error
        return cast("R", result)

    return here


def _generating(function: Callable[..., Any], decorate: Callable[..., Any], seconds: int) -> Callable[..., Any]:
    @wraps(function)
    def there(*args: Any, **named: Any) -> Iterator[Any]:
        try:
            yield from function(*args, **named)
        except Exception as error:
            yield _failed(error)

    remote = decorate(there, duration=seconds)

    @wraps(function)
    def here(*args: Any, **named: Any) -> Generator[Any, None, None]:
        with closing(remote(*args, **named)) as pieces:  # closing it ends the work there, after the next piece
            while True:
                with _refusals():
                    piece = next(pieces, _END)
                if piece is _END:
                    return
                if isinstance(piece, _Failed):
                    raise piece.error
                yield piece

    return here


_END = object()


def _decorator() -> Callable[..., Any] | None:
    if os.environ.get(_VARIABLE, "").lower() not in ("1", "t", "true"):  # as the package itself reads it
        return None
    try:
        return cast("Callable[..., Any]", import_module("spaces").GPU)
    except ImportError as error:
        log.warning("%s is set, and models run without a GPU: %s", _VARIABLE, error)
        return None


def _failed(error: Exception) -> _Failed:
    log.info("the call on the GPU failed", exc_info=error)
    return _Failed(error if isinstance(error, MmchatError) else RuntimeError(str(error) or type(error).__name__))


@contextmanager
def _refusals() -> Iterator[None]:
    """What the package raises instead of a GPU, as a sentence. It is Gradio's error, with a title (spaces 0.51)."""
    try:
        yield
    except Exception as error:
        title = str(getattr(error, "title", ""))
        if not title.startswith("ZeroGPU") and "ZeroGPU API" not in str(error):
            raise
        raise _refusal(title, str(getattr(error, "message", error))) from error


def _refusal(title: str, said: str) -> ModelUnavailable:
    if title == "ZeroGPU illegal duration":
        return ModelUnavailable(
            "This Space asks for a GPU for longer than it may have one: its owner has to ask for less."
        )
    if title in ("ZeroGPU quota exceeded", "ZeroGPU pending credits exceeded"):
        found = _WAIT.search(said)
        when = f"in {found[1]}" if found else "later"
        return ModelUnavailable(
            f"Your share of this Space's GPU time is used up: try again {when}, or sign in to Hugging Face for more.",
            retryable=True,
        )
    if title == "ZeroGPU worker error":
        return ModelUnavailable("The Space's GPU ended the work before it was done: try again.", retryable=True)
    return ModelUnavailable("The Space has no GPU free at the moment: try again in a minute.", retryable=True)
