"""The error family. Every message says what was seen, what is accepted, and what to do; none holds a secret."""

from __future__ import annotations


class MmchatError(Exception):
    """Anything mmchat raises on purpose; its text may be shown to a person as it is."""


class SettingsError(MmchatError):
    """A setting is unknown, malformed or contradicts another."""


class UnsupportedAttachment(MmchatError):
    """A file cannot be taken in: wrong kind, damaged, empty, or over a limit."""


class Interrupted(MmchatError):
    """The machine, not what it works on, ended the work; it is to be taken up again."""


class UnknownBackend(MmchatError):
    """A backend was asked for by a name that no table holds."""


class MissingDependency(MmchatError):
    """A backend needs a package that is not installed; the message carries the line that installs it."""


class StoreMismatch(MmchatError):
    """A collection was made by another encoder, revision, dim or schema than the one opening it."""


class ModelUnavailable(MmchatError):
    """A model could not be loaded or did not answer.

    Attributes:
        retryable: whether the same call may succeed later.
    """

    def __init__(self, message: str, *, retryable: bool = False) -> None:
        super().__init__(message)
        self.retryable = retryable
