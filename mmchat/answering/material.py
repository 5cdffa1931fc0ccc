"""What the ways of answering share in one turn: what was found, and which files a request is about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from mmchat.answering import operating_point as point
from mmchat.answering.finding import Finding
from mmchat.answering.lookup import FILE_IN_FRONT
from mmchat.answering.scoring import Graded
from mmchat.answering.wording import Wording
from mmchat.perception.stems import stems
from mmchat.question.documents import looks_of
from mmchat.question.request import Request
from mmchat.retrieval.translation import OTHER, translated
from mmchat.tools.base import ToolContext
from mmchat.types import Attachment, Candidate, Evidence, JobState, Modality, RequestKind

PIECES = 10
"""Candidates whose units are weighed."""
NAMED_FROM = 0.5
"""A file is meant by its name when it holds so much of the subject."""
NEW_SUBJECT = 0.15
"""Another file that answers, and so much more surely than the last one, is what is asked about now."""


@dataclass(frozen=True, slots=True)
class Material:
    """What the ways of answering share in one turn: the candidates, and the units of a look-up weighed once."""

    request: Request
    found: tuple[Candidate, ...]
    evidence: tuple[Evidence, ...]
    context: ToolContext
    words: Wording
    graded: Callable[[], Sequence[Graded]]


def meant(finding: Finding, material: Material) -> list[Attachment]:
    """The files pointed at, else those that the search is kept to, else the one that was found first.

    A request about files that names none, as after "sum up", is about the file last spoken of, or about all.
    """
    request, context = material.request, material.context
    ids = [*request.files] or [id for id in request.query.attachment_ids]
    query = request.query
    if not ids and not request.subject:
        read = [e.attachment.id for e in context.entries() if e.state is JobState.INDEXED]
        ids = [id for id in request.in_front if id in read] or read
    if not ids and (query.added_from or query.added_before or query.tag):
        ids = list(dict.fromkeys(c.attachment.id for c in material.found))
    ids = ids or _named(material) or _alike(material) or _pictured(finding, material)
    ids = ids or [c.attachment.id for c in material.found[:1]]
    here = (context.catalog.attachment(context.library, id) for id in ids)
    return [attachment for attachment in here if attachment is not None]


def _pictured(finding: Finding, material: Material) -> list[str]:
    """Ids of the pictures in which what the subject names was recognised."""
    request = material.request
    draft = finding.pictured(request.subject, request.query.language, material.found, Modality.IMAGE, material.words)
    return [piece.candidate.attachment.id for piece in draft.evidence] if draft and draft.confidence > 0.5 else []


def _named(material: Material) -> list[str]:
    """The id of the file whose name holds most of the subject's words, in either of two languages."""
    request, context = material.request, material.context
    language = request.query.language
    own = set(stems(request.subject, language))
    other = {
        stem
        for words in translated(request.subject, language, [])
        for stem in stems(words, OTHER.get(language, language))
    }
    best, most = "", 0.0
    for entry in context.entries():
        name = entry.attachment.name.rpartition(".")[0]
        held = len(own & set(stems(name, language))) + len(other & set(stems(name, OTHER.get(language, language))))
        share = held / max(1, len(own))
        if share > most:
            best, most = entry.attachment.id, share
    return [best] if most >= NAMED_FROM else []


def _alike(material: Material) -> list[str]:
    """The id of the file that reads most like the document named, as "the receipt" does."""
    request = material.request
    looks = looks_of(request.subject)
    if not looks:
        return []
    query = replace(request.query, rewritten=looks, kind=RequestKind.LOOKUP, language="en")
    found = material.context.find(query, PIECES)
    return [candidate.attachment.id for candidate in found if candidate.segment.text][:1]


def of_one_sort(material: Material) -> list[Attachment]:
    """Those to compare where none are pointed at: files whose names say what is asked for, else the first found.

    All are of one kind of file: two quotes, two photos.
    """
    request, context = material.request, material.context
    wanted = set(stems(request.subject, request.query.language))
    entries = [entry.attachment for entry in context.entries()]
    named = [file for file in entries if wanted & set(stems(file.name.rpartition(".")[0], request.query.language))]
    found = list({c.attachment.id: c.attachment for c in material.found}.values())
    for files in (named, found):
        alike = [file for file in files if file.media_type == files[0].media_type]
        if len(alike) > 1:
            return alike[:2] if files is found else alike
    return found[:2]


def last_file_first(graded: Sequence[Graded], last: frozenset[str], leaning: float) -> Sequence[Graded]:
    """What the file last spoken of says is preferred, the more the question leans on the one before.

    Another file that answers, where that one does not, is a new subject.
    """
    own = [each for each in graded if each.span.evidence.candidate.attachment.id in last]
    if not own or not graded:
        return graded
    sure = point.confidence(graded)
    if sure >= point.ANSWERED_FROM and point.confidence(own) < sure - NEW_SUBJECT:
        return graded
    raised = [each.raised(FILE_IN_FRONT * leaning**2) if each in own else each for each in graded]
    return sorted(raised, key=lambda each: -each.score)
