"""The command line: ``python -m mmchat serve|ingest|search|ask|eval|doctor|delete``.

Results go to stdout, as text for people or with ``--json`` as one JSON document and nothing else; everything
else goes to stderr. Exit status 0, 1 (something failed, the rest was done) or 2 (usage).
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from mmchat import __version__
from mmchat.commands import evaluation_arguments
from mmchat.errors import MmchatError, SettingsError
from mmchat.settings import Settings, load_settings
from mmchat.types import Grounding, Modality

DEFAULT_LIBRARY = "local"


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse, run, and return the exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO if options.verbose else logging.ERROR, stream=sys.stderr)
    try:
        settings = load_settings(data_dir=options.data_dir)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    run: Callable[[Settings, argparse.Namespace], tuple[int, Any]] = options.run
    try:
        status, document = run(settings, options)
    except _Usage as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except MmchatError as error:
        if options.json:
            sys.stdout.write(json.dumps({"error": str(error)}, ensure_ascii=False) + "\n")
        sys.stderr.write(f"{error}\n")
        return 1
    if document is not None:
        sys.stdout.write(_json(document) if options.json else options.show(document))
    return status


class _Usage(Exception):
    """The command was called in a way that cannot mean anything."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m mmchat",
        description="Ask your screenshots, recordings, videos and documents, and see the proof of every sentence.",
    )
    parser.add_argument("--version", action="version", version=f"mmchat {__version__}")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    common.add_argument("--data-dir", type=Path, help="where everything is kept (or MMCHAT_DATA_DIR)")
    common.add_argument("--library", default=DEFAULT_LIBRARY, help="whose files (default: %(default)s)")
    common.add_argument("--verbose", action="store_true", help="say more on stderr")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, help: str, run: Any, show: Any) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=help, description=help, parents=[common])
        made.set_defaults(run=run, show=show)
        return made

    command("serve", "open the page in this process until stopped", _serve, str)

    ingest = command("ingest", "take files or folders in", _ingest, _show_ingest)
    ingest.add_argument("paths", nargs="+", metavar="PATH")
    ingest.add_argument(
        "--tag", type=_tag, action="append", default=[], metavar="TAG", help="find it by #TAG; may be repeated"
    )

    search = command("search", "find by words, a picture or a recording", _search, _show_search)
    search.add_argument("text", nargs="?", default="", metavar="TEXT")
    search.add_argument("--image", type=Path, metavar="FILE", help="look for what this picture shows")
    search.add_argument("--audio", type=Path, metavar="FILE", help="look for what this recording says or sounds like")
    _narrowing(search)
    search.add_argument("--offset", type=_skipped, default=0, metavar="N", help="leave out the first N results")
    search.add_argument("-k", type=_count, default=10, metavar="N", help="how many results (default: %(default)s)")
    search.add_argument("--queries", type=Path, metavar="FILE.jsonl", help="many searches, one JSON object a line")
    search.add_argument("--run-file", type=Path, metavar="OUT", help="write the results of --queries as a TREC run")
    search.add_argument("--unit", choices=["attachment", "segment"], default="attachment", help="what a run lists")

    ask = command("ask", "ask a question and get a cited answer", _ask, _show_answer)
    ask.add_argument("question", nargs="?", default="", metavar="QUESTION")
    ask.add_argument("--attach", nargs="+", default=[], metavar="FILE", help="files to take in and ask about first")
    ask.add_argument("--image", type=Path, metavar="FILE", help="a picture that belongs to the question")
    ask.add_argument("--audio", type=Path, metavar="FILE", help="a recording that belongs to the question")
    _narrowing(ask)
    ask.add_argument("--questions", type=Path, metavar="FILE.jsonl", help="many questions, one JSON object a line")
    ask.add_argument("--answers", type=Path, metavar="OUT.jsonl", help="where the answers to --questions go")

    measure = "measure what is found and answered, on files with known answers"
    evaluation_arguments.add_arguments(commands.add_parser("eval", help=measure, description=measure))

    doctor = command("doctor", "say what is active, what it needs, and if the store is sound", _doctor, _show_doctor)
    doctor.add_argument("--rebuild", action="store_true", help="first make the library's index anew from its originals")
    doctor.add_argument("--reindex", action="store_true", help="first make what a changed encoder or reading wants")

    doctor.add_argument("--check", action="store_true", help="prove that everything stored agrees, in every library")
    doctor.add_argument("--repair", action="store_true", help="first mend what does not agree, as far as it can be")

    delete = command("delete", "forget files, or a whole library", _delete, _show_delete)
    delete.add_argument("attachments", nargs="*", metavar="ID_OR_PATH", help="as listed by ingest")
    delete.add_argument("--all", action="store_true", help="forget everything in the library")
    return parser


