from __future__ import annotations

import numpy as np

from mmchat.retrieval.plan import plan_query
from mmchat.retrieval.reasons import reason
from mmchat.types import Concept, Modality, Query, SegmentKind
from tests.factories import a_segment, an_attachment

PLAN = plan_query(Query(text="Where is the clé of the old house?", language="en"))


def test_matched_words_are_named_as_the_person_wrote_them_accents_aside() -> None:
    segment = a_segment(an_attachment(), 0, "La cle de la maison: old HOUSE.")

    assert reason(segment, "note.txt", PLAN, by_words=True) == "words matched: clé, old, house"


def test_words_of_the_heading_and_of_the_name_count() -> None:
    segment = a_segment(an_attachment(), 0, "It is under the mat.", heading="The house")

    assert reason(segment, "old-clé.txt", PLAN, by_words=True) == "words matched: clé, old, house"


def test_no_word_in_common_is_similar_meaning() -> None:
    assert reason(a_segment(an_attachment(), 0, "Sous le tapis."), "a.txt", PLAN, by_words=False) == "similar meaning"


def test_a_picture_says_what_it_looks_like_and_a_sound_what_it_sounds_like() -> None:
    photo = an_attachment("x.png", modality=Modality.IMAGE)
    seen = a_segment(photo, 0, "", kind=SegmentKind.WHOLE_IMAGE, concepts=(Concept("red fox", 0.62),))
    sure = a_segment(photo, 0, "", kind=SegmentKind.WHOLE_IMAGE, concepts=(Concept("red fox", 1.0),))
    heard = a_segment(photo, 0, "", kind=SegmentKind.SOUND, concepts=(Concept("Rain", 0.4),))

    assert reason(seen, "x.png", PLAN, by_words=False) == "looks like: red fox .62"
    assert reason(sure, "x.png", PLAN, by_words=False) == "looks like: red fox 1.00"
    assert reason(heard, "x.wav", PLAN, by_words=False) == "sounds like: Rain .40"


def test_words_that_were_spoken_are_told_apart_and_so_is_the_name_of_a_file() -> None:
    memo = an_attachment("memo.wav", modality=Modality.AUDIO)
    said = a_segment(memo, 0, "the old house again", kind=SegmentKind.TRANSCRIPT)
    heard_too = plan_query(Query(text="where?", perceived="the old house", language="en"))

    assert reason(said, "memo.wav", PLAN, by_words=True) == "words spoken: old, house"
    assert reason(said, "memo.wav", heard_too, by_words=True) == "same words spoken: old, house"
    assert reason(a_segment(memo, 0, "else"), "house.wav", PLAN, by_words=True) == "file name matched: house"


def test_what_is_like_the_picture_or_sound_of_the_query_says_so() -> None:
    shown = plan_query(Query(text="a fox", pixels=np.zeros((2, 2, 3), dtype=np.uint8), language="en"))
    photo = an_attachment("x.png", modality=Modality.IMAGE)
    concepts = (Concept("dog", 0.5), Concept("red fox", 0.3))
    seen = a_segment(photo, 0, "", kind=SegmentKind.WHOLE_IMAGE, concepts=concepts)

    assert reason(seen, "x.png", shown, by_words=False) == "similar picture: red fox .30"
    assert reason(seen, "x.png", PLAN, by_words=False) == "looks like: dog .50"


def test_another_form_or_a_translation_is_told_as_it_stands_in_the_text() -> None:
    note = an_attachment("note.txt")
    segment = a_segment(note, 0, "Each package is signed by its maintainer.")
    plan = plan_query(Query(text="Qui signe les paquets ?", language="fr"))

    assert "package" in reason(segment, note.name, plan, by_words=True)
