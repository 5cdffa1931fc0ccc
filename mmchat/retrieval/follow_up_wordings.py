"""The wordings, in English and French, by which a question leans on the one before it. Patterns only.

Every pattern is matched against a whole question on one line, without its closing question mark, case aside.
"""

from __future__ import annotations

import re

_TIED = r"(?:(?:and|but|so|ok|okay|then|now|et|mais|alors|bon|donc|puis)[\s,]+)*"
_ORDINALS = {
    1: "first|1st|premier|première|1er|1re",
    2: "second|2nd|deuxième|seconde|2e|2ème",
    3: "third|3rd|troisième|3e|3ème",
    4: "fourth|4th|quatrième|4e|4ème",
    5: "fifth|5th|cinquième|5e|5ème",
    -1: "last|dernier|dernière",
    0: "other|autre",
}
ORDINAL_WORDS = {word: number for number, words in _ORDINALS.items() for word in words.split("|")}
"""Place in a list, from 1; -1 is the last, 0 the one that was not cited first."""
_NTH = "|".join(sorted(ORDINAL_WORDS, key=len, reverse=True))
_LISTED = (
    "one|result|source|hit|file|picture|photo|image|recording|document|note|video"
    "|fichier|résultat|enregistrement|vidéo|texte"
)


def _whole(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(rf"^{_TIED}{pattern}$", re.IGNORECASE) for pattern in patterns)


PLACE_ALONE = _whole(
    rf"(?:(?:what|how) about|show(?: me)?|open|play|read)?"
    rf"\s*(?:in |on |for )?(?:the|my) (?P<nth>{_NTH})(?: (?:{_LISTED}))?",
    r"(?:(?:what|how) about|show(?: me)?|open|play|read)?"
    r"\s*(?:number|source|result|no\.|#|\[)\s*(?P<number>\d{1,2})\]?",
    r"(?:qu['’]en est-il (?:de|pour)|montre(?:-moi)?|ouvre|lis)?\s*(?:dans |sur |pour )?(?:le |la |l['’])"
    rf"(?P<nth>{_NTH})(?: (?:{_LISTED}))?",
    r"qu['’]en est-il du "
    rf"(?P<nth>{_NTH})(?: (?:{_LISTED}))?",
    r"(?:le |la )?(?:numéro|n°|source|résultat)\s*(?P<number>\d{1,2})",
)
"""Nothing but a place in the last answer's sources: the last question is asked of that one."""
PLACE_WITHIN = (
    re.compile(rf"\bthe (?P<nth>{_NTH}) (?:one|result|source|hit)\b(?! of\b)", re.IGNORECASE),
    re.compile(r"\b(?:source|result) (?P<number>\d{1,2})\b", re.IGNORECASE),
    re.compile(
        rf"^{_TIED}(?:le |la |l['’])(?P<nth>{_NTH})(?= (?:dit|parle|montre|contient|coûte|est)\b)", re.IGNORECASE
    ),
    re.compile(
        r"^(?:que (?:dit|montre|contient)|de quoi parle|c['’]est quoi|qu['’]y a-t-il (?:dans|sur)) "
        rf"(?P<whole>(?:le |la |l['’])(?P<nth>{_NTH}))$",
        re.IGNORECASE,
    ),
)
"""A place in the last answer's sources within a question of its own."""

_COUNTED = "|".join(words for number, words in _ORDINALS.items() if number > 0)
PLACE_ASKED = re.compile(
    rf"\b(?P<article>the|le|la) (?P<nth>{_COUNTED}) (?!(?:{_LISTED}|time|fois|of|de|du|des)s?\b)(?=\w)", re.IGNORECASE
)
"""A place among things that the last question was about itself, such as "the first valve"."""

