"""Words that say how a question is asked and not what it is about, in English and French.

They are left out of the full-text query only; encoders always see the whole question.
"""

from __future__ import annotations

ENGLISH = frozenset(
    """
    a about after all also am an and any are as at be been before being between both but by can could did do does
    doing don during each else ever every for from get gets give given had has have having he her here hers him his
    how i if in into is it its itself just ll may me might mine more most much must my no nor not of off on once only
    or other our ours out over own please re s same say says shall she should so some such t tell than that the their
    theirs them then there these they this those through to too under until up upon us ve very want was we were what
    when where whether which while who whom whose why will with without would you your yours
    """.split()
)

FRENCH = frozenset(
    """
    a afin ai ainsi alors après as au aucun aucune aussi autre autres aux avait avant avec avez avoir avons c car ce
    ceci cela celle celles celui ces cet cette ceux chaque chez ci comme comment d dans de depuis des dire dis dit
    dois doit donc donne dont du elle elles en encore entre es est et eu faire fait faut font il ils j je jusqu l la
    laquelle le lequel les lesquelles lesquels leur leurs lors lorsqu lui là m ma mais me mes moi moins mon même n ne
    ni nos notre nous on ont ou où par parmi pas pendant peu peut peuvent plus pour pourquoi pouvez puis puisqu qu
    quand que quel quelle quelles quels qui quoi s sa sans se sera ses si sont sous suis sur t ta te tes toi ton tous
    tout toute toutes très tu un une va vais veux vos votre vous y à ça étaient était êtes être
    """.split()
)

_EITHER = ENGLISH | frozenset("au aux d de des du en est et l la le les pour qu que qui quel quelle un une".split())


def stop_words(language: str) -> frozenset[str]:
    """The list for an ISO 639-1 code; for any other code, English with the commonest French articles."""
    return {"en": ENGLISH, "fr": FRENCH}.get(language, _EITHER)
