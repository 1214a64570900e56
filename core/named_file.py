"""Files that a configuration or another file names: read at once, whatever stands in their place.

A pipe that nobody writes to is waited for for ever, and a device may have no end: neither is read. A file that a person names as
an argument of a command may be a pipe, and is waited for.
"""

import errno
import os
import stat
from pathlib import Path


class NoFile(OSError):
    """There is no ordinary file of that name; `strerror` says what there is."""


def read_named(path: Path, most: int = -1, *, pipes: bool = False) -> bytes:
    """The bytes of a file, the first `most` where it is given. `pipes`: of what a person names, which may be one. Raises OSError, and
    NoFile of them."""
    try:
        with open(path, "rb", opener=None if pipes else _at_once) as opened:
            if pipes or stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
                return opened.read(most)
    except FileNotFoundError:
        raise NoFile(errno.ENOENT, "there is no such file", str(path)) from None
    except IsADirectoryError:
        raise NoFile(errno.EISDIR, "it is a folder; expected a file", str(path)) from None
    except ValueError:  # a character 0
        raise NoFile(errno.EINVAL, "no file can have this name", str(path)) from None
    except OSError as error:
        if error.errno != errno.ENXIO:  # of a socket
            raise
    raise NoFile(errno.EINVAL, "it is a pipe or a device; expected a file", str(path))


def reason(error: OSError | UnicodeDecodeError) -> str:
    """Why a text could not be read from a file."""
    return str(error.strerror) if isinstance(error, OSError) else "it is not UTF-8"


def _at_once(name: str, flags: int) -> int:
    """Without a wait for who writes to a pipe, and without a terminal of that name becoming ours."""
    return os.open(name, flags | os.O_NONBLOCK | os.O_NOCTTY)
