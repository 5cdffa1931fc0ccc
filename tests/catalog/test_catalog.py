from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from mmchat.answering.base import cite
from mmchat.catalog import Blobs, Catalog, Conversations, Database
from mmchat.catalog.narrowing import Added
from mmchat.errors import MmchatError
from mmchat.types import (
    Candidate,
    Cell,
    Concept,
    Evidence,
    Grounding,
    JobState,
    Locator,
    Modality,
    Row,
    Table,
    WordPlace,
)
from tests.factories import a_segment, an_attachment


@pytest.fixture
def database(tmp_path: Path):
    database = Database(tmp_path / "catalog.sqlite")
    yield database
    database.close()


@pytest.fixture
def catalog(database: Database) -> Catalog:
    return Catalog(database)


def test_a_segment_comes_back_as_it_went_in(catalog: Catalog) -> None:
    attachment = an_attachment("shot.png", modality=Modality.IMAGE, media_type="image/png", width_px=640)
    segment = a_segment(
        attachment,
        0,
        "TOTAL 6.80",
        locator=Locator(boxes=((0.1, 0.2, 0.3, 0.4),)),
        places=(WordPlace(0, 5, (0.1, 0.2, 0.2, 0.4)), WordPlace(6, 10, None, 2, 1.25, 1.5)),
        heading="Receipt",
        language="en",
        concepts=(Concept("menu", 0.5),),
    )
    catalog.add_attachment("one", attachment)

    catalog.index("one", attachment, [segment])

    assert catalog.segments("one", attachment.id) == [segment]
    found, owner = catalog.candidates("one", [segment.id])[segment.id]
    assert found == segment
    assert owner.width_px == 640
    assert catalog.state("one", attachment.id) is JobState.INDEXED


def test_words_are_found_without_their_accents_and_best_first(catalog: Catalog) -> None:
    attachment = an_attachment()
    catalog.add_attachment("one", attachment)
    once = a_segment(attachment, 0, "La clé est sous le pot de fleurs, près de la porte du jardin.")
    twice = a_segment(attachment, 1, "Une clé, deux clés : la clé du jardin.")
    other = a_segment(attachment, 2, "Rien à voir ici.")
    catalog.index("one", attachment, [once, twice, other])

    hits = catalog.search_text("one", ["cle"], 10)

    assert [h.segment_id for h in hits] == [twice.id, once.id]
    assert hits[0].score > hits[1].score > 0


@pytest.mark.parametrize("word", ['"', "a OR b", "NEAR(", "*", "text:", "clé*", "'; DROP TABLE segments; --"])
def test_no_word_can_be_read_as_search_syntax(catalog: Catalog, word: str) -> None:
    attachment = an_attachment()
    catalog.add_attachment("one", attachment)
    catalog.index("one", attachment, [a_segment(attachment, 0, "plain words")])

    assert catalog.search_text("one", [word], 10) == []
    assert len(catalog.search_text("one", ["plain"], 10)) == 1


def test_a_library_sees_only_its_own(catalog: Catalog) -> None:
    attachment = an_attachment()
    segment = a_segment(attachment, 0, "a secret word")
    catalog.add_attachment("one", attachment)
    catalog.index("one", attachment, [segment])

    assert catalog.search_text("two", ["secret"], 10) == []
    assert catalog.candidates("two", [segment.id]) == {}
    assert catalog.attachment("two", attachment.id) is None
    assert catalog.entries("two") == []
    assert catalog.delete_attachment("two", attachment.id) == []
    assert catalog.search_text("one", ["secret"], 10)[0].segment_id == segment.id


@pytest.mark.parametrize("library", ["", "A", "../x", "a.b", "x" * 65, "a b", "-a", 'a"b'])
def test_a_name_that_is_no_library_id_is_refused(catalog: Catalog, library: str) -> None:
    with pytest.raises(MmchatError, match="cannot name a library"):
        catalog.add_attachment(library, an_attachment())


