"""What two files must share to be called the same, in a form that can be kept and compared without either file.

A likeness never says that two files are alike, only that one shows, plays or says what the other does: whoever keeps
both loses nothing when only one is searched. So every comparison here errs on the side of two files.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Likeness:
    """One file's likeness.

    Attributes:
        method: what made it, with its version; likenesses compare only within one method.
        key: 64 bits, signed; near or equal keys are worth comparing in full.
        proof: all the rest that the comparison needs.
    """

    method: str
    key: int
    proof: bytes


def bits_apart(a: int, b: int) -> int:
    """In how many of their 64 bits two keys differ."""
    return ((a ^ b) & 0xFFFF_FFFF_FFFF_FFFF).bit_count()
