"""What is for the board alone is told to nobody else: by no command, button, form, answer, completion, cache or log."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import generate_latest

from bot.commands.catalogue import FORMS, PRESSES
from bot.payloads import Payload
from bot.replies import Button, Form, Reply, Select
from tests.bot.canary.calls import FOLLOW_UPS, QUESTIONS, TYPED, argument_sets
from tests.bot.canary.library import CANARIES
from tests.bot.canary.scene import (
    BOARD,
    BOB,
    BOSS,
    EN,
    INSIDER,
    OPEN,
    OUTSIDERS,
    SELF,
    ZH,
    Scene,
    holds_canary,
    place,
    scene,
    shown,
)

pytestmark = pytest.mark.full


class Leaks(list[str]):
    """What was told that must not be told, with what was asked."""

    def look(self, asked: object, out: list[Any]) -> None:
        """Notes each message that holds a canary."""
        self.extend(f"{asked}: {shown(each)[:400]}" for each in out if holds_canary(shown(each)))


def report(name: str, bot: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    """Tells how much was tried."""
    with capsys.disabled():
        print(f"\ncanary, {name}: {bot.probes} probes")  # noqa: T201


def tellings(out: list[Any]) -> Iterator[tuple[Payload, tuple[str, ...]]]:
    """All that can be pressed or chosen in what went out."""
    for reply in out:
        for action in (each for row in reply.actions for each in row) if isinstance(reply, Reply) else ():
            if isinstance(action, Button):
                yield action.payload, ()
            elif isinstance(action, Select):
                yield from ((action.payload, (option.value,)) for option in action.options)


async def test_board_itself_is_told(tmp_path: Path) -> None:
    """The net has no holes: where the label is held, everything tells of the canary."""
    async with scene(tmp_path / "home") as bot:
        answered = await bot.say(INSIDER, SELF, "Who pays wages of robotics companies by the lighthouse?")
        assert holds_canary(shown(answered[-1])) or any(holds_canary(shown(each)) for each in answered)
        need = {"need": "robotics lighthouse"}
        for name, given in (("case", {}), ("sources", {}), ("resources", need), ("案例", {}), ("来源", {})):
            for who, where in ((INSIDER, SELF), (BOB, BOARD)):
                out = await bot.command(who, where, name, **given)
                assert any(holds_canary(shown(each)) for each in out), (name, who.id)
        # In a channel without the label what is whispered may hold it, and what everybody reads may not.
        assert any(holds_canary(shown(each)) for each in await bot.command(INSIDER, OPEN, "case"))
        said = await bot.say(INSIDER, OPEN, "Who pays wages of robotics companies by the lighthouse?")
        assert not any(holds_canary(shown(each)) for each in said)
        for name, given in (("admin", {"action": "documents"}), ("proposals", {}), ("admin", {"action": "review"})):
            assert any(holds_canary(shown(each)) for each in await bot.command(BOSS, BOARD, name, **given)), name
        assert any(holds_canary(shown(each)) for each in await bot.command(INSIDER, BOARD, "submissions"))
        assert any(holds_canary(shown(each)) for each in await bot.command(BOSS, BOARD, "inputs"))
        assert holds_canary(await bot.complete(INSIDER, SELF, EN, {"command": "case"}, ""))
        assert holds_canary(await bot.complete(BOB, BOARD, ZH, {"command": "sources"}, "朱"))


@pytest.mark.parametrize("language", [EN, ZH])
async def test_no_command_tells(tmp_path: Path, capsys: pytest.CaptureFixture[str], language: Any) -> None:
    leaks = Leaks()
    async with scene(tmp_path / "home") as bot:
        for number, command in enumerate(bot.registry.commands):
            name = bot.registry.words(command, language).name
            for turn, arguments in enumerate(argument_sets(command)):
                # Each call by one of those who may not read it, in turn; each of them makes calls of each command.
                who, where = OUTSIDERS[(turn + number) % len(OUTSIDERS)]
                out = await bot.command(who, where, name, **arguments)
                leaks.look((who.id, where.channel, name, arguments), out)
                for payload, values in list(tellings(out))[:4]:
                    if payload.subject != "sure" and turn % 7 == 0:
                        leaks.look((who.id, payload, values), await bot.press(who, where, payload, *values))
        # Nothing of the board's was taken out meanwhile.
        assert len(await bot.store.shelves.all()) == 1
        assert any(holds_canary(shown(each)) for each in await bot.command(BOSS, BOARD, "inputs"))
        report(f"commands in {language.value}", bot, capsys)
    assert leaks == []


# A reply that nobody reads to its end is closed when the collector finds it, which pytest tells of.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_no_answer_tells(tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: Any) -> None:
    """Answers, follow-ups, refusals, what to ask next; each also after the board has got its own answer."""
    leaks = Leaks()
    with caplog.at_level(logging.INFO):
        async with scene(tmp_path / "home") as bot:
            for number, question in enumerate(QUESTIONS):
                await bot.say(INSIDER, SELF, question)
                await bot.say(BOB, place(BOARD.channel, f"b{number}"), question)
                for turn, (who, where) in enumerate(OUTSIDERS):
                    thread = where if where.private else place(where.channel, f"{who.id}{number}")
                    out = await bot.say(who, thread, question)
                    leaks.look((who.id, question), out)
                    for follow_up in FOLLOW_UPS[turn % 2 :: 2]:
                        leaks.look((who.id, question, follow_up), await bot.say(who, thread, follow_up))
                    for payload, values in list(tellings(out)):
                        leaks.look((who.id, payload), await bot.press(who, thread, payload, *values))
            assert bot.rag.cache is not None
            assert bot.model.chats()
            remembered = len(bot.rag.cache._kept)  # type: ignore[attr-defined]
            figures = generate_latest(bot.metrics.registry).decode()
            logged = [json.dumps({**vars(record), "args": str(record.args)}, default=str) for record in caplog.records]
            report("answers, follow-ups, refusals and what stands under them", bot, capsys)
    assert leaks == []
    assert remembered > len(QUESTIONS) // 2
    assert not holds_canary(figures)
    assert [line for line in logged if holds_canary(line)] == []


async def test_no_completion_tells(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    leaks = []
    async with scene(tmp_path / "home") as bot:
        settings = [argument.choices for argument in command_of(bot, "config").arguments if argument.choices]
        names = (*dict.fromkeys(choice for choices in settings for choice in choices), "")
        for command in bot.registry.commands:
            for language in (EN, ZH):
                for who, where in OUTSIDERS:
                    for typed in (*TYPED, *CANARIES):
                        for name in names if command.name == "config" else ("",):
                            given = {"command": command.name, "name": name}
                            proposed = await bot.complete(who, where, language, given, typed)
                            if holds_canary(proposed.replace(typed, "") if typed in CANARIES else proposed):
                                leaks.append((who.id, given, typed, proposed))
        report("completions", bot, capsys)
    assert leaks == []


async def test_no_button_or_form_tells_even_of_what_was_told_before(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Payloads are guessed: ids of the board's answers, questions and cases, pressed and sent by those outside; and the
    board's own channel, when the label is taken from it, tells no more of its past."""
    leaks = Leaks()
    async with scene(tmp_path / "home") as bot:
        subjects = await told_to_the_board(bot)
        await bot.command(BOSS, BOARD, "config", action="set", name="topics", value="lighthouse-fund-Zqkanarix")
        leaks.look("topics", await bot.command(BOSS, OPEN, "audit"))
        await bot.confirmed(BOSS, BOARD, "config", action="reset", name="labels")
        places = (*OUTSIDERS, (BOB, BOARD), (BOB, place(BOARD.channel, "b0")), (BOSS, BOARD))
        for subject in subjects:
            for who, where in places:
                for verb in PRESSES:
                    for argument, values in (("en", (subject,)), ("zh", (subjects[-1],)), ("0", ()), ("other", ())):
                        payload = Payload(verb=verb, subject=subject, argument=argument)
                        leaks.look((who.id, where.key, payload), await bot.press(who, where, payload, *values))
                for verb in FORMS:
                    payload = Payload(verb=verb, subject=subject, argument="en")
                    leaks.look((who.id, payload), await bot.submit(who, where, payload, fields(bot)))
        for text in FOLLOW_UPS:
            leaks.look(text, await bot.say(BOB, place(BOARD.channel, "b0"), text))
        for who, where in places:
            for name in ("config", "audit", "sources"):
                leaks.look((who.id, name), await bot.command(who, where, name))
        report("buttons and forms", bot, capsys)
    assert leaks == []


