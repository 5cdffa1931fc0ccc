"""One frozen Settings, read once from ``MMCHAT_*``; an unknown key or a bad value stops the start with its name."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from mmchat.errors import SettingsError

PREFIX = "MMCHAT_"
AUTO = "auto"

PROFILES: dict[str, dict[str, str]] = {
    "bundled": {},
    "hub": {
        "text_encoder": "sentence-transformers:intfloat/multilingual-e5-base",
        "image_encoder": "siglip2:google/siglip2-base-patch16-256",
        "sound_encoder": "clap:laion/clap-htsat-unfused",
        "speech": "large-v3-turbo",
        "reranker": "auto",
        "llm": "auto",
    },
}
"""What a profile means for the parts that a person did not choose himself."""


class Settings(BaseSettings):
    """Everything a person can choose. Each field is the environment variable ``MMCHAT_<FIELD>``."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    profile: Literal["bundled", "hub"] = Field(
        "bundled", description="which models the parts start with: bundled (no network), or hub (fetched once, better)"
    )
    data_dir: Path = Field(
        default_factory=lambda: Path("~/.local/share/mmchat").expanduser(),
        description="where originals, the catalog and the vectors live",
    )
    models_dir: Path | None = Field(
        None, description="where prepared model folders are kept; by default the folder models in data_dir"
    )

    text_encoder: str = Field(
        "e5-small",
        description="encoder of the text space: e5-small, sentence-transformers:MODEL, embedding-gemma:MODEL",
    )
    image_encoder: str = Field(
        "image-concepts",
        description="encoder of pictures: image-concepts, siglip2:MODEL, clip:MODEL, embedding-gemma:MODEL, or none",
    )
    sound_encoder: str = Field(
        "auto",
        description="encoder of sounds: sound-concepts, clap:MODEL, embedding-gemma:MODEL, none, or auto "
        "(sound-concepts when its package is here)",
    )
    embedding_dim: int = Field(
        0, ge=0, description="length of EmbeddingGemma's vectors: 768, 512, 256 or 128; 0 for the whole"
    )
    device: Literal["auto", "cuda", "mps", "cpu"] = Field(
        "auto", description="where models of torch run: cuda, mps, cpu, or auto (the best there is)"
    )
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = Field(
        "auto", description="their precision: float32, bfloat16, float16, or auto (bfloat16 where the GPU has it)"
    )
    speech: str = Field(
        "whisper-base",
        description="speech recogniser: whisper-base (bundled), a size such as small or large-v3-turbo, or any model "
        "for faster-whisper",
    )
    speech_language: str = Field("auto", description="language of recordings (en, fr, ...), or auto (as heard)")
    speech_task: Literal["transcribe", "translate"] = Field(
        "transcribe", description="write down what is said in its own language, or translate it to English"
    )
    ocr: str = Field("auto", description="reader of pictures: tesseract, rapidocr, or auto (the first that works)")
    ocr_languages: str = Field("auto", description="Tesseract languages such as eng+fra, or auto (those installed)")
    vector_store: str = Field("chroma", description="where vectors are kept")
    reranker: str = Field(
        "cross-encoder",
        description="what reorders the candidates: cross-encoder, cross-encoder-hub:FOLDER (any cross-encoder of "
        "sentence-transformers), vision-language (the LLM judges them), none, or auto (vision-language where the LLM "
        "of the hub profile runs on a GPU, else cross-encoder)",
    )
    answerer: str = Field(
        "auto", description="what writes the answer: generative (by the LLM), extractive, or auto (by what is there)"
    )
    llm: str = Field(
        "none",
        description="provider:model that writes answers: openai, openai-compatible, anthropic, transformers, "
        "llama-cpp; none, or auto (that of the hub profile where it can be had, else none)",
    )
    llm_url: str = Field("", description="address of an OpenAI-compatible server, such as http://127.0.0.1:11434/v1")
    llm_key: SecretStr = Field(SecretStr(""), description="key of the OpenAI-compatible server, where it wants one")
    llm_vision: Literal["auto", "yes", "no"] = Field("auto", description="whether the LLM sees pictures")
    llm_context_tokens: int = Field(
        0, ge=0, description="how many tokens the LLM takes in one call; 0 for what the provider says"
    )
    llm_timeout_s: float = Field(120, gt=0, description="longest silence of the LLM, in seconds")

    threads: int = Field(
        default_factory=lambda: max(1, min(4, os.cpu_count() or 1)),
        ge=1,
        le=64,
        description="threads each model may use",
    )
    workers: int = Field(
        4, ge=0, le=64, description="processes in which files are read; 0 to read in the server's own, for debugging"
    )
    worker_memory_mb: float = Field(1500, ge=300, description="most memory that reading a file may take, in MB")
    worker_seconds: float = Field(
        60, gt=0, description="longest time that one page, frame or other part of a file may take, in seconds"
    )
    evidence: int = Field(6, ge=1, le=20, description="how many candidates an answer may use")
    most_per_file: int = Field(
        4, ge=0, description="how many segments of one file come before those of other files; 0 for any number"
    )
    fusion: Literal["late", "hybrid"] = Field(
        "hybrid",
        description="late (each text and figure is found by itself) or hybrid (the page that they stand on counts too)",
    )
    words_weight: float = Field(
        0.7,
        ge=0,
        le=1,
        description="how much typed words count beside a picture or sound they are searched with, 0 to 1",
    )
    abstain_below: float | None = Field(
        None, description="lowest sentence score that is still an answer; by default the fitted one"
    )

    max_text_mb: float = Field(20, gt=0, description="largest text or code file, in MB")
    max_document_mb: float = Field(50, gt=0, description="largest PDF or office document, in MB")
    max_image_mb: float = Field(30, gt=0, description="largest picture file, in MB")
    max_image_megapixels: float = Field(80, gt=0, description="largest picture, in megapixels")
    max_audio_mb: float = Field(200, gt=0, description="largest recording, in MB")
    max_audio_minutes: float = Field(180, gt=0, description="longest recording, in minutes")
    max_video_mb: float = Field(500, gt=0, description="largest video, in MB")
    max_video_minutes: float = Field(120, gt=0, description="longest video, in minutes")
    max_video_frames: int = Field(120, ge=1, le=2000, description="most frames of one video that are looked at")
    max_pages: int = Field(1000, ge=1, description="most pages of one document")

    @model_validator(mode="before")
    @classmethod
    def _with_profile(cls, given: Any) -> Any:
        """What the profile means, under whatever a person chose."""
        implied = PROFILES.get(str(given.get("profile", ""))) if isinstance(given, dict) else None
        return {**implied, **given} if implied else given

    @field_validator("data_dir", "models_dir")
    @classmethod
    def _from_anywhere(cls, folder: Path | None) -> Path | None:
        """Absolute: each piece of reading is done in a folder of its own."""
        return None if folder is None else folder.expanduser().absolute()

    def chosen(self, name: str) -> bool:
        """Whether a person gave this setting a value of his own, which is not what the profile means."""
        meant = PROFILES[self.profile].get(name, type(self).model_fields[name].get_default(call_default_factory=True))
        return bool(getattr(self, name) != meant)

    def without_secrets(self) -> Settings:
        """For a process that reads files: nothing there needs a key."""
        return self.model_copy(update={"llm_key": SecretStr("")})

    @property
    def models_path(self) -> Path:
        """Where prepared model folders are kept."""
        return self.models_dir or self.data_dir / "models"


def load_settings(**overrides: object) -> Settings:
    """Read the environment once; ``overrides`` (from the command line) win over it.

    Raises:
        SettingsError: naming each unknown ``MMCHAT_*`` variable or bad value, and what is accepted.
    """
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    unknown = sorted(key for key in os.environ if key.upper().startswith(PREFIX) and key.upper() not in known)
    if unknown:
        raise SettingsError(
            f"Unknown setting {', '.join(unknown)}. Known settings: {', '.join(sorted(known))}. Correct or unset it."
        )
    given = {key: value for key, value in overrides.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        parts = [f"{PREFIX}{'_'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors()]
        raise SettingsError("Bad setting. " + "; ".join(parts)) from error
