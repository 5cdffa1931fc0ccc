from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from mmchat.catalog import Catalog, Database
from mmchat.encoders.base import Encoder
from mmchat.encoders.hashing import HashingEncoder
from mmchat.retrieval.retriever import FULL_TEXT, Retriever
from mmchat.stores.memory import MemoryStore
from mmchat.types import (
    Attachment,
    Concept,
    Locator,
    Modality,
    Query,
    RequestKind,
    Segment,
    SegmentInput,
    SegmentKind,
    Space,
    Vector,
    Vectors,
)
from tests.factories import a_segment, an_attachment

MINE = "a" * 32
NAMES = ["fox", "dog", "boat", "rain"]
PICTURE = {"kind": RequestKind.FIND, "medium": Modality.IMAGE}
WHAT_IT_IS = {"kind": RequestKind.OVERVIEW, "medium": Modality.IMAGE}


class NamesEncoder(Encoder):
    """A space with one axis per name. Any words land somewhere in it, as in a real space of concepts."""

    least_cosine = 0.05

    def __init__(self, kind: SegmentKind) -> None:
        self.space = Space(f"names-{kind}", "1", len(NAMES))
        self.segment_kinds = frozenset({kind})

    def load(self) -> None:
        """Nothing to load."""

    def accepts(self, query: Query) -> bool:
        return query.pixels is not None or bool(query.words.strip())

    def knows(self, query: Query) -> float:
        words = query.words.lower().split()
        return 1.0 if query.pixels is not None else sum(word in NAMES for word in words) / len(words)

    def _encode_query(self, query: Query) -> Vector:
        return self._axes(query.words if query.pixels is None else "boat")

    def _encode_batch(self, inputs: Sequence[SegmentInput]) -> Vectors:
        return np.stack([self._axes(each.segment.concepts[0].label) for each in inputs])

    def _axes(self, words: str) -> Vector:
        return np.array([0.02 + (name in words.lower()) for name in NAMES], dtype=np.float32)


PICTURES, SOUNDS = NamesEncoder(SegmentKind.WHOLE_IMAGE), NamesEncoder(SegmentKind.SOUND)
ENCODERS = [HashingEncoder(), PICTURES, SOUNDS]

NOTES = {
    "lease.txt": ["The deposit is 1,450 euros.", "Notice is three months.", "Pets need consent."],
    "trip.txt": ["The hotel costs 94 euros.", "The flight leaves at dawn.", "One bag is included."],
    "tools.txt": ["The boat command rows the boat.", "Rain gauges need care.", "Ropes are in the shed."],
}


def files() -> list[tuple[Attachment, list[Segment]]]:
    made = []
    for name, texts in NOTES.items():
        note = an_attachment(name)
        made.append((note, [a_segment(note, n, text, language="en") for n, text in enumerate(texts)]))
    for name, kind, label in (
        ("fox.png", SegmentKind.WHOLE_IMAGE, "fox"),
        ("dog.png", SegmentKind.WHOLE_IMAGE, "dog"),
        ("rain.wav", SegmentKind.SOUND, "rain"),
    ):
        modality = Modality.IMAGE if name.endswith("png") else Modality.AUDIO
        medium = an_attachment(name, modality=modality)
        made.append((medium, [a_segment(medium, 0, "", kind=kind, concepts=(Concept(label, 0.8),))]))
    shot = an_attachment("shot.png", modality=Modality.IMAGE)
    made.append((shot, [a_segment(shot, 0, "Deposit received 1,450", kind=SegmentKind.TEXT_REGION, language="en")]))
    return made


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    return Catalog(Database(tmp_path / "catalog.sqlite"))


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


def fill(catalog: Catalog, store: MemoryStore, found: Sequence[tuple[Attachment, list[Segment]]]) -> None:
    for attachment, segments in found:
        catalog.add_attachment(MINE, attachment)
        catalog.index(MINE, attachment, segments)
        for encoder in ENCODERS:
            inputs = [SegmentInput(s) for s in segments if s.kind in encoder.segment_kinds]
            if inputs:
                ids = [i.segment.id for i in inputs]
                store.upsert(MINE, encoder.space, ids, encoder.encode_segments(inputs))


