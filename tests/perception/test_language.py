from __future__ import annotations

import pytest

from mmchat.perception.language import detect_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("What is the total?", "en"),
        ("Where is the shed key?", "en"),
        ("who won", "en"),
        ("Quel est le total ?", "fr"),
        ("où est la clé", "fr"),
        ("combien coûte le billet ?", "fr"),
        ("Qu’est-ce qu’on entend ?", "fr"),
        ("Wo liegt der Schlüssel?", "de"),
        ("¿Cuánto cuesta el billete?", "es"),
        ("鍵はどこにありますか", "ja"),
        ("6.80 + 3.40", ""),
        ("ok", ""),
        ("", ""),
    ],
)
def test_short_questions_are_told_apart(text: str, language: str) -> None:
    assert detect_language(text) == language
