"""Pictures in documents: which ones count, where they lie, what stands under them, and which words only they have."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

from mmchat.attachments import inspect
from mmchat.segmenters import create_segmenter, segmenter_for
from mmchat.settings import Settings
from mmchat.types import Modality, Segment, SegmentInput, SegmentKind, Upload
from tests.make_documents import Page, docx_with, labelled, noise, pdf_with

FILLER = tuple(
    (60.0, 620.0 + 14 * n, "Some plain words about ferries that stand at the foot of it. " * 2) for n in range(6)
)


@pytest.fixture
def read(settings: Settings, tmp_path: Path):
    def read(name: str, data: bytes) -> list[SegmentInput]:
        attachment = inspect(Upload(name, data), settings)
        (tmp_path / "original").write_bytes(data)
        segmenter = create_segmenter(segmenter_for(attachment), settings)
        items = list(segmenter.segment(attachment, tmp_path / "original", lambda *_: None))
        found = [i for i in items if isinstance(i, SegmentInput)]
        shown = [i.segment for i in figures(found)]
        again = list(segmenter.media(attachment, tmp_path / "original", shown))
        assert [i.segment for i in again] == shown  # an encoder that is new sees the same pictures
        for first, second in zip(figures(found), again, strict=True):
            np.testing.assert_array_equal(first.pixels, second.pixels)
        assert [i.segment.ordinal for i in found] == list(range(len(found)))
        return found

    return read


def figures(items: list[SegmentInput]) -> list[SegmentInput]:
    return [i for i in items if i.segment.kind is SegmentKind.WHOLE_IMAGE]


def test_a_picture_on_a_page_has_its_box_and_its_caption(read) -> None:
    page = Page(
        [(60, 60, "The harbour has two pumps."), (100, 345, "Figure 3. The pump of the harbour in winter."), *FILLER],
        [(100, 120, 300, 200, noise(1))],
    )

    [figure] = figures(read("report.pdf", pdf_with(Page(FILLER), page)))

    segment = figure.segment
    assert (segment.modality, segment.locator.page, segment.text) == (Modality.IMAGE, 2, "")
    assert segment.heading == "Figure 3. The pump of the harbour in winter."
    assert segment.locator.boxes[0] == pytest.approx((100 / 600, 120 / 800, 400 / 600, 320 / 800), abs=0.005)
    assert figure.pixels is not None
    assert np.abs(figure.pixels.mean(axis=(0, 1)) - np.asarray(noise(1)).mean(axis=(0, 1))).max() < 4


def test_logos_icons_and_backgrounds_are_no_figures_and_a_placed_drawing_is_one(read) -> None:
    logo, paper = noise(2), noise(3)
    pages = [
        Page(
            FILLER,
            [(0, 0, 600, 800, paper if n else noise(9)), (450, 20, 120, 60, logo), (20, 20, 20, 20, noise(10 + n))],
            [(100, 200, 200, 150)] if n == 1 else [],
        )
        for n in range(3)
    ]

    [figure] = figures(read("deck.pdf", pdf_with(*pages)))

    assert figure.segment.locator.page == 2
    assert figure.segment.locator.boxes[0] == pytest.approx((100 / 600, 200 / 800, 300 / 600, 350 / 800), abs=0.01)


def test_a_page_that_is_nothing_but_a_picture_is_one(read) -> None:
    [figure] = figures(read("album.pdf", pdf_with(Page((), [(0, 0, 600, 800, noise(4))]))))

    assert figure.segment.locator.page == 1


@pytest.mark.model
def test_words_in_a_picture_are_text_regions_of_its_page_unless_the_page_says_them(read) -> None:
    page = Page(FILLER, [(60, 100, 450, 250, labelled("Impeller 4711"))])
    known = Page([(60, 400, "Impeller 4711 is the part to order."), *FILLER], page.pictures)

    [region] = [i.segment for i in read("a.pdf", pdf_with(page)) if i.segment.kind is SegmentKind.TEXT_REGION]
    repeated = [i for i in read("b.pdf", pdf_with(known)) if i.segment.kind is SegmentKind.TEXT_REGION]

    assert region.text == "Impeller 4711"
    assert region.locator.page == 1
    x0, y0, x1, y1 = region.locate(0, 8).boxes[0]
    assert 60 / 600 < x0 < x1 < 510 / 600
    assert 225 / 800 < y0 < y1 < 350 / 800
    assert repeated == []


def test_a_picture_on_a_slide_has_its_slide_its_box_and_its_title(read) -> None:
    from pptx import Presentation
    from pptx.util import Inches

    deck = Presentation()
    for number in range(2):
        slide = deck.slides.add_slide(deck.slide_layouts[5])
        slide.shapes.title.text = f"Pump number {number + 1}"
        file = io.BytesIO()
        noise(20 + number).save(file, "PNG")
        slide.shapes.add_picture(file, Inches(1), Inches(2), Inches(4), Inches(3))
    out = io.BytesIO()
    deck.save(out)

    first, second = figures(read("deck.pptx", out.getvalue()))

    assert (first.segment.locator.page, second.segment.locator.page) == (1, 2)
    assert second.segment.heading == "Pump number 2"
    assert second.segment.locator.boxes[0] == pytest.approx((0.1, 2 / 7.5, 0.5, 5 / 7.5), abs=0.001)


def test_a_picture_in_a_document_has_the_caption_below_it(read) -> None:
    data = docx_with(
        "# Garden", "The lemon tree is old.", noise(5), "Figure 1: The lemon tree in May.", "# Shed", noise(6), "Tools."
    )

    items = read("garden.docx", data)

    captions = [i.segment.heading for i in figures(items)]
    assert captions == ["Figure 1: The lemon tree in May.", "Shed"]
    place = figures(items)[0].segment.locator
    passage: Segment = next(i.segment for i in items if "Figure 1" in i.segment.text)
    assert place.char_start is not None
    assert passage.locator.char_start is not None
    start = place.char_start - passage.locator.char_start
    assert passage.text[start:].startswith("Figure 1: The lemon tree")