@pytest.fixture
def retriever(catalog: Catalog, store: MemoryStore) -> Retriever:
    fill(catalog, store, files())
    return Retriever(catalog, store, ENCODERS)


def names(retriever: Retriever, text: str, k: int = 24, **query: object) -> list[str]:
    found = retriever.retrieve(MINE, Query(text=text, language="en", **query), k)  # type: ignore[arg-type]
    return [c.attachment.name for c in found.candidates]


def test_a_question_finds_its_passage(retriever: Retriever) -> None:
    found = retriever.retrieve(MINE, Query(text="How high is the deposit?"), 5)

    first = found.candidates[0]
    assert first.segment.text in ("The deposit is 1,450 euros.", "Deposit received 1,450")
    assert first.reason == "words matched: deposit"
    assert first.ranks[FULL_TEXT] in (1, 2)
    assert found.searched == 13


def test_scores_are_kept_by_source_and_timings_by_stage(retriever: Retriever) -> None:
    found = retriever.retrieve(MINE, Query(text="hotel costs"), 3)

    assert set(found.candidates[0].scores) == {FULL_TEXT, "hashing@1"}
    assert {"plan", FULL_TEXT, "encode hashing", "search hashing", "fuse"} <= set(found.timings_ms)
    assert [c.score for c in found.candidates] == sorted((c.score for c in found.candidates), reverse=True)


def test_a_question_about_text_is_not_flooded_by_pictures(retriever: Retriever) -> None:
    assert names(retriever, "What does the boat command do?", k=8)[0] == "tools.txt"
    assert not {"fox.png", "dog.png", "rain.wav"} & set(names(retriever, "What does the boat command do?", k=8))


def test_a_name_that_a_picture_bears_comes_before_texts_without_it(retriever: Retriever) -> None:
    assert names(retriever, "fox")[0] == "fox.png"


def test_a_name_that_stands_in_a_text_finds_the_text_first(retriever: Retriever) -> None:
    found = names(retriever, "rain")

    assert found[0] == "tools.txt"
    assert found.index("rain.wav") < 3


def test_a_name_that_no_picture_bears_leaves_pictures_behind(retriever: Retriever) -> None:
    assert names(retriever, "notice period", k=8)[0] == "lease.txt"
    assert "fox.png" not in names(retriever, "notice period", k=8)


def test_asking_for_a_picture_brings_pictures_first_and_the_asking_is_not_matched(retriever: Retriever) -> None:
    found = names(retriever, "Find the photo of a dog", **PICTURE, rewritten="dog")

    assert found[0] == "dog.png"


def test_asking_for_a_picture_prefers_the_words_inside_pictures(retriever: Retriever) -> None:
    found = names(retriever, "Find the screenshot with the deposit", **PICTURE, rewritten="deposit")

    assert found.index("shot.png") < found.index("lease.txt")


def test_asking_what_is_in_a_picture_brings_pictures(retriever: Retriever) -> None:
    assert names(retriever, "What is in this picture?", k=3, **WHAT_IT_IS)[0].endswith(".png")


def test_a_picture_as_query_searches_its_space(retriever: Retriever, store: MemoryStore, catalog: Catalog) -> None:
    boat = an_attachment("boat.png", modality=Modality.IMAGE)
    whole = a_segment(boat, 0, "", kind=SegmentKind.WHOLE_IMAGE, concepts=(Concept("boat", 0.9),))
    fill(catalog, store, [(boat, [whole])])
    pixels = np.zeros((8, 8, 3), dtype=np.uint8)

    found = retriever.retrieve(MINE, Query(pixels=pixels), 5)

    assert found.candidates[0].attachment.name == "boat.png"
    assert found.candidates[0].reason == "similar picture: boat .90"


def test_a_modality_excludes_the_others(retriever: Retriever) -> None:
    assert set(names(retriever, "deposit", modality=Modality.IMAGE)) == {"shot.png", "fox.png", "dog.png"}
    assert names(retriever, "deposit", modality=Modality.IMAGE)[0] == "shot.png"


