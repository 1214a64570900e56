"""Alembic's entry: runs migrations on the connection that core.db.migrate hands over."""

from alembic import context

from core.db import tables_alerts, tables_channels, tables_inbox, tables_people
from core.db.tables import metadata

# importing them adds their tables to the metadata
TARGET = (metadata, tables_alerts, tables_channels, tables_inbox, tables_people)[0]

context.configure(connection=context.config.attributes["connection"], target_metadata=TARGET)
with context.begin_transaction():
    context.run_migrations()
