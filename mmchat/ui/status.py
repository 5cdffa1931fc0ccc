"""The status line: which parts are ready, what is off and why, and what concept matching can and cannot do."""

from __future__ import annotations

from collections.abc import Sequence

from mmchat.parts import PROFILE_VLM
from mmchat.types import PartState, ReindexState
from mmchat.ui.markup import NOTHING, Html, element
from mmchat.ui.parts_list import part_name
from mmchat.ui.translations import Wording

_UNSETTLED = ("waiting", "loading")


def settled(parts: Sequence[PartState]) -> bool:
    """Whether nothing is loading or about to."""
    return not any(part.state in _UNSETTLED for part in parts)


def answering(parts: Sequence[PartState]) -> bool:
    """Whether nothing that an answer waits for is loading: the bundled parts go on while the profile's LLM comes."""
    return settled([part for part in parts if part.part != PROFILE_VLM])


def ready_count(parts: Sequence[PartState]) -> tuple[int, int]:
    """How many parts are ready, of how many that are switched on."""
    on = [part for part in parts if part.state != "off"]
    return sum(part.state == "ready" for part in on), len(on)


def blank() -> Html:
    """The pill before the first answer of the server."""
    return element("div", element("i", class_="dot"), class_="status", data_kind="loading")


def prepared(states: Sequence[ReindexState]) -> bool:
    """Whether no vectors of this library are being made anew."""
    return not any(state.state in ("waiting", "running") for state in states)


def status_line(
    parts: Sequence[PartState],
    profile: str,
    w: Wording,
    *,
    on_space: bool,
    sent_to: str = "",
    reindexing: Sequence[ReindexState] = (),
) -> Html:
    """A pill that opens onto the list of parts.

    ``sent_to`` is the LLM on another machine that writes, if any; ``reindexing`` is how far the new vectors of the
    visitor's library are.
    """
    kind, summary = _summary(parts, w)
    private = w("private_space" if on_space else "private")
    if sent_to:
        private = w("private_llm", name=sent_to)
    matched = [w("concepts")] if any(part.backend.endswith("-concepts") for part in parts) else []
    sentences = [*_reindexing(reindexing, w), w("profile", profile=profile), *matched, private, w("parts_in_settings")]
    pill = element(
        "summary",
        element("i", class_="dot", aria_hidden="true"),
        element("span", summary, class_="status-text"),
        aria_label=f"{w('status')}: {summary}",
    )
    listing = element("ul", *(_row(part, w) for part in parts), class_="parts")
    pop = element("div", listing, *(element("p", sentence) for sentence in sentences), class_="pop")
    return element("details", pill, pop, class_="status", data_kind=kind)


def _reindexing(states: Sequence[ReindexState], w: Wording) -> list[str]:
    """How far they are together, and what went wrong."""
    going = [state for state in states if state.state in ("waiting", "running")]
    sentences = [state.detail for state in states if state.state == "failed"]
    if going:
        whole = sum(state.total for state in going) or 1
        done = sum(state.fraction * state.total for state in going) / whole
        sentences.insert(0, w("reindexing", percent=w.percent(int(100 * done) / 100)))
    return sentences


def _summary(parts: Sequence[PartState], w: Wording) -> tuple[str, str]:
    ready, on = ready_count(parts)
    if not settled(parts):
        return "loading", w("loading", ready=ready, all=on)
    if any(part.state == "failed" for part in parts):
        return "failed", w("broken")
    off = len(parts) - on
    return ("partial", w("ready_but", count=off)) if off else ("ready", w("ready"))


def _row(part: PartState, w: Wording) -> Html:
    state = w(f"state_{part.state}") if w.has(f"state_{part.state}") else part.state
    if part.state == "ready" and part.load_s:
        state += f" · {w.span(part.load_s)}"
    return element(
        "li",
        element("span", part_name(part, w), title=part.backend),
        element("span", state, class_="state"),
        element("span", part.detail, class_="detail") if part.detail else NOTHING,
        data_state=part.state,
    )
