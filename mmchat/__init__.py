"""mmchat: ask your screenshots, recordings and documents, and see the proof of every sentence."""

__version__ = "0.1.0"
