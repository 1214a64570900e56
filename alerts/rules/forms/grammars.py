"""What is known of each language beside its list of words."""

from functools import partial

from alerts.rules.forms import (
    dutch,
    english,
    estonian,
    french,
    german,
    greek,
    italian,
    portuguese,
    romanian,
    scandinavian,
    spanish,
)
from alerts.rules.forms import name_endings as names
from alerts.rules.forms.analogy import Shares
from alerts.rules.forms.czech import CZECH
from alerts.rules.forms.listed_words import Grammar
from alerts.rules.forms.polish import POLISH
from alerts.rules.forms.slovak import SLOVAK
from alerts.rules.forms.ukrainian import UKRAINIAN

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

_PLURAL_OF_NAME = ("A>", "А>", "O>", "О>")  # of a name in -a, -o; Latin, Cyrillic
_OF_WOMEN_CZECH = ("Ý>Á", "Ý>É", "Ý>OU")  # of a man's surname
_DIMINUTIVES_UKRAINIAN = tuple("к>чок к>ця а>иця ь>ик >ик ець>кеня".split())  # and women: керівниця
_OF_WOMEN_UKRAINIAN = tuple(">ОЮ >ОЇ >ІЙ ИЙ>А ИЙ>ОЇ ИЙ>ІЙ ИЙ>У ИЙ>ОЮ ИЙ>Е".split())
_SLOVAK_COMPARATIVE = tuple(f"ejš{ending}" for ending in "í ie ej ia iu om ou ím ích ími ieho iemu".split())
_SLOVAK_OTHERS = (*_SLOVAK_COMPARATIVE, "ka", "ová", "ík>ička", "Ý>Á", "Ý>EJ", "Ý>Ú", "Ý>OU", *_PLURAL_OF_NAME)
_SLOVAK = {"dieťa": "dieťaťa dieťaťu dieťati dieťaťom deti detí deťom deťoch deťmi"}
_SERBO_CROATIAN = {
    "čovjek": "čovjeka čovjeku čovječe čovjekom ljudi ljude ljudima",
    "čovek": "čoveka čoveku čoveče čovekom ljudi ljude ljudima",
    "dijete": "djeteta djetetu djetetom djeca djece djeci djecu djeco djecom",
    "dete": "deteta detetu detetom deca dece deci decu deco decom",
    "otac": "oca ocu oče ocem očevi očeva očevima očeve oci ocima oce",
    "човек": "човека човеку човече човеком људи људе људима",
    "дете": "детета детету дететом деца деце деци децу децо децом",
    "отац": "оца оцу оче оцем очеви очева очевима очеве оци оцима оце",
}

GRAMMARS = {
    "bg": Grammar("bg", names.UNCHANGED, names_alone=True, other_words=("ка", "ката", "ец", "ичка")),
    "cs": Grammar(
        "cs",
        declension=CZECH,
        women="ová",
        other_words=("ka", "ův", "ček", "ová", "ík>ice", "kyně", "A>IN", *_OF_WOMEN_CZECH, *_PLURAL_OF_NAME),
    ),
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
    "et": Grammar("et", names.ESTONIAN, mended=estonian.mended),
    "fr": Grammar("fr", names.UNCHANGED, nominal=french.RULES),
    "hr": Grammar("hbs", names.SERBO_CROATIAN, irregular=_SERBO_CROATIAN),
    "it": Grammar("it", names.UNCHANGED, nominal=italian.RULES),
    "lt": Grammar("lt", names.LITHUANIAN, other_words=("škis", "ienė", "ytė", "aitė")),
    "mk": Grammar("mk", names.UNCHANGED, names_alone=True, other_words=("иште", "ка")),
    "nb": Grammar("nb", names.GENITIVE, capital_names=True, mended=partial(scandinavian.mended, "nb"), genitive="s"),
    "nl": Grammar("nl", names.DUTCH, capital_names=True, mended=dutch.mended),
    "pl": Grammar("pl", declension=POLISH, women="[sc]ka", other_words=_PLURAL_OF_NAME),
    "pt": Grammar("pt", names.UNCHANGED, acronyms=("s",), nominal=portuguese.RULES),
    "ro": Grammar("ro", names.ROMANIAN, capital_names=True, names_alone=True, mended=romanian.mended),
    "sk": Grammar("sk", declension=SLOVAK, women="ová", irregular=_SLOVAK, other_words=_SLOVAK_OTHERS),
    "sl": Grammar("sl", names.SLOVENE, other_words=("ka", *_PLURAL_OF_NAME)),
    "sv": Grammar("sv", names.GENITIVE, capital_names=True, mended=partial(scandinavian.mended, "sv")),
    "hy": Grammar("hy"),
    "uk": Grammar(
        "uk",
        declension=UKRAINIAN,
        women="[сц]ька|[оеє]ва|[їі]на",
        other_words=("ка", "ський", "ъ", "ики", *_DIMINUTIVES_UKRAINIAN, *_OF_WOMEN_UKRAINIAN, *_PLURAL_OF_NAME),
    ),
}