async def told_to_the_board(bot: Scene) -> list[str]:
    """Answers that hold the canary, in the board's channel and in a direct message; the ids that lead to them."""
    subjects = ["mine", "team", "behaviour", "reach", "export", "delete", ""]
    thread = place(BOARD.channel, "b0")
    for who, where in ((BOB, thread), (INSIDER, SELF)):
        out = await bot.say(who, where, "Who pays wages of robotics companies by the lighthouse?")
        assert any(holds_canary(shown(each)) for each in out if isinstance(each, Reply))
        record = await bot.store.answers.latest(where.key)
        assert record is not None
        subjects += [record.id, record.question_id]
    (document,) = await bot.store.shelves.all()
    (fresh, waiting, declined, _) = await bot.store.hand_ins.of(INSIDER.key, limit=4)
    subjects += [f"{document.id}.{document.revision}", f"{waiting.number}.{waiting.revision}"]
    subjects += [str(waiting.number), fresh.batch, declined.id]
    # What the board could not find is grouped, held near its documents, and dealt with by buttons that carry slips.
    await bot.say(BOB, place(BOARD.channel, "b1"), "Which sourdough does the lighthouse bake?")
    for payload, values in list(tellings(await bot.command(BOSS, BOARD, "gaps"))):
        card = await bot.press(BOSS, BOARD, payload, *values)
        subjects += [told.subject for told, _ in list(tellings(card))[:1]]
    documents = await bot.rag.catalogue.documents()
    subjects += [str(each.id) for each in documents if "board" in each.audience and each.case]
    return subjects


def fields(bot: Scene) -> dict[str, str]:
    """Something for every field of the forms that there are."""
    forms: list[Form] = [form for _, form in bot.chat.forms]
    named = {each.name: each.value for form in forms for each in form.fields}
    return {**named, "text": "It was wrong.", "topics": "lighthouse-fund", "labels": "board", "sector": "law"}


def command_of(bot: Scene, name: str) -> Any:
    """A command by its identifier."""
    found = bot.registry.find(name)
    assert found is not None
    return found.command
