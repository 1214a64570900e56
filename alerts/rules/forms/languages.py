"""The languages that have forms: how the forms of one word are found, and how the words of a phrase are inflected.

A language is added by a line in `LANGUAGES`. What loads a dictionary does so when it is first asked: importing this loads none.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from alerts.rules.forms import armenian, latvian, russian
from alerts.rules.forms.by_rule import MAKERS
from alerts.rules.forms.form import Form
from alerts.rules.forms.grammars import GRAMMARS
from alerts.rules.forms.kept_lists import word_list
from alerts.rules.forms.listed_words import forms_in, forms_of_name, headwords, is_common, is_headword
from alerts.rules.forms.name_endings import UNCHANGED


def _unknown(_: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What a dictionary says of a word. `knows`: it has the word; `headword`: as a headword; `common`: in small letters."""

    knows: Callable[[str], bool] = _unknown
    headword: Callable[[str], bool] = _unknown
    common: Callable[[str], bool] = _unknown

    @classmethod
    def of_list(cls, code: str) -> Self:
        return cls(
            lambda word: bool(headwords(word, word_list(code))),
            lambda word: is_headword(word, word_list(code)),
            lambda word: is_common(word, word_list(code)),
        )


@dataclass(frozen=True, slots=True)
class Language:
    """`forms`: the forms of one word as typed (NFC), in any order; the word itself may be left out. `names`: those of a name that no
    dictionary has, None: it inflects none. `last_only`: only the last word of a phrase is inflected. `fixed`: words that stay as they
    are in a phrase (prepositions, articles, conjunctions), folded. `phrase`: the forms of several words together, where they are not
    inflected each for itself."""

    forms: Callable[[str], Iterable[Form]]
    lexicon: Lexicon
    names: Callable[[str], Iterable[Form]] | None = None
    last_only: bool = False
    fixed: frozenset[str] = frozenset()
    phrase: Callable[[tuple[str, ...]], Iterable[Form]] | None = None


def _listed(code: str, fixed: str = "", *, last_only: bool = False) -> Language:
    """A language whose words are in a list."""
    grammar = GRAMMARS[code]
    inflects = grammar.names is not UNCHANGED and not (grammar.names is None and last_only)
    return Language(
        lambda word: forms_in(word, grammar),
        Lexicon.of_list(grammar.code),
        names=(lambda word: forms_of_name(word, grammar)) if inflects else None,
        last_only=last_only,
        fixed=frozenset(fixed.split()),
    )


def _made(code: str) -> Language:
    """A language whose forms are made."""
    maker = MAKERS[code]
    lexicon = Lexicon.of_list(code) if code in _LISTS_BESIDE else Lexicon()

    def forms(word: str) -> Iterable[Form]:
        return maker.made(word, code)

    return Language(forms, lexicon, names=None if code in _NAMES_STAY else forms, phrase=maker.made_of)


_LISTS_BESIDE = frozenset(
    ("ar", "fa", "fi", "he", "hi", "hu", "id", "ka", "ms", "tr")
)  # of words, where forms are made
_NAMES_STAY = frozenset(("id", "ms", "tr"))  # Turkish writes an apostrophe behind a name, which parts words
_ARMENIAN = _listed("hy", "և ու", last_only=True)

LISTS = tuple(sorted({*_LISTS_BESIDE, "lv", *(grammar.code for grammar in GRAMMARS.values())}))
"""The lists that languages need, as simplemma names them."""

LANGUAGES: Mapping[str, Language] = {
    "ru": Language(
        russian.forms,
        Lexicon(russian.knows, russian.knows),
        russian.forms,
        fixed=frozenset("и в во на по с со о об за из для до от у к при".split()),
    ),
    "bg": _listed("bg", "и на в за от по с със до при"),
    "cs": _listed("cs", "a v ve na o s se z ze do pro u k ke při"),
    "da": _listed("da", "og i på for af til med om det den de"),
    "de": _listed("de", "der die das des dem den und in im für von vom zum zur mit am an auf bei"),
    "el": _listed("el", "ο η το οι τα του της των τον την τους τις και στο στη στην στον στα για από με σε"),
    "en": _listed("en", "the a an of and in on for to at by with from", last_only=True),
    "es": _listed("es", "el la los las de del y e en por para con a al"),
    "et": _listed("et", "ja on ei"),
    "fr": _listed("fr", "le la les l de des du d et en au aux pour sur à a par"),
    **dict.fromkeys(("hr", "bs"), _listed("hr", "i u na o s sa iz za od do po")),
    "hy": Language(
        lambda word: armenian.with_articles(word, _ARMENIAN.forms(word)),
        _ARMENIAN.lexicon,
        last_only=True,
        fixed=_ARMENIAN.fixed,
    ),
    "it": _listed(
        "it", "il lo la i gli le l di del dello della dei degli delle dell e in nel nella per con a al alla da"
    ),
    "lt": _listed("lt", "ir į is iš su prie uz už dėl del"),
    "lv": Language(latvian.forms, Lexicon.of_list("lv"), latvian.forms, fixed=frozenset("un ar no uz par pie".split())),
    "mk": _listed("mk", "и на во за од со до по"),
    "nl": _listed("nl", "de het een van en in op voor met te ten ter"),
    **dict.fromkeys(("nb", "nn", "no"), _listed("nb", "og i på for av til med om")),
    "pl": _listed("pl", "i w we na o z ze do dla od po u przy"),
    "pt": _listed("pt", "o a os as de do da dos das e em no na nos nas por para com"),
    "ro": _listed("ro", "și si al a ale ai de la in în cu pentru din pe"),
    "sk": _listed("sk", "a v vo na o s so z zo do pre u k ku pri"),
    "sl": _listed("sl", "in v na o s z iz za od do pri"),
    "sr": _listed("hr", "i u na o s sa iz za od do po и у на о с са из за од до по"),
    "sv": _listed("sv", "och i på för av till med om"),
    "uk": _listed("uk", "і й та в у на з із зі до для від за про по при"),
    **{code: _made(code) for code in MAKERS},
}
