"""The chat in the terminal, over the same engine, store and delivery as every other platform.

At a terminal a prompt with line editing asks for words; from a pipe every line is taken and nothing but answers is
printed. Ctrl-C stops the answer that is being written, the end of the input leaves. At a terminal a conversation goes
on where it stopped; a pipe begins a new one.
"""

from __future__ import annotations

import asyncio
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from bot.chat import CommandCall, Incoming, Message
from bot.console.adapter import ConsoleChat
from bot.console.typed import Become, Chosen, NoSuchKey, Quit, Send, StartAnew, Typist, room
from bot.offers import Verb
from bot.operations import Terminal
from bot.payloads import Payload
from bot.records import ChannelSettings, Outcome, QuestionState, Receipt
from bot.texts import Text, say
from bot.wording import spoken
from rag.errors import RagError
from rag.types import Language

if TYPE_CHECKING:
    from bot.console.opening import Room

_THREAD = "thread"
_QUOTED = 80


class Session:
    """Takes the lines of one conversation, one after the other."""

    def __init__(self, opened: Room, terminal: Terminal, *, language: Language) -> None:
        self._room = opened
        self._chat: ConsoleChat = opened.chat
        self._terminal = terminal
        self._language = language
        self._typist = Typist(
            thread=opened.new_id(),
            new_id=opened.new_id,
            now=opened.now,
            is_command=lambda line: opened.registry.recognise(line) is not None,
            locale=language.value,
        )
        self._filled: dict[str, str] = {}
        self._asked: list[str] = []
        self._interactive = False

    @property
    def thread(self) -> str:
        """The conversation that goes on."""
        return self._typist.thread

    def say(self, text: Text, **values: object) -> None:
        """Prints one of the terminal's own sentences in the conversation's language."""
        self._terminal.out.print(say(text, self._language, **values), style="dim", soft_wrap=True)

    async def begin(self, *, interactive: bool) -> None:
        """Greets whoever sits at a terminal, takes the last conversation up, and waits for what was left unanswered."""
        self._interactive = interactive
        if interactive:
            await self._greet()
            await self._take_up()
            if left := await self._room.left_open():
                self.say(Text.LEFT_OPEN, questions=left)
        with self._attending():
            await self._room.caught_up()
        await self._room.remind()

    async def take(self, line: str) -> bool:
        """Does what a line asks for, then what has become due meanwhile; False when it was a question that failed."""
        done = await self._taken(line)
        if self._chat.form is None:
            await self.keep_current()
        return done

    async def keep_current(self) -> bool:
        """Reads what the library is kept current from, where that is due or has changed; tells a person of it."""
        try:
            reports = await self._room.upkeep.look() if self._room.upkeep else ()
        except RagError as error:
            self.fail(error)
            return True
        for each in reports if self._interactive else ():
            counts = {name: len(getattr(each, name)) for name in ("added", "updated", "removed", "failed")}
            self.say(Text.READ_DUE, **counts)
        return True

    async def _taken(self, line: str) -> bool:
        self._chat.listen()
        # Nothing runs while the prompt waits, so that what has become due is said before the line's answer.
        await self._room.remind()
        if self._chat.form is not None:
            return await self._fill_in(line)
        match self._typist.understand(line, self._chat.menu):
            case None:
                with self._attending():
                    await self._room.engine.settled()
                return not await self._any_failed()
            case Send() as send:
                return await self._send(send)
            case Quit():
                pass
            case Become(name=name):
                self._typist = self._typist.renamed(name)
                self.say(Text.NOW_SPEAKING if name else Text.YOU_SPEAK, name=name)
            case StartAnew():
                await self._start_anew()
            case NoSuchKey(key=key):
                self.say(Text.NO_SUCH_KEY, key=key)
            case unknown:
                assert_never(unknown)
        return True

    def fail(self, error: RagError) -> None:
        """Tells of something that went wrong outside any answer."""
        self._terminal.out.print(self._room.failure(error, self._language))

    async def stop(self) -> None:
        """Ends every answer that this session still waits for."""
        before = self._chat.printed
        for question_id in self._asked:
            stop = Chosen(payload=Payload(verb=Verb.STOP, subject=question_id))
            await self._room.engine.receive(self._typist.press(stop))
        await self._room.engine.settled()
        self._asked.clear()
        if self._chat.printed == before:
            self.say(Text.STOPPED)

    async def _greet(self) -> None:
        documents = await self._room.documents()
        if documents:
            self.say(Text.WELCOME, documents=documents)
        else:
            self.say(Text.EMPTY_LIBRARY)

    async def _take_up(self) -> None:
        """The last conversation, as the settings of the terminal's channel remember it."""
        books = self._room.store
        settings = await books.settings.get(room("").channel_key)
        if thread := settings.other.get(_THREAD):
            self._typist = replace(self._typist, thread=thread)
            turns = await books.conversations.turns(room(thread).key, limit=1)
            if turns:
                self.say(Text.GOES_ON, question=textwrap.shorten(turns[-1].question, _QUOTED, placeholder=" …"))
            return
        await self._note_thread(settings)

    async def _start_anew(self) -> None:
        self._typist = replace(self._typist, thread=self._room.new_id())
        await self._note_thread(await self._room.store.settings.get(room("").channel_key))
        self._chat.menu = {}
        self.say(Text.NEW_CONVERSATION)

    async def _note_thread(self, settings: ChannelSettings) -> None:
        noted = replace(settings, other={**settings.other, _THREAD: self._typist.thread})
        await self._room.store.settings.save(room("").channel_key, noted)

    async def _send(self, send: Send) -> bool:
        incoming = send.incoming
        self._language = self._spoken(incoming)
        # A command that is misspelt has no language of its own: it is answered in that of the conversation.
        self._typist = replace(self._typist, locale=self._language.value)
        if isinstance(incoming, Message) and not send.wait:
            self._chat.remember(incoming.message_id, incoming.text)
        receipt = await self._room.engine.receive(incoming)
        if receipt.question_id:
            self._asked.append(receipt.question_id)
        if receipt.outcome is Outcome.JOINED:
            await self._note_joined(receipt.question_id)
        if not send.wait:
            # One round of the loop: a line such as "busy" is said beside the work, and belongs to this question.
            await asyncio.sleep(0)
            self._note(receipt)
            return True
        await self._room.engine.settled()
        if receipt.outcome is Outcome.IGNORED:
            self.say(Text.NOT_MEANT)
        if isinstance(incoming, CommandCall) and self._is_help(incoming):
            self.say(Text.HELP)
        return not await self._any_failed()

    @contextmanager
    def _attending(self) -> Iterator[None]:
        """Has answers grow before whoever sits and waits for them."""
        self._chat.attended = self._interactive
        try:
            yield
        finally:
            self._chat.attended = False

    def _note(self, receipt: Receipt) -> None:
        """Says that a question was taken which nobody waits for, and what its place in the line is."""
        match receipt.outcome:
            case Outcome.JOINED:
                self.say(Text.JOINED)
            case Outcome.ACCEPTED if ahead := self._room.engine.ahead_of(receipt.question_id or ""):
                self.say(Text.NOTED_BEHIND, ahead=ahead)
            case Outcome.ACCEPTED:
                self.say(Text.NOTED)
            case _:
                pass

    async def _note_joined(self, question_id: str) -> None:
        """Both messages stand over their common answer."""
        question = await self._room.store.questions.get(question_id)
        if question is not None:
            self._chat.remember(question.message_id, question.text)

    def _spoken(self, incoming: Incoming) -> Language:
        match incoming:
            case Message():
                return spoken(incoming.text, self._language)
            case CommandCall():
                found = self._room.registry.find(incoming.name)
                return (found.language if found else None) or self._language
            case _:
                return self._language

    def _is_help(self, call: CommandCall) -> bool:
        found = self._room.registry.find(call.name)
        return found is not None and found.command.name == "help" and not call.text

    async def _any_failed(self) -> bool:
        asked, self._asked = self._asked, []
        records = [await self._room.store.questions.get(question_id) for question_id in asked]
        return any(record is not None and record.state is QuestionState.FAILED for record in records)

    async def _fill_in(self, line: str) -> bool:
        """Takes a line for the next field of the form; an empty one leaves a form that needs it."""
        form = self._chat.form
        if form is None:
            return True
        field = form.fields[len(self._filled)]
        if field.required and not line:
            self._chat.form, self._filled = None, {}
            self.say(Text.FORM_LEFT)
            return True
        self._filled[field.name] = line or field.value
        if len(self._filled) < len(form.fields):
            self._chat.ask_field(form, len(self._filled))
            return True
        values, self._filled, self._chat.form = self._filled, {}, None
        return await self._send(Send(incoming=self._typist.submit(form, values)))
