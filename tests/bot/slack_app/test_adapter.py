"""The bot's voice on Slack, against a server that keeps Slack's limits and tells Slack's errors."""

from __future__ import annotations

import pytest

from bot.chat import Attachment, CommandCall, MessageRef, Person, Place
from bot.errors import DeliveryFailed
from bot.payloads import Payload
from bot.replies import File, Form, FormField, Reply
from bot.slack_app.connection import SlackConnection
from bot.slack_app.interactions import time_of
from bot.slack_app.outbox import EDITS_AT_ONCE
from tests.doubles.slack.workspace import ADA, BOB, CHANNEL, ELSEWHERE, Refusal, markdown_of

from .opened import channel, signed_in

REPLY = Reply(text="A **moat** keeps others away.")


def person(user: str) -> Person:
    return Person(platform="slack", workspace="T0HOME", id=user)


async def asked(slack: object, user: str = ADA) -> Place:
    said = slack.people.say(user, CHANNEL, "What is a moat?")  # type: ignore[attr-defined]
    return channel(thread=said.ts)


async def test_answer_stands_in_the_thread_and_shows_no_previews() -> None:
    async with signed_in() as (slack, bot):
        place = await asked(slack)
        message = await bot.chat.post(place, REPLY, nonce="n1")
        (said,) = slack.workspace.own()
        (call,) = slack.workspace.called("chat.postMessage")
    assert (said.ts, said.thread_ts, markdown_of(said.blocks)) == (message.id, place.thread, REPLY.text)
    assert (call["unfurl_links"], call["unfurl_media"]) == (False, False)


async def test_edit_replaces_the_content_and_keeps_the_nonce() -> None:
    async with signed_in() as (slack, bot):
        place = await asked(slack)
        message = await bot.chat.post(place, Reply(text="A", status="Writing …"), nonce="n1")
        await bot.chat.edit(message, REPLY)
        (said,) = slack.workspace.own()
        found = await bot.chat.find_posted(place, "n1")
    assert markdown_of(said.blocks) == REPLY.text
    assert found == message


@pytest.mark.parametrize("thread", [pytest.param(True, id="in a thread"), pytest.param(False, id="in the channel")])
async def test_message_is_found_by_its_nonce_among_many(thread: bool) -> None:
    async with signed_in() as (slack, bot):
        place = await asked(slack) if thread else channel()
        for number in range(230):
            slack.people.say(BOB, CHANNEL, str(number), thread=place.thread)
        message = await bot.chat.post(place, REPLY, nonce="n1")
        for number in range(230):
            slack.people.say(BOB, CHANNEL, str(number), thread=place.thread)
        assert await bot.chat.find_posted(place, "n1") == message
        assert await bot.chat.find_posted(place, "n2") is None


async def test_message_of_somebody_else_with_the_same_nonce_is_not_ours() -> None:
    async with signed_in() as (slack, bot):
        place = await asked(slack)
        forged = slack.people.say(BOB, CHANNEL, "mine", thread=place.thread)
        forged.metadata = {"event_type": "advisor_post", "event_payload": {"nonce": "n1"}}
        assert await bot.chat.find_posted(place, "n1") is None


async def test_history_tells_the_last_messages_of_a_long_thread() -> None:
    async with signed_in() as (slack, bot):
        place = await asked(slack)
        for number in range(250):
            slack.people.say(BOB, CHANNEL, f"line {number}", thread=place.thread)
        message = await bot.chat.post(place, REPLY, nonce="n1")
        said = await bot.chat.history(place, limit=3)
    assert [each.text for each in said] == ["line 248", "line 249", REPLY.text]
    assert [each.own for each in said] == [False, False, True]
    assert said[-1].at == time_of(message.id)


async def test_channel_history_is_oldest_first() -> None:
    async with signed_in() as (slack, bot):
        for number in range(5):
            slack.people.say(BOB, CHANNEL, f"line {number}")
        said = await bot.chat.history(channel(), limit=2)
    assert [each.text for each in said] == ["line 3", "line 4"]


