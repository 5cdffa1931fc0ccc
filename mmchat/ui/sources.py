"""The sources panel: the proof of one answer, cited evidence first."""

from __future__ import annotations

from collections.abc import Sequence

from mmchat.types import Evidence, Reranking
from mmchat.ui.cards import Proof, card
from mmchat.ui.icons import icon
from mmchat.ui.markup import NOTHING, Html, element, joined
from mmchat.ui.places import shown_name
from mmchat.ui.translations import Wording


def no_sources(w: Wording) -> Html:
    """Before the first answer."""
    return _panel(w, element("div", icon("search"), element("p", w("no_sources")), class_="blank"))


def searching(w: Wording) -> Html:
    """While evidence is being looked for."""
    bone = element("li", *[element("i")] * 3, class_="card bone", aria_hidden="true")
    return _panel(w, element("p", w("finding_sources"), class_="quiet"), element("ul", bone, bone, class_="cards"))


def found(proof: Proof, w: Wording) -> Html:
    """While the answer is being written, so that what it cites is not known yet: all evidence, in order."""
    lead = element("p", w("found_sources", count=len(proof.evidence)), class_="quiet")
    return _panel(w, lead, _order(proof, w), _cards(proof, proof.evidence, w), scope=proof.scope)


def cited(proof: Proof | None, w: Wording, *, focus: int | None = None) -> Html:
    """Once the answer is whole: what it cites, then what was considered, folded away.

    Args:
        proof: None before the first answer.
        w: the visitor's language.
        focus: the number of the card to bring into view.
    """
    if proof is None:
        return no_sources(w)
    markers = {c.marker for c in proof.citations}
    used = [e for e in proof.evidence if e.number in markers]
    others = [e for e in proof.evidence if e.number not in markers]
    question = NOTHING
    if proof.question:
        question = element("p", w("for_question", question=proof.question), class_="for", title=proof.question)
    cards = _cards(proof, used, w) if used else element("p", w("no_sources_here"), class_="quiet")
    body = [question, _order(proof, w), cards]
    if others:
        summary = element("summary", w("considered" if used else "considered_alone", count=len(others)))
        body.append(element("details", summary, _cards(proof, others, w), class_="considered"))
    tools = NOTHING
    if proof.answer:
        count = element("span", w("cited", count=len(used)), class_="count") if used else NOTHING
        tools = joined(count, _copy_button(proof, w))
    return _panel(w, *body, tools=tools, count=len(used), focus=focus, scope=proof.scope)


def reordered(reranking: Reranking | None, w: Wording) -> str:
    """Which reranker ran, and what it changed; "" when none did."""
    if reranking is None:
        return ""
    name = w(f"reranker_{reranking.reranker}") if w.has(f"reranker_{reranking.reranker}") else reranking.reranker
    if not reranking.moved:
        return w("judged", name=name)
    first = w("first_stayed") if reranking.first_was == 1 else w("first_was", place=w.number(reranking.first_was))
    return f"{w('reranked', count=reranking.moved, all=w.number(reranking.candidates), name=name)} {first}"


def copyable(proof: Proof, w: Wording) -> str:
    """The answer as plain text with its cited sources listed below."""
    lines = [proof.answer.strip(), ""]
    for citation in {c.marker: c for c in proof.citations}.values():
        lines.append(
            f"[{citation.marker}] {shown_name(citation.name, w)}" + (f": “{citation.quote}”" if citation.quote else "")
        )
    return "\n".join(lines).strip()


def close_button(label: str) -> Html:
    """Shuts a drawer on a narrow screen."""
    return element("button", icon("close"), type="button", class_="ghost close phone", data_drawer="", aria_label=label)


def _order(proof: Proof, w: Wording) -> Html:
    sentence = reordered(proof.reranking, w)
    return element("p", sentence, class_="quiet order") if sentence else NOTHING


def _panel(
    w: Wording, *body: Html, tools: Html = NOTHING, count: int = 0, focus: int | None = None, scope: str = ""
) -> Html:
    head = element("div", element("h2", w("sources"), class_="unseen"), tools, class_="panel-head")
    return element(
        "section",
        head,
        *body,
        class_="sources",
        aria_label=w("sources"),
        data_count=count,
        data_scope=scope,
        data_focus=focus or "",
    )


def _copy_button(proof: Proof, w: Wording) -> Html:
    return element(
        "button",
        icon("copy"),
        element("span", w("copy")),
        type="button",
        class_="pill copy",
        data_copy=copyable(proof, w),
        data_copied=w("copied"),
    )


def _cards(proof: Proof, evidence: Sequence[Evidence], w: Wording) -> Html:
    return element("ol", *(card(proof, piece, w) for piece in evidence), class_="cards")
