"""Word lists of languages, made once and kept: making one takes seconds, opening one a thousandth.

What is kept is named by the language, the version of simplemma and that of the format. `WIREWATCH_WORD_LISTS` may name a folder
that has them all, as an image's has.
"""

import os
import struct
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from alerts.rules.forms.word_list import MAGIC, WordList, compiled, front_coded
from core.kept_files import Kept, cache_folders, kept

_MOST_OPEN = 64  # more than there are


@lru_cache(maxsize=_MOST_OPEN)
def word_list(code: str) -> WordList:
    """The list of a language, `code` as simplemma names it."""
    return WordList(kept(_name(code), lambda: compiled(front_coded(code)), _is_list, _folders()))


def is_kept(code: str) -> bool:
    """Whether a list needs not be made."""
    return any((folder / _name(code)).is_file() for folder in _folders())


def _name(code: str) -> str:
    return f"forms-{code}-{version('simplemma')}-{MAGIC.split()[-1].decode()}"


def _folders() -> list[Path]:
    return cache_folders(os.environ.get("WIREWATCH_WORD_LISTS"))


def _is_list(data: Kept) -> bool:
    """Whether a file is whole; a damaged one is made again."""
    try:
        WordList(data)
    except (ValueError, struct.error):
        return False
    return True
