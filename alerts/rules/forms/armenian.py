"""What Armenian writes behind a case: the article, "my" and "your". Pure. The cases themselves are those of a list."""

from collections.abc import Iterable, Iterator

from alerts.rules.forms.form import Form

_ARTICLES = ("ը", "ն", "ս", "դ")
_VOWELS = "աեէիօու"
# Spellings of dialects and of old books, which the list has as forms.
_NO_BEGINNINGS = frozenset("էըհ")


def with_articles(word: str, found: Iterable[Form]) -> Iterator[Form]:
    """The forms, and each of them with every article that its last letter allows."""
    for form in found:
        if form.text[:1].lower() in _NO_BEGINNINGS and form.text[:1] != word[:1]:
            continue
        yield form
        if form.text[-1:] in _ARTICLES and len(form.text) > len(word):
            continue
        endings = ("ն", "ս", "դ") if form.text[-1:] in _VOWELS else _ARTICLES
        yield from (Form(form.text + ending, form.guessed) for ending in endings)
