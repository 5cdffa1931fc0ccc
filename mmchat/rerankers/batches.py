"""Candidates -> batches that a judge can take in one call: so many candidates, pictures and tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from mmchat.llms.base import Abilities, ImagePart, Part
from mmchat.llms.pictures import candidate_part, picture_of
from mmchat.rerankers.showing import candidate_parts, data, tokens_of, words_of
from mmchat.types import Candidate, RunContext

_SMALL_SHARE = 4
"""A candidate that is shown again takes at most a quarter of the room: the new ones need it more."""


@dataclass(slots=True)
class Batch:
    """What one call shows. Numbers are from 1, in the order shown.

    Attributes:
        places, pictures, tokens: how many more fit.
        parts: what is shown, candidate after candidate.
        asked: the segment ids to be judged, by number.
        again: those shown again, by number.
        pictured: the number with which a picture is shown, by the picture (:func:`picture_of`).
    """

    places: int
    pictures: int
    tokens: int
    parts: list[Part] = field(default_factory=list)
    asked: dict[int, str] = field(default_factory=dict)
    again: dict[int, str] = field(default_factory=dict)
    pictured: dict[str, int] = field(default_factory=dict)

    @property
    def next_number(self) -> int:
        """The number of the candidate that would be added now."""
        return len(self.asked) + len(self.again) + 1


class Exhibits:
    """What can be shown of the candidates of one question; every picture is decoded once."""

    def __init__(
        self,
        candidates: Sequence[Candidate],
        context: RunContext,
        abilities: Abilities,
        *,
        side_px: int,
        about: frozenset[str],
    ) -> None:
        self._candidates = candidates
        self._context = context
        self._abilities = abilities
        self._side_px = side_px
        self._about = about
        self._decoded: dict[str, ImagePart | None] = {}

    def fill(self, batch: Batch, again: Sequence[Candidate], waiting: Sequence[Candidate]) -> list[Candidate]:
        """Put into the batch what fits; those of ``waiting`` that were taken out as there is nothing to show of them.

        The batch takes from the beginning of ``waiting``, so it was dealt with up to ``batch.asked`` and the returned.
        """
        for candidate in again:
            parts = self.parts(candidate, batch)
            if parts and self._tokens(parts) * _SMALL_SHARE <= batch.tokens:
                self._add(batch, candidate, parts)
                batch.again[batch.next_number] = candidate.segment.id
        nothing = []
        for candidate in waiting:
            if batch.places == 0 or (batch.asked and self._is_hidden(candidate, batch)):
                break
            parts = self.parts(candidate, batch)
            if self._tokens(parts) > batch.tokens and not batch.asked:  # it would not fit into the next batch either
                parts = self.parts(candidate, batch, seen=False)
            if not parts:
                nothing.append(candidate)
            elif self._tokens(parts) > batch.tokens:
                break
            else:
                self._add(batch, candidate, parts)
                batch.asked[batch.next_number] = candidate.segment.id
        return nothing

    def parts(self, candidate: Candidate, batch: Batch, *, seen: bool = True) -> list[Part]:
        """The candidate as it would be shown next; empty when it has nothing to show.

        Its picture is ``seen`` if the batch has room for one more; else it is told in words, where there are any.
        """
        words = words_of(candidate, self._candidates, self._about)
        before = batch.pictured.get(picture_of(candidate))
        if before is not None:
            words = "\n".join(part for part in (words, f"(its picture is shown with candidate {before})") if part)
        picture = self.picture(candidate) if seen and before is None and batch.pictures > 0 else None
        if picture is not None:
            picture = replace(picture, instead=data(words) or "(a picture)")
        elif not words:
            return []
        return candidate_parts(batch.next_number, candidate, words, picture)

    def picture(self, candidate: Candidate) -> ImagePart | None:
        """The picture it is, or lies in, as the model is sent it; None when there is none or none can be seen."""
        key = picture_of(candidate)
        if not key or not self._abilities.vision:
            return None
        if key not in self._decoded:
            self._decoded[key] = candidate_part(candidate, self._context, self._side_px, "")
        return self._decoded[key]

    def _add(self, batch: Batch, candidate: Candidate, parts: list[Part]) -> None:
        pictures = sum(isinstance(part, ImagePart) for part in parts)
        if pictures:
            batch.pictured[picture_of(candidate)] = batch.next_number
        batch.pictures -= pictures
        batch.tokens -= self._tokens(parts)
        batch.places -= 1
        batch.parts += parts

    def _is_hidden(self, candidate: Candidate, batch: Batch) -> bool:
        """Whether its picture would be left out of this batch only because the batch shows enough others."""
        full = batch.pictures == 0 and bool(batch.pictured)
        return full and picture_of(candidate) not in batch.pictured and self.picture(candidate) is not None

    def _tokens(self, parts: Sequence[Part]) -> int:
        return tokens_of(parts, self._abilities.image_tokens)
