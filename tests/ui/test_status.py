"""The status line."""

from __future__ import annotations

import pytest

from mmchat.types import PartState, ReindexState
from mmchat.ui.status import prepared, settled, status_line
from mmchat.ui.translations import Wording


def line(*states: str, language: str = "en", backend: str = "image-concepts") -> str:
    names = ("text", "image", "sound", "speech", "ocr", "rerank", "answer")
    parts = [PartState(n, backend, s, "why <it> is" if s == "off" else "") for n, s in zip(names, states, strict=False)]
    return status_line(parts, "bundled", Wording(language), on_space=False)


@pytest.mark.parametrize(
    ("states", "kind", "words"),
    [
        (("ready", "loading", "waiting"), "loading", "Loading models: 1 of 3"),
        (("ready", "ready"), "ready", "Ready"),
        (("ready", "off"), "partial", "Ready, 1 part is off"),
        (("ready", "failed"), "failed", "A part failed to load"),
    ],
)
def test_it_says_how_far_the_models_are(states: tuple[str, ...], kind: str, words: str) -> None:
    html = line(*states)

    assert f'data-kind="{kind}"' in html
    assert f">{words}</span>" in html


def test_it_names_the_profile_and_what_concept_matching_cannot_do() -> None:
    html = line("ready", "off")

    assert "Profile: bundled" in html
    assert "1,000 kinds of object and 521 kinds of sound" in html
    assert "no colours, counts, actions or people" in html
    assert "CLIP" not in html
    assert "why &lt;it&gt; is" in html


def test_a_model_that_knows_all_words_is_no_list_of_concepts() -> None:
    assert "1,000 kinds" not in line("ready", backend="siglip2:x")


def test_a_part_nobody_translated_yet_is_shown_by_its_own_name() -> None:
    html = status_line([PartState("verifier", "x", "warming")], "bundled", Wording("fr"), on_space=True)

    assert "verifier" in html and "warming" in html


def test_settled_means_nothing_is_going_on() -> None:
    assert settled([PartState("a", "b", "ready"), PartState("a", "b", "failed")])
    assert not settled([PartState("a", "b", "waiting")])


def test_it_says_how_far_the_new_vectors_are_and_why_some_are_not_made() -> None:
    states = [
        ReindexState("text", "old", "new", 30, 100, 0.3, "running"),
        ReindexState("image", "old", "new", 0, 100, 0.0),
        ReindexState("sound", "old", "new", 0, 5, 0.0, "failed", "The package is missing."),
    ]

    english, french = (status_line([], "bundled", Wording(w), on_space=False, reindexing=states) for w in ("en", "fr"))

    assert "being prepared for another model: 15%" in english and "The package is missing." in english
    assert "se préparent pour un autre modèle : 15\u202f%" in french
    assert "being prepared" not in line("ready")
    assert not prepared(states)
    assert prepared(states[2:])
