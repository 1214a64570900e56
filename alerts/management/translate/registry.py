"""The dialects by name."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from alerts.management.translate import factiva, lexis, lucene, meltwater, talkwalker
from alerts.management.translate.translation import Translation
from alerts.rules.comments import carried, without_comments
from core.text.invisible import has_invisible, places_seen, without_invisible

DIALECTS: Mapping[str, Callable[[str], Translation]] = {
    "meltwater": meltwater.translate,
    "lexis": lexis.translate,
    "factiva": factiva.translate,
    "talkwalker": talkwalker.translate,
    "lucene": lucene.translate,
}


def translate(text: str, dialect: str) -> Translation:
    """A query of another system in our language, with its comments (`# ...`). Raises KeyError for a dialect that is not known."""
    seen = without_invisible(text)
    found = DIALECTS[dialect](without_comments(seen))
    if found.query is not None:
        found = replace(found, query=carried(seen, found.query))
    if not has_invisible(text):
        return found
    places = [*places_seen(text), len(text)]
    return replace(
        found,
        notes=tuple(replace(note, start=places[note.start], end=places[note.end]) for note in found.notes),
        problems=tuple(replace(one, start=places[one.start], end=places[one.end]) for one in found.problems),
    )
