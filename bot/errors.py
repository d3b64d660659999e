"""Errors of the bot's own; they join the tree of `rag.errors`.

RagError
├── StoreFailed      conversations cannot be read or written
│   └── StoreMismatch the store is of another version of the program
├── BackupFailed     a backup cannot be made, or cannot be restored
├── AdapterFailed    a platform cannot be listened to
├── ControlFailed    a command cannot work through the running bot
├── DeliveryFailed   a platform took no message
├── PublishingFailed an answer cannot become a document of the library
└── Busy             too much is asked at the moment
"""

from __future__ import annotations

from rag.errors import RagError


class StoreFailed(RagError):
    """The store could not do its work."""

    retryable = True
    user_message = "I cannot reach my memory right now. Please try again in a moment."


class StoreMismatch(StoreFailed):
    """The store was written by another version of the program; trying again does not help."""

    retryable = False


class BackupFailed(RagError):
    """A backup could not be made, is damaged, or could not be restored. What was there before is still there."""

    user_message = "The backup did not work. An admin has to look at it."


class AdapterFailed(RagError):
    """A platform cannot be listened to.

    Args:
        problem: what happened, for operators.
        retryable: whether connecting again may help; not so with a token that the platform refuses.
    """

    user_message = "I am not connected here right now."

    def __init__(self, problem: str, *, retryable: bool) -> None:
        super().__init__(problem)
        self.retryable = retryable


class ControlFailed(RagError):
    """A command and the running bot do not understand each other, or the bot went away."""

    user_message = "I could not reach the running program."


class DeliveryFailed(RagError):
    """A platform did not take what was sent.

    Args:
        problem: what happened, for operators.
        retry_after_s: when to try again; None when trying again is pointless.
    """

    user_message = "I could not post my answer here."

    def __init__(self, problem: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(problem)
        self.retry_after_s = retry_after_s
        self.retryable = retry_after_s is not None


class PublishingFailed(RagError):
    """A document could not be written into the library, or not indexed."""

    user_message = "I could not write it into the library. Please try again; if it happens again, ask an operator."


class Busy(RagError):
    """The queue is full, or a person or channel asks faster than it may.

    Args:
        retry_after_s: when a place is likely to be free.
    """

    retryable = True
    user_message = "I am busy right now. Please try again in a moment."

    def __init__(self, problem: str, *, retry_after_s: float) -> None:
        super().__init__(problem)
        self.retry_after_s = retry_after_s
