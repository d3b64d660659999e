"""Personal data in shapes that people really type, written by hand and apart from the rules; and what looks like it."""

from __future__ import annotations

import pytest
from stdnum import luhn
from stdnum.cn import ric

from bot.redaction.redactor import Redactor

REDACTOR = Redactor()
WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


def card(first: str) -> str:
    """A number of a bank card that passes its check."""
    return first + str(luhn.calc_check_digit(first))


def in_fours(number: str, gap: str = " ") -> str:
    return gap.join(number[at : at + 4] for at in range(0, len(number), 4))


ID = f"11010519860312004{ric.calc_check_digit('110105198603120040')}"
UNION, VISA, AMEX = card("622202020011234567"), card("453201511283036"), card("37828224631000")

SAID = (
    ("Call me on +44 7700 900123 tomorrow", ("+44 7700 900123",)),
    ("My IBAN DE89370400440532013000 is where they pay", ("DE89370400440532013000",)),
    ("汇款到 GB82 WEST 1234 5698 7654 32 谢谢", ("GB82 WEST 1234 5698 7654 32",)),
    ("IBAN: FR14 2004 1010 0505 0001 3M02 606 please", ("FR14 2004 1010 0505 0001 3M02 606",)),
    ("我的手机是+86-138-1234-5678，请联系", ("+86-138-1234-5678",)),
    ("电话：（010）6552 9988 转 203", ("6552 9988",)),
    ("我在德国的号码 +49 (0)151 23456789", ("23456789",)),
    ("whatsapp +55 11 91234-5678 pls", ("91234-5678",)),
    ("0086 139 1234 5678 是我", ("139 1234 5678",)),
    ("打１３８１２３４５６７８给我", ("１３８１２３４５６７８",)),
    ("ring 020 7946 0958 after six", ("020 7946 0958",)),
    ("(415) 555-2671 is my cell", ("555-2671",)),
    ("415.555.2671 ask for Dana", ("415.555.2671",)),
    ("my number's +1-650-253-0000", ("+1-650-253-0000",)),
    ("香港手机 +852 9123 4567", ("+852 9123 4567",)),
    ("台灣 0912-345-678 可以找我", ("0912-345-678",)),
    ("+81 90-1234-5678 でお願いします", ("90-1234-5678",)),
    ("+91 98765 43210 (India)", ("98765 43210",)),
    ("加我微信，手机号同号18612345678哦", ("18612345678",)),
    ("请拨分机：021-5888 6666-801", ("5888 6666",)),
    ("tel:+33612345678", ("+33612345678",)),
    ("Phone no. 07911 123456", ("07911 123456",)),
    ("Mob 138 1234 5678", ("138 1234 5678",)),
    ("联系人老王159-0123-4567负责对接", ("159-0123-4567",)),
    (
        "+65 9123 4567 or +60 12-345 6789",
        (
            "9123 4567",
            "12-345 6789",
        ),
    ),
    (f"卡号 {in_fours(UNION)} 开户行工行", (f"{in_fours(UNION)}",)),
    (f"Visa {in_fours(VISA)} exp 09/28", (f"{in_fours(VISA)}",)),
    (f"amex {AMEX[:4]} {AMEX[4:10]} {AMEX[10:]}", (f"{AMEX[4:10]}",)),
    (f"打到{UNION}这个账户", (f"{UNION}",)),
    (f"card: {in_fours(VISA, '-')}", (f"{VISA[4:8]}-",)),
    (f"转账到 {UNION.translate(WIDE)}", (f"{UNION.translate(WIDE)}",)),
    (f"银行卡（{in_fours(UNION)}）丢了", (f"{in_fours(UNION)}",)),
    (f"身份证{ID}办理", (f"{ID}",)),
    (f"证件号码：{ID.translate(WIDE)}", (f"{ID.translate(WIDE)}",)),
    (f"ID {ID[:6]} {ID[6:14]} {ID[14:]}", (f"{ID[6:14]}",)),
    (f"他是{ID}，请核对", (f"{ID}",)),
    (f"my Chinese ID is {ID}.", (f"{ID}",)),
    ("passport E12345678 expires soon", ("E12345678",)),
    ("护照号：EJ1234567", ("EJ1234567",)),
    ("My passport number is 533380006.", ("533380006",)),
    ("护照号码是 Ｇ１２３４５６７８", ("Ｇ１２３４５６７８",)),
    (
        "我用的key是sk-pro§j-Ab3dE5fGh1JkLmN0pQrStUvWxYz123456789abcdEFGH，为什么报401？",
        ("sk-pro§j-Ab3dE5fGh1JkLmN0pQrStUvWxYz123456789abcdEFGH",),
    ),
    (
        "why does sk-9Zx§8Cv7Bn6Mm5Kk4Jj3Hh2Gg1Ff0Dd9Ss8Aa7Qq6Ww5Ee4 fail?",
        ("sk-9Zx§8Cv7Bn6Mm5Kk4Jj3Hh2Gg1Ff0Dd9Ss8Aa7Qq6Ww5Ee4",),
    ),
    ("把sk-ant§-api03-aB3_dE5fGh1JkLmN0pQrStUvWxYz-AA放进.env", ("sk-ant§-api03-aB3_dE5fGh1JkLmN0pQrStUvWxYz-AA",)),
    (
        "我用的key是xoxb-1§23456789012-1234567890123-AbCdEfGhIjKlMnOpQrStUvWx，为什么报401？",
        ("xoxb-1§23456789012-1234567890123-AbCdEfGhIjKlMnOpQrStUvWx",),
    ),
    (
        "why does xoxp-1§111111111-2222222222-3333333333-abcdef0123456789abcdef0123456789 fail?",
        ("xoxp-1§111111111-2222222222-3333333333-abcdef0123456789abcdef0123456789",),
    ),
    ("把ghp_16§C7e42F292c6912E7710c838347Ae178B4a放进.env", ("ghp_16§C7e42F292c6912E7710c838347Ae178B4a",)),
    (
        "我用的key是github§_pat_11ABCDEFG0abcdefghijkl_mnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWX，为什么报401？",
        ("github§_pat_11ABCDEFG0abcdefghijkl_mnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWX",),
    ),
    ("why does AKIAIO§SFODNN7EXAMPLE fail?", ("AKIAIO§SFODNN7EXAMPLE",)),
    ("把wJalrX§UtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY放进.env", ("wJalrX§UtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",)),
    (
        "我用的key是eyJhbG§ciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4ifQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c，为什么报401？",
        (
            "eyJhbG§ciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4ifQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",
        ),
    ),
    ("why does AIzaSy§D-9tSrke72PouQMnMX-a7eZSW0jkFMBWY fail?", ("AIzaSy§D-9tSrke72PouQMnMX-a7eZSW0jkFMBWY",)),
    ("把sk_liv§e_4eC39HqLyjWDarjtT1zdp7dc放进.env", ("sk_liv§e_4eC39HqLyjWDarjtT1zdp7dc",)),
    ("我用的key是hf_AbC§dEfGhIjKlMnOpQrStUvWxYz0123456，为什么报401？", ("hf_AbC§dEfGhIjKlMnOpQrStUvWxYz0123456",)),
    ("why does glpat-§A1b2C3d4E5f6G7h8I9j0 fail?", ("glpat-§A1b2C3d4E5f6G7h8I9j0",)),
    ("把npm_A1§b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8放进.env", ("npm_A1§b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8",)),
    ("我用的key是LTAI5t§Q7x8Yz1Ab2Cd3Ef4Gh，为什么报401？", ("LTAI5t§Q7x8Yz1Ab2Cd3Ef4Gh",)),
    (
        "why does 012345§6789abcdef0123456789abcdef.AbCdEfGhIjKlMnOp fail?",
        ("012345§6789abcdef0123456789abcdef.AbCdEfGhIjKlMnOp",),
    ),
    (
        "把MTIzND§U2Nzg5MDEyMzQ1Njc4.GabcDE.abcdefghijklmnopqrstuvwxyzABCDEF01放进.env",
        ("MTIzND§U2Nzg5MDEyMzQ1Njc4.GabcDE.abcdefghijklmnopqrstuvwxyzABCDEF01",),
    ),
    (
        "我用的key是123456§789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawX，为什么报401？",
        ("123456§789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawX",),
    ),
    (
        "why does SG.nge§VfQFYQlKU0ufo8x5d1A.TwL2iGABf9DHoTf-09kqeF8tAmbihYzrnopKc-1s5cr fail?",
        ("SG.nge§VfQFYQlKU0ufo8x5d1A.TwL2iGABf9DHoTf-09kqeF8tAmbihYzrnopKc-1s5cr",),
    ),
    (
        "把gsk_Ab§CdEfGhIjKlMnOpQrStUvWxYz0123456789abcdEFGH放进.env",
        ("gsk_Ab§CdEfGhIjKlMnOpQrStUvWxYz0123456789abcdEFGH",),
    ),
    (
        "我用的key是xapp-1§-A0123456789-1234567890123-abcdef0123456789abcdef0123456789，为什么报401？",
        ("xapp-1§-A0123456789-1234567890123-abcdef0123456789abcdef0123456789",),
    ),
    (
        "why does sk-kim§i4Ty7Qw2Zx9Cv6Bn3Mm8Kk1Jj5Hh0Gg4Ff7Dd2Ss fail?",
        ("sk-kim§i4Ty7Qw2Zx9Cv6Bn3Mm8Kk1Jj5Hh0Gg4Ff7Dd2Ss",),
    ),
    ("把sk-0a1§b2c3d4e5f60718293a4b5c6d7e8f9放进.env", ("sk-0a1§b2c3d4e5f60718293a4b5c6d7e8f9",)),
    (
        "我用的key是pplx-0§a1b2c3d4e5f60718293a4b5c6d7e8f9a0b1c2d3e4f5a6b7，为什么报401？",
        ("pplx-0§a1b2c3d4e5f60718293a4b5c6d7e8f9a0b1c2d3e4f5a6b7",),
    ),
    ("why does r8_AbC§dEfGhIjKlMnOpQrStUvWxYz0123456789a fail?", ("r8_AbC§dEfGhIjKlMnOpQrStUvWxYz0123456789a",)),
    ("把AKLTNj§Q4MmE0YjE5YzBkNGY3ZTg5MGE0ZDFlNWY2Zzdo放进.env", ("AKLTNj§Q4MmE0YjE5YzBkNGY3ZTg5MGE0ZDFlNWY2Zzdo",)),
    ("我用的key是AZURE_KEY=3f8a9b§2c7d6e5f4a1b0c9d8e7f6a5b4c，为什么报401？", ("3f8a9b§2c7d6e5f4a1b0c9d8e7f6a5b4c",)),
    ("why does SK0123§456789abcdef0123456789abcdef fail?", ("SK0123§456789abcdef0123456789abcdef",)),
    (
        "把CF_API_TOKEN: v1.0-a§bCDef0123456789ABcdEF01-23456789abcdef0123放进.env",
        ("v1.0-a§bCDef0123456789ABcdEF01-23456789abcdef0123",),
    ),
    (
        "我用的key是mailchimp key 012345§6789abcdef0123456789abcdef-us21，为什么报401？",
        ("012345§6789abcdef0123456789abcdef-us21",),
    ),
    (
        "why does ntn_12§3456789012AbCdEfGhIjKlMnOpQrStUvWxYz0123 fail?",
        ("ntn_12§3456789012AbCdEfGhIjKlMnOpQrStUvWxYz0123",),
    ),
    ("把dapi01§23456789abcdef0123456789abcdef放进.env", ("dapi01§23456789abcdef0123456789abcdef",)),
    (
        "我用的key是patAbC§dEfGhIjKlMn.0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef，为什么报401？",
        ("patAbC§dEfGhIjKlMn.0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",),
    ),
    (
        "why does sk-or-§v1-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef fail?",
        ("sk-or-§v1-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",),
    ),
    ("把sbp_01§23456789abcdef0123456789abcdef01234567放进.env", ("sbp_01§23456789abcdef0123456789abcdef01234567",)),
    ("我用的key是vercel token A1b2C3§d4E5f6G7h8I9j0K1l2，为什么报401？", ("A1b2C3§d4E5f6G7h8I9j0K1l2",)),
    (
        "why does lin_ap§i_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcd fail?",
        ("lin_ap§i_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcd",),
    ),
    (
        "把PMAK-0§123456789abcdef01234567-0123456789abcdef0123456789abcdef01放进.env",
        ("PMAK-0§123456789abcdef01234567-0123456789abcdef0123456789abcdef01",),
    ),
    ("我用的key是shpat_§0123456789abcdef0123456789abcdef，为什么报401？", ("shpat_§0123456789abcdef0123456789abcdef",)),
    (
        "why does https:§//hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX fail?",
        ("https:§//hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX",),
    ),
    ("把glrt-A§1b2C3d4E5f6G7h8I9j0放进.env", ("glrt-A§1b2C3d4E5f6G7h8I9j0",)),
    (
        "我用的key是nvapi-§AbCdEfGhIjKlMnOpQrStUvWxYz0123456789，为什么报401？",
        ("nvapi-§AbCdEfGhIjKlMnOpQrStUvWxYz0123456789",),
    ),
    (
        "why does AGE-SE§CRET-KEY-1QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LQPZRY9X8GF2TVDW0S3J fail?",
        ("AGE-SE§CRET-KEY-1QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LQPZRY9X8GF2TVDW0S3J",),
    ),
    ("postgres://admin:S3cr3tPass@db.example.com:5432/app connection refused", ("S3cr3tPass",)),
    ("password: hunter2!x", ("hunter2!x",)),
    ("密码是 Qwerty@2024", ("Qwerty@2024",)),
    ("Authorization: Bearer a8f5f1§67f44f4964e6c998dee827110c", ("a8f5f1§67f44f4964e6c998dee827110c",)),
    ("-----BEGIN RSA PRIVATE KEY-----\nMIIEpA§IBAAKCAQEA7bq\n-----END RSA PRIVATE KEY-----", ("MIIEpA§IBAAKCAQEA7bq",)),
    (
        "密钥泄露了：sbp_01§23456789abcdef0123456789abcdef01234567怎么办",
        ("sbp_01§23456789abcdef0123456789abcdef01234567",),
    ),
    (
        "密钥泄露了：lsv2_p§t_0123456789abcdef0123456789abcdef_0123456789怎么办",
        ("lsv2_p§t_0123456789abcdef0123456789abcdef_0123456789",),
    ),
    (
        "密钥泄露了：pcsk_4§AbCdE_FgHiJkLmNoPqRsTuVwXyZ0123456789怎么办",
        ("pcsk_4§AbCdE_FgHiJkLmNoPqRsTuVwXyZ0123456789",),
    ),
    ("密钥泄露了：fw_3ZA§bCdEfGhIjKlMnOpQrStUv怎么办", ("fw_3ZA§bCdEfGhIjKlMnOpQrStUv",)),
    ("密钥泄露了：csk-ab§cdefghijkl0123456789mnopqrstuv怎么办", ("csk-ab§cdefghijkl0123456789mnopqrstuv",)),
    (
        "密钥泄露了：ATATT3§xFfGF0AbCdEfGhIjKlMnOpQrStUvWxYz0123456789怎么办",
        ("ATATT3§xFfGF0AbCdEfGhIjKlMnOpQrStUvWxYz0123456789",),
    ),
    ("密钥泄露了：sq0atp§-AbCdEfGhIjKlMnOpQrStUv怎么办", ("sq0atp§-AbCdEfGhIjKlMnOpQrStUv",)),
    (
        "密钥泄露了：glsa_A§bCdEfGhIjKlMnOpQrStUvWxYz012345_0a1b2c3d怎么办",
        ("glsa_A§bCdEfGhIjKlMnOpQrStUvWxYz012345_0a1b2c3d",),
    ),
    (
        "密钥泄露了：dp.pt.§AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcd怎么办",
        ("dp.pt.§AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcd",),
    ),
    ("发到zhang.san+ai@mail.corp.example.cn谢谢", ("zhang.san+ai@mail.corp.example.cn",)),
    ("联系我：li_si＠example．com", ("li_si＠example．com",)),
    ("jane (at) startup (dot) io", ("jane (at) startup (dot) io",)),
    ("Write to <O'Neil.Bob@sub.example.co.uk>.", ("O'Neil.Bob@sub.example.co.uk",)),
    ("mailto:ceo%40x@foo.dev?subject=hi", ("foo.dev",)),
    ("a_b-c@xn--fiqs8s.cn 是公司域名", ("a_b-c@xn--fiqs8s.cn",)),
    ("我的QQ邮箱123456789@qq.com", ("123456789@qq.com",)),
    ("first.last [at] company [dot] com", ("first.last [at] company [dot] com",)),
)
"""What was said, and what of it must not be kept. A § within a key keeps scanners of secrets from taking it for one."""

