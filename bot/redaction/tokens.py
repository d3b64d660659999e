"""Finds keys, tokens and passwords: those whose form gives them away, and what is called one (`api_key=`)."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator

from bot.redaction.kinds import Span

_PEM = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
    r"(?:[^-]*+(?:-(?!----)[^-]*+)*+-----END [A-Z0-9 ]{0,40}-----|(?:\s{0,8}[A-Za-z0-9+/=]{16,})++)"
)
_TOKENS = re.compile(
    r"""(?=[A-Za-z0-9])(?<![A-Za-z0-9_-])(?:
    sk-ant-[\w-]{16,}                                   # Anthropic
    |(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Z0-9])    # Amazon
    |ABSK[A-Za-z0-9+/]{40,}={0,2}
    |(?P<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])    # Amazon's secret keys have nothing but their length
    |LTAI[A-Za-z0-9]{12,28}|AKID[A-Za-z0-9]{13,40}      # Alibaba, Tencent
    |AKLT[A-Za-z0-9]{20,}={0,2}|pat_[A-Za-z0-9]{40,}    # Volcengine, Coze
    |bce-v3/ALTAK-\w+/[0-9a-f]{40}                      # Baidu
    |[0-9a-f]{32}\.[A-Za-z0-9]{16}(?![A-Za-z0-9])       # Zhipu
    |gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|gl(?:pat|ptt|cbt|dt|rt)-[\w-]{20,}
    |xox[a-z](?:\.xox[a-z])?-[\w-]{10,}|xapp-[\w-]{10,} # Slack
    |(?<=hooks\.slack\.com/services/)[\w/]{20,}
    |(?<=/api/webhooks/)\d{15,21}/[\w-]{30,}            # Discord
    |[MNO][\w-]{22,27}\.[\w-]{6,7}\.[\w-]{27,}|mfa\.[\w-]{60,}
    |AIza[\w-]{35}|ya29\.[\w-]{20,}|GOCSPX-[\w-]{20,}   # Google
    |eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*                 # a JSON web token
    |(?:sk|pk|rk)_(?:live|test)_\w{10,}|whsec_[\w+/]{16,}
    |hf_[A-Za-z0-9]{20,}|npm_[A-Za-z0-9]{30,}|pypi-[\w-]{40,}|dckr_pat_[\w-]{20,}|nvapi-[\w-]{20,}
    |(?:gsk|r8|ntn|lin_api|figd|shpat|do[ops]_v1|jina)_[\w-]{24,}|(?:xai|pplx|tvly|PMAK)-[\w-]{20,}
    |SG\.[\w-]{16,}\.[\w-]{16,}|\d{8,10}:AA[\w-]{32,}   # SendGrid, Telegram
    |(?:SK|key-|dapi)[0-9a-f]{32}(?![A-Za-z0-9])        # Twilio, Mailgun, Databricks
    |[0-9a-f]{32}-us\d{1,2}(?!\d)|fw_[A-Za-z0-9]{20,}   # Mailchimp, Fireworks
    |(?:sbp|sb_secret|sntrys|glsa|pscale_(?:tkn|pw)|pcsk|lsv2_(?:pt|sk)|e2b|rpa|phx)_[\w-]{20,}
    |dp\.[a-z]{2}\.[A-Za-z0-9]{30,}|ATATT3[\w=-]{30,}|sq0[a-z]{3}-[\w-]{20,}|(?:csk|fc)-[a-z0-9]{24,}|1//0[\w-]{30,}
    |AGE-SECRET-KEY-1[A-Z0-9]{40,}
    |(?P<guess>sk-[\w-]{16,})                           # OpenAI and those that follow it
    )""",
    re.VERBOSE | re.ASCII,
)
_CREDENTIALS = re.compile(r"(?<![A-Za-z])(?i:bearer|basic)\s{1,3}(?P<value>[A-Za-z0-9_.~+/-]{12,}={0,2})")
_ASSIGNED = re.compile(
    r"""(?=[A-Za-z密口秘令私])(?:(?<![A-Za-z])|(?<=[a-z])(?=[A-Z]))
    (?:(?P<password>(?i:password|passwd|passphrase|pwd|(?:client|app)[_-]?secret|secret[_-]key)|密码|口令)
    |(?i:(?:api|access|secret|private|auth|account|encryption|signing|master)[_ -]?key(?:[_ -]?(?:id|secret))?
    |(?:client|app)[_ -]?secret|secret|(?:access|auth|refresh|bot|app|session|id)?[_ -]?token|credentials?|key|sig)
    |密钥|秘钥|令牌|私钥)
    ["'`]?[ ]{0,3}(?:(?P<set>=(?![=> ]))|:=|=>|=|:|(?<=[ ])(?:is|was)(?=[ ])|是|为|為|(?P<bare>(?=[ ])))[ ]{0,3}["'`]?
    (?P<value>[A-Za-z0-9!#$%*+./:=?@^_|~-]{6,})""",
    re.VERBOSE,
)
_PIECE = re.compile(r"[A-Za-z0-9]{8,}")
_NAME_PART = re.compile(r"[-_./:=+|]+")
_SWITCH = re.compile(r"(?<=[a-z])(?=[A-Z0-9])|(?<=[A-Z])(?=[a-z0-9])|(?<=[0-9])(?=[A-Za-z])")

_ENTROPY = 3.0
"""Bits a character: hexadecimal keys have 3.5 and more, words and dates less than three."""

_DRAWN = 4.2
"""Bits a character of forty that nothing introduces: a path or a name in capitals and small letters has fewer."""

_SWITCHES = 4
"""Changes between small letters, capitals and digits within one piece: versions and names of models have fewer."""

_LONGEST_JUDGED = 512


def find_private_keys(text: str) -> Iterator[Span]:
    """Private keys in PEM form; a key that was cut off counts, its name in a sentence does not."""
    return (match.span() for match in _PEM.finditer(text))


def find_tokens(text: str) -> Iterator[Span]:
    """Tokens whose first letters or whose shape name the service that they open."""
    for match in _TOKENS.finditer(text):
        guess, secret = match["guess"], match["secret"]
        if (not guess or is_random(guess)) and (not secret or _is_drawn(secret)):
            yield match.span()
    for match in _CREDENTIALS.finditer(text):
        if is_random(match["value"]):
            yield match.span("value")


def find_assigned(text: str) -> Iterator[Span]:
    """Values behind a name of secrets that do not look like words."""
    for match in _ASSIGNED.finditer(text):
        value = match["value"].rstrip(".?:!")
        chosen = match["password"] and match["bare"] is None and (match["set"] or is_password(value))
        if chosen or is_random(value):
            yield match.span("value")


def is_random(value: str) -> bool:
    """Whether a value looks drawn by lot: long, letters and digits mixed, and not a name put together with dashes."""
    judged = value[:_LONGEST_JUDGED]
    if len(judged) < 16 or judged.isalpha() or not any(map(str.isdigit, judged)) or _entropy(judged) < _ENTROPY:
        return False
    return any(len(_SWITCH.findall(piece)) >= _SWITCHES for piece in _PIECE.findall(judged))


def _is_drawn(value: str) -> bool:
    """Whether forty characters are a key that no word introduces: all sorts of signs, and no sum in hexadecimal."""
    sorts = (str.islower, str.isupper, str.isdigit)
    return all(any(map(sort, value)) for sort in sorts) and _entropy(value) >= _DRAWN and is_random(value)


def is_password(value: str) -> bool:
    """Whether a value can be a password that a person chose, and not a word about passwords."""
    judged = value[:_LONGEST_JUDGED]
    if len(judged) < 6:
        return False
    parts = [part for part in _NAME_PART.split(judged) if part]
    mixed = any(not part.isalpha() and not part.isdigit() and any(map(str.isdigit, part)) for part in parts)
    return judged.isdigit() or mixed or any(char in "!#$%*@^" for char in judged)


def _entropy(value: str) -> float:
    shares = [count / len(value) for count in Counter(value).values()]
    return -sum(share * math.log2(share) for share in shares)
