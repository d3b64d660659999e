"""Errors of the bot's own; they join the tree of `rag.errors`.

RagError
├── StoreFailed      conversations cannot be read or written
├── DeliveryFailed   a platform took no message
└── Busy             too much is asked at the moment
"""

from __future__ import annotations

from rag.errors import RagError


class StoreFailed(RagError):
    """The store could not do its work."""

    retryable = True
    user_message = "I cannot reach my memory right now. Please try again in a moment."


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
