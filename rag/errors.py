"""Every error that leaves the core.

    RagError
    ├── InvalidInput        the caller passed something unusable (empty question, unknown path)
    │   └── InvalidSettings a setting has a value that cannot work
    ├── UnreadableDocument  one file cannot be indexed; the rest of the run goes on
    ├── IndexMissing        nothing has been indexed yet
    ├── IndexLocked         another process owns the index
    ├── IndexMismatch       the index was built by another embedder than the configured one
    ├── StorageFailed       the catalogue or the vector store refused to work (disk full, read-only, broken file)
    ├── EmbedderUnavailable the embedding model cannot be loaded or reached
    └── ModelUnavailable    the language model cannot be reached, is too slow, or broke off
        └── ModelRefused    the language model does not take this request, now or later (a wrong key, too long)

`str(error)` is for operators, `error.logged` for logs. `user_message` is the only text that may reach a chat.
"""

from __future__ import annotations


class RagError(Exception):
    """Base of all errors of the core.

    Attributes:
        retryable: whether the same call may succeed later without a change.
        user_message: a sentence that may be shown to a person in a chat.
        foreign: what another program said, as far as the text repeats it. It may repeat what a person wrote, so it is
            for whoever sits at the command line, and not for a log.
    """

    retryable: bool = False
    user_message: str = "Something went wrong on my side. Please try again in a moment."
    foreign: str = ""

    @property
    def logged(self) -> str:
        """The text for the log of a running program."""
        return str(self).replace(self.foreign, "…") if self.foreign else str(self)


class InvalidInput(RagError):
    """The caller passed a value that cannot be used."""

    user_message = "I could not use that input."


class InvalidSettings(InvalidInput):
    """A setting has a value that cannot work."""

    user_message = "I am not set up correctly. An admin has to look at my settings."


class UnreadableDocument(RagError):
    """One document cannot be read.

    Args:
        path: the file, as the report shows it.
        problem: what is wrong with it, in a few words.
        remedy: what the owner of the file can do.
    """

    user_message = "One document could not be read."

    def __init__(self, path: str, *, problem: str, remedy: str) -> None:
        super().__init__(f"{path}: {problem}; {remedy}")
        self.path = path
        self.problem = problem
        self.remedy = remedy


class IndexMissing(RagError):
    """There is no index to answer from."""

    user_message = "My library is still empty. An admin can add documents."


class IndexLocked(RagError):
    """Another process owns the index."""

    retryable = True
    user_message = "My library is being updated by another program. Please try again in a moment."


class IndexMismatch(RagError):
    """The live index was built by another embedder than the configured one."""

    user_message = "My library has to be rebuilt before I can answer. An admin has been told how."


class StorageFailed(RagError):
    """The catalogue or the vector store could not do its work."""

    retryable = True
    user_message = "I cannot reach my library right now. Please try again in a moment."


class EmbedderUnavailable(RagError):
    """The embedding model could not be loaded or reached."""

    retryable = True
    user_message = "I cannot search my library right now. Please try again in a moment."


class ModelUnavailable(RagError):
    """The language model could not be reached, was too slow, or broke off."""

    retryable = True
    user_message = "My language model does not answer right now. Please try again in a moment."


class ModelRefused(ModelUnavailable):
    """The language model does not take the request: a wrong key, an unknown model, a prompt that is too long."""

    retryable = False
