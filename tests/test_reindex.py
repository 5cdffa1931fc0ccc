"""A changed encoder: the former one answers until every segment has its new vector; never a mix.

``python -m pytest tests/test_reindex.py -s -k 500`` shows it on a library of 500 segments.
"""

from __future__ import annotations

import asyncio
import io
import random
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import text as sql

from mmchat.catalog import SpaceRecord, SpaceUse
from mmchat.encoders import ENCODERS
from mmchat.errors import ModelUnavailable
from mmchat.fair_queue import SLOTS
from mmchat.retrieval.retriever import FULL_TEXT
from mmchat.settings import Settings
from mmchat.types import SPOKEN_OR_WRITTEN, Query, ReindexState, Retrieved, SegmentKind, Turn, Upload, Warned
from tests.changed_encoders import TABLE, Brightness, Colour, Everything, NewHashing
from tests.light_assistant import Light, Opened, reopening, until

LIBRARY = "one"
OLD, NEW = "hashing@1", "hashing@2"
WORDS = [w + e for w in "amber birch cedar delta ember fjord grove heath islet".split() for e in ("", "s", "ing", "ed")]


@pytest.fixture(autouse=True)
def changed_encoders(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, target in TABLE.items():
        monkeypatch.setitem(ENCODERS, name, target)
    monkeypatch.setattr(NewHashing, "taken", [])
    yield
    NewHashing.before = staticmethod(lambda _: None)


@pytest.fixture
def opened(settings: Settings) -> Iterator[Opened]:
    """Opens the one data folder, with these settings, closing it first."""
    with reopening(settings, image_encoder="none") as open_again:
        yield open_again


def note(name: str, sections: int, seed: int = 0) -> Upload:
    """A text file with this many passages."""
    draw = random.Random(f"{name} {seed}")
    parts = [f"# {name} {n}\n\nEntry {n} says {' '.join(draw.choices(WORDS, k=12))}.\n" for n in range(sections)]
    return Upload(f"{name}.md", "\n".join(parts).encode())


def fill(assistant: Light, *uploads: Upload) -> list[str]:
    """Take the files in; returns their ids."""
    return [assistant.ingest_now(LIBRARY, upload).attachment.id for upload in uploads]


def ids_of(assistant: Light, *kinds: SegmentKind) -> list[str]:
    return assistant._catalog.segment_ids(LIBRARY, kinds or set(SegmentKind))


def asked(assistant: Light, words: str = "amber cedaring fjords") -> set[str]:
    """The sources that a search had its candidates from."""
    found = assistant.search(LIBRARY, Query(text=words, language="en"), 24)
    assert found.candidates
    return {name for candidate in found.candidates for name in candidate.scores}


def whole(assistant: Light) -> bool:
    return not assistant.reindexing(LIBRARY)


def warnings(assistant: Light, question: str = "Where is amber?", language: str = "en") -> list[str]:
    async def ask() -> list[str]:
        said = []
        turn = Turn(assistant.start_conversation(LIBRARY), question, interface_language=language)
        async for event in assistant.answer(LIBRARY, turn):
            if isinstance(event, Warned):
                said.append(event.message)
            if isinstance(event, Retrieved):
                break
        return said

    return asyncio.run(ask())


def recorded(assistant: Light) -> list[tuple[str, str, str]]:
    return [(r.role, r.space.name, r.use.value) for r in assistant._spaces._records.all(LIBRARY)]


def hold(after: int) -> threading.Event:
    """The new encoder stops before its batch number ``after``, until the event is set."""
    go, count = threading.Event(), [0]

    def before(_: list[str]) -> None:
        count[0] += 1
        if count[0] > after:
            go.wait(10)

    NewHashing.before = staticmethod(before)
    return go


def test_500_segments_are_searched_in_the_old_space_until_the_new_one_is_whole(opened: Opened, tmp_path: Path) -> None:
    files = [note(f"file{n}", 50) for n in range(10)]
    queries = [" ".join(random.Random(n).choices(WORDS, k=3)) for n in range(5)]
    fill(opened(), *files)

    assistant = opened(text_encoder="hashing-new")
    ids = ids_of(assistant)
    states: list[ReindexState] = []
    for state in assistant.reindex(LIBRARY):
        states.append(state)
        sources = set().union(*(asked(assistant, query) for query in queries))
        assert sources == {FULL_TEXT, OLD if state.state == "running" else NEW}
        if state.done % 100 == 0:
            sys.stdout.write(
                f"\n{state.role}: {state.done:3} of {state.total}, {state.fraction:6.1%}, {state.state}; "
                f"asked: {', '.join(sorted(sources))}"
            )

    assert len(ids) == 500
    assert [s.done for s in states] == sorted(s.done for s in states)
    assert [s.fraction for s in states] == sorted(s.fraction for s in states)
    assert (states[0].done, states[-1].state, states[-1].fraction) == (50, "whole", 1.0)
    assert assistant.vectors(LIBRARY) == {NEW: 500}
    assert [space.name for space in assistant._store.spaces(LIBRARY)] == [NEW]
    assert recorded(assistant) == [("text", NEW, "active")]
    results = [assistant.search(LIBRARY, Query(text=q, language="en"), 24).candidates for q in queries]
    space = assistant._parts.encoders[0].space
    vectors = assistant._store.get(LIBRARY, space, ids)

    fresh = opened(tmp_path / "fresh", text_encoder="hashing-new")
    fill(fresh, *files)

    again = fresh._store.get(LIBRARY, space, ids)
    assert all(np.array_equal(vectors[id], again[id]) for id in ids)
    for query, before in zip(queries, results, strict=True):
        found = fresh.search(LIBRARY, Query(text=query, language="en"), 24).candidates
        assert [(c.segment.id, c.score, c.scores) for c in found] == [(c.segment.id, c.score, c.scores) for c in before]
    sys.stdout.write(f"\nthe same {len(again)} vectors and {len(queries)} results as an index made anew\n")


def test_it_runs_in_the_background_and_says_how_far_it_is(opened: Opened) -> None:
    fill(opened(), note("a", 120))
    go = hold(after=1)

    assistant = opened(text_encoder="hashing-new")
    assistant.warm_up()
    until(lambda: assistant.reindexing(LIBRARY)[0].done == 50)
    [state] = assistant.reindexing(LIBRARY)
    during = asked(assistant), warnings(assistant)
    go.set()
    until(lambda: whole(assistant))

    assert (state.role, state.former, state.encoder, state.state) == ("text", "hashing", "hashing-new", "running")
    assert state.fraction == pytest.approx(50 / 120)
    assert during == ({FULL_TEXT, OLD}, [])
    assert asked(assistant) == {FULL_TEXT, NEW}


def test_a_killed_job_goes_on_where_it_was(opened: Opened) -> None:
    fill(opened(), note("a", 200))
    killed = opened(text_encoder="hashing-new")
    steps = killed.reindex(LIBRARY)
    for _ in range(2):
        next(steps)
    steps.close()

    assistant = opened(text_encoder="hashing-new")
    planned = assistant.plan_reindex(LIBRARY)
    during = asked(assistant)
    assistant.warm_up()
    until(lambda: whole(assistant))

    assert (planned[0].done, planned[0].total, during) == (100, 200, {FULL_TEXT, OLD})
    assert sorted(NewHashing.taken) == sorted(ids_of(assistant))  # each once
    assert asked(assistant) == {FULL_TEXT, NEW}


def test_closing_stops_the_job_at_its_next_batch(opened: Opened) -> None:
    fill(opened(), note("a", 300))
    go = hold(after=1)
    assistant = opened(text_encoder="hashing-new")
    assistant.warm_up()
    until(lambda: assistant.reindexing(LIBRARY)[0].done == 50)

    threading.Timer(0.1, go.set).start()
    assistant.close()
    taken = len(NewHashing.taken)

    assert taken <= 150
    again = opened(text_encoder="hashing-new")
    assert asked(again) == {FULL_TEXT, OLD}


def test_files_that_wait_go_before_the_next_batch(opened: Opened) -> None:
    fill(opened(), note("a", 200))
    assistant = opened(text_encoder="hashing-new")
    encoded: list[int] = []
    held, go, busy = threading.Event(), threading.Event(), threading.Event()

    def before(texts: list[str]) -> None:
        encoded.append(len(texts))
        if encoded == [50, 50]:
            held.set()
            go.wait(10)

    NewHashing.before = staticmethod(before)
    assistant.warm_up()
    assert held.wait(10)
    for _ in range(SLOTS - 1):
        assistant._jobs.queue.submit("others", lambda: busy.wait(10))
    admissions = assistant._ingestion.admit_all(LIBRARY, [note("b", 3), note("c", 4)])
    for admission in admissions:
        assistant._jobs.queue.submit(LIBRARY, partial(assistant._ingestion.finish, LIBRARY, admission, lambda _: None))
    go.set()
    until(lambda: whole(assistant))
    busy.set()

    assert encoded == [50, 50, 3, 4, 50, 50]
    assert assistant.vectors(LIBRARY) == {NEW: 207}


def test_closing_before_the_very_first_batch_ends_the_job(opened: Opened) -> None:
    fill(opened(), note("a", 100))
    assistant = opened(text_encoder="hashing-new")
    job, closing = assistant._reindexing, threading.Event()
    lacking = job._lacking

    def close_then_look(*arguments):
        job.close()
        closing.set()
        return lacking(*arguments)

    job._lacking = close_then_look
    assistant.warm_up()
    assert closing.wait(10)
    assistant.close()

    assert opened(text_encoder="hashing-new").plan_reindex(LIBRARY)[0].done == 0


def test_a_file_given_between_two_batches_is_found_by_the_old_encoder_and_then_by_the_new(opened: Opened) -> None:
    fill(opened(), note("a", 100))
    assistant = opened(text_encoder="hashing-new")
    steps = assistant.reindex(LIBRARY)
    next(steps)

    fill(assistant, Upload("b.md", b"The quokka sleeps."))
    between = assistant.vectors(LIBRARY), asked(assistant, "quokka")
    fractions = [state.fraction for state in steps]

    assert between == ({OLD: 101, NEW: 51}, {FULL_TEXT, OLD})
    assert fractions == sorted(fractions)
    assert (assistant.vectors(LIBRARY), asked(assistant, "quokka")) == ({NEW: 101}, {FULL_TEXT, NEW})


def test_a_file_deleted_meanwhile_leaves_no_vector_behind(opened: Opened) -> None:
    first, second = fill(opened(), note("a", 80), note("b", 80))
    assistant = opened(text_encoder="hashing-new")
    gone = [s.id for s in assistant._catalog.segments(LIBRARY, second)]
    NewHashing.before = staticmethod(lambda _: assistant.delete_attachment(LIBRARY, second) and None)  # while encoding

    states = list(assistant.reindex(LIBRARY))

    space = assistant._parts.encoders[0].space
    assert len(gone) == 80
    assert assistant._store.get(LIBRARY, space, gone) == {}
    assert assistant.vectors(LIBRARY) == {NEW: 80}
    assert states[-1].state == "whole" and states[-1].detail == ""
    assert [s.fraction for s in states] == sorted(s.fraction for s in states)


def test_a_library_deleted_meanwhile_leaves_nothing_behind(opened: Opened) -> None:
    fill(opened(), note("a", 200))
    assistant = opened(text_encoder="hashing-new")
    go = hold(after=1)
    assistant.warm_up()
    until(lambda: assistant.reindexing(LIBRARY)[0].done == 50)

    assistant.delete_library(LIBRARY)
    go.set()
    until(lambda: assistant._reindexing._work is None)

    assert assistant._store.spaces(LIBRARY) == []
    assert recorded(assistant) == []
    assert assistant.reindexing(LIBRARY) == ()
    fill(assistant, note("a", 5))
    assert assistant.vectors(LIBRARY) == {NEW: 5}


def test_lost_vectors_are_made_again_and_full_text_answers_until_then(opened: Opened) -> None:
    assistant = opened(text_encoder="hashing-new")
    fill(assistant, note("a", 100))
    space = assistant._parts.encoders[0].space
    before = assistant._store.get(LIBRARY, space, ids_of(assistant))
    assistant.close()
    shutil.rmtree(assistant.settings.data_dir / "vectors")

    assistant = opened(text_encoder="hashing-new")
    steps = assistant.reindex(LIBRARY)
    next(steps)
    during = asked(assistant), warnings(assistant), warnings(assistant, "Où est amber ?", "fr")
    entries = [entry.state for entry in assistant.library_entries(LIBRARY)]
    list(steps)

    after = assistant._store.get(LIBRARY, space, list(before))
    assert during[0] == {FULL_TEXT}
    assert during[1] == ["Search by meaning is being prepared again: 50 %. Until then, only the very words are found."]
    assert during[2][0].startswith("Recherche par le sens en préparation : 50 %.")
    assert entries == ["indexed"]  # nothing is read again
    assert all(np.array_equal(before[id], after[id]) for id in before)
    assert (asked(assistant), warnings(assistant)) == ({FULL_TEXT, NEW}, [])


@pytest.mark.parametrize("former", [None, "tests.changed_encoders:NewHashing"])
def test_without_the_former_encoder_full_text_answers_and_says_so(
    opened: Opened, monkeypatch: pytest.MonkeyPatch, former: str | None
) -> None:
    fill(opened(), note("a", 100))
    if former:
        monkeypatch.setitem(ENCODERS, "hashing", former)  # the same name, but another revision by now
    else:
        monkeypatch.delitem(ENCODERS, "hashing")

    assistant = opened(text_encoder="hashing-new")
    steps = assistant.reindex(LIBRARY)
    next(steps)
    during = asked(assistant), warnings(assistant)
    fill(assistant, note("b", 10))
    list(steps)

    assert during == (
        {FULL_TEXT},
        ["Search by meaning is being prepared again: 50 %. Until then, only the very words are found."],
    )
    assert (asked(assistant), warnings(assistant)) == ({FULL_TEXT, NEW}, [])
    assert assistant.vectors(LIBRARY) == {NEW: 110}


def test_a_library_found_lacking_at_a_question_is_mended_without_a_restart(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(opened(), note("a", 30))
    monkeypatch.delitem(ENCODERS, "hashing")
    assistant = opened(text_encoder="hashing-new")
    with monkeypatch.context() as start:  # whose plan went wrong
        start.setattr(assistant._catalog, "libraries", lambda: [])
        assistant.warm_up()

    said = warnings(assistant)

    assert said and said[0].startswith("Search by meaning is being prepared again")
    until(lambda: assistant.vectors(LIBRARY) == {NEW: 30} and whole(assistant))
    assert (asked(assistant), warnings(assistant)) == ({FULL_TEXT, NEW}, [])


def test_a_command_that_asks_begins_no_work_behind_its_back(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(opened(), note("a", 30))
    monkeypatch.delitem(ENCODERS, "hashing")
    assistant = opened(text_encoder="hashing-new")

    warnings(assistant)

    assert [state.state for state in assistant.reindexing(LIBRARY)] == ["waiting"]


def test_the_same_name_with_another_revision_is_another_space(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(opened(), note("a", 20))
    monkeypatch.setitem(ENCODERS, "hashing", "tests.changed_encoders:NewHashing")

    assistant = opened()
    assistant.warm_up()
    until(lambda: whole(assistant))

    assert recorded(assistant) == [("text", NEW, "active")]
    assert asked(assistant) == {FULL_TEXT, NEW}


def test_an_encoder_that_fails_leaves_the_former_one_answering(opened: Opened) -> None:
    fill(opened(), note("a", 100))

    def fail(_: list[str]) -> None:
        raise ModelUnavailable("The weights are not here. Fetch them.")

    NewHashing.before = staticmethod(fail)
    assistant = opened(text_encoder="hashing-new")
    assistant.warm_up()
    until(lambda: assistant.reindexing(LIBRARY)[0].state == "failed")

    assert assistant.reindexing(LIBRARY)[0].detail == "The weights are not here. Fetch them."
    assert (asked(assistant), warnings(assistant)) == ({FULL_TEXT, OLD}, [])


def test_one_segment_that_an_encoder_chokes_on_does_not_keep_the_rest_from_the_switch(opened: Opened) -> None:
    fill(opened(), note("a", 60))

    def choke(texts: list[str]) -> None:
        if any("Entry 7 " in text for text in texts):
            raise ZeroDivisionError

    NewHashing.before = staticmethod(choke)
    assistant = opened(text_encoder="hashing-new")
    states = list(assistant.reindex(LIBRARY))

    assert (states[-1].state, states[-1].detail) == ("whole", "1 could not be read again from the originals.")
    assert assistant.vectors(LIBRARY) == {NEW: 59}


def test_going_back_half_way_drops_what_was_being_made(opened: Opened) -> None:
    fill(opened(), note("a", 100))
    steps = opened(text_encoder="hashing-new").reindex(LIBRARY)
    next(steps)
    steps.close()

    assistant = opened()
    assistant.warm_up()

    assert assistant.reindexing(LIBRARY) == ()
    assert [space.name for space in assistant._store.spaces(LIBRARY)] == [OLD]
    assert recorded(assistant) == [("text", OLD, "active")]


def test_a_library_from_before_these_records_keeps_the_space_it_has(opened: Opened) -> None:
    assistant = opened()
    fill(assistant, note("a", 100))
    with assistant._database.write() as connection:
        connection.execute(sql("DELETE FROM spaces"))

    assistant = opened(text_encoder="hashing-new")
    steps = assistant.reindex(LIBRARY)
    next(steps)

    assert asked(assistant) == {FULL_TEXT, OLD}
    assert recorded(assistant) == [("text", OLD, "active"), ("text", NEW, "coming")]


def test_a_space_stays_as_long_as_someone_searches_in_it(opened: Opened) -> None:
    fill(opened(), note("a", 30))
    assistant = opened(text_encoder="hashing-new")

    with assistant._spaces.reading(LIBRARY) as encoders:
        list(assistant.reindex(LIBRARY))
        kept = [space.name for space in assistant._store.spaces(LIBRARY)]
    left = [space.name for space in assistant._store.spaces(LIBRARY)]

    assert [encoder.space.name for encoder in encoders] == [OLD]
    assert (kept, left) == ([OLD, NEW], [NEW])


def test_what_was_recognised_in_a_file_given_during_the_switch_is_the_new_encoders(opened: Opened) -> None:
    fill(opened(image_encoder="colour"), picture((250, 0, 0)))
    assistant = opened(image_encoder="brightness")
    encode = assistant._reading._encode

    def encode_and_switch(*arguments):
        said = encode(*arguments)
        list(assistant.reindex(LIBRARY))  # the switch comes between encoding the file and writing it down
        return said

    assistant._reading._encode = encode_and_switch
    fill(assistant, picture((250, 250, 250)))

    assert concepts(assistant) == ["250-0-0.png dark", "250-250-250.png light"]
    assert assistant.vectors(LIBRARY) == {OLD: 0, Brightness.space.name: 2}
    assert [space.name for space in assistant._store.spaces(LIBRARY)] == [Brightness.space.name]


def test_the_switch_waits_while_a_file_is_written_down(opened: Opened) -> None:
    fill(opened(), note("a", 20))
    assistant = opened(text_encoder="hashing-new")
    job = threading.Thread(target=lambda: list(assistant.reindex(LIBRARY)))

    with assistant._spaces.writing(LIBRARY) as writing, writing.settled() as searched:
        job.start()
        until(lambda: len(NewHashing.taken) == 20)
        job.join(0.3)
        waiting = job.is_alive(), asked(assistant)
    job.join(10)

    assert {space.name for space in searched} == {OLD}
    assert waiting == (True, {FULL_TEXT, OLD})
    assert asked(assistant) == {FULL_TEXT, NEW}


def test_searches_files_and_deletions_in_the_middle_of_it_break_nothing(opened: Opened) -> None:
    fill(opened(), note("a", 150), *(note(f"old{n}", 10) for n in range(5)))
    assistant = opened(text_encoder="hashing-new")
    files = [entry.attachment.id for entry in assistant.library_entries(LIBRARY) if entry.attachment.name != "a.md"]
    NewHashing.before = staticmethod(lambda _: time.sleep(0.02))
    broken: list[BaseException | set[str]] = []

    def search() -> None:
        try:
            while not done.is_set():
                sources = asked(assistant)
                if sources not in ({FULL_TEXT, OLD}, {FULL_TEXT, NEW}):
                    broken.append(sources)
        except BaseException as error:
            broken.append(error)

    done, searching = threading.Event(), [threading.Thread(target=search) for _ in range(2)]
    for thread in searching:
        thread.start()
    assistant.warm_up()
    for n, file in enumerate(files):
        assistant.delete_attachment(LIBRARY, file)
        fill(assistant, note(f"new{n}", 10))
    until(lambda: whole(assistant))
    done.set()
    for thread in searching:
        thread.join()

    assert broken == []
    assert assistant.vectors(LIBRARY) == {NEW: 200}
    assert assistant.missing_vectors(LIBRARY) == {}
    assert [space.name for space in assistant._store.spaces(LIBRARY)] == [NEW]


def test_a_rebuild_leaves_only_the_configured_space(opened: Opened) -> None:
    fill(opened(), note("a", 30))

    assistant = opened(text_encoder="hashing-new")
    assistant.rebuild(LIBRARY)

    assert (assistant.plan_reindex(LIBRARY), assistant.vectors(LIBRARY)) == ((), {NEW: 30})
    assert recorded(assistant) == [("text", NEW, "active")]


def picture(rgb: tuple[int, int, int]) -> Upload:
    out = io.BytesIO()
    Image.new("RGB", (40, 40), rgb).save(out, "PNG")
    return Upload(f"{rgb[0]}-{rgb[1]}-{rgb[2]}.png", out.getvalue())


def concepts(assistant: Light) -> list[str]:
    found = assistant._catalog.candidates(LIBRARY, ids_of(assistant, SegmentKind.WHOLE_IMAGE)).values()
    return sorted(f"{file.name} {' '.join(c.label for c in segment.concepts)}" for segment, file in found)


def test_pictures_are_looked_at_again_and_what_is_said_of_them_changes_with_the_switch(opened: Opened) -> None:
    fill(opened(image_encoder="colour"), *(picture((n, 0, 250)) for n in range(10)), picture((250, 0, 0)))
    assistant = opened(image_encoder="brightness")
    Brightness.batch_size, reading = 4, assistant._parts.segmenters["image"]
    reading.segment, read = _counted(reading.segment)  # type: ignore[method-assign]
    steps = assistant.reindex(LIBRARY)
    next(steps)
    fill(assistant, picture((0, 250, 0)))
    during = concepts(assistant)
    rest = list(steps)

    fresh = opened(assistant.settings.data_dir / "fresh", image_encoder="brightness")
    fill(fresh, *(picture((n, 0, 250)) for n in range(10)), picture((250, 0, 0)), picture((0, 250, 0)))
    assert during == sorted([*(f"{n}-0-250.png blue" for n in range(10)), "0-250-0.png green", "250-0-0.png red"])
    assert rest[-1].state == "whole"
    assert concepts(fresh) == [line.split()[0] + " dark" for line in during]
    assert len(read) == 11 + 1


def _counted(segment: Callable[..., Iterator[object]]) -> tuple[Callable[..., Iterator[object]], list[str]]:
    read: list[str] = []

    def counted(attachment, original, progress):
        read.append(attachment.name)
        return segment(attachment, original, progress)

    return counted, read


def test_a_picture_whose_original_is_gone_does_not_keep_the_rest_from_the_switch(opened: Opened) -> None:
    ids = fill(opened(image_encoder="colour"), picture((250, 0, 0)), picture((0, 0, 250)))
    assistant = opened(image_encoder="brightness")
    assistant._blobs.delete(LIBRARY, ids[0])

    states = list(assistant.reindex(LIBRARY))

    assert (states[-1].state, states[-1].detail) == ("whole", "1 could not be read again from the originals.")
    assert assistant.vectors(LIBRARY)[Brightness.space.name] == 1
    assert concepts(assistant) == ["0-0-250.png dark", "250-0-0.png "]


def test_without_any_original_the_former_pictures_stay(opened: Opened) -> None:
    for id in fill(opened(image_encoder="colour"), picture((250, 0, 0)), picture((0, 0, 250))):
        opened(image_encoder="brightness")._blobs.delete(LIBRARY, id)

    assistant = opened(image_encoder="brightness")
    states = list(assistant.reindex(LIBRARY))

    assert states[-1].state == "failed"
    assert states[-1].detail == "brightness made none of the 2 vectors. The log has the details."
    assert Colour.space.name in asked(assistant, "a red picture")


def test_a_picture_encoder_that_comes_for_the_first_time_takes_what_is_there(opened: Opened) -> None:
    fill(opened(), picture((250, 0, 0)), note("a", 5))

    assistant = opened(image_encoder="colour")
    assistant.plan_reindex(LIBRARY)
    during = warnings(assistant)
    assistant.warm_up()
    until(lambda: whole(assistant))

    assert during == ["Picture search is being prepared again: 0 %. Until then, only their words are found."]
    assert (concepts(assistant), warnings(assistant)) == (["250-0-0.png red"], [])
    assert assistant.vectors(LIBRARY) == {OLD: 5, Colour.space.name: 1}


def test_a_space_that_is_known_only_after_loading_is_never_recorded_before(opened: Opened) -> None:
    assistant = opened(text_encoder="unfetched")
    unasked = assistant._reindexing.unasked(LIBRARY)
    fill(assistant, note("a", 5))

    assert unasked == []
    assert recorded(assistant) == [("text", "unfetched@1", "active")]
    assert asked(assistant) == {FULL_TEXT, "unfetched@1"}


def test_a_former_encoder_answers_only_for_the_roles_it_was_chosen_for(opened: Opened) -> None:
    assistant = opened()
    fill(assistant, note("a", 5))
    record = SpaceRecord("image", "everything", Everything.space, SpaceUse.ACTIVE)
    assistant._spaces._records.put(LIBRARY, [record])

    assistant = opened(image_encoder="brightness")
    with assistant._spaces.reading(LIBRARY) as encoders:
        kinds = {encoder.space.encoder: encoder.segment_kinds for encoder in encoders}

    assert kinds == {"hashing": SPOKEN_OR_WRITTEN, "everything": {SegmentKind.WHOLE_IMAGE}}


@pytest.mark.model
def test_from_the_real_text_encoder_to_another_and_back(opened: Opened) -> None:
    fill(opened(text_encoder="e5-small"), note("a", 8), Upload("cat.txt", b"The cat sleeps on the sofa."))
    away = opened(text_encoder="hashing-new")
    steps = away.reindex(LIBRARY)
    next(steps)
    during = away.search(LIBRARY, Query(text="Who is asleep on the couch?", language="en"), 3).candidates
    list(steps)
    there = asked(away)

    back = opened(text_encoder="e5-small")
    list(back.reindex(LIBRARY))
    found = back.search(LIBRARY, Query(text="Who is asleep on the couch?", language="en"), 3).candidates

    assert during[0].attachment.name == found[0].attachment.name == "cat.txt"
    assert [c.scores for c in during] == [c.scores for c in found]
    assert there == {FULL_TEXT, NEW}
    assert list(back.vectors(LIBRARY).values()) == [9]
