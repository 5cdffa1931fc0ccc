"""The real transformers on tiny models of real kinds, made of random numbers when the tests start."""

from __future__ import annotations

import io
import json
import shutil
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from mmchat.errors import MissingDependency, ModelUnavailable
from mmchat.llms import (
    ImagePart,
    LLMMessage,
    Note,
    Prompt,
    Usage,
    create_llm,
    model_folder,
    transformers_vlm,
    yes_or_no,
)
from mmchat.llms.base import LLM
from mmchat.models import zero_gpu
from mmchat.models.hub import locate, wanted
from mmchat.rerankers.sitting import JudgesByLogits
from mmchat.rerankers.vision_language import VisionLanguageReranker
from mmchat.settings import Settings
from mmchat.types import Candidate, LLMChoice, Query, RunContext
from tests.factories import a_segment, an_attachment
from tests.models.test_zero_gpu import stand_in

CONTEXT_TOKENS = 512
TEMPLATE = """{%- for m in messages -%}<|im_start|>{{ m.role }}
{% if m.content is string %}{{ m.content }}{% else %}{% for p in m.content -%}
{% if p.type == 'image' %}<image>{% else %}{{ p.text }}{% endif %}{%- endfor %}{% endif %}<|im_end|>
{% endfor -%}{% if add_generation_prompt %}<|im_start|>assistant
{% endif %}"""
WITHOUT_SYSTEM = "{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}{% endif %}" + TEMPLATE


def a_tokenizer() -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tiles = [f"<row_{row}_col_{column}>" for row in range(1, 7) for column in range(1, 7)]
    special = ["<|im_start|>", "<|im_end|>", "<image>", "<fake_token_around_image>", "<global-img>", *tiles]
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)  # type: ignore[assignment]
    tokenizer.decoder = decoders.ByteLevel()  # type: ignore[assignment]
    trainer = trainers.BpeTrainer(
        vocab_size=340,
        special_tokens=[*special, "<end_of_utterance>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(["a lighthouse is a tower with a light on the coast"], trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<|im_start|>", eos_token="<|im_end|>", pad_token="<|im_end|>"
    )


def text_config(tokenizer: Any) -> Any:
    from transformers import LlamaConfig

    return LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=CONTEXT_TOKENS,
        initializer_range=0.5,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )


def saved(model: Any, processor: Any, folder: Path) -> Path:
    model.get_output_embeddings().weight.data[1] = 0  # <|im_end|>: never the likeliest token
    model.generation_config.temperature = 0.6  # as many models say, and greedy decoding has to overrule
    model.generation_config.do_sample = True
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def seeing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A vision-language model of SmolVLM's kind, with its processor: 0.05 M weights, 2 x 2 tiles and the whole."""
    import torch
    import transformers

    torch.set_num_threads(1)
    torch.manual_seed(7)
    transformers.utils.logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    tokenizer = a_tokenizer()
    tokenizer.chat_template = TEMPLATE
    images = transformers.Idefics3ImageProcessor(size={"longest_edge": 56}, max_image_size={"longest_edge": 28})
    processor = transformers.Idefics3Processor(images, tokenizer, image_seq_len=4, chat_template=TEMPLATE)
    vision = {
        "hidden_size": 16,
        "intermediate_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "image_size": 28,
        "patch_size": 7,
        "initializer_range": 0.5,
    }
    config = transformers.Idefics3Config(
        vision_config=vision,
        text_config=text_config(tokenizer).to_dict(),
        image_token_id=tokenizer.convert_tokens_to_ids("<image>"),
        scale_factor=2,
        pad_token_id=tokenizer.pad_token_id,
    )
    model = transformers.Idefics3ForConditionalGeneration(config)
    return saved(model, processor, tmp_path_factory.mktemp("seeing"))


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of text only, whose template takes no system message."""
    import torch
    import transformers

    torch.manual_seed(7)
    tokenizer = a_tokenizer()
    tokenizer.chat_template = WITHOUT_SYSTEM
    model = transformers.LlamaForCausalLM(text_config(tokenizer))
    return saved(model, tokenizer, tmp_path_factory.mktemp("reading"))


def local(folder: Path | str, **settings: Any) -> LLM:
    return create_llm(LLMChoice(f"transformers:{folder}"), Settings(threads=1, **settings))


def picture(colour: str) -> ImagePart:
    png = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(png, "PNG")
    return ImagePart(png.getvalue(), "image/png", 60, 40, instead="a plain picture")


def asked(*parts: Any, most: int = 24, **options: Any) -> Prompt:
    messages = (LLMMessage("system", ("Be short.",)), LLMMessage("user", parts or ("What is a lighthouse?",)))
    return Prompt(messages, most, **options)


def never() -> threading.Event:
    return threading.Event()


def judged(llm: Any, prompt: Prompt) -> float:
    return float(llm.yes_probability(prompt))


def roomy(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a model that takes what a judge is told; its weights need no more for it."""
    monkeypatch.setattr(model_folder.configuration(folder).get_text_config(), "max_position_embeddings", 4096)
    return folder


