"""A page is found by its text and its figures together; what is shown and cited are the segments on it."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pptx
import pytest
from PIL import Image
from sqlalchemy import text as sql

from mmchat.encoders import ENCODERS
from mmchat.encoders.base import normalise
from mmchat.encoders.hashing import HashingEncoder
from mmchat.page_vectors import FIGURES_WEIGHT, fused, in_words
from mmchat.settings import Settings
from mmchat.types import (
    SPOKEN_OR_WRITTEN,
    Candidate,
    Concept,
    Locator,
    Modality,
    Query,
    SegmentInput,
    SegmentKind,
    Space,
    Upload,
    Vector,
    Vectors,
)
from tests.changed_encoders import TABLE, Colour
from tests.factories import a_segment, an_attachment
from tests.light_assistant import Light, Opened, reopening, until
from tests.make_documents import Page, docx_with, pdf_with

LIBRARY = "one"
PAGES = "pages of hashing@1"
ASKED = "Which ferry leaves from the pier that is blue?"


@pytest.fixture
def opened(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Opened]:
    """Opens the one data folder, with these settings, closing it first."""
    for name, target in TABLE.items():
        monkeypatch.setitem(ENCODERS, name, target)
    with reopening(settings, image_encoder="colour") as open_again:
        yield open_again


def coloured(colour: str) -> Image.Image:
    return Image.new("RGB", (160, 120), colour)


def timetable(*colours: str, name: str = "Anna") -> bytes:
    """A PDF with one page for each colour: two passages that do not name it, and a picture of nothing else."""
    pages = []
    for number, colour in enumerate(colours, start=1):
        lines = [(60.0, 60.0, f"The ferry {name} leaves from pier {number} at {number + 6}."), (60.0, 400.0, FILLER)]
        pages.append(Page(lines, [(100, 120, 300, 200, coloured(colour))]))
    return pdf_with(*pages)


FILLER = "Tickets are sold on board and dogs travel free."


def search(assistant: Light, text: str = ASKED, **narrowed: object) -> tuple[Candidate, ...]:
    return assistant.search(LIBRARY, Query(text=text, language="en", **narrowed), 24).candidates  # type: ignore[arg-type]


def first_passage(found: tuple[Candidate, ...]) -> Candidate:
    return next(candidate for candidate in found if candidate.segment.text)


def listed(found: tuple[Candidate, ...]) -> list[tuple[str, float, dict[str, float]]]:
    return [(c.segment.id, c.score, dict(c.scores)) for c in found]


def page_vectors(assistant: Light) -> dict[str, Vector]:
    [encoder, *_] = assistant._parts.encoders
    ids = assistant._pages.records.fused(LIBRARY)
    return dict(assistant._store.get(LIBRARY, encoder.space.of_pages, ids))


def same(a: dict[str, Vector], b: dict[str, Vector]) -> bool:
    return a.keys() == b.keys() and all(np.array_equal(a[id], b[id]) for id in a)


def test_a_question_that_needs_a_figure_and_its_text_finds_the_page(opened: Opened) -> None:
    assistant = opened()
    assistant.ingest_now(LIBRARY, Upload("a.pdf", timetable("red", "green", "blue", "red")))

    hybrid = search(assistant)
    late = search(opened(fusion="late"))

    assert first_passage(hybrid).segment.locator.page == 3
    assert PAGES in hybrid[0].scores
    assert first_passage(late).segment.locator.page != 3  # nothing written on it says so
    assert not any(PAGES in candidate.scores for candidate in late)
    assert {c.segment.kind for c in hybrid} <= {SegmentKind.PASSAGE, SegmentKind.WHOLE_IMAGE, SegmentKind.TEXT_REGION}


def test_a_figure_that_only_its_page_speaks_for_says_so(opened: Opened) -> None:
    assistant = opened(image_encoder="none")
    assistant.ingest_now(LIBRARY, Upload("a.pdf", timetable("red", "green")))

    found = search(assistant, "the ferry from pier 2")

    [picture] = [c for c in found if c.segment.kind is SegmentKind.WHOLE_IMAGE and c.segment.locator.page == 2]
    assert (set(picture.scores), picture.reason) == ({PAGES}, "on a page that matches")
    assert not first_passage(found).reason.startswith("on a page")


def test_a_slide_is_a_page_and_so_is_what_stands_under_a_heading_of_a_word_file(opened: Opened) -> None:
    assistant = opened()
    show = pptx.Presentation()
    for colour, words in (("red", "The mill is open."), ("blue", "The barn is shut.")):
        slide = show.slides.add_slide(show.slide_layouts[5])
        slide.shapes.title.text = words
        picture = io.BytesIO()
        coloured(colour).save(picture, "PNG")
        picture.seek(0)
        slide.shapes.add_picture(picture, 0, 2_000_000)
    data = io.BytesIO()
    show.save(data)

    assistant.ingest_now(LIBRARY, Upload("show.pptx", data.getvalue()))
    assistant.ingest_now(
        LIBRARY, Upload("plan.docx", docx_with("# Shed", "It is locked.", coloured("green"), "Figure 1"))
    )

    assert assistant.vectors(LIBRARY)[PAGES] == 3
    assert first_passage(search(assistant, "blue building")).segment.locator.page == 2
    assert "locked" in first_passage(search(assistant, "green building")).segment.text


def test_a_deleted_file_leaves_no_page_behind_and_its_copy_takes_its_place(opened: Opened) -> None:
    assistant = opened()
    data = timetable("red", "blue")
    first = assistant.ingest_now(LIBRARY, Upload("a.pdf", data)).attachment
    copy = assistant.ingest_now(LIBRARY, Upload("b.pdf", data + b"\n% again"))
    assistant.ingest_now(LIBRARY, Upload("c.pdf", timetable("green", name="Cato")))
    assert (copy.status, assistant.vectors(LIBRARY)[PAGES]) == ("duplicate", 3)

    assistant.delete_attachment(LIBRARY, first.id)
    until(lambda: {c.attachment.name for c in search(assistant)} == {"b.pdf", "c.pdf"})

    assert len(page_vectors(assistant)) == assistant.vectors(LIBRARY)[PAGES] == 3
    assert assistant.missing_vectors(LIBRARY) == {}

    assistant.delete_library(LIBRARY)

    assert assistant._pages.records.count_fused(LIBRARY) == 0
    assert assistant._store.spaces(LIBRARY) == []


def test_pages_lift_nothing_that_a_filter_leaves_out(opened: Opened) -> None:
    assistant = opened()
    wanted = assistant.ingest_now(LIBRARY, Upload("a.pdf", timetable("red", "green"))).attachment
    before = datetime.now(UTC)
    assistant.ingest_now(LIBRARY, Upload("b.pdf", timetable("blue", "blue", name="Boris")))
    assistant._catalog.tag(LIBRARY, [wanted.id], ["work"])

    for narrowed in (
        {"attachment_ids": frozenset({wanted.id})},
        {"tag": "work"},
        {"added_before": before},
    ):
        found = search(assistant, **narrowed)
        assert {c.attachment.id for c in found} == {wanted.id}
        assert any(PAGES in c.scores for c in found)
    pictures = search(assistant, modality=Modality.IMAGE)
    assert {c.segment.modality for c in pictures} == {Modality.IMAGE}
    assert pictures[0].attachment.name == "b.pdf"
    assert search(assistant, added_from=before + timedelta(days=1)) == ()


def test_files_in_any_order_give_the_same_results(opened: Opened, tmp_path: Path) -> None:
    files = [Upload(f"{n}.pdf", timetable("red", "blue", "green", name=n)) for n in ("Anna", "Boris", "Cato")]
    results = []
    for number, order in enumerate((files, files[::-1])):
        assistant = opened(tmp_path / str(number))
        for upload in order:
            assistant.ingest_now(LIBRARY, upload)
        results.append((listed(search(assistant)), page_vectors(assistant)))

    assert results[0][0] == results[1][0]
    assert same(results[0][1], results[1][1])


def test_a_library_from_before_there_were_pages_is_searched_late_until_they_are_made(opened: Opened) -> None:
    assistant = opened()
    assistant.ingest_now(LIBRARY, Upload("a.pdf", timetable("red", "green", "blue")))
    made, found = page_vectors(assistant), listed(search(assistant))
    with assistant._database.write() as connection:
        connection.execute(sql("DELETE FROM pages"))
    assistant._store.drop_space(LIBRARY, assistant._parts.encoders[0].space.of_pages)

    assert not any(PAGES in scores for _, _, scores in listed(search(assistant)))
    assert [state.role for state in assistant.plan_reindex(LIBRARY)] == ["text"]
    assert assistant.missing_vectors(LIBRARY) == {PAGES: 3}

    assert [*assistant.reindex(LIBRARY)][-1].state == "whole"
    assert same(page_vectors(assistant), made)
    assert listed(search(assistant)) == found
    assert assistant.plan_reindex(LIBRARY) == ()

    assistant.rebuild(LIBRARY)

    assert same(page_vectors(assistant), made)


@pytest.mark.parametrize("changed", [{"text_encoder": "hashing-new"}, {"image_encoder": "brightness"}])
def test_after_a_changed_encoder_pages_are_as_in_a_fresh_index(
    opened: Opened, tmp_path: Path, changed: dict[str, str]
) -> None:
    upload = Upload("a.pdf", timetable("black", "white", "blue"))
    opened().ingest_now(LIBRARY, upload)

    assistant = opened(**changed)
    before = search(assistant)
    assert [*assistant.reindex(LIBRARY)][-1].state == "whole"
    after, vectors, spaces = listed(search(assistant)), page_vectors(assistant), assistant.vectors(LIBRARY)
    fresh = opened(tmp_path / "fresh", **changed)
    fresh.ingest_now(LIBRARY, upload)

    assert any(PAGES in c.scores for c in before)  # the former space answers with its pages
    assert same(vectors, page_vectors(fresh))
    assert after == listed(search(fresh))
    assert spaces == fresh.vectors(LIBRARY)
    assert len(assistant._pages.records.fused(LIBRARY)) == 3


class Joint(Colour):
    """Words and pictures in one space."""

    space = Space("joint", "1", 3)
    segment_kinds = SPOKEN_OR_WRITTEN | {SegmentKind.WHOLE_IMAGE}

    def _encode_batch(self, inputs: Sequence[SegmentInput]) -> Vectors:
        worded = [self._encode_query(Query(each.segment.text)) for each in inputs if each.pixels is None]
        shown = [each for each in inputs if each.pixels is not None]
        rows = iter(super()._encode_batch(shown)) if shown else iter(())
        words = iter(worded)
        return np.stack([next(words) if each.pixels is None else next(rows) for each in inputs])


def test_in_a_joint_space_a_page_is_of_the_vectors_of_its_text_and_of_its_picture(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ENCODERS, "joint", f"{__name__}:Joint")
    assistant = opened(text_encoder="joint", image_encoder="joint")
    page = Page([(60.0, 60.0, "All about green")], [(100, 120, 300, 200, coloured("blue"))])

    taken = assistant.ingest_now(LIBRARY, Upload("a.pdf", pdf_with(page))).attachment

    kinds = {s.kind: s.id for s in assistant._catalog.segments(LIBRARY, taken.id)}
    stored = assistant._store.get(LIBRARY, Joint.space, list(kinds.values()))
    text, picture = stored[kinds[SegmentKind.PASSAGE]], stored[kinds[SegmentKind.WHOLE_IMAGE]]
    [vector] = page_vectors(assistant).values()
    assert vector == pytest.approx(fused([text], [picture]), abs=1e-6)
    assert (int(text.argmax()), int(picture.argmax())) == (1, 2)


def test_a_page_of_a_joint_space_is_the_weighted_sum_of_its_text_and_its_figures() -> None:
    red, green, blue = np.eye(3, dtype=np.float32)

    page = fused([red, green], [blue])

    text = (red + green) / np.sqrt(2)
    assert page == pytest.approx(normalise(((1 - FIGURES_WEIGHT) * text + FIGURES_WEIGHT * blue)[None, :])[0])
    assert np.linalg.norm(page) == pytest.approx(1)
    assert fused([red], []) == pytest.approx(red)


def test_in_a_space_of_words_a_figure_is_its_caption_and_what_it_shows() -> None:
    said = (Concept("fox", 0.6), Concept("hay", 0.2), Concept("mitten", 0.01))
    figure = a_segment(
        an_attachment(),
        0,
        "",
        kind=SegmentKind.WHOLE_IMAGE,
        heading="Figure 1.",
        concepts=said,
        locator=Locator(page=1),
    )

    assert in_words(figure) == "Figure 1. fox, hay"
    assert HashingEncoder().space.of_pages.name == PAGES
