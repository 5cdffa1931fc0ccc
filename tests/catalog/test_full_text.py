"""Words are found in all their forms, in whatever language a segment is, and rare ones first find the same as all."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from mmchat.catalog import Catalog, Database, bm25, full_text
from mmchat.types import Attachment, Locator, Modality, Segment, SegmentKind
from tests.factories import a_segment, an_attachment


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "catalog.sqlite")
    yield database
    database.close()


@pytest.fixture
def catalog(database: Database) -> Catalog:
    return Catalog(database)


def put(catalog: Catalog, texts: list[tuple[str, str]], name: str = "note.txt") -> tuple[Attachment, list[Segment]]:
    """Into library ``one``: texts, each with its language."""
    note = an_attachment(name)
    segments = [a_segment(note, n, written, language=language) for n, (written, language) in enumerate(texts)]
    catalog.add_attachment("one", note)
    catalog.index("one", note, segments)
    return note, segments


def found(catalog: Catalog, *words: str) -> list[str]:
    held = catalog.search_text("one", words, 10)
    return [catalog.candidates("one", [hit.segment_id])[hit.segment_id][0].text for hit in held]


def test_a_word_is_found_in_its_other_forms(catalog: Catalog) -> None:
    put(catalog, [("The company delivers the boiler.", "en"), ("The garden is green.", "en")])

    assert found(catalog, "companies", "deliver", "boilers") == ["The company delivers the boiler."]


def test_a_word_is_found_in_segments_of_every_language(catalog: Catalog) -> None:
    put(catalog, [("Les chevaux de James.", "fr"), ("James rides.", "en"), ("James reitet Pferde.", "de")])

    assert sorted(found(catalog, "james")) == ["James reitet Pferde.", "James rides.", "Les chevaux de James."]
    assert found(catalog, "cheval") == ["Les chevaux de James."]


def test_a_language_that_comes_in_later_is_searched_too(catalog: Catalog) -> None:
    put(catalog, [("The letters are here.", "en")])
    assert found(catalog, "chevaux") == []

    put(catalog, [("Le cheval est là.", "fr")], "autre.txt")

    assert found(catalog, "chevaux") == ["Le cheval est là."]


def test_a_phrase_is_found_where_its_words_follow_one_another(catalog: Catalog) -> None:
    put(catalog, [("The notice periods are three months.", "en"), ("A notice of a long period.", "en")])

    assert found(catalog, "notice period") == ["The notice periods are three months."]


def test_codes_and_numbers_are_found_as_they_are_written(catalog: Catalog) -> None:
    put(catalog, [("Order B4S-77 of 1,450", "en"), ("Order B4-77 of 1,451", "en")])

    assert found(catalog, "b4s") == ["Order B4S-77 of 1,450"]
    assert found(catalog, "450") == ["Order B4S-77 of 1,450"]


def test_one_form_in_another_language_does_not_make_a_common_word_rare(catalog: Catalog) -> None:
    common = [(f"The company {n} company sells boilers and pipes.", "en") for n in range(20)]
    put(catalog, [*common, ("A company with one garden.", "it"), ("The plain boiler with one garden.", "en")])

    assert catalog.search_text("one", ["companies"], 30)[-1].score < catalog.search_text("one", ["garden"], 1)[0].score
    assert found(catalog, "companies", "garden")[0] == "A company with one garden."


@pytest.mark.parametrize("old", ["full_text.one.", "full_text.one.1-other"])
def test_words_indexed_by_an_older_program_are_indexed_anew_at_first_use(
    catalog: Catalog, database: Database, old: str
) -> None:
    put(catalog, [("The company delivers the boiler.", "en")])
    with database.write() as connection:
        full_text.drop(connection, "one")
        connection.exec_driver_sql(f'CREATE VIRTUAL TABLE "{old}" USING fts5(text, heading, name, id UNINDEXED)')
        connection.exec_driver_sql(f"INSERT INTO \"{old}\" VALUES ('zanzibar', '', '', 'x')")

    assert found(catalog, "companies") == ["The company delivers the boiler."]
    with database.read() as connection:
        tables = connection.execute(text("SELECT name FROM sqlite_master WHERE name LIKE 'full_text.%'")).scalars()
        assert not any(name == old or name.startswith(f"{old}_") for name in tables.all())


def test_the_words_of_one_library_are_no_others(catalog: Catalog, database: Database) -> None:
    put(catalog, [("a secret", "en")])
    note = an_attachment("other.txt")
    for library in ("one_data", "one-2"):
        catalog.add_attachment(library, note)
        catalog.index(library, note, [a_segment(note, 0, f"words of {library}")])

    catalog.drop("one")

    assert catalog.search_text("one", ["secret"], 5) == []
    assert len(catalog.search_text("one_data", ["words"], 5)) == len(catalog.search_text("one-2", ["words"], 5)) == 1


def test_rare_words_first_find_what_all_words_would(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    source = random.Random(3)
    vocabulary = [f"word{n}x" for n in range(400)]
    weights = [1 / (n + 1) for n in range(400)]
    texts = [" ".join(source.choices(vocabulary, weights, k=source.randint(30, 60))) for _ in range(600)]
    put(catalog, [(written, "en") for written in texts])
    questions = [source.sample(vocabulary[:60], 4) for _ in range(25)]
    everything = [catalog.search_text("one", words, 600) for words in questions]
    monkeypatch.setattr(bm25, "MOST_READ", 600)

    best = [catalog.search_text("one", words, 10) for words in questions]

    share = [
        len({h.segment_id for h in b} & {h.segment_id for h in e[:10]}) / 10
        for b, e in zip(best, everything, strict=True)
    ]
    assert sum(share) / len(share) > 0.9
    for few, every in zip(best, everything, strict=True):
        scores = {hit.segment_id: hit.score for hit in every}
        assert all(hit.score == pytest.approx(scores[hit.segment_id]) for hit in few)


def test_a_search_kept_to_one_file_finds_its_common_words_too(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bm25, "MOST_READ", 5)
    put(catalog, [(f"the usual words and number{n}", "en") for n in range(50)])
    here, _ = put(catalog, [("the usual words once more", "en")], "here.txt")

    hits = catalog.search_text("one", ["usual", "number3"], 5, attachment_ids=frozenset({here.id}))

    assert len(hits) == 1
    assert catalog.search_text("one", ["usual"], 5, modality=Modality.AUDIO) == []
    monkeypatch.setattr(bm25, "FEW", 0)
    again = catalog.search_text("one", ["usual", "number3"], 5, attachment_ids=frozenset({here.id}))
    assert [hit.segment_id for hit in again] == [hit.segment_id for hit in hits]
    assert again[0].score == pytest.approx(hits[0].score)


def test_a_row_of_a_table_knows_the_passage_that_holds_it(catalog: Catalog) -> None:
    sheet = an_attachment("costs.xlsx")
    passages = [a_segment(sheet, n, "x" * 50, locator=Locator(char_start=50 * n, char_end=50 * n + 50)) for n in (0, 1)]
    where = Locator(char_start=60, char_end=70, cell="row 2")
    row = a_segment(sheet, 2, "Gutters, zinc | Price 980.00", kind=SegmentKind.ROW, locator=where)
    catalog.add_attachment("one", sheet)
    catalog.index("one", sheet, [*passages, row])

    assert catalog.passages_of_rows("one", [row.id, passages[0].id]) == {row.id: passages[1].id}
    assert catalog.passages_of_rows("one", [passages[0].id]) == catalog.passages_of_rows("two", [row.id]) == {}
