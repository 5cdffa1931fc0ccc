"""What can be asked of ``eval``; what does it is imported only when it is asked."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

_MODULE = "mmchat.commands.evaluation"
_RUN = {"answers": "answers_alone"}
SETS = ("everyday", "near", "as_typed")


def add_arguments(command: argparse.ArgumentParser) -> None:
    """The parsers of everything under ``eval``; there is no ``--library``, for each dataset has one of its own."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    common.add_argument("--verbose", action="store_true", help="say more on stderr")
    kinds = command.add_subparsers(required=True, metavar="WHAT")

    def leaf(name: str, help: str) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = kinds.add_parser(name, help=help, description=help, parents=[common])
        made.set_defaults(run=_late(_RUN.get(name, name)), show=_late(f"show_{name}"), data_dir=None)
        return made

    made = leaf("build", "make a dataset with known answers")
    made.add_argument(
        "kind",
        choices=["devdata", "captioned"],
        help="devdata: the folder with the manifests of captioned pictures, sounds, speech and pages; "
        "captioned: any folder with captions.jsonl, or NAME.txt beside each file",
    )
    made.add_argument("source", type=Path, metavar="FOLDER")
    made.add_argument("out", type=Path, metavar="OUT", help="the dataset's folder, made anew")
    ran = leaf("run", "ask a dataset's queries and measure what is found")
    ran.add_argument("datasets", nargs="+", type=Path, metavar="DATASET")
    ran.add_argument("--out", type=Path, required=True, metavar="DIR", help="where runs and reports go")
    ran.add_argument("--ablate", action="store_true", help="also ask each stage alone, and all without each")
    ran.add_argument(
        "--data-dir",
        type=Path,
        metavar="DIR",
        help="where the files taken in are kept for the next run; without it they are forgotten afterwards",
    )
    ran.add_argument("--fresh", action="store_true", help="take the files in again, although they are there")
    ran.add_argument("--answers", action="store_true", help="also measure answers, citations, and the places they name")
    ran.add_argument("--pages", type=Path, metavar="FILE.jsonl", help="with --answers: a handbook's pages")
    ran.add_argument("--update", type=Path, metavar="PAGE.md", help="put the tables between the marks of this page")

    again = leaf("report", "write the reports of an earlier run again")
    again.add_argument("out", type=Path, metavar="DIR", help="the folder that run wrote into")
    again.add_argument("--update", type=Path, metavar="PAGE.md", help="put the tables between the marks of this page")
    asked = leaf("answers", "measure answers alone: the right quote, its citation, and silence")
    asked.add_argument("--pages", type=Path, metavar="FILE.jsonl", help="the manifest of a handbook's pages")
    asked.add_argument("--sets", nargs="+", choices=SETS, default=SETS, help="which sets of questions (default: all)")
    asked.add_argument(
        "--fit", action="store_true", help="also fit anew what decides which unit answers, and how surely"
    )
    routed = leaf("router", "measure how well questions are told apart by what they ask for")
    routed.add_argument("--examples", type=Path, metavar="FILE.json", help="questions: kind, language, texts")
    heard = leaf("speech", "measure how well spoken prompts are written down")
    heard.add_argument("source", type=Path, metavar="FOLDER", help="the folder with the manifest of speech")
    heard.add_argument("--sample", type=int, default=60, help="prompts per language; 0 for all (default: %(default)s)")


def _late(name: str) -> Callable[..., Any]:
    """A function of the command, found when it is called: the models' libraries are slow to import."""

    def call(*given: Any) -> Any:
        return getattr(importlib.import_module(_MODULE), name)(*given)

    return call
