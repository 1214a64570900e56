"""What is no form of a German word, and forms that the list lacks."""

from collections.abc import Iterable, Iterator

from alerts.rules.forms.form import Form
from alerts.rules.forms.word_list import WordList

_COMPARED = tuple("ere eren erer erem eres ste sten ster stem stes".split())
_IRREGULAR = {
    "Herz": "Herzen Herzens",
    "Mensch": "Menschen",
    "Staat": "Staats Staates Staate Staaten",
    "Geisel": "Geiseln",
    "Name": "Namen Namens",
    "Friede": "Frieden Friedens",
    "Gedanke": "Gedanken Gedankens",
    "Wille": "Willen Willens",
    "Glaube": "Glauben Glaubens",
    "Funke": "Funken Funkens",
    "Buchstabe": "Buchstaben Buchstabens",
    "Nachbar": "Nachbarn Nachbars",
    "Bauer": "Bauern Bauers",
    "Herr": "Herrn Herren",
}
_NO_DATIVE = frozenset("Weg Haus".split())  # wegen, hausen are other words


def mended(word: str, forms: Iterable[Form], words: WordList) -> Iterator[Form]:
    """The forms of a headword: no comparatives, no verbs of a noun, no other nouns."""
    if word in _IRREGULAR:
        yield from map(Form, (word, *_IRREGULAR[word].split()))
        return
    listed = words.forms_of(word)
    yield from (Form(form) for form in _more(word, listed, words))
    for form in forms:
        if word[:1].isupper():
            if form.text in listed or form.guessed or _noun_form(form.text, words):
                yield form
        elif not _compared(word, form.text, listed):
            yield form


def _more(word: str, listed: frozenset[str], words: WordList) -> Iterator[str]:
    """Forms that the list has under another word only: `Schweden` of `Schwede`, `Angeklagten` of `Angeklagter`."""
    if not word[:1].isupper():
        for stem in dict.fromkeys((word, word[:-2] + word[-1:])):  # teuer: teure
            if {stem + "e", stem + "es"} <= listed:
                yield from (stem + ending for ending in ("e", "en", "em", "er", "es"))
        return
    if not word.endswith(("e", "er")):
        plain = (
            {word + "e", word + "es"} <= listed
            and word + "er" not in listed
            and all(f.startswith(word) for f in listed)
        )
        if plain and word not in _NO_DATIVE and _known(word + "en", words):  # the dative plural
            yield word + "en"
        return
    stem = word[:-1] if word.endswith("e") else word[:-2]
    if stem + "em" in listed:  # an adjective: der Angeklagte, ein Angeklagter
        yield from (stem + ending for ending in ("e", "en", "em", "er"))
    elif word.endswith("e") and len(listed) < 2 and _known(word + "n", words):
        yield word + "n"


def _known(form: str, words: WordList) -> bool:
    return words.pairs_of(form) is not None or bool(words.heads_of(form))


def _noun_form(form: str, words: WordList) -> bool:
    """Whether a form that the list has under another word is none of that word alone: `Ausländer` is none of `Ausland`."""
    heads = words.heads_of(form)
    return bool(heads) and form not in heads and not form.endswith("ern") and form[:1].isupper()


def _compared(word: str, form: str, listed: frozenset[str]) -> bool:
    """Whether a form of an adjective is a comparative or a superlative."""
    if word + "e" not in listed and word[:-2] + word[-1:] + "e" not in listed and word != "hoch":
        return False
    return form.endswith(_COMPARED) and not (
        form.startswith(word) and form[len(word) :] in ("e", "en", "er", "em", "es")
    )
