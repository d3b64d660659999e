"""The first commands: ask, help, sources, stop and resume."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby

from bot.commands.call import Call
from bot.commands.registry import Command, Level, Registry
from bot.wording import ArgumentWords, Say
from rag.types import PUBLIC, Document, DocumentKind, Language, Outcome

_LISTED = 40
_COMPLETIONS = 25


async def ask(call: Call, arguments: Mapping[str, str]) -> None:
    """Puts a question."""
    await call.ask(arguments["question"])


async def stop(call: Call, arguments: Mapping[str, str]) -> None:
    """Ends what is under way in the place, and listening there."""
    ended = await call.desk.stop(call.place, call.person)
    say = Say.CANCELLED if ended else Say.NOTHING_TO_STOP
    await call.whisper(call.words(Say.QUIET if call.place.thread else say))


async def resume(call: Call, arguments: Mapping[str, str]) -> None:
    """Listens in the place again."""
    await call.desk.resume(call.place, call.person)
    await call.whisper(call.words(Say.LISTENING))


class Help:
    """Explains all commands or one of them. The registry is handed in late, for it holds this command."""

    def __init__(self, registry: Callable[[], Registry]) -> None:
        self._registry = registry

    async def run(self, call: Call, arguments: Mapping[str, str]) -> None:
        """Tells what the bot can do."""
        name = arguments.get("command", "")
        found = self._registry().find(name) if name else None
        if name and found is None:
            await call.whisper(unknown_command(call, self._registry(), name))
            return
        await call.whisper(self._explained(call, found.command) if found else self._overview(call))

    async def names(self, call: Call, typed: str) -> Sequence[str]:
        """Commands whose names begin with what was typed."""
        names = [self._registry().words(command, call.language).name for command in offered(call, self._registry())]
        return [name for name in names if name.startswith(typed.strip().casefold())][:_COMPLETIONS]

    def _overview(self, call: Call) -> str:
        lines = [f"- {self._line(call, command, whole=False)}" for command in offered(call, self._registry())]
        title = f"**{call.words(Say.HELP_COMMANDS)}**"
        going_on = Say.HELP_FOLLOW_UPS if call.adapter.capabilities.overhears else Say.HELP_REPLIES
        return "\n\n".join([call.words(Say.HELP_INTRO), call.words(going_on), "\n".join([title, *lines])])

    def _explained(self, call: Call, command: Command) -> str:
        registry = self._registry()
        words = registry.words(command, call.language)
        lines = [self._line(call, command, whole=True)]
        lines += [self._argument(call, each) for each in words.arguments.values()]
        other = registry.words(command, Language.EN if call.language is Language.ZH else Language.ZH)
        aliases = call.words(Say.LIST_SEPARATOR).join(dict.fromkeys((*words.aliases, other.name, *other.aliases)))
        return "\n\n".join(["\n".join(lines), call.words(Say.HELP_ALIASES, aliases=aliases)])

    def _argument(self, call: Call, words: ArgumentWords) -> str:
        told = call.words(Say.HELP_ARGUMENT, name=words.name, description=words.description)
        listed = call.words(Say.LIST_SEPARATOR).join(words.choices.values())
        return call.words(Say.HELP_CHOICES, argument=told, choices=listed) if listed else told

    def _line(self, call: Call, command: Command, *, whole: bool) -> str:
        words = self._registry().words(command, call.language)
        usage = usage_of(call, self._registry(), command, whole=whole)
        return call.words(Say.HELP_OF_COMMAND, usage=usage, description=words.description)


class Sources:
    """Shows what the library holds for those who read along."""

    def __init__(self, registry: Callable[[], Registry]) -> None:
        self._registry = registry

    async def run(self, call: Call, arguments: Mapping[str, str]) -> None:
        """Counts and topics, or the documents of one topic or kind."""
        documents, topic = await self._documents(call), arguments.get("topic", "")
        await call.whisper(
            self._of_topic(call, documents, topic) if topic and documents else self._overview(call, documents)
        )

    async def overview(self, call: Call) -> str:
        """Counts and topics."""
        return self._overview(call, await self._documents(call))

    async def topics(self, call: Call, typed: str) -> Sequence[str]:
        """Topics that hold what was typed, the commonest first."""
        counted = Counter(topic for document in await self._documents(call) for topic in document.topics)
        named = (_topic(call, topic) for topic, _ in counted.most_common() if not _tells_no_topic(topic))
        return [name for name in named if typed.strip().casefold() in name.casefold()][:_COMPLETIONS]

    async def _documents(self, call: Call) -> tuple[Document, ...]:
        return await call.means.library.documents(await call.own_scope())

    def _overview(self, call: Call, documents: Sequence[Document]) -> str:
        if not documents:
            return call.words(Say.LIBRARY_EMPTY)
        counts = Counter(document.kind for document in documents)
        kinds = [kind for kind in DocumentKind if counts[kind]]
        lines = [f"- {call.means.wording.kind(kind, call.language)} · {counts[kind]}" for kind in kinds]
        lines.insert(0, call.words(Say.LIBRARY_COUNTS, documents=len(documents)))
        counted = Counter(topic for document in documents for topic in document.topics if not _tells_no_topic(topic))
        if counted:
            topics = call.words(Say.LIST_SEPARATOR).join(
                _topic(call, topic) for topic, _ in counted.most_common(_LISTED)
            )
            lines += ["", call.words(Say.LIBRARY_TOPICS, topics=topics)]
            command = self._registry().find("sources")
            usage = usage_of(call, self._registry(), command.command) if command else ""
            lines.append(call.words(Say.LIBRARY_HINT, usage=usage))
        return "\n".join(lines)

    def _of_topic(self, call: Call, documents: Sequence[Document], topic: str) -> str:
        wanted = topic.strip().casefold()
        chosen = [document for document in documents if self._belongs(call, document, wanted)]
        if not chosen:
            return call.words(Say.LIBRARY_NONE, topic=topic)
        # The reader's own language comes first: a document and its translation are one text to them.
        chosen.sort(key=lambda document: (_kind_order(document), document.language != call.language, document.title))
        blocks: list[str] = []
        for kind, group in groupby(chosen[:_LISTED], key=lambda document: document.kind):
            title = f"**{call.means.wording.kind(kind, call.language)}**"
            blocks.append("\n".join([title, *(f"- {_titled(document)}" for document in group)]))
        if len(chosen) > _LISTED:
            blocks.append(call.words(Say.LIBRARY_MORE, more=len(chosen) - _LISTED))
        return "\n\n".join(blocks)

    def _belongs(self, call: Call, document: Document, wanted: str) -> bool:
        kind = call.means.wording.kind(document.kind, call.language).casefold()
        topics = (name.casefold() for topic in document.topics for name in (topic, _topic(call, topic)))
        names = {document.kind.value, kind, *topics}
        return wanted in names or wanted in document.title.casefold()


def unknown_command(call: Call, registry: Registry, name: str) -> str:
    """What is said of a command that does not exist: the nearest one, or all; of none at all, which there are."""
    near = registry.nearest(name)
    lines = [call.words(Say.UNKNOWN_COMMAND, command=name)] if name else []
    if near:
        lines.append(call.words(Say.NEAREST_COMMAND, usage=usage_of(call, registry, near.command)))
    else:
        names = (f"`{registry.words(command, call.language).name}`" for command in offered(call, registry))
        lines.append(call.words(Say.KNOWN_COMMANDS, commands=call.words(Say.LIST_SEPARATOR).join(names)))
    return ("" if call.language is Language.ZH else " ").join(lines)


def offered(call: Call, registry: Registry) -> tuple[Command, ...]:
    """The commands that the person may call."""
    admin = call.means.is_admin(call.person)
    return tuple(each for each in registry.commands if admin or each.level is Level.EVERYONE)


def usage_of(call: Call, registry: Registry, command: Command, *, whole: bool = True) -> str:
    """How to type a command on the platform of a call, where admins' commands may stand below a name of their own.

    Fields, which the platform shows to whoever begins to type a command, are left out where it is not the `whole`.
    """
    guarded = any(argument.guarded for argument in command.arguments) and call.means.is_admin(call.person)
    capable = call.adapter.capabilities
    # Editors are nobody whom a platform knows: their commands stand among everybody's.
    admins = guarded or command.level not in {Level.EVERYONE, Level.EDITOR}
    prefix = capable.admin_prefix if admins else capable.command_prefix
    if capable.fields and not whole:
        return prefix + registry.words(command, call.language).name
    return registry.usage(command, call.language, prefix=prefix, fields=capable.fields)


def _kind_order(document: Document) -> int:
    return list(DocumentKind).index(document.kind)


def _tells_no_topic(topic: str) -> bool:
    """Whether a topic only says what kind of document it is, which is counted by itself, or how a case ended."""
    return topic.removesuffix("s") in set(DocumentKind) or topic in set(Outcome)


def _topic(call: Call, topic: str) -> str:
    """A topic in the reader's language; one of the library's own stays as it is written there."""
    return call.means.wording.words("topic", call.language).get(topic, topic)


def _titled(document: Document) -> str:
    date = f" · {document.date.isoformat()}" if document.date else ""
    readers = "" if document.audience == {PUBLIC} else f" · {', '.join(sorted(document.audience))}"
    return f"{' '.join(document.title.split())}{date}{readers}"
