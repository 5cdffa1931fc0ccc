"""Where evidence comes from, in words."""

from __future__ import annotations

import pytest

from mmchat.types import Locator
from mmchat.ui.places import place
from mmchat.ui.translations import Wording


@pytest.mark.parametrize(
    ("locator", "english", "french"),
    [
        (Locator(page=2), "page 2", "page 2"),
        (Locator(start_s=17.0, end_s=24.0), "0:17–0:24", "0:17–0:24"),
        (Locator(page=1, cell="Budget!B4"), "Budget!B4", "Budget!B4"),
        (Locator(page=1, cell="Budget!B4, Budget!B5"), "Budget!B4, B5", "Budget!B4, B5"),
        (Locator(cell="Jan!B4, Feb!B4"), "Jan!B4, Feb!B4", "Jan!B4, Feb!B4"),
        (Locator(page=3, cell="row 4, column 2"), "page 3, row 4, column 2", "page 3, ligne 4, colonne 2"),
        (Locator(), "", ""),
    ],
)
def test_a_place_is_said_as_a_person_names_it(locator: Locator, english: str, french: str) -> None:
    assert (place(locator, Wording("en")), place(locator, Wording("fr"))) == (english, french)
