"""A library -> a few questions that its own files answer, of different kinds, to begin with.

Made by structure alone: a column of numbers, a recording's length, items under a heading. Nothing is understood, so
what is asked is always told where to look. Only the beginnings of a few files are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from mmchat.catalog.beginnings import Written
from mmchat.types import Attachment, CellType, JobState, LibraryEntry, Modality, RequestKind, Row, Table

MOST = 4
MOST_FILES = 6
"""Files of each kind that are looked into, newest first."""
FIRST_SEGMENTS, FIRST_ROWS = 40, 12
LEAST_ITEMS, LEAST_ROWS = 3, 3
_ITEM = re.compile(r"^[ \t]*(?:[-*•‣◦–·]|\[[ xX]?\]|\(?\d{1,3}[.)])[ \t]+\S", re.MULTILINE)
_LEAD = re.compile(r"^[ \t]*([^\n|:]{3,60}):[ \t*_]*$", re.MULTILINE)
_LABEL = re.compile(r"^[ \t]*([^\W\d_][^\n|:.!?]{3,30}):[ \t]+(\S[^\n|]{0,60})$", re.MULTILINE)
_ORNAMENT = re.compile(r"[*_`#]+|^[ \t]*(?:\(?\d+(?:\.\d+)*[.)]?|[A-Z][.)])[ \t]+")
"""What is no part of a heading's words: signs of Markdown, and its number."""
_YEARS = range(1900, 2101)
_NUMBERS = frozenset({CellType.NUMBER, CellType.MONEY, CellType.PERCENT, CellType.DURATION})
_KINDS = {
    "highest": RequestKind.TABLE,
    "sum_up": RequestKind.OVERVIEW,
    "list": RequestKind.ENUMERATE,
    "about": RequestKind.LOOKUP,
    "label": RequestKind.LOOKUP,
    "shows": RequestKind.OVERVIEW,
    "files": RequestKind.LIBRARY,
}
_SENTENCES = {
    "en": {
        "highest": "What is the highest {column} in {file}?",
        "sum_up": "Sum up {file}",
        "list": "List the {heading} in {file}",
        "about": "What does {file} say about {heading}?",
        "label": "What is the {label} in {file}?",
        "shows": "What is to be seen in {file}?",
        "files": "Which files do I have?",
    },
    "fr": {
        "highest": "Quel est le maximum de {column} dans {file} ?",
        "sum_up": "Résume {file}",
        "list": "Donne la liste {heading} dans {file}",
        "about": "Que dit {file} sur {heading} ?",
        "label": "Dans {file}, que dit {label} ?",
        "shows": "Que voit-on dans {file} ?",
        "files": "Quels fichiers ai-je ?",
    },
}


@dataclass(frozen=True, slots=True)
class Example:
    """A question, the kind of file that it asks of, and the kind of request that it is."""

    question: str
    modality: Modality
    kind: RequestKind


class Beginning(Protocol):
    """Where the beginnings of files are read: see :class:`mmchat.catalog.beginnings.Beginnings`."""

    def written(self, library: str, attachment_ids: Sequence[str], most: int) -> Sequence[Written]:
        """Of each file the text among its first segments."""

    def tables(self, library: str, attachment_ids: Sequence[str], most_rows: int) -> Sequence[Table]:
        """The files' tables with their first rows."""


def example_questions(
    library: str, entries: Sequence[LibraryEntry], beginnings: Beginning, language: str
) -> tuple[Example, ...]:
    """At most four, each of another kind as far as there are such, and of another file; the same for the same library.

    Args:
        library: whose.
        entries: its files, newest first.
        beginnings: where what they begin with is read.
        language: ISO 639-1 code of the questions; English for any but French.
    """
    files = [e.attachment for e in entries if e.state is JobState.INDEXED and e.segments and not e.copy_of]
    if not files:
        return ()
    files.sort(key=lambda file: not _telling(file.name))  # among equals the newest first
    sentences = _SENTENCES.get(language, _SENTENCES["en"])
    written = [f for f in files if f.modality in (Modality.TEXT, Modality.IMAGE)][:MOST_FILES]
    order = {file.id: place for place, file in enumerate(files)}
    texts = sorted(
        beginnings.written(library, [file.id for file in written], FIRST_SEGMENTS),
        key=lambda text: order[text.attachment_id],
    )
    tables = beginnings.tables(library, [f.id for f in written if f.modality is Modality.TEXT], FIRST_ROWS)
    chosen: list[tuple[Example, Attachment]] = []

    def asked(key: str, file: Attachment, **values: str) -> tuple[Example, Attachment]:
        return Example(sentences[key].format(**values, file=file.name), file.modality, _KINDS[key]), file

    for way in (_of_tables(files, tables), _overviews(files), _lists(files, texts), _facts(files, texts)):
        found = [asked(key, file, **values) for key, values, file in way]
        taken = {file.id for _, file in chosen}
        chosen += sorted(found, key=lambda each: each[1].id in taken)[:1]
    for file in files:  # too few kinds: what there is to see, or another summary
        if file not in [other for _, other in chosen]:
            chosen.append(asked("shows" if file.modality is Modality.IMAGE else "sum_up", file))
    chosen.append(asked("files", files[0]))
    return tuple(example for example, _ in chosen[:MOST])


