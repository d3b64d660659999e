"""Made-up personal data and secrets, and what only looks like them, each with checksums worked out here on its own."""

from __future__ import annotations

import base64
import string
from collections.abc import Callable
from random import Random

Maker = Callable[[Random], str]

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_REGIONS = ("110105", "310104", "440305", "330106", "510107", "420111", "320583", "610113", "500103", "350203")
_NAMES = (
    "lihua",
    "zhang.wei",
    "maria_g",
    "tom-baker",
    "Chen.Xiaoming",
    "o.nkosi",
    "wangfang88",
    "j.smith",
    "priya",
    "k2",
)
_HOSTS = ("qq.com", "163.com", "gmail.com", "outlook.com", "example.org", "mail.startup.ai", "corp.example.com.cn")
_ALNUM, _HEX = string.ascii_letters + string.digits, "0123456789abcdef"


def drawn(draw: Random, length: int, letters: str = _ALNUM) -> str:
    """Characters drawn by lot."""
    return "".join(draw.choice(letters) for _ in range(length))


def digits(draw: Random, length: int) -> str:
    """A number that does not begin with zero."""
    return str(draw.randint(1, 9)) + drawn(draw, length - 1, string.digits)


def wide(text: str) -> str:
    """The same in full-width characters."""
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


def luhn(number: str) -> str:
    """The number with its check digit behind it."""
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in number[::-2])
    return number + str(-(sum(doubled) + sum(int(digit) for digit in number[-2::-2])) % 10)


def mail(draw: Random) -> str:
    """A mail address."""
    name, host = draw.choice(_NAMES), draw.choice(_HOSTS)
    return draw.choice((f"{name}@{host}", f"{name}@{host}", f"{name}+ai@{host}", f"{name.upper()}@{host}"))


def hidden_mail(draw: Random) -> str:
    """A mail address as people write it to keep machines from reading it."""
    name, (host, _, top) = draw.choice(_NAMES), draw.choice(("qq.com", "gmail.com", "proton.me")).partition(".")
    forms = (f"{name}（at）{host}.{top}", f"{name} (at) {host} (dot) {top}", f"{name}[at]{host}[dot]{top}")
    return draw.choice((*forms, wide(f"{name}@{host}.{top}"), f"{name} at {host} dot {top}"))


def mobile(draw: Random) -> str:
    """A Chinese mobile."""
    head = draw.choice(("138", "139", "150", "159", "176", "185", "188", "199"))
    middle, tail = drawn(draw, 4, string.digits), drawn(draw, 4, string.digits)
    plain = head + middle + tail
    forms = [plain] * 3 + [
        f"{head} {middle} {tail}",
        f"{head}-{middle}-{tail}",
        f"+86 {plain}",
        f"+86-{head}-{middle}-{tail}",
    ]
    return draw.choice([*forms, wide(plain), f"{head}\u200b{middle}\u200b{tail}", f"86{plain}", f"（+86）{plain}"])


def landline(draw: Random) -> str:
    """A landline of a Chinese town."""
    area = draw.choice(("010", "021", "0755", "0571", "020", "028"))
    number = draw.choice("68") + drawn(draw, 7, string.digits)
    forms = (f"{area}-{number}", f"({area}) {number}", f"（{area}）{number}", f"{area}-{number[:4]}-{number[4:]}")
    return draw.choice((*forms, f"+86 {area[1:]} {number}", f"{area} {number}"))


def foreign_phone(draw: Random) -> str:
    """A phone of another country."""
    area = draw.choice(("415", "212", "650", "206", "512"))
    number = f"{draw.randint(220, 899)}", drawn(draw, 4, string.digits)
    american = (
        f"({area}) {number[0]}-{number[1]}",
        f"{area}-{number[0]}-{number[1]}",
        f"+1 {area} {number[0]} {number[1]}",
    )
    four = drawn(draw, 4, string.digits)
    others = (
        f"+44 20 7946 {four}",
        f"+44 7700 900{four[:3]}",
        f"+81 90-{digits(draw, 4)}-{four}",
        f"+65 9{four[:3]} {four}",
    )
    more = (
        f"+852 9{four[:3]} {four}",
        f"+49 30 901820{four[:2]}",
        f"+1-{area}-{number[0]}-{number[1]}",
        f"0044 20 7946 {four}",
    )
    return draw.choice((*american, *others, *more, f"+33 6 12 34 {four[:2]} {four[2:]}", f"+91 98765 4{four}"))


def resident_id(draw: Random) -> str:
    """A Chinese resident id."""
    birth = f"{draw.randint(1950, 2008)}{draw.randint(1, 12):02}{draw.randint(1, 28):02}"
    body = draw.choice(_REGIONS) + birth + f"{draw.randint(1, 999):03}"
    number = body + "10X98765432"[sum(w * int(d) for w, d in zip(_WEIGHTS, body, strict=True)) % 11]
    spaced = f"{number[:6]} {number[6:14]} {number[14:]}"
    return draw.choice(
        (number, number, number.lower(), spaced, wide(number), f"{number[:6]}-{number[6:14]}-{number[14:]}")
    )