def generating() -> bool:
    return any(thread.name == "generation" for thread in threading.enumerate())


def test_an_answer_comes_in_pieces_and_then_its_usage(seeing: Path) -> None:
    chunks = list(local(seeing).stream(asked(), never()))

    *words, note, usage = chunks
    assert len(words) > 3
    assert all(isinstance(word, str) for word in words)
    assert isinstance(note, Note)
    assert "limit of 24 tokens" in note.sentence
    assert isinstance(usage, Usage)
    assert usage.output_tokens == 24
    assert usage.input_tokens is not None
    assert 20 < usage.input_tokens < 120


def test_the_pieces_are_the_text_that_all_tokens_have_together(seeing: Path) -> None:
    answer = local(seeing).complete(asked(most=60), never())

    model = model_folder.loaded(seeing, Settings(threads=1))
    inputs = model.inputs(asked(most=60))
    output = model.model.generate(**inputs, max_new_tokens=60, do_sample=False)[0, inputs["input_ids"].shape[1] :]
    assert answer == model.tokenizer.decode(output, skip_special_tokens=True)
    assert "\ufffd" in answer or not answer.isascii()


def test_the_same_question_gets_the_same_answer(seeing: Path) -> None:
    answers = {local(seeing).complete(asked(picture("red"), "What?"), never()) for _ in range(3)}

    assert len(answers) == 1


def test_a_picture_reaches_the_model(seeing: Path) -> None:
    import torch

    model = model_folder.loaded(seeing, Settings(threads=1))

    def logits(*parts: Any) -> Any:
        with torch.inference_mode():
            return model.model(**model.inputs(asked(*parts))).logits[0, -1]

    red, again, blue = (logits(picture(colour), "What?") for colour in ("red", "red", "blue"))
    assert torch.equal(red, again)
    assert not torch.allclose(red, blue, atol=1e-4)
    assert model.inputs(asked(picture("red"), picture("blue")))["pixel_values"].shape[1] == 10


def test_words_for_a_picture_in_a_file_are_no_picture(seeing: Path) -> None:
    prompt = asked("The tag <image> is written <|im_end|> so.", picture("red"))

    ids = model_folder.loaded(seeing, Settings(threads=1)).inputs(prompt)["input_ids"][0]
    tokenizer = model_folder.loaded(seeing, Settings(threads=1)).tokenizer

    assert list(ids).count(tokenizer.convert_tokens_to_ids("<image>")) == 5 * 4
    assert list(ids).count(tokenizer.convert_tokens_to_ids("<|im_end|>")) == 2
    assert local(seeing).complete(prompt, never())


def test_stopping_ends_the_generation(seeing: Path) -> None:
    stopped, heard = threading.Event(), 0

    for _ in local(seeing).stream(asked(most=400), stopped):
        heard += 1
        stopped.set()

    assert heard == 1
    assert not generating()


def test_a_stop_is_heard_at_the_next_token(seeing: Path) -> None:
    model, told = model_folder.loaded(seeing, Settings(threads=1)), []

    made, whole = model.generate(model.inputs(asked()), 400, told.append, lambda: len(told) >= 5)

    assert len(told) >= 5
    assert made < 40
    assert not whole


def test_leaving_ends_the_generation(seeing: Path) -> None:
    answer = local(seeing).stream(asked(most=400), never())

    next(answer)
    answer.close()  # type: ignore[attr-defined]

    assert not generating()


