"""A small dataset made here, on the real bundled models: floors that a real drop falls through."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mmchat.assistant import Assistant
from mmchat.cli import main
from mmchat.evaluation.dataset import Dataset, EvaluationQuery, write_dataset
from mmchat.evaluation.made_files import recording, screenshot
from mmchat.evaluation.metrics import per_query
from mmchat.evaluation.running import as_run, take_in
from mmchat.evaluation.stages import Stages
from mmchat.settings import Settings
from mmchat.types import Modality

pytestmark = pytest.mark.model

NOTES = {
    "en": [
        "Meals of up to fifteen euros need no approval before the journey.",
        "The lemon tree is watered on Tuesdays, and never in the midday sun.",
        "Backups run every night at three; the disks are swapped on Mondays.",
        "The heating is serviced in October by the firm in Mill Lane.",
    ],
    "fr": [
        "Les billets de train sont toujours pris en seconde classe.",
        "Le chat doit voir le vétérinaire avant la fin du mois.",
        "La facture d'électricité se paie par prélèvement automatique.",
        "Les clés de la cave sont rangées dans le tiroir de gauche.",
    ],
}
SHOTS = {
    "cafe": ["Harbour Cafe", "Cinnamon bun 2.90", "Total 6.80"],
    "train": ["Platform 4", "Train to Lyon 17:42", "Coach 12, seat 61"],
    "error": ["Installation failed", "Not enough space on drive D", "Retry or cancel"],
}
SPOKEN = {
    "plumber": ["Remember to call the plumber on Friday morning."],
    "meeting": ["The budget meeting was moved to the large hall."],
}
ASKED = [
    ("en", "When are the lemons watered?", "en1", "text to note"),
    ("en", "What may a meal cost without asking first?", "en0", "text to note"),
    ("en", "When are backups made?", "en2", "text to note"),
    ("fr", "Qui doit aller chez le vétérinaire ?", "fr1", "text to note"),
    ("fr", "Où sont les clés de la cave ?", "fr3", "text to note"),
    ("fr", "Quand le citronnier est-il arrosé ?", "en1", "across languages"),
    ("fr", "Qui entretient le chauffage ?", "en3", "across languages"),
    ("en", "How is the electricity bill paid?", "fr2", "across languages"),
    ("en", "Which class are train tickets bought in?", "fr0", "across languages"),
    ("en", "price of the cinnamon bun", "cafe", "text to picture"),
    ("en", "seat on the train to Lyon", "train", "text to picture"),
    ("en", "the drive has no space left", "error", "text to picture"),
    ("en", "call the plumber", "plumber", "text to recording"),
    ("en", "where is the budget meeting", "meeting", "text to recording"),
]
FLOORS = {"text to note": 0.9, "across languages": 0.7, "text to picture": 0.9, "text to recording": 0.9}
"""Mean reciprocal rank; 1.00, .81, 1.00 and 1.00 when this was written."""


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    folder = tmp_path_factory.mktemp("originals")
    files: dict[str, Path] = {}

    def put(name: str, suffix: str, data: bytes) -> None:
        files[name + suffix] = folder / (name + suffix)
        files[name + suffix].write_bytes(data)

    for language, notes in NOTES.items():
        for number, note in enumerate(notes):
            put(f"{language}{number}", ".txt", note.encode())
    for name, shown in SHOTS.items():
        put(name, ".png", screenshot(shown, size=(960, 540)).data)
    for name, said in SPOKEN.items():
        put(name, ".wav", recording(said, folder).data)
    queries, gold = [], {}
    for number, (language, text, wanted, pair) in enumerate(ASKED):
        queries.append(EvaluationQuery(f"q{number:02}", pair, text=text, language=language))
        gold[f"q{number:02}"] = [next(file for file in files if Path(file).stem == wanted)]
    queries.append(EvaluationQuery("q-only-heard", "narrowed", text="moved to the large hall", modality=Modality.AUDIO))
    gold["q-only-heard"] = ["meeting.wav"]
    return write_dataset(tmp_path_factory.mktemp("sets") / "smoke", files, queries, gold)


@pytest.fixture(scope="module")
def report(dataset: Dataset, tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> Any:
    """What ``eval run`` writes, from one call of the command line."""
    out = tmp_path_factory.mktemp("out")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MMCHAT_MODELS_DIR", str(models_dir))
        status = main(["eval", "run", str(dataset.folder), "--out", str(out), "--ablate", "--json"])
    assert status == 0
    return json.loads((out / "report.json").read_text("utf-8"))["datasets"][0], out


def run(file: Path) -> dict[str, tuple[str, ...]]:
    """A TREC run as it lies on the disk."""
    lines = [line.split() for line in file.read_text("utf-8").splitlines()]
    return {id: tuple(columns[2] for columns in lines if columns[0] == id) for id in {columns[0] for columns in lines}}


def test_quality_stays_above_its_floors(report: Any) -> None:
    rows = {}
    for row in report[0]["quality"]:
        rows.setdefault(row["pair"], []).append((row["RR"]["mean"], row["n"]))
    means = {pair: sum(m * n for m, n in found) / sum(n for _, n in found) for pair, found in rows.items()}

    below = {pair: (means[pair], floor) for pair, floor in FLOORS.items() if means[pair] < floor}

    assert below == {}


def test_the_ablation_shows_that_words_and_vectors_each_cross_languages(report: Any, dataset: Dataset) -> None:
    across = {query.id: dataset.qrels[query.id] for query in dataset.queries if query.pair == "across languages"}

    found = {
        name: sum(per_query(run(report[1] / f"smoke.{name}.run"), across)["RR"].values()) / len(across)
        for name in ("only-full-text", "only-e5-small")
    }

    assert found["only-full-text"] > 0.6  # since questions are asked in the other language as well
    assert found["only-e5-small"] > 0.5
    assert [row["n"] for row in report[0]["ablation"] if row["pair"] == "across languages"] == [2, 2]


def test_every_form_of_the_report_is_there_and_fetches_nothing(report: Any) -> None:
    document, out = report

    page = (out / "report.html").read_text("utf-8")

    assert "default-src 'none'" in page
    assert "http" not in page.replace("http-equiv", "")
    assert page.count("<svg") >= 3
    assert "| across languages | fr |" in (out / "report.md").read_text("utf-8")
    assert {row["stage"] for row in document["latency"]} >= {"full_text", "fuse", "rerank", "total"}
    assert [row["name"] for row in document["skew"]["modality"]] == ["audio", "image", "text"]
    assert set(run(out / "smoke.run")["q-only-heard"]) == {"meeting.wav", "plumber.wav"}


def test_files_taken_in_in_any_order_give_the_same_run(dataset: Dataset, report: Any, settings: Settings) -> None:
    assistant = Assistant.from_settings(settings)

    try:
        outcomes = take_in(assistant, dataset, lambda _: None, files=dataset.files[::-1]).run()
        again = take_in(assistant, dataset, lambda _: None).run(Stages("only full text", frozenset(), rerank=False))
    finally:
        assistant.close()

    whole = run(report[1] / "smoke.run")
    assert as_run(outcomes) == whole
    assert as_run(again) != whole
