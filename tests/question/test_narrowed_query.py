"""Narrowings put into a query, and which of several count."""

from __future__ import annotations

from datetime import UTC, datetime

from mmchat.question.narrowing import among, names_of, narrowed, time_value, together
from mmchat.types import Modality, NarrowedBy, Narrowing, Query
from tests.held_files import HeldFiles

PHOTOS = Narrowing(NarrowedBy.MODALITY, "image", "photos")
SOUNDS = Narrowing(NarrowedBy.MODALITY, "audio", "recordings")
LEASE, TRIP = Narrowing(NarrowedBy.FILE, "1", "lease.md"), Narrowing(NarrowedBy.FILE, "2", "trip.md")
SINCE = datetime(2025, 3, 1, tzinfo=UTC)


def test_a_query_is_kept_to_every_narrowing() -> None:
    day = Narrowing(NarrowedBy.TIME, time_value(SINCE, None), "since March")
    query = narrowed(Query("boiler"), [PHOTOS, LEASE, TRIP, Narrowing(NarrowedBy.TAG, "flat"), day])

    assert (query.modality, query.tag, query.attachment_ids) == (Modality.IMAGE, "flat", frozenset({"1", "2"}))
    assert (query.added_from, query.added_before) == (SINCE, None)
    assert query.narrowed


def test_without_narrowings_a_query_stays_as_it_is() -> None:
    assert narrowed(Query("boiler"), []) == Query("boiler")


def test_what_was_chosen_by_hand_wins_over_what_was_read() -> None:
    [kept] = together([SOUNDS], [PHOTOS])

    assert (kept.value, kept.by_hand) == ("audio", True)


def test_a_named_file_makes_its_kind_needless() -> None:
    assert together([], [PHOTOS, LEASE]) == (LEASE,)


def test_any_time_is_among_times_but_another_file_is_not_among_files() -> None:
    march, april = (Narrowing(NarrowedBy.TIME, value) for value in ("2025-03-01/", "2025-04-01/"))

    assert among(march, [april])
    assert not among(LEASE, [TRIP])


def test_names_are_told_for_files_that_are_here() -> None:
    files = HeldFiles()
    lease = files.hold("lease.md", "The lease.")

    assert names_of([lease.id, "gone"], files.entries("")) == {lease.id: "lease.md"}
