"""What is taken out of a text, what stays, and what a reader sees instead."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.redaction.kinds import Kind
from bot.redaction.redactor import Redactor
from rag.types import Language

REDACTOR = Redactor()
GITHUB = "ghp_" + "a1B2" * 9
RANDOM = "Zx81kQpLm29TtRw0aBcD"


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        pytest.param("发到abc.d@qq.com，谢谢", "发到[邮箱]，谢谢", id="mail between Chinese"),
        pytest.param("发到 zhang（at）163.com 吧", "发到 [邮箱] 吧", id="full-width spelt-out at sign"),
        pytest.param("write to li (at) gmail (dot) com now", "write to [e-mail] now", id="spelt-out mail"),
        pytest.param("write to li at gmail dot com now", "write to [e-mail] now", id="mail in words"),
        pytest.param("Zhang <zhang@x.io>.", "Zhang <[e-mail]>.", id="mail in brackets"),
        pytest.param("手机13800138000号", "手机[电话]号", id="mobile between Chinese"),
        pytest.param("打１３８ ００１３ ８０００。", "打[电话]。", id="full-width mobile in groups"),
        pytest.param("打138\u200b0013\u200b8000吧", "打[电话]吧", id="mobile with zero-width characters"),
        pytest.param("加 1️⃣3️⃣8️⃣00138000 聊", "加 [电话] 聊", id="mobile in keycaps"),
        pytest.param("打13800138000/13900139000", "打[电话]/[电话]", id="two mobiles"),
        pytest.param("tel13800138000 is mine", "tel[phone number] is mine", id="mobile behind letters"),
        pytest.param("订单号是 8839201，请打 13812345678", "订单号是 8839201，请打 [电话]", id="mobile after an order"),
        pytest.param("座机：（０１０）６２７０１２３４", "座机：[电话]", id="full-width landline"),
        pytest.param("拨010-62701234转801找我", "拨[电话]找我", id="landline with an extension"),
        pytest.param("Try +44 (0)20 7946 0958 or (415) 555-2671", "Try [phone number] or [phone number]", id="abroad"),
        pytest.param("contact: 98765 43210", "contact: [phone number]", id="whatever is called a phone"),
        pytest.param("身份证11010519491231002x。", "身份证[身份证号]。", id="resident id with a small x"),
        pytest.param("是１１０１０５ １９４９１２３１ ００２Ｘ吗", "是[身份证号]吗", id="full-width resident id"),
        pytest.param("身份证号130503670401001", "身份证号[身份证号]", id="resident id of fifteen digits"),
        pytest.param("my passport is E12345678", "my passport is [passport number]", id="passport"),
        pytest.param("G12345678是我的护照号", "[护照号]是我的护照号", id="passport before its name"),
        pytest.param("Passport no. 123456789, ok?", "Passport no. [passport number], ok?", id="passport of digits"),
        pytest.param("my passport is CFGHJKL01", "my passport is [passport number]", id="passport with two digits"),
        pytest.param("我的座机 (010) 627 0123", "我的座机 [电话]", id="shortest landline"),
        pytest.param("call +376 712 345", "call [phone number]", id="short number abroad"),
        pytest.param("电话：6270123", "电话：[电话]", id="seven digits called a phone"),
        pytest.param("pay 4111-1111-1111-1111, cvv 1", "pay [card number], cvv 1", id="card with dashes"),
        pytest.param("卡4111 1111 1111 1111 2024年到期", "卡[银行卡号] 2024年到期", id="card before a year"),
        pytest.param("in 2024 4111 1111 1111 1111", "in 2024 [card number]", id="card behind a year"),
        pytest.param("用378282246310005付", "用[银行卡号]付", id="card of fifteen digits"),
        pytest.param("the card 6 2 2 2 0 2 1 2 3 4 5 6 7 8 9 0 1 2 8", "the card [card number]", id="digits apart"),
        pytest.param(f"is {GITHUB} leaked?", "is [secret] leaked?", id="token of a known form"),
        pytest.param(f"Authorization: Bearer {RANDOM}", "Authorization: Bearer [secret]", id="bearer"),
        pytest.param(f'{{"api_key": "{RANDOM}"}}', '{"api_key": "[secret]"}', id="key in JSON"),
        pytest.param(f"accessToken={RANDOM}&x=1", "accessToken=[secret]&x=1", id="token in an address"),
        pytest.param(f"the secret {RANDOM} leaked", "the secret [secret] leaked", id="secret without a sign"),
        pytest.param("client_secret=abcDEF123456", "client_secret=[secret]", id="short secret"),
        pytest.param("密码是Abc12345，登不上", "密码是[密钥]，登不上", id="password"),
        pytest.param("DB_PASSWORD=correct-horse-staple", "DB_PASSWORD=[secret]", id="password of words"),
        pytest.param("see postgresql://me:p@ss@host/db", "see postgresql://[login]@host/db", id="login in an address"),
        pytest.param(
            "-----BEGIN RSA PRIVATE KEY-----\nab-c\n-----END RSA PRIVATE KEY-----\nok", "[secret]\nok", id="private key"
        ),
        pytest.param(f"-----BEGIN PRIVATE KEY-----\n{'Ab1+' * 16}\nwhat now", "[secret]\nwhat now", id="half a key"),
    ],
)
def test_personal_data_gives_way_to_words(text: str, redacted: str) -> None:
    assert REDACTOR.redact(text).text == redacted


@pytest.mark.parametrize(
    "text",
    [
        "How do I price gpt-4o-2024-08-06 at $1,250,000 a year?",
        "2019 年融资 13800138000 元，2020 年 15000000000 tokens",
        "a budget of 13800138000 and max tokens = 15000000000",
        "订单号 13912345678 和 order number 13912345678",
        "统一社会信用代码 91110108MA01ABCD2X",
        "身份证号 110105194912310021 校验位不对",
        "test card 4111 1111 1111 1112 fails the check",
        "ISBN 978-7-111-54742-6, ISSN 2049-3630, EIN 12-3456789",
        "1700000000, 1700000000000, 1700000000.123456",
        "ARR 13800138000, DAU 15012345678, call 1000000 APIs",
        "part no. 415-555-2671",
        "<@123456789012345678> in <#413800138001380013>",
        "192.168.100.200:8080 since 2024-08-06 12:30:00",
        "v13.8.0013, 13.800.138.000 and 0.13800138000",
        "numpy@1.26.4, @openai/agents@0.1.3, git@github.com:acme/app.git",
        "key: claude-3-5-sonnet-20241022, token: 128000",
        "password is required; password: SHA-256 hashed; 密码至少8位",
        "commit 9fceb02d0ae598e95dc970b74767f19372d61af8",
        "a page https://medium.com/@user:x and http://host:8080/a@b",
        "-----BEGIN PRIVATE KEY----- is the first line of what?",
        "return state @ matrix.T.astype(float)",
        "客服 400-810-8888, 1-800-555-0199",
        "passport control for ISO27001 from 20260101, 123456789 downloads",
        "sk-learn-contrib-package-for-2024",
    ],
)
def test_numbers_of_nobody_stay(text: str) -> None:
    redacted = REDACTOR.redact(text)

    assert redacted.text == text
    assert redacted.found == {}


def test_each_kind_is_counted() -> None:
    found = REDACTOR.redact("a@b.com, c@d.org, +1 415 555 2671; password: hunter2").found

    assert found == {Kind.MAIL: 2, Kind.PHONE: 1, Kind.SECRET: 1}


@pytest.mark.parametrize(
    ("text", "language", "redacted"),
    [
        pytest.param("我的是a.b.c.d@e.com", None, "我的是[邮箱]", id="what is taken out does not count"),
        pytest.param("a@b.com", None, "[e-mail]", id="nothing else"),
        pytest.param("a@b.com", Language.ZH, "[邮箱]", id="told"),
        pytest.param("メールは a@b.com です", None, "メールは [e-mail] です", id="another language"),
    ],
)
def test_placeholder_speaks_the_language_of_the_text(text: str, language: Language | None, redacted: str) -> None:
    assert REDACTOR.redact(text, language=language).text == redacted


@pytest.mark.parametrize("language", [Language.ZH, Language.EN])
def test_redacted_text_holds_nothing_more_to_redact(language: Language) -> None:
    text = f"手机 13800138000 a@b.com card 4111111111111111 key={RANDOM} passport E12345678 https://me:pw@x.org"
    once = REDACTOR.redact(text, language=language)

    assert sum(once.found.values()) == 6
    assert REDACTOR.redact(once.text, language=language).text == once.text


@settings(deadline=None)  # the first example loads the tables of numbers
@given(st.text(alphabet=st.sampled_from("ab c\u200b\ufe0f＋（，你好\n"), max_size=60))
def test_what_surrounds_a_find_is_left_as_it_was(around: str) -> None:
    assert REDACTOR.redact(f"{around}!13800138000!{around}", language=Language.EN).text == (
        f"{around}![phone number]!{around}"
    )
