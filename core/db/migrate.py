"""Bringing a database to this version's schema with Alembic, inside the caller's transaction and lock."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from core.errors import UserError

MIGRATIONS = Path(__file__).parent / "migrations"


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's configuration, made here so that an installed wheel needs no alembic.ini."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def migrate(connection: Connection) -> None:
    """Run what is missing up to the newest revision; nothing when it is there already.

    Raises UserError if the schema is of a later version of wirewatch.
    """
    config = configuration(connection)
    wanted = ScriptDirectory.from_config(config).get_current_head()
    if MigrationContext.configure(connection).get_current_revision() == wanted:
        return
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise UserError(
            "the database was written by a later version of wirewatch; start that version, or restore a backup"
        ) from error


def known_revisions() -> set[str]:
    """Those that this version can bring up to date."""
    return {script.revision for script in ScriptDirectory.from_config(configuration()).walk_revisions()}