def test_only_the_attachments_asked_about_are_searched_to_their_last_segment(retriever: Retriever) -> None:
    trip = an_attachment("trip.txt").id

    found = retriever.retrieve(MINE, Query(text="How high is the deposit?", attachment_ids=frozenset({trip})), 24)

    assert {c.attachment.id for c in found.candidates} == {trip}
    assert len(found.candidates) == 3


def test_another_library_is_never_seen(retriever: Retriever) -> None:
    found = retriever.retrieve("b" * 32, Query(text="deposit"), 5)

    assert found.candidates == ()
    assert found.searched == 0


def test_the_order_does_not_depend_on_the_order_of_ingest(tmp_path: Path) -> None:
    orders = []
    for seed in range(3):
        shuffled = files()
        random.Random(seed).shuffle(shuffled)
        catalog, store = Catalog(Database(tmp_path / f"{seed}.sqlite")), MemoryStore()
        fill(catalog, store, shuffled)
        retriever = Retriever(catalog, store, ENCODERS)
        found = [retriever.retrieve(MINE, Query(text=t), 24).candidates for t in ("euros", "fox", "Is there rain?")]
        orders.append([[c.segment.id for c in candidates] for candidates in found])

    assert orders[0] == orders[1] == orders[2]


def test_the_same_text_in_two_files_is_shown_once(retriever: Retriever, catalog: Catalog, store: MemoryStore) -> None:
    copy = an_attachment("copy.txt")
    fill(catalog, store, [(copy, [a_segment(copy, 0, "The hotel costs  94 euros.", language="en")])])

    found = names(retriever, "How much does the hotel cost?")

    assert len({"trip.txt", "copy.txt"} & set(found[:1])) == 1
    texts = [c.segment.text for c in retriever.retrieve(MINE, Query(text="hotel costs"), 24).candidates]
    assert sum("hotel" in text for text in texts) == 1


def test_without_any_encoder_the_full_text_still_answers(catalog: Catalog, store: MemoryStore) -> None:
    fill(catalog, store, files())

    found = Retriever(catalog, store, []).retrieve(MINE, Query(text="hotel"), 5)

    assert [c.segment.text for c in found.candidates] == ["The hotel costs 94 euros."]


@pytest.mark.parametrize("text", ["", "   ", "???", "the"])
def test_an_empty_or_wordless_query_is_harmless(retriever: Retriever, text: str) -> None:
    assert len(retriever.retrieve(MINE, Query(text=text), 5).candidates) <= 5


def test_a_space_with_several_roles_is_searched_once(
    retriever: Retriever, catalog: Catalog, store: MemoryStore
) -> None:
    thrice = Retriever(catalog, store, ENCODERS * 3)
    rain = Query(text="rain", language="en")

    once = retriever.retrieve(MINE, rain, 5).candidates

    assert [c.score for c in thrice.retrieve(MINE, rain, 5).candidates] == [c.score for c in once]


def test_a_row_of_a_table_is_as_near_as_the_passage_that_holds_it(
    retriever: Retriever, catalog: Catalog, store: MemoryStore
) -> None:
    sheet = an_attachment("roof.xlsx")
    said = "Gutters, zinc | Price 980.00"
    passage = a_segment(sheet, 0, f"Roof\n{said}\nTiles, clay | Price 2,100.00", language="en")
    row = a_segment(sheet, 1, said, kind=SegmentKind.ROW, locator=Locator(char_start=5, char_end=33), language="en")
    fill(catalog, store, [(sheet, [passage, row])])

    found = retriever.retrieve(MINE, Query(text="What is the price of zinc gutters?", language="en"), 5)

    by_kind = {c.segment.kind: c for c in found.candidates if c.attachment.id == sheet.id}
    held, alone = by_kind[SegmentKind.PASSAGE], by_kind[SegmentKind.ROW]
    assert alone.scores["hashing@1"] == held.scores["hashing@1"]
    assert {c.segment.kind for c in found.candidates[:2]} == {SegmentKind.PASSAGE, SegmentKind.ROW}
