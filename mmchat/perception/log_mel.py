"""A waveform -> the log-mel patches that YAMNet hears, in numpy. It knows no class and no model file.

The recipe is YAMNet's (AudioSet models in TensorFlow, params.py and features.py): 25 ms Hann windows every 10 ms,
magnitudes of a 512-point transform, 64 mel bands from 125 to 7,500 Hz, log(x + 0.001), patches of 0.96 s every 0.48 s.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from mmchat.types import SAMPLE_RATE_HZ, Waveform

WINDOW, HOP, TRANSFORM = 400, 160, 512  # samples
BANDS = 64
LOW_HZ, HIGH_HZ = 125.0, 7500.0
LOG_OFFSET = 1e-3
"""log(0.001) = -6.908 is the lowest value the quantised graph can take; 1e-6 would be clipped to it."""
PATCH, PATCH_HOP = 96, 48  # frames


def patches(waveform: Waveform) -> NDArray[np.float32]:
    """float32, shape (n, 96, 64), n at least 1: what is shorter than a patch is followed by silence."""
    shortest = (PATCH - 1) * HOP + TRANSFORM
    if len(waveform) < shortest:
        waveform = np.pad(waveform, (0, shortest - len(waveform)))
    frames = np.lib.stride_tricks.sliding_window_view(waveform, TRANSFORM)[::HOP]
    spectrum = np.abs(np.fft.rfft(frames * _window(), axis=1))
    log_mel = np.log(spectrum @ _mel_bands() + LOG_OFFSET)
    starts = range(0, len(log_mel) - PATCH + 1, PATCH_HOP)
    return np.stack([log_mel[start : start + PATCH] for start in starts]).astype(np.float32)


@cache
def _window() -> NDArray[np.float64]:
    """A periodic Hann window of 400 samples in the middle of 512: shape (512,)."""
    window = np.zeros(TRANSFORM)
    margin = (TRANSFORM - WINDOW) // 2
    window[margin : margin + WINDOW] = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)
    return window


@cache
def _mel_bands() -> NDArray[np.float64]:
    """Triangular bands, equally wide on the mel scale: shape (257, 64)."""
    edges = np.linspace(_mel(LOW_HZ), _mel(HIGH_HZ), BANDS + 2)
    bins = _mel(np.linspace(0, SAMPLE_RATE_HZ / 2, TRANSFORM // 2 + 1))[:, None]
    widths = np.diff(edges)
    rising = (bins - edges[:-2]) / widths[:-1]
    falling = (edges[2:] - bins) / widths[1:]
    bands: NDArray[np.float64] = np.maximum(0.0, np.minimum(rising, falling))
    return bands


def _mel(frequency_hz: float | NDArray[np.float64]) -> NDArray[np.float64]:
    """The HTK formula."""
    return np.asarray(2595.0 * np.log10(1.0 + np.asarray(frequency_hz) / 700.0))