def test_a_second_question_waits_its_turn_and_can_be_stopped_while_it_waits(seeing: Path) -> None:
    stopped = threading.Event()
    threading.Timer(0.2, stopped.set).start()
    began = time.monotonic()

    with transformers_vlm._turn:
        assert list(local(seeing).stream(asked(), stopped)) == []

    assert time.monotonic() - began < 5


def test_a_model_of_text_only_gets_the_words_of_a_picture(reading: Path) -> None:
    llm = local(reading)

    chunks = list(llm.stream(asked(picture("red"), "What is it?"), never()))

    assert not llm.abilities.vision
    assert isinstance(chunks[0], Note)
    assert "sees no pictures" in chunks[0].sentence
    assert isinstance(chunks[-1], Usage)
    assert "".join(chunk for chunk in chunks if isinstance(chunk, str))


def test_a_template_without_system_messages_gets_their_words_from_the_user(reading: Path) -> None:
    model = model_folder.loaded(reading, Settings(threads=1))

    text = model.tokenizer.decode(model.inputs(asked("And what?"))["input_ids"][0])

    assert "<|im_start|>user\nBe short.\n\nAnd what?<|im_end|>" in text
    assert "system" not in text


def test_a_model_that_can_answer_without_thinking_is_asked_to(seeing: Path, tmp_path: Path) -> None:
    folder = tmp_path / "thinking"
    shutil.copytree(seeing, folder)
    without = "{% if enable_thinking is defined and not enable_thinking %}<think></think>{% endif %}"
    (folder / "chat_template.jinja").write_text(TEMPLATE + without)
    model = model_folder.loaded(folder, Settings(threads=1))

    text = model.tokenizer.decode(model.inputs(asked("What?"))["input_ids"][0])

    assert text.endswith("assistant\n<think></think>")


def test_the_probability_of_yes_is_that_of_the_models_own_logits(seeing: Path) -> None:
    import torch

    llm, model = local(seeing), model_folder.loaded(seeing, Settings(threads=1))
    prompt = asked(picture("red"), "Is it red?", most=1)

    found = [judged(llm, prompt) for _ in range(3)]

    with torch.inference_mode():
        odds = model.model(**model.inputs(prompt)).logits[0, -1].softmax(-1)
    first = {word: odds[model.tokenizer.encode(word)[0]] for word in ("Yes", "yes", "No", "no")}
    yes, no = first["Yes"] + first["yes"], first["No"] + first["no"]
    assert found == found[:1] * 3
    assert 0 < found[0] < 1
    assert found[0] == pytest.approx(float(yes / (yes + no)), rel=1e-4)
    assert isinstance(llm, JudgesByLogits)


def test_a_picture_changes_the_probability_of_yes(seeing: Path) -> None:
    llm = local(seeing)

    red, blue = (judged(llm, asked(picture(colour), "Is it red?", most=1)) for colour in ("red", "blue"))

    assert red != pytest.approx(blue, rel=1e-3)


def test_half_precision_is_judged_in_float32(seeing: Path) -> None:
    import torch

    llm = local(seeing, dtype="bfloat16")
    prompts = [asked(f"Is {number} a number?", most=1) for number in range(12)]

    found = [judged(llm, prompt) for prompt in prompts]

    model = model_folder.loaded(seeing, Settings(threads=1, dtype="bfloat16"))
    assert model.model.dtype == torch.bfloat16
    rows = [[model.tokenizer.encode(word)[0] for word in pair] for pair in (("Yes", "yes"), ("No", "no"))]
    for prompt, probability in zip(prompts, found, strict=True):
        with torch.inference_mode():
            output = model.model(**model.inputs(prompt), output_hidden_states=True)
        exact = model.model.lm_head.weight.detach().float() @ output.hidden_states[-1][0, -1].float()
        rounded = output.logits[0, -1].float()
        yes, no = (exact[ids].logsumexp(0) for ids in rows)
        assert probability == pytest.approx(float(torch.sigmoid(yes - no)), rel=1e-4)
        assert not torch.equal(exact[rows[0]], rounded[rows[0]])
    assert not model.model.lm_head._forward_hooks


def test_a_model_of_text_only_judges_by_the_words_of_a_picture(reading: Path) -> None:
    llm = local(reading)

    shown, told = (judged(llm, asked(part, "Is it?", most=1)) for part in (picture("red"), "a plain picture"))

    assert shown == told