def test_the_same_bytes_are_added_once_and_a_failed_file_may_be_tried_again(catalog: Catalog) -> None:
    attachment = an_attachment()

    assert catalog.add_attachment("one", attachment) is True
    assert catalog.add_attachment("one", attachment) is False
    catalog.set_state("one", attachment.id, JobState.FAILED, "It was damaged.")
    assert catalog.entries("one")[0].reason == "It was damaged."
    assert catalog.add_attachment("one", attachment) is True
    assert catalog.unfinished() == [("one", attachment.id)]


def test_indexing_again_replaces_what_was_there(catalog: Catalog) -> None:
    attachment = an_attachment()
    catalog.add_attachment("one", attachment)
    catalog.index("one", attachment, [a_segment(attachment, 0, "first words")])

    catalog.index("one", attachment, [a_segment(attachment, 0, "second words")])

    assert catalog.search_text("one", ["first"], 5) == []
    assert len(catalog.search_text("one", ["words"], 5)) == 1


def test_a_file_deleted_while_it_is_read_stays_deleted(catalog: Catalog) -> None:
    attachment = an_attachment()
    catalog.add_attachment("one", attachment)
    catalog.delete_attachment("one", attachment.id)

    catalog.set_state("one", attachment.id, JobState.ENCODING)
    catalog.index("one", attachment, [a_segment(attachment, 0, "words")])

    assert catalog.entries("one") == []
    assert catalog.count_segments("one") == 0


def test_full_text_can_be_kept_to_a_modality_and_to_files(catalog: Catalog) -> None:
    note, clip = an_attachment("note.txt"), an_attachment("clip.wav", modality=Modality.AUDIO)
    for attachment in (note, clip):
        catalog.add_attachment("one", attachment)
        catalog.index("one", attachment, [a_segment(attachment, 0, "the same words")])

    only_audio = catalog.search_text("one", ["words"], 5, modality=Modality.AUDIO)
    only_note = catalog.search_text("one", ["words"], 5, attachment_ids=frozenset({note.id}))

    assert catalog.candidates("one", [only_audio[0].segment_id])[only_audio[0].segment_id][1].name == "clip.wav"
    assert [catalog.candidates("one", [h.segment_id])[h.segment_id][1].name for h in only_note] == ["note.txt"]


def test_deleted_words_are_gone_from_the_disk(tmp_path: Path) -> None:
    canary = "zanzibarcanary"
    database = Database(tmp_path / "catalog.sqlite")
    catalog, conversations = Catalog(database), Conversations(database)
    blobs = Blobs(tmp_path / "originals")
    attachment = an_attachment()
    blobs.put("one", attachment.id, canary.encode())
    catalog.add_attachment("one", attachment)
    segment = a_segment(attachment, 0, f"the {canary} sings")
    cell = Cell(0, canary, unit=canary, locator=Locator(cell=f"{canary}!A1"))
    table = Table("t", attachment.id, 0, canary, (canary,), (Row(0, canary, (cell,)),), note=canary)
    catalog.index("one", attachment, [segment], tables=[table])
    evidence = Evidence(1, Candidate(segment, attachment, 1.0, why=f"a {canary} is heard"))
    conversation = conversations.start("one")
    message = conversations.begin_answer("one", conversation)
    conversations.store_answer(
        "one", message, "It sings. [1]", evidence=[evidence], citations=[cite(evidence, 0, 10)],
        grounding=Grounding.ANSWERED, warnings=[], complete=True,
    )  # fmt: skip
    assert any(canary.encode() in f.read_bytes() for f in tmp_path.rglob("*") if f.is_file())

    catalog.delete_attachment("one", attachment.id)
    conversations.forget_attachment("one", attachment.id)
    blobs.delete("one", attachment.id)
    database.close()

    left = [f.name for f in tmp_path.rglob("*") if f.is_file() and canary.encode() in f.read_bytes()]
    assert left == []


