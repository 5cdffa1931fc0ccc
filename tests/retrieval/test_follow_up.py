"""Which questions lean on the one before, and what they become; and those that must be left alone."""

from __future__ import annotations

import pytest

from mmchat.retrieval.follow_up import Said, Source, leans, stand_alone

SOURCES = (Source("a" * 64, "first.png"), Source("b" * 64, "second.pdf"), Source("c" * 64, "third.wav"))
CAFE = "What does the harbour cafe charge for a coffee?"
REPORT = "What does the harbour report say about storms?"
RAPPORT = "Que dit le rapport du port sur les tempêtes ?"

LEANING_ENGLISH = [
    ("and the second one?", CAFE, "What does the harbour cafe charge for a coffee?"),
    ("The last one?", CAFE, "What does the harbour cafe charge for a coffee?"),
    ("What about the third?", CAFE, "What does the harbour cafe charge for a coffee?"),
    ("show me number 2", CAFE, "What does the harbour cafe charge for a coffee?"),
    ("and the second one?", "What is the first valve made of?", "What is the second valve made of?"),
    ("What about the last?", "When is the second meeting?", "When is the last meeting?"),
    ("What does the second one say?", CAFE, "What does second.pdf say?"),
    ("When was the first one written?", CAFE, "When was first.png written?"),
    ("what about in French?", REPORT, "What does the harbour report say about storms in French?"),
    ("And for Switzerland?", "What is the deadline for France?", "What is the deadline for Switzerland?"),
    ("What about Switzerland?", "What is the deadline for France?", "What is the deadline for Switzerland?"),
    ("What about Belgium?", "What is the capital of France?", "What is the capital of Belgium?"),
    ("How about a tea?", CAFE, "What does the harbour cafe charge for a tea?"),
    ("and the blue one?", "Where is the red key?", "Where is the blue key?"),
    ("And Bob?", "When does Alice arrive?", "When does Bob arrive?"),
    ("and yesterday?", "What did Anna say?", "What did Anna say yesterday?"),
    ("And in 2023?", "What was the revenue in 2022?", "What was the revenue in 2023?"),
    ("who wrote it?", REPORT, "who wrote the harbour report?"),
    ("When was it signed?", "Where is the lease?", "When was the lease signed?"),
    ("How much does it cost?", "Where is the boiler?", "How much does the boiler cost?"),
    ("Is it red?", "Where is the boiler?", "Is the boiler red?"),
    ("Where is it?", "Who repaired the boiler?", "Where is the boiler?"),
    ("Does it mention the budget?", REPORT, "Does the harbour report mention the budget?"),
    ("What is her phone number?", "Where does Anna Berg live?", "What is Anna Berg’s phone number?"),
    ("When did she leave?", "Where does Anna Berg live?", "When did Anna Berg leave?"),
    ("How tall are they?", "Where are the lemon trees?", "How tall are the lemon trees?"),
    ("What is its address?", "When does the old museum open?", "What is the old museum’s address?"),
    ("who said that?", REPORT, "who said that: harbour report storms?"),
    ("Why?", REPORT, "Why: harbour report storms?"),
    ("how much?", CAFE, "how much: harbour cafe charge coffee?"),
    ("On which page?", REPORT, "On which page: harbour report storms?"),
    ("Which one is cheaper?", "Which hotels are in Lyon?", "Which one is cheaper: hotels Lyon?"),
    ("tell me more", REPORT, "What does the harbour report say about storms?"),
    ("And the lease?", "What does the boiler cost per year?", "What does the lease cost per year?"),
    ("who repaired it?", "How much did the boiler cost yesterday?", "who repaired the boiler?"),
    ("And the invoice?", "Where was the letter sent?", "Where was the invoice sent?"),
    ("Anything else?", REPORT, "What does the harbour report say about storms?"),
]
LEANING_FRENCH = [
    ("et le deuxième ?", "Quel est le total du reçu ?", "Quel est le total du reçu ?"),
    ("Et l’autre ?", "Quel est le total du reçu ?", "Quel est le total du reçu ?"),
    ("Qu’en est-il du dernier ?", "Quel est le total du reçu ?", "Quel est le total du reçu ?"),
    ("le numéro 2 ?", "Quel est le total du reçu ?", "Quel est le total du reçu ?"),
    ("et la deuxième ?", "En quoi est la première vanne ?", "En quoi est la deuxième vanne ?"),
    ("Que dit le deuxième ?", RAPPORT, "Que dit second.pdf ?"),
    ("Et dans le premier ?", RAPPORT, "Que dit le rapport du port sur les tempêtes ?"),
    ("Et en anglais ?", RAPPORT, "Que dit le rapport du port sur les tempêtes en anglais ?"),
    ("et pour la Suisse ?", "Quel est le délai pour la France ?", "Quel est le délai pour la Suisse ?"),
    (
        "Qu’en est-il de la Belgique ?",
        "Quelle est la capitale de la France ?",
        "Quelle est la capitale de la Belgique ?",
    ),
    ("Et la caution ?", "Combien coûte le loyer ?", "Combien coûte la caution ?"),
    ("Et Bob ?", "Quand arrive Alice ?", "Quand arrive Bob ?"),
    ("et hier ?", "Que disait Anna ?", "Que disait Anna hier ?"),
    ("Et en 2023 ?", "Quel était le revenu en 2022 ?", "Quel était le revenu en 2023 ?"),
    ("Qui l’a écrit ?", RAPPORT, "Qui l’a écrit (le rapport du port) ?"),
    ("et le train ?", "Quand le bateau part-il demain ?", "Quand le train part-il demain ?"),
    ("Quand part-il ?", "Où est le train pour Lyon ?", "Quand part-il (le train) ?"),
    ("Quand a-t-elle été signée ?", "Où est la lettre ?", "Quand a-t-elle été signée (la lettre) ?"),
    ("Combien ça coûte ?", "Où est la chaudière ?", "Combien ça coûte (la chaudière) ?"),
    ("Quel est son numéro ?", "Où habite Anna Berg ?", "Quel est son numéro (Anna Berg) ?"),
    ("Où sont-ils ?", "Qui arrose les citronniers ?", "Où sont-ils (les citronniers) ?"),
    ("Est-elle chère ?", "Où est la chambre bleue ?", "Est-elle chère (la chambre bleue) ?"),
    ("Où est-il ?", "Qui a réparé le portail ?", "Où est-il (le portail) ?"),
    ("Quelle est sa taille ?", "Où est le citronnier ?", "Quelle est sa taille (le citronnier) ?"),
    ("Pourquoi ?", RAPPORT, "Pourquoi: rapport port tempêtes?"),
    ("Par qui ?", RAPPORT, "Par qui: rapport port tempêtes?"),
    ("depuis quand ?", RAPPORT, "depuis quand: rapport port tempêtes?"),
    ("Sur quelle page ?", RAPPORT, "Sur quelle page: rapport port tempêtes?"),
    ("Combien ?", "Quel est le prix du café ?", "Combien: prix café?"),
    (
        "Laquelle est la moins chère ?",
        "Quelles chambres sont libres ?",
        "Laquelle est la moins chère: chambres libres?",
    ),
    ("Dis-m’en plus", RAPPORT, "Que dit le rapport du port sur les tempêtes ?"),
    ("Quoi d’autre ?", RAPPORT, "Que dit le rapport du port sur les tempêtes ?"),
    ("Plus de détails", RAPPORT, "Que dit le rapport du port sur les tempêtes ?"),
]
ALONE_ENGLISH = """What time is it?
What is the first result of the election?
And you?
How long does it take to charge the lamp?
Is it allowed to park in the yard?
Where is it written that meals are refunded?
Does it rain in May?
Who leads Project Heron?
What does the harbour cafe charge for a coffee?
When is the lemon tree watered?
Find the photo of a red fox
Which recording mentions the budget?
What was the second meeting about?
Who finished first in the race?
What is the first name of the tenant?
What is the last train to Lyon?
Where does Anna Berg live and what is her number?
When the battery is empty, how do I charge it?
If people smoke, do they pay?
Why did the boiler stop?
How much is the deposit for the flat?
Do the keys hang behind the blue door or do they lie in the drawer?
What do the minutes say that Bob promised?
Is it true that the shed is locked?
What is the other entrance called?
Show me pictures of dogs
And what is the capital of France?
Which of the hotels is cheaper?
How many rooms are there?
harbour receipt total
Which song is number 2 in the charts?
Who wrote the letter to the landlord?
What is in this file?
What about this?
Does the lease say who repairs it?
Hello
What does it mean to be vested?
Thanks a lot""".splitlines()
ALONE_FRENCH = """Et toi ?
Quelle heure est-il ?
Combien de temps faut-il pour charger la lampe ?
Y a-t-il un parking ?
Où est-il écrit que les repas sont remboursés ?
Est-il permis de fumer dans la cour ?
Il pleut en mai ?
Que s’est-il passé la semaine dernière ?
Que se passe-t-il dans le jardin en hiver ?
Qui dirige le projet Héron ?
Que dit le rapport du port sur les tempêtes ?
Quand le train part-il ?
Pourquoi la chaudière s’est-elle arrêtée ?
Trouve la photo d’un renard
Quel enregistrement parle du budget ?
Quel est le premier train pour Lyon ?
Qui est arrivé le premier ?
Quel est le dernier étage ?
Le deuxième étage est-il libre ?
Où habite Anna Berg et quel est son numéro ?
Quand la batterie est vide, comment la charger ?
Si les voisins fument, paient-ils ?
Combien coûte le loyer de la maison ?
De quoi s’agit-il dans ce texte ?
Que faut-il apporter ?
Combien de pièces y a-t-il ?
Lequel des hôtels est le moins cher ?
Et combien coûte le loyer ?
Montre-moi des photos de chiens
reçu du port total
Où est la clé du garage ?
Comment ça va ?
Quel temps fait-il à Lyon ?
Que contient ce fichier ?
Anna a-t-elle perdu son chat ?
Combien reste-t-il de café ?
Bonjour
Merci beaucoup
Qui a écrit la lettre au propriétaire ?""".splitlines()


