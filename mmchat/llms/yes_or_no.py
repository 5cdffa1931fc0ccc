"""A question's inputs -> how probable "yes" is against "no" as the next word, in one forward pass, in float32."""

from __future__ import annotations

import inspect
from typing import Any

from mmchat.errors import ModelUnavailable
from mmchat.llms.model_folder import ChatModel

_YES = ("Yes", "yes")
_NO = ("No", "no")


def yes_probability(model: ChatModel, inputs: Any) -> float:
    """P(yes) / (P(yes) + P(no)), 0..1, each the sum over the first tokens of its spellings.

    Args:
        model: on its device.
        inputs: as :meth:`ChatModel.inputs` makes them.

    Raises:
        ModelUnavailable: its vocabulary does not tell the two apart by their first token.
    """
    import torch

    yes, no = _first_tokens(model.tokenizer)
    keep = {"logits_to_keep": 1} if "logits_to_keep" in inspect.signature(model.model.forward).parameters else {}
    head = model.model.get_output_embeddings()
    # Half precision rounds logits to 3 digits. Their few rows are made once more in float32, where the model makes
    # them, so that whatever it does to its logits afterwards (a scale, a cap) is done to these.
    hook = head.register_forward_hook(_in_float32([*yes, *no])) if isinstance(head, torch.nn.Linear) else None
    try:
        with torch.inference_mode():
            logits = model.model(**inputs, use_cache=False, **keep).logits[0, -1].float()
    finally:
        if hook is not None:
            hook.remove()
    return float(torch.sigmoid(logits[yes].logsumexp(0) - logits[no].logsumexp(0)))


def _in_float32(tokens: list[int]) -> Any:
    import torch

    def again(head: Any, given: tuple[Any, ...], logits: Any) -> Any:
        bias = None if head.bias is None else head.bias[tokens].float()
        last = logits[:, -1:].float()
        last[..., tokens] = torch.nn.functional.linear(given[0][:, -1:].float(), head.weight[tokens].float(), bias)
        return last

    return again


def _first_tokens(tokenizer: Any) -> tuple[list[int], list[int]]:
    yes, no = ({tokenizer.encode(word, add_special_tokens=False)[0] for word in spellings} for spellings in (_YES, _NO))
    if not yes - no or not no - yes:
        raise ModelUnavailable("The model begins yes and no with the same token, so it cannot judge. Choose another.")
    return sorted(yes - no), sorted(no - yes)
