"""Calls of `wirewatch try`: lines in, rows out."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson
from click.testing import CliRunner, Result

from wirewatch.cli.main import cli


def lines(path: Path, rows: Sequence[object]) -> str:
    """A file of JSON Lines; a row that is bytes is written as it is."""
    path.write_bytes(b"".join((row if isinstance(row, bytes) else orjson.dumps(row)) + b"\n" for row in rows))
    return str(path)


def tried(*words: str, stdin: bytes | None = None) -> Result:
    """The whole result of a call."""
    return CliRunner().invoke(cli, ["try", *words], input=stdin)


def rows(*words: str, stdin: bytes | None = None, exit_code: int = 0) -> list[dict[str, Any]]:
    """The output of a call that ends with this exit code and without a traceback."""
    result = tried(*words, stdin=stdin)
    assert result.exit_code == exit_code, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return [orjson.loads(line) for line in result.stdout.splitlines()]


def an_article(name: str, title: str = "", text: str = "", **more: object) -> dict[str, object]:
    return {"id": name, "title": title, "text": text, "published": "2026-03-01T12:00:00Z", "source": "Desk"} | more
