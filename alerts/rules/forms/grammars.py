"""What is known of each language beside its list of words."""

from functools import partial

from alerts.rules.forms import dutch, english, french, german, greek, italian, portuguese, scandinavian, spanish
from alerts.rules.forms import name_endings as names
from alerts.rules.forms.analogy import Shares
from alerts.rules.forms.listed_words import Grammar

_ENGLISH = {
    "man": "men",
    "woman": "women",
    "child": "children",
    "person": "persons people",
    "foot": "feet",
    "tooth": "teeth",
    "mouse": "mice",
    "goose": "geese",
    "go": "goes going went gone",
    "be": "am is are was were being been",
    "have": "has had having",
    "do": "does did doing done",
    "say": "says said saying",
    "news": "",
    "people": "peoples",
}

_PLURAL_OF_NAME = ("A>", "А>")  # of a name in -a; Latin, Cyrillic

GRAMMARS = {
    "bg": Grammar("bg", names.UNCHANGED, names_alone=True, other_words=("ка", "ката", "ец", "ичка")),
    "cs": Grammar("cs", names.CZECH, other_words=("ka", "ův", "ček", *_PLURAL_OF_NAME)),
    "da": Grammar("da", names.GENITIVE, capital_names=True, mended=partial(scandinavian.mended, "da")),
    "de": Grammar(
        "de",
        names.GERMAN,
        acronyms=("s",),
        other_words=("e>",),
        shares=Shares(listed=0.1, borrowed=0.3, guessed=0.5),
        mended=german.mended,
    ),
    "el": Grammar("el", names.GREEK, mended=greek.mended),
    "en": Grammar(
        "en",
        names.ENGLISH,
        names_alone=True,
        acronyms=("s",),
        irregular=_ENGLISH,
        shares=Shares(sparse=2),
        capital_names=True,
        mended=english.mended,
    ),
    "es": Grammar("es", names.UNCHANGED, acronyms=("s",), shares=Shares(listed=0.25), nominal=spanish.RULES),
    "et": Grammar("et", names.ESTONIAN),
    "fr": Grammar("fr", names.UNCHANGED, nominal=french.RULES),
    "hr": Grammar("hbs", names.SERBO_CROATIAN),
    "it": Grammar("it", names.UNCHANGED, nominal=italian.RULES),
    "lt": Grammar("lt", names.LITHUANIAN, other_words=("škis", "ienė", "ytė", "aitė")),
    "mk": Grammar("mk", names.UNCHANGED, names_alone=True, other_words=("иште", "ка")),
    "nb": Grammar("nb", names.GENITIVE, capital_names=True, mended=partial(scandinavian.mended, "nb"), genitive="s"),
    "nl": Grammar("nl", names.DUTCH, capital_names=True, mended=dutch.mended),
    "pl": Grammar(
        "pl", other_words=_PLURAL_OF_NAME, more_names={**dict.fromkeys("bcdfghjklmnprstwxzćńśźżł", "a"), "u": ""}
    ),
    "pt": Grammar("pt", names.UNCHANGED, acronyms=("s",), nominal=portuguese.RULES),
    "ro": Grammar("ro", names.ROMANIAN, capital_names=True, names_alone=True),
    "sk": Grammar("sk", names.SLOVAK, other_words=_PLURAL_OF_NAME),
    "sl": Grammar("sl", names.SLOVENE, other_words=("ka", *_PLURAL_OF_NAME)),
    "sv": Grammar("sv", names.GENITIVE, capital_names=True, mended=partial(scandinavian.mended, "sv")),
    "hy": Grammar("hy"),
    "uk": Grammar("uk", other_words=("ка", "ський", "ъ", *_PLURAL_OF_NAME)),
}