def passport(draw: Random) -> str:
    """A passport number."""
    letter = draw.choice("EG")
    forms = (letter + digits(draw, 8), f"E{draw.choice('ABCDEFGH')}{digits(draw, 7)}", digits(draw, 9))
    return draw.choice((*forms, "M" + digits(draw, 8), "TK" + digits(draw, 7)))


def card(draw: Random) -> str:
    """The number of a bank card."""
    prefix, length = draw.choice(
        (("4", 16), ("53", 16), ("37", 15), ("622202", 19), ("621700", 19), ("625900", 16), ("35", 16))
    )
    number = luhn(prefix + drawn(draw, length - len(prefix) - 1, string.digits))
    groups = [number[at : at + 4] for at in range(0, length, 4)]
    return draw.choice((number, " ".join(groups), "-".join(groups), wide(number)))


def token(draw: Random) -> str:
    """A key or token that tells by its form what it opens."""
    makers: tuple[Callable[[], str], ...] = (
        lambda: "sk-" + drawn(draw, 48),
        lambda: "sk-proj-" + drawn(draw, 60, _ALNUM + "_-"),
        lambda: "sk-ant-api03-" + drawn(draw, 80, _ALNUM + "_-") + "AA",
        lambda: "AKIA" + drawn(draw, 16, string.ascii_uppercase + "234567"),
        lambda: "ghp_" + drawn(draw, 36),
        lambda: "github_pat_" + drawn(draw, 22) + "_" + drawn(draw, 59),
        lambda: f"xoxb-{digits(draw, 12)}-{digits(draw, 13)}-{drawn(draw, 24)}",
        lambda: f"xapp-1-A{drawn(draw, 10, string.ascii_uppercase)}-{digits(draw, 13)}-{drawn(draw, 64, _HEX)}",
        lambda: f"MT{drawn(draw, 24)}.G{drawn(draw, 5)}.{drawn(draw, 38, _ALNUM + '_-')}",
        lambda: "AIza" + drawn(draw, 35, _ALNUM + "_-"),
        lambda: "hf_" + drawn(draw, 34),
        lambda: "LTAI5t" + drawn(draw, 18),
        lambda: "glpat-" + drawn(draw, 20),
        lambda: ".".join(("eyJ" + drawn(draw, 33), "eyJ" + drawn(draw, 60), drawn(draw, 43, _ALNUM + "_-"))),
    )
    return draw.choice(makers)()


def random_value(draw: Random) -> str:
    """A value that only its name tells to be a secret."""
    return draw.choice((drawn(draw, 32, _HEX), drawn(draw, 40), drawn(draw, 24), drawn(draw, 64, _HEX)))


def private_key(draw: Random) -> str:
    """A private key in PEM form."""
    kind = draw.choice(("", "RSA ", "EC ", "OPENSSH "))
    body = base64.encodebytes(draw.randbytes(180)).decode()
    return f"-----BEGIN {kind}PRIVATE KEY-----\n{body}-----END {kind}PRIVATE KEY-----"


def login(draw: Random) -> str:
    """A user and a password as they stand in an address."""
    return f"{draw.choice(('app', 'root', 'advisor'))}:{drawn(draw, draw.randint(6, 16))}"


def password(draw: Random) -> str:
    """A password that a person chose."""
    return (
        draw.choice(("Summer", "tiger", "Qwerty", "llama")) + str(draw.randint(10, 9999)) + draw.choice(("", "!", "#x"))
    )


def isbn(draw: Random) -> str:
    """A book's number, with or without dashes."""
    body = f"9787{drawn(draw, 8, string.digits)}"
    full = body + str(-sum(int(d) * (1, 3)[at % 2] for at, d in enumerate(body)) % 10)
    return draw.choice((full, f"{full[:3]}-{full[3]}-{full[4:7]}-{full[7:12]}-{full[12]}"))


def company_code(draw: Random) -> str:
    """A unified social credit code."""
    return f"91{draw.choice(_REGIONS)}MA{drawn(draw, 8, '0123456789ABCDEFGHJKLMNPQRTUWXY')}"


def wrong_id(draw: Random) -> str:
    """Eighteen digits like a resident id, with a wrong check digit."""
    number = f"{draw.choice(_REGIONS)}1988{draw.randint(1, 12):02}{draw.randint(1, 28):02}{draw.randint(100, 999)}"
    right = "10X98765432"[sum(w * int(d) for w, d in zip(_WEIGHTS, number, strict=True)) % 11]
    return number + draw.choice([digit for digit in string.digits if digit != right])


def wrong_card(draw: Random) -> str:
    """Sixteen digits like a card, with a wrong check digit."""
    number = luhn("4" + drawn(draw, 14, string.digits))
    return number[:-1] + str((int(number[-1]) + draw.randint(1, 9)) % 10)


def fingerprint(draw: Random) -> str:
    """A hash or an id of a program's, which is no secret."""
    uuid = "-".join(drawn(draw, length, _HEX) for length in (8, 4, 4, 4, 12))
    return draw.choice((drawn(draw, 40, _HEX), uuid, "sha256:" + drawn(draw, 64, _HEX), drawn(draw, 7, _HEX)))
