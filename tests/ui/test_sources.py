"""Evidence to cards: the right place shown, and nothing foreign ever runs."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from mmchat.answering.base import cite
from mmchat.catalog.conversations import DELETED
from mmchat.types import (
    Attachment,
    Candidate,
    Citation,
    Concept,
    Evidence,
    Locator,
    Modality,
    Reranking,
    SegmentKind,
    WordPlace,
)
from mmchat.ui.cards import Proof, card
from mmchat.ui.sources import cited, copyable, found, no_sources, searching
from mmchat.ui.translations import Wording
from tests.factories import a_segment, an_attachment

W = Wording("en")
HOSTILE = (
    "<script>window.P=1</script>",
    '"><img src=x onerror=window.P=1>',
    "${Object.assign(window,{P:1})}",
    "{{constructor}} C:\\users\\x",
    "' onclick='window.P=1",
    "a\u202egnp.exe",
)
PICTURE = an_attachment("receipt.png", modality=Modality.IMAGE, media_type="image/png", width_px=600, height_px=800)
MEMO = an_attachment("memo.wav", modality=Modality.AUDIO, media_type="audio/wav", duration_s=30.0)
FILM = an_attachment(
    "talk.mp4", modality=Modality.VIDEO, media_type="video/mp4", duration_s=60.0, width_px=1280, height_px=720
)
PDF = an_attachment("expenses.pdf", media_type="application/pdf", pages=3)


class Elements(HTMLParser):
    """Every element with its attributes, as a browser would see them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.all: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.all.append((tag, dict(attrs)))

    def first(self, tag: str, **wanted: str) -> dict[str, str | None]:
        return next(a for t, a in self.all if t == tag and all(a.get(k.rstrip("_")) == v for k, v in wanted.items()))


def evidence(attachment: Attachment, number: int = 1, text: str = "TOTAL 6.80", **changes: object) -> Evidence:
    return Evidence(number, Candidate(a_segment(attachment, number, text, **changes), attachment, 1.0))


def a_proof(*pieces: Evidence, citations: tuple[Citation, ...] = (), answer: str = "It is. [1]") -> Proof:
    return Proof("m_1-x", "How much?", answer, pieces, citations)


def test_a_picture_is_centred_on_its_quoted_words_and_enlarges_with_them() -> None:
    places = (WordPlace(0, 5, box=(0.1, 0.5, 0.2, 0.55)), WordPlace(6, 10, box=(0.3, 0.5, 0.4, 0.55)))
    piece = evidence(PICTURE, places=places, locator=Locator(boxes=((0.1, 0.5, 0.9, 0.9),)))
    html = card(a_proof(piece, citations=(cite(piece, 6, 10),)), piece, W)

    page = Elements(html)
    assert page.first("button", class_="shot")["data-boxes"] == json.dumps([[0.3, 0.5, 0.4, 0.55]])
    assert page.first("span", class_="box")["style"] == "left:30.000%;top:50.000%;width:10.000%;height:5.000%"
    assert page.first("span", class_="sheet")["style"] == "width:300.0%"
    assert page.first("span", class_="crop")["data-x"] == "0.3500"
    assert page.first("img")["src"] == f"/media/{PICTURE.id}/picture"
    assert page.first("img")["width"] == "600"


def test_a_recording_starts_at_the_cited_second_with_the_line_marked() -> None:
    text = "So I had coffee. It was six eighty at the harbour."
    places = (WordPlace(24, 27, start_s=17.2, end_s=17.5), WordPlace(28, 34, start_s=17.5, end_s=18.1))
    piece = evidence(MEMO, text=text, kind=SegmentKind.TRANSCRIPT, places=places, locator=Locator(start_s=12, end_s=28))
    html = card(a_proof(piece, citations=(cite(piece, 24, 34),)), piece, W)

    page = Elements(html)
    assert page.first("audio")["src"] == f"/media/{MEMO.id}#t=17.20"
    assert page.first("button", class_="pill play")["data-from"] == "17.20"
    assert "Play from 0:17" in html
    assert "<mark>six eighty</mark>" in html
    assert '<span class="place">0:17–0:18</span>' in html


