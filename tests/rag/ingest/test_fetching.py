"""How pages and feeds are fetched, whatever they hold."""

from __future__ import annotations

import httpx
import pytest

from rag.ingest.fetching import Fetcher, FetchFailed, FetchLimits, Reason, Validators

from .feed_server import feed_server

NAME = "xn--fsqu00a.xn--fiqs8s"


async def test_server_may_be_slow_to_begin_within_the_time_that_is_set() -> None:
    limits = FetchLimits(allow_hosts=frozenset({"127.0.0.1"}), timeout_s=60)
    async with feed_server() as server, httpx.AsyncClient(trust_env=False, timeout=0.0001) as hasty:
        server.publish("news", "/feed")
        answer = await Fetcher(hasty, limits).fetch(server.address("/feed"), Validators())
    assert answer.content == b"news"


@pytest.mark.parametrize(("status", "reason"), [(404, Reason.NOTHING), (410, Reason.NOTHING), (403, Reason.STATUS)])
async def test_address_with_nothing_behind_it_is_told_from_a_server_that_says_no(status: int, reason: Reason) -> None:
    limits = FetchLimits(allow_hosts=frozenset({"127.0.0.1"}), timeout_s=60)
    async with feed_server() as server, httpx.AsyncClient(trust_env=False) as client:
        server.pages["/feed"] = (status, {}, b"<h1>Not here</h1>")
        with pytest.raises(FetchFailed) as failed:
            await Fetcher(client, limits).fetch(server.address("/feed"), Validators())
    assert (failed.value.reason, failed.value.value) == (reason, str(status))


async def test_name_in_other_letters_is_asked_for_as_the_name_system_has_it() -> None:
    looked: list[str] = []

    async def lookup(host: str, port: int) -> list[str]:
        looked.append(host)
        return ["127.0.0.1"]

    limits = FetchLimits(allow_hosts=frozenset({NAME}), timeout_s=60)
    async with feed_server() as server, httpx.AsyncClient(trust_env=False) as client:
        server.publish("消息", "/%E8%9E%8D%E8%B5%84")
        fetcher = Fetcher(client, limits, lookup=lookup)
        answer = await fetcher.fetch(server.address("/融资", host="例子.中国"), Validators())
        assert server.asked[0][1]["host"] == f"{NAME}:{server.port}"
    assert (answer.content, looked) == ("消息".encode(), [NAME])