INSTEAD = _whole(
    r"(?:what|how) about (?P<instead>.+)",
    r"(?:qu['’]en est-il|quid)(?: (?:de |du |des |d['’])| )(?P<instead>.+)",
)
TIED_ON = re.compile(r"^(?:and|but|et|mais)[\s,]+(?P<instead>.+)$", re.IGNORECASE)
PREPOSITION = re.compile(
    r"^(?P<with>for|in|on|at|with|without|from|during|before|after|near|under|pour|en|dans|à|au|aux|chez|avec|sans"
    r"|sur|depuis|pendant|avant|après)\s+(?P<rest>.+)$",
    re.IGNORECASE,
)
OPENS_A_QUESTION = re.compile(
    r"^(?:what|which|who|whom|whose|when|where|why|how|is|are|was|were|am|do|does|did|can|could|should|will|would|may"
    r"|must|has|have|had|tell|explain|list|show|find|give|please"
    r"|que|qu['’]|quoi|quel(?:le)?s?|qui|quand|où|pourquoi|comment|combien|est-ce|y a-t-il|peut-on|faut-il|dois-je"
    r"|à quel(?:le)?s?|de quel(?:le)?s?|montre|trouve|donne|explique|est|sont|si|if)\b",
    re.IGNORECASE,
)

CUT_SHORT = _whole(
    r"(?:why|when|where|who|how|whose|how (?:much|many|long|often|far|old|big|so)|since when"
    r"|until when|by whom|for whom"
    r"|with whom|what for|at what time|what time|where exactly|when exactly|who exactly|why not|why so"
    r"|how much exactly|which year|what year|which page|on (?:which|what) page|what day|which one|which ones)",
    r"(?:pourquoi|quand|où|qui|combien|comment|depuis quand|jusqu['’]à quand|par qui|pour qui|avec qui|à qui|de qui"
    r"|à quelle heure|où ça|où exactement|quand exactement|pourquoi pas|pourquoi ça|en quelle année|quel jour"
    r"|(?:à|sur) quelle page|combien de temps|laquelle|lequel|lesquels|lesquelles)",
)
"""A question word and nothing to ask it of."""
MORE = _whole(
    r"(?:tell me more|more(?: details?)?|go on|continue|say more|what else|anything else|are you sure|really"
    r"|can you (?:say|tell me) more|more about (?:it|this|that|them)|tell me more about (?:it|this|that|them))",
    r"(?:dis-m['’]en plus|plus de détails?|continue[rz]?|encore|quoi d['’]autre|et ensuite|rien d['’]autre|vraiment"
    r"|tu es sûr|en es-tu sûr|développe[rz]?|peux-tu (?:développer|préciser|en dire plus)|précise[rz]?)",
)
AMONG = _whole(
    r"which (?:one|ones|of (?:them|these|those|the two))\b(?P<rest>.*)",
    r"(?:dans |sur |pour )?(?:lequel|laquelle|lesquel(?:le)?s)(?! (?:de|des|du|d['’]))\b(?P<rest>.*)",
)

