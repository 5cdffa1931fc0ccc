"""Imported once, by the process that all workers are copies of: each starts in milliseconds and shares its pages.

The server does not import it.
"""

from __future__ import annotations

import importlib
import os

from mmchat.workers.limits import without_secrets

_THREADS = ("OMP_NUM_THREADS", "OMP_THREAD_LIMIT", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_MODULES = (
    "mmchat.copies",
    "mmchat.segmenters.document",
    "mmchat.segmenters.image",
    "mmchat.segmenters.text",
    "mmchat.segmenters.video",
    "mmchat.server.renditions",
    "mmchat.workers.inside",
    "av",
    "markitdown",
    "mammoth",
    "openpyxl",
    "pptx",
    "pypdfium2",
    "tesserocr",
)


def preload() -> None:
    """Import what reading needs, with the settings of threads that hold for every copy."""
    without_secrets()
    for name in _THREADS:  # a worker does one thing at a time; threads would only take room in its address space
        os.environ[name] = "1"
    for name in _MODULES:
        try:
            importlib.import_module(name)
        except ImportError:  # tesserocr has no wheel everywhere
            continue
    from mmchat.perception.language import detect_language

    detect_language("Its model is loaded now.")


preload()
