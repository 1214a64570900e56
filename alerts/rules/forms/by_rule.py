"""Languages whose words have too many forms for a list: the forms are made, by the rules of each language.

A made form is marked as guessed, unless a dictionary has it as well.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from alerts.rules.forms import arabic, hebrew, persian, turkish, urdu
from alerts.rules.forms.form import Form

Phrase: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Maker:
    """`forms`: of a word, from what a dictionary lists of it; `phrase`: of words together, the words as typed first."""

    forms: Callable[[str, frozenset[str]], tuple[str, ...]]
    phrase: Callable[[Phrase], tuple[str, ...]]
    listed: bool = False

    def made(self, word: str, code: str) -> Iterator[Form]:
        listed = _lists(code).get(word, frozenset()) if self.listed else frozenset()
        yield from (Form(form, guessed=form not in listed) for form in self.forms(word, listed))

    def made_of(self, words: Phrase) -> Iterator[Form]:
        yield from (Form(form, guessed=True) for form in self.phrase(words))


@lru_cache(maxsize=4)
def _lists(code: str) -> Mapping[str, frozenset[str]]:
    """The forms of each headword."""
    from simplemma.strategies.dictionaries import DefaultDictionaryFactory  # noqa: PLC0415 - loaded when a rule asks for it

    found: dict[str, set[str]] = {}
    for form, head in DefaultDictionaryFactory().get_dictionary(code).items():
        found.setdefault(head, set()).add(form)
    return {head: frozenset(forms) for head, forms in found.items()}


MAKERS: Mapping[str, Maker] = {
    "ar": Maker(arabic.forms, arabic.phrase, listed=True),
    "fa": Maker(lambda word, listed: (*persian.forms(word), *listed), persian.phrase, listed=True),
    "he": Maker(hebrew.forms, hebrew.phrase, listed=True),
    "tr": Maker(lambda word, _: turkish.forms(word), turkish.phrase),
    "ur": Maker(lambda word, _: urdu.forms(word), urdu.phrase),
}
