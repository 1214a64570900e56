"""The forms of a word of a language whose words are in a list: headwords first, then what a word may be a form of, then a guess."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from alerts.rules.forms.analogy import Shares, forms_by_analogy
from alerts.rules.forms.declension import Declension, by_list, of_name
from alerts.rules.forms.form import Form, spelled_like
from alerts.rules.forms.kept_lists import word_list
from alerts.rules.forms.name_endings import Endings, names_by
from alerts.rules.forms.nominal import Rules, is_verb, nominal_forms, plurals_of
from alerts.rules.forms.word_list import WordList, pair_of

_MOST_INITIALS = 6  # letters of an acronym
_BESIDE_DECLENSION = 0.2  # share of the neighbours that have a listed form which the declension does not make
_MOST_OF_NAME = 24  # forms: what has more is a verb or an adjective, and no name
_LAST_PART = re.compile(r"(?<=.[-'’ʼ])[^-'’ʼ]+$")  # of vice-ministre, l'Ukraine
_OF_VERB = Shares(listed=0.02, borrowed=0.5)


@dataclass(frozen=True, slots=True)
class Grammar:
    """What a list does not say of its language. `code`: of the list. `names`: endings of names that are not listed, None: as other
        words. `names_alone`: listed names too are inflected by `names` only. `other_words`: endings of a form, or changes of ending (`o>ão`; in capitals: of a name), that make it another word
        (a diminutive, a woman who does it). `genitive`: a letter
    that every form may have behind it. `acronyms`: endings of `NGO`. `irregular`: headwords whose forms are these, and no regular ones.
        `nominal`: how nouns and adjectives are made by rule.
        `capital_names`: a form of another word is a name where it has a capital.
        `mended`: what the forms of a headword by analogy lack, and which of them are none.
        `declension`: how the forms are made that a list leaves out.
        `women`: endings of women's surnames, which are names beside the men's."""

    code: str
    names: Endings | None = None
    names_alone: bool = False
    other_words: tuple[str, ...] = ()
    genitive: str = ""
    acronyms: tuple[str, ...] = ()
    irregular: Mapping[str, str] = field(default_factory=dict)
    shares: Shares = field(default_factory=Shares)
    nominal: Rules | None = None
    capital_names: bool = False
    mended: Callable[[str, Iterable[Form], WordList], Iterator[Form]] | None = None
    declension: Declension | None = None
    women: str = ""


def forms_in(word: str, grammar: Grammar) -> Iterator[Form]:
    """The forms of every headword that the word is, else of those that it is a form of, else those of an unknown word."""
    for form in _forms_in(word, grammar):
        text = spelled_like(word, form.text) if not word.isupper() else form.text
        yield Form(text, form.guessed)
        if grammar.genitive:
            yield from (Form(text + ending, form.guessed) for ending in grammar.genitive if not text.endswith(ending))


def _forms_in(word: str, grammar: Grammar) -> Iterator[Form]:
    words = word_list(grammar.code)
    if _acronym(word):
        made = (word + ending for ending in grammar.acronyms)
        yield from (Form(form, guessed=True) for form in made if not headwords(form.lower(), words))  # ITs is its
        return
    irregular = grammar.nominal.irregular if grammar.nominal else grammar.irregular
    heads = [one for one in (word, word.lower()) if one in irregular][:1] or headwords(word, words)
    if _of_woman(word, grammar) and heads != [word] and not any(head[:1].islower() for head in heads):
        heads = []
    for head in heads:
        yield from _of_headword(head, word, words, grammar)
    last = _LAST_PART.search(word)
    if not heads and last is not None:
        yield from (Form(word[: last.start()] + form.text, form.guessed) for form in _forms_in(last[0], grammar))
    elif not heads:
        yield from _of_unknown(word, words, grammar)


def _of_woman(word: str, grammar: Grammar) -> bool:
    """Whether a word is a surname of women, by its ending."""
    return word[:1].isupper() and bool(grammar.women and re.search(f"(?:{grammar.women})$", word))


def forms_of_name(word: str, grammar: Grammar) -> Iterator[Form]:
    """The forms of a name whatever the list has of it: it may be another word there."""
    first, hyphen, last = word.rpartition("-")
    for form in _of_unknown(last, word_list(grammar.code), grammar):
        text = f"{first}{hyphen}{spelled_like(last, form.text)}"
        yield Form(text, guessed=True)
        if grammar.genitive:
            yield from (Form(text + ending, guessed=True) for ending in grammar.genitive if not text.endswith(ending))


def is_headword(word: str, words: WordList) -> bool:
    """Whether a word is a headword in one of its spellings."""
    return any(words.pairs_of(spelling) is not None for spelling in _spellings(word))


def is_common(word: str, words: WordList) -> bool:
    """Whether a word is listed in small letters, as a headword or as a form of one."""
    small = word.lower()
    return words.pairs_of(small) is not None or any(head[:1].islower() for head in words.heads_of(small))


def headwords(word: str, words: WordList) -> list[str]:
    """The headwords of a word, in the first of its spellings that is one or is a form of one."""
    spellings = _spellings(word)
    for spelling in spellings:
        if words.pairs_of(spelling) is not None:
            return [spelling]
    for spelling in spellings:
        if heads := words.heads_of(spelling):
            return heads
    return []


def _spellings(word: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((word, word.lower(), word.capitalize())))


def _acronym(word: str) -> bool:
    return 1 < len(word) <= _MOST_INITIALS and word.isupper()


def _of_headword(head: str, typed: str, words: WordList, grammar: Grammar) -> Iterator[Form]:
    if head in grammar.irregular:
        yield from map(Form, (head, *grammar.irregular[head].split()))
        return
    if grammar.nominal is not None:
        yield from _by_rules(head, typed, words, grammar.nominal)
        return
    if grammar.declension is not None:
        yield from _declined(head, typed, words, grammar, grammar.declension)
        return
    listed = words.pairs_of(head) or frozenset()
    may_be_name = grammar.names is not None and typed[:1].isupper()
    other = grammar.capital_names and head[:1].islower() and typed.lower() != head  # Wilders, of wild
    if may_be_name and (other or (grammar.names_alone and head[:1].isupper()) or len(listed) > _MOST_OF_NAME):
        yield from _of_name(typed, grammar)
        return
    by_analogy = forms_by_analogy(head, words, grammar.shares)
    found = list(by_analogy if grammar.mended is None else grammar.mended(head, by_analogy, words))
    sparse = len(found) < 2 or any(form.guessed for form in found)
    for form in found:
        if not (may_be_name and form.guessed) and not _other_word(head, form.text, grammar):
            yield form
    if may_be_name and sparse:
        yield from _of_name(typed, grammar)


def _by_rules(head: str, typed: str, words: WordList, rules: Rules) -> Iterator[Form]:
    listed = words.forms_of(head)
    if head in rules.irregular:
        yield from map(Form, (head, *rules.irregular[head].split()))
    elif typed[:1].isupper() and (
        typed.lower() != head or (rules.capital_names and head not in rules.titles)
    ):  # Maduro
        yield Form(typed)
    elif is_verb(head, listed, rules):
        yield from (form for form in forms_by_analogy(head, words, _OF_VERB) if not form.guessed)
        yield from (Form(form) for form in plurals_of(head, listed, rules) if form in listed)
    else:
        yield from nominal_forms(head, words, rules)


def _declined(head: str, typed: str, words: WordList, grammar: Grammar, declension: Declension) -> Iterator[Form]:
    """What the list has, and what the paradigms of the word make. A name with few listed forms has those of names with its ending."""
    listed = frozenset(form for form in words.forms_of(head) if not _other_word(head, form, grammar))
    made = by_list(head, listed, declension)
    if made is None and typed[:1].isupper():
        made = of_name(typed if len(listed) > _MOST_OF_NAME else head, declension)
    for text in made or ():
        yield Form(text, guessed=text not in listed and text != head)
    mixed = made is not None and len(listed - frozenset(made)) > len(listed) / 2  # a verb's forms are among them
    beside = grammar.shares if made is None else replace(grammar.shares, listed=_BESIDE_DECLENSION)
    for form in forms_by_analogy(head, words, beside):
        fits = made is None or (form.text in listed and not mixed and not head.startswith(form.text))
        if fits and not _other_word(head, form.text, grammar):
            yield form


def _of_name(name: str, grammar: Grammar) -> Iterator[Form]:
    return (Form(text, guessed=True) for text in names_by(grammar.names or {}, name))


def _of_unknown(word: str, words: WordList, grammar: Grammar) -> Iterator[Form]:
    capital = word[:1].isupper()
    if capital and grammar.declension is not None:
        yield from (Form(text, guessed=True) for text in of_name(word, grammar.declension))
    elif capital and grammar.names is not None:
        yield from _of_name(word, grammar)
    elif grammar.nominal is not None:
        yield from nominal_forms(word, words, grammar.nominal)
    else:
        found = forms_by_analogy(word, words, grammar.shares)
        yield from (form for form in found if not _other_word(word, form.text, grammar))


def _other_word(head: str, form: str, grammar: Grammar) -> bool:
    pair = pair_of(form, head)
    if pair is None or form.endswith(("'", "’")):
        return True
    change = f"{pair[0]}>{pair[1]}"
    changes = (change, change.upper()) if head[:1].isupper() else (change,)
    return any(pair[1].endswith(ending) or ending in changes for ending in grammar.other_words)
