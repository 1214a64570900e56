"""Names of sources and agencies in the one spelling that is compared: `L'Écho` and `L’Écho` are one name."""

import unicodedata
from functools import lru_cache

from core.text.fold import unified

_HEBREW = str.maketrans("\u05f3\u05f4", "'\"")  # geresh and gershayim, for which keyboards have quotes
_DOTTED = "i\u0307"  # of a Turkish İ in lower case


@lru_cache(maxsize=4096)
def name_key(name: str) -> str:
    """A name whatever its case, its quotes, dashes and spaces, and the way its marks are encoded (NFKC). Marks count. Idempotent."""
    caseless = unicodedata.normalize("NFKC", unified(name.translate(_HEBREW)).casefold()).replace(_DOTTED, "i")
    return " ".join(caseless.split())
