"""The wordings, in English and French, by which people ask for pictures, sounds and summaries. Patterns only.

Every pattern is matched against a whole request, on one line, without its closing question mark.
"""

from __future__ import annotations

import re

SHOWN = (
    r"(?:pictures?|photos?|photographs?|images?|pics?|snapshots?|screenshots?|screen ?shots?|drawings?|illustrations?"
    r"|photographies?|captures?(?: d['’ ]écran)?|dessins?)"
)
HEARD = (
    r"(?:sounds?|noises?|recordings?|audio(?: clips?| files?)?|clips?|voice (?:memos?|notes?)|memos?"
    r"|sons?|bruits?|enregistrements?|mémos? vocal|mémos? vocaux)"
)
SPOKEN = r"(?:meetings?|calls?|speech(?:es)?|podcasts?|interviews?|réunions?|appels?|entretiens?)"
WRITTEN = r"(?:files?|documents?|notes?|texts?|pages?|pdfs?|letters?|articles?|fichiers?|textes?|lettres?|courriers?)"
FILMED = r"(?:videos?|films?|movies?|footage|screen ?casts?|screen recordings?|vidéos?|captures? vidéo)"
THE = r"(?:the|this|that|my|these|those|an?|le|la|l['’]|les|ce|cet|cette|ces|mon|ma|mes|un|une)\s?"
IN = r"(?:in|on|within|dans|sur|de)"

_SEEN = rf"(?:{FILMED}|{SHOWN})"
_MEDIUM = rf"(?P<medium>{FILMED}|{SHOWN}|{HEARD})"
_ASK = (
    r"(?:(?:i want|i need|i am looking for|i'm looking for|je cherche|je veux|je voudrais)\s+)?"
    r"(?:(?:find|show|search(?: for)?|look for|get|give|bring up|display|open|fetch|where(?: is| are|['’]s)"
    r"|trouver?|trouvez|cherche[rz]?|recherche[rz]?|montre[rz]?|affiche[rz]?|donne[rz]?|où (?:est|sont))"
    r"(?:[\s-](?:me|us|moi|nous))?\s+)?"
)
_FEW = (
    r"(?:(?:all|any|the|a|an|my|some|every|of|one|these|those"
    r"|toutes?|tous|les?|la|des?|du|une?|mes|mon|ma|ces|cette|quelques)\s+)*"
)
_LINK = (
    r"(?:\s+(?:of|with|showing|that shows?(?: me)?|containing|that contains?|where (?:there is|i see|you see)"
    r"|in which(?: there is)?|du|des|avec|montrant|contenant|où (?:il y a|on voit|l['’]on voit)"
    r"|qui montre(?:nt)?|qui contien(?:t|nent)|de)\s+|\s+d['’])"
)
_SHOWS = (
    r"(?:shows?|contains?|has|have|displays?|depicts?|looks? like|sounds? like|is of|is|are"
    r"|montre(?:nt)?|contien(?:t|nent)|représente(?:nt)?|ressemble(?:nt)? à|a|ont|est)"
)
_WHICH = r"(?:in |on |dans |sur )?(?:which|what|quel(?:le)?s?)"
_DETERMINER = r"(?:the|this|that|these|those|a|an|my|your|in|of)"


def _each(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(rf"^{pattern}$", re.IGNORECASE) for pattern in patterns)


POLITE = re.compile(
    r"^(?:please|can you|could you|tell me|s['’]il (?:te|vous) plaît|peux-tu|pouvez-vous|dis-moi)[\s,]+", re.IGNORECASE
)

FIND = _each(
    rf"{_ASK}{_FEW}{_MEDIUM}{_LINK}(?P<about>.+)",
    rf"{_WHICH} (?:of (?:my|the|these) |de mes )?{_MEDIUM} {_SHOWS} (?P<about>.+)",
    rf"(?:is|are) there {_FEW}{_MEDIUM}{_LINK}(?P<about>.+)",
    rf"do (?:i|we|you) have {_FEW}{_MEDIUM}{_LINK}(?P<about>.+)",
    rf"(?:y a-t-il|est-ce qu['’]il y a|ai-je|as-tu|avons-nous) {_FEW}{_MEDIUM}{_LINK}(?P<about>.+)",
    rf"{_WHICH} {_MEDIUM} (?:can|do|peut|est-ce)[\w-]* (?:i|you|we|on|qu['’]on)"
    r" (?:see|hear|voit?r?|entend(?:re)?) (?P<about>.+)",
    rf"(?P<about>(?:\S+\s+){{0,2}}(?!{_DETERMINER}\s)\S+\s+){_MEDIUM}",
)
"""Requests for a picture or a sound of something: ``medium`` is what is wanted, ``about`` what of."""

