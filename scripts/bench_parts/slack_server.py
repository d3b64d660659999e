"""Slack's double in a process of its own, and people who mention the bot at a steady rate.

python -m bench_parts.slack_server        prints its address, takes a scenario, prints what became of it
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from bench_parts.figures import percentiles
from tests.doubles.slack.server import SlackServer, slack_server
from tests.doubles.slack.workspace import BOT_USER, CHANNEL, Said, Workspace

_ACK_S = 3.0
_DRAIN_S, _QUIET_S = 120.0, 3.0


async def main() -> None:
    """Serves one scenario."""
    # Slack would hand over again what was not acknowledged; here each such thing is counted instead.
    async with slack_server(retries=(), ack_s=60.0) as slack:
        tell({"api": slack.api})
        scenario = json.loads(await asyncio.to_thread(sys.stdin.readline))
        prepare(slack.workspace, scenario)
        await slack.deliveries.connected()
        tell(await played(slack, scenario))


def tell(value: dict[str, Any]) -> None:
    """One line for the process that has started this one."""
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def prepare(workspace: Workspace, scenario: dict[str, Any]) -> None:
    """Channels and people, and how fast the methods are."""
    workspace.call_s = scenario["call_s"]
    workspace.post_interval_s = scenario["post_interval_s"]
    template = next(iter(workspace.users.values()))
    people = {f"U{number:05d}" for number in range(scenario["people"])}
    workspace.users |= {user: {**template, "id": user, "name": user.lower()} for user in people}
    for number in range(scenario["channels"]):
        workspace.members[f"{CHANNEL}{number}"] = people | {BOT_USER}


async def played(slack: SlackServer, scenario: dict[str, Any]) -> dict[str, Any]:
    """Has people mention the bot, waits until nothing more comes, and counts."""
    count, begun, late = scenario["mentions"], time.monotonic(), 0.0
    asked = []
    for number in range(count):
        due = begun + number / scenario["rate"]
        if (wait := due - time.monotonic()) > 0:
            await asyncio.sleep(wait)
        late = max(late, time.monotonic() - due)
        if number == scenario["disconnect_at"]:
            await slack.deliveries.disconnect()
        user, channel = f"U{number % scenario['people']:05d}", f"{CHANNEL}{number % scenario['channels']}"
        asked.append(slack.people.say(user, channel, f"<@{BOT_USER}> question {number}: what is a moat?"))
    offered = time.monotonic() - begun
    await settled(slack, count)
    acks = [each.acknowledged_s for each in slack.deliveries.all if each.acknowledged_s is not None]
    answers = Counter(said.thread_ts for said in slack.workspace.own() if finished(said))
    answered = sum(answers[said.ts] > 0 for said in asked)
    told = len(slack.workspace.whispers)
    return {
        "mentions": count,
        "offered a second": round(count / offered, 1),
        "latest offer s": round(late, 2),
        "events": len(slack.deliveries.all),
        "not acknowledged": len(slack.deliveries.all) - len(acks),
        "acks over 3 s": sum(ack > _ACK_S for ack in acks),
        **{f"ack {name}": value for name, value in percentiles(acks).items()},
        "ack max ms": round(1000 * max(acks), 1),
        "answered": answered,
        "told busy": told,
        "neither": count - answered - told,
        "answered twice": sum(number > 1 for number in answers.values()),
        "connections": slack.deliveries.connections,
        "429s": slack.workspace.put_off,
        "seconds": round(time.monotonic() - begun, 1),
    }


def finished(said: Said) -> bool:
    """Whether an answer is whole: nothing under it tells of work any more."""
    return not said.streaming and "hourglass" not in str(said.blocks)


async def settled(slack: SlackServer, count: int) -> None:
    """Returns when every mention has its answer or its line, or when nothing has come for a while."""
    seen, since, begun = -1, time.monotonic(), time.monotonic()
    while time.monotonic() - begun < _DRAIN_S:
        done = sum(map(finished, slack.workspace.own())) + len(slack.workspace.whispers)
        open_ = any(not each.done.is_set() for each in slack.deliveries.all)
        if done != seen:
            seen, since = done, time.monotonic()
        if not open_ and (done >= count or time.monotonic() - since > _QUIET_S):
            return
        await asyncio.sleep(0.1)


if __name__ == "__main__":
    asyncio.run(main())
