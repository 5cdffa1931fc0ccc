"""Evidence -> an answer made of exact quotes, each with its marker; or a plain statement that nothing here answers.

It writes no sentence of its own about the world: what it adds is where each quote stands. Pictures and sounds, in
which no words stand, are answered by what was recognised in them, with probabilities.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mmchat.answering.base import Answerer, AnswerEvent, Concluded, Question, cite
from mmchat.answering.concepts import describe, nearly_as_alike, recognised
from mmchat.answering.lead import lead_spans
from mmchat.answering.markdown import escape_line
from mmchat.answering.operating_point import ABSTAIN_BELOW
from mmchat.answering.scoring import SentenceScorer
from mmchat.answering.selection import Scored, best_first, choose
from mmchat.answering.spans import Span, spans_of
from mmchat.answering.wording import Wording, place, wording
from mmchat.retrieval.requests import Kind, read_request
from mmchat.settings import Settings
from mmchat.types import Cited, Evidence, Grounding, TextDelta


class ExtractiveAnswerer(Answerer):
    """Quotes the one to three sentences of the evidence that answer best, or abstains."""

    name = "extractive"
    model_names = ("cross-encoder-en", "e5-small")

    def __init__(self, scorer: SentenceScorer, *, abstain_below: float = ABSTAIN_BELOW) -> None:
        self._scorer = scorer
        self._abstain_below = abstain_below

    @classmethod
    def from_settings(cls, settings: Settings) -> ExtractiveAnswerer:
        """With the bundled models; they are shared with the reranker and the text space."""
        chosen = settings.abstain_below
        return cls(SentenceScorer.from_settings(settings), abstain_below=ABSTAIN_BELOW if chosen is None else chosen)

    def load(self) -> None:
        """Load the cross-encoder and the text encoder."""
        self._scorer.load()

    def answer(self, question: Question, evidence: Sequence[Evidence]) -> Iterator[AnswerEvent]:
        """Stream the answer: where a quote stands, the quote with its marker, its citation; then the next."""
        words = wording(question.interface_language)
        request = read_request(question.query.text)
        media = recognised(evidence, request.medium)
        if request.kind is Kind.CONTENT and media:
            yield from _told_from_concepts(media[:1], evidence, words)
            return
        if request.kind in (Kind.FIND, Kind.NAME) and media and media[0] is evidence[0]:
            yield from _told_from_concepts(nearly_as_alike(media), (), words)
            return
        if request.kind in (Kind.READ_OUT, Kind.CONTENT):
            lead = lead_spans(evidence, request.medium)
            if lead:
                yield from _quoted(lead, words)
                return
        spans = [span for piece in evidence for span in spans_of(piece)]
        scored = self._scorer.score(question.query, spans)
        chosen = choose(scored, self._abstain_below)
        # Pictures answer a question about words only when they are all that was asked about.
        only_media = not spans and bool(question.query.attachment_ids)
        if chosen:
            yield from _quoted([s.span for s in chosen], words)
        elif media and (only_media or request.kind in (Kind.FIND, Kind.CONTENT)):
            yield from _told_from_concepts(nearly_as_alike(media), (), words)
        else:
            yield from _abstained(question, scored, recognised(evidence), words)


def _quoted(spans: Sequence[Span], words: Wording) -> Iterator[AnswerEvent]:
    for number, span in enumerate(spans):
        yield from _quote(span, words, opening="\n\n" if number else "")
    yield Concluded(Grounding.GROUNDED)


def _quote(span: Span, words: Wording, opening: str = "") -> Iterator[AnswerEvent]:
    """Where it stands, then the exact words with their marker, then the citation."""
    citation = cite(span.evidence, span.start, span.end)
    yield TextDelta(opening + words.says.format(place=place(span.evidence, citation.locator, words)))
    yield TextDelta(f"{words.quote.format(words=escape_line(span.text))} [{span.evidence.number}]")
    yield Cited(citation)


def _told_from_concepts(
    pieces: Sequence[Evidence], evidence: Sequence[Evidence], words: Wording
) -> Iterator[AnswerEvent]:
    """What was recognised, then how the writing in the same files begins."""
    yield from describe(pieces, words)
    files = {piece.candidate.attachment.id for piece in pieces}
    writing = lead_spans([piece for piece in evidence if piece.candidate.attachment.id in files], None)
    for span in writing[:1]:
        yield from _quote(span, words, opening="\n\n")
    yield Concluded(Grounding.GROUNDED)


def _abstained(
    question: Question, scored: Sequence[Scored], media: Sequence[Evidence], words: Wording
) -> Iterator[AnswerEvent]:
    """That nothing answers, what was searched, and what came closest, worded as no more than that."""
    if not question.searched and not scored and not media:
        yield TextDelta(words.empty)
        yield Concluded(Grounding.NO_EVIDENCE)
        return
    count = f"{question.searched:,}".replace(",", words.thousands)
    searched = words.searched_one if question.searched == 1 else words.searched_many.format(count=count)
    yield TextDelta(f"{words.nothing_here} {searched}")
    if scored:
        yield TextDelta(f"\n\n{words.closest}")
        yield from _quote(best_first(scored)[0].span, words)
    elif media:
        yield TextDelta(f"\n\n{words.closest}")
        yield from describe(media[:1], words)
    yield Concluded(Grounding.NO_EVIDENCE)
