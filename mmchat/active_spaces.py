"""Which encoder each library is searched with, and which ones take what is new.

Settings may name another encoder than the one that made a library's vectors. Until the new space is whole the former
encoder answers, and new files go into both. It moves no vector itself: see :mod:`mmchat.reindexing`.
"""

from __future__ import annotations

import copy
import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace

from mmchat.catalog import SpaceRecord, SpaceRecords, SpaceUse
from mmchat.encoders import Encoder
from mmchat.encoders.hub_model import NOT_FETCHED
from mmchat.errors import MmchatError
from mmchat.stores import VectorStore
from mmchat.types import SPOKEN_OR_WRITTEN, Concept, SegmentKind, Space

log = logging.getLogger(__name__)

_Uses = dict[str, SpaceRecord]

_KINDS = {
    "text": SPOKEN_OR_WRITTEN,
    "image": frozenset({SegmentKind.WHOLE_IMAGE}),
    "sound": frozenset({SegmentKind.SOUND}),
}


@dataclass(frozen=True)
class Role:
    """What an encoder is configured for (text, image or sound), under which name, and the encoder itself."""

    name: str
    configured: str
    encoder: Encoder

    @property
    def sure(self) -> bool:
        """Whether the encoder knows its space yet; one whose model is still to be fetched does not."""
        return self.encoder.space.revision != NOT_FETCHED


@dataclass(frozen=True)
class Writing:
    """The encoders that take a new file, and what is searched at the moment it is written down."""

    encoders: Sequence[Encoder]
    settled: Callable[[], AbstractContextManager[frozenset[Space]]]