def test_an_answer_is_frozen_with_its_sources(database: Database, tmp_path: Path) -> None:
    attachment = an_attachment("memo.wav", modality=Modality.AUDIO, duration_s=20.0)
    segment = a_segment(attachment, 0, "six eighty at the harbour", locator=Locator(start_s=17.0, end_s=19.0))
    evidence = Evidence(
        1, Candidate(segment, attachment, 0.5, {"full_text": 1}, {"full_text": 2.0}, 0.9, "words matched", "names it")
    )
    conversations = Conversations(database)
    conversation = conversations.start("one")
    conversations.say("one", conversation, "How much was it?", [attachment])
    message = conversations.begin_answer("one", conversation)
    conversations.store_answer(
        "one", message, "Six eighty. [1]", evidence=[evidence], citations=[cite(evidence, 0, 10)],
        grounding=Grounding.ANSWERED, warnings=["One file was refused."], complete=True,
    )  # fmt: skip

    database.close()
    again = Conversations(Database(tmp_path / "catalog.sqlite"))
    question, answer = again.messages("one", conversation)

    assert question.text == "How much was it?"
    assert question.attachments[0].name == "memo.wav"
    assert answer.citations[0].locator == Locator(start_s=17.0, end_s=19.0)
    assert answer.evidence == (evidence,)
    assert answer.warnings == ("One file was refused.",)
    assert answer.complete
    assert [c.title for c in again.all("one")] == ["How much was it?"]
    assert again.messages("two", conversation) == []
    assert again.delete("two", conversation) is False


def test_blobs_take_only_hashes(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    secret = tmp_path / "secret"
    secret.write_text("no")

    assert blobs.path("one", "../secret") is None
    assert blobs.path("one", "a" * 64) is None
    assert blobs.put("one", "a" * 64, b"yes").read_bytes() == b"yes"


def test_no_library_can_be_taken_for_the_index_of_another(catalog: Catalog) -> None:
    # FTS5 keeps its own tables as NAME_data, NAME_content and so on beside each table.
    attachment = an_attachment()
    for library in ("x", "x_data", "x_content"):
        catalog.add_attachment(library, attachment)
        catalog.index(library, attachment, [a_segment(attachment, 0, f"words of {library}")])

    catalog.drop("x_data")

    assert len(catalog.search_text("x", ["words"], 5)) == 1
    assert len(catalog.search_text("x_content", ["words"], 5)) == 1
    assert catalog.search_text("x_data", ["words"], 5) == []


def test_a_search_is_kept_to_files_by_their_tag_and_by_when_they_were_added(catalog: Catalog) -> None:
    beach, office = an_attachment("beach.txt"), an_attachment("office.txt")
    for attachment in (beach, office):
        catalog.add_attachment("one", attachment)
        catalog.index("one", attachment, [a_segment(attachment, 0, f"some words of {attachment.name}")])
    catalog.tag("one", [beach.id], ["#Holiday", "two words"])
    added = catalog.attachment("one", beach.id).created_at  # type: ignore[union-attr]
    hour = timedelta(hours=1)

    def found(narrowed: Added) -> tuple[set[str], set[str]]:
        by_words = {hit.segment_id for hit in catalog.search_text("one", ["words"], 5, added=narrowed)}
        return by_words, set(catalog.ids_within("one", added=narrowed))

    every = {s.id for a in (beach, office) for s in catalog.segments("one", a.id)}
    tagged = {s.id for s in catalog.segments("one", beach.id)}
    assert found(Added()) == (every, every)
    assert found(Added(tag="#holiday")) == found(Added(tag="two-words")) == (tagged, tagged)
    assert found(Added(since=added - hour, before=added + hour)) == (every, every)
    assert found(Added(since=added + hour)) == found(Added(before=added - hour)) == (set(), set())
    assert found(Added(since=added - hour, tag="holiday")) == (tagged, tagged)


def test_tags_are_listed_with_their_file_and_go_with_it(catalog: Catalog) -> None:
    beach = an_attachment("beach.txt")
    catalog.add_attachment("one", beach)
    catalog.tag("one", [beach.id], ["b", "a", "b"])

    assert [entry.tags for entry in catalog.entries("one")] == [("a", "b")]

    catalog.delete_attachment("one", beach.id)
    catalog.add_attachment("one", beach)
    assert [entry.tags for entry in catalog.entries("one")] == [()]
