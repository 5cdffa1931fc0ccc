"""The planner's own sentences, in English and French: plain, short, no apology."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mmchat.answering.markdown import escape_line
from mmchat.types import Concept, Evidence, Locator, Modality


@dataclass(frozen=True, slots=True)
class Wording:
    """One language's sentences. Braces are filled in; ``{place}`` is a file name with its page or time."""

    language: str
    quote: str
    says: str
    page: str
    sheet: str
    slide: str
    looks_like: str
    may_be: str
    guessed: str
    guessed_sound: str
    sounds_like: str
    may_sound: str
    concept: str
    fixed_list_pictures: str
    fixed_list_sounds: str
    nothing_here: str
    empty: str
    closest: str
    hello: str
    thanks: str
    bye: str
    still_reading: str
    none_given: str
    none_read: str
    from_others: str
    preparing_text: str
    preparing_pictures: str
    preparing_sounds: str
    likely: str
    colon: str
    more_items: str
    delete_how: str
    none_of_these: str
    files_in_all: str
    more_files: str
    pages: str
    kinds: Mapping[Modality, tuple[str, str]]
    sizes: tuple[str, str, str]
    decimal: str
    help: str
    who: str
    needs_a_writer: str
    main_points: str
    says_all: str
    rows_and_columns: str
    sections: str

    def counted(self, modality: Modality, count: int) -> str:
        """``3 pictures``."""
        return f"{count} {self.kinds[modality][count != 1]}"

    def size(self, size_bytes: int) -> str:
        """``840 B``, ``12 kB``, ``3.4 MB``."""
        byte, kilo, mega = self.sizes
        if size_bytes < 1000:
            return f"{size_bytes} {byte}"
        if size_bytes < 1_000_000:
            return f"{size_bytes / 1000:.0f} {kilo}"
        return f"{size_bytes / 1e6:.1f} {mega}".replace(".", self.decimal)


ENGLISH = Wording(
    language="en",
    quote="“{words}”",
    says="{place}: ",
    page="page {number}",
    sheet="sheet {number}",
    slide="slide {number}",
    looks_like="{place} looks like: {concepts}",
    may_be="{place} may be: {concepts}",
    guessed="{place} was not recognised with certainty. Guesses: {concepts}",
    guessed_sound="The sound in {place} was not recognised with certainty. Guesses: {concepts}",
    sounds_like="{place} sounds like: {concepts}",
    may_sound="{place} may be: {concepts}",
    concept="{label} ({percent} %)",
    fixed_list_pictures="Pictures are matched with a fixed list of 1,000 things; anything outside it goes unseen.",
    fixed_list_sounds="Sounds are matched with a fixed list of 521 kinds; anything outside it goes unheard.",
    nothing_here="Nothing found here answers this.",
    empty="There is nothing to search yet. Add a file and ask again.",
    closest="Closest, though it does not seem to answer: ",
    hello="Hello! Add files, ask about them in your own words, and I quote the places in them that answer.",
    thanks="You are welcome. Ask on whenever you like.",
    bye="Goodbye!",
    still_reading="{names}: still being read, and not part of this answer. Ask again when that is done.",
    none_given="None of the files given with this question could be used, so there is nothing to answer it from.",
    none_read="None of your files could be read, so there is nothing to answer it from. The list of files says why.",
    from_others="Nothing in {names} answers this; your other files were searched too.",
    preparing_text="Search by meaning is being prepared again: {percent} %. Until then, only the very words are found.",
    preparing_pictures="Picture search is being prepared again: {percent} %. Until then, only their words are found.",
    preparing_sounds="Sound search is being prepared again: {percent} %. Until then, only what is said is found.",
    likely="This may be it: ",
    colon=":",
    more_items="{count} more. Ask to show all of them.",
    delete_how="To delete {name}, open the library and press the bin beside it. Its text, its vectors and the quotes "
    "of past answers go with it.",
    none_of_these="There is no such file in your library.",
    files_in_all="{count} files: {counts}",
    more_files="And {count} more; the library lists them all.",
    pages="{count} pages",
    kinds={
        Modality.TEXT: ("document", "documents"),
        Modality.IMAGE: ("picture", "pictures"),
        Modality.AUDIO: ("recording", "recordings"),
        Modality.VIDEO: ("video", "videos"),
    },
    sizes=("B", "kB", "MB"),
    decimal=".",
    help="Add files: documents, tables, pictures, screenshots, recordings, videos. Then ask in your own words, and I "
    "find and quote the places that answer: a fact, a list, a sum over a table, a summary, two files side by side, or "
    "which picture or second shows something.",
    who="I am mmchat, a program and no person. I search your files and quote what they say, each time with the place.",
    needs_a_writer="I cannot translate, rewrite or write texts by myself: without a language model I only quote what "
    "your files say. Ask for a summary or for a fact in them, or connect a language model in the settings.",
    main_points="Main points",
    says_all="It says",
    rows_and_columns="{rows} rows; columns: {columns}",
    sections="Sections: {names}",
)

