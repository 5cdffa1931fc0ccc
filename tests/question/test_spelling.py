from __future__ import annotations

import pytest

from mmchat.question.spelling import Spelling, whole_pieces, words_of

LIBRARY = words_of(
    [
        "Network name and password of the router. The deposit of the tenancy, the landlord, the passport.",
        "Scaffolding, an appointment with the dentist, the total including VAT. Job advert.",
        "Action items. Brightroof Ltd.",
        "Les frais de dossier et le taux proposé. Le prêt arrive à échéance.",
        "Die Kaution der Wohnung. La grabación del presupuesto.",
        "password password wifi wifi",
    ]
)
KNOWN = frozenset(
    "network including home great quel quels sont frais hoch wifi dice total grey tent where there cost how".split()
)


def mended(text: str, language: str = "en") -> str:
    return Spelling(LIBRARY, KNOWN.__contains__).mend(text, language).text


@pytest.mark.parametrize(
    ("language", "text", "right"),
    [
        ("en", "what is the wify paswort at home", "what is the wifi password at home"),
        ("en", "how much is the depositt of the tennancy?", "how much is the deposit of the tenancy?"),
        ("en", "who writes the job advrt", "who writes the job advert"),
        ("en", "when is the apointment", "when is the appointment"),
        ("en", "list the action itmes", "list the action items"),
        ("en", "what pictrue shows a pasport?", "what picture shows a passport?"),
        ("en", "Scafolding cost", "Scaffolding cost"),
        ("fr", "quels sont les frais de dosier", "quels sont les frais de dossier"),
        ("fr", "quel est le taux propsé", "quel est le taux proposé"),
        ("de", "wie hoch ist die Kautoin", "wie hoch ist die Kaution"),
        ("es", "que dice la grabasion", "que dice la grabación"),
    ],
)
def test_a_misspelling_becomes_the_word_of_the_library(language: str, text: str, right: str) -> None:
    assert mended(text, language) == right


@pytest.mark.parametrize(
    "text",
    [
        "wat is the fee",  # of three letters
        "ask Tenancey about Pasport",  # names
        "code PASWORT k7xq2m 0x8007",
        "open pasword.txt or #pasword or me@pasword.org",
        "how much are the passports and deposits",  # other forms of words that are there
        "what is in the tent on the grey landing",  # nothing close by, or known
        "quel est le montant du pret",  # written without its accents
    ],
)
def test_names_codes_short_words_and_right_words_stay(text: str) -> None:
    assert mended(text) == text


def test_what_was_changed_is_told_and_a_pasted_text_stays_as_it_is() -> None:
    spelling = Spelling(LIBRARY, KNOWN.__contains__)

    assert spelling.mend("the paswort", "en").changes == (("paswort", "password"),)
    assert spelling.mend("the paswort " * 100, "en").changes == ()
    assert Spelling({}, KNOWN.__contains__).mend("the paswort", "en").text == "the paswort"


def test_of_words_equally_near_the_more_frequent_is_meant() -> None:
    spelling = Spelling({"bakery": 1, "battery": 50}, lambda _: False)

    assert spelling.mend("the batery", "en").text == "the battery"


def test_a_word_is_known_where_a_tokenizer_holds_it_whole() -> None:
    pieces = {"▁password": 1, "▁Miete": 2, "landlord": 3}
    known = whole_pieces(pieces.get)

    assert [known(word) for word in ("password", "miete", "landlord", "paswort")] == [True, True, True, False]
