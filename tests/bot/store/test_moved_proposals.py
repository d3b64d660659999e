"""What experts had proposed before hand-ins had a table of their own moves there, as it stood."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import Connection, inspect, text

from bot.document_records import HandInState, Shelf
from bot.store.migrating import upgrade
from bot.store.opening import SqlStore, open_database
from bot.store.urls import store_url

from .test_migrations import AT, filled

_REQUEST = """
    INSERT INTO expert_requests (id, question_id, answer_id, platform, workspace, channel, thread, place_kind,
        channel_key, thread_key, text, language, mention, audience, state, asked_at)
    VALUES (:id, :question, 'a', 'slack', 'T1', 'C1', '1', 'thread', 'slack/T1/C1', 'slack/T1/C1/1', 'Why?', 'en',
        'user:U1', '["board"]', 'answered', :at)
"""
_PROPOSAL = """
    INSERT INTO proposals (id, request_id, person, channel_key, question, answer, author, language, audience, state,
        reason, at)
    VALUES (:id, :request, 'slack/T1/U1', 'slack/T1/C1', 'Why?', 'Because.', 'Ada', 'en', '["board"]', :state,
        :reason, :at)
"""


async def test_proposals_become_hand_ins_in_the_state_that_they_had(
    database_url: SecretStr | None, tmp_path: Path
) -> None:
    states = ("proposed", "approving", "approved")
    stamp = AT if database_url else AT.replace(tzinfo=None).isoformat(sep=" ")

    def propose(connection: Connection) -> None:
        for number, state in enumerate(states, start=1):
            request = {"id": f"r{number}", "question": f"q{number}", "at": stamp}
            connection.execute(text(_REQUEST), request)
            row = {"id": f"p{number}", "request": f"r{number}", "state": state, "reason": "", "at": stamp}
            connection.execute(text(_PROPOSAL), row)

    async with open_database(store_url(database_url, home=tmp_path)) as database:
        await upgrade(database, to="0010")
        await filled(database)
        await database.write(propose)
        await upgrade(database)
        store = SqlStore(database)
        moved = [await store.hand_ins.get(f"p{number}") for number in (1, 2, 3)]
        names = await database.read(lambda connection: inspect(connection).get_table_names())
    assert "proposals" not in names
    assert [each.state for each in moved if each] == [
        HandInState.PROPOSED,
        HandInState.PUBLISHING,
        HandInState.PUBLISHED,
    ]
    first = moved[0]
    assert first is not None
    assert (first.shelf, first.title, first.text, first.name) == (Shelf.ANSWERS, "Why?", "Because.", "Ada")
    assert (first.audience, first.question_id, first.at) == ({"board"}, "q1", AT)
    # Still in the words of whoever asked.
    assert (first.heading, first.place.key) == (first.title, "slack/T1/C1/1")
