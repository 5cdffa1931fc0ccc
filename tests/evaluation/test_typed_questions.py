"""The questions in the words that people type: answerable from their own file, and divided by file."""

from __future__ import annotations

import json
from collections import Counter, defaultdict

from mmchat.evaluation.answer_questions import SMALL, Asked, questions, small
from mmchat.types import SegmentKind

SET = json.loads(SMALL["as_typed"].read_text("utf-8"))
FILES = {attachment.name: [each.segment for each in inputs] for attachment, inputs in small("as_typed")}
ASKED = {asked.id: asked for asked in questions(with_pages=False) if asked.library == "as_typed" and not asked.removed}
TEXTS = [segment.text for segments in FILES.values() for segment in segments]
FILE_OF = {entry["id"]: entry["file"] for entry in SET["questions"]}


def files_that_answer(asked: Asked, parts: tuple[str, ...]) -> set[str]:
    one = Asked(asked.id, asked.text, asked.language, (parts,), asked.library)
    return {name for name, segments in FILES.items() if any(one.right(segment.text) for segment in segments)}


def test_each_answer_is_in_one_segment_of_its_own_file_or_of_its_other_version() -> None:
    for asked in ASKED.values():
        found = [files_that_answer(asked, parts) for parts in asked.answers]
        assert all(len(files) == 1 for files in found), (asked.text, asked.answers)
        assert not found or FILE_OF[asked.id] in set.union(*found)


def test_answers_are_written_as_the_file_writes_them() -> None:
    for asked in ASKED.values():
        for parts in asked.answers:
            assert any(all(part in text for part in parts) for text in TEXTS), (asked.text, parts)


def test_no_file_is_asked_about_in_both_halves() -> None:
    halves = defaultdict(set)
    for asked in ASKED.values():
        own = {FILE_OF[asked.id]}
        for name in own.union(*(files_that_answer(asked, parts) for parts in asked.answers)):
            halves[name].add(asked.half)

    assert set(halves) == set(FILES)
    assert all(len(found) == 1 for found in halves.values())
    shares = Counter(asked.half for asked in ASKED.values())
    assert set(shares) == {"fit", "kept"}
    assert min(shares.values()) > 0.45 * shares.total()


def test_only_questions_of_kind_none_have_no_answer() -> None:
    assert len(ASKED) == len(SET["questions"])
    assert all((asked.kind == "none") != asked.answerable for asked in ASKED.values())


def test_every_kind_and_language_has_its_share() -> None:
    kinds = Counter(asked.kind for asked in ASKED.values())
    languages = Counter(asked.language for asked in ASKED.values())
    across = sum(FILES[FILE_OF[asked.id]][0].language != asked.language for asked in ASKED.values())

    assert kinds.keys() == {"fact", "list", "yesno", "two", "none"}
    assert kinds["none"] / len(ASKED) > 0.18
    assert all(kinds[kind] >= 40 for kind in ("fact", "list", "yesno", "two"))
    assert languages.keys() == {"en", "fr", "de", "es"}
    assert min(languages.values()) >= 80
    assert across / len(ASKED) > 0.1


def test_a_table_is_a_passage_and_its_rows() -> None:
    tables = [segments for segments in FILES.values() if any(s.kind is SegmentKind.ROW for s in segments)]

    assert len(tables) >= 8
    assert all(segments[0].kind is SegmentKind.PASSAGE for segments in tables)
