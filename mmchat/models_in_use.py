"""The models from outside the packages that the parts of a start use: which part, and which model by its name."""

from __future__ import annotations

from mmchat.encoders.hub_model import HubEncoder
from mmchat.parts import Parts
from mmchat.perception.speech import hub_model
from mmchat.rerankers.hub_cross_encoder import HubCrossEncoderReranker
from mmchat.settings import Settings


def hub_models(parts: Parts, settings: Settings) -> list[tuple[str, str]]:
    """Part and model (a folder, OWNER/NAME or OWNER/NAME@REVISION), each pair once, in the order of the parts."""
    used = [(role.name, role.encoder.model) for role in parts.roles if isinstance(role.encoder, HubEncoder)]
    heard = hub_model(settings.speech)
    if heard:
        used.append(("speech", heard))
    if isinstance(parts.reranker, HubCrossEncoderReranker):
        used.append(("rerank", parts.reranker.model))
    # What the profile would write with is told also while it is not here: that is what the line is for.
    written = parts.wished_llm.partition(":")
    if written[0] == "transformers":
        used.append(("answer", written[2]))
    return list(dict.fromkeys(used))
