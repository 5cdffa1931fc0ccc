"""The numbers the extractive answerer was fitted to, and where it stops answering. Nothing is computed here.

Fitted on 2026-11-21 by ``python -m mmchat eval answers --fit`` on the questions in ``mmchat/evaluation/data``: 50
facts of a handbook asked in English and French, each also with the passage that answers it taken away (so that only
near misses are left), 16 questions that the handbook does not answer, and 54 questions on a dozen everyday files.

Looked at again when the cross-encoder came to grade stretches of passages: a new fit was kept out, since at the same
threshold it answered .64 of the English questions on everyday files where these lines answer .88, silent as often
within .04 when the answer was taken away.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """A logistic line from a sentence's score to the confidence that it answers.

    Attributes:
        score: weight of the sentence's own score.
        others: weight of the mean score of the next best sentences that say something else. It is negative: a sentence
            that hardly stands out from its neighbours is a near miss more often than an answer.
        bias: the constant term.
        usual: what the others usually score, for evidence too short to have any.
    """

    score: float
    others: float
    bias: float
    usual: float

    def confidence(self, score: float, others: float) -> float:
        """0..1."""
        return 1.0 / (1.0 + math.exp(-(self.score * score + self.others * others + self.bias)))


OTHERS = 5
"""How many of the next best sentences are compared with. With 3 or 8 the figures are the same to .02."""

ENGLISH = Line(score=0.539, others=-0.432, bias=-4.987, usual=-8.0)
SAME_LANGUAGE = Line(score=0.721, others=-0.478, bias=-4.901, usual=0.0)
CROSS_LANGUAGE = Line(score=0.581, others=-0.446, bias=-3.147, usual=-3.0)

ABSTAIN_BELOW = 0.25
"""The least confidence that is still an answer."""

# How one score is made of its parts. The cross-encoder's logits run from about -11 to 10; e5's cosines all lie between
# .7 and .95, so that .01 of cosine is worth about as much as a logit of .6 (1 where it stands alone).
COSINE_ZERO = 0.85
COSINE_WEIGHT_WITH_LOGIT = 60.0
COSINE_WEIGHT_ALONE = 100.0
OVERLAP_WEIGHT_WITH_LOGIT = 6.0
OVERLAP_WEIGHT_ALONE = 10.0
FIT_WEIGHT = 2.0
