"""What `advisor doctor` says of Slack: whether it lets the bot in, and what the installed app may not do."""

from __future__ import annotations

from collections.abc import AsyncIterator

from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import AdapterFailed
from bot.findings import Finding, Status
from bot.settings import Settings
from bot.slack_app.clients import open_clients
from bot.slack_app.failures import CALL_FAILED, refused_token
from bot.slack_app.manifest import ESSENTIAL_SCOPES, SCOPES
from bot.slack_app.signing_in import MEND, SignedIn, checked, open_session, sign_in
from rag.errors import InvalidSettings


async def examine_slack(settings: Settings) -> AsyncIterator[Finding]:
    """One finding for the sign-in, one for each scope that is missing, one for the app token; none without a token."""
    slack = settings.slack
    if slack.bot_token is None:
        return
    try:
        token = checked(slack)
    except InvalidSettings as error:
        yield _failure(str(error), mend="correct the setting, then try again")
        return
    async with open_session() as session:
        client = open_clients(slack, session, token=token).hasty
        try:
            signed = await sign_in(client)
        except AdapterFailed as error:
            yield _failure(str(error), mend="mend the token, then try again")
            return
        yield Finding(check="slack", status=Status.OK, text=_signed(signed))
        for finding in _scopes(signed.granted):
            yield finding
        if slack.mode == "socket" and slack.app_token is not None:
            yield await _socket(client, slack.app_token.get_secret_value())


def _signed(signed: SignedIn) -> str:
    # Rights and schedules name the workspace by its id, which Slack shows nowhere but in addresses.
    return f"signed in to the workspace {signed.workspace!r} (slack:{signed.identity.team} in the settings)"


def _scopes(granted: frozenset[str] | None) -> list[Finding]:
    if granted is None:
        return [Finding(check="slack", status=Status.WARN, text="Slack does not tell the scopes of the app", mend=MEND)]
    missing = [scope for scope in SCOPES if scope not in granted]
    if not missing:
        text = f"the app has all {len(SCOPES)} scopes of the manifest"
        return [Finding(check="slack", status=Status.OK, text=text)]
    return [
        Finding(
            check="slack",
            status=Status.FAIL if scope in ESSENTIAL_SCOPES else Status.WARN,
            text=f"the app lacks the scope {scope}: it {SCOPES[scope]}",
            mend=MEND,
        )
        for scope in missing
    ]


async def _socket(client: AsyncWebClient, token: str) -> Finding:
    """Asks for an address to connect to, and does not connect: another socket would take events from the bot."""
    try:
        await client.apps_connections_open(app_token=token)
    except CALL_FAILED as error:
        problem = refused_token(error, setting="ADVISOR_SLACK_APP_TOKEN")
        return _failure(str(problem), mend="mend the token, then try again")
    return Finding(check="slack", status=Status.OK, text="the app token opens connections (Socket Mode)")


def _failure(text: str, *, mend: str) -> Finding:
    return Finding(check="slack", status=Status.FAIL, text=text, mend=mend)
