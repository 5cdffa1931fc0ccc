"""Calls on a borrowed GPU, with a stand-in for the package that lends it: what passes it is pickled, as there."""

from __future__ import annotations

import inspect
import pickle
import sys
from collections.abc import Callable, Iterator
from functools import wraps
from types import ModuleType
from typing import Any

import pytest

from mmchat.errors import ModelUnavailable, SettingsError
from mmchat.models import zero_gpu


class SpaceError(Exception):
    """As the package raises Gradio's error: a title, and a message."""

    def __init__(self, title: str, message: str) -> None:
        super().__init__(message)
        self.title = title
        self.message = message


def sent(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))


def stand_in(monkeypatch: pytest.MonkeyPatch, refusal: Exception | None = None) -> list[str]:
    """Make this a ZeroGPU Space. Returns the names of the functions that are called there, as they are."""
    calls: list[str] = []

    def decorated(function: Callable[..., Any], duration: int) -> Callable[..., Any]:
        assert 0 < duration <= 120

        def begun() -> None:
            if refusal is not None:
                raise refusal
            calls.append(function.__name__)

        @wraps(function)
        def regular(*args: Any, **named: Any) -> Any:
            begun()
            args, named = sent((args, named))
            try:
                return sent(function(*args, **named))
            except Exception as error:  # the real one keeps no more of it than this
                raise SpaceError("ZeroGPU worker error", type(error).__name__) from None

        @wraps(function)
        def generating(*args: Any, **named: Any) -> Iterator[Any]:
            begun()
            args, named = sent((args, named))
            pieces = function(*args, **named)
            try:
                for piece in pieces:
                    yield sent(piece)
            finally:
                pieces.close()

        return generating if inspect.isgeneratorfunction(function) else regular

    module = ModuleType("spaces")
    module.GPU = decorated  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "spaces", module)
    monkeypatch.setenv("SPACES_ZERO_GPU", "true")
    return calls


ended: list[str] = []


def doubled(number: int) -> int:
    if number < 0:
        raise SettingsError("Only numbers from 0 on.")
    if number > 100:
        raise ArithmeticError("out of memory")
    return 2 * number


def counted(number: int) -> Iterator[int]:
    try:
        for each in range(number):
            yield doubled(each - (each == 3) * 10)
    finally:
        ended.append("counted")


def test_a_function_is_called_through_the_decorator(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = stand_in(monkeypatch)

    assert zero_gpu.on_gpu(doubled)(4) == 8
    assert list(zero_gpu.on_gpu(counted)(3)) == [0, 2, 4]
    assert calls == ["doubled", "counted"]


@pytest.mark.parametrize("value", ["", "false", "0"])
def test_elsewhere_it_is_unchanged_and_nothing_is_imported(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch)
    monkeypatch.setenv("SPACES_ZERO_GPU", value)
    monkeypatch.setitem(sys.modules, "spaces", None)

    assert zero_gpu.on_gpu(doubled) is doubled
    assert zero_gpu.on_gpu(counted) is counted


def test_without_the_package_it_is_unchanged_and_the_log_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stand_in(monkeypatch)
    monkeypatch.setitem(sys.modules, "spaces", None)

    assert zero_gpu.on_gpu(doubled) is doubled
    assert "models run without a GPU" in caplog.text


@pytest.mark.parametrize(
    ("refusal", "sentence", "retryable"),
    [
        (
            SpaceError(
                "ZeroGPU quota exceeded",
                "You have exceeded your free ZeroGPU quota (60s requested vs. 12s left). Try again in 0:03:10. ",
            ),
            "GPU time is used up: try again in 0:03:10, or sign in",
            True,
        ),
        (
            SpaceError("ZeroGPU quota exceeded", "Space app has reached its GPU limit."),
            "used up: try again later",
            True,
        ),
        (SpaceError("ZeroGPU quota exceeded", "Try again in 1 day, 2:00:00."), "again in 1 day, 2:00:00, or", True),
        (SpaceError("ZeroGPU pending credits exceeded", "Too many."), "used up: try again later", True),
        (SpaceError("ZeroGPU queue timeout", "No GPU was available after 60s"), "no GPU free at the moment", True),
        (RuntimeError("ZeroGPU API /schedule error: 500"), "no GPU free at the moment", True),
        (SpaceError("ZeroGPU worker error", "GPU task aborted"), "ended the work before it was done", True),
        (SpaceError("ZeroGPU illegal duration", "The requested GPU duration (60s)"), "for longer than it may", False),
    ],
)
@pytest.mark.parametrize("function", [doubled, lambda number: list(zero_gpu.on_gpu(counted)(number))])
def test_what_is_raised_instead_of_a_gpu_is_a_sentence(
    refusal: Exception, sentence: str, retryable: bool, function: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(monkeypatch, refusal)

    with pytest.raises(ModelUnavailable, match=sentence) as raised:
        (zero_gpu.on_gpu(function) if function is doubled else function)(3)

    assert raised.value.retryable is retryable


def test_other_errors_of_the_package_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch, ValueError("a mistake of ours"))

    with pytest.raises(ValueError, match="a mistake of ours"):
        zero_gpu.on_gpu(doubled)(3)


def test_what_the_function_raises_comes_out_with_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch)
    pieces = zero_gpu.on_gpu(counted)(5)

    with pytest.raises(SettingsError, match=r"Only numbers from 0 on\."):
        zero_gpu.on_gpu(doubled)(-1)
    with pytest.raises(RuntimeError, match="out of memory"):
        zero_gpu.on_gpu(doubled)(101)
    assert [next(pieces), next(pieces), next(pieces)] == [0, 2, 4]
    with pytest.raises(SettingsError, match=r"Only numbers from 0 on\."):
        next(pieces)


def test_leaving_early_ends_the_work_there(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch)
    ended.clear()
    pieces: Any = zero_gpu.on_gpu(counted)(3)

    next(pieces)
    pieces.close()

    assert ended == ["counted"]
