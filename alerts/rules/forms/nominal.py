"""Nouns and adjectives whose endings say their forms: plurals by rule, feminines where a word has one.

A list of forms lacks plurals and feminines of some words and has misspellings and derived words of others. Here the rules of a
language say which forms there may be; the list chooses between two plurals, and says which words have a feminine.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from alerts.rules.forms.form import Form
from alerts.rules.forms.word_list import WordList

_FEWEST_OF_VERB = 16  # forms of a headword with the ending of an infinitive that is a verb


@dataclass(frozen=True, slots=True)
class Plurals:
    """`always`: plurals of every word with the ending; `choices`: those that the list has, else the first."""

    always: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """How a language makes them. `plurals` of a singular. `feminines`: what the feminine of a word may be, likeliest first.
    `two_genders`: words with a feminine that the list does not say; their feminines, where they are not made by the ending.
    `one_gender`: words whose likely feminine is another word. `persons`: endings of words that have a feminine where the list has
    that word at all; `adjectives`: those of words that the list does not have. `infinitives`: endings of verbs, `no_verbs`: nouns and adjectives that
    have them, and are no verbs in a newspaper. `plurals_of_feminine`: where they are
    not made as those of other words. `capital_names`: a word with a capital is a name and stays as it is,
    unless it is one of `titles`. `irregular`: words whose other forms are these."""

    plurals: Callable[[str], Plurals]
    feminines: Callable[[str], tuple[str, ...]]
    two_genders: Mapping[str, str] = field(default_factory=dict)
    one_gender: frozenset[str] = frozenset()
    persons: tuple[str, ...] = ()
    adjectives: tuple[str, ...] = ()
    infinitives: tuple[str, ...] = ()
    no_verbs: frozenset[str] = frozenset()
    irregular: Mapping[str, str] = field(default_factory=dict)
    plurals_of_feminine: Callable[[str], Plurals] | None = None
    capital_names: bool = True
    titles: frozenset[str] = frozenset()


def table(text: str) -> Mapping[str, str]:
    """Of lines or pieces parted by `;`: a word, and what is said of it."""
    rows = (piece.strip().partition(" ") for piece in text.replace("\n", ";").split(";"))
    return {word: said for word, _, said in rows if word}


def is_verb(word: str, listed: frozenset[str], rules: Rules) -> bool:
    return word.endswith(rules.infinitives) and len(listed) >= _FEWEST_OF_VERB and word not in rules.no_verbs


def nominal_forms(word: str, words: WordList, rules: Rules) -> Iterator[Form]:
    """The forms of a noun or an adjective; those that the list has nowhere are guessed."""
    listed = words.forms_of(word)
    for form in dict.fromkeys(_made(word, listed, words, rules)):
        yield Form(form, guessed=form not in listed and not _known(form, words))


def plurals_of(word: str, listed: frozenset[str], rules: Rules) -> tuple[str, ...]:
    return _chosen(rules.plurals(word), listed)


def _chosen(made: Plurals, listed: frozenset[str]) -> tuple[str, ...]:
    return made.always + (tuple(one for one in made.choices if one in listed) or made.choices[:1])


def _made(word: str, listed: frozenset[str], words: WordList, rules: Rules) -> Iterator[str]:
    yield word
    yield from plurals_of(word, listed, rules)
    for feminine in _feminines(word, listed, words, rules):
        yield feminine
        yield from _chosen(_of_feminine(feminine, rules), listed | words.forms_of(feminine))


def _of_feminine(feminine: str, rules: Rules) -> Plurals:
    return (rules.plurals_of_feminine or rules.plurals)(feminine)


def _feminines(word: str, listed: frozenset[str], words: WordList, rules: Rules) -> tuple[str, ...]:
    if word in rules.one_gender:
        return ()
    said = tuple(rules.two_genders.get(word, "").split())
    if said:
        return said
    possible = rules.feminines(word)
    others = listed - {word, *plurals_of(word, listed, rules)}
    found = tuple(one for one in possible if not others.isdisjoint((one, *_chosen(_of_feminine(one, rules), others))))
    if found:
        return found
    known = tuple(one for one in possible if _known(one, words))
    if word in rules.two_genders:
        return (known or possible)[:1]
    if words.pairs_of(word) is not None:
        return known[:1] if word.endswith(rules.persons) else ()
    return (known or possible)[:1] if word.endswith(rules.persons + rules.adjectives) else ()


def _known(word: str, words: WordList) -> bool:
    return words.pairs_of(word) is not None or bool(words.heads_of(word))
