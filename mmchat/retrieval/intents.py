"""A question -> what it says of the files it is about: their kind, when they were added, their names, their tags.

A time is only read so where the wording speaks of files ("the photo from last week", "what did I add yesterday"):
what happened "in March" is a matter of what they say. English and French.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from mmchat.catalog.narrowing import TAG
from mmchat.retrieval import wordings
from mmchat.retrieval.requests import Kind, read_request
from mmchat.retrieval.time_words import TimeWords, time_words
from mmchat.types import Modality, NarrowedBy, Narrowing, Query

_VIDEO = r"(?:videos?|movies?|films?|screen ?casts?|vidéos?)"
_PAGED = (
    r"(?:notes?|documents?|pdfs?|letters?|articles?|e-?mails?|texts?|slides?"
    r"|textes?|lettres?|courriers?|présentations?)"
)
_HEARD = (
    r"(?:recordings?|audio(?: clips?| files?)?|voice (?:memos?|notes?)|memos?|podcasts?|sounds?"
    r"|enregistrements?|mémos?(?: voca(?:l|ux))?|sons?)"
)
_MEDIA = (
    (Modality.VIDEO, _VIDEO),
    (Modality.IMAGE, wordings.SHOWN),
    (Modality.AUDIO, _HEARD),
    (Modality.TEXT, _PAGED),
)
_ANY = "|".join((_VIDEO, wordings.SHOWN, _HEARD, _PAGED, "files?", "fichiers?"))
_DOES = (
    r"(?:mentions?|mentioned|talks?|speaks?|says?|discuss(?:es)?|shows?|contains?|has|have|had|is|are|was|were|do|does"
    r"|did|can|where|tells?|explains?|describes?|i|we|about|covers?|quotes?"
    r"|parle(?:nt)?|mentionne(?:nt)?|dit|disent|montre(?:nt)?|contien(?:t|nent)|est|sont|a|ont|ai|évoque(?:nt)?"
    r"|traite(?:nt)?|cite(?:nt)?|explique(?:nt)?|décri(?:t|vent)|où|on|l['’]on|est-ce)"
)
_ASKED = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"^(?:(?:in|on|from|dans|sur|à) )?(?:which|what|quel(?:le)?s?) (?:of (?:my|the) |de mes )?"
        rf"(?P<medium>{_ANY}) {_DOES}\b",
        r"^(?:find|show(?: me)?|open|play|get(?: me)?|give me|where(?: is|['’]s)|trouve(?:-moi)?|montre(?:-moi)?|ouvre"
        rf"|lis|cherche|où est|où sont)? ?(?:the|a|an|my|all|any|le|la|les|l['’]|un|une|des|mon|ma"
        rf"|mes) ?(?P<medium>{_ANY})"
        r" (?:where|in which|about|that|which|with|of|from|i|we|added|où|dans (?:lequel|laquelle)|qui|que|sur|de|du"
        r"|d['’])",
        rf"\b(?:in|among|dans|parmi) (?:my|the|all|all my|mes|les|tous mes|toutes mes) (?P<medium>{_ANY})(?<=[sx])\b",
    )
)
_HELD = re.compile(
    r"^(?:what|which|quel(?:le)?s?) (?:text|letter|sound|note|article|image|picture|photo|texte|lettre|son)s?"
    r" (?:is|are|was|were|does|do|est|sont) (?:\w+ )?(?:in|on|at|inside|dans|sur|à)\b",
    re.IGNORECASE,
)
"""Not which file, but what stands or is heard in one: "what text is on the sign?"."""
_WHICH = rf"^(?:(?:in|on|from|dans|sur|à) )?(?:which|what|quel(?:le)?s?) (?:of (?:my|the) |de mes )?(?:{_ANY}|pages?) "
_TOLD = r"(?:mentioned|talked about|discussed|spoken (?:of|about)|described|explained|quoted|said|written about)"
_ABOUT = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_WHICH}(?:mentions?|mentioned|talks? (?:about|of)|speaks? (?:about|of)|discuss(?:es)?|(?:is|are) about"
        r"|covers?|contains?|says? (?:something|anything) about|refers? to|describes?|explains?|quotes?"
        r"|parle(?:nt)? (?:de |du |des |d['’])|mentionne(?:nt)? |évoque(?:nt)? |traite(?:nt)? (?:de |du |des |d['’])"
        r"|contien(?:t|nent) |cite(?:nt)? |décri(?:t|vent) |explique(?:nt)? )\s*(?P<about>.+)$",
        rf"(?:{_WHICH}|^where )(?:is|are|was|were) (?P<about>.+?) {_TOLD}$",
        rf"(?:{_WHICH}|^where )(?:do|did|does|have) (?:i|we|they|you) (?:talk(?:ed)?|speak|spoken|spoke) (?:about|of) "
        r"(?P<about>.+)$",
        rf"(?:{_WHICH}|^où )(?:parle-t-on|est-ce (?:que je|qu['’]on) parle|ai-je parlé|est-il question)"
        r" (?:de |du |des |d['’])(?P<about>.+)$",
        rf"^what (?:does|do|did) (?:the|my|all(?: my)?) (?:{_ANY}) say about (?P<about>.+)$",
        rf"^que di(?:t|sent) (?:le |la |les |l['’]|mon |ma |mes )(?:{_ANY}) (?:de |du |des |d['’]|sur |à propos de )"
        r"(?P<about>.+)$",
    )
)
"""Which file speaks of something: what is looked for there is that something."""
_ON_PAGE = re.compile(r"^(?:on |à |sur )(?:what|which|quel(?:le)?) (?:page|slide|diapo)\b", re.IGNORECASE)
_FIGURE = re.compile(
    rf"\b(?:{wordings.SHOWN}|figures?|charts?|diagrams?|graphs?|maps?|schémas?|graphiques?|cartes?|diagrammes?)\b",
    re.IGNORECASE,
)
_ADDED = re.compile(
    r"\b(?:add(?:ed)?|upload(?:ed)?|import(?:ed)?|ajout\w+|import[ée]\w*|téléverse\w*)\b", re.IGNORECASE
)
_KEPT = re.compile(
    r"\b(?:saved?|gave|sent|send|record(?:ed)?|scann?ed|shared?|took|envoy\w+|enregistré\w*|donné\w*|numéris\w+"
    r"|partag\w+|scann\w+)\b",
    re.IGNORECASE,
)
"""Words that are as often about anything else: they are about a file where one is named."""
_JOIN = re.compile(r"\s*\b(?:from|of|on|in|during|tagged|with|de|du|d['’]|dans|avec|en)?\s*$", re.IGNORECASE)
_NAME_LETTERS = 4
LONGEST_CHARACTERS = 1000
"""What is longer was pasted: only names of files are read in it, for the patterns take a minute on 20,000."""


@dataclass(frozen=True, slots=True)
class Intents:
    """What narrows the search, the question without the words that only do that, and the question with them.

    The words come back where they turn out to narrow nothing: "the letter from 2019" may be about 2019.
    """

    text: str
    narrowings: tuple[Narrowing, ...] = ()
    whole: str = ""


def read_intents(text: str, *, now: datetime, names: Mapping[str, str], tags: Collection[str] = ()) -> Intents:
    """Read the wording.

    Args:
        text: the question as it stands alone.
        now: the present, with the person's time zone.
        names: the names of the library's files by their ids.
        tags: the tags in use.
    """
    asked = text.casefold()
    files_named = [
        Narrowing(NarrowedBy.FILE, id, name)
        for id, name in names.items()
        if len(name) > _NAME_LETTERS and _named(name.casefold(), asked)
    ]
    if len(text) > LONGEST_CHARACTERS:
        return Intents(text, tuple(files_named), text)
    found: list[Narrowing] = []
    whole = text
    for match in TAG.finditer(text):
        if match[1].casefold() in tags and not found:
            found.append(Narrowing(NarrowedBy.TAG, match[1].casefold(), f"#{match[1].casefold()}"))
            text = _without(text, _joined_from(text, match.start()), match.end()) or match[1]
    medium, files = _medium(text), _asks_for_files(text)
    for each in time_words(text, now):
        if _speaks_of_files(text, each, asks=files):
            found.append(Narrowing(NarrowedBy.TIME, time_value(each.since, each.before), each.words.strip()))
            possessed = re.match(r"['’]s\b", text[each.end :])
            text = _without(text, _joined_from(text, each.start), each.end + (possessed.end() if possessed else 0))
            break
    found += files_named
    if medium is not None:
        found.append(Narrowing(NarrowedBy.MODALITY, medium.value, medium.value))
    return Intents(subject(text), tuple(found), subject(whole))


def subject(text: str) -> str:
    """What is looked for, where the question is which file speaks of it; else the question as it is."""
    core = wordings.POLITE.sub("", " ".join(text.split()).strip(" ?!."))
    about = next((found["about"].strip() for pattern in _ABOUT if (found := pattern.match(core))), "")
    return about if about and not wordings.NOT_ABOUT.match(about) else text


def narrowed(query: Query, narrowings: Sequence[Narrowing]) -> Query:
    """The query kept to these. Several files are as good as each other; of anything else the first counts."""
    of = {by: [n for n in narrowings if n.by is by] for by in NarrowedBy}
    if of[NarrowedBy.MODALITY]:
        query = replace(query, modality=Modality(of[NarrowedBy.MODALITY][0].value))
    if of[NarrowedBy.FILE]:
        query = replace(query, attachment_ids=frozenset(n.value for n in of[NarrowedBy.FILE]))
    if of[NarrowedBy.TAG]:
        query = replace(query, tag=of[NarrowedBy.TAG][0].value)
    if of[NarrowedBy.TIME]:
        since, _, before = of[NarrowedBy.TIME][0].value.partition("/")
        query = replace(query, added_from=_moment(since), added_before=_moment(before))
    return query


def time_value(since: datetime | None, before: datetime | None) -> str:
    """A stretch of time as a narrowing carries it."""
    return "/".join(each.astimezone(UTC).isoformat() if each else "" for each in (since, before))


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _medium(text: str) -> Modality | None:
    core = wordings.POLITE.sub("", " ".join(text.split()).strip(" ?!."))
    if _ON_PAGE.match(core):  # a figure on a page is a picture to the search, and its page is its place
        return None if _FIGURE.search(core) else Modality.TEXT
    if _HELD.match(core):
        return None
    for pattern in _ASKED:
        if found := pattern.search(core):
            return next((m for m, words in _MEDIA if re.fullmatch(words, found["medium"], re.IGNORECASE)), None)
    request = read_request(text)
    return request.medium if request.kind is Kind.FIND else None


def _asks_for_files(text: str) -> bool:
    core = wordings.POLITE.sub("", " ".join(text.split()).strip(" ?!."))
    return read_request(text).kind is Kind.FIND or any(pattern.search(core) for pattern in _ASKED)


def _speaks_of_files(text: str, time: TimeWords, *, asks: bool) -> bool:
    """Whether the time is when a file was added: said right beside the file, or at the end of asking for one."""
    before, after = text[: time.start], text[time.end :]
    if _ADDED.search(text) or (_KEPT.search(text) and re.search(rf"\b(?:{_ANY})\b", text, re.IGNORECASE)):
        return True
    if re.search(rf"\b(?:{_ANY})\s*(?:\b(?:from|of|on|in|de|du|d['’]|en))?\s*$", before, re.IGNORECASE):
        return True
    if re.match(rf"['’]s\s+(?:\w+\s+)?(?:{_ANY})\b", after, re.IGNORECASE):
        return True
    return asks and not re.search(r"\w", after)


def _joined_from(text: str, at: int) -> int:
    """Where the "from" or "of" before this place begins."""
    joint = _JOIN.search(text[:at])
    return joint.start() if joint else at


def _named(name: str, asked: str) -> bool:
    """A name with its ending, or one that no ordinary word is, since it holds a digit or a joint."""
    stem = name.rpartition(".")[0]
    if "." in name and re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", asked):
        return True
    special = len(stem) > _NAME_LETTERS and re.search(r"[\d_]|\w-\w", stem)
    return bool(special and re.search(rf"(?<!\w){re.escape(stem)}(?!\w)", asked))


def _without(text: str, start: int, end: int) -> str:
    kept = f"{text[:start].rstrip()} {text[end:].lstrip()}"
    return re.sub(r"\s+([,.?!])", lambda m: m[0] if m[1] in "?!" and "é" in kept else m[1], kept).strip(" ,")
