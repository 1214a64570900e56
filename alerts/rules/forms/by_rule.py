"""Languages whose words have too many forms for a list: the forms are made, by the rules of each language.

A made form is marked as guessed, unless a dictionary has it as well.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from alerts.rules.forms import (
    arabic,
    finnish,
    georgian,
    hebrew,
    hindi,
    hungarian,
    indonesian,
    persian,
    turkic,
    turkish,
    urdu,
)
from alerts.rules.forms.form import Form
from alerts.rules.forms.kept_lists import word_list
from alerts.rules.forms.other_words import OTHER_WORDS
from core.text.fold import fold

Phrase: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Maker:
    """`forms`: of a word, from what a dictionary lists of it; `phrase`: of words together, the words as typed first. `listed`: a
    dictionary is asked for that; `heads`: it is asked, too, which headword a word is a form of."""

    forms: Callable[[str, frozenset[str]], tuple[str, ...]]
    phrase: Callable[[Phrase], tuple[str, ...]]
    listed: bool = False
    heads: bool = False

    def made(self, word: str, code: str) -> Iterator[Form]:
        """The forms of a word; of one with a hyphen (`Pohjois-Korea`), those of its last part."""
        before, hyphen, last = word.rpartition("-")
        for head in (last, *self._headwords(last, code)):
            listed = word_list(code).forms_of(head) if self.listed else frozenset()
            others = frozenset(map(fold, OTHER_WORDS.get(code, {}).get(head.lower(), ())))
            made = (form for form in self.forms(head, listed) if form == head or fold(form) not in others)
            yield from (Form(before + hyphen + form, guessed=form not in listed) for form in made)

    def _headwords(self, word: str, code: str) -> tuple[str, ...]:
        """What a word is a form of that is no headword itself: `hallituksen`. A word with a capital is taken for a name."""
        if not self.heads or word[:1].isupper() or word_list(code).pairs_of(word) is not None:
            return ()
        return tuple(word_list(code).heads_of(word))

    def made_of(self, words: Phrase) -> Iterator[Form]:
        yield from (Form(form, guessed=True) for form in self.phrase(words))


def _turkic(code: str) -> Maker:
    return Maker(lambda word, _: turkic.forms(word, code), lambda words: turkic.phrase(words, code))


MAKERS: Mapping[str, Maker] = {
    "ar": Maker(arabic.forms, arabic.phrase, listed=True),
    "fa": Maker(persian.forms, persian.phrase, listed=True, heads=True),
    "fi": Maker(lambda word, _: finnish.forms(word), finnish.phrase, heads=True),
    "ka": Maker(lambda word, _: georgian.forms(word), georgian.phrase, heads=True),
    "hu": Maker(lambda word, _: hungarian.forms(word), hungarian.phrase, heads=True),
    "hi": Maker(hindi.forms, hindi.phrase, listed=True, heads=True),
    **dict.fromkeys(("id", "ms"), Maker(lambda word, _: indonesian.forms(word), indonesian.phrase)),
    "he": Maker(hebrew.forms, hebrew.phrase, listed=True, heads=True),
    "tr": Maker(turkish.forms, turkish.phrase, listed=True),
    **{code: _turkic(code) for code in turkic.LANGUAGES},
    "ur": Maker(lambda word, _: urdu.forms(word), urdu.phrase),
}
