"""What commands and buttons do, told in the reader's language."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.chat import CommandCall
from bot.commands.call import Call
from bot.commands.catalogue import all_commands
from bot.errors import DeliveryFailed
from bot.memory_chat import Moment
from bot.offers import Verb
from bot.records import ChannelSettings, Conversation
from rag.types import DocumentKind, Language

from .bench import WORDING, Bench
from .samples import ADA, BOB, NOW, PLACE, answer, citation, document, evidence


async def test_question_of_a_command_is_asked_in_the_persons_name() -> None:
    bench = Bench()
    await bench.command("提问", "什么是护城河？")
    ((asked, fresh),) = bench.asked
    assert (asked.text, asked.person, asked.place, fresh) == ("什么是护城河？", ADA, PLACE, False)


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("souces", "", "There is no command “souces”. Did you mean `/advisor sources [topic]`?"),
        ("提门", "", "没有“提门”这个命令。您是想用 `/advisor 提问 <问题>` 吗？"),
        ("ask", "", "“ask” needs question: what you want to know.\n`/advisor ask <question>`"),
        ("反馈", "蓝色", "“蓝色”不是可用的评价，请从 好、差 中选择。\n`/advisor 反馈 <好|差> [说明]`"),
        (
            "xyzzy",
            "",
            "There is no command “xyzzy”. Known are `ask`, `help`, `sources`, `home`, `stop`, `resume`, `feedback`,"
            " `case`, `compare`, `resources`, `risks`, `digest`, `profile`, `assess`, `upload`, `submissions`,"
            " `config`, `privacy`.",
        ),
    ],
)
async def test_call_that_cannot_work_gets_a_helpful_line(name: str, text: str, told: str) -> None:
    assert await Bench().command(name, text) == told


@pytest.mark.parametrize(("text", "known"), [("Help", True), ("来源", True), ("ask", False), ("help me", False)])
def test_message_that_is_a_command_is_recognised(text: str, known: bool) -> None:
    assert Bench().handler.recognises(text) is known


async def test_slash_alone_is_answered_by_the_commands_that_there_are() -> None:
    assert (await Bench().command("")).startswith("Known are `ask`, `help`")


async def test_help_lists_each_command_in_the_readers_language() -> None:
    admin = Bench(admins={ADA.id})
    english, chinese = await admin.command("help"), await admin.command("帮助")
    for command in all_commands(WORDING).commands:
        assert f"`/advisor {WORDING.command(command.name, Language.EN).name}" in english
        assert f"`/advisor {WORDING.command(command.name, Language.ZH).name}" in chinese
    assert Bench().chat.posted == ()


async def test_help_explains_one_command_with_its_other_names() -> None:
    told = await Bench().command("help", "sources")
    assert "`/advisor sources [topic]`" in told
    assert told.splitlines()[-2:] == ["", "also library, 来源, 资料, 资料库"]
    assert "“nonsense”" in await Bench().command("help", "nonsense")


async def test_sources_show_what_those_who_read_along_may_see() -> None:
    bench = Bench()
    secret = replace(document("Plan"), audience=frozenset({"board"}), topics=("runway",))
    bench.shelf.held += [secret, replace(document("Pitch"), topics=("fundraising",))]
    told = await bench.command("sources")
    assert "holds 3 documents" in told
    assert "Topics: fundraising" in told
    assert "runway" not in told
    assert "Plan" not in await bench.command("sources", "plan")
    assert "- Pitch" in await bench.command("sources", "Fundraising")
    await bench.store.settings.save(PLACE.channel_key, ChannelSettings(labels=frozenset({"board"})))
    assert "- Plan · board" in await bench.command("sources", "runway")


async def test_sources_are_counted_by_kind_and_their_topics_name_no_kind() -> None:
    bench = Bench()
    bench.shelf.held = [replace(document("A"), kind=DocumentKind.TREND, topics=("trends", "pricing")), document("B")]
    assert (await bench.command("sources")).splitlines()[1:5] == ["- Guides · 1", "- Trends · 1", "", "Topics: pricing"]


async def test_topics_are_named_in_the_language_of_the_reader() -> None:
    bench = Bench()
    bench.shelf.held = [replace(document("A"), topics=("unit-economics", "success", "zebras"))]
    assert (await bench.command("来源")).splitlines()[-2] == "主题：单位经济、zebras"
    assert (await bench.command("sources")).splitlines()[-2] == "Topics: unit economics, zebras"
    for topic in ("单位经济", "unit-economics", "zebras"):
        assert "- A" in await bench.command("来源", topic)


async def test_topic_in_latin_letters_is_answered_in_the_language_of_the_conversation() -> None:
    bench = Bench()
    bench.shelf.held = [replace(document("A"), topics=("pricing",))]
    assert "Guides" in await bench.command("sources", "pricing")
    await bench.store.conversations.save(Conversation(key=PLACE.key, language=Language.ZH))
    assert "指南" in await bench.command("sources", "pricing")
    assert "feedback" in await bench.command("frobnicate", "what would that be?")


async def test_long_lists_are_cut_and_their_rest_is_counted() -> None:
    bench = Bench()
    bench.shelf.held = [document(f"Guide {number}") for number in range(50)]
    told = await bench.command("sources", "guides")
    assert told.count("- Guide") == 40
    assert told.endswith("… and 10 more.")
    bench.shelf.held = []
    assert "empty" in await bench.command("sources")


async def test_completion_offers_topics_and_commands() -> None:
    bench = Bench()
    bench.shelf.held = [replace(document("A"), topics=("fundraising", "funnel")), document("B")]
    incoming = CommandCall(event_id="e", place=PLACE, person=ADA, at=NOW, name="sources")
    call = Call(means=bench.means, desk=bench, incoming=incoming, language=Language.EN, adapter=bench.chat)
    assert await bench.handler.complete(call, "sources", "topic", "fund") == ("fundraising",)
    assert await bench.handler.complete(call, "help", "command", "s") == ("sources", "stop", "submissions")
    assert await bench.handler.complete(call, "ask", "question", "s") == ()


async def test_bot_is_quiet_in_a_thread_until_it_is_called_back() -> None:
    bench = Bench()
    assert "“继续”" in await bench.command("停止")
    assert await bench.command("resume") == "I am listening again."
    assert bench.calls == ["stop t ada", "resume t ada"]


async def test_why_tells_sentences_and_passages_privately() -> None:
    told = await (await Bench().answered()).press(Verb.WHY)
    assert "- A data flywheel turns usage into data. → [1]" in told
    assert "1. Flywheels · How · p. 3 (relevance 88%)" in told
    assert "> The text of Why they fail" in told


async def test_why_hides_passages_from_those_who_may_not_see_them() -> None:
    bench = await Bench().answered(evidence=(evidence(), evidence("Secret", audience="board", rank=2)))
    told = await bench.press(Verb.WHY)
    assert "Secret" not in told
    assert told.endswith("Some passages are not shown here.")


async def test_shorter_answer_has_its_own_sources() -> None:
    bench = await Bench().answered(answer=answer(citations=[citation(1), citation(2), citation(3)]))
    assert (await bench.press(Verb.SHORTER)).startswith("**In short:**\n- A data flywheel")
    assert [each.number for each in bench.last.citations] == [1, 2]


@pytest.mark.parametrize(
    ("verb", "subject", "argument", "text", "fresh"),
    [
        pytest.param(Verb.REGENERATE, "a1", "", "What is a data flywheel?", True, id="another answer"),
        pytest.param(Verb.FOLLOW_UP, "a1", "0", "Pricing", False, id="a suggestion"),
        pytest.param(Verb.RETRY, "q1", "", "What is a data flywheel?", True, id="a failed question"),
    ],
)
async def test_button_asks(verb: Verb, subject: str, argument: str, text: str, fresh: bool) -> None:
    bench = await Bench().answered()
    await bench.press(verb, subject, argument, person=BOB)
    ((asked, again),) = bench.asked
    assert (asked.text, asked.person, again) == (text, BOB, fresh)


async def test_failed_question_of_another_channel_is_not_asked_again() -> None:
    bench = await Bench().answered()
    assert "no longer" in await bench.press(Verb.RETRY, "q1", place=replace(PLACE, channel="other"))
    assert bench.asked == []


@pytest.mark.parametrize("verb", [Verb.WHY, Verb.SHORTER, Verb.REGENERATE, Verb.FOLLOW_UP, Verb.UP, Verb.REASON])
@pytest.mark.parametrize("elsewhere", [False, True], ids=["unknown", "of another channel"])
async def test_answer_that_is_not_known_here_is_told_so(verb: Verb, elsewhere: bool) -> None:
    bench = await Bench().answered() if elsewhere else Bench()
    place = replace(PLACE, channel="other") if elsewhere else PLACE
    told = await bench.press(verb, argument="0" if verb is Verb.FOLLOW_UP else "wrong", place=place)
    assert told == "I no longer have that answer. Please ask again."
    assert bench.asked == []


@pytest.mark.parametrize("verb", ["dance", Verb.EXPLAIN])
async def test_button_of_another_version_is_told_so(verb: str) -> None:
    assert "earlier version" in await Bench().press(verb)


async def test_stop_button_ends_one_answer() -> None:
    bench = Bench()
    assert await bench.press(Verb.STOP, "q1") == ""
    assert await bench.press(Verb.STOP, "q9") == "There is nothing of yours to stop here."


async def test_failure_is_told_in_the_readers_language() -> None:
    bench = Bench()
    bench.shelf.broken = True
    assert await bench.command("来源") == "failed (zh)"


async def test_platform_that_takes_no_line_is_not_told_of_it_by_another() -> None:
    bench = Bench()
    tried: list[str] = []

    async def refuse(method: str, moment: Moment) -> None:
        tried.append(method)
        raise DeliveryFailed("the channel is archived")

    bench.chat.watch = refuse
    with pytest.raises(DeliveryFailed, match="archived"):
        await bench.command("help")
    assert tried == ["whisper"]


async def test_unconnected_platform_is_named() -> None:
    bench = Bench()
    incoming = CommandCall(event_id="e", place=replace(PLACE, platform="telex"), person=ADA, at=NOW, name="help")
    with pytest.raises(DeliveryFailed, match="'telex' is not connected"):
        await bench.handler.handle(incoming, bench)
