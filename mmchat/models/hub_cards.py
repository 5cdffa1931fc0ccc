"""The table of models on the hub that mmchat names. Any other works by its id; these are the ones we can speak of.

The revisions are commits, so what is fetched today is what is fetched next year. They are those that public
evaluations pinned (the mteb package for e5, SigLIP 2 and EmbeddingGemma 2), for CLIP and CLAP the commits that add
safetensors, since the main branches hold pickles, which are never read here, and for the vision-language models those
that several public projects recorded as what they ran, independently and alike.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HubCard:
    """A model on the hub.

    Attributes:
        id: OWNER/NAME.
        revision: the commit that is fetched, or "" for the default branch as it stands at the first fetch; what that
            was is then recorded in the folder and kept.
        licence: as its makers state it.
        purpose: what it is used for, in a few words.
        size_mb: of the files that are fetched, about.
        memory_mb: of the weights in float32, as published with mteb; 0 where nobody says.
        dim: length of its vectors, 0 where it makes none.
    """

    id: str
    revision: str
    licence: str
    purpose: str
    size_mb: int
    memory_mb: int = 0
    dim: int = 0


HUB_CARDS: dict[str, HubCard] = {
    card.id: card
    for card in (
        HubCard(
            "intfloat/multilingual-e5-small",
            "fd1525a9fd15316a2d503bf26ab031a61d056e98",
            "MIT",
            "text search in about 100 languages; the bundled e5-small before it was packed",
            490,
            449,
            384,
        ),
        HubCard(
            "intfloat/multilingual-e5-base",
            "d13f1b27baf31030b7fd040960d60d909913633f",
            "MIT",
            "text search in about 100 languages",
            1130,
            1061,
            768,
        ),
        HubCard(
            "intfloat/multilingual-e5-large",
            "ab10c1a7f42e74530fe7ae5be82e6d4f11a719eb",
            "MIT",
            "text search in about 100 languages",
            2260,
            2136,
            1024,
        ),
        HubCard(
            "google/siglip2-base-patch16-256",
            "3f9f96cb90da5dbc758b01813f2f6f1aee24c1ab",
            "Apache-2.0",
            "pictures by any words, many languages",
            1540,
            1431,
            768,
        ),
        HubCard(
            "openai/clip-vit-base-patch32",
            "c237dc49a33fc61debc9276459120b7eac67e7ef",
            "MIT",
            "pictures by any words, English; small and fast",
            610,
            576,
            512,
        ),
        HubCard(
            "laion/clap-htsat-unfused",
            "79b58ed25fc00386262a2bea4b19fd21dc4310a0",
            "Apache-2.0",
            "sounds by any words, English",
            620,
            586,
            512,
        ),
        HubCard(
            "google/embeddinggemma-2",
            "914f7f89142e33e77833254d9c9b90c3cef7303b",
            "Apache-2.0",
            "text, pictures and sounds in one space, over 100 languages",
            1530,
            2840,
            768,
        ),
        HubCard(
            "dropbox-dash/faster-whisper-large-v3-turbo",
            "0a363e9161cbc7ed1431c9597a8ceaf0c4f78fcf",
            "MIT",
            "speech to text in 99 languages; no translation",
            1620,
        ),
        HubCard(
            "Systran/faster-whisper-large-v3",
            "edaa852ec7e145841d8ffdb056a99866b5f0a478",
            "MIT",
            "speech to text in 99 languages, and to English",
            3090,
        ),
        HubCard(
            "Systran/faster-whisper-medium",
            "08e178d48790749d25932bbc082711ddcfdfbc4f",
            "MIT",
            "speech to text in 99 languages, and to English",
            1530,
        ),
        HubCard(
            "Systran/faster-whisper-small",
            "536b0662742c02347bc0e980a01041f333bce120",
            "MIT",
            "speech to text in 99 languages, and to English",
            490,
        ),
        HubCard(
            "Qwen/Qwen3-VL-2B-Instruct",
            "89644892e4d85e24eaac8bacfd4f463576704203",
            "Apache-2.0",
            "answers in words about text and pictures, and judges what was found; many languages",
            4270,
        ),
        HubCard(
            "HuggingFaceTB/SmolVLM2-500M-Video-Instruct",
            "7b375e1b73b11138ff12fe22c8f2822d8fe03467",
            "Apache-2.0",
            "answers in words about text and pictures, English; small",
            2030,
        ),
        HubCard(
            "HuggingFaceTB/SmolVLM-256M-Instruct",
            "7e3e67edbbed1bf9888184d9df282b700a323964",
            "Apache-2.0",
            "answers in words about text and pictures; the smallest of its kind",
            520,
        ),
        HubCard(
            "BAAI/bge-reranker-v2-m3",
            "953dc6f6f85a1b2dbfca4c34a2796e7dde08d41e",
            "Apache-2.0",
            "how well a text answers a question, many languages; the bundled one reads English",
            2290,
        ),
    )
}
"""The sizes are those of the files listed on the hub in the autumn of 2026, rounded."""
