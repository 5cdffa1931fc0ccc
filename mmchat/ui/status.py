"""The status line: which parts are ready, what is off and why, and what concept matching can and cannot do."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from mmchat.types import PartState
from mmchat.ui.translations import Wording

_UNSETTLED = ("waiting", "loading")


def settled(parts: Sequence[PartState]) -> bool:
    """Whether nothing is loading or about to."""
    return not any(part.state in _UNSETTLED for part in parts)


def ready_count(parts: Sequence[PartState]) -> tuple[int, int]:
    """How many parts are ready, of how many that are switched on."""
    on = [part for part in parts if part.state != "off"]
    return sum(part.state == "ready" for part in on), len(on)


def status_line(parts: Sequence[PartState], profile: str, w: Wording, *, on_space: bool) -> str:
    """A pill that opens onto the list of parts."""
    kind, summary = _summary(parts, w)
    rows = "".join(_row(part, w) for part in parts)
    notes = [w("profile", profile=profile), w("concepts"), w("private_space" if on_space else "private")]
    return (
        f'<details class="status" data-kind="{kind}"><summary aria-label="{escape(w("status"))}: {escape(summary)}">'
        f'<i class="dot" aria-hidden="true"></i><span class="status-text">{escape(summary)}</span></summary>'
        f'<div class="pop"><ul class="parts">{rows}</ul>{"".join(f"<p>{escape(n)}</p>" for n in notes)}</div></details>'
    )


def _summary(parts: Sequence[PartState], w: Wording) -> tuple[str, str]:
    ready, on = ready_count(parts)
    if not settled(parts):
        return "loading", w("loading", ready=ready, all=on)
    if any(part.state == "failed" for part in parts):
        return "failed", w("broken")
    off = len(parts) - on
    return ("partial", w("ready_but", count=off)) if off else ("ready", w("ready"))


def _row(part: PartState, w: Wording) -> str:
    name = w(f"part_{part.part}") if w.has(f"part_{part.part}") else part.part
    state = w(f"state_{part.state}") if w.has(f"state_{part.state}") else part.state
    took = f" · {w.span(part.load_s)}" if part.load_s else ""
    detail = f'<span class="detail">{escape(part.detail)}</span>' if part.detail else ""
    return (
        f'<li data-state="{escape(part.state)}"><span class="part">{escape(name)}</span>'
        f'<span class="backend">{escape(part.backend)}</span><span class="state">{escape(state + took)}</span>{detail}</li>'
    )


def blank() -> str:
    """The pill before the first answer of the server."""
    return '<div class="status" data-kind="loading"><i class="dot"></i></div>'
