"""Every reranker returns the candidates it was given, each once; what it cannot judge keeps its place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from mmchat.errors import UnknownBackend
from mmchat.llms import LLMS
from mmchat.rerankers import RERANKERS, Reranker, create_reranker
from mmchat.settings import Settings
from mmchat.types import Candidate, Query, RunContext, SegmentKind
from tests.factories import a_segment, an_attachment
from tests.rerankers.tiny_cross_encoder import tiny_cross_encoder

WITHOUT_WEIGHTS = {"none", "vision-language", "cross-encoder-hub"}
JUDGE = "tests.rerankers.judging_llm:ScriptedLLM"
"""Stands in for the LLM: grades by the length of what it is shown."""
QUERIES = [
    Query(text="When does the library open on Saturday?", language="en"),
    Query(text="Quand ouvre la bibliothèque le samedi ?", language="fr"),
    Query(text="library", language="en"),
    Query(perceived="a red apple"),
    Query(),
]


@pytest.fixture(
    scope="module",
    params=[n if n in WITHOUT_WEIGHTS else pytest.param(n, marks=pytest.mark.model) for n in sorted(RERANKERS)],
)
def reranker(
    request: pytest.FixtureRequest, models_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Reranker]:
    data_dir = tmp_path_factory.mktemp("data")
    settings = Settings(data_dir=data_dir, models_dir=models_dir, threads=2, llm="scripted:judge")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(LLMS, "scripted", JUDGE)
        name = request.param
        if name == "cross-encoder-hub":
            name += f":{tiny_cross_encoder(data_dir / 'tiny')}"
        reranker = create_reranker(name, settings)
        reranker.load()
        yield reranker


def mixed(count: int) -> list[Candidate]:
    """Text in two languages, pictures and sounds in turn, in retrieval order."""
    attachment = an_attachment()
    kinds = [SegmentKind.PASSAGE, SegmentKind.WHOLE_IMAGE, SegmentKind.TEXT_REGION, SegmentKind.SOUND]
    out = []
    for at in range(count):
        kind = kinds[at % 4]
        wordless = kind in (SegmentKind.WHOLE_IMAGE, SegmentKind.SOUND)
        text = "" if wordless else f"Note {at}. The library opens at {at} on Saturday. La bibliothèque ouvre à {at} h."
        segment = a_segment(attachment, at, text, kind=kind, language=["en", "fr"][at % 3 == 2])
        out.append(Candidate(segment, attachment, score=1 / (at + 1)))
    return out


@pytest.mark.parametrize("query", QUERIES, ids=lambda q: q.text or q.perceived or "empty")
@pytest.mark.parametrize("count", [1, 7, 30])
def test_nothing_is_added_or_lost(reranker: Reranker, query: Query, count: int) -> None:
    given = mixed(count)

    ranked = reranker.rerank(query, given)

    assert sorted(c.segment.id for c in ranked) == sorted(c.segment.id for c in given)
    assert all(c.relevance is None or 0 <= c.relevance <= 1 for c in ranked)


def test_no_candidates_give_no_candidates(reranker: Reranker) -> None:
    assert reranker.rerank(QUERIES[0], []) == []


def test_beyond_its_limit_the_retrieval_order_stays(reranker: Reranker) -> None:
    given = mixed(reranker.limit + 6)

    assert reranker.rerank(QUERIES[0], given)[reranker.limit :] == given[reranker.limit :]


def test_what_it_cannot_judge_keeps_its_place(reranker: Reranker) -> None:
    given = mixed(12)

    ranked = reranker.rerank(QUERIES[0], given)

    for before, after in zip(given, ranked, strict=True):
        if not reranker.judges(before):
            assert after == before


def test_graded_candidates_fall_in_relevance(reranker: Reranker) -> None:
    grades = [c.relevance for c in reranker.rerank(QUERIES[0], mixed(12)) if c.relevance is not None]

    assert grades == sorted(grades, reverse=True)


def test_the_same_question_gives_the_same_order(reranker: Reranker) -> None:
    assert reranker.rerank(QUERIES[0], mixed(9)) == reranker.rerank(QUERIES[0], mixed(9))


def test_nobody_waiting_and_nobody_to_tell_lose_nothing(reranker: Reranker) -> None:
    stopped = Event()
    stopped.set()

    ranked = reranker.rerank(Query(text="What is new?", language="en"), mixed(9), RunContext(stopped=stopped))

    assert sorted(c.segment.id for c in ranked) == sorted(c.segment.id for c in mixed(9))


def test_an_unknown_reranker_lists_the_known_ones(settings: Settings) -> None:
    with pytest.raises(UnknownBackend, match="no reranker called 'best'.*cross-encoder"):
        create_reranker("best", settings)
