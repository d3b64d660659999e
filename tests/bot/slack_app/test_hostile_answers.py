"""Answers that are not as Slack documents them: pages of proxies, other servers in its place, fields left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.chat import Standing
from bot.errors import AdapterFailed, DeliveryFailed
from bot.replies import Reply
from bot.slack_app.connection import SlackFactory
from tests.doubles.slack.server import slack_server
from tests.doubles.slack.workspace import ADA, BOB, CHANNEL, DM, Refusal, Workspace, markdown_of

from .office import ASKED, office
from .opened import channel, listening, signed_in, slack_settings, until

REPLY = Reply(text="A moat keeps others away.")
JSON = "application/json"
HTML = "<html><body>Bad gateway</body></html>"

BAD_ANSWERS = [
    pytest.param(Refusal("", status=502, page=HTML), id="502 of a proxy"),
    pytest.param(Refusal("", status=503, page=""), id="503 without a word"),
    pytest.param(Refusal("", status=504, page="upstream timed out", page_type="text/plain"), id="504 in plain text"),
    pytest.param(Refusal("", page=HTML), id="page with status 200"),
    pytest.param(Refusal("", page="ok", page_type="text/plain"), id="plain text with status 200"),
    pytest.param(Refusal("", page='{"ok": tr', page_type="application/json"), id="JSON that is cut off"),
    pytest.param(Refusal("", page="[1]", page_type="application/json"), id="JSON that is a list"),
    pytest.param(Refusal("", page="null", page_type="application/json"), id="JSON that is nothing"),
    pytest.param(Refusal(""), id="error without a name"),
]
PUT_OFF = [
    pytest.param(Refusal("", status=429, page=HTML), id="429 of a proxy"),
    pytest.param(Refusal("ratelimited"), id="put off by the body alone"),
    pytest.param(Refusal("ratelimited", status=429, retry_after=7_200), id="put off for hours"),
]
"""What was put off has not been done."""


@pytest.mark.parametrize("after", [True, False], ids=["it arrived", "it did not"])
@pytest.mark.parametrize("answer", BAD_ANSWERS)
async def test_message_behind_a_bad_answer_is_posted_once(answer: Refusal, after: bool) -> None:
    async with signed_in() as (slack, bot):
        slack.workspace.refuse("chat.postMessage", _again(answer, after=after))
        message = await bot.chat.post(channel(), REPLY, nonce="n1")
        (said,) = slack.workspace.own()
    assert (said.ts, markdown_of(said.blocks)) == (message.id, REPLY.text)


@pytest.mark.parametrize("answer", PUT_OFF)
async def test_message_that_was_put_off_is_posted_once(answer: Refusal) -> None:
    async with signed_in() as (slack, bot):
        slack.workspace.refuse("chat.postMessage", _again(answer))
        message = await bot.chat.post(channel(), REPLY, nonce="n1")
        (said,) = slack.workspace.own()
    assert said.ts == message.id


@pytest.mark.parametrize("answer", [*BAD_ANSWERS, *PUT_OFF])
async def test_bad_answer_may_be_tried_again(answer: Refusal) -> None:
    async with signed_in() as (slack, bot):
        slack.workspace.refuse("conversations.history", _again(answer, times=100))
        bot.chat._client.retry_handlers.clear()
        with pytest.raises(DeliveryFailed) as failure:
            await bot.chat.history(channel(), limit=3)
    assert failure.value.retryable


@pytest.mark.parametrize("answer", [*BAD_ANSWERS, *PUT_OFF])
async def test_person_behind_a_bad_answer_is_a_guest_and_is_heard(answer: Refusal) -> None:
    def prepare(workspace: Workspace) -> None:
        workspace.refuse("users.info", _again(answer, times=100))

    async with listening(lambda slack: prepare(slack.workspace)) as bot:
        bot.slack.people.say(ADA, DM, "what is a moat?")
        await until(lambda: bool(bot.heard.incoming))
    assert bot.heard.incoming[0].person.standing is Standing.GUEST


@pytest.mark.parametrize("answer", BAD_ANSWERS)
async def test_sign_in_behind_a_bad_answer_is_tried_again(answer: Refusal) -> None:
    async with slack_server() as slack:
        slack.workspace.refuse("auth.test", _again(answer, times=100))
        with pytest.raises(AdapterFailed, match="Slack") as failure:
            async with SlackFactory().open(slack_settings(slack)):
                pass
    assert failure.value.retryable
    assert "<html>" not in str(failure.value)


async def test_address_that_is_not_slacks_is_told_with_where_to_look() -> None:
    async with slack_server() as slack:
        slack.workspace.refuse("auth.test", Refusal("", status=404, page=HTML, times=100))
        with pytest.raises(AdapterFailed, match=r"slack\.api_base_url"):
            async with SlackFactory().open(slack_settings(slack)):
                pass


@pytest.mark.parametrize(
    "refusal",
    [
        pytest.param(Refusal("", status=404, page=HTML, times=100), id="no such page"),
        pytest.param(Refusal("unknown_method", times=100), id="unknown method"),
        pytest.param(Refusal("not_allowed_token_type", times=100), id="other kind of token"),
        pytest.param(Refusal("feature_not_enabled", times=100), id="feature that is off"),
    ],
)
async def test_server_without_streams_is_asked_once_and_answers_grow_by_edits(tmp_path: Path, refusal: Refusal) -> None:
    async with office(tmp_path) as bot:
        bot.slack.workspace.refuse("chat.startStream", refusal)
        bot.desk.opened.set()
        for user in (ADA, BOB):
            bot.slack.people.say(user, CHANNEL, f"{ASKED} wait")
        answers = await bot.answers(2)
    assert all("much is known" in markdown_of(said.blocks) for said in answers)
    assert len(bot.slack.workspace.called("chat.startStream")) <= 2


async def test_answers_with_warnings_and_fields_of_tomorrow_are_taken(tmp_path: Path) -> None:
    more = {"warning": "missing_charset", "response_metadata": {"warnings": ["missing_charset"]}, "of_tomorrow": {}}
    async with slack_server() as slack:
        slack.workspace.adorned = more
        async with office(tmp_path, slack=slack) as bot:
            bot.slack.people.say(ADA, CHANNEL, ASKED)
            (said,) = await bot.answers()
    assert "much is known" in markdown_of(said.blocks)


@pytest.mark.parametrize("error", ["expired_trigger_id", "exchanged_trigger_id", "internal_error"])
async def test_who_waits_for_a_form_that_does_not_open_is_told(tmp_path: Path, error: str) -> None:
    async with office(tmp_path) as bot:
        bot.slack.workspace.refuse("views.open", Refusal(error, times=10))
        bot.slack.people.command(BOB, CHANNEL, "档案 填写")
        (whisper, *_) = await bot.whispers()
        await bot.engine.settled()
    assert "表单没能及时打开" in markdown_of(whisper["blocks"])


async def test_profile_that_says_next_to_nothing_is_read() -> None:
    async with listening() as bot:
        bot.slack.workspace.users[ADA] = {"id": ADA, "profile": None, "enterprise_user": None}
        bot.slack.people.say(ADA, DM, "what is a moat?")
        await until(lambda: bool(bot.heard.incoming))
    assert bot.heard.incoming[0].person.standing is Standing.MEMBER


def _again(answer: Refusal, *, times: int = 1, after: bool = False) -> Refusal:
    more = {"status": answer.status, "retry_after": answer.retry_after, "page": answer.page}
    return Refusal(answer.error, times=times, after=after, page_type=answer.page_type, **more)  # type: ignore[arg-type]


async def test_message_of_which_slack_does_not_tell_the_id_is_found_and_not_said_twice() -> None:
    async with signed_in() as (slack, bot):
        slack.workspace.refuse("chat.postMessage", Refusal("", after=True, page='{"ok": true}', page_type=JSON))
        message = await bot.chat.post(channel(), REPLY, nonce="n1")
        (said,) = slack.workspace.own()
    assert said.ts == message.id


async def test_message_of_which_nothing_is_told_is_not_posted_again() -> None:
    async with signed_in() as (slack, bot):
        slack.workspace.refuse("chat.postMessage", Refusal("", page='{"ok": true}', page_type=JSON))
        with pytest.raises(DeliveryFailed, match="does not tell which") as failure:
            await bot.chat.post(channel(), REPLY, nonce="n1")
        assert len(slack.workspace.called("chat.postMessage")) == 1
    assert not failure.value.retryable


async def test_answer_whose_stream_has_no_id_is_shown_once(tmp_path: Path) -> None:
    async with office(tmp_path) as bot:
        told = Refusal("", after=True, page='{"ok": true}', page_type=JSON)
        bot.slack.workspace.refuse("chat.startStream", told)
        bot.slack.people.say(ADA, CHANNEL, f"{ASKED} please wait")
        await until(lambda: bool(bot.slack.workspace.own()))
        bot.desk.opened.set()
        (answer,) = await bot.answers()
        bot.slack.people.say(ADA, CHANNEL, ASKED)
        await bot.answers(2)
        assert len(bot.slack.workspace.called("chat.startStream")) == 1
    assert "much is known" in markdown_of(answer.blocks)
