"""A text -> the same text as a hurried person types it: the same misspellings each time for the same text."""

from __future__ import annotations

import random

LETTERS_A_SLIP = 14
"""About one slip in so many letters, and at least one."""
ALPHABET = "abcdefghijklmnopqrstuvwxyz"


def misspelt(text: str) -> str:
    """With letters swapped, lost, doubled or wrong, inside words and never at their start."""
    chance = random.Random(text)
    letters = list(text)
    inside = [at for at in range(1, len(text) - 1) if text[at - 1 : at + 2].isalpha()]
    for at in sorted(chance.sample(inside, min(len(inside), max(1, len(text) // LETTERS_A_SLIP))), reverse=True):
        slip = chance.choice(("swap", "lose", "double", "mistake"))
        if slip == "swap":
            letters[at], letters[at + 1] = letters[at + 1], letters[at]
        elif slip == "lose":
            del letters[at]
        elif slip == "double":
            letters.insert(at, letters[at])
        else:
            letters[at] = chance.choice(ALPHABET)
    return "".join(letters)