def test_a_judgement_waits_its_turn_but_not_for_ever(seeing: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transformers_vlm, "_TURN_S", 0.05)

    with transformers_vlm._turn, pytest.raises(ModelUnavailable, match="is busy with another answer") as raised:
        judged(local(seeing), asked(most=1))

    assert raised.value.retryable
    assert 0 < judged(local(seeing), asked(most=1)) < 1


def test_a_judgement_over_too_much_or_of_a_damaged_picture_is_a_sentence(seeing: Path) -> None:
    broken = ImagePart(b"\x89PNG broken", "image/png", 1, 1)

    with pytest.raises(ModelUnavailable, match="too long for transformers:"):
        judged(local(seeing), asked("word " * 600, most=1))
    with pytest.raises(ModelUnavailable, match="could not answer: cannot identify image file"):
        judged(local(seeing), asked(broken, most=1))
    assert not transformers_vlm._turn.locked()


def test_a_vocabulary_that_begins_yes_and_no_alike_is_a_sentence() -> None:
    class Alike:
        def encode(self, word: str, **_: Any) -> list[int]:
            return [7, len(word)]

    with pytest.raises(ModelUnavailable, match="begins yes and no with the same token"):
        yes_or_no._first_tokens(Alike())


def sources() -> list[Candidate]:
    page = an_attachment("page.txt")
    return [
        Candidate(a_segment(page, at, f"passage {at} of a lighthouse"), page, score=1 / (1 + at)) for at in range(4)
    ]


