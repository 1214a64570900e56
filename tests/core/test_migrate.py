"""The newest revision is known without loading what migrates."""

from alembic.script import ScriptDirectory

from core.db.migrate import configuration, head


def test_the_newest_revision_is_the_one_that_alembic_finds() -> None:
    assert head() == ScriptDirectory.from_config(configuration()).get_current_head()
