"""Each library's words, to mend questions by; counted when first needed, and again once the library has changed."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict

from mmchat.catalog import Catalog
from mmchat.encoders.e5_small import E5SmallEncoder
from mmchat.question.spelling import Mended, Spelling, whole_pieces, words_of
from mmchat.rerankers.cross_encoder import CrossEncoder
from mmchat.settings import Settings

MOST_SEGMENTS = 5000
"""So many of the newest segments are counted: about half a second."""
MOST_LIBRARIES = 32
_RUN_ON = re.compile(r"\b(what|who|where|when|how|that|there|here)s\b", re.IGNORECASE)
"""As typed in haste; the models read "what's" far better."""


class LibraryWords:
    """Mends questions of every library. Safe to call from several threads."""

    def __init__(self, catalog: Catalog, settings: Settings) -> None:
        self._catalog = catalog
        self._encoder = E5SmallEncoder.from_settings(settings)
        self._settings = settings
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[object, Spelling]] = OrderedDict()

    def mend(self, library: str, text: str, language: str) -> Mended:
        """The question in the library's words, and "whats" as "what's"."""
        if language in ("en", ""):
            text = _RUN_ON.sub(r"\1's", text)
        count = self._catalog.count_segments(library)
        holds = (count, frozenset(entry.attachment.id for entry in self._catalog.entries(library)))
        with self._lock:
            if not count:
                self._kept.pop(library, None)
                return Mended(text)
            kept = self._kept.get(library)
        if kept is None or kept[0] != holds:
            texts = self._catalog.texts(library, MOST_SEGMENTS)
            read = CrossEncoder.shared(self._settings)
            kept = (holds, Spelling(words_of(texts), whole_pieces(self._encoder.piece, read.piece)))
        with self._lock:
            self._kept[library] = kept
            self._kept.move_to_end(library)
            while len(self._kept) > MOST_LIBRARIES:
                self._kept.popitem(last=False)
        return kept[1].mend(text, language)
