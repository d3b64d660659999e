"""The book of our own messages; implements `bot.ports.PostBook`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from bot.errors import StoreFailed
from bot.records import PostRecord, PostState
from bot.store.database import Database
from bot.store.models.conversing import posts
from bot.store.statements import add_new, place_of, place_values

_MAY_BECOME = {
    PostState.POSTING: (PostState.CLAIMED,),
    PostState.POSTED: tuple(PostState),
    PostState.ABANDONED: (PostState.CLAIMED, PostState.POSTING, PostState.ABANDONED),
}
"""From which states each state is reached; a message that is seen on the platform is posted, whatever was noted."""

# Made once: making a statement takes longer than running it.
_MOVE = {
    state: update(posts)
    .where(posts.c.nonce == bindparam("post"), posts.c.state.in_([source.value for source in sources]))
    .values(state=state.value, **({"message_id": bindparam("message")} if state is PostState.POSTED else {}))
    for state, sources in _MAY_BECOME.items()
}
_OF_QUESTION = select(posts).where(posts.c.question_id == bindparam("question")).order_by(posts.c.part)


class SqlPosts:
    """A post is claimed once for each part of a question; its states never go back."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(self, post: PostRecord) -> PostRecord:
        """Store a post, or return the one of that question and part which is stored already.

        Raises:
            StoreFailed: the nonce belongs to another post.
        """

        def work(connection: Connection) -> PostRecord:
            if add_new(connection, posts, _values(post)):
                return post
            same = (posts.c.question_id == post.question_id) & (posts.c.part == post.part)
            row = connection.execute(select(posts).where(same)).first()
            if row is None:
                raise StoreFailed(f"the nonce {post.nonce!r} belongs to another post; make a new one for each post")
            return _post(row)

        return await self._database.write(work)

    async def posting(self, nonce: str) -> bool:
        """Note that the platform is about to be asked; False where somebody has noted it, or it has ended."""
        return await self._move(nonce, PostState.POSTING, {})

    async def posted(self, nonce: str, message_id: str) -> None:
        """Note the message that came of it."""
        await self._move(nonce, PostState.POSTED, {"message": message_id})

    async def abandon(self, nonce: str) -> None:
        """Note that it will not be posted; one that was posted stays as it is."""
        await self._move(nonce, PostState.ABANDONED, {})

    async def of_question(self, question_id: str) -> tuple[PostRecord, ...]:
        """The posts of a question, by part."""
        which = {"question": question_id}
        rows = await self._database.read(lambda connection: connection.execute(_OF_QUESTION, which).all())
        return tuple(_post(row) for row in rows)

    async def _move(self, nonce: str, state: PostState, values: dict[str, str]) -> bool:
        def work(connection: Connection) -> bool:
            if connection.execute(_MOVE[state], {"post": nonce, **values}).rowcount:
                return True
            if connection.execute(select(posts.c.nonce).where(posts.c.nonce == nonce)).first() is None:
                raise StoreFailed(f"no post has the nonce {nonce!r}; claim it before it becomes {state.value!r}")
            return False

        return await self._database.write(work)


def _values(post: PostRecord) -> dict[str, Any]:
    return {
        "nonce": post.nonce,
        "question_id": post.question_id,
        "part": post.part,
        **place_values(post.place),
        "state": post.state.value,
        "message_id": post.message_id,
    }


def _post(row: Row[Any]) -> PostRecord:
    return PostRecord(
        nonce=row.nonce,
        question_id=row.question_id,
        place=place_of(row),
        part=row.part,
        state=PostState(row.state),
        message_id=row.message_id,
    )
