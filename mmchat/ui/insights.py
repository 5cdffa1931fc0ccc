"""The Insights tab: what the library holds, what answers cite of it, and each space's map and health, in words."""

from __future__ import annotations

from collections.abc import Sequence

from mmchat.insights import CitedFile, Held, Insights, Spoken
from mmchat.space_view import Reading, SpaceView
from mmchat.types import Attachment, Candidate, Evidence, Modality, Segment
from mmchat.ui.cards import Proof, card, file_link
from mmchat.ui.icons import icon
from mmchat.ui.markup import NOTHING, Html, element, joined
from mmchat.ui.sources import close_button
from mmchat.ui.space_map import kind_name, space_map
from mmchat.ui.translations import Wording, clock

ENOUGH_CITATIONS = 10
"""Below, a share says more of the few questions asked than of what is favoured."""
FAVOURED = 1.5
MOST_LANGUAGES = 6
LEAST_SHARE = 0.01
"""A language of less is more often a list of names than a language."""
_KIND_WORDS = {
    Modality.TEXT: "kind_texts",
    Modality.IMAGE: "kind_pictures",
    Modality.AUDIO: "kind_sounds",
    Modality.VIDEO: "kind_videos",
}


def tabs(w: Wording) -> Html:
    """The two things beside the chat, and what closes them on a narrow screen."""
    buttons = [
        element("button", w(name), type="button", class_="tab", data_tab=name, aria_pressed=pressed, aria_controls=name)
        for name, pressed in (("sources", "true"), ("insights", "false"))
    ]
    choice = element("div", *buttons, role="group", aria_label=w("beside"), class_="tabs")
    return element("div", choice, close_button(w("close_sources")), class_="tab-bar")


def looking(w: Wording) -> Html:
    """Until the figures are there."""
    bone = element("div", *[element("i")] * 3, class_="card bone", aria_hidden="true")
    return _panel(w, element("p", w("insights_looking"), class_="quiet"), bone, bone)


def trouble(sentence: str, w: Wording) -> Html:
    """They could not be had."""
    return _panel(w, element("p", sentence, class_="told bad", role="alert"))


def insights(seen: Insights, w: Wording) -> Html:
    """All of it; for an empty library one sentence."""
    if not seen.kinds:
        return _panel(w, element("div", icon("chart"), element("p", w("insights_empty")), class_="blank"))
    return _panel(w, _holdings(seen, w), _cited(seen, w), *(_space(space, w) for space in seen.spaces))


def picked(segment: Segment, attachment: Attachment, w: Wording) -> Html:
    """The source that a point stands for, with the card that answers use."""
    proof = Proof("map", "", "", (Evidence(1, Candidate(segment, attachment, 0.0)),), ())
    return _picked(element("ol", card(proof, proof.evidence[0], w), class_="cards"), w)


def gone(w: Wording) -> Html:
    """The point's file was deleted since the map was drawn."""
    return _picked(element("p", w("deleted"), class_="gone"), w)


def _picked(body: Html, w: Wording) -> Html:
    shut = element("button", icon("close"), type="button", class_="ghost unpick", aria_label=w("close"))
    return element("section", shut, body, class_="picked", aria_label=w("picked"))


def _panel(w: Wording, *body: Html) -> Html:
    return element("section", *body, class_="insights", aria_label=w("insights"))


def _holdings(seen: Insights, w: Wording) -> Html:
    rows = [_held(kind, seen, w) for kind in seen.kinds]
    told = [each for each in seen.languages if each.language and each.segments >= LEAST_SHARE * seen.segments]
    languages = [_spoken(spoken, seen, w) for spoken in told[:MOST_LANGUAGES]]
    key = [
        element("span", element("i", class_=f"meter {kind}"), w(f"share_{kind}"))
        for kind in (("held", "used") if seen.citations else ("held",))
    ]
    parts = [
        element("h3", w("holds")),
        element("p", *key, class_="quiet share-key"),
        element("ul", *rows, class_="shares"),
    ]
    if languages:
        parts += [element("h4", w("languages")), element("ul", *languages, class_="shares small")]
    return element("div", *parts, class_="part-of")


def _held(kind: Held, seen: Insights, w: Wording) -> Html:
    facts = [w("files", count=kind.files), w("segments", count=kind.segments)]
    facts += [clock(kind.duration_s)] if kind.duration_s else []
    facts += [w("pages", count=kind.pages)] if kind.pages else []
    name = joined(icon(kind.modality), element("b", w(_KIND_WORDS[kind.modality])))
    return _row(name, " · ".join(facts), kind.segments, kind.cited, seen, w)


