"""What is stored can be read back, also what an earlier version stored."""

from __future__ import annotations

from mmchat.catalog.codec import understood_from_json, understood_to_json
from mmchat.types import NarrowedBy, Narrowing, RequestKind, Understood


def test_how_a_question_was_taken_is_read_back_whole() -> None:
    file = Narrowing(NarrowedBy.FILE, "a" * 64, "lease.pdf", by_hand=True)
    taken = Understood("What is the rent?", (file,), ("b" * 64,), (), RequestKind.TABLE, (("wify", "wifi"),))

    assert understood_from_json(understood_to_json(taken)) == taken


def test_what_was_stored_before_there_were_kinds_still_reads() -> None:
    stored = {"stand_alone": "", "narrowings": [], "given": [], "without": []}

    assert understood_from_json(stored) == Understood()