@pytest.mark.parametrize(
    ("refusal", "retryable"),
    [
        pytest.param(Refusal("is_archived"), False, id="archived channel"),
        pytest.param(Refusal("ratelimited", times=9, status=429, retry_after=0), True, id="too many for too long"),
        pytest.param(Refusal("internal_error", times=9), True, id="Slack's own failure"),
        pytest.param(Refusal("missing_scope", more={"needed": "chat:write"}), False, id="lacking scope"),
    ],
)
async def test_refused_message_tells_whether_trying_again_helps(refusal: Refusal, retryable: bool) -> None:
    async with signed_in() as (slack, bot):
        place = await asked(slack)
        slack.workspace.refuse("chat.postMessage", refusal)
        bot.chat._careful.retry_handlers.clear()
        with pytest.raises(DeliveryFailed, match=refusal.error) as failure:
            await bot.chat.post(place, REPLY, nonce="n1")
    assert failure.value.retryable is retryable


async def test_message_that_a_proxy_puts_off_to_a_date_arrives() -> None:
    async with signed_in() as (slack, bot):
        place = await asked(slack)
        until = "Wed, 21 Oct 2026 07:28:00 GMT"
        slack.workspace.refuse("chat.postMessage", Refusal("ratelimited", status=429, retry_after=until))
        await bot.chat.post(place, REPLY, nonce="n1")
        assert len(slack.workspace.own()) == 1


async def test_message_waits_out_what_slack_asks_for() -> None:
    async with signed_in() as (slack, bot):
        place = await asked(slack)
        slack.workspace.refuse("chat.postMessage", Refusal("ratelimited", times=2, status=429, retry_after=0))
        await bot.chat.post(place, REPLY, nonce="n1")
        assert len(slack.workspace.own()) == 1


@pytest.mark.parametrize("after", [pytest.param(True, id="it arrived"), pytest.param(False, id="it did not")])
async def test_message_whose_answer_got_lost_is_posted_once(after: bool) -> None:
    async with signed_in() as (slack, bot):
        place = await asked(slack)
        slack.workspace.refuse("chat.postMessage", Refusal("internal_error", status=500, after=after))
        message = await bot.chat.post(place, REPLY, nonce="n1")
        (said,) = slack.workspace.own()
    assert said.ts == message.id


async def test_edit_of_a_message_that_is_gone_is_refused_for_good() -> None:
    async with signed_in() as (_, bot):
        with pytest.raises(DeliveryFailed, match="message_not_found") as failure:
            await bot.chat.edit(MessageRef(place=channel(), id="1.000001"), REPLY)
    assert not failure.value.retryable


async def test_deleting_twice_is_no_error() -> None:
    async with signed_in() as (slack, bot):
        message = await bot.chat.post(channel(), REPLY, nonce="n1")
        await bot.chat.delete(message)
        await bot.chat.delete(message)
        assert slack.workspace.own() == []


async def test_growth_gives_way_when_edits_are_scarce_and_the_last_state_does_not() -> None:
    async with signed_in() as (slack, bot):
        message = await bot.chat.post(channel(), REPLY, nonce="n1")
        growing = Reply(text="A", status="Writing …")
        for _ in range(EDITS_AT_ONCE):
            await bot.chat.edit(message, growing)
        with pytest.raises(DeliveryFailed, match="too many") as failure:
            await bot.chat.edit(message, growing)
        assert failure.value.retryable
        await bot.chat.edit(message, REPLY)
        (said,) = slack.workspace.own()
    assert markdown_of(said.blocks) == REPLY.text


async def test_private_line_of_a_dead_thread_is_shown_in_the_channel() -> None:
    async with signed_in() as (slack, bot):
        place = await asked(slack)
        await bot.chat.whisper(place, person(ADA), REPLY)
        await bot.chat.post(place, REPLY, nonce="n1")
        await bot.chat.whisper(place, person(ADA), REPLY)
        first, second = slack.workspace.whispers
    assert "thread_ts" not in first
    assert second["thread_ts"] == place.thread


async def test_private_line_where_the_bot_is_no_member_goes_to_the_address_of_the_command() -> None:
    async with signed_in() as (slack, bot):
        slack.workspace.refuse("chat.postEphemeral", Refusal("not_in_channel"))
        place = channel(ELSEWHERE)
        called(bot, place, {"response_url": f"{slack.address}response/{ADA}"})
        await bot.chat.whisper(place, person(ADA), REPLY)
        ((user, body),) = slack.workspace.replies
    assert (user, body["response_type"], body["replace_original"]) == (ADA, "ephemeral", False)
    assert markdown_of(body["blocks"]) == REPLY.text