def _spoken(spoken: Spoken, seen: Insights, w: Wording) -> Html:
    # The browser knows the names of languages in the visitor's own; see the page's script.
    name = element("b", spoken.language, data_language=spoken.language)
    return _row(name, w("segments", count=spoken.segments), spoken.segments, spoken.cited, seen, w)


def _file(file: CitedFile, seen: Insights, w: Wording) -> Html:
    name = joined(icon(file.attachment.modality), file_link(file.attachment, w))
    return _row(name, w("segments", count=file.segments), file.segments, file.cited, seen, w)


def _row(name: Html, facts: str, segments: int, cited: int, seen: Insights, w: Wording) -> Html:
    """A name with its share of the library and, where anything was cited, of the citations."""
    shares = [("held", segments / max(1, seen.segments))]
    if seen.citations:
        shares.append(("used", cited / seen.citations))
    meters = []
    for kind, share in shares:
        width = f"width:{100 * min(1.0, share):.1f}%"
        meter = element("span", element("i", style=width), class_=f"meter {kind}", aria_hidden="true")
        told = element("span", _percent(share, w), class_="share", title=w(f"share_{kind}"), data_share=kind)
        meters.append(element("span", meter, told, class_="measure"))
    top = element("div", name, element("span", facts, class_="meta"), class_="shares-top")
    return element("li", top, *meters)


def _percent(share: float, w: Wording) -> str:
    """Little is not nothing."""
    return f"<{w.percent(0.01)}" if 0 < share < 0.005 else w.percent(share)


def _cited(seen: Insights, w: Wording) -> Html:
    if not seen.citations:
        return element("p", w("never_cited_any"), class_="quiet")
    said = [w("cited_by", count=seen.citations, answers=w("answers", count=seen.answers))]
    said += [w("favoured", **found)] if (found := _favoured(seen, w)) else []
    said += [w("never_cited", count=seen.never)] if seen.never else []
    files = [_file(file, seen, w) for file in seen.files]
    return element(
        "div",
        element("h3", w("cited_most")),
        element("p", " ".join(said), class_="quiet"),
        element("ul", *files, class_="shares small"),
        class_="part-of",
    )


def _favoured(seen: Insights, w: Wording) -> dict[str, str] | None:
    """The kind that answers cite more often than it is held, where that can be told."""
    held = [kind for kind in seen.kinds if kind.segments]
    if seen.citations < ENOUGH_CITATIONS or len(held) < 2:
        return None
    times, kind = max(((k.cited / seen.citations) / (k.segments / seen.segments), k.modality.value) for k in held)
    return {"kind": kind_name(kind, w), "times": w.number(times, 1)} if times >= FAVOURED else None


def _space(space: SpaceView, w: Wording) -> Html:
    title = ", ".join(w(f"part_{role}") if w.has(f"part_{role}") else role for role in space.roles) or space.encoder
    head = element("h3", title, " ", element("span", space.encoder, class_="count"))
    return element("div", head, *_drawn(space, title, w), _readings(space.readings, w), class_="part-of space")


def _drawn(space: SpaceView, title: str, w: Wording) -> Sequence[Html]:
    if space.same:
        return [element("p", w("map_same", count=space.measured), class_="quiet")]
    if not space.points:
        return [element("p", w("map_few", count=space.measured), class_="quiet")]
    said = [w("map_how", share=w.percent(space.explained))]
    shown = len(space.points)
    if shown < space.total:
        key = "map_sample" if space.measured < space.total else "map_drawn"
        numbers = {"all": space.total, "measured": space.measured, "drawn": shown}
        said.append(w(key, **{name: w.number(number) for name, number in numbers.items()}))
    described = w("map_of", count=shown, title=title)
    return [space_map(space.points, described, w), element("p", " ".join(said), class_="quiet")]


def _readings(readings: Sequence[Reading], w: Wording) -> Html:
    if not readings:
        return NOTHING
    return element("ul", *(_reading(reading, w) for reading in readings), class_="readings")


def _reading(reading: Reading, w: Wording) -> Html:
    state = "fine" if reading.fine else "watch"
    value = w.percent(reading.value) if reading.name == "gap" else w.number(reading.value, 2)
    one, other = (*(kind_name(kind, w) for kind in reading.between), "", "")[:2]
    sentence = w(f"{reading.name}_{state}", value=value, share=w.percent(reading.detail), one=one, other=other)
    return element(
        "li",
        element("b", w(f"reading_{reading.name}")),
        element("span", value, class_="value"),
        element("span", w(state), class_="verdict"),
        element("p", sentence),
        data_state=state,
        data_reading=reading.name,
    )
