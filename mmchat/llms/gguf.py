"""A GGUF file -> what its header says, read without llama.cpp and without the tensors.

The format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

from mmchat.errors import ModelUnavailable

_NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_TEXT, _ARRAY = 8, 9
_LONGEST_NAME = 65535


def trained_context_tokens(path: Path) -> int:
    """How many tokens the model was trained to take at once.

    Raises:
        ModelUnavailable: the file cannot be read, or is not GGUF.
    """
    try:
        with path.open("rb") as file:
            if file.read(4) != b"GGUF":
                raise ModelUnavailable(f"{path.name} is not a GGUF model. Choose a file that ends in .gguf and is one.")
            file.seek(4 + 8, 1)  # the version, and the number of tensors
            for _ in range(_number(file, "Q")):
                name, kind = _name(file), _number(file, "I")
                if name.endswith(b".context_length") and kind in _NUMBERS:
                    return int(_number(file, _NUMBERS[kind]))
                _skip(file, kind)
    except (OSError, struct.error, KeyError, ValueError, OverflowError) as error:
        raise ModelUnavailable(f"{path.name} could not be read: the file is damaged. Fetch it again.") from error
    raise ModelUnavailable(f"{path.name} is GGUF without a language model. Choose another file.")


def _number(file: BinaryIO, kind: str) -> int:
    layout = f"<{kind}"
    value: int = struct.unpack(layout, file.read(struct.calcsize(layout)))[0]
    return value


def _name(file: BinaryIO) -> bytes:
    length = _number(file, "Q")
    if length > _LONGEST_NAME:
        raise ValueError(length)
    return file.read(length)


def _skip(file: BinaryIO, kind: int) -> None:
    if kind == _TEXT:
        file.seek(_number(file, "Q"), 1)
    elif kind == _ARRAY:
        of, length = _number(file, "I"), _number(file, "Q")
        if of in _NUMBERS:
            file.seek(struct.calcsize(f"<{_NUMBERS[of]}") * length, 1)
        else:
            for _ in range(length):
                _skip(file, of)
    else:
        file.seek(struct.calcsize(f"<{_NUMBERS[kind]}"), 1)
