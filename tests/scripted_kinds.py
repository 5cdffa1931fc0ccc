"""What the scripted Assistant says to each kind of request: the first word of the question chooses it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from mmchat.types import Again, Citation, Evidence, Grounding, RequestKind

Said = list[str | Citation]
Cite = Callable[[Evidence, str], Citation]
KINDS = {
    "total": RequestKind.TABLE,
    "compare": RequestKind.COMPARE,
    "list": RequestKind.ENUMERATE,
    "sum": RequestKind.OVERVIEW,
    "find": RequestKind.FIND,
    "perhaps": RequestKind.LOOKUP,
    "closest": RequestKind.LOOKUP,
    "fact": RequestKind.LOOKUP,
    "translate": RequestKind.WRITER,
}
GROUNDINGS = {"perhaps": Grounding.LIKELY, "closest": Grounding.CLOSEST, "translate": None}


def kind_of(text: str, again: Again | None) -> RequestKind | None:
    """As what the question is taken; None for those that test something else."""
    return again.kind if again and again.kind else KINDS.get(text.partition(" ")[0].lower())


def told(kind: RequestKind, text: str, found: Sequence[Evidence], cite: Cite) -> tuple[Said, Grounding | None]:
    """The answer, over what was found, and how it stands."""
    word = text.partition(" ")[0].lower()
    grounding = GROUNDINGS.get(word, Grounding.ANSWERED) if KINDS.get(word) is kind else Grounding.ANSWERED
    marks = [(f"[{piece.number}]", cite(piece, piece.candidate.segment.text)) for piece in found]
    first, (one, cited) = found[0], marks[0]
    name = f"**{first.candidate.attachment.name}**"
    if kind is RequestKind.WRITER:
        return ["I cannot translate by myself: without a language model I only quote what your files say."], grounding
    if kind is RequestKind.TABLE:
        cell = replace(cited, locator=replace(cited.locator, boxes=(), cell="Budget!B4, Budget!B5"))
        return [f"**2,076.00 EUR**\n\n{name}: Groceries, January to May, from 5 cells {one}", cell], grounding
    if kind is RequestKind.COMPARE:
        out: Said = ["**Quote Hill & Sons.pdf**\n\n"]
        out.append("| " + " | ".join(piece.candidate.attachment.name for piece in found) + " |\n")
        out.append("|" + " --- |" * len(found) + "\n")
        for said in (
            "“A guarantee of 10 years on the zinc and 5 on the rest”",
            "“Total 12,480.00, to be paid in three”",
        ):
            for mark, citation in marks:
                out += [f"| {said} {mark} ", citation]
            out.append("|\n")
        return out, grounding
    if kind in (RequestKind.ENUMERATE, RequestKind.OVERVIEW):
        lead = (
            f"{name} (Actions):\n" if kind is RequestKind.ENUMERATE else f"{name} (document, 3 pages)\n\nMain points:\n"
        )
        out = [lead]
        for item in ("Ana sends the receipt by Friday", "Ben asks the roofer for a date", "The budget is read again"):
            out += [f"\n- “{item}” {one}", cited]
        return out, grounding
    opening = {Grounding.LIKELY: "This may be it: ", Grounding.CLOSEST: "Closest, though it does not seem to answer: "}
    lead = opening.get(grounding, "") if grounding else ""
    return [f"{lead}{name}: “{first.candidate.segment.text}” {one}", cited], grounding