_Found = tuple[str, dict[str, str], Attachment]
"""The key of a sentence, what it says, and the file that answers."""


def _of_tables(files: Sequence[Attachment], tables: Sequence[Table]) -> Iterator[_Found]:
    """The most of a column of figures, money before others: of prices a sum says nothing, the most always something."""
    by_file = {file.id: file for file in files}
    for money in (True, False):
        for table in tables:
            rows = [row for row in table.rows if not row.total]
            for at, column in enumerate(table.columns):
                if len(rows) < LEAST_ROWS or not _name(column) or not _measures(rows, at, money=money):
                    continue
                yield "highest", {"column": _name(column)}, by_file[table.attachment_id]
                break


def _overviews(files: Sequence[Attachment]) -> Iterator[_Found]:
    """The longest recording or video, then the document of most pages, then what there is."""
    spoken = [file for file in files if file.modality in (Modality.AUDIO, Modality.VIDEO)]
    documents = [file for file in files if file.modality is Modality.TEXT]
    yield from (
        ("sum_up", {}, file)
        for file in (
            *sorted(spoken, key=lambda file: -(file.duration_s or 0))[:1],
            *sorted(documents, key=lambda file: -(file.pages or 0)),
        )
    )


def _lists(files: Sequence[Attachment], texts: Sequence[Written]) -> Iterator[_Found]:
    """Items under a heading, or under a line that leads into them."""
    by_file = {file.id: file for file in files}
    for text in texts:
        first = _ITEM.search(text.text)
        if first is None or len(_ITEM.findall(text.text)) < LEAST_ITEMS:
            continue
        leads = _LEAD.findall(text.text[: first.start()])
        heading = _name(text.heading.rpartition(" > ")[2]) or _name(leads[-1] if leads else "")
        if heading:
            yield "list", {"heading": heading}, by_file[text.attachment_id]


def _facts(files: Sequence[Attachment], texts: Sequence[Written]) -> Iterator[_Found]:
    """What stands under a heading that is not the file's title, or a figure after a label."""
    by_file = {file.id: file for file in files}
    titles: dict[str, str] = {}
    for text in texts:
        title = titles.setdefault(text.attachment_id, text.heading)
        heading = _name(text.heading.rpartition(" > ")[2])
        if heading and text.heading != title and not _ITEM.search(text.text):
            yield "about", {"heading": heading}, by_file[text.attachment_id]
    for text in texts:
        for label, value in _LABEL.findall(text.text):
            if _name(label) and any(character.isdigit() for character in value):
                yield "label", {"label": _name(label)}, by_file[text.attachment_id]


def _measures(rows: Sequence[Row], column: int, *, money: bool) -> bool:
    """Whether a column holds figures to compare: no years, no counter, not all the same."""
    cells = [cell for row in rows for cell in row.cells if cell.column == column]
    values = [cell.value for cell in cells if cell.type in _NUMBERS and cell.value is not None]
    if len(values) < max(LEAST_ROWS, len(cells)) or len(set(values)) < 2:
        return False
    years = all(value in _YEARS for value in values)
    counted = all(after - before == 1 for before, after in zip(values, values[1:], strict=False))
    return not years and not counted and money == any(cell.type is CellType.MONEY for cell in cells)


def _name(text: str) -> str:
    """A heading or label as it is said in a question; "" where it is none: too long, a sentence, hardly letters."""
    text = " ".join(_ORNAMENT.sub(" ", text).split()).strip(" .:;–-")
    words = text.split()
    letters = sum(character.isalpha() for character in text)
    return text if 3 <= letters and letters >= 0.6 * len(text.replace(" ", "")) and len(words) <= 6 else ""


def _telling(name: str) -> bool:
    """Whether a file's name has a word in it: ``Tenancy agreement.pdf``, not ``IMG_2041.jpg``."""
    stem = name.rpartition(".")[0] or name
    return sum(character.isalpha() for character in stem) > max(4, sum(character.isdigit() for character in stem))
