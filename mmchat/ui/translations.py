"""Every sentence of the page, in English and French, and which of the two a visitor reads."""

from __future__ import annotations

from collections.abc import Mapping

DEFAULT = "en"

_ENGLISH = {
    "tagline": "answers with proof",
    # Rail
    "new": "New conversation",
    "add_files": "Add files",
    "conversations": "Conversations",
    "no_conversations": "Questions you ask are kept here.",
    "open_conversation": "Open the conversation “{title}”",
    "delete_conversation": "Delete the conversation “{title}”",
    "confirm_conversation": "Delete the conversation “{title}”? Its answers go with it; your files stay.",
    "library": "Library",
    "files.one": "{count} file",
    "files.other": "{count} files",
    "empty_library": "Nothing here yet. Drop pictures, recordings, PDFs or notes anywhere on this page.",
    "segments.one": "{count} segment",
    "segments.other": "{count} segments",
    "pages.one": "{count} page",
    "pages.other": "{count} pages",
    "segment_hint": "A segment is the smallest piece that can be found and cited.",
    "open_file": "Open {name} in a new tab",
    "delete_file": "Delete {name}",
    "confirm_file": "Delete “{name}”? Its original, everything read in it, and the proof it gave to past "
    "answers are forgotten. The answers’ own words stay.",
    "delete_all": "Delete everything",
    "confirm_all": "Delete your whole library: every file and every conversation? This cannot be undone.",
    "confirm": "Delete",
    "cancel": "Cancel",
    "queued": "waiting",
    "reading": "reading the file",
    "perceiving_text": "finding the passages",
    "perceiving_image": "reading the words in it",
    "perceiving_audio": "listening",
    "perceiving_video": "watching",
    "perceiving": "looking into it",
    "encoding": "making it searchable",
    "indexed": "in your library",
    "duplicate": "was already in your library",
    "failed": "not taken in",
    "left": "about {time} left",
    # Chat
    "ask": "Ask about your files",
    "chat": "Conversation",
    "composer": "Your question and files",
    "hint": "Answers quote your own files. Press a number to see the proof.",
    "welcome": "Ask your files. See the proof.",
    "welcome_more": "Drop in a screenshot, a recording, a PDF or a note, and ask in plain words. Each answer points at "
    "its proof: the words on the picture, the second of the recording, the line of the page.",
    "kind_pictures": "Pictures",
    "kind_pictures_more": "PNG, JPEG, WebP, GIF, BMP, TIFF. Words in them are read; 1,000 kinds of object are recognised.",
    "kind_sounds": "Recordings",
    "kind_sounds_more": "WAV, MP3, M4A, OGG, Opus, FLAC, WebM. Speech becomes text with its seconds; 521 kinds of sound.",
    "kind_texts": "Documents and notes",
    "kind_texts_more": "PDF (scanned too), Word, PowerPoint, Excel, HTML, Markdown, CSV, JSON, plain text, code.",
    "drop": "Drop files to add them to your question",
    "given": "Given with this question",
    "gone_file": "deleted file",
    "question_of": "You asked",
    "waiting_models": "Waiting for the models to load: {ready} of {all} are ready",
    "waiting_detail": "Your question is kept and goes on by itself.",
    "taking_in": "Taking in {name}: {stage}",
    "taking_in_many": "Taking in file {number} of {all}, {name}: {stage}",
    "took_in.one": "{count} file taken in",
    "took_in.other": "{count} files taken in",
    "looking": "Looking for evidence",
    "answering": "Choosing the words to quote",
    "searched.one": "Searched {count} segment in {time}",
    "searched.other": "Searched {count} segments in {time}",
    "stopped": "Stopped. What is above is not the whole answer.",
    "cut_off": "This answer was stopped or cut off. Ask again for the whole one.",
    "none_title": "No evidence found",
    "none_searched.one": "{count} segment of your library was searched.",
    "none_searched.other": "{count} segments of your library were searched.",
    "none_empty": "Your library is empty, so there was nothing to search. Add a file first.",
    "ungrounded_title": "Not from your files",
    "ungrounded": "Nothing in your library backs this answer.",
    "failed_title": "The answer could not be made",
    "failed_files": "These files could not be taken in",
    "again": "Sending it again may work.",
    "warned_title": "Please note",
    "no_cookie": "This page needs one cookie to know which library is yours. Allow cookies for this address and reload.",
    "lost_upload": "{name} is not on the server any more. Add it again.",
    "busy": "An answer is still being written. Wait for it, or press stop.",
    "nothing_sent": "There is nothing to send. Write a question or add a file.",
    "unexpected": "Something unexpected went wrong ({kind}). Send it again; the log has the details.",
    # Sources
    "sources": "Sources",
    "cited.one": "{count} cited",
    "cited.other": "{count} cited",
    "no_sources": "The proof of each answer appears here: the picture with the words marked, the recording at its second, "
    "the page with the line.",
    "no_sources_here": "This answer cites nothing.",
    "finding_sources": "Looking through your files",
    "found_sources.one": "{count} piece found. The answer is being written.",
    "found_sources.other": "{count} pieces found. The answer is being written.",
    "for_question": "For: {question}",
    "considered.one": "{count} other piece was considered",
    "considered.other": "{count} other pieces were considered",
    "source": "Source {number}: {name}",
    "page": "page {page}",
    "slide": "part {page}",
    "enlarge": "Enlarge {name}",
    "enlarge_marked": "Enlarge {name}, with the quoted words marked",
    "play_from": "Play from {time}",
    "play_from_of": "Play {name} from {time}",
    "recognised": "Recognised",
    "recognised_hint": "Guesses from a fixed list of kinds, with their probability.",
    "deleted": "This file was deleted from your library, and its proof with it.",
    "copy": "Copy answer",
    "copied": "Copied",
    "close": "Close",
    "close_sources": "Close the sources",
    "close_rail": "Close the library",
    "open_rail": "Library",
    "zoom": "Full size",
    # Status
    "status": "State of the models",
    "ready": "Ready",
    "loading": "Loading models: {ready} of {all}",
    "ready_but.one": "Ready, {count} part is off",
    "ready_but.other": "Ready, {count} parts are off",
    "broken": "A part failed to load",
    "profile": "Profile: {profile}",
    "part_text": "Text search",
    "part_image": "Picture concepts",
    "part_sound": "Sound concepts",
    "part_speech": "Speech recognition",
    "part_ocr": "Reading words in pictures",
    "part_rerank": "Reordering of what is found",
    "part_answer": "Answers",
    "state_waiting": "waiting",
    "state_loading": "loading",
    "state_ready": "ready",
    "state_off": "off",
    "state_failed": "failed",
    "concepts": "Pictures and sounds are found by matching concepts: 1,000 kinds of object and 521 kinds of sound are "
    "recognised; no colours, counts, actions or people.",
    "private": "Everything runs on this machine. Your library belongs to this browser.",
    "private_space": "Your library belongs to this browser, and lasts as long as this server keeps its disk.",
}

