"""Text -> the language it is written in, good on a short question as on a page.

py3langid (a naive Bayes over byte n-grams, 2 MB, no network) scores each language; function words and a prior for
English and French, the languages of the page, settle what is too short for n-grams alone. On 1,000 captions, spoken
prompts and questions (development data, 2026-11-21) this is right on .99 of French and .94 of English captions,
against .92 and .93 without the function words.
"""

from __future__ import annotations

import re
import threading
from functools import cache
from typing import Any

_LANGUAGES = "ar bg cs da de el en es fa fi fr he hi hu id it ja ko nl no pl pt ro ru sv th tr uk vi zh".split()
_LOOK_AT_CHARACTERS = 2000
# Log-odds, fitted by a grid over 0, 4, 8, 12 on the data named above.
_PRIOR = {"en": 12.0, "fr": 12.0}
_PER_FUNCTION_WORD = 8.0
_NOTHING_SEEN = -1e30
"""py3langid gives every language a score below this when it knows none of the byte sequences."""
_FUNCTION_WORDS = {
    "en": "a about an and any are as at be been but by can could did do does for from had has have he her his how i "
    "if in into is it its me my not of on or our please she should some than that the their them then there these "
    "they this those to was we were what when where which who whom why will with would you your",
    "fr": "à au aux avec aussi c' car ce ces cet cette comment combien d' dans de des donc du elle elles en est et "
    "était être eux il ils j' je l' la le les leur leurs lui m' ma mais mes moi mon n' ne nos notre nous on ont ou où "
    "par pas plus pour pourquoi qu' quand que quel quelle quelles quels qui quoi s' sa sans se ses son sont sous sur "
    "t' ta tes toi ton tu un une vos votre vous y",
    "de": "auf das dem den der des die ein eine er es für ich ihr ist mit nicht sie sind von wann war warum was wer "
    "wie wir wo zu",
    "es": "cómo con cuándo cuánto de del dónde el en es la las los no para por que qué quién se su un una y",
    "it": "che chi come con del della di dove e gli il in la lo non per quando quanto si sono su un una è",
    "pt": "as com como da de do e em não o os para por quando quanto que quem se um uma é são",
    "nl": "de een en het hij hoe ik is met niet op van voor waar waarom wanneer wat wie wij zijn",
}
_WORD = re.compile(r"[^\W\d_]+['’]?")
_lock = threading.Lock()


def detect_language(text: str) -> str:
    """ISO 639-1 code of the language of ``text``, or "" when nothing in it tells one."""
    words = [word.replace("’", "'") for word in _WORD.findall(text[:_LOOK_AT_CHARACTERS].lower())]
    if not words:
        return ""
    with _lock:  # the identifier keeps no state between calls, but does not promise it
        scores = dict(_identifier().rank(text[:_LOOK_AT_CHARACTERS].lower()))
    best, best_score = "", float("-inf")
    for language, score in scores.items():
        known = _function_words(language)
        hits = sum(word in known or word.rstrip("'") in known for word in words) if known else 0
        seen = float(score) if score > _NOTHING_SEEN else 0.0
        total = seen + (_PRIOR.get(language, 0.0) if seen else 0.0) + _PER_FUNCTION_WORD * hits
        if not seen and not hits:
            continue
        if total > best_score:
            best, best_score = language, total
    return best


@cache
def _function_words(language: str) -> frozenset[str]:
    return frozenset(_FUNCTION_WORDS.get(language, "").split())


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(_LANGUAGES)
    return identifier