FRENCH = Wording(
    language="fr",
    quote="« {words} »",
    says="{place} : ",
    page="page {number}",
    sheet="feuille {number}",
    slide="diapositive {number}",
    looks_like="{place} ressemble à : {concepts}",
    may_be="{place} pourrait être : {concepts}",
    guessed="{place} n’a pas été reconnu avec certitude. Suppositions : {concepts}",
    guessed_sound="Le son de {place} n’a pas été reconnu avec certitude. Suppositions : {concepts}",
    sounds_like="{place} fait entendre sans doute : {concepts}",
    may_sound="{place} pourrait être : {concepts}",
    concept="{label} ({percent} %)",
    fixed_list_pictures="Les images sont comparées à une liste fixe de 1 000 choses ; le reste n’est pas vu.",
    fixed_list_sounds="Les sons sont comparés à une liste fixe de 521 genres ; le reste n’est pas entendu.",
    nothing_here="Rien de ce qui a été trouvé ne répond à cette question.",
    empty="Il n’y a encore rien à chercher. Ajoutez un fichier et posez la question à nouveau.",
    closest="Le plus proche, sans sembler y répondre : ",
    hello="Bonjour ! Ajoutez des fichiers, posez vos questions, et je cite les endroits qui y répondent.",
    thanks="Je vous en prie. Posez d’autres questions quand vous voulez.",
    bye="Au revoir !",
    still_reading="{names} : lecture en cours, donc absent de cette réponse. Reposez la question une fois fini.",
    none_given="Aucun des fichiers joints à cette question n’est utilisable : il n’y a rien d’où répondre.",
    none_read="Aucun de vos fichiers n’a pu être lu : il n’y a rien d’où répondre. La liste des fichiers dit pourquoi.",
    from_others="Rien dans {names} ne répond à cette question ; vos autres fichiers ont aussi été parcourus.",
    preparing_text="Recherche par le sens en préparation : {percent} %. D’ici là, seuls les mots exacts sont trouvés.",
    preparing_pictures="Recherche d’images en préparation : {percent} %. D’ici là, seuls leurs mots sont trouvés.",
    preparing_sounds="Recherche de sons en préparation : {percent} %. D’ici là, seules les paroles sont trouvées.",
    likely="C’est peut-être ceci : ",
    colon=" :",
    more_items="Encore {count}. Demandez à tout voir.",
    delete_how="Pour supprimer {name}, ouvrez la bibliothèque et appuyez sur la corbeille à côté. Son texte, ses "
    "vecteurs et les citations des réponses passées disparaissent avec lui.",
    none_of_these="Il n’y a pas de tel fichier dans votre bibliothèque.",
    files_in_all="{count} fichiers : {counts}",
    more_files="Et {count} autres ; la bibliothèque les montre tous.",
    pages="{count} pages",
    kinds={
        Modality.TEXT: ("document", "documents"),
        Modality.IMAGE: ("image", "images"),
        Modality.AUDIO: ("enregistrement", "enregistrements"),
        Modality.VIDEO: ("vidéo", "vidéos"),
    },
    sizes=("o", "ko", "Mo"),
    decimal=",",
    help="Ajoutez des fichiers : documents, tableaux, images, captures d’écran, enregistrements, vidéos. Posez ensuite "
    "vos questions, et je trouve et cite les endroits qui répondent : un fait, une liste, une somme dans un tableau, "
    "un résumé, deux fichiers côte à côte, ou l’image ou la seconde qui montre quelque chose.",
    who="Je suis mmchat, un programme et non une personne. Je cherche dans vos fichiers et je cite ce qu’ils disent, "
    "toujours avec l’endroit.",
    needs_a_writer="Je ne peux pas traduire, reformuler ni rédiger moi-même : sans modèle de langue, je ne fais que "
    "citer vos fichiers. Demandez un résumé ou un fait, ou connectez un modèle de langue dans les réglages.",
    main_points="Points principaux",
    says_all="On y lit",
    rows_and_columns="{rows} lignes ; colonnes : {columns}",
    sections="Sections : {names}",
)


def wording(language: str) -> Wording:
    """The sentences for an ISO 639-1 code; English for any other than French."""
    return FRENCH if language == "fr" else ENGLISH


def place(evidence: Evidence, locator: Locator, words: Wording) -> str:
    """Where something stands, as a person says it: ``report.pdf, page 4`` or ``standup.wav, 0:12``."""
    name = f"**{escape_line(evidence.candidate.attachment.name)}**"
    if locator.start_s is not None:
        return f"{name}, {clock(locator.start_s)}"
    if locator.page is not None:
        kind = evidence.candidate.attachment.media_type
        named = words.sheet if "sheet" in kind else words.slide if "presentation" in kind else words.page
        return f"{name}, {named.format(number=locator.page)}"
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
