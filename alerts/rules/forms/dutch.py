"""What is no form of a Dutch word, and plurals that its ending says."""

from collections.abc import Iterable, Iterator

from alerts.rules.forms.form import Form
from alerts.rules.forms.word_list import WordList

_IN_S = ("el", "em", "er", "ier", "aar", "eur", "oor", "ie", "ër")
_IN_EN = ("ing", "heid", "ij", "teit", "ist", "ant", "ent", "aat", "schap", "ion")
_VOWELS = frozenset("aeiouyëéè")
_OTHERS = ("je", "jes", "ske", "skes", "ster", "egge", "eke", "ekes", "eken", "kie", "ppie")  # diminutives, women
_BOTH = frozenset("zoon broer oom kok maat".split())  # with two plurals
_IRREGULAR = {"fransman": "Fransen Fransmannen", "weg": "wegen", "chinees": "Chinezen Chinese"}
_PERSONS = ("aat", "ent", "ant", "ist", "aar", "eur")  # of men: advocate is a woman
_ADJECTIVES = ("air", "aal", "eel", "isch", "iek", "ief", "eus", "baar", "lijk", "ees", "aans")
_COMPARED = ("er", "ere", "ers", "st", "ste", "der", "dere")


def mended(word: str, forms: Iterable[Form], _: WordList) -> Iterator[Form]:
    """The forms of a headword: no diminutives, no comparatives, no genitive of a word of one syllable."""
    found = list(map(Form, (word, *_IRREGULAR[word.lower()].split()))) if word.lower() in _IRREGULAR else list(forms)
    texts = {form.text for form in found}
    yield from (form for form in found if not _other(word, form.text, texts))
    if texts <= {word}:
        yield from (Form(plural, guessed=True) for plural in _plurals(word))


def _other(word: str, form: str, texts: set[str]) -> bool:
    if any(form.endswith(ending) and not word.endswith(ending) for ending in _OTHERS):
        return True
    if word.endswith("us") and form == word[:-2] + "a":
        return True
    noun = not any(one.endswith("ere") for one in texts)
    if noun and word[-1:] not in "aeiou" and form.endswith(("in", "es")) and len(form) > len(word):
        return True
    if noun and form != word and form.endswith("e") and form + "n" in texts and not word.endswith(_ADJECTIVES):
        return True  # the old dative: ten huize
    if word.endswith(_PERSONS) and form.endswith("e"):
        return True
    if not noun and form != word and _compared(word, form):
        return True
    plural = any(one.endswith("en") for one in texts)
    return plural and form == word + "s" and _syllables(word) == 1 and word not in _BOTH


def _compared(word: str, form: str) -> bool:
    """Whether a form of an adjective is a comparative or a superlative."""
    if word.endswith(("s", "sch")) and form in (word + "t", word + "te"):
        return True
    endings = _COMPARED[3:] if word.endswith("er") else _COMPARED
    return any(form.endswith(ending) and form[: -len(ending)] in _stems(word) for ending in endings)


def _stems(word: str) -> set[str]:
    """How a word is written before an ending: `groot` as `groot`, `grot`, `grott`; `lief` as `liev`."""
    single = word[:-2] + word[-1:] if len(word) > 2 and word[-2] == word[-3:-2] else word
    stems = {word, single, word + word[-1:]}
    return stems | {stem[:-1] + {"f": "v", "s": "z"}.get(stem[-1:], stem[-1:]) for stem in stems}


def _syllables(word: str) -> int:
    groups, before = 0, False
    for letter in word.lower():
        groups += letter in _VOWELS and not before
        before = letter in _VOWELS
    return groups


def _plurals(word: str) -> Iterator[str]:
    if word[:1].isupper() and not word.endswith(("er", "ër", "aan")):
        return
    if word.endswith("heid"):
        yield word[:-4] + "heden"
    elif word.endswith(("aat", "aan")):
        yield word[:-2] + word[-1:] + "en"
    elif word.endswith(_IN_S):
        yield word + "s"
    elif word.endswith("e"):
        yield word + "n"
    elif word.endswith(_IN_EN):
        yield word + "en"
