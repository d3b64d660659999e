"""The command line as a `bot.chat.ChatAdapter`: what is said is handed on as it comes, nothing is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.chat import Attachment, Capabilities, MessageRef, Person, Place, Said
from bot.errors import DeliveryFailed
from bot.records import SHELL
from bot.replies import Action, Form, Reply, Select
from bot.shell.values import Said as ShellTold
from bot.shell.values import ShellChoice, ShellField, ShellFile, ShellForm, ShellReply, ShellStep


class ShellChat:
    """Hands replies, steps and forms to `tell`: what a form asks for is given as arguments."""

    platform = SHELL
    capabilities = Capabilities(
        message_characters=1_000_000,
        edit_interval_s=0.2,
        file_characters=1_000_000,
        private_replies=True,
        command_prefix="advisor ",
        admin_prefix="advisor ",
    )

    def __init__(self, tell: Callable[[ShellTold], None]) -> None:
        self._tell = tell

    async def post(self, place: Place, reply: Reply, *, nonce: str, reply_to: str = "") -> MessageRef:
        """Says something; see `bot.chat.ChatAdapter`."""
        self._say(reply)
        return MessageRef(place=place, id=nonce)

    async def edit(self, message: MessageRef, reply: Reply) -> None:
        """Says what a message says now."""
        self._say(reply)

    async def delete(self, message: MessageRef) -> None:
        """What was said stays."""

    async def whisper(self, place: Place, person: Person, reply: Reply) -> None:
        """Says something: nobody else reads along."""
        self._say(reply)

    async def open_form(self, trigger: str, form: Form) -> None:
        """Says what there is to be filled in."""
        fields = tuple(
            ShellField(
                name=each.name,
                label=each.label,
                value=each.value,
                hint=each.hint,
                required=each.required,
                options={option.value: option.label for option in each.options},
            )
            for each in form.fields
        )
        self._tell(ShellForm(title=form.title, payload=form.payload, fields=fields))

    async def find_posted(self, place: Place, nonce: str) -> MessageRef | None:
        """Nothing is kept."""
        return None

    async def history(self, place: Place, *, limit: int) -> Sequence[Said]:
        """Nothing is kept."""
        return ()

    async def fetch(self, attachment: Attachment, *, limit_bytes: int) -> bytes:
        """No files come in this way."""
        raise DeliveryFailed(f"the command line takes no file {attachment.name!r}")

    def _say(self, reply: Reply) -> None:
        if reply.status:
            self._tell(ShellStep(text=reply.status))
            return
        self._tell(
            ShellReply(
                text=reply.text,
                notes=reply.notes,
                choices=tuple(choice for row in reply.actions for each in row for choice in _choices(each)),
                files=tuple(
                    ShellFile(name=each.name, text=each.content.decode("utf-8-sig", errors="replace"))
                    for each in reply.files
                ),
                rows=reply.rows,
                refused=reply.refused,
            )
        )


def _choices(action: Action) -> list[ShellChoice]:
    if isinstance(action, Select):
        return [ShellChoice(label=each.label, press=action.payload, values=(each.value,)) for each in action.options]
    return [ShellChoice(label=action.label, press=action.payload)]
