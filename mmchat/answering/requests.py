"""What kind of reply a message asks for, read from its wording in English and French.

Most are questions, answered by the best sentence. A few ask for something no single sentence can give: what a picture
shows, what a recording sounds like, what a screenshot says, what a file is about.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from mmchat.retrieval.intent import read_intent
from mmchat.types import Modality


class Kind(StrEnum):
    """The kinds of reply."""

    QUESTION = "question"
    CONTENT = "content"
    """What is to be seen in a picture, or heard in a recording."""
    FIND = "find"
    """Which picture or recording shows or holds something."""
    READ_OUT = "read_out"
    """What a file says, from its beginning."""


@dataclass(frozen=True, slots=True)
class Request:
    """The kind of reply, and the kind of file it is about (None: any, or not said)."""

    kind: Kind
    medium: Modality | None


_SHOWN = (
    r"(?:pictures?|photos?|photographs?|images?|pics?|drawings?|illustrations?|screenshots?|captures?(?: d['’]écran)?"
    r"|photographies?|dessins?)"
)
_HEARD = (
    r"(?:recordings?|audio|sounds?|noises?|clips?|tracks?|voice (?:memos?|notes?)|memos?"
    r"|enregistrements?|sons?|bruits?|mémos? vocal|mémos? vocaux)"
)
_WRITTEN = r"(?:files?|documents?|notes?|texts?|pages?|pdfs?|letters?|articles?|fichiers?|textes?|lettres?|courriers?)"
_THE = r"(?:the|this|that|my|these|those|an?|le|la|l['’]|les|ce|cet|cette|ces|mon|ma|mes|un|une)\s?"
_ABOUT = r"(?:in|on|within|dans|sur|de)"

_CONTENT_PICTURE = (
    r"what(?:['’]s| is| are| animals?| things?| objects?| kind of \w+)?(?: is| are)?"
    rf"(?: shown| visible| depicted| there| seen)* {_ABOUT} {_THE}{_SHOWN}",
    rf"what (?:does|do|can (?:you|we|i) see) ?{_ABOUT}? ?{_THE}{_SHOWN}(?: show| depict| represent| contain)?",
    rf"what (?:(?:do|can) )?(?:you|we) (?:can )?see(?: {_ABOUT} {_THE}{_SHOWN})?",
    rf"(?:describe|identify|recogni[sz]e) (?:{_THE}{_SHOWN}|it|this)",
    rf"what (?:is|are) {_THE}{_SHOWN}(?: of| showing)?",
    r"what (?:is|are) (?:this|that|it|these)",
    r"what (?:animal|thing|object|plant|bird|dog|cat|fish|kind of \w+|sort of \w+|type of \w+) is (?:this|that|it)",
    r"(?:que|qu['’]est-ce que l['’]on|qu['’]est-ce qu['’]on) (?:voit|peut)-?(?:on|t-on)?(?: voir)?"
    rf"(?: {_ABOUT} {_THE}{_SHOWN})?",
    rf"qu['’](?:y a-t-il|est-ce qu['’]il y a) {_ABOUT} {_THE}{_SHOWN}",
    rf"que (?:montre|représente|contient)(?:nt)? {_THE}{_SHOWN}",
    rf"(?:décri[st]|décrivez|identifie[rz]?)(?:-moi)? {_THE}{_SHOWN}",
    r"(?:c['’]est quoi|qu['’]est-ce que c['’]est|qu['’]est-ce)",
    r"quel(?:le)? (?:animal|objet|chose|plante|oiseau|chien|chat|poisson) (?:est-ce|c['’]est|voit-on)",
)
_CONTENT_SOUND = (
    rf"what (?:do|can) (?:you|we|i|one|be) hear(?:d)?(?: {_ABOUT} {_THE}{_HEARD})?",
    rf"what(?:['’]s| is| are| kind of)? {_THE}?(?:sounds?|noises?)(?: is| are)?"
    rf"(?: (?:this|that|it)| {_ABOUT} {_THE}{_HEARD})?",
    r"what (?:makes|is making) (?:this|that) (?:sound|noise)",
    rf"what does {_THE}?(?:{_HEARD}|it|this|that) sound like",
    rf"qu['’]entend-on(?: {_ABOUT} {_THE}{_HEARD})?",
    rf"(?:qu['’]est-ce qu['’]on|que peut-on) entend(?:re)?(?: {_ABOUT} {_THE}{_HEARD})?",
    r"(?:quel|c['’]est quoi ce|quel est ce|qu['’]est-ce que c['’]est que ce) (?:est ce )?(?:bruit|son)",
)
_READ_OUT = (
    r"(?:summari[sz]e|sum up|transcribe|read(?: out)?|tl;?dr|recap|give (?:me )?(?:a|the) (?:summary|gist) of)\b.*",
    rf"what (?:does|do) (?:{_THE}[\w ]{{1,40}}|it|this|that) (?:say|read|state|talk about|discuss)",
    rf"what (?:is|was) (?:said|written|printed|discussed|mentioned|talked about)(?: {_ABOUT} .+)?",
    rf"what(?:['’]s| is) (?:the )?{_THE}?[\w ]{{1,40}} about",
    rf"what(?:['’]s| is) {_ABOUT} {_THE}(?:{_WRITTEN}|{_HEARD})",
    rf"what (?:text|words?) (?:is|are|do you see)(?: there)? {_ABOUT} .+",
    r"(?:résume[rz]?|transcri[st]|transcrivez|lis|lisez|fais(?:-moi)? un résumé)\b.*",
    rf"que di(?:t|sent)(?:-(?:il|elle|ils|elles)| {_THE}.+)",
    r"de quoi (?:parle|s['’]agit|traite|est-il question).*",
    rf"qu['’](?:est-il|est-ce qui est|est-ce que) (?:dit|écrit|dit-on|il est écrit) {_ABOUT} .+",
    rf"qu['’]y a-t-il (?:d['’]écrit )?{_ABOUT} {_THE}(?:{_WRITTEN}|{_HEARD})",
)


def _matcher(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{p})" for p in patterns).join((r"^(?:", r")$")), re.IGNORECASE)


_CONTENT_PICTURE_IS, _CONTENT_SOUND_IS, _READ_OUT_IS = map(_matcher, (_CONTENT_PICTURE, _CONTENT_SOUND, _READ_OUT))
_POLITE = re.compile(
    r"^(?:please|can you|could you|tell me|s['’]il (?:te|vous) plaît|peux-tu|pouvez-vous|dis-moi)[\s,]+", re.I
)


def read_request(text: str) -> Request:
    """The kind of reply ``text`` asks for; QUESTION whenever its wording is not one of the few known others."""
    plain = " ".join(text.split()).strip(" ?!.")
    plain = _POLITE.sub("", plain)
    if _READ_OUT_IS.match(plain):
        return Request(Kind.READ_OUT, _medium(plain))
    if _CONTENT_SOUND_IS.match(plain):
        return Request(Kind.CONTENT, Modality.AUDIO)
    if _CONTENT_PICTURE_IS.match(plain):
        return Request(Kind.CONTENT, Modality.IMAGE if re.search(rf"\b{_SHOWN}\b", plain, re.I) else None)
    intent = read_intent(plain)
    if intent.wants is not None:
        return Request(Kind.FIND, intent.wants)
    return Request(Kind.QUESTION, None)


def _medium(text: str) -> Modality | None:
    if re.search(rf"\b{_SHOWN}\b", text, re.IGNORECASE):
        return Modality.IMAGE
    if re.search(
        rf"\b(?:{_HEARD}|meetings?|calls?|speakers?|speech|podcasts?|réunions?|appels?)\b", text, re.IGNORECASE
    ):
        return Modality.AUDIO
    if re.search(rf"\b{_WRITTEN}\b", text, re.IGNORECASE):
        return Modality.TEXT
    return None