def test_a_video_starts_at_the_cited_second_and_has_words_for_browsers_that_cannot_show_it() -> None:
    places = (WordPlace(0, 5, start_s=31.2, end_s=31.6),)
    locator = Locator(start_s=25.1, end_s=34.5)
    piece = evidence(FILM, text="Maria is responsible.", kind=SegmentKind.TRANSCRIPT, places=places, locator=locator)
    html = card(a_proof(piece, citations=(cite(piece, 0, 5),)), piece, W)

    page = Elements(html)
    assert page.first("video")["src"] == f"/media/{FILM.id}#t=31.20"
    assert page.first("button", class_="pill play")["data-from"] == "31.20"
    assert "cannot show the pictures of talk.mp4; this one is from 0:31" in html
    assert 'class="shot"' not in html
    assert "<mark>Maria</mark>" in html


def test_words_on_a_frame_are_marked_on_it_above_the_player() -> None:
    places = (WordPlace(0, 5, box=(0.1, 0.2, 0.2, 0.3)),)
    locator = Locator(start_s=15.0, end_s=30.0, boxes=((0.1, 0.2, 0.9, 0.3),))
    piece = evidence(FILM, kind=SegmentKind.TEXT_REGION, places=places, locator=locator)
    html = card(a_proof(piece, citations=(cite(piece, 0, 5),)), piece, W)

    page = Elements(html)
    assert page.first("button", class_="shot")["data-picture"] == f"/media/{FILM.id}/frame/15000"
    assert page.first("button", class_="shot")["data-boxes"] == json.dumps([[0.1, 0.2, 0.2, 0.3]])
    assert page.first("video")["src"] == f"/media/{FILM.id}#t=15.00"
    assert html.index('class="shot"') < html.index("<video")


def test_a_pdf_shows_its_page_with_the_line_marked() -> None:
    piece = evidence(PDF, locator=Locator(page=2, boxes=((0.1, 0.2, 0.5, 0.22),), char_start=0))
    html = card(a_proof(piece, citations=(cite(piece, 0, 5),)), piece, W)

    assert Elements(html).first("img")["src"] == f"/media/{PDF.id}/page/2"
    assert '<span class="place">page 2</span>' in html


def test_a_text_file_shows_its_heading_and_quote() -> None:
    note = an_attachment("policy.md")
    piece = evidence(note, text="Meals up to 15.00 need no approval.", heading="Expenses > Meals")
    html = card(a_proof(piece, citations=(cite(piece, 0, 17),)), piece, W)

    assert '<p class="heading">Expenses &gt; Meals</p>' in html
    assert "<mark>Meals up to 15.00</mark> need no approval." in html
    assert "<img" not in html


def test_a_picture_without_words_shows_what_was_recognised() -> None:
    concepts = (Concept("coffee mug", 0.71), Concept("cup", 0.18))
    piece = evidence(PICTURE, text="", kind=SegmentKind.WHOLE_IMAGE, locator=Locator(), concepts=concepts)
    html = card(a_proof(piece), piece, W)

    assert "coffee mug" in html and "71%" in html
    assert 'class="crop whole"' in html


def test_evidence_cited_twice_has_one_card_with_both_places() -> None:
    text = "First it was five. Then it was six."
    places = (WordPlace(13, 17, start_s=3.0, end_s=3.4), WordPlace(31, 34, start_s=9.0, end_s=9.4))
    piece = evidence(MEMO, text=text, kind=SegmentKind.TRANSCRIPT, places=places, locator=Locator(start_s=0, end_s=10))
    html = cited(a_proof(piece, citations=(cite(piece, 13, 17), cite(piece, 31, 34))), W)

    assert html.count('class="card"') == 1
    assert re.findall(r'class="at play" data-from="([\d.]+)"', html) == ["3.00", "9.00"]


def test_where_nothing_is_cited_what_was_considered_is_not_called_other() -> None:
    html = cited(a_proof(*[evidence(an_attachment(f"{n}.txt"), n) for n in (1, 2)]), W)

    assert "2 pieces were considered" in html