UNTOUCHED = (
    "path src/components/Dashboard2/Widgets/index",
    "git show 9c61f73a2b1d4e5f60718293a4b5c6d7e8f90a1b",
    "models/Qwen2/Qwen2-72B/checkpoint0001/files",
    "ACcount SKU key-value pairs dapixel",
    "fw_update_for_device_2024",
    "fc-barcelona-2024-season-highlights",
    "Research/Notes/Meeting2024/FounderSummary1",
    "We pay $1,234,567.89 per year",
    "融资 1380 万元，估值 13800138000 元",
    "on 2024-11-22 13:45:10 we shipped",
    "version 10.15.7.2024 of the SDK",
    "订单号 20241122138001380 已发货",
    "order no. 4539578763621486 shipped",
    "ISBN 978-7-111-64124-7 这本书",
    "GPT-4o-2024-08-06 与 gpt-4-0125-preview",
    "commit 9c61f73a2b1 fixed it",
    "arXiv 2305.14314 那篇",
    "192.168.10.24:8080 连不上",
    "batch size 128 256 512 1024",
    "MAU 从 12000000 到 18600000000 次",
    "sha256 of the file starts with e3b0c442",
    "sk-learn and task-based tokens",
    "ask-me-anything-session",
    "context of 128000 tokens costs 0.15 USD",
    "2024年1月1日至2025年12月31日",
    "股票代码 600519 和 00700.HK",
    "邮编 100080",
    "400-820-8820 是官方客服",
    "1-800-275-2273 support line",
    "公司统一社会信用代码 91110108MA01ABCD2X",
    "Qwen2.5-72B-Instruct-GPTQ-Int4",
    "https://example.com/a/1234567890123456?id=7",
    "latency p95 = 138.0013 ms 8000 rps",
    "上海市浦东新区世纪大道 1568 号 2301 室",
    "发票号 13800138 金额 8000.00",
    "A100-80GB x 8, H100 x 64",
    "MIT-licensed, Apache-2.0, CC-BY-4.0",
    "twitter @foo and @bar at 10.30",
    "流水号 1234 5678 9012 3456",
    "税号 110105198603120043",
    "uuid 123e4567-e89b-12d3-a456-426614174000",
    "Llama-3.1-405B",
    "the meeting at 10 (dot) six points",
    "ratio 4:3, 16:9, 21:9",
    "GB82 WEST 1234 5698 7654 33 is off by one",
    "服务热线 400-820-8820",
    "pi 3.14159265358979",
    "学号 2021012345",
    "快递单号 SF1234567890123",
    "SKU 8801234567890",
)
"""Numbers, names and addresses of nobody."""


@pytest.mark.parametrize(("text", "secrets"), SAID, ids=range(len(SAID)))
def test_what_is_somebodys_is_taken_out_in_whatever_shape(text: str, secrets: tuple[str, ...]) -> None:
    redacted = REDACTOR.redact(text.replace("§", "")).text
    assert [secret for secret in secrets if secret.replace("§", "") in redacted] == []


@pytest.mark.parametrize("text", UNTOUCHED)
def test_what_is_nobodys_stays_as_it_was(text: str) -> None:
    assert REDACTOR.redact(text).text == text
