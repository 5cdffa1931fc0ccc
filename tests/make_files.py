"""Files whose right answer is known exactly; evaluation measures on the same ones."""

from mmchat.evaluation.made_files import RECEIPT, Recording, Screenshot, overlap, recording, screenshot

__all__ = ["RECEIPT", "Recording", "Screenshot", "overlap", "recording", "screenshot"]
