"""The questions in the words that people type: answerable from their own file, and divided by file."""

from __future__ import annotations

import json
from collections import Counter, defaultdict

from mmchat.evaluation.answer_questions import SMALL, Asked, questions, small
from mmchat.types import SegmentKind

SET = json.loads(SMALL["as_typed"].read_text("utf-8"))
FILES = {attachment.name: [each.segment for each in inputs] for attachment, inputs in small("as_typed")}
ASKED = {asked.id: asked for asked in questions(with_pages=False) if asked.library == "as_typed" and not asked.removed}
FILE_OF = {entry["id"]: entry["file"] for entry in SET["questions"]}


def files_that_answer(asked: Asked, parts: tuple[str, ...]) -> set[str]:
    one = Asked(asked.id, asked.text, asked.language, (parts,), asked.library)
    return {name for name, segments in FILES.items() if any(one.right(segment.text) for segment in segments)}


def test_each_answer_is_in_one_segment_of_its_file_and_of_no_other_file() -> None:
    for asked in ASKED.values():
        for parts in asked.answers:
            assert files_that_answer(asked, parts) == {FILE_OF[asked.id]}, (asked.text, parts)


def test_answers_are_written_as_the_file_writes_them() -> None:
    for asked in ASKED.values():
        texts = [segment.text for segment in FILES[FILE_OF[asked.id]]]
        for parts in asked.answers:
            assert any(all(part in text for part in parts) for text in texts), (asked.text, parts)


def test_no_file_is_asked_about_in_both_halves() -> None:
    halves = defaultdict(set)
    for asked in ASKED.values():
        halves[FILE_OF[asked.id]].add(asked.half)

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

    assert {
        kind: count / len(ASKED) > least for kind, count in kinds.items() if (least := LEAST[kind])
    } == dict.fromkeys(LEAST, True)
    assert languages.keys() == {"en", "fr", "de", "es"}
    assert min(languages.values()) >= 40
    assert across / len(ASKED) > 0.1


LEAST = {"fact": 0.4, "list": 0.05, "yesno": 0.1, "two": 0.08, "none": 0.18}


def test_a_table_is_a_passage_and_its_rows() -> None:
    tables = [segments for segments in FILES.values() if any(s.kind is SegmentKind.ROW for s in segments)]

    assert len(tables) >= 8
    assert all(segments[0].kind is SegmentKind.PASSAGE for segments in tables)
