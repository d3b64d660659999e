"""Where Alembic enters: migrations run on the connection, and in the transaction, that `bot.store.migrating` gives."""

from __future__ import annotations

from alembic import context

from bot.store.models import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite, too, changes its tables inside the transaction: an interrupted upgrade leaves nothing behind.
    transactional_ddl=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