_FRENCH = {
    "tagline": "des réponses, avec leur preuve",
    "new": "Nouvelle conversation",
    "add_files": "Ajouter des fichiers",
    "conversations": "Conversations",
    "no_conversations": "Vos questions sont gardées ici.",
    "open_conversation": "Ouvrir la conversation « {title} »",
    "delete_conversation": "Supprimer la conversation « {title} »",
    "confirm_conversation": "Supprimer la conversation « {title} » ? Ses réponses partent avec elle ; vos fichiers "
    "restent.",
    "library": "Bibliothèque",
    "files.one": "{count} fichier",
    "files.other": "{count} fichiers",
    "empty_library": "Rien pour l’instant. Déposez des images, des enregistrements, des PDF ou des notes n’importe où "
    "sur cette page.",
    "segments.one": "{count} segment",
    "segments.other": "{count} segments",
    "pages.one": "{count} page",
    "pages.other": "{count} pages",
    "segment_hint": "Un segment est le plus petit morceau que l’on peut trouver et citer.",
    "open_file": "Ouvrir {name} dans un nouvel onglet",
    "delete_file": "Supprimer {name}",
    "confirm_file": "Supprimer « {name} » ? L’original, tout ce qui y a été lu et la preuve donnée aux réponses passées "
    "sont oubliés. Le texte des réponses reste.",
    "delete_all": "Tout supprimer",
    "confirm_all": "Supprimer toute votre bibliothèque : chaque fichier et chaque conversation ? C’est irréversible.",
    "confirm": "Supprimer",
    "cancel": "Annuler",
    "queued": "en attente",
    "reading": "lecture du fichier",
    "perceiving_text": "découpage en passages",
    "perceiving_image": "lecture des mots de l’image",
    "perceiving_audio": "écoute",
    "perceiving_video": "visionnage",
    "perceiving": "examen du contenu",
    "encoding": "préparation de la recherche",
    "indexed": "dans votre bibliothèque",
    "duplicate": "était déjà dans votre bibliothèque",
    "failed": "non ajouté",
    "left": "encore {time} environ",
    "ask": "Interrogez vos fichiers",
    "chat": "Conversation",
    "composer": "Votre question et vos fichiers",
    "hint": "Les réponses citent vos propres fichiers. Appuyez sur un numéro pour voir la preuve.",
    "welcome": "Interrogez vos fichiers. Voyez la preuve.",
    "welcome_more": "Déposez une capture d’écran, un enregistrement, un PDF ou une note, et demandez avec vos mots. "
    "Chaque réponse montre sa preuve : les mots sur l’image, la seconde de l’enregistrement, la ligne de la page.",
    "kind_pictures": "Images",
    "kind_pictures_more": "PNG, JPEG, WebP, GIF, BMP, TIFF. Les mots y sont lus ; 1 000 sortes d’objets sont reconnues.",
    "kind_sounds": "Enregistrements",
    "kind_sounds_more": "WAV, MP3, M4A, OGG, Opus, FLAC, WebM. La parole devient un texte minuté ; 521 sortes de sons.",
    "kind_texts": "Documents et notes",
    "kind_texts_more": "PDF (même numérisé), Word, PowerPoint, Excel, HTML, Markdown, CSV, JSON, texte brut, code.",
    "drop": "Déposez les fichiers pour les joindre à votre question",
    "given": "Joint à cette question",
    "gone_file": "fichier supprimé",
    "question_of": "Vous avez demandé",
    "waiting_models": "Chargement des modèles : {ready} sur {all} sont prêts",
    "waiting_detail": "Votre question est gardée et partira d’elle-même.",
    "taking_in": "Ajout de {name} : {stage}",
    "taking_in_many": "Ajout du fichier {number} sur {all}, {name} : {stage}",
    "took_in.one": "{count} fichier ajouté",
    "took_in.other": "{count} fichiers ajoutés",
    "looking": "Recherche de preuves",
    "answering": "Choix des mots à citer",
    "searched.one": "{count} segment parcouru en {time}",
    "searched.other": "{count} segments parcourus en {time}",
    "stopped": "Arrêté. Ce qui précède n’est pas toute la réponse.",
    "cut_off": "Cette réponse a été arrêtée ou coupée. Reposez la question pour l’avoir en entier.",
    "none_title": "Aucune preuve trouvée",
    "none_searched.one": "{count} segment de votre bibliothèque a été parcouru.",
    "none_searched.other": "{count} segments de votre bibliothèque ont été parcourus.",
    "none_empty": "Votre bibliothèque est vide : il n’y avait rien à parcourir. Ajoutez d’abord un fichier.",
    "ungrounded_title": "Ne vient pas de vos fichiers",
    "ungrounded": "Rien dans votre bibliothèque n’appuie cette réponse.",
    "failed_title": "La réponse n’a pas pu être faite",
    "failed_files": "Ces fichiers n’ont pas pu être ajoutés",
    "again": "Un nouvel envoi peut réussir.",
    "warned_title": "À noter",
    "no_cookie": "Cette page a besoin d’un cookie pour savoir quelle bibliothèque est la vôtre. Autorisez les cookies "
    "pour cette adresse, puis rechargez.",
    "lost_upload": "{name} n’est plus sur le serveur. Ajoutez-le de nouveau.",
    "busy": "Une réponse est en cours. Attendez-la, ou appuyez sur arrêter.",
    "nothing_sent": "Il n’y a rien à envoyer. Écrivez une question ou ajoutez un fichier.",
    "unexpected": "Quelque chose d’inattendu s’est produit ({kind}). Renvoyez ; le journal a les détails.",
    "sources": "Sources",
    "cited.one": "{count} citée",
    "cited.other": "{count} citées",
    "no_sources": "La preuve de chaque réponse apparaît ici : l’image avec les mots marqués, l’enregistrement à sa "
    "seconde, la page avec la ligne.",
    "no_sources_here": "Cette réponse ne cite rien.",
    "finding_sources": "Recherche dans vos fichiers",
    "found_sources.one": "{count} élément trouvé. La réponse s’écrit.",
    "found_sources.other": "{count} éléments trouvés. La réponse s’écrit.",
    "for_question": "Pour : {question}",
    "considered.one": "{count} autre élément a été examiné",
    "considered.other": "{count} autres éléments ont été examinés",
    "source": "Source {number} : {name}",
    "page": "page {page}",
    "slide": "partie {page}",
    "enlarge": "Agrandir {name}",
    "enlarge_marked": "Agrandir {name}, avec les mots cités marqués",
    "play_from": "Écouter à partir de {time}",
    "play_from_of": "Écouter {name} à partir de {time}",
    "recognised": "Reconnu",
    "recognised_hint": "Des suppositions tirées d’une liste fixe, avec leur probabilité.",
    "deleted": "Ce fichier a été supprimé de votre bibliothèque, et sa preuve avec lui.",
    "copy": "Copier la réponse",
    "copied": "Copié",
    "close": "Fermer",
    "close_sources": "Fermer les sources",
    "close_rail": "Fermer la bibliothèque",
    "open_rail": "Bibliothèque",
    "zoom": "Taille réelle",
    "status": "État des modèles",
    "ready": "Prêt",
    "loading": "Chargement des modèles : {ready} sur {all}",
    "ready_but.one": "Prêt, {count} partie est désactivée",
    "ready_but.other": "Prêt, {count} parties sont désactivées",
    "broken": "Une partie n’a pas pu être chargée",
    "profile": "Profil : {profile}",
    "part_text": "Recherche dans le texte",
    "part_image": "Concepts des images",
    "part_sound": "Concepts des sons",
    "part_speech": "Reconnaissance de la parole",
    "part_ocr": "Lecture des mots dans les images",
    "part_rerank": "Classement de ce qui est trouvé",
    "part_answer": "Réponses",
    "state_waiting": "en attente",
    "state_loading": "chargement",
    "state_ready": "prêt",
    "state_off": "désactivé",
    "state_failed": "en échec",
    "concepts": "Images et sons sont trouvés par concepts : 1 000 sortes d’objets et 521 sortes de sons sont reconnues ; "
    "ni couleurs, ni nombres, ni actions, ni personnes.",
    "private": "Tout s’exécute sur cette machine. Votre bibliothèque appartient à ce navigateur.",
    "private_space": "Votre bibliothèque appartient à ce navigateur et dure aussi longtemps que le disque de ce serveur.",
}

