"""The connection to Slack: refused in a sentence, brought back when it breaks, opened anew when it goes silent."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import socket
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from pydantic import SecretStr

from bot.chat import CommandCall, Message
from bot.errors import AdapterFailed, StoreFailed
from bot.records import Outcome, Receipt
from bot.slack_app.connection import SlackFactory
from rag.errors import InvalidSettings
from tests.doubles.slack.server import slack_server
from tests.doubles.slack.workspace import ADA, APP_TOKEN, BOT_TOKEN, BOT_USER, CHANNEL, DM, SCOPES, SECRET, Refusal

from .opened import Heard, ended, listening, signed_in, slack_settings, until

ASKED = f"<@{BOT_USER}> what is a moat?"


@pytest.mark.parametrize(
    ("changes", "prepare", "told"),
    [
        pytest.param({"bot_token": SecretStr("xoxb-bad")}, lambda _: None, "does not know it", id="unknown token"),
        pytest.param({}, lambda w: w.revoked.add(BOT_TOKEN), "was revoked", id="revoked token"),
        pytest.param(
            {},
            lambda w: w.refuse("auth.test", Refusal("account_inactive")),
            "removed from the workspace",
            id="removed app",
        ),
        pytest.param(
            {},
            lambda w: w.tokens.update({BOT_TOKEN: SCOPES - {"chat:write"}}),
            "lacks the scope 'chat:write'",
            id="lacking scope",
        ),
    ],
)
async def test_refused_bot_token_is_told_in_a_sentence(
    changes: dict[str, object], prepare: Callable[[object], None], told: str
) -> None:
    async with slack_server() as slack:
        prepare(slack.workspace)
        with pytest.raises(AdapterFailed, match=told) as failure:
            async with SlackFactory().open(slack_settings(slack, **changes)):
                pass
    assert not failure.value.retryable
    assert "xoxb" not in str(failure.value)


@pytest.mark.parametrize(
    ("prepare", "told"),
    [
        pytest.param(lambda w: w.app_tokens.clear(), "does not know it", id="unknown token"),
        pytest.param(lambda w: w.revoked.add(APP_TOKEN), "was revoked", id="revoked token"),
        pytest.param(lambda w: w.app_tokens.update({APP_TOKEN: frozenset()}), "connections:write", id="lacking scope"),
    ],
)
async def test_refused_app_token_is_told_in_a_sentence(prepare: Callable[[object], None], told: str) -> None:
    with pytest.raises(AdapterFailed, match=told) as failure:
        async with listening(lambda slack: prepare(slack.workspace)):
            pass
    assert not failure.value.retryable
    assert "ADVISOR_SLACK_APP_TOKEN" in str(failure.value)


async def test_scope_that_little_depends_on_is_logged_by_name(caplog: pytest.LogCaptureFixture) -> None:
    async with slack_server() as slack:
        slack.workspace.tokens[BOT_TOKEN] = SCOPES - {"files:write"}
        async with SlackFactory().open(slack_settings(slack)) as connection:
            assert connection.identity.user == BOT_USER
    (record,) = [each for each in caplog.records if each.message == "slack_scopes_missing"]
    assert "files:write" in record.scopes  # type: ignore[attr-defined]


async def test_slack_out_of_reach_may_come_back() -> None:
    async with slack_server() as slack:
        settings = slack_settings(slack, api_base_url="http://127.0.0.1:1/api")
        with pytest.raises(AdapterFailed, match="out of reach") as failure:
            async with SlackFactory().open(settings):
                pass
    assert failure.value.retryable


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        pytest.param({"app_token": None}, "ADVISOR_SLACK_APP_TOKEN", id="socket without its token"),
        pytest.param({"mode": "http"}, "ADVISOR_SLACK_SIGNING_SECRET", id="requests without their secret"),
        pytest.param({"bot_token": SecretStr("xapp-1")}, "BOT_TOKEN begins with 'xapp-'", id="app token for the bot's"),
        pytest.param({"app_token": SecretStr("xoxb-1")}, "APP_TOKEN begins with 'xoxb-'", id="bot token for the app's"),
    ],
)
async def test_setting_that_is_missing_or_mixed_up_is_named(changes: dict[str, object], told: str) -> None:
    async with slack_server() as slack:
        with pytest.raises(InvalidSettings, match=told):
            async with SlackFactory().open(slack_settings(slack, **changes)):
                pass


async def test_slack_is_wanted_where_its_token_is_set() -> None:
    async with slack_server() as slack:
        assert SlackFactory().wanted(slack_settings(slack))
        assert not SlackFactory().wanted(slack_settings(slack, bot_token=None))


async def test_address_of_the_methods_gets_its_slash() -> None:
    async with slack_server() as slack:
        assert slack_settings(slack, api_base_url="http://h/api").slack.api_base_url == "http://h/api/"


async def test_disconnect_in_the_midst_loses_nothing() -> None:
    async with listening() as bot:
        for number in range(40):
            bot.slack.people.say(ADA, CHANNEL, f"{ASKED} {number}")
            if number == 20:
                await bot.slack.deliveries.disconnect()
            await asyncio.sleep(0)
        await until(lambda: all(each.done.is_set() for each in bot.slack.deliveries.all))
        assert bot.slack.deliveries.connections == 2
    heard = {each.text for each in bot.heard.incoming if isinstance(each, Message)}
    assert heard == {f"what is a moat? {number}" for number in range(40)}
    assert all(each.acknowledged for each in bot.slack.deliveries.all)


async def test_connection_that_breaks_comes_back() -> None:
    async with listening(silence_s=1) as bot:
        await bot.slack.deliveries.cut()
        await asyncio.wait_for(bot.slack.deliveries.connected(), 10)
        bot.slack.people.say(ADA, CHANNEL, ASKED)
        await until(lambda: bool(bot.heard.incoming))


async def test_silent_socket_ends_the_connection_so_that_it_is_opened_anew() -> None:
    async with listening(silence_s=0.4) as bot:
        bot.slack.deliveries.mute = True
        bot.slack.workspace.refuse("apps.connections.open", Refusal("internal_error", times=1000))
        with pytest.raises(AdapterFailed, match="silent") as failure:
            await asyncio.wait_for(bot.listening, 20)
    assert failure.value.retryable


async def test_idle_socket_is_replaced() -> None:
    async with listening(silence_s=0.4, idle_s=0.2) as bot:
        await until(lambda: bot.slack.deliveries.connections >= 2)
        bot.slack.people.say(ADA, CHANNEL, ASKED)
        await until(lambda: bool(bot.heard.incoming))


async def test_new_socket_that_cannot_be_opened_ends_the_connection_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    async with listening(silence_s=0.4, idle_s=0.2) as bot:
        monkeypatch.setattr("bot.slack_app.sockets._CONNECT_S", 0.3)
        bot.slack.workspace.socket_url = "ws://127.0.0.1:1/link"
        with pytest.raises(AdapterFailed) as failure:
            await asyncio.wait_for(bot.listening, 20)
    assert failure.value.retryable


async def test_signed_requests_are_taken_on_all_three_paths() -> None:
    heard = Heard(receipt=Receipt(outcome=Outcome.IGNORED))
    with free_port() as port:
        changes = {"mode": "http", "signing_secret": SecretStr(SECRET), "http_port": port, "app_token": None}
    async with signed_in(**changes) as (slack, connection):
        task = asyncio.create_task(connection.listen(heard.receive))
        slack.deliveries.http_target = f"http://127.0.0.1:{port}"
        await reachable(port)
        said = slack.people.say(ADA, CHANNEL, ASKED)
        deliveries = [
            *slack.deliveries.all,
            slack.people.command(ADA, CHANNEL, "help"),
            slack.people.shortcut(ADA, said),
        ]
        for each in deliveries:
            await asyncio.wait_for(each.done.wait(), 10)
        await ended(task)
    assert all(each.acknowledged for each in deliveries)
    assert [type(each) for each in heard.incoming].count(CommandCall) == 1
    assert [type(each) for each in heard.incoming].count(Message) == 3


async def test_request_with_a_wrong_signature_is_refused_and_told_without_its_words(caplog: Any) -> None:
    caplog.set_level("INFO")
    heard = Heard()
    with free_port() as port:
        changes = {"mode": "http", "signing_secret": SecretStr("another"), "http_port": port}
    async with signed_in(**changes) as (slack, connection):
        task = asyncio.create_task(connection.listen(heard.receive))
        slack.deliveries.http_target = f"http://127.0.0.1:{port}"
        await reachable(port)
        delivery = slack.people.command(ADA, CHANNEL, "ask secret words")
        await asyncio.wait_for(delivery.done.wait(), 10)
        await ended(task)
    assert (delivery.acknowledged, heard.incoming) == (False, [])
    assert (caplog.text.count("requests_refused"), "secret words" in caplog.text) == (1, False)


@pytest.mark.parametrize(
    ("age_s", "status"), [(0, 200), (200, 200), (400, 401), (-400, 401)], ids=["now", "late", "stale", "ahead"]
)
async def test_signed_request_is_taken_for_five_minutes(age_s: int, status: int) -> None:
    async with requested(Heard()) as port:
        answered, text = await signed(port, {"type": "url_verification", "challenge": "c-1"}, age_s=age_s)
        assert answered == status
        assert ("c-1" in text) is (status == 200)


async def test_request_that_comes_again_is_taken_in_again_and_left_to_the_store() -> None:
    heard = Heard()
    async with requested(heard) as port:
        said = {"type": "message", "channel": DM, "channel_type": "im", "user": ADA, "text": "hello", "ts": "1.1"}
        body = {"type": "event_callback", "team_id": "T0HOME", "event_id": "Ev1", "event": said}
        for number in range(2):
            headers = {"x-slack-retry-num": str(number), "x-slack-retry-reason": "http_timeout"} if number else {}
            assert (await signed(port, body, headers=headers))[0] == 200
    assert [each.event_id for each in heard.incoming] == ["Ev1", "Ev1"]


async def test_store_that_fails_is_answered_with_an_error_so_that_slack_comes_again() -> None:
    heard = Heard(fail=[StoreFailed("the disk is full")])
    async with requested(heard) as port:
        said = {"type": "message", "channel": DM, "channel_type": "im", "user": ADA, "text": "hello", "ts": "1.1"}
        body = {"type": "event_callback", "team_id": "T0HOME", "event_id": "Ev1", "event": said}
        assert (await signed(port, body))[0] == 500
        assert (await signed(port, body))[0] == 200
    assert len(heard.incoming) == 1


@asynccontextmanager
async def requested(heard: Heard) -> AsyncIterator[int]:
    """The bot waiting for requests on a port."""
    with free_port() as port:
        changes = {"mode": "http", "signing_secret": SecretStr(SECRET), "http_port": port, "app_token": None}
    async with signed_in(**changes) as (_, connection):
        task = asyncio.create_task(connection.listen(heard.receive))
        await reachable(port)
        try:
            yield port
        finally:
            await ended(task)


async def signed(
    port: int, body: dict[str, Any], *, age_s: int = 0, headers: Mapping[str, str] | None = None
) -> tuple[int, str]:
    """Sends an event as Slack does; what is answered."""
    text, stamp = json.dumps(body), str(int(time.time()) - age_s)
    digest = hmac.new(SECRET.encode(), f"v0:{stamp}:{text}".encode(), hashlib.sha256).hexdigest()
    stamped = {"x-slack-request-timestamp": stamp, "x-slack-signature": f"v0={digest}"}
    all_headers = {"content-type": "application/json", **stamped, **(headers or {})}
    url = f"http://127.0.0.1:{port}/slack/events"
    async with aiohttp.ClientSession() as session, session.post(url, data=text, headers=all_headers) as answer:
        return answer.status, await answer.text()


async def test_port_that_is_taken_is_told() -> None:
    with free_port() as port:
        changes = {"mode": "http", "signing_secret": SecretStr(SECRET), "http_port": port}
        async with signed_in(**changes) as (_, connection):
            with pytest.raises(AdapterFailed, match=r"slack\.http_port"):
                await connection.listen(Heard().receive)


def free_port() -> Port:
    return Port()


class Port:
    """A port of this machine, taken for as long as the block lasts."""

    def __enter__(self) -> int:
        self._socket = socket.create_server(("127.0.0.1", 0))
        return int(self._socket.getsockname()[1])

    def __exit__(self, *_: object) -> None:
        self._socket.close()


async def reachable(port: int) -> None:
    """Returns when somebody answers on a port."""
    async with asyncio.timeout(10), aiohttp.ClientSession() as session:
        while True:
            try:
                async with session.get(f"http://127.0.0.1:{port}/"):
                    return
            except aiohttp.ClientError:
                await asyncio.sleep(0.01)