CONTENT_SHOWN = _each(
    r"what(?:['’]s| is| are| animals?| things?| objects?| kind of \w+)?(?: is| are)?"
    rf"(?: shown| visible| depicted| there| seen)* {IN} {THE}{_SEEN}",
    rf"what (?:does|do|can (?:you|we|i) see) ?{IN}? ?{THE}{_SEEN}(?: show| depict| represent| contain)?",
    rf"what (?:(?:do|can) )?(?:you|we) (?:can )?see(?: {IN} {THE}{_SEEN})?",
    rf"(?:describe|identify|recogni[sz]e) (?:{THE}{_SEEN}|it|this)",
    rf"what (?:is|are) {THE}{_SEEN}(?: of| showing)?",
    r"what (?:is|are) (?:this|that|it|these)",
    r"what (?:animal|thing|object|plant|bird|dog|cat|fish|kind of \w+|sort of \w+|type of \w+) is (?:this|that|it)",
    r"(?:que|qu['’]est-ce que l['’]on|qu['’]est-ce qu['’]on) (?:voit|peut)-?(?:on|t-on)?(?: voir)?"
    rf"(?: {IN} {THE}{_SEEN})?",
    rf"qu['’](?:y a-t-il|est-ce qu['’]il y a) {IN} {THE}{_SEEN}",
    rf"que (?:montre|représente|contient)(?:nt)? {THE}{_SEEN}",
    rf"(?:décri[st]|décrivez|identifie[rz]?)(?:-moi)? {THE}{_SEEN}",
    r"(?:c['’]est quoi|qu['’]est-ce que c['’]est|qu['’]est-ce)",
    r"quel(?:le)? (?:animal|objet|chose|plante|oiseau|chien|chat|poisson) (?:est-ce|c['’]est|voit-on)",
)
"""What a picture, or whatever was just given, is or shows."""

CONTENT_HEARD = _each(
    rf"what (?:do|can) (?:you|we|i|one|be) hear(?:d)?(?: {IN} {THE}{HEARD})?",
    rf"what(?:['’]s| is| are| kind of)? {THE}?(?:sounds?|noises?)(?: is| are)?"
    rf"(?: (?:this|that|it)| {IN} {THE}{HEARD})?",
    r"what (?:makes|is making) (?:this|that) (?:sound|noise)",
    rf"what does {THE}?(?:{HEARD}|it|this|that) sound like",
    rf"qu['’]entend-on(?: {IN} {THE}{HEARD})?",
    rf"(?:qu['’]est-ce qu['’]on|que peut-on) entend(?:re)?(?: {IN} {THE}{HEARD})?",
    r"(?:quel|c['’]est quoi ce|quel est ce|qu['’]est-ce que c['’]est que ce) (?:est ce )?(?:bruit|son)",
)
"""What is to be heard."""

READ_OUT = _each(
    r"(?:summari[sz]e|sum up|transcribe|read(?: out)?|tl;?dr|recap|give (?:me )?(?:a|the) (?:summary|gist) of)\b.*",
    rf"what (?:does|do) (?:{THE}[\w ]{{1,40}}|it|this|that) (?:say|read|state|talk about|discuss)",
    rf"what (?:is|was) (?:said|written|printed|discussed|mentioned|talked about)(?: {IN} .+)?",
    rf"what(?:['’]s| is) (?:the )?{THE}?[\w ]{{1,40}} about",
    rf"what(?:['’]s| is) {IN} {THE}(?:{WRITTEN}|{FILMED}|{HEARD}|{SPOKEN})",
    rf"what (?:text|words?) (?:is|are|do you see)(?: there)? {IN} .+",
    r"(?:résume[rz]?|transcri[st]|transcrivez|lis|lisez|fais(?:-moi)? un résumé)\b.*",
    rf"que di(?:t|sent)(?:-(?:il|elle|ils|elles)| {THE}.+)",
    r"de quoi (?:parle|s['’]agit|traite|est-il question).*",
    rf"qu['’](?:est-il|est-ce qui est|est-ce que) (?:dit|écrit|dit-on|il est écrit) {IN} .+",
    rf"qu['’]y a-t-il (?:d['’]écrit )?{IN} {THE}(?:{WRITTEN}|{FILMED}|{HEARD}|{SPOKEN})",
)
"""What a file says, from its beginning."""

NOT_ABOUT = re.compile(
    r"^(?:(?:what|which|whose|who|how|why|when|where|is|are|does|do|this|that|these|those|the|my|in|on|of|about|it"
    r"|quel(?:le)?s?|que|qui|quoi|ce|cet|cette|ces|le|la|les|ma|mon|dans|sur|de|du|des|est|sont)\W*)+$",
    re.IGNORECASE,
)
"""Words that are no subject by themselves."""

QUESTION = re.compile(
    r"^(?:what|which|who|whom|whose|when|where|why|how|is|are|was|were|am|do|does|did|can|could|should|will|would|may"
    r"|must|has|have|had|tell|explain|list"
    r"|que|qu['’]|quoi|quel(?:le)?s?|qui|quand|où|pourquoi|comment|combien|est-ce|à quel|de quel|y a-t-il|peut-on"
    r"|faut-il|dois-je|explique[rz]?)\b|\?\s*$",
    re.IGNORECASE,
)
"""A sentence that asks, rather than a few words that name."""
