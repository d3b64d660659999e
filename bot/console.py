"""The chat in the terminal: what a newcomer without any token talks to.

At a terminal a prompt with line editing asks for questions; from a pipe every line is a question and nothing but
answers is printed. Ctrl-C stops the answer that is being written, the end of the input leaves.
"""

from __future__ import annotations

import asyncio
import importlib
import sys
import uuid
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from bot.answers import show_answer
from bot.conversation import Conversation
from bot.operations import DONE, FAILED, Terminal, add_starter
from bot.questions import without_surrogates
from bot.terminal import print_documents, printable
from bot.texts import Text, say
from rag.errors import RagError
from rag.types import Language

if TYPE_CHECKING:
    from rag.build import Rag
    from rag.settings import RagSettings

_PROMPT = "> "
_QUIT = frozenset({"/quit", "/exit", "/q", "quit", "exit", "退出"})


def run_chat(settings: RagSettings, terminal: Terminal, *, starter: bool, language: Language) -> int:
    """Opens the library and talks until the input ends.

    Each answer is one run of the event loop, so that Ctrl-C cancels that answer and nothing else; nothing else runs
    on the loop while the prompt waits for a person.

    Returns:
        The exit status: 1 when a question failed in a conversation that no person follows.

    Raises:
        RagError: the library cannot be opened.
    """
    from rag.build import open_rag

    interactive = sys.stdin is not None and sys.stdin.isatty() and terminal.out.is_terminal
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        try:
            rag = runner.run(stack.enter_async_context(open_rag(settings)))
            if starter:
                runner.run(add_starter(rag, terminal))
            chat = Chat(rag, terminal, Conversation(language=language, new_id=lambda: str(uuid.uuid4())))
            if interactive:
                runner.run(chat.greet())
            failed = converse(runner, chat, interactive=interactive)
        finally:
            runner.run(stack.aclose())
    return FAILED if failed and not interactive else DONE


class Chat:
    """Understands the lines of one conversation and answers them."""

    def __init__(self, rag: Rag, terminal: Terminal, conversation: Conversation) -> None:
        self._rag = rag
        self._terminal = terminal
        self._conversation = conversation

    def say(self, text: Text, **values: object) -> None:
        """Prints one of the terminal's own sentences in the conversation's language."""
        self._terminal.out.print(say(text, self._conversation.language, **values), style="dim")

    async def greet(self) -> None:
        """Tells a newcomer what to do."""
        documents = (await self._rag.catalogue.counts()).documents
        if documents:
            self.say(Text.WELCOME, documents=documents)
        else:
            self.say(Text.EMPTY_LIBRARY)

    async def reply(self, line: str) -> bool:
        """Does what a line asks for; False when it was a question that failed."""
        match line.split(maxsplit=1):
            case []:
                return True
            case ["/help", *_]:
                self.say(Text.HELP)
            case ["/sources", *_]:
                print_documents(self._terminal.out, await self._rag.catalogue.documents())
            case [command, *_] if command.startswith("/") and "/" not in command[1:]:
                self.say(Text.UNKNOWN_COMMAND, command=printable(command))
            case _:
                return await self._answer(line)
        return True

    async def _answer(self, line: str) -> bool:
        question = self._conversation.question(line)
        try:
            shown = await show_answer(
                self._rag.answers, question, console=self._terminal.out, language=self._conversation.language
            )
        except RagError as error:
            self._terminal.out.print(self._rag.answers.failure_text(error, self._conversation.language))
            self._terminal.complain(f"advisor: {error}")
            return False
        self._conversation.note(shown)
        if self._conversation.suggestions:
            self.say(Text.FOLLOW_UPS)
        for number, topic in enumerate(self._conversation.suggestions, start=1):
            self._terminal.out.print(f"  {number}. {printable(topic)}", soft_wrap=True)
        if shown.answer.citations:
            self._terminal.out.print()
        return True


def converse(runner: asyncio.Runner, chat: Chat, *, interactive: bool) -> bool:
    """Replies to line after line; True when a question failed."""
    failed = False
    for line in _typed_lines(chat) if interactive else _piped_lines():
        if line in _QUIT:
            break
        failed |= not _unless_stopped(runner, chat, chat.reply(line), interactive=interactive)
    if interactive:
        chat.say(Text.GOODBYE)
    return failed


def _unless_stopped(
    runner: asyncio.Runner, chat: Chat, reply: Coroutine[object, object, bool], *, interactive: bool
) -> bool:
    try:
        return runner.run(reply)
    except KeyboardInterrupt:
        if not interactive:
            raise
        chat.say(Text.STOPPED)
        return True


def _typed_lines(chat: Chat) -> Iterator[str]:
    _edit_lines()
    while True:
        try:
            yield _clean(input(_PROMPT))
        except KeyboardInterrupt:
            sys.stdout.write("\n")
            chat.say(Text.LEAVE_HINT)
        except EOFError:
            sys.stdout.write("\n")
            return


def _piped_lines() -> Iterator[str]:
    for line in sys.stdin or ():  # None where it is closed
        yield _clean(line.removeprefix("\ufeff"))


def _clean(line: str) -> str:
    return without_surrogates(line).strip()


def _edit_lines() -> None:
    """Line editing that knows the width of Chinese characters comes with this module, where the system has it."""
    try:
        importlib.import_module("readline")
    except ImportError:
        return