@pytest.mark.parametrize(("text", "before", "full"), LEANING_ENGLISH + LEANING_FRENCH)
def test_a_question_that_leans_is_asked_in_full(text: str, before: str, full: str) -> None:
    found = stand_alone(text, Said(before, "It was Carl Dahl who said so.", SOURCES))

    assert found is not None
    assert found.text == full
    assert leans(text)


@pytest.mark.parametrize("text", ALONE_ENGLISH + ALONE_FRENCH)
@pytest.mark.parametrize("before", [CAFE, RAPPORT])
def test_a_question_that_stands_alone_is_never_changed(text: str, before: str) -> None:
    assert stand_alone(text, Said(before, "It was Carl Dahl who said so.", SOURCES)) is None


def test_there_are_enough_examples_each_way() -> None:
    assert min(map(len, (LEANING_ENGLISH, LEANING_FRENCH, ALONE_ENGLISH, ALONE_FRENCH))) >= 30


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("and the second one?", "second.pdf"),
        ("the last one?", "third.wav"),
        ("the other one?", "second.pdf"),
        ("number 3", "third.wav"),
        ("et le premier ?", "first.png"),
        ("what does the third one say?", "third.wav"),
    ],
)
def test_a_place_in_the_list_is_that_source(text: str, name: str) -> None:
    found = stand_alone(text, Said(CAFE, "", SOURCES))

    assert found is not None and found.source is not None
    assert found.source.name == name


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("and the second one?", "What is in the first recording?"),
        ("and the first one?", "What is the first valve made of?"),
        ("et le deuxième ?", "What is the first valve made of?"),
        ("the other one?", "What is the first valve made of?"),
        ("and the second one?", "What is said for the first time?"),
    ],
)
def test_a_place_among_files_or_of_another_language_is_that_source(text: str, before: str) -> None:
    found = stand_alone(text, Said(before, "", SOURCES))

    assert found is not None and found.source in SOURCES


def test_a_place_among_things_asked_about_is_no_source() -> None:
    found = stand_alone("and the second one?", Said("What is the first valve made of?", "", SOURCES))

    assert found is not None and found.source is None


def test_a_place_that_the_list_has_not_changes_nothing() -> None:
    assert stand_alone("and the second one?", Said(CAFE, "", SOURCES[:1])) is None


def test_a_name_for_a_person_is_looked_for_in_the_answer_when_the_question_has_none() -> None:
    found = stand_alone("Where does she live?", Said("Who leads the project?", "Anna Berg leads it.", ()))

    assert found is not None
    assert found.text == "Where does Anna Berg live?"