TRANSLATIONS: Mapping[str, Mapping[str, str]] = {"en": _ENGLISH, "fr": _FRENCH}


def language_of(accept_language: str) -> str:
    """The first of our languages that an Accept-Language header asks for, by its weights; English otherwise."""
    wanted: list[tuple[float, str]] = []
    for part in accept_language[:1000].split(","):
        tag, _, parameter = part.strip().partition(";")
        try:
            weight = float(parameter.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        primary = tag.strip().lower().partition("-")[0]
        if primary in TRANSLATIONS and weight > 0:
            wanted.append((-weight, primary))
    return min(wanted, key=lambda pair: pair[0])[1] if wanted else DEFAULT


class Wording:
    """One language's sentences: ``w("searched", count=3, time="0.2 s")``."""

    def __init__(self, language: str) -> None:
        self.language = language if language in TRANSLATIONS else DEFAULT
        self._sentences = TRANSLATIONS[self.language]

    def __call__(self, key: str, **values: object) -> str:
        """The sentence for ``key``; ``count`` also chooses between its singular and its plural."""
        count = values.get("count")
        if isinstance(count, int):
            few = count < 2 if self.language == "fr" else count == 1
            key = f"{key}.{'one' if few else 'other'}"
            values["count"] = self.number(count)
        return self._sentences[key].format(**values)

    def has(self, key: str) -> bool:
        """Whether there is such a sentence."""
        return key in self._sentences

    def number(self, value: float, digits: int = 0) -> str:
        """With the language's separators."""
        text = f"{value:,.{digits}f}"
        if self.language == "fr":
            text = text.replace(",", "\u202f").replace(".", ",")
        return text

    def percent(self, fraction: float) -> str:
        """0.62 -> 62% (62 % in French)."""
        return f"{round(fraction * 100)}{chr(0x202F) if self.language == 'fr' else ''}%"

    def span(self, seconds: float) -> str:
        """How long something takes: 42 ms, 1.2 s, 12 s, 3 min. Whole seconds stay whole."""
        if seconds < 0.95:
            return f"{max(1, round(seconds * 1000))} ms"
        if seconds >= 90:
            return f"{round(seconds / 60)} min"
        return f"{self.number(seconds, 0 if seconds >= 10 or isinstance(seconds, int) else 1)} s"


def clock(seconds: float) -> str:
    """A place in a recording: 0:17, 12:05, 1:02:33."""
    whole = int(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"
