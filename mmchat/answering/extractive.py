"""Evidence -> an answer made of exact quotes, each with its marker; or a plain statement that nothing here answers.

It writes no sentence of its own about the world: what it adds is where each quote stands. Pictures and sounds, in
which no words stand, are answered by what was recognised in them, with probabilities.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mmchat.answering.base import Answerer, AnswerEvent, Concluded, NothingFound, Question, cite
from mmchat.answering.class_question import of_the_kind, showing
from mmchat.answering.closest import alike_in_name, nearest
from mmchat.answering.concept_names import ConceptNames
from mmchat.answering.concepts import Translate, describe, nearly_as_alike, of_one_video, recognised
from mmchat.answering.greeting import courtesy
from mmchat.answering.lead import lead_spans
from mmchat.answering.markdown import escape_line
from mmchat.answering.operating_point import ABSTAIN_BELOW
from mmchat.answering.scoring import SentenceScorer
from mmchat.answering.selection import Scored, choose, leaning
from mmchat.answering.spans import Span, spans_of
from mmchat.answering.terms import Terms
from mmchat.answering.wording import Wording, closest_of_another, place, wording
from mmchat.retrieval.requests import Kind, Request, read_request
from mmchat.settings import Settings
from mmchat.types import Cited, Evidence, Grounding, TextDelta


class ExtractiveAnswerer(Answerer):
    """Quotes the one to three sentences of the evidence that answer best, or abstains."""

    name = "extractive"

    def __init__(
        self, scorer: SentenceScorer, names: ConceptNames | None = None, *, abstain_below: float = ABSTAIN_BELOW
    ) -> None:
        self._scorer = scorer
        self._names = names or ConceptNames({})
        self._abstain_below = abstain_below

    @classmethod
    def from_settings(cls, settings: Settings) -> ExtractiveAnswerer:
        """With the bundled models; they are shared with the reranker and the text space."""
        chosen = settings.abstain_below
        return cls(
            SentenceScorer.from_settings(settings),
            ConceptNames.from_settings(settings),
            abstain_below=ABSTAIN_BELOW if chosen is None else chosen,
        )

    def load(self) -> None:
        """Load the cross-encoder, the text encoder and the classifiers' lists of names."""
        self._scorer.load()
        self._names.load()

    def answer(self, question: Question, evidence: Sequence[Evidence]) -> Iterator[AnswerEvent]:
        """Stream the answer: where a quote stands, the quote with its marker, its citation; then the next."""
        words = wording(question.interface_language)
        text = question.query.text
        polite = courtesy(text)
        if polite:
            yield TextDelta(getattr(words, polite))
            yield Concluded(None)
            return
        request = read_request(text)
        media = recognised(evidence, request.medium)
        kind = of_the_kind(text, evidence, self._names)
        if kind is None:
            at_once = self._without_scores(request, media, evidence, words)
            if at_once is not None:
                yield from at_once
                return
        elif not kind:
            media = []  # none of them is of the kind asked for
        spans = [span for piece in evidence for span in spans_of(piece)]
        scored = self._scorer.score(question.query, spans)
        terms = Terms.of(text, question.query.language)
        answering = leaning(scored, self._abstain_below) if question.query.talked_about else scored
        chosen = choose(answering, self._abstain_below, lambda span: terms.another(span) is not None)
        # Pictures answer a question about words only when they are all that was asked about.
        only_media = not spans and bool(question.query.attachment_ids)
        found = showing(request.about, nearly_as_alike(media), self._names) if request.kind is Kind.FIND else []
        if chosen:
            yield from _quoted([s.span for s in chosen], words)
        elif kind:
            yield from describe(kind, words, self._naming(words))
            yield TextDelta(f" {words.of_a_kind}")
            yield Concluded(Grounding.ANSWERED)
        elif media and only_media:
            yield from self._told(nearly_as_alike(media), (), words)
        elif found:
            yield from self._told(found, (), words)
        else:
            first = media[:1] if request.kind in (Kind.FIND, Kind.NAME) and media[:1] == list(evidence[:1]) else []
            yield from self._abstained(question, scored, terms, evidence, first, words)

    def abstain(self, question: Question, evidence: Sequence[Evidence]) -> Iterator[AnswerEvent]:
        """Say that nothing answers, whatever this answerer would have found itself."""
        spans = [span for piece in evidence for span in spans_of(piece)]
        scored = self._scorer.score(question.query, spans)
        terms = Terms.of(question.query.text, question.query.language)
        yield from self._abstained(question, scored, terms, evidence, (), wording(question.interface_language))

    def _without_scores(
        self, request: Request, media: Sequence[Evidence], evidence: Sequence[Evidence], words: Wording
    ) -> Iterator[AnswerEvent] | None:
        """The answer to a request for pictures, sounds or a file's beginning; None when sentences must be weighed."""
        if request.kind is Kind.CONTENT and media:
            return self._told(of_one_video(media), evidence, words)
        if request.kind in (Kind.FIND, Kind.NAME) and media and media[0] is evidence[0]:
            told = showing(request.about, nearly_as_alike(media), self._names)
            return self._told(told, (), words) if told else None
        if request.kind in (Kind.READ_OUT, Kind.CONTENT):
            lead = lead_spans(evidence, request.medium)
            return _quoted(lead, words) if lead else None
        return None

    def _told(self, pieces: Sequence[Evidence], evidence: Sequence[Evidence], words: Wording) -> Iterator[AnswerEvent]:
        """What was recognised, then how the writing in the same files begins."""
        yield from describe(pieces, words, self._naming(words))
        files = {piece.candidate.attachment.id for piece in pieces}
        writing = lead_spans([piece for piece in evidence if piece.candidate.attachment.id in files], None)
        for span in writing[:1]:
            yield from _quote(span, words, opening="\n\n")
        yield Concluded(Grounding.ANSWERED)

    def _naming(self, words: Wording) -> Translate:
        return lambda label, modality: self._names.name(label, modality, words.language)

    def _abstained(
        self,
        question: Question,
        scored: Sequence[Scored],
        terms: Terms,
        evidence: Sequence[Evidence],
        first: Sequence[Evidence],
        words: Wording,
    ) -> Iterator[AnswerEvent]:
        """That nothing answers, what was searched, and what came closest, worded as no more than that.

        ``first`` is the picture or sound found first, when one was asked for.
        """
        yield NothingFound()
        if not question.searched and not evidence:
            yield TextDelta(words.empty)
            yield Concluded(Grounding.NOTHING)
            return
        count = f"{question.searched:,}".replace(",", words.thousands)
        searched = words.searched_one if question.searched == 1 else words.searched_many.format(count=count)
        yield TextDelta(f"{words.nothing_here} {searched}")
        near = nearest(question.query, scored)
        pictured = list(first) or alike_in_name(question.query, recognised(evidence), self._naming(words))
        if near and not first:
            another = terms.another(near)
            opening = closest_of_another(another.said, another.asked, words) if another else words.closest
            yield TextDelta(f"\n\n{opening}")
            yield from _quote(near, words)
        elif pictured:
            yield TextDelta(f"\n\n{words.closest}")
            yield from describe(pictured[:1], words, self._naming(words))
        elif evidence:
            yield TextDelta(f" {words.nothing_near}")
        yield Concluded(Grounding.NOTHING)


def _quoted(spans: Sequence[Span], words: Wording) -> Iterator[AnswerEvent]:
    for number, span in enumerate(spans):
        yield from _quote(span, words, opening="\n\n" if number else "")
    yield Concluded(Grounding.ANSWERED)


def _quote(span: Span, words: Wording, opening: str = "") -> Iterator[AnswerEvent]:
    """Where it stands, then the exact words with their marker, then the citation."""
    citation = cite(span.evidence, span.start, span.end)
    yield TextDelta(opening + words.says.format(place=place(span.evidence, citation.locator, words)))
    yield TextDelta(f"{words.quote.format(words=escape_line(span.text))} [{span.evidence.number}]")
    yield Cited(citation)
