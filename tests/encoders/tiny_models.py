"""Folders of real model classes of a few hundred kilobytes, with random weights: real code, no meaning."""

from __future__ import annotations

from pathlib import Path
from typing import Any

WORDS = "a red apple on the table un chien court dans la rue church bells ringing invoice rain photo of sound this is"


def letters(folder: Path, *, start: str, end: str, pad: str, **more: Any) -> Any:
    """A byte-level tokenizer that puts ``start`` and ``end`` around every text, as the real ones do."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)  # type: ignore[assignment]
    special = list(dict.fromkeys([pad, end, start, "<unk>", *more.get("extra_special_tokens", {}).values()]))
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([WORDS], trainer)
    ids = [(token, tokenizer.token_to_id(token)) for token in dict.fromkeys((start, end))]
    tokenizer.post_processor = processors.TemplateProcessing(  # type: ignore[assignment]
        single=f"{start} $A {end}", special_tokens=ids
    )
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token=start, eos_token=end, pad_token=pad, padding_side="right", **more
    )
    fast.save_pretrained(folder)
    return fast


def quiet() -> None:
    import torch
    import transformers

    transformers.utils.logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    torch.set_num_threads(1)
    torch.manual_seed(5)


TOWER = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 2}


def tiny_text(folder: Path, prompts: dict[str, str] | None = None) -> Path:
    """A sentence-transformers folder: BERT of 2 layers over letters, mean pooling."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel

    quiet()
    inner = folder.with_name(folder.name + "-bert")
    tokenizer = letters(inner, start="[CLS]", end="[SEP]", pad="[PAD]", model_max_length=64)
    config = BertConfig(vocab_size=len(tokenizer), max_position_embeddings=64, initializer_range=0.3, **TOWER)
    BertModel(config).eval().save_pretrained(inner)
    model = SentenceTransformer(modules=[Transformer(str(inner)), Pooling(32)], prompts=prompts)
    model.save_pretrained(str(folder), create_model_card=False)
    return folder


def tiny_siglip2(folder: Path) -> Path:
    """SigLIP 2 as its models of one fixed size are: SigLIP's class, 4 x 4 patches."""
    from transformers import SiglipConfig, SiglipImageProcessorPil, SiglipModel

    quiet()
    tokenizer = letters(folder, start="<bos>", end="<eos>", pad="<pad>", model_max_length=64)
    text = {**TOWER, "vocab_size": len(tokenizer), "max_position_embeddings": 64, "pad_token_id": 0}
    vision = {**TOWER, "image_size": 32, "patch_size": 8}
    SiglipModel(SiglipConfig(text_config=text, vision_config=vision)).eval().save_pretrained(folder)
    SiglipImageProcessorPil(size={"height": 32, "width": 32}).save_pretrained(folder)
    return folder


def tiny_siglip2_naflex(folder: Path) -> Path:
    """SigLIP 2 of the kind that keeps a picture's proportions."""
    from transformers import Siglip2Config, Siglip2ImageProcessorPil, Siglip2Model

    quiet()
    tokenizer = letters(folder, start="<bos>", end="<eos>", pad="<pad>", model_max_length=64)
    text = {**TOWER, "vocab_size": len(tokenizer), "max_position_embeddings": 64, "pad_token_id": 0}
    vision = {**TOWER, "num_patches": 16, "patch_size": 8}
    Siglip2Model(Siglip2Config(text_config=text, vision_config=vision)).eval().save_pretrained(folder)
    Siglip2ImageProcessorPil(patch_size=8, max_num_patches=16).save_pretrained(folder)
    return folder


def tiny_clip(folder: Path) -> Path:
    """CLIP with 4 x 4 patches, both towers projected to 24 numbers."""
    from transformers import CLIPConfig, CLIPImageProcessorPil, CLIPModel

    quiet()
    tokenizer = letters(folder, start="<|startoftext|>", end="<|endoftext|>", pad="<|endoftext|>", model_max_length=77)
    text = {
        **TOWER,
        "vocab_size": len(tokenizer),
        "max_position_embeddings": 77,
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
    }
    vision = {**TOWER, "image_size": 32, "patch_size": 8}
    CLIPModel(CLIPConfig(text_config=text, vision_config=vision, projection_dim=24)).eval().save_pretrained(folder)
    CLIPImageProcessorPil(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32}).save_pretrained(folder)
    return folder