def _narrowing(command: argparse.ArgumentParser) -> None:
    """What both ``search`` and ``ask`` can be kept to."""
    command.add_argument("--modality", choices=[m.value for m in Modality], help="only this kind of file")
    command.add_argument(
        "--from", dest="files", action="append", default=[], metavar="NAME", help="only this file; may be repeated"
    )
    command.add_argument("--since", default="", metavar="DAY", help="only files added on this day or later: 2026-11-21")
    command.add_argument("--until", default="", metavar="DAY", help="only files added on this day or earlier")
    command.add_argument("--tag", default="", metavar="TAG", help="only files with this tag")


def _kept(options: argparse.Namespace) -> Any:
    from mmchat.commands.narrowings import Kept

    return Kept(options.modality or "", options.files, options.since, options.until, options.tag)


def _skipped(text: str) -> int:
    value = int(text)
    if not 0 <= value <= 2000:
        raise argparse.ArgumentTypeError(f"{value} results cannot be left out; 0 to 2000 can")
    return value


def _tag(text: str) -> str:
    from mmchat.catalog.narrowing import TAG

    if not TAG.fullmatch(f"#{text.lstrip('#')}"):
        raise argparse.ArgumentTypeError(
            f"{text!r} is no tag; a tag is one word that begins with a letter, as in trip-2026"
        )
    return text.lstrip("#")


def _count(text: str) -> int:
    value = int(text)
    if not 1 <= value <= 1000:
        raise argparse.ArgumentTypeError(f"{value} results cannot be given; ask for 1 to 1000")
    return value


def _serve(settings: Settings, options: argparse.Namespace) -> tuple[int, Any]:
    from mmchat.ui.launch import serve

    serve(settings)
    return 0, None


def _ingest(settings: Settings, options: argparse.Namespace) -> tuple[int, Any]:
    from mmchat.commands import ingest

    return ingest.run(settings, options.library, options.paths, options.tag)


def _search(settings: Settings, options: argparse.Namespace) -> tuple[int, Any]:
    from mmchat.commands import search

    if options.queries or options.run_file:
        if not (options.queries and options.run_file):
            raise _Usage("--queries and --run-file go together. Give both.")
        return search.run_many(settings, options.library, options.queries, options.run_file, options.k, options.unit)
    if not (options.text or options.image or options.audio):
        raise _Usage("There is nothing to look for. Give TEXT, --image FILE or --audio FILE.")
    files = [file for file in (options.image, options.audio) if file]
    return search.run(settings, options.library, options.text, files, _kept(options), options.k, options.offset)


def _ask(settings: Settings, options: argparse.Namespace) -> tuple[int, Any]:
    from mmchat.commands import ask

    if options.questions or options.answers:
        if not (options.questions and options.answers):
            raise _Usage("--questions and --answers go together. Give both.")
        return ask.run_many(settings, options.library, options.questions, options.answers)
    attach = [*options.attach, *(str(file) for file in (options.image, options.audio) if file)]
    if not (options.question or attach):
        raise _Usage("There is no question. Give QUESTION, or files with --attach.")
    return ask.run(settings, options.library, options.question, attach, _kept(options))


def _doctor(settings: Settings, options: argparse.Namespace) -> tuple[int, Any]:
    from mmchat.commands import doctor

    asked = {name: bool(getattr(options, name)) for name in ("rebuild", "reindex", "check", "repair")}
    return doctor.run(settings, options.library, **asked)


def _delete(settings: Settings, options: argparse.Namespace) -> tuple[int, Any]:
    from mmchat.commands import delete

    if bool(options.attachments) == options.all:
        raise _Usage("Name the files to forget, or give --all, not both.")
    return delete.run(settings, options.library, options.attachments)


