"""The extractive answerer's own sentences, in English and French: plain, short, no apology."""

from __future__ import annotations

from dataclasses import dataclass

from mmchat.answering.markdown import escape_line
from mmchat.types import Concept, Evidence, Locator, Modality


@dataclass(frozen=True, slots=True)
class Wording:
    """One language's sentences. Braces are filled in; ``{place}`` is a file name with its page or time."""

    quote: str
    says: str
    page: str
    looks_like: str
    may_be: str
    sounds_like: str
    may_sound: str
    concept: str
    fixed_list_pictures: str
    fixed_list_sounds: str
    nothing_here: str
    empty: str
    searched_one: str
    searched_many: str
    closest: str
    thousands: str


ENGLISH = Wording(
    quote="“{words}”",
    says="{place}: ",
    page="page {number}",
    looks_like="{place} looks like: {concepts}",
    may_be="{place} may be: {concepts}",
    sounds_like="{place} sounds like: {concepts}",
    may_sound="{place} may be: {concepts}",
    concept="{label} ({percent} %)",
    fixed_list_pictures="Pictures are matched with a fixed list of 1,000 things; anything outside it goes unseen.",
    fixed_list_sounds="Sounds are matched with a fixed list of 521 kinds; anything outside it goes unheard.",
    nothing_here="Nothing found here answers this.",
    empty="There is nothing to search yet. Add a file and ask again.",
    searched_one="One piece of text, picture or sound was searched.",
    searched_many="{count} pieces of text, pictures and sounds were searched.",
    closest="Closest, though it does not seem to answer: ",
    thousands=",",
)

FRENCH = Wording(
    quote="« {words} »",
    says="{place} : ",
    page="page {number}",
    looks_like="{place} ressemble à : {concepts}",
    may_be="{place} pourrait être : {concepts}",
    sounds_like="{place} fait entendre sans doute : {concepts}",
    may_sound="{place} pourrait être : {concepts}",
    concept="{label} ({percent} %)",
    fixed_list_pictures="Les images sont comparées à une liste fixe de 1 000 choses ; le reste n’est pas vu.",
    fixed_list_sounds="Les sons sont comparés à une liste fixe de 521 genres ; le reste n’est pas entendu.",
    nothing_here="Rien de ce qui a été trouvé ne répond à cette question.",
    empty="Il n’y a encore rien à chercher. Ajoutez un fichier et posez la question à nouveau.",
    searched_one="Un seul passage, image ou son a été parcouru.",
    searched_many="{count} passages, images et sons ont été parcourus.",
    closest="Le plus proche, sans sembler y répondre : ",
    thousands="\u202f",
)


def wording(language: str) -> Wording:
    """The sentences for an ISO 639-1 code; English for any other than French."""
    return FRENCH if language == "fr" else ENGLISH


def place(evidence: Evidence, locator: Locator, words: Wording) -> str:
    """Where something stands, as a person says it: ``report.pdf, page 4`` or ``standup.wav, 0:12``."""
    name = f"**{escape_line(evidence.candidate.attachment.name)}**"
    if evidence.candidate.attachment.modality is Modality.AUDIO and locator.start_s is not None:
        return f"{name}, {clock(locator.start_s)}"
    if locator.page is not None:
        return f"{name}, {words.page.format(number=locator.page)}"
    return name


def clock(seconds: float) -> str:
    """``75.4`` as ``1:15``; hours only when there are any."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def concept_list(concepts: tuple[Concept, ...], words: Wording) -> str:
    """``red fox (62 %), kit fox (21 %)``."""
    return ", ".join(
        words.concept.format(label=escape_line(c.label), percent=max(1, round(100 * c.probability))) for c in concepts
    )
