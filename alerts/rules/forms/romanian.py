"""Romanian nouns: all forms follow from the singular and the plural, which the list tells."""

from collections.abc import Iterable, Iterator

from alerts.rules.forms.form import Form
from alerts.rules.forms.word_list import WordList

_IRREGULAR = {
    "zi": "ziua zilei zile zilele zilelor",
    "tată": "tata tatăl tatălui tatei tați tații taților",
    "copil": "copilul copilului copii copiii copiilor",
    "om": "omul omului oameni oamenii oamenilor",
    "soră": "sora surori surorii surorile surorilor",
    "noră": "nora nurori nurorii nurorile nurorilor",
}


def mended(word: str, forms: Iterable[Form], words: WordList) -> Iterator[Form]:
    """The forms of a headword; those of a noun with a plural are made from the two, with the article and without."""
    if word in _IRREGULAR:
        yield from map(Form, (word, *_IRREGULAR[word].split()))
        return
    listed = words.forms_of(word)
    plurals = [
        one for one in sorted(listed) if one.endswith(("e", "i")) and one + "lor" in listed and one[:1] == word[:1]
    ]
    if not plurals or _adjective(word, listed):
        yield from forms
        return
    made = {word, *_singular(word, plurals, listed)}
    for plural in plurals:
        made |= {plural, plural + "lor", *_with_article(word, plural, listed)}
    yield from (Form(one, guessed=one not in listed) for one in sorted(made))


def _adjective(word: str, listed: frozenset[str]) -> bool:
    """Whether a word has a feminine beside its own forms."""
    feminines = (word + "ă", word[:-1] + "ă", word[:-2] + "oasă", word[:-2] + "ească")
    return not word.endswith(("ă", "e")) and not listed.isdisjoint(feminines)


def _with_article(word: str, plural: str, listed: frozenset[str]) -> Iterator[str]:
    feminine = word.endswith(("ă", "e")) and word + "le" not in listed
    if plural.endswith(("e", "uri")) or feminine or plural + "le" in listed:
        yield plural + "le"
    else:
        yield plural + "i"


def _singular(word: str, plurals: list[str], listed: frozenset[str]) -> Iterator[str]:
    """With the article, in the nominative and in the genitive."""
    if word.endswith("e") and word + "le" in listed:  # of a man: președintele
        yield from (word + "le", word + "lui")
    elif word.endswith("ie") and not word.endswith("eie"):
        yield from (word[:-1] + "a", word + "i")
    elif word.endswith(("ă", "e")):
        yield word[:-1] + "a" if word.endswith(("ă", "ie")) else word + "a"
        yield from (plural + "i" for plural in plurals)
    elif word.endswith("u"):
        yield from (word + "l", word + "lui")
    elif word[-1:] not in "ai":
        yield from (word + "ul", word + "ului")
    else:  # stea, zi
        yield from (
            form for form in listed if form in (word + "ua", word + "lei", word + "ul", word + "ului", word + "i")
        )
