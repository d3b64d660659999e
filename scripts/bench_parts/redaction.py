"""Measuring redaction: sentences in two languages with personal data, secrets and decoys, made apart from the rules."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from bench_parts import redaction_values as values
from bot.redaction.kinds import Kind
from bot.redaction.redactor import Redactor

SENTENCES = 2000
SEED = 20260801
HOSTILE_MB = 10

_MAKERS: dict[str, tuple[Kind, values.Maker]] = {
    "mail": (Kind.MAIL, values.mail),
    "hidden_mail": (Kind.MAIL, values.hidden_mail),
    "mobile": (Kind.PHONE, values.mobile),
    "landline": (Kind.PHONE, values.landline),
    "foreign": (Kind.PHONE, values.foreign_phone),
    "id": (Kind.RESIDENT_ID, values.resident_id),
    "passport": (Kind.PASSPORT, values.passport),
    "card": (Kind.BANK_CARD, values.card),
    "token": (Kind.SECRET, values.token),
    "random": (Kind.SECRET, values.random_value),
    "pem": (Kind.SECRET, values.private_key),
    "password": (Kind.SECRET, values.password),
    "login": (Kind.LOGIN, values.login),
}
_DECOYS: dict[str, values.Maker] = {
    "price": lambda draw: f"{draw.randint(1, 999)},{draw.randint(100, 999)},{draw.randint(100, 999)}",
    "sum": lambda draw: values.digits(draw, draw.randint(7, 12)),
    "year": lambda draw: str(draw.randint(1995, 2030)),
    "day": lambda draw: draw.choice(("2024-08-06", "2023/11/30", "20250115", "2026-02-28 09:30:00")),
    "version": lambda draw: f"{draw.randint(0, 20)}.{draw.randint(0, 99)}.{draw.randint(0, 999)}",
    "model": lambda draw: draw.choice(
        "gpt-4o-2024-08-06 claude-3-5-sonnet-20241022 Qwen2.5-72B-Instruct-GPTQ-Int4 deepseek-r1-0528 "
        "text-embedding-3-large gemini-1.5-pro-002 llama-3.1-405b-instruct H100-80GB-SXM5 bge-reranker-v2-m3".split()
    ),
    "count": lambda draw: draw.choice(("8192", "128000", "1048576", "13800138000", "15000000000", "70000000000")),
    "isbn": values.isbn,
    "code": values.company_code,
    "order": lambda draw: values.digits(draw, draw.randint(9, 16)),
    "seconds": lambda draw: str(draw.randint(1_600_000_000, 1_799_999_999)),
    "millis": lambda draw: str(draw.randint(1_600_000_000_000, 1_799_999_999_999)),
    "snowflake": lambda draw: "1" + values.digits(draw, 17),
    "address": lambda draw: ".".join(str(draw.randint(1, 254)) for _ in range(4)),
    "hash": values.fingerprint,
    "arxiv": lambda draw: f"{draw.randint(17, 26)}{draw.randint(1, 12):02}.{draw.randint(1000, 19999):05}",
    "wrong_id": values.wrong_id,
    "wrong_card": values.wrong_card,
    "pin": lambda draw: draw.choice(("numpy@1.26.4", "vllm==0.32.0", "@openai/agents@0.1.3", "torch>=2.4,<3")),
    "stamp": lambda draw: f"{draw.randint(1_600_000_000, 1_799_999_999)}.{draw.randint(0, 999999):06}",
}
_CHINESE = (
    "请把报价发到{mail}，谢谢|我的邮箱是{hidden_mail}，欢迎来信|联系人：王经理，手机{mobile}，邮箱{mail}"
    "|有问题打{mobile}找我|可以加微信{mobile}聊一下融资吗|办公室电话{landline}，前台转接|传真：{landline}"
    "|海外同事的号码是{foreign}|法人身份证{id}，帮我看看注册流程|他的证件号为{id}。怎么办签证？"
    "|（{id}）这个号码填错了吗|我的护照号{passport}，去美国路演要什么材料|护照：{passport}，签证还要多久"
    "|工资打到银行卡{card}可以吗|卡号 {card} 扣款失败了|把{card}换成公司账户需要什么"
    "|我的 API key 是 {token}，为什么报 401|不小心把{token}提交到仓库了怎么办|密钥={random}，调用失败"
    "|export OPENAI_API_KEY={token} 之后还是不行|数据库密码是{password}，怎么轮换"
    "|连接串 postgresql://{login}@db.internal:5432/app 超时|这个私钥泄露了：\n{pem}\n要紧吗"
    "|{mobile}和{mail}都联系不上客户|发票抬头在 {mail}，订单号 {order}，电话 {mobile}"
    "|姓名张三 身份证号 {id} 手机 {mobile} 卡号 {card}|种子轮融了{price}元，投后估值怎么算"
    "|{model} 的上下文是 {count} tokens 吗|从 {version} 升级到 {version} 要注意什么"
    "|{year} 年成立，{year} 年盈利，正常吗|统一社会信用代码 {code} 怎么查|那本书的 ISBN 是 {isbn}"
    "|订单号 {order} 什么时候开票|时间戳 {millis} 是哪天|日志里 {stamp} 这一行报错|服务器 {address} 连不上"
    "|提交 {hash} 之后变慢了|论文 {arxiv} 讲了什么|模型有 {count} 个参数，需要几张 {model}|训练花了 {sum} 美元"
    "|预算¥{sum}，够吗|身份证号 {wrong_id} 校验位不对，是假的吗|测试卡 {wrong_card} 为什么过不了校验"
    "|token 上限设为 {count} 合适吗|model key = {model}，要改吗|截止日期 {day}，来得及吗|频道 <#{snowflake}> 里问过"
    "|{pin} 装不上|400-810-{year} 这种企业热线怎么申请|ARR 从 {price} 涨到 {price}，增长算快吗"
).split("|")
_ENGLISH = (
    "Please send the deck to {mail}.|my address is {hidden_mail}, write any time|Reach Ann on {foreign} or at {mail}"
    "|Call me at {foreign} after lunch|Our office line: {landline}|Founder's mobile is {mobile}, text first"
    "|WhatsApp {foreign}|My Chinese ID {id} was rejected, why?|ID number: {id}"
    "|My passport {passport} expires soon, can I still incorporate?"
    "|Passport no. {passport} for the visa of our co-founder|Charge my card {card} for the GPU credits"
    "|is {card} a corporate card?|card number: {card}, exp 09/27|I pasted {token} into Slack, what now?"
    "|Authorization: Bearer {token} gives me a 401|curl -H 'api-key: {random}' returns nothing"
    "|client_secret={random} is what the form wants|the token: {random} no longer works"
    "|password: {password} does not work on the cluster|AWS_SECRET_ACCESS_KEY={random}"
    "|redis://{login}@cache.example.com:6379/0 is slow|Is this key safe?\n{pem}"
    "|invoice to {mail}, phone {foreign}, order number {order}|{mail}, {foreign}, {card}"
    "|Name: Li Hua; ID: {id}; phone: {mobile}|We raised ${price} in {year}, what dilution is fair?"
    "|Does {model} take {count} tokens?|Upgrade from {version} to {version}?|ISBN {isbn} is the book I mean"
    "|order number {order} is late|The timestamp {millis} is in milliseconds|started at {seconds}, ended at {stamp}"
    "|{address} does not answer on port 8000|commit {hash} broke the build|See arXiv:{arxiv} for the method"
    "|{count} parameters need how many {model}?|a burn of {sum} dollars a year|Is {wrong_id} a valid ID?"
    "|test card {wrong_card} fails the check|key: {model}|max tokens = {count}, temperature = 0.2"
    "|deadline {day}, is that realistic?|as said in <#{snowflake}> by <@{snowflake}>|{pin} fails to install"
    "|ping @openai or @hwchase17 about it|Company code {code} in Beijing|revenue went from {price} to {price}"
    "|clone it with git@github.com:acme/app.git|trace id {hash} was slow|message id {snowflake} is gone"
    "|is 1-800-{year}-ish good?"
).split("|")
_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence, what has to be taken out of it, and what has to stay."""

    text: str
    planted: tuple[tuple[Kind, str], ...]
    decoys: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How well sentences were redacted. `missed` and `wrong` are examples, with what came out."""

    planted: int
    caught: int
    taken: int
    decoys: int
    hurt: int
    missed: tuple[tuple[str, str], ...]
    wrong: tuple[tuple[str, str], ...]

    @property
    def recall(self) -> float:
        """The share of planted data that was taken out whole and called by its kind."""
        return self.caught / self.planted

    @property
    def precision(self) -> float:
        """The share of what was taken out that was planted."""
        return self.caught / self.taken


def sentences(count: int = SENTENCES, *, seed: int = SEED) -> tuple[Sentence, ...]:
    """Sentences in turns Chinese and English; the same for the same seed."""
    draw = Random(seed)
    return tuple(_sentence(draw, draw.choice((_CHINESE, _ENGLISH)[at % 2])) for at in range(count))


def score(redactor: Redactor, made: Sequence[Sentence]) -> Score:
    """Counts what was caught, missed and wrongly taken."""
    caught = taken = hurt = 0
    missed, wrong = list[tuple[str, str]](), list[tuple[str, str]]()
    for each in made:
        done = redactor.redact(each.text)
        gone = Counter(kind for kind, value in each.planted if not _leaks(value, done.text))
        right = sum((gone & Counter(done.found)).values())
        caught, taken = caught + right, taken + sum(done.found.values())
        damaged = sum(decoy not in done.text for decoy in each.decoys)
        hurt += damaged
        if right < len(each.planted):
            missed.append((each.text, done.text))
        if damaged or sum(done.found.values()) > right:
            wrong.append((each.text, done.text))
    return Score(
        planted=sum(len(each.planted) for each in made),
        caught=caught,
        taken=taken,
        decoys=sum(len(each.decoys) for each in made),
        hurt=hurt,
        missed=tuple(missed),
        wrong=tuple(wrong),
    )


def measure() -> list[dict[str, object]]:
    """Recall, precision and processor time, as rows of a table."""
    redactor, made = Redactor(), sentences()
    redactor.redact("+1 415 555 2671")
    begun = time.process_time()
    result = score(redactor, made)
    each_us = 1e6 * (time.process_time() - begun) / len(made)
    hostile = "7" * (HOSTILE_MB * 10**6)
    begun = time.process_time()
    redactor.redact(hostile)
    return [
        {
            "sentences": len(made),
            "planted": result.planted,
            "recall": round(result.recall, 4),
            "precision": round(result.precision, 4),
            "decoys": result.decoys,
            "decoys hurt": result.hurt,
            "µs a sentence": round(each_us),
            f"{HOSTILE_MB} MB of digits, s": round(time.process_time() - begun, 1),
        }
    ]


def _sentence(draw: Random, template: str) -> Sentence:
    planted, decoys = list[tuple[Kind, str]](), list[str]()

    def filled(slot: re.Match[str]) -> str:
        name = slot[1]
        if name in _DECOYS:
            decoys.append(_DECOYS[name](draw))
            return decoys[-1]
        kind, make = _MAKERS[name]
        planted.append((kind, make(draw)))
        return planted[-1][1]

    text = _SLOT.sub(filled, template)
    return Sentence(text=text, planted=tuple(planted), decoys=tuple(decoys))


def _leaks(value: str, text: str) -> bool:
    """Whether six characters in a row of a value are left, blanks and signs aside."""
    left, bare = "".join(filter(str.isalnum, text)), "".join(filter(str.isalnum, value))
    return any(bare[at : at + 6] in left for at in range(max(1, len(bare) - 5)))
