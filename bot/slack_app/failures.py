"""Slack's errors as ours: what a person or an operator has to know, and whether trying again may help."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.errors import AdapterFailed, DeliveryFailed

_SOON_S = 2.0
_NO_SUCH_PAGE = 404

UNDOCUMENTED = (AttributeError, KeyError, TypeError, ValueError)
"""What reading an answer raises that is not as Slack documents it, such as a page of a proxy."""

CALL_FAILED = (SlackClientError, aiohttp.ClientError, TimeoutError, OSError, *UNDOCUMENTED)
"""All that calling a method may raise."""

_UNCLEAR = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})
"""Errors that Slack documents as possible after it has done what was asked."""

_PASSING = _UNCLEAR | {"ratelimited", "rate_limited"}
_CONNECTING = "connections:write"
"""The scope of the app token."""

NOT_OFFERED = frozenset(
    {
        "access_denied",
        "deprecated_endpoint",
        "enterprise_is_restricted",
        "feature_not_enabled",
        "method_deprecated",
        "missing_scope",
        "not_allowed_token_type",
        "team_access_not_granted",
        "unknown_method",
    }
)
"""Refusals that hold for a method everywhere, until the app is changed."""

_MENDS: Mapping[str, str] = {
    "access_denied": "the workspace does not let it in, or Socket Mode is off; switch that on at api.slack.com/apps, "
    "and ask an admin of the workspace to allow the app",
    "accesslimited": "the network that the bot is in is not let in; ask an admin of the workspace to allow it",
    "account_inactive": "the app was removed from the workspace; install it again and set its new token",
    "ekm_access_denied": "the organisation has taken its keys back; ask its admins",
    "enterprise_is_restricted": "the organisation does not let apps in here; ask its admins",
    "forbidden_team": "the workspace may not connect so; set slack.mode = 'http'",
    "invalid_auth": "Slack does not know it; copy it anew from the app's pages at api.slack.com/apps",
    "no_permission": "the workspace does not let it do this; ask an admin of the workspace to allow the app",
    "not_allowed_token_type": "it is of the wrong kind; the bot token begins with xoxb-, the app token with xapp-",
    "not_authed": "it is empty; copy it from the app's pages at api.slack.com/apps",
    "team_access_not_granted": "the app is not approved for the workspace; ask an admin of the organisation",
    "team_disabled": "the workspace was switched off",
    "token_expired": "it has expired; install the app again and set its new token",
    "token_revoked": "it was revoked; install the app again and set its new token",
    "two_factor_setup_required": "whoever installed the app has to set up two-factor authentication first",
    "user_removed_from_team": "whoever it belongs to has left; install the app again and set its new token",
}

CROWDED = "too_many_websockets"
TOO_MANY_SOCKETS = (
    f"Slack opens no more connections of the app ({CROWDED}): end other programs that use its app token, "
    "of which each takes a share of the questions"
)

TOKEN_REFUSED = frozenset({"account_inactive", "invalid_auth", "token_expired", "token_revoked"})
"""Refusals that come at any moment and hold for all methods: the token is of no use any more."""

_SERVER_ERROR = 500
_NOT_SLACK = "what answers in Slack's place is not Slack; look at slack.api_base_url, and at proxies on the way"

_MIGRATING = frozenset({"org_login_required", "team_added_to_org"})
"""The workspace becomes part of an organisation, for minutes or hours."""


def code_of(error: SlackApiError) -> str:
    """Slack's name of an error; "" where the answer was none of Slack's.

    Slack names a method that it does not know; a server in its place may have no page for it.
    """
    name = str(_body(error).get("error") or "")
    return name or ("unknown_method" if _status(error) == _NO_SUCH_PAGE else "")


def refused_token(error: Exception, *, setting: str) -> AdapterFailed:
    """Why Slack does not let the bot in, in a sentence; `setting` names the token that was shown to it."""
    if isinstance(error, UNDOCUMENTED):
        return AdapterFailed(_NOT_SLACK, retryable=True)
    if not isinstance(error, SlackApiError):
        return AdapterFailed(f"Slack is out of reach: {type(error).__name__} {error}", retryable=True)
    code = code_of(error)
    if code == CROWDED:
        return AdapterFailed(TOO_MANY_SOCKETS, retryable=True)
    if not _body(error) and _status(error) < _SERVER_ERROR:
        return AdapterFailed(f"{_NOT_SLACK} (status {_status(error)})", retryable=True)
    if code == "missing_scope":
        mend = _lacking(str(_body(error).get("needed") or ""))
    elif code in _MENDS:
        mend = _MENDS[code]
    else:
        # A name that is not known here may stand for what is over by itself; who connects again does so less and less.
        return AdapterFailed(f"Slack answers {code or _status(error)!r}", retryable=True)
    return AdapterFailed(f"Slack refuses the token of {setting} ({code}): {mend}", retryable=False)


def _lacking(scope: str) -> str:
    """How a token gets a scope; that of connections is none of the manifest, but of the token that is made for them."""
    lacks = f"it lacks the scope {scope!r}" if scope else "it lacks a scope"
    if scope == _CONNECTING:
        return f"{lacks}; on the page “Basic Information”, below “App-Level Tokens”, make one that has it"
    return f"{lacks}; add it, as `advisor slack manifest` has it, and install the app again"


@contextmanager
def delivering(what: str) -> Iterator[None]:
    """Turns what Slack or the network raises while `what` is done into DeliveryFailed."""
    try:
        yield
    except SlackApiError as error:
        problem = f"Slack did not {what}: {code_of(error) or _status(error)}"
        raise DeliveryFailed(problem, retry_after_s=_pause(error)) from error
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        problem = f"Slack could not be reached to {what}: {type(error).__name__} {error}"
        raise DeliveryFailed(problem, retry_after_s=_SOON_S) from error
    except SlackClientError as error:
        raise DeliveryFailed(f"Slack did not {what}: {error}") from error
    except UNDOCUMENTED as error:
        problem = f"Slack's answer cannot be read when asked to {what}: {type(error).__name__}"
        raise DeliveryFailed(problem, retry_after_s=_SOON_S) from error


def ts_of(answer: Any) -> str:
    """The id of the message that an answer tells of; "" where it tells of none."""
    ts = answer.get("ts") or (answer.get("message") or {}).get("ts")
    return ts if isinstance(ts, str) else ""


def reason_of(error: DeliveryFailed) -> str:
    """Slack's name of the error that a delivery failed by; "" where it was none of Slack's."""
    return code_of(error.__cause__) if isinstance(error.__cause__, SlackApiError) else ""


def is_not_offered(error: DeliveryFailed) -> bool:
    """Whether Slack refuses a method everywhere, so that asking again is of no use."""
    return reason_of(error) in NOT_OFFERED


def may_have_arrived(error: Exception) -> bool:
    """Whether a call that failed may have done its work all the same: only its answer is lost."""
    if isinstance(error, SlackApiError):
        return _status(error) >= _SERVER_ERROR or not code_of(error) or code_of(error) in _UNCLEAR
    return not isinstance(error, aiohttp.ClientConnectorError)


def _pause(error: SlackApiError) -> float | None:
    """After how many seconds it may be tried again; None where that is pointless."""
    headers = getattr(error.response, "headers", None) or {}
    told = next((value for name, value in headers.items() if name.lower() == "retry-after"), None)
    if told is not None:
        with suppress(ValueError):  # a proxy may answer with a date
            return float(told)
    return _SOON_S if passes(error) else None


def passes(error: SlackApiError) -> bool:
    """Whether an error is over by itself after a while; so is one that Slack has not named."""
    code = code_of(error)
    return not code or code in _PASSING | _MIGRATING or _status(error) >= _SERVER_ERROR or _status(error) == 429


def _status(error: SlackApiError) -> int:
    return int(getattr(error.response, "status_code", None) or getattr(error.response, "status", None) or 0)


def _body(error: SlackApiError) -> Mapping[str, Any]:
    data = getattr(error.response, "data", error.response)
    return data if isinstance(data, Mapping) else {}
