"""Bringing a database to this version's schema with Alembic, inside the caller's transaction and lock."""

import re
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, text

from core.errors import UserError

MIGRATIONS = Path(__file__).parent / "migrations"


def configuration(connection: Connection | None = None) -> Any:
    """Alembic's configuration, made here so that an installed wheel needs no alembic.ini."""
    from alembic.config import Config  # noqa: PLC0415 - only where there is something to migrate

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def migrate(connection: Connection) -> None:
    """Run what is missing up to the newest revision; nothing when it is there already.

    Raises UserError if the schema is of a later version of wirewatch.
    """
    if _revision_of(connection) == head():
        return
    from alembic import command  # noqa: PLC0415 - it takes as long to load as a command may take
    from alembic.util import CommandError  # noqa: PLC0415

    try:
        command.upgrade(configuration(connection), "head")
    except CommandError as error:
        raise UserError(
            "the database was written by a later version of wirewatch; start that version, or restore a backup"
        ) from error


def known_revisions() -> frozenset[str]:
    """Those that this version can bring up to date."""
    return frozenset(_revisions())


@cache
def head() -> str:
    """The newest revision: the one that no other follows."""
    revisions = _revisions()
    (newest,) = set(revisions) - set(revisions.values())
    return newest


@cache
def _revisions() -> dict[str, str | None]:
    """Each revision and the one that it follows, read from the files, since Alembic takes long to load."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((MIGRATIONS / "versions").glob("[0-9]*.py"))]
    return {
        found[1]: None if (before := re.search(r'^down_revision = "(\w+)"', one, re.MULTILINE)) is None else before[1]
        for one in texts
        if (found := re.search(r'^revision = "(\w+)"', one, re.MULTILINE))
    }


def _revision_of(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
    return found[0] if len(found) == 1 else None