def tiny_clap(folder: Path, *, fusion: bool = False) -> Path:
    """CLAP: a Swin of 2 stages that hears 10 s at 48 kHz, and a RoBERTa of 2 layers."""
    from transformers import ClapConfig, ClapFeatureExtractor, ClapModel

    quiet()
    tokenizer = letters(folder, start="<s>", end="</s>", pad="<pad>", model_max_length=77)
    text = {**TOWER, "vocab_size": len(tokenizer), "max_position_embeddings": 100, "pad_token_id": 0}
    audio = {
        "hidden_size": 32,
        "patch_embeds_hidden_size": 16,
        "depths": [2, 2],
        "num_attention_heads": [2, 2],
        "num_hidden_layers": 2,
        "window_size": 8,
        "enable_fusion": fusion,
    }
    if fusion:
        audio |= {"fusion_type": "aff_2d", "enable_patch_fusion": True}
    config = ClapConfig(text_config=text, audio_config=audio, projection_dim=24)
    ClapModel(config).eval().save_pretrained(folder)
    truncation = "fusion" if fusion else "rand_trunc"
    ClapFeatureExtractor(truncation=truncation, padding="repeatpad").save_pretrained(folder)
    return folder


GEMMA_TOKENS = {
    "image_token": "<|image|>",
    "boi_token": "<|image>",
    "eoi_token": "<image|>",
    "audio_token": "<|audio|>",
    "boa_token": "<|audio>",
    "eoa_token": "<audio|>",
    "video_token": "<|video|>",
}
GEMMA_TEMPLATE = """{{ bos_token }}{% for m in messages %}{% for p in m.content %}{% if p.type == 'text' %}{{ p.text }}
{%- elif p.type == 'image' %}<|image|>{% elif p.type == 'audio' %}<|audio|>{% endif %}{% endfor %}{% endfor %}"""


def tiny_gemma(folder: Path) -> Path:
    """EmbeddingGemma 2 with both towers, its processor, and the sentence-transformers files around it."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Normalize, Transformer
    from sentence_transformers.sentence_transformer.modules import Pooling
    from transformers import (
        EmbeddingGemma2Config,
        EmbeddingGemma2Model,
        EmbeddingGemma2Processor,
        EmbeddingGemma2VideoProcessor,
        Gemma4AudioFeatureExtractor,
        Gemma4ImageProcessorPil,
    )

    quiet()
    inner = folder.with_name(folder.name + "-inner")
    tokenizer = letters(
        inner, start="<bos>", end="<eos>", pad="<pad>", model_max_length=512, extra_special_tokens=GEMMA_TOKENS
    )
    ids = {f"{name}_id": tokenizer.convert_tokens_to_ids(token) for name, token in GEMMA_TOKENS.items()}
    ids["eoa_token_index"] = ids.pop("eoa_token_id")
    text = {
        **TOWER,
        "vocab_size": len(tokenizer),
        "num_key_value_heads": 1,
        "head_dim": 16,
        "global_head_dim": 16,
        "hidden_size_per_layer_input": 8,
        "embedding_dim": 768,
        "max_position_embeddings": 512,
        "initializer_range": 0.2,
    }
    vision = {
        **TOWER, "model_type": "gemma4_vision", "num_key_value_heads": 2, "head_dim": 16, "global_head_dim": 16,
        "patch_size": 8, "pooling_kernel_size": 3, "position_embedding_size": 64,
    }  # fmt: skip
    audio = {
        "model_type": "gemma4_audio", "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2,
        "subsampling_conv_channels": [128, 4], "output_proj_dims": 32,
    }  # fmt: skip
    config = EmbeddingGemma2Config(text_config=text, vision_config=vision, audio_config=audio, **ids)
    EmbeddingGemma2Model(config).eval().save_pretrained(inner)
    EmbeddingGemma2Processor(
        feature_extractor=Gemma4AudioFeatureExtractor(),
        image_processor=Gemma4ImageProcessorPil(patch_size=8, max_soft_tokens=70),
        tokenizer=tokenizer,
        video_processor=EmbeddingGemma2VideoProcessor(patch_size=8),
        chat_template=GEMMA_TEMPLATE,
    ).save_pretrained(inner)
    prompts = {"query": "task: search result | query: ", "document": "title: none | text: "}
    model = SentenceTransformer(modules=[Transformer(str(inner)), Pooling(768), Normalize()], prompts=prompts)
    model.save_pretrained(str(folder), create_model_card=False)
    return folder