def test_the_reranker_grades_one_by_one_and_keeps_all(seeing: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    candidates, llm = sources(), local(roomy(seeing, monkeypatch))
    reranker = VisionLanguageReranker(llm)
    stops: list[float] = []
    kept = type(llm).yes_probability  # type: ignore[attr-defined]
    monkeypatch.setattr(type(llm), "yes_probability", lambda *args: stops.append(kept(*args)) or stops[-1])

    ranked = reranker.rerank(Query(text="What is a lighthouse?"), candidates)

    assert sorted(c.segment.ordinal for c in ranked) == [0, 1, 2, 3]
    assert [c.relevance for c in ranked] == sorted(stops, reverse=True)
    assert len(stops) == 4


def test_a_stop_is_heard_between_two_candidates(seeing: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    candidates, llm = sources(), local(roomy(seeing, monkeypatch))
    context, calls = RunContext(), []
    kept = type(llm).yes_probability  # type: ignore[attr-defined]

    def once(*args: Any) -> float:
        calls.append(args)
        context.stopped.set()
        time.sleep(0.5)  # the reranker looks for a stop ten times a second
        return float(kept(*args))

    monkeypatch.setattr(type(llm), "yes_probability", once)

    ranked = VisionLanguageReranker(llm).rerank(Query(text="What is a lighthouse?"), candidates, context)

    assert len(calls) == 1
    assert len(ranked) == 4


def test_on_a_space_the_calls_of_the_model_go_through_its_decorator(
    seeing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = local(seeing)
    answer, probability = list(plain.stream(asked(), never())), judged(plain, asked(most=1))
    calls = stand_in(monkeypatch)
    monkeypatch.setattr(transformers_vlm, "_generated_on_gpu", zero_gpu.on_gpu(transformers_vlm._generated))
    monkeypatch.setattr(transformers_vlm, "_judged_on_gpu", zero_gpu.on_gpu(transformers_vlm._judged))

    assert list(local(seeing).stream(asked(), never())) == answer
    assert judged(local(seeing), asked(most=1)) == probability
    with pytest.raises(ModelUnavailable, match="too long for transformers:"):
        local(seeing).complete(asked("word " * 600), never())
    assert calls == ["_generated", "_judged", "_generated"]


def test_stopping_ends_a_generation_on_a_space(seeing: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch)
    monkeypatch.setattr(transformers_vlm, "_generated_on_gpu", zero_gpu.on_gpu(transformers_vlm._generated))
    stopped, heard = threading.Event(), 0

    for _ in local(seeing).stream(asked(most=400), stopped):
        heard += 1
        stopped.set()

    assert heard == 1
    assert not generating()


def test_a_schema_is_asked_for_in_words(seeing: Path) -> None:
    schema = {"type": "object", "properties": {"grade": {"type": "integer"}}, "required": ["grade"]}
    llm = local(seeing)

    plain, held = (
        next(chunk for chunk in llm.stream(prompt, never()) if isinstance(chunk, Usage))
        for prompt in (asked(most=4), asked(most=4, schema=schema))
    )

    assert not llm.abilities.structured
    assert plain.input_tokens is not None and held.input_tokens is not None
    assert held.input_tokens > plain.input_tokens + 40


def test_what_it_can_take_is_read_from_its_configuration(seeing: Path) -> None:
    assert local(seeing).abilities.vision
    assert local(seeing).abilities.context_tokens == CONTEXT_TOKENS
    assert local(seeing, llm_context_tokens=100).abilities.context_tokens == 100
    assert not local(seeing, llm_vision="no").abilities.vision


def test_a_question_that_is_too_long_is_a_sentence(seeing: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"too long for transformers:.*tokens.*Set MMCHAT_EVIDENCE lower"):
        local(seeing).complete(asked("word " * 600), never())


def test_a_damaged_picture_is_a_sentence(seeing: Path) -> None:
    broken = ImagePart(b"\x89PNG broken", "image/png", 1, 1)

    with pytest.raises(ModelUnavailable, match="could not answer: cannot identify image file"):
        local(seeing).complete(asked(broken), never())


def test_a_model_that_is_not_here_is_the_line_that_fetches_it(settings: Settings) -> None:
    name = "HuggingFaceTB/SmolVLM-256M-Instruct"
    llm = create_llm(LLMChoice(f"transformers:{name}"), settings)

    with pytest.raises(ModelUnavailable) as raised:
        llm.load()
    folder = settings.models_path / "HuggingFaceTB--SmolVLM-256M-Instruct"
    assert f"hf download {name} --revision {wanted(name)[1]} --local-dir {folder}" in str(raised.value)


def test_a_fetched_model_is_found_by_its_hub_id(seeing: Path, tmp_path: Path) -> None:
    shutil.copytree(seeing, tmp_path / "somebody--tiny")

    assert locate("somebody/tiny", Settings(models_dir=tmp_path)) == (tmp_path / "somebody--tiny").resolve()
    assert local("somebody/tiny", models_dir=tmp_path).abilities.vision


def test_an_empty_folder_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"holds no model: it has no config\.json"):
        local(tmp_path).load()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda folder: (folder / "config.json").write_text("{"), "configuration of .* could not be read"),
        (lambda folder: (folder / "config.json").write_text('{"model_type": "new"}'), "could not be read"),
        (lambda folder: (folder / "model.safetensors").unlink(), "could not be loaded"),
        (lambda folder: (folder / "model.safetensors").write_bytes(b"\0" * 99), "could not be loaded"),
        (lambda folder: (folder / "chat_template.jinja").unlink(), "has no chat template"),
    ],
    ids=["no configuration", "unknown kind", "no weights", "damaged weights", "no template"],
)
def test_a_folder_that_is_not_whole_is_a_sentence(reading: Path, tmp_path: Path, change: Any, words: str) -> None:
    folder = tmp_path / "broken"
    shutil.copytree(reading, folder)
    change(folder)

    with pytest.raises(ModelUnavailable, match=words):
        local(folder).load()


def test_weights_that_could_run_code_are_refused(reading: Path, tmp_path: Path) -> None:
    import torch
    from safetensors.torch import load_file

    folder = tmp_path / "pickled"
    shutil.copytree(reading, folder)
    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()

    with pytest.raises(ModelUnavailable, match="could not be loaded"):
        local(folder).load()


def test_code_in_a_folder_is_not_run(reading: Path, tmp_path: Path) -> None:
    folder = tmp_path / "code"
    shutil.copytree(reading, folder)
    config = json.loads((folder / "config.json").read_text())
    config |= {"model_type": "own", "auto_map": {"AutoConfig": "own.Own", "AutoModelForCausalLM": "own.Own"}}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "own.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\nclass Own: pass\n")

    with pytest.raises(ModelUnavailable):
        local(folder).load()
    assert not (tmp_path / "ran").exists()


def test_a_missing_package_is_the_line_that_installs_it(reading: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "transformers", None)

    with pytest.raises(MissingDependency, match="Run: pip install transformers"):
        model_folder._load(reading, 1)
