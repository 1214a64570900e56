"""The folder that everything of an installation is in."""

import errno
from pathlib import Path

from core.disk import write_probe
from core.errors import UserError


def make_data_dir(path: Path) -> None:
    """Make it where it is missing. Raises UserError where it cannot be used."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"data_dir {path}: cannot be made: {error.strerror}") from error
    try:
        write_probe(path)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):  # room can be made while we wait
            raise UserError(f"data_dir {path}: cannot be written: {error.strerror}") from error
