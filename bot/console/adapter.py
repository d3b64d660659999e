"""The terminal as a `bot.chat.ChatAdapter`: one answer grows before the reader, others come when they are done."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from bot.chat import Attachment, Capabilities, MessageRef, Person, Place, Said
from bot.console.files import keep_file, read_file
from bot.console.typed import PLATFORM, Chosen, label_key
from bot.offers import Verb
from bot.replies import Action, Button, Form, Reply, Select
from bot.terminal import AnswerView, print_citations, print_markdown, printable
from bot.texts import Text, say
from rag.language import detect_language
from rag.types import Language

_KEYS: Mapping[str, str] = {
    Verb.UP: "+",
    Verb.DOWN: "-",
    Verb.WHY: "w",
    Verb.SHORTER: "s",
    Verb.REGENERATE: "r",
    Verb.EXPERT_ASK: "e",
    Verb.RETRY: "t",
    Verb.STOP: "x",
}
"""What is typed for a button; all other buttons are numbered."""

_REMEMBERED = 200
_READ_HERE = "application/json"
"""Files of this kind are printed: a terminal has no other place for them, and whoever reads it can keep them."""


class ConsoleChat:
    """Prints what the bot says, and writes its files into `folder`.

    While `attended` an answer that is not waited for grows before the reader, too, below its question. `menu` holds
    what may be typed for a button, `form` what is to be filled in, `printed` counts what was said.
    """

    platform = PLATFORM
    capabilities = Capabilities(
        message_characters=1_000_000,
        edit_interval_s=0.1,
        file_characters=1_000_000,
        private_files=True,
        paths=True,
        command_prefix="/",
        admin_prefix="/",
    )

    def __init__(self, console: Console, *, folder: Path | None = None) -> None:
        self.menu: dict[str, Chosen] = {}
        self.form: Form | None = None
        self.printed = 0
        self.attended = False
        self._console = console
        self._folder = folder
        self._questions: OrderedDict[str, str] = OrderedDict()
        self._replies_to: OrderedDict[str, str] = OrderedDict()
        self._focus = ""
        self._view: AnswerView | None = None
        self._grown = ""
        self._later: list[tuple[str, Reply]] = []
        self._numbers = 0

    def listen(self) -> None:
        """Takes note that a line was typed: what is offered from here on is numbered anew."""
        self._numbers = 0

    def remember(self, message_id: str, text: str) -> None:
        """Keeps the words of a question that is not waited for, to stand over its answer."""
        self._questions[message_id] = text
        while len(self._questions) > _REMEMBERED:
            self._questions.popitem(last=False)

    def recall(self, posted: str, message_id: str) -> None:
        """Takes a message of an earlier run for an answer to a question: it is shown anew, with its question above."""
        self._replies_to[posted] = message_id

    async def post(self, place: Place, reply: Reply, *, nonce: str, reply_to: str = "") -> MessageRef:
        """Shows a message; see `bot.chat.ChatAdapter`."""
        reply = await self._keep(reply)
        self._replies_to[nonce] = reply_to
        while len(self._replies_to) > _REMEMBERED:
            self._replies_to.popitem(last=False)
        self._show(nonce, reply)
        return MessageRef(place=place, id=nonce)

    async def edit(self, message: MessageRef, reply: Reply) -> None:
        """Shows what is new of a message: what stands on a terminal stays."""
        reply = await self._keep(reply)
        self._show(message.id, reply)

    async def delete(self, message: MessageRef) -> None:
        """Ends the growing of a message; what stands on a terminal stays."""
        if message.id == self._focus:
            self._close()

    async def whisper(self, place: Place, person: Person, reply: Reply) -> None:
        """Prints a message; whoever sits at the terminal reads along."""
        reply = await self._keep(reply)
        self._print(reply)

    async def open_form(self, trigger: str, form: Form) -> None:
        """Asks for the first field; the lines that follow fill the form in."""
        self.form = form
        self.ask_field(form, 0)

    def ask_field(self, form: Form, index: int) -> None:
        """Prints what the next line is taken for."""
        field = form.fields[index]
        chinese = detect_language(field.label) is Language.ZH
        opened, closed, colon = ("（", "）", "：") if chinese else (" (", ")", ":")
        hint = f"{opened}{field.hint}{closed}" if field.hint else ""
        # What Enter keeps is marked among choices, and shown beside the label of everything else.
        present = f" [{field.value}]" if field.value and not field.options else ""
        choices = "".join(
            f"\n{'* ' if option.value == field.value else '  '}{option.value}: {option.label}"
            for option in field.options
        )
        self._console.print(printable(f"{field.label}{hint}{present}{colon}{choices}"), style="dim", soft_wrap=True)

    async def find_posted(self, place: Place, nonce: str) -> MessageRef | None:
        """A terminal forgets with its program."""
        return None

    async def history(self, place: Place, *, limit: int) -> Sequence[Said]:
        """A terminal tells no history."""
        return ()

    async def fetch(self, attachment: Attachment, *, limit_bytes: int) -> bytes:
        """Reads a file that was named by its path: whoever types could read it anyway."""
        return await asyncio.to_thread(read_file, attachment.reference, limit_bytes)

    async def _keep(self, reply: Reply) -> Reply:
        """Puts files where they can be opened: what is returned calls each by its path. Raises DeliveryFailed."""
        folder = self._folder
        if folder is None or not reply.files:
            return reply
        paths = [await asyncio.to_thread(keep_file, file, folder) for file in reply.files]
        kept = [replace(file, name=str(path)) for file, path in zip(reply.files, paths, strict=True)]
        return replace(reply, files=tuple(kept))

    def _show(self, key: str, reply: Reply) -> None:
        over = self._questions.get(self._replies_to.get(key, ""), "")
        if reply.status and not self._focus and (not over or (self.attended and reply.text)):
            self._head(over)
            self._questions.pop(self._replies_to.get(key, ""), None)
            self._focus, self._grown = key, ""
            self._view = AnswerView(self._console, waiting=printable(reply.status))
            self._view.__enter__()
        if key == self._focus:
            self._grow(reply)
        elif not reply.status and self._focus:
            self._later.append((key, reply))
        elif not reply.status:
            self._head(over)
            self._questions.pop(self._replies_to.get(key, ""), None)
            self._print(reply)

    def _grow(self, reply: Reply) -> None:
        """Adds to the message in focus. One that says something else now is printed anew, beneath."""
        if reply.text.startswith(self._grown) and self._view is not None:
            self._view.add(reply.text[len(self._grown) :])
            self._grown = reply.text
        if reply.status:
            if self._view is not None and not self._grown:
                self._view.wait(printable(reply.status))
            return
        same = reply.text == self._grown
        self._close()
        self._print(reply, text="" if same else reply.text)
        later, self._later = self._later, []
        for key, held in later:
            self._show(key, held)

    def _close(self) -> None:
        if self._view is not None:
            self._view.__exit__(None, None, None)
        self._view, self._focus, self._grown = None, "", ""

    def _head(self, question: str) -> None:
        """Prints the question over an answer that was not waited for."""
        if question:
            told = question.replace("\n", "\n  ")
            self._console.print(printable(f"» {told}"), style="bold", soft_wrap=True)

    def _print(self, reply: Reply, *, text: str | None = None) -> None:
        self.printed += 1
        if reply.mention:
            self._console.print(printable(reply.mention.shown), style="bold", soft_wrap=True)
        if shown := reply.text if text is None else text:
            print_markdown(self._console, shown)
        for line in (*reply.notes, *(f"[{file.name}]" for file in reply.files)):
            self._console.print(printable(line), style="dim", soft_wrap=True)
        for file in (each for each in reply.files if each.media_type == _READ_HERE):
            self._console.print(printable(file.content.decode(errors="replace")), soft_wrap=True)
        print_citations(self._console, reply.citations, reply.language)
        self._print_actions(reply)
        if reply.citations or reply.actions or reply.notes:
            self._console.print()

    def _print_actions(self, reply: Reply) -> None:
        """Makes a menu of the buttons: letters for those that stand under every answer, numbers for all others."""
        actions = [action for row in reply.actions for action in row]
        if not actions:
            return
        lettered = {_KEYS[each.payload.verb]: each for each in actions if isinstance(each, Button) and _keyed(each)}
        choices = [choice for each in actions if not _keyed(each) for choice in _choices(each)]
        # Letters stay with the last answer, so that one may still change one's mind after giving a reason; numbers
        # stay until a line is typed, so that everything that one line has brought about can be worked on.
        begin = self._numbers
        numbered = {key: chosen for key, chosen in self.menu.items() if key.isdecimal()} if begin else {}
        kept = {} if lettered else {key: chosen for key, chosen in self.menu.items() if not key.isdecimal()}
        self._numbers = begin + len(choices)
        self.menu = {key: Chosen(payload=each.payload) for key, each in lettered.items()}
        self.menu |= {label_key(each.label): Chosen(payload=each.payload) for each in lettered.values()}
        self.menu |= kept | numbered
        self.menu |= {str(number): chosen for number, (_, chosen) in enumerate(choices, start=begin + 1)}
        if lettered and self._console.is_terminal:
            row = "   ".join(f"[{key}] {each.label}" for key, each in lettered.items())
            self._console.print(printable(row), style="dim", soft_wrap=True)
        if choices:
            follow = any(chosen.payload.verb == Verb.FOLLOW_UP for _, chosen in choices)
            self._console.print(say(Text.FOLLOW_UPS if follow else Text.CHOICES, reply.language), style="dim")
        for number, (label, _) in enumerate(choices, start=begin + 1):
            self._console.print(printable(f"  {number}. {label}"), soft_wrap=True)


def _keyed(action: Action) -> bool:
    return action.payload.verb in _KEYS


def _choices(action: Action) -> list[tuple[str, Chosen]]:
    """What a button or a list offers, with its label."""
    if isinstance(action, Select):
        return [(each.label, Chosen(payload=action.payload, values=(each.value,))) for each in action.options]
    return [(action.label, Chosen(payload=action.payload))]
