"""The dialects by name."""

from collections.abc import Callable, Mapping

from alerts.management.translate import factiva, lexis, lucene, meltwater, talkwalker
from alerts.management.translate.translation import Translation

DIALECTS: Mapping[str, Callable[[str], Translation]] = {
    "meltwater": meltwater.translate,
    "lexis": lexis.translate,
    "factiva": factiva.translate,
    "talkwalker": talkwalker.translate,
    "lucene": lucene.translate,
}


def translate(text: str, dialect: str) -> Translation:
    """A query of another system in our language. Raises KeyError for a dialect that is not known."""
    return DIALECTS[dialect](text)
