"""Forms from the lists of simplemma, which lead from a form to its headword."""

from collections.abc import Iterator
from functools import lru_cache

from alerts.rules.forms.form import Form


@lru_cache(maxsize=4)
def _lists(code: str) -> tuple[dict[str, str], dict[str, list[str]]]:
    from simplemma.strategies.dictionaries import StreamDictionaryFactory  # noqa: PLC0415 - loaded when a rule asks for it

    heads = dict(StreamDictionaryFactory().get_dictionary(code).items())
    forms: dict[str, list[str]] = {}
    for form, head in heads.items():
        forms.setdefault(head, []).append(form)
    return heads, forms


def forms(word: str, code: str) -> Iterator[Form]:
    """The forms of the headwords that a word may be, or of what it is a form of."""
    heads, inverted = _lists(code)
    for spelling in dict.fromkeys((word, word.lower())):
        head = spelling if spelling in inverted else heads.get(spelling)
        if head is not None:
            yield from (Form(form) for form in inverted.get(head, ()))


def knows(word: str, code: str) -> bool:
    heads, inverted = _lists(code)
    return any(spelling in inverted or spelling in heads for spelling in (word, word.lower()))