def test_cited_evidence_comes_first_and_the_rest_is_folded_away() -> None:
    pieces = [evidence(an_attachment(f"{n}.txt"), n) for n in (1, 2, 3)]
    html = cited(a_proof(*pieces, citations=(cite(pieces[2], 0, 5),)), W)

    cited_part, considered = html.split("<details")
    assert 'id="src-m_1-x-3"' in cited_part
    assert 'id="src-m_1-x-1"' in considered and 'id="src-m_1-x-2"' in considered
    assert "2 other pieces were considered" in considered
    assert 'data-count="1"' in cited_part


def test_while_the_answer_is_written_all_evidence_stands_in_order() -> None:
    html = found(a_proof(evidence(PICTURE, 1), evidence(MEMO, 2)), W)

    assert html.index("m_1-x-1") < html.index("m_1-x-2")
    assert "<details" not in html


def test_a_deleted_file_leaves_a_tombstone() -> None:
    piece = evidence(replace(PICTURE, name=DELETED), text="")
    html = cited(a_proof(piece, citations=(replace(cite(piece, 0, 0), name=DELETED),)), W)

    assert "was deleted from your library" in html
    assert "/media/" not in html
    assert DELETED not in html


@pytest.mark.parametrize("text", HOSTILE)
def test_foreign_text_is_only_ever_text(text: str) -> None:
    for attachment in (PICTURE, MEMO, PDF, an_attachment()):
        hostile = replace(attachment, name=text, path=text)
        piece = evidence(hostile, text=f"before {text} after", heading=text, concepts=(Concept(text, 0.5),))
        proof = Proof("m", text, text, (piece,), (cite(piece, 7, 7 + len(text)),))
        html = cited(proof, W)

        for tag, attributes in Elements(html).all:
            assert tag not in ("script", "svg", "iframe", "object")
            assert tag != "img" or (attributes["src"] or "").startswith("/media/")
            assert not any(name.startswith("on") for name in attributes)
            assert (attributes.get("href") or "/media/").startswith("/media/")


def test_the_copied_answer_lists_its_sources() -> None:
    piece = evidence(PICTURE)

    text = copyable(a_proof(piece, citations=(cite(piece, 6, 10),), answer="It was **6.80** [1].\n"), W)

    assert text == "It was **6.80** [1].\n\n[1] receipt.png: “6.80”"


def test_each_state_of_the_panel_says_what_it_is() -> None:
    assert "proof of each answer appears here" in no_sources(W)
    assert "Looking through your files" in searching(W)
    assert "cites nothing" in cited(a_proof(), W)
    assert cited(None, W) == no_sources(W)


def test_every_card_has_a_name_for_screen_readers() -> None:
    pieces = [evidence(PICTURE, 1), evidence(MEMO, 2)]
    page = Elements(cited(a_proof(*pieces, citations=tuple(cite(p, 0, 5) for p in pieces)), Wording("fr")))

    labels = [a["aria-label"] for t, a in page.all if t == "li"]
    assert labels == ["Source 1 : receipt.png", "Source 2 : memo.wav"]
    for tag, attributes in page.all:
        if tag == "button" and "shot" in (attributes["class"] or ""):
            assert attributes["aria-label"]


@pytest.mark.parametrize(
    ("reranking", "sentence"),
    [
        (Reranking("cross-encoder", 8, 3, 4), "Ordered by the cross-encoder: 3 of 8 moved. The first was number 4."),
        (
            Reranking("cross-encoder-hub", 8, 2, 1),
            "Ordered by the cross-encoder: 2 of 8 moved. The first stayed first.",
        ),
        (Reranking("cross-encoder", 8, 0, 1), "Judged by the cross-encoder; the order stays as it was found."),
        (None, ""),
    ],
)
def test_the_sources_say_which_reranker_ran_and_what_it_changed(reranking: Reranking | None, sentence: str) -> None:
    proof = replace(a_proof(evidence(PICTURE)), reranking=reranking)

    assert all((f">{sentence}</p>" in html) is bool(sentence) for html in (cited(proof, W), found(proof, W)))
    assert ("quiet order" in cited(proof, W)) is bool(sentence)