def _json(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _show_ingest(document: Any) -> str:
    lines = [
        f"{f['status']:<10} {f['path']}  {f['segments']} segments, {f['seconds']} s"
        + (f"  {f['reason']}" if f["reason"] else "")
        for f in document["files"]
    ]
    return "\n".join(lines) + "\n"


def _show_search(document: Any) -> str:
    lines = []
    for result in document.get("results", []):
        place = ", ".join(f"{key} {value}" for key, value in result["locator"].items() if key != "boxes")
        text = " ".join(result["text"].split())[:160]
        lines.append(f"{result['rank']:>3}. {result['path']}  {place}  ({result['reason']})\n     {text}".rstrip())
    if document.get("within"):
        lines.insert(0, "within: " + ", ".join(each["label"] for each in document["within"]))
    if "queries" in document:
        lines.append(f"{document['queries']} queries, {document['lines']} lines in {document['run_file']}")
    return ("\n".join(lines) or "Nothing found.") + "\n"


def _show_answer(document: Any) -> str:
    if "questions" in document:
        return f"{document['questions']} answers in {document['answers']}\n"
    lines = [document["answer"]] if document["answer"] else []
    if document["within"]:
        lines.insert(0, "within: " + ", ".join(each["label"] for each in document["within"]))
    lines.append("")
    if document["grounding"] == Grounding.UNGROUNDED.value:
        lines.append("Not from your files: nothing in your library backs this answer.")
    for citation in document["citations"]:
        place = ", ".join(f"{key} {value}" for key, value in citation["locator"].items() if key != "boxes")
        lines.append(f"[{citation['marker']}] {citation['path']}  {place}".rstrip() + f"\n    {citation['quote']}")
    told = [*document["warnings"], *(file["reason"] for file in document["files"] if file["status"] == "failed")]
    lines += [f"note: {sentence}" for sentence in dict.fromkeys(told)]
    if document["error"]:
        lines.append(f"failed: {document['error']}")
    return "\n".join(lines) + "\n"


def _show_doctor(document: Any) -> str:
    lines = [f"mmchat {document['version']}, profile {document['profile']}, data in {document['data_dir']}", ""]
    for part in document["parts"]:
        detail = f"  {part['detail']}" if part["detail"] else ""
        load = "" if part["load_s"] is None else f"  {part['load_s']} s"
        lines.append(f"{part['part']:<8} {part['backend']:<18} {part['state']}{load}  {part['why']}{detail}")
        lines += [f"{'':<9}{line}" for line in (part["better"], *part["lines"]) if line]
    lines.append("")
    for model in document["models"]:
        if model["source"] != "package":
            lines.append(_other_model(model))
            continue
        load = "not loaded" if model["load_s"] is None else f"{model['load_s']:.2f} s"
        lines.append(
            f"{model['name']:<18} {model['package']} {model['version']}  {model['licence']}  "
            f"sha256 {model['sha256']}  {load}  {model['detail']}".rstrip()
        )
    store = document["store"]
    lines += ["", f"store: {store['state']}  {store['attachments']} files, {store['segments']} segments"]
    for space, count in store["vectors"].items():
        lacking = store["missing_vectors"].get(space, 0)
        lines.append(f"  {space}: {count} vectors" + (f", {lacking} missing" if lacking else ""))
    for each in store["reindexing"]:
        detail = f"  {each['detail']}" if each["detail"] else ""
        lines.append(
            f"  {each['role']} is searched by {each['former']} until {each['encoder']} has all: "
            f"{each['done']} of {each['total']} ({int(100 * each['fraction'])} %), {each['state']}{detail}; "
            "it goes on while the page is open, or with doctor --reindex"
        )
    lines += [f"  not read to its end: {path}" for path in store["unfinished"]]
    lines += [f"  failed: {each['path']}  {each['reason']}" for each in store["failed"]]
    for each in document.get("findings", ()):
        where = f"library {each['library']}" if each["library"] else "catalog"
        lines.append(f"{where}: {each['what']}: {each['count']}  {each['example']}".rstrip())
    if document.get("findings") == []:
        lines.append("checked: catalog, words, vectors and originals agree")
    return "\n".join(lines) + "\n"


def _other_model(model: Any) -> str:
    use = f"{model['name']}  for {model['part']}{'' if model['active'] else ', not in use'}"
    if model["source"] == "provider":
        return f"{use}  on another machine or program, under its terms"
    size = f"{model['size_bytes'] / 1e6:.0f} MB" if model["size_bytes"] else "size not known"
    told = f"{use}  {model['licence']}  revision {model['revision']}  {size}  "
    if model["on_disk"]:
        return f"{told}in {model['path']}"
    return f"{told}not on this disk: {model['fetch']}" if model["fetch"] else f"{told}not on this disk"


def _show_delete(document: Any) -> str:
    lines = [f"forgotten  {name}" for name in document["deleted"]]
    lines += [f"not here   {name}" for name in document["unknown"]]
    return "\n".join(lines) + "\n"
