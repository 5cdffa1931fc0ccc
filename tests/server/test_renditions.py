"""Keeping what was made, within bounds."""

from __future__ import annotations

from mmchat.server.renditions import Rendition, Renditions


def test_a_rendition_is_made_once_and_the_oldest_makes_room() -> None:
    made: list[int] = []

    def make(number: int) -> Rendition:
        made.append(number)
        return Rendition(b"x" * 40, "image/png")

    kept = Renditions(max_bytes=100)
    for number in (1, 2, 1, 3, 1, 2):
        kept.get("ana", "doc", f"page {number}", lambda number=number: make(number))

    assert made == [1, 2, 3, 2]


def test_forgetting_an_attachment_drops_it_for_its_library_alone() -> None:
    kept = Renditions()
    for library in ("ana", "ben"):
        kept.get(library, "doc", "page 1", lambda: Rendition(b"old", "image/png"))

    kept.forget("ana", "doc")

    assert kept.get("ana", "doc", "page 1", lambda: Rendition(b"new", "image/png")) == Rendition(b"new", "image/png")
    assert kept.get("ben", "doc", "page 1", lambda: Rendition(b"new", "image/png")) == Rendition(b"old", "image/png")
