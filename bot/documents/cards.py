"""What is said of files that have come in and of documents, whoever says it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from bot.document_records import HandIn, ShelfVersion
from bot.documents.rendering import readers_of
from bot.offers import Verb
from bot.payloads import Payload
from bot.replies import Button, Reply, Style, Visibility
from bot.saying_documents import DocSay
from bot.wording import Say, Wording
from rag.errors import RagError
from rag.types import PUBLIC, Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A file that was not taken, and why, in the reader's language."""

    file: str
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What became of the files that came together: hand-ins that lie here by now, and those that were refused."""

    taken: tuple[HandIn, ...] = ()
    refused: tuple[Refused, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """The bot's words in one language."""

    wording: Wording
    language: Language

    def say(self, text: DocSay | Say, **values: object) -> str:
        """One of the bot's texts."""
        return self.wording.say(text, self.language, **values)

    def button(self, verb: Verb, label: DocSay, subject: str, *, style: Style = Style.PLAIN) -> Button:
        """A button that works after a restart, in the language of its reader."""
        spoken = Language.ZH if self.language is Language.ZH else Language.EN
        return Button(
            label=self.say(label), payload=Payload(verb=verb, subject=subject, argument=spoken.value), style=style
        )

    def mend(self, problem: str, remedy: str) -> str:
        """What is wrong with a file and what its owner can do."""
        told = {"problem": problem, "remedy": remedy}
        return self.say(DocSay.MEND, **{name: self.wording.problem(each, self.language) for name, each in told.items()})

    def failure(self, error: RagError) -> str:
        """What a person may read of an error beside a file."""
        return self.wording.problem(error.user_message, self.language)

    def readers(self, audience: frozenset[str]) -> str:
        """Who may read something."""
        labels = readers_of(audience)
        if labels == (PUBLIC,):
            return self.wording.word("readers", PUBLIC, self.language)
        return self.say(Say.LIST_SEPARATOR).join(labels)

    def spoken(self, language: Language) -> str:
        """What a language is called."""
        return self.wording.word("document-language", language.value, self.language)

    def facts(self, hand_in: HandIn) -> str:
        """What was found out of a file: its format, language, sections and pages."""
        told = [hand_in.suffix.removeprefix(".").upper(), self.spoken(hand_in.language)]
        if hand_in.pages:
            told.append(self.say(DocSay.PAGES, count=hand_in.pages))
        if hand_in.sections:  # a PDF without headings has none
            told.append(self.say(DocSay.SECTIONS, count=hand_in.sections))
        return self.say(Say.LIST_SEPARATOR).join(each for each in told if each)

    def example(self, hand_in: HandIn, version: ShelfVersion) -> str:
        """A question that the document may answer."""
        title = version.title
        if hand_in.heading and hand_in.heading != title and not hand_in.text:
            return self.say(DocSay.ASK_HEADING, title=title, heading=hand_in.heading)
        return self.say(DocSay.ASK_TITLE, title=title)


def arrival_card(arrival: Arrival, speaker: Speaker, *, batch: str, editor: bool) -> Reply:
    """What came in and what was refused, with the buttons that go on from there."""
    blocks = []
    if arrival.taken:
        told = (
            speaker.say(DocSay.RECEIVED_LINE, title=inert(each.title), facts=speaker.facts(each))
            for each in arrival.taken
        )
        lines = [speaker.say(DocSay.RECEIVED), *(f"- {line}" for line in told)]
        blocks += ["\n".join(lines), speaker.say(DocSay.NEXT_EDITOR if editor else DocSay.NEXT_READER)]
    if arrival.refused:
        failed = (speaker.say(DocSay.FAILED_LINE, file=inert(one.file), problem=one.problem) for one in arrival.refused)
        lines = [speaker.say(DocSay.FAILED), *(f"- {line}" for line in failed)]
        blocks.append("\n".join(lines))
    actions: tuple[Button, ...] = ()
    if arrival.taken:
        actions = (
            speaker.button(Verb.HAND_IN_OPEN, DocSay.DESCRIBE, batch, style=Style.PRIMARY),
            speaker.button(Verb.HAND_IN_DROP, DocSay.DROP, batch),
        )
    return Reply(
        text="\n\n".join([*blocks, *arrival.notes]),
        actions=(actions,) if actions else (),
        visibility=Visibility.PRIVATE,
        language=speaker.language,
    )


def inert(text: str) -> str:
    """Somebody's own words inside a sentence of the bot's: on one line, without marks that would format it."""
    return " ".join(text.replace("`", "'").replace("*", "∗").split())
