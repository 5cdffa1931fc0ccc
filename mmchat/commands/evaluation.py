"""``eval``: build datasets with known answers, and measure the assistant on them."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mmchat.commands.session import opened
from mmchat.errors import MmchatError
from mmchat.evaluation import answers, captioned, devdata, places, report_answers
from mmchat.evaluation import router as questions
from mmchat.evaluation import speech as prompts
from mmchat.evaluation.answer_fit import fit
from mmchat.evaluation.dataset import Dataset, read_dataset
from mmchat.evaluation.evaluation import evaluate
from mmchat.evaluation.report_html import page
from mmchat.evaluation.report_markdown import markdown, update
from mmchat.settings import Settings

Result = tuple[int, dict[str, Any]]


def build(settings: Settings, options: argparse.Namespace) -> Result:
    """Write a dataset."""
    makers: dict[str, Callable[[], Dataset]] = {
        "devdata": lambda: devdata.build(options.source, options.out, settings),
        "captioned": lambda: captioned.build(options.source, options.out),
    }
    dataset = makers[options.kind]()
    return 0, {"dataset": str(options.out), "files": len(dataset.files), "queries": len(dataset.queries)}


def run(settings: Settings, options: argparse.Namespace) -> Result:
    """Measure, and write the runs, ``report.json``, ``report.md`` and ``report.html``."""
    datasets = [read_dataset(folder) for folder in options.datasets]
    names = [dataset.name for dataset in datasets]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise MmchatError(f"Two datasets are called {twice}. Rename a folder, since runs are named after them.")
    try:
        options.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MmchatError(f"{options.out} cannot be made ({error.strerror}). Choose another folder.") from error
    with tempfile.TemporaryDirectory() as folder:
        if options.data_dir is None:  # a person's own library is never touched, and its models are used
            changed = {"data_dir": Path(folder), "models_dir": settings.models_path}
            settings = settings.model_copy(update=changed)
        with opened(settings) as assistant:
            for dataset in datasets if options.fresh else ():
                assistant.delete_library(f"eval-{dataset.name}")
            document = evaluate(assistant, datasets, options.out, ablate=options.ablate, say=_say)
            if options.answers:
                document["places"] = places.measure(assistant)
    if options.answers:
        document["answers"] = answers.figures(answers.ask_all(settings, options.pages, _say))
    return 0, write(document, options.out, options.update)


def report(settings: Settings, options: argparse.Namespace) -> Result:
    """The reports of an earlier run again, from its ``report.json``."""
    try:
        document = json.loads((options.out / "report.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise MmchatError(f"{options.out} has no report.json that can be read. Give the --out of a run.") from error
    return 0, write(document, options.out, options.update)


def answers_alone(settings: Settings, options: argparse.Namespace) -> Result:
    """Answers alone, without any dataset."""
    outcomes = answers.ask_all(settings, options.pages, _say, libraries=options.sets)
    return 0, {"answers": answers.figures(outcomes), "fitted": fit(outcomes) if options.fit else {}}


def speech(settings: Settings, options: argparse.Namespace) -> Result:
    """Word error rates."""
    return 0, {"speech": list(prompts.words(settings, prompts.prompts(options.source), options.sample, _say))}


def router(settings: Settings, options: argparse.Namespace) -> Result:
    """Kinds of request."""
    return 0, questions.measure(settings, options.examples or questions.HELD_OUT)


def write(document: dict[str, Any], out: Path, page_to_update: Path | None) -> dict[str, Any]:
    """Every form of the report."""
    text = markdown(document)
    (out / "report.json").write_text(json.dumps(document, ensure_ascii=False, indent=1), "utf-8")
    (out / "report.md").write_text(f"# Evaluation\n\n{text}", "utf-8")
    (out / "report.html").write_text(page(document), "utf-8")
    if page_to_update is not None:
        update(page_to_update, text)
    return {**document, "report": str(out / "report.html")}


def show_build(document: Any) -> str:
    """For people."""
    return f"{document['files']} files and {document['queries']} queries in {document['dataset']}\n"


def show_run(document: Any) -> str:
    """For people: the tables themselves."""
    return f"{markdown(document)}\nThe page: {document['report']}\n"


show_report = show_run


def show_answers(document: Any) -> str:
    """For people."""
    fitted = report_answers.fitted(document["fitted"]) if document["fitted"] else ()
    return "\n\n".join([*report_answers.answers(document), *fitted]) + "\n"


def show_speech(document: Any) -> str:
    """For people."""
    return report_answers.speech(document["speech"]) + "\n"


def show_router(document: Any) -> str:
    """For people."""
    return questions.table(document)


def _say(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")