class ActiveSpaces:
    """The spaces of every library, as recorded and as configured. Safe to call from several threads."""

    def __init__(
        self, records: SpaceRecords, store: VectorStore, roles: Sequence[Role], create: Callable[[str], Encoder]
    ) -> None:
        self.roles = tuple(roles)
        self._records = records
        self._store = store
        self._create = create
        self._uses: dict[str, _Uses] = {}
        self._recorded: set[str] = set()
        self._gaps: set[tuple[str, str]] = set()
        self._leaving: set[str] = set()
        self._lent: Counter[tuple[str, Space]] = Counter()
        self._lock = threading.RLock()
        self._switching = threading.Lock()
        self._formers: dict[tuple[str, Space], Encoder | None] = {}
        self._formers_lock = threading.Lock()

    @contextmanager
    def reading(self, library: str) -> Iterator[Sequence[Encoder]]:
        """The encoders to search with, one space a role; their spaces stay as long as this lasts."""
        with self._lend(library, lambda uses: self._searched(library, uses)) as encoders:
            yield encoders

    @contextmanager
    def writing(self, library: str) -> Iterator[Writing]:
        """The encoders that take new segments: the configured ones, then those that still answer."""
        for role in self.roles:
            if not role.sure:
                self._try_to_load(role)
        self.record(library)
        with self._lend(library, self._written) as encoders:
            yield Writing(encoders, lambda: self._settled(library))

    def active(self, library: str, role: Role) -> SpaceRecord:
        """The space in which this role is searched."""
        return self._resolve(library)[role.name]

    def moving(self, library: str, role: Role) -> bool:
        """Whether the role is searched in another space than the configured one."""
        return self.active(library, role).space != role.encoder.space

    def unasked(self, library: str) -> tuple[str, ...]:
        """The roles that no space answers for now: the former encoder is not to be had, or its vectors were lost."""
        uses = self._resolve(library)
        return tuple(r.name for r in self.roles if self._answering(library, r, uses) is None)

    def spaces(self, library: str) -> dict[str, Space]:
        """Every space that is searched or configured, by name."""
        found = [role.encoder.space for role in self.roles] + [r.space for r in self._resolve(library).values()]
        return {space.name: space for space in found}

    def described(self, role: Role) -> frozenset[SegmentKind]:
        """The kinds of which this role's encoder alone may say what is recognised."""
        others = [r.encoder for r in self.roles if r is not role and describes(r.encoder)]
        return role.encoder.segment_kinds.difference(*(other.segment_kinds for other in others))

    def set_gap(self, library: str, role: Role, gap: bool) -> None:
        """Say whether so many vectors of the searched space are lost that it is better not asked."""
        with self._lock:
            (self._gaps.add if gap else self._gaps.discard)((library, role.name))

    def record(self, library: str) -> None:
        """Write down what is searched and what is coming; what was coming under other settings is on its way out."""
        with self._lock:
            uses = self._resolve(library)
            if library in self._recorded:
                return
            records = {(r.role, r.space): r for r in self._records.all(library)}
            changed = []
            for role in self.roles:
                if not role.sure:
                    continue
                active = uses[role.name]
                wanted = {active.space: active}
                if active.space != role.encoder.space:
                    wanted[role.encoder.space] = _configured(role, SpaceUse.COMING)
                changed += [r for r in wanted.values() if records.get((r.role, r.space)) != r]
                abandoned = [r for (of, space), r in records.items() if of == role.name and space not in wanted]
                changed += [replace(r, use=SpaceUse.LEAVING) for r in abandoned]
            self._records.put(library, changed)
            if all(role.sure for role in self.roles):
                self._recorded.add(library)
            self._leaving.add(library)
        self._drop_left(library)

    def switch(self, library: str, role: Role, concepts: Mapping[str, tuple[Concept, ...]] | None) -> bool:
        """From now on this role is searched in the configured space; what was searched is dropped.

        Returns: False when it cannot be yet, or not any more: a segment came that ``concepts`` does not name, or the
        library was deleted.
        """
        with self._switching, self._lock:
            uses = self._resolve(library)
            former, coming = uses[role.name], _configured(role, SpaceUse.COMING)
            if not self._records.switch(library, former, coming, self.described(role), concepts):
                return False
            self._uses[library] = {**uses, role.name: replace(coming, use=SpaceUse.ACTIVE)}
            self._leaving.add(library)
            searched = {record.space for others in self._uses.values() for record in others.values()}
        with self._formers_lock:  # what no library is searched with any more gives its memory back
            self._formers = {key: kept for key, kept in self._formers.items() if key[1] in searched}
        self._drop_left(library)
        return True

    def reset(self, library: str) -> None:
        """The library's vectors are about to be made anew: what is configured is what is searched."""
        with self._switching, self._lock:
            for record in self._records.all(library):
                self._records.forget(library, record)
            self._records.put(library, [_configured(role, SpaceUse.ACTIVE) for role in self.roles])
            self.forget(library)

    def forget(self, library: str) -> None:
        """The library is gone, or its records changed: read them again when they are asked for."""
        with self._lock:
            self._uses.pop(library, None)
            self._recorded.discard(library)
            self._leaving.discard(library)
            self._gaps = {gap for gap in self._gaps if gap[0] != library}

    @contextmanager
    def _lend(self, library: str, choose: Callable[[_Uses], list[Encoder]]) -> Iterator[Sequence[Encoder]]:
        while True:
            uses = self._resolve(library)
            encoders = choose(uses)  # may load weights, so outside the lock
            with self._lock:
                if self._resolve(library) == uses:
                    lent = [(library, encoder.space) for encoder in encoders]
                    self._lent.update(lent)
                    break
        try:
            yield encoders
        finally:
            with self._lock:
                self._lent.subtract(lent)
            self._drop_left(library)

    @contextmanager
    def _settled(self, library: str) -> Iterator[frozenset[Space]]:
        """No switch while inside; gives the spaces that are searched."""
        with self._switching:
            yield frozenset(record.space for record in self._resolve(library).values())

    def _searched(self, library: str, uses: _Uses) -> list[Encoder]:
        found = [self._answering(library, role, uses) for role in self.roles]
        return _each_once([encoder for encoder in found if encoder is not None])

    def _written(self, uses: _Uses) -> list[Encoder]:
        found = [role.encoder for role in self.roles]
        found += [former for role in self.roles if (former := self._encoder(role, uses)) is not None]
        return _each_once(found)

    def _answering(self, library: str, role: Role, uses: _Uses) -> Encoder | None:
        return None if (library, role.name) in self._gaps else self._encoder(role, uses)

    def _encoder(self, role: Role, uses: _Uses) -> Encoder | None:
        """Who answers in a role: the configured encoder, or the former one when it can still be had."""
        record = uses[role.name]
        if record.space == role.encoder.space:
            return role.encoder
        key = (record.configured, record.space)
        with self._formers_lock:
            if key not in self._formers:
                self._formers[key] = self._load_former(record)
            former = self._formers[key]
        if former is None:
            return None
        # It may be able to do more than it was chosen for: its space has nothing of the other kinds.
        roles = [name for name, other in uses.items() if other.space == record.space]
        narrowed = copy.copy(former)
        narrowed.segment_kinds = former.segment_kinds.intersection(
            frozenset().union(*(_KINDS.get(name, frozenset(SegmentKind)) for name in roles))
        )
        return narrowed

    def _load_former(self, record: SpaceRecord) -> Encoder | None:
        try:
            encoder = self._create(record.configured)
            if encoder.space != record.space:
                log.warning("%s is %s now, not %s", record.configured, encoder.space, record.space)
                return None
            encoder.load()
        except MmchatError as error:
            log.warning("the former encoder %s cannot be had: %s", record.configured, error)
            return None
        except Exception:
            log.exception("the former encoder %s did not load", record.configured)
            return None
        return encoder

    def _resolve(self, library: str) -> _Uses:
        with self._lock:
            known = self._uses.get(library)
            if known is None:
                known = {r.role: r for r in self._records.all(library) if r.use is SpaceUse.ACTIVE}
            new = [role for role in self.roles if role.name not in known]
            adopted = {role.name: self._adopt(library, role) for role in new}
            self._uses[library] = {**known, **{r.name: adopted[r.name] for r in new if r.sure}}
            return {**known, **adopted}

    def _try_to_load(self, role: Role) -> None:
        """A failure is told where the encoder is needed: a note need not wait for an encoder of sounds."""
        try:
            role.encoder.load()
        except MmchatError as error:
            log.warning("%s is not loaded: %s", role.configured, error)

    def _adopt(self, library: str, role: Role) -> SpaceRecord:
        """A library from before these records: the configured space, or the one whose vectors are there."""
        configured = _configured(role, SpaceUse.ACTIVE)
        if self._store.count(library, role.encoder.space):
            return configured
        for space in self._store.spaces(library):
            if space in {other.encoder.space for other in self.roles} or not self._store.count(library, space):
                continue
            try:
                kinds = self._create(space.encoder).segment_kinds
            except MmchatError:
                continue  # nobody can say any more what it took
            if kinds & role.encoder.segment_kinds:
                return SpaceRecord(role.name, space.encoder, space, SpaceUse.ACTIVE)
        return configured

    def _drop_left(self, library: str) -> None:
        """Drop the spaces on their way out that nobody uses any more."""
        with self._lock:
            if library not in self._leaving:
                return
            records = self._records.all(library)
            kept = {r.space for r in records if r.use is not SpaceUse.LEAVING}
            left = [r for r in records if r.use is SpaceUse.LEAVING]
            free = [r for r in left if not self._lent[library, r.space]]
            for record in free:
                if record.space not in kept:
                    for space in (record.space, record.space.of_pages):
                        self._store.drop_space(library, space)
                self._records.forget(library, record)
            if len(free) == len(left):
                self._leaving.discard(library)
            self._lent += Counter()  # forget those at zero


def describes(encoder: Encoder) -> bool:
    """Whether this encoder can say in words what it recognised."""
    return type(encoder).describe is not Encoder.describe


def _configured(role: Role, use: SpaceUse) -> SpaceRecord:
    return SpaceRecord(role.name, role.configured, role.encoder.space, use)


def _each_once(encoders: Sequence[Encoder]) -> list[Encoder]:
    """One encoder may have several roles, and then takes every kind of them in each."""
    return list({(e.space, e.segment_kinds): e for e in reversed(encoders)}.values())[::-1]
