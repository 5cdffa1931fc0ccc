"""The Insights tab: figures as sentences, points that say what they are, nothing that a file could inject."""

from __future__ import annotations

import numpy as np
import pytest

from mmchat.insights import CitedFile, Held, Insights, Spoken
from mmchat.space_view import Reading, SpaceView, view
from mmchat.types import Locator, Modality, Space
from mmchat.ui.insights import insights
from mmchat.ui.translations import TRANSLATIONS, Wording
from tests.factories import a_segment, an_attachment

W = Wording("en")
MEMO = an_attachment("memo.wav", modality=Modality.AUDIO)
NOTHING = Insights((), (), 0, 0, (), 0, ())


def held(modality: Modality, segments: int, cited: int) -> Held:
    return Held(modality, 1, segments, 0.0, 0, cited)


def with_space(**changes: object) -> Insights:
    values = dict(encoder="e5", roles=("text",), total=2, measured=2, readings=(), points=(), explained=0.0)
    space = SpaceView(**{**values, **changes})  # type: ignore[arg-type]
    return Insights((held(Modality.TEXT, 2, 0),), (), 0, 0, (), 0, (space,))


@pytest.mark.parametrize("language", sorted(TRANSLATIONS))
def test_an_empty_library_is_told_in_one_sentence(language: str) -> None:
    w = Wording(language)

    html = insights(NOTHING, w)

    assert w("insights_empty") in html
    assert html.count("<p>") == 1 and "<svg" not in html


def test_shares_of_the_citations_stand_beside_shares_of_the_library() -> None:
    seen = Insights(
        (held(Modality.TEXT, 900, 3), held(Modality.AUDIO, 100, 9)),
        (Spoken("en", 900, 12), Spoken("pl", 1, 0), Spoken("", 99, 0)),
        12,
        4,
        (CitedFile(MEMO, 3, 9),),
        2,
        (),
    )

    html = insights(seen, W)

    assert "4 answers cited 12 pieces." in html
    assert "Of recordings they cite 7.5 times as much as their share of the library." in html
    assert "2 files were never cited." in html
    assert all(share in html for share in (">90%<", ">25%<", ">75%<", "&lt;1%"))
    assert 'data-language="en"' in html and 'data-language="pl"' not in html


def test_without_citations_there_is_a_sentence_and_no_second_bar() -> None:
    html = insights(with_space(), W)

    assert "No answer has cited anything yet." in html
    assert 'data-share="used"' not in html


def test_few_or_equal_segments_get_a_sentence_in_place_of_a_map() -> None:
    few, same = insights(with_space(), W), insights(with_space(same=True, measured=9, total=9), W)

    assert "2 segments are searched here. A map needs three." in few
    assert "All 9 segments are the same to this search" in same
    assert 'class="map' not in few + same


@pytest.mark.parametrize("language", sorted(TRANSLATIONS))
@pytest.mark.parametrize("fine", [True, False])
@pytest.mark.parametrize("name", ["spread", "hubs", "kinds", "gap", "languages"])
def test_every_figure_has_its_sentence(name: str, fine: bool, language: str) -> None:
    w = Wording(language)
    reading = Reading(name, 0.5, fine, detail=0.25, between=("audio", "text") if name == "gap" else ())

    html = insights(with_space(readings=(reading,)), w)

    assert f'data-state="{"fine" if fine else "watch"}"' in html
    assert w(f"reading_{name}") in html
    if name == "hubs":
        assert w.percent(0.25) in html
    if name == "gap":
        assert {"en": "recordings", "fr": "enregistrements"}[language] in html


def test_a_point_says_its_file_its_place_and_its_words_and_runs_nothing() -> None:
    file = an_attachment('"><script>x</script>${1}.wav', modality=Modality.AUDIO)
    segments = [a_segment(file, n, f"# <b>words</b> {n}", locator=Locator(start_s=17.0, end_s=21.0)) for n in range(3)]
    space = view(Space("e5", "1", 3), ("text",), (segments, np.eye(3, dtype=np.float32)), {file.id: file}, 3)

    html = insights(Insights((held(Modality.AUDIO, 3, 0),), (), 0, 0, (), 0, (space,)), W)

    assert html.count("<path") == 4  # three points, and one in the key
    assert all(f'data-id="{segment.id}"' in html for segment in segments)
    assert 'data-place="0:17–0:21"' in html
    assert 'data-says="&lt;b&gt;words&lt;/b&gt; 0"' in html
    assert "<script" not in html and "<b>words" not in html
    assert "nan" not in html
