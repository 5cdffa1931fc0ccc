"""What the menu beside the composer chooses, and takes away again."""

from __future__ import annotations

from dataclasses import replace

from factories import an_attachment

from mmchat.types import JobState, LibraryEntry, NarrowedBy
from mmchat.ui.narrowing import bar, toggled
from mmchat.ui.translations import Wording

W = Wording("en")
SPRING, AUTUMN = (replace(an_attachment("minutes.txt"), id=each * 64) for each in "ab")
ENTRIES = [LibraryEntry(each, JobState.INDEXED, 1) for each in (SPRING, AUTUMN)]


def test_files_add_up_also_when_they_have_one_name() -> None:
    chosen = toggled((), "file", SPRING.id, ENTRIES, W)
    chosen = toggled(chosen, "file", AUTUMN.id, ENTRIES, W)

    assert [n.value for n in chosen] == [SPRING.id, AUTUMN.id]
    assert [n.value for n in toggled(chosen, "file", SPRING.id, ENTRIES, W)] == [AUTUMN.id]


def test_a_file_that_another_tab_deleted_can_be_taken_away() -> None:
    chosen = toggled((), "file", SPRING.id, ENTRIES, W)

    assert toggled(chosen, "file", SPRING.id, ENTRIES[1:], W) == ()
    assert toggled(chosen, "file", "c" * 64, ENTRIES, W) == chosen


def test_a_time_pressed_again_is_taken_away_and_another_takes_its_place() -> None:
    chosen = toggled((), "time", "7", ENTRIES, W)

    assert "time|7" in bar(chosen, ENTRIES, W)
    assert toggled(chosen, "time", "7", ENTRIES, W) == ()
    [other] = toggled(chosen, "time", "30", ENTRIES, W)
    assert (other.by, other.label) == (NarrowedBy.TIME, W("when_30"))
