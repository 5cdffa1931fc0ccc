"""Numbered evidence and a question -> the prompt for an LLM, within what it can take.

Evidence is data: it stands between tags that its own words cannot close, and its numbers come from us alone. A picture
or frame goes along once, as a picture where the model sees, else as the words that were read and recognised in it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from importlib.resources import files

from mmchat.answering.base import Question
from mmchat.answering.wording import clock
from mmchat.errors import ModelUnavailable
from mmchat.llms.base import Abilities, LLMMessage, Part, Prompt
from mmchat.llms.pictures import candidate_part, picture_of
from mmchat.types import Evidence, SegmentKind

MAX_OUTPUT_TOKENS = 900
CHARACTERS_PER_TOKEN = 3.5
"""English has about 4 and French about 3.5 with the tokenizers of the large providers; fewer is the safe side."""
PICTURE_SIDE_PX = 1280
LEAST_PICTURES_TOKENS = 0.5
"""Pictures may take this share of the room for evidence: words are cheaper and say more."""
EARLIER_TURNS, EARLIER_CHARACTERS = 3, 1500
_BRACKETED = re.compile(r"\[(\s*\d[\d,;\s]*)\]")
_TAG = re.compile(r"<(?=\s*/?\s*evidence)", re.IGNORECASE)
_MARKERS = re.compile(r"\s*\[\d{1,3}\]")


def answer_prompt(
    question: Question, evidence: Sequence[Evidence], abilities: Abilities
) -> tuple[Prompt, frozenset[int]]:
    """System rules, a few turns before this one, then the evidence and the question; and the numbers that went along.

    Raises:
        ModelUnavailable: not even the first piece of evidence fits.
    """
    rules = files("mmchat.answering").joinpath("prompts/answer.md").read_text("utf-8")
    earlier = [(_short(asked), _short(_MARKERS.sub("", said))) for asked, said in question.earlier[-EARLIER_TURNS:]]
    spent = len(rules) + len(question.query.text) + sum(len(a) + len(b) for a, b in earlier)
    room = abilities.context_tokens - MAX_OUTPUT_TOKENS - spent / CHARACTERS_PER_TOKEN
    pictures = _pictures(question, evidence, abilities, room) if abilities.vision else {}
    room -= len(pictures) * abilities.image_tokens
    parts: list[Part] = []
    sent: set[int] = set()
    for piece in evidence:
        block = _block(piece, seen=piece.number in pictures)
        cost = len(block) / CHARACTERS_PER_TOKEN
        if cost > room:  # the least relevant come last: what no longer fits is cut, then left out
            block = _cut(block, int(room * CHARACTERS_PER_TOKEN))
        if block:
            parts += [block, *([pictures[piece.number]] if piece.number in pictures else [])]
            room -= cost
            sent.add(piece.number)
    if not sent:
        raise ModelUnavailable("The evidence does not fit into what the model takes at once. Choose a larger one.")
    messages = [LLMMessage("system", (rules,))]
    for asked, said in earlier:
        messages += [LLMMessage("user", (asked,)), LLMMessage("assistant", (said,))]
    messages.append(LLMMessage("user", tuple(parts), keep=True))
    messages.append(LLMMessage("user", (f"Question: {question.query.text}",)))
    return Prompt(tuple(messages), MAX_OUTPUT_TOKENS), frozenset(sent)


def _pictures(question: Question, evidence: Sequence[Evidence], abilities: Abilities, room: float) -> dict[int, Part]:
    """By the number of the first piece of evidence from each picture: a file, or a frame of a video."""
    most = min(abilities.images, int(room * LEAST_PICTURES_TOKENS / max(1, abilities.image_tokens)))
    found: dict[int, Part] = {}
    taken: set[str] = set()
    for piece in evidence:
        key = picture_of(piece.candidate)
        if not key or key in taken or len(found) >= most:
            continue
        taken.add(key)
        words = "\n".join(_words(other) for other in evidence if picture_of(other.candidate) == key)
        side_px = min(PICTURE_SIDE_PX, abilities.image_side_px)
        part = candidate_part(piece.candidate, question.context, side_px, words)
        if part is not None:
            found[piece.number] = part
    return found


def _block(piece: Evidence, *, seen: bool) -> str:
    attachment, segment = piece.candidate.attachment, piece.candidate.segment
    where = [f'file="{_attribute(attachment.name)}"', f'kind="{attachment.modality.value}"']
    if segment.locator.page is not None:
        where.append(f'page="{segment.locator.page}"')
    if segment.locator.start_s is not None:
        where.append(f'time="{clock(segment.locator.start_s)}"')
    if segment.heading:
        where.append(f'under="{_attribute(segment.heading)}"')
    words = _words(piece)
    if seen:
        words = f"{words}\n(The picture itself follows.)".strip()
    return f'<evidence number="{piece.number}" {" ".join(where)}>\n{_as_data(words)}\n</evidence>'


def _as_data(words: str) -> str:
    """Nothing in it can close the fence, or pass for a marker."""
    return _BRACKETED.sub(r"(\1)", _TAG.sub("‹", unicodedata.normalize("NFKC", words).replace("\u200b", "")))


def _words(piece: Evidence) -> str:
    segment = piece.candidate.segment
    said = [segment.text] if segment.text else []
    if segment.concepts:
        what = "Recognised in it" if segment.kind is SegmentKind.WHOLE_IMAGE else "Heard in it"
        said.append(f"{what}: " + ", ".join(f"{c.label} ({c.probability:.0%})" for c in segment.concepts[:5]))
    return "\n".join(said)


def _cut(block: str, characters: int) -> str:
    """The block with its end cut off, still closed; nothing when hardly anything would be left."""
    closing = " …\n</evidence>"
    return block[: characters - len(closing)] + closing if characters > 400 else ""


def _short(said: str) -> str:
    return said if len(said) <= EARLIER_CHARACTERS else said[:EARLIER_CHARACTERS] + " …"


def _attribute(text: str) -> str:
    return re.sub(r'["<>\n\r]+', " ", text)[:200]
