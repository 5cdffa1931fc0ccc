"""Where a model of torch runs and in which precision, and whether the packages for it are here."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from mmchat.errors import MissingDependency, SettingsError
from mmchat.settings import Settings

_PIP_NAMES = {"sentence_transformers": "sentence-transformers", "faster_whisper": "faster-whisper"}


def need(what: str, *packages: str) -> None:
    """Make sure that packages are installed, without importing them.

    Raises:
        MissingDependency: naming the first that is not, with the line that installs it.
    """
    for package in packages:
        if not is_here(package):
            named = _PIP_NAMES.get(package, package)
            raise MissingDependency(
                f"{what} needs the package {named!r}, which is not installed. Run: pip install {named}"
            )


def is_here(package: str) -> bool:
    """Whether a package can be imported, by its import name."""
    try:
        return find_spec(package) is not None
    except (ImportError, ValueError):  # None in sys.modules, or half of a package
        return False


def choose(settings: Settings, *, half: bool = True) -> tuple[str, Any]:
    """The device and the torch dtype that the settings mean on this machine; torch is imported for it.

    ``auto`` is a CUDA GPU, else Apple's, else the processor; and bfloat16 where the CUDA GPU has it in hardware, else
    float32: the processor is often slower in bfloat16, and float16 loses the large values of several models.

    Args:
        settings: ``device``, ``dtype`` and ``threads``.
        half: whether the model can run in float16.

    Raises:
        SettingsError: what is asked for is not on this machine, or not for this model.
    """
    import torch

    device = settings.device
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    elif device == "cuda" and not torch.cuda.is_available():
        raise SettingsError("MMCHAT_DEVICE=cuda: torch sees no CUDA GPU here. Choose auto or cpu.")
    elif device == "mps" and not torch.backends.mps.is_available():
        raise SettingsError("MMCHAT_DEVICE=mps: torch sees no Apple GPU here. Choose auto or cpu.")
    if device == "cpu":
        torch.set_num_threads(settings.threads)
    if settings.dtype == "auto":
        fast = device == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)
        return device, torch.bfloat16 if fast else torch.float32
    if settings.dtype == "float16" and not half:
        raise SettingsError("MMCHAT_DTYPE=float16: this model overflows in it. Choose auto, bfloat16 or float32.")
    return device, getattr(torch, settings.dtype)