PRONOUNS_ENGLISH = re.compile(
    r"\b(?P<person>he|she|him|his|her|hers)\b|\b(?P<thing>it|its|they|them|their|theirs)\b|\b(?P<that>that|those)$",
    re.IGNORECASE,
)
EMPTY_IT = re.compile(
    r"\bit\s+(?:(?:is|was|will|would|be)\s+)?(?:always |ever |really |still |also |not |too |so )?"
    r"(?:takes?|took|costs?|means?|feels?|possible|necessary|allowed|ok|okay|safe|legal|illegal|better|best|worth"
    r"|hard|easy|difficult|need|important|required|enough|normal|true|said|written|stated|clear|likely|certain|late"
    r"|early|time|raining|snowing|rains?|snows?|dark|cold|hot|warm|open|polite|wise|okay|usual|forbidden|mandatory"
    r"|customary|free|like|going|matter|called|work when|the case|your turn|my turn|winter|summer|monday|tuesday"
    r"|wednesday|thursday|friday|saturday|sunday)\b(?!$)|\b(?:what time|how late|what day|how) is it$"
    r"|\bit['’]s\b|\b(?:what|who) is it (?:that|about)\b|\bit (?:rains?|snows?|matters?)$"
    r"|\bis it (?:raining|snowing|late|early|cold|hot|dark|warm)\b|\bis it (?:today|tomorrow|monday|friday)",
    re.IGNORECASE,
)
"""An "it" that stands for nothing: it rains, it takes an hour, it is allowed to."""
PRONOUNS_FRENCH = re.compile(
    r"-(?:t-)?(?P<subject>il|elle|ils|elles)\b"
    r"|(?:^|\s)(?P<before>il|elle|ils|elles)(?=\s)"
    r"|^(?:et |mais )?(?:qui|quand|où|pourquoi|comment) (?P<object>l['’](?:a|ont|avait|avaient)"
    r"|les (?:a|ont)|la|le|les)"
    r"(?=\s+\w+(?:\s+\w+)?$)"
    r"|\b(?P<that>ça|cela|celui-ci|celle-ci|celui-là|celle-là|eux|lui)\b"
    r"|^(?:et |mais )?(?:quel(?:le)?s? (?:est|sont|était|étaient)|où (?:est|sont)|qui (?:est|sont)"
    r"|combien (?:coûte|mesure"
    r"|pèse)(?:nt)?) (?P<whose>son|sa|ses|leurs?)\b",
    re.IGNORECASE,
)
EMPTY_IL = re.compile(
    r"\by a-t-il\b|\bil y (?:a|avait|aura)\b|\b(?:faut|pleut|neige|vaut|suffit|reste|existe|semble"
    r"|arrive|manque)-(?:t-)?il\b"
    r"|\bil (?:faut|fallait|pleut|neige|vaut|suffit|reste|existe|semble|est (?:possible|interdit|permis|nécessaire"
    r"|obligatoire|utile|temps|tard|tôt|important|dit|écrit|prévu|vrai))\b"
    r"|\best-il (?:possible|interdit|permis|nécessaire|obligatoire|utile|temps|tard|tôt|important|dit|écrit|prévu|vrai"
    r"|question|mentionné|indiqué|conseillé|recommandé)\b|\b(?:quelle heure|quel jour) est-il\b|\btemps fait-il\b"
    r"|\bfait-il (?:froid|chaud|beau|nuit|jour|bon)\b|\bs['’]agit-il\b|\bça (?:va|marche|fait mal)\b|\bcomme ça\b"
    r"|\bdont il\b|\bqu['’]il (?:y a|faut|est)\b|\bs['’]il\b"
    r"|\bs['’](?:est|était)-il (?:passé|produit)\b|\bse (?:passe|passait|passera|produit)-t-il\b"
    r"|\b(?:est|était)-il arrivé\b",
    re.IGNORECASE,
)

MAY_POINT_BACK = re.compile(
    r"\b(?:it|its|that|those|they|them|their|he|she|his|her|him|ones?|same|instead|il|elle|ils|elles|ça|cela|celui"
    r"|celle|ceux|celles|leurs?|même|lui|eux)\b",
    re.IGNORECASE,
)

DETERMINER = re.compile(
    r"(?:the|an?|my|our|your|this|these|le|la|les|un|une|des|mon|ma|mes|notre|nos|votre|vos|du|ce|cet|cette|ces"
    r"|son|sa|ses)",
    re.IGNORECASE,
)
AUXILIARY = frozenset("do does did can could will would should may might must".split())
LANGUAGES = frozenset(
    "english french german spanish italian dutch portuguese anglais français allemand espagnol italien".split()
)
TIMES = re.compile(
    r"^(?:(?:yesterday|today|tomorrow|tonight|now|hier|demain|aujourd['’]hui|maintenant)\b|(?:last|next|this) \w+$"
    r"|(?:le|la|l['’]) ?(?:\w+ )?(?:semaine|mois|année|an) (?:dernier|dernière|prochain|prochaine|passée?))",
    re.IGNORECASE,
)
