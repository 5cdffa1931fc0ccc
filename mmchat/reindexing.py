"""The background work of a changed encoder: every segment that lacks its vector gets one, then the search switches.

One batch at a time in the pool that takes files in, behind whatever file is waiting there. Nothing of it needs to be
remembered: a killed process finds at the next start which vectors are still missing.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from mmchat.active_spaces import ActiveSpaces, Role, describes
from mmchat.catalog import Catalog
from mmchat.encoders import Encoder
from mmchat.errors import MmchatError
from mmchat.media_again import MediaAgain
from mmchat.page_vectors import PageVectors
from mmchat.stores import VectorStore
from mmchat.types import SPOKEN_OR_WRITTEN, Concept, ReindexState, SegmentInput, SegmentKind

log = logging.getLogger(__name__)

GAP = 0.1
"""A space that lost more than this share of its vectors is not asked until they are made anew: what is left in it
would win over everything that is not."""
_AT_ONCE = 50
_READ_AT_ONCE = 500


class Reindexing:
    """The jobs of every library, one for each role that needs it."""

    def __init__(
        self,
        spaces: ActiveSpaces,
        catalog: Catalog,
        store: VectorStore,
        media: MediaAgain,
        executor: Executor,
        pages: PageVectors,
    ) -> None:
        self._spaces = spaces
        self._catalog = catalog
        self._store = store
        self._media = media
        self._executor = executor
        self._pages = pages
        self._states: dict[tuple[str, str], ReindexState] = {}
        self._lock = threading.Lock()
        self._storing = threading.RLock()
        self._closing = threading.Event()
        self._work: Iterator[ReindexState] | None = None
        self._in_background = False

    def plan_all(self) -> None:
        """:meth:`plan` for every library; one whose vectors cannot be read keeps no other from it."""
        for library in self._catalog.libraries():
            try:
                self.plan(library)
            except MmchatError as error:
                log.error("library %s: %s", library, error)

    def plan(self, library: str) -> None:
        """Find out which roles of the library need vectors, without making any."""
        roles = self._spaces.roles
        counted = {role.name: len(self._catalog.segment_ids(library, role.encoder.segment_kinds)) for role in roles}
        if not any(counted.values()):
            return
        self._spaces.record(library)
        self._pages.complete(library)
        for role in roles:
            total = counted[role.name]
            active = self._spaces.active(library, role)
            here = min(self._store.count(library, active.space), total)
            self._spaces.set_gap(library, role, total - here > GAP * total)
            # Roles may share a space; then what is lacking in it may be lacking in each of them.
            sharing = {r.encoder.segment_kinds for r in roles if r.encoder.space == role.encoder.space}
            held = len(self._catalog.segment_ids(library, frozenset().union(*sharing)))
            done = max(0, total - max(0, held - self._store.count(library, role.encoder.space)))
            if done < total or active.space != role.encoder.space or self._pages.lacking(library, role.encoder):
                fraction = done / total if total else 0.0
                state = ReindexState(role.name, active.configured, role.configured, done, total, fraction)
                with self._lock:
                    self._states.setdefault((library, role.name), state)

    def missing(self, library: str) -> dict[str, int]:
        """How many segments have no vector in a space that takes them, by space; the same for pages."""
        missing = {}
        for encoder in (role.encoder for role in self._spaces.roles):
            ids = self._catalog.segment_ids(library, encoder.segment_kinds)
            if lacking := len(self._lacking(library, encoder, ids)):
                missing[encoder.space.name] = lacking
            if pages := self._pages.lacking(library, encoder):
                missing[encoder.space.of_pages.name] = len(pages)
        return missing

    def states(self, library: str) -> tuple[ReindexState, ...]:
        """What is planned, under way or failed in this library."""
        with self._lock:
            return tuple(state for (owner, _), state in self._states.items() if owner == library)

    def unasked(self, library: str) -> list[ReindexState]:
        """The roles that no space answers for now, and how far each is; what was not planned yet is begun."""
        names = self._spaces.unasked(library)
        if not {*names} <= {state.role for state in self.states(library)}:
            self.plan(library)
            if self._in_background:
                self.start()
        return [state for state in self.states(library) if state.role in names]

    def start(self) -> None:
        """Begin with what is planned, in the background; returns at once."""
        with self._lock:
            self._in_background = True
            if self._work is not None:
                return
            self._work = self._all()
        self._submit()

    def begin_anew(self) -> None:
        """All vectors are lost: plan every library, and begin."""
        self.plan_all()
        self.start()

    def run(self, library: str) -> Iterator[ReindexState]:
        """Do what is planned for one library now, a batch at each step; not beside :meth:`start`."""
        for role in self._spaces.roles:
            if (library, role.name) in self._states:
                yield from self._job(library, role)

    @contextmanager
    def held_off(self) -> Iterator[None]:
        """No vector is stored by a job while inside: what is deleted here stays deleted."""
        with self._storing:
            yield

    def forget(self, library: str) -> None:
        """The library is gone, or all its vectors were made anew."""
        with self._lock:
            self._states = {key: state for key, state in self._states.items() if key[0] != library}
        self._spaces.forget(library)

    def close(self) -> None:
        """Stop at the next batch; the next start goes on from there."""
        self._closing.set()

    def _submit(self) -> None:
        try:
            self._executor.submit(self._step)
        except RuntimeError:
            log.info("the re-index goes on at the next start")

    def _step(self) -> None:
        """One batch; the next one goes to the end of the queue, behind the files that wait."""
        if self._closing.is_set() or self._work is None:
            return
        if next(self._work, None) is None:
            with self._lock:
                self._work = None
                more = any(state.state == "waiting" for state in self._states.values())
            if more:  # planned while the last job ended
                self.start()
            return
        self._submit()

    def _all(self) -> Iterator[ReindexState]:
        roles = {role.name: role for role in self._spaces.roles}
        while not self._closing.is_set():
            with self._lock:
                waiting = [key for key, state in self._states.items() if state.state == "waiting"]
            if not waiting:
                return
            library, name = waiting[0]
            yield from self._job(library, roles[name])

    def _job(self, library: str, role: Role) -> Iterator[ReindexState]:
        """Every outcome is a state; a failure is one too, and leaves the former space in place."""
        try:
            yield from self._encode_all(library, role)
        except MmchatError as error:
            detail = str(error)
        except Exception as error:
            log.exception("the re-index of %s failed", role.name)
            detail = f"It stopped at an unexpected {type(error).__name__}; it is tried again at the next start."
        else:
            return
        with self._lock:
            state = self._states.get((library, role.name))
            if state is not None:
                self._states[library, role.name] = replace(state, state="failed", detail=detail)
        if state is not None:
            yield replace(state, state="failed", detail=detail)

    def _encode_all(self, library: str, role: Role) -> Iterator[ReindexState]:
        encoder, lost = role.encoder, set[str]()
        while True:
            written = self._catalog.segment_ids(library, encoder.segment_kinds & SPOKEN_OR_WRITTEN)
            other = self._catalog.segment_ids(library, encoder.segment_kinds - SPOKEN_OR_WRITTEN)
            written_lacking = [id for id in self._lacking(library, encoder, written) if id not in lost]
            other_lacking = [id for id in self._lacking(library, encoder, other) if id not in lost]
            total = len(written) + len(other)
            done = total - len(written_lacking) - len(other_lacking)
            for wanted, inputs in self._inputs(library, encoder, written_lacking, other_lacking):
                if not self._wanted(library, role):
                    return
                taken = self._take(library, role, inputs)
                lost |= wanted - taken
                done += len(wanted)
                yield self._progress(library, role, done, total)
            lost &= {*written, *other}  # not what was deleted meanwhile
            if lost and len(lost) == total:
                raise MmchatError(f"{role.configured} made none of the {total} vectors. The log has the details.")
            for _ in self._make_pages(library, role):
                yield self._progress(library, role, done, total)
            if not written_lacking and not other_lacking and self._switch(library, role, written + other):
                break
            if not self._wanted(library, role):
                return
        for _ in self._make_pages(library, role):
            yield self._progress(library, role, done, total)
        detail = f"{len(lost)} could not be read again from the originals." if lost else ""
        if detail:
            log.warning("re-index of %s: %s", role.name, detail)
        self._spaces.set_gap(library, role, False)
        with self._lock:
            state = self._states.pop((library, role.name), None)
        if state is not None:
            yield replace(state, done=total, total=total, fraction=1.0, state="whole", detail=detail)

    def _make_pages(self, library: str, role: Role) -> Iterator[None]:
        """The vectors of pages, of those of their segments, for this role and those that are done already."""
        with self._lock:
            done = [other for other in self._spaces.roles if (library, other.name) not in self._states]
        for encoder in {each.encoder.space: each.encoder for each in (role, *done)}.values():
            lacking = self._pages.lacking(library, encoder)
            for at in range(0, len(lacking), _AT_ONCE):
                if not self._wanted(library, role):
                    return
                self._pages.make_again(library, encoder, lacking[at : at + _AT_ONCE], self._storing)
                yield

    def _inputs(
        self, library: str, encoder: Encoder, written: Sequence[str], other: Sequence[str]
    ) -> Iterator[tuple[set[str], list[SegmentInput]]]:
        """Batches, each with the ids it answers for; one that cannot be had again has no input."""
        for at in range(0, len(written), _AT_ONCE):
            ids = written[at : at + _AT_ONCE]
            here = self._catalog.candidates(library, ids)
            yield set(ids), [SegmentInput(segment) for segment, _ in here.values()]
        yield from self._media.batches(library, other, encoder.batch_size)

    def _take(self, library: str, role: Role, inputs: Sequence[SegmentInput]) -> set[str]:
        """Make and keep the vectors; returns the ids that have one now, or that nobody wants any more.

        A batch that an encoder chokes on is given one by one: a single segment keeps no other from its vector.
        """
        try:
            return self._keep(library, role, inputs)
        except MmchatError:
            raise
        except Exception:
            log.exception("%s did not take %d segments at once", role.configured, len(inputs))
        taken = set[str]()
        for each in inputs if len(inputs) > 1 else ():
            try:
                taken |= self._keep(library, role, [each])
            except MmchatError:
                raise
            except Exception as error:
                log.warning("%s did not take the segment %s: %r", role.configured, each.segment.id, error)
        if len(inputs) > 1 and not taken:
            raise MmchatError(f"{role.configured} made no vector of {len(inputs)} segments. The log has the details.")
        return taken

    def _keep(self, library: str, role: Role, inputs: Sequence[SegmentInput]) -> set[str]:
        vectors = role.encoder.encode_segments(inputs)
        ids = [each.segment.id for each in inputs]
        with self._storing:
            held = self._catalog.held(library, ids)
            rows = [row for row, id in enumerate(ids) if id in held]
            if rows:
                self._store.upsert(library, role.encoder.space, [ids[row] for row in rows], vectors[rows])
            if describes(role.encoder) and not self._spaces.moving(library, role):
                self._catalog.describe(library, dict(zip(ids, role.encoder.describe(vectors), strict=True)))
        return set(ids)

    def _switch(self, library: str, role: Role, ids: Sequence[str]) -> bool:
        if not self._spaces.moving(library, role):
            return True
        encoder = role.encoder
        concepts: dict[str, tuple[Concept, ...]] | None = None
        if describes(encoder):
            concepts = dict.fromkeys(ids, ())
            for at in range(0, len(ids), _READ_AT_ONCE):
                vectors = self._store.get(library, encoder.space, ids[at : at + _READ_AT_ONCE])
                if vectors:
                    said = encoder.describe(np.stack(list(vectors.values())))
                    concepts |= dict(zip(vectors, said, strict=True))
        if SegmentKind.WHOLE_IMAGE in encoder.segment_kinds:
            # Other words stand for figures now. First away, then made anew: what is missing is found after a crash.
            with self._storing:
                self._store.delete(library, self._pages.records.mixed(library))
        return self._spaces.switch(library, role, concepts)

    def _lacking(self, library: str, encoder: Encoder, ids: Sequence[str]) -> list[str]:
        lacking: list[str] = []
        for at in range(0, len(ids), _READ_AT_ONCE):
            asked = ids[at : at + _READ_AT_ONCE]
            here = self._store.get(library, encoder.space, asked)
            lacking += [id for id in asked if id not in here]
        return lacking

    def _wanted(self, library: str, role: Role) -> bool:
        return (library, role.name) in self._states and not self._closing.is_set()

    def _progress(self, library: str, role: Role, done: int, total: int) -> ReindexState:
        with self._lock:
            state = self._states.get((library, role.name))
            if state is None:
                active = self._spaces.active(library, role)
                return ReindexState(role.name, active.configured, role.configured, done, total, 0.0)
            # A file deleted meanwhile makes both smaller; what a person sees does not go back.
            fraction = max(state.fraction, min(done / total if total else 1.0, 0.999))
            state = replace(state, done=done, total=total, fraction=fraction, state="running")
            self._states[library, role.name] = state
            return state