async def test_private_line_to_one_who_gave_no_command_is_refused_where_the_bot_is_no_member() -> None:
    async with signed_in() as (slack, bot):
        slack.workspace.refuse("chat.postEphemeral", Refusal("not_in_channel"))
        with pytest.raises(DeliveryFailed, match="not_in_channel"):
            await bot.chat.whisper(channel(ELSEWHERE), person(ADA), REPLY)


def called(bot: SlackConnection, place: Place, body: dict[str, str], trigger: str = "trigger.1") -> None:
    """What the bot keeps of a command."""
    call = CommandCall(event_id="e", place=place, person=person(ADA), at=time_of("1.0"), name="help", trigger=trigger)
    bot.office.traces.note(body, call)


FORM = Form(
    title="What was wrong with this answer, please?",
    payload=Payload(verb="explain", subject="a1"),
    fields=(FormField(name="text", label="In your words"),),
    submit="Send",
)


async def test_form_is_opened_and_knows_its_place() -> None:
    async with signed_in() as (slack, bot):
        slack.workspace.triggers.add("trigger.1")
        called(bot, channel(thread="7.1"), {})
        await bot.chat.open_form("trigger.1", FORM)
        (view,) = slack.workspace.views.values()
    assert view["callback_id"] == FORM.payload.encoded
    assert "7.1" in view["private_metadata"]
    assert len(view["title"]["text"]) == 24


async def test_form_of_an_old_trigger_is_refused() -> None:
    async with signed_in() as (_, bot):
        with pytest.raises(DeliveryFailed, match="too long ago"):
            await bot.chat.open_form("trigger.1", FORM)
        called(bot, channel(), {})
        with pytest.raises(DeliveryFailed, match="expired_trigger_id"):
            await bot.chat.open_form("trigger.1", FORM)


async def test_file_goes_beneath_its_message_once() -> None:
    async with signed_in() as (slack, bot):
        place = await asked(slack)
        reply = Reply(text="All of it:", files=(File(name="答案.md", content="全文".encode()),))
        message = await bot.chat.post(place, reply, nonce="n1")
        await bot.chat.edit(message, reply)
        (file,) = slack.workspace.files.values()
    assert (file["name"], file["content"], file["channel"]) == ("答案.md", "全文".encode(), CHANNEL)
    assert file["thread_ts"] == place.thread


async def test_file_that_came_in_is_fetched() -> None:
    async with signed_in() as (slack, bot):
        slack.workspace.files["F1"] = {"content": b"plan"}
        attachment = Attachment(name="plan.md", size=4, reference=f"{slack.address}files/F1")
        assert await bot.chat.fetch(attachment, limit_bytes=10) == b"plan"
        with pytest.raises(DeliveryFailed, match="3 are allowed"):
            await bot.chat.fetch(attachment, limit_bytes=3)


async def test_file_that_claims_to_be_small_is_cut_off() -> None:
    async with signed_in() as (slack, bot):
        slack.workspace.files["F1"] = {"content": b"x" * 100}
        attachment = Attachment(name="plan.md", size=1, reference=f"{slack.address}files/F1")
        with pytest.raises(DeliveryFailed, match="10 are allowed"):
            await bot.chat.fetch(attachment, limit_bytes=10)


@pytest.mark.parametrize(
    "address",
    ["https://evil.example/files/F1", "http://files.slack.com/F1", "https://evilslack.com/x", "file:///etc/x"],
)
async def test_token_is_shown_to_slack_alone(address: str) -> None:
    async with signed_in() as (_, bot):
        with pytest.raises(DeliveryFailed, match="does not lie with Slack"):
            await bot.chat.fetch(Attachment(name="x", size=1, reference=address), limit_bytes=10)


async def test_slack_that_is_gone_is_told_as_out_of_reach() -> None:
    async with signed_in() as (slack, bot):
        slack.address = "http://127.0.0.1:1/"
        for client in (bot.chat._client, bot.chat._careful):
            client.base_url = f"{slack.address}api/"
            client.retry_handlers.clear()
        with pytest.raises(DeliveryFailed, match="could not be reached") as failure:
            await bot.chat.post(channel(), REPLY, nonce="n1")
    assert failure.value.retryable
