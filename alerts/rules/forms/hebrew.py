"""Hebrew nouns, adjectives and names: the letters written together before a word (and, the, in, to, from, that, as), the plural,
the construct, and the possessors that newspapers use. Pure; the word as typed comes first.

A word of two letters has few heads: with a letter more it is another word. What a head makes of a longer word and is in truth
another frequent word stands in `other_words`.
"""

from collections.abc import Iterator

_LETTERS = frozenset("אבגדהוזחטיכךלמםנןסעפףצץקרשת")
_OPEN = {"ך": "כ", "ם": "מ", "ן": "נ", "ף": "פ", "ץ": "צ"}
_HEADS = tuple("ה ו ב ל מ ש כ וה וב ול ומ וש וכ שה שב שמ מה ושה ושב ומה כש כשה וכש וכשה של".split())
_LONG_HEADS = (
    "כשל",
    "ושל",
    "ושמ",
    "שבה",
    "ולה",
    "שכ",
    "לכש",
    "לכשה",
    "מש",
    "כשב",
    "ובה",
    "לה",
    "בה",
)  # before four letters or more
_HEADS_OF_TWO = tuple("ה ו ב ל מ ש כ וה וב ול ומ וש שה מה כשה בה לה".split())
_LEAST, _LONG = 3, 4
# What has no article: it has its possessor.
_HEADS_OF_POSSESSED = tuple("ו ב ל מ ש כ וב ול ומ וש שב של שמ כש וכ וכש".split())
# Masculine nouns whose plural is `ות`.
_PLURAL_IN_OT = frozenset(
    """
    רחוב גבול מקום שולחן ארון קול חלון דור אסון פתרון רצון יתרון חשבון ניסיון מקור מוסד שבוע כוח סוד קיר גג אוצר נהר קרב ארמון
    שם אור צבא בטחון לוח עיקרון כישרון זיכרון חיסרון שלטון ביטחון ויתרון תאריך מזלג מטבע עוף עור פיקדון קורבן ראיון רעיון מנוע חוב כר
    """.split()
)
_IRREGULAR = {
    "איש": "אנשים", "אישה": "נשים", "בן": "בנים", "בת": "בנות", "בית": "בתים", "עיר": "ערים", "אב": "אבות", "אח": "אחים",
    "יום": "ימים", "שנה": "שנים שנות", "לילה": "לילות", "יד": "ידיים", "עין": "עיניים", "אוזן": "אוזניים", "רגל": "רגליים",
    "מילה": "מילים", "ביצה": "ביצים", "דרך": "דרכים", "אחות": "אחיות",
    "צד": "צדדים", "לב": "לבבות", "פה": "פיות", "אם": "אמהות אימהות", "שר": "שרים", "ראש": "ראשים", "מלון": "מלונות",
    "עיתון": "עיתונים", "מחנה": "מחנות", "קצה": "קצוות", "מורה": "מורים", "שדה": "שדות", "נמל": "נמלים", "מס": "מיסים מסים",
    "חץ": "חצים חיצים", "עם": "עמים", "ים": "ימים", "הר": "הרים", "חוק": "חוקים", "תא": "תאים", "אי": "איים", "מטה": "מטות",
}  # fmt: skip
_PLURALS = frozenset("בחירות חדשות סנקציות הכנסות הוצאות שמועות תוצאות נסיבות תעודות".split())
# Names of places, which have no plural: with an ending they are the adjective (`סוריה`, `סוריות`).
_PLACES = frozenset(
    """
    ישראל איראן עיראק סוריה לבנון ירדן מצרים רוסיה אוקראינה תורכיה טורקיה גרמניה צרפת אנגליה בריטניה איטליה ספרד פולין הונגריה
    רומניה בולגריה יוון סרביה קרואטיה אלבניה אוסטריה בלגיה הולנד דנמרק נורווגיה שוודיה שבדיה פינלנד לטביה ליטא אסטוניה גאורגיה
    ארמניה אזרבייגן סין יפן קוריאה הודו פקיסטן אפגניסטן תימן סעודיה ערב קטר כווית בחריין עומאן לוב תוניסיה אלגיריה מרוקו סודן
    אתיופיה ניגריה קניה אפריקה אסיה אירופה אמריקה ארגנטינה ברזיל קולומביה ונצואלה מקסיקו קנדה אוסטרליה מוסקבה ירושלים חיפה עזה
    רמאללה טהרן דמשק ביירות בגדד קהיר ריאד אנקרה וושינגטון לונדון פריז ברלין קייב קיוב מלזיה אינדונזיה מונגוליה קמבודיה וייטנאם
    """.split()
)
# Written in two ways.
_ALSO = {
    "תוכנית": "תכנית",
    "אישה": "אשה",
    "ביטחון": "בטחון",
    "שריפה": "שרפה",
    "איראן": "אירן",
    "תוכנה": "תכנה",
    "עיתון": "עתון",
    "טורקיה": "תורכיה",
    "תורכיה": "טורקיה",
}
_PERSONS = frozenset("ילד נשיא רופא מזכיר שגריר מנהיג פליט".split())
# Of three letters that are more often a verb with its ending: `כתבו` "they wrote".
_NO_POSSESSOR = frozenset("כתב משל שמר אמר פסל קצב חשב יצא בחר סבר פתח דרש שלט טען".split())
# With "her" they are another noun: חוקה is the constitution.
_NOT_HERS = frozenset("חוק שר ספר סיפור מפל דור כלל נוסח מזון שיר קבוצ מכתב חבר אוצר מספר מחבר".split())
# The plural before another word is an adjective by itself: `כפרי`.
_NO_CONSTRUCT = frozenset("שנה כפר תקציב מבצע משפט חינוך צבא פלילי עם תרגיל מסחר אויר אוויר חשמל".split())
_NO_PLURAL = frozenset("כנסת תקשורת אמת".split())
_OWNERS = ("ו", "ם", "ן", "נו", "ך", "כם")
_OWNERS_OF_MANY = ("יו", "יה", "יהם", "יהן", "ינו", "יי", "יך", "יכם")


def forms(word: str, listed: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """The word and its forms. `listed`: the forms that a dictionary has for the word, whose plural may be irregular."""
    if not set(word) <= _LETTERS or len(word) < 2:
        return (word,)
    made: dict[str, None] = {}
    for spelling in (word, *_ALSO.get(word, "").split()):
        if word in _PLACES:
            made |= dict.fromkeys(_with_heads(spelling))
            continue
        plurals = tuple(dict.fromkeys((*_plurals(spelling), *_irregular_in(spelling, listed))))
        women = _women(spelling, listed)
        for stem in (spelling, *plurals, *women):
            made |= dict.fromkeys(_with_heads(stem))
        single = (spelling, *women[:-1])
        bound = (*(form for one in single for form in _of_one(one)), *_of_many(spelling, (*plurals, *women[-1:])))
        for stem in bound:
            made |= dict.fromkeys((stem, *(head + stem for head in _HEADS_OF_POSSESSED)))
    if word[0] == "ו" and word[1] != "ו":  # doubled behind a head: הוועדה
        made |= {form.replace(word[:2], "ו" + word[:2], 1): None for form in made}
    return tuple(dict.fromkeys((word, *made)))


def _irregular_in(word: str, listed: frozenset[str]) -> Iterator[str]:
    """What a dictionary has of plurals."""
    if (
        word not in _IRREGULAR
        and not word.endswith(("ות", "ים"))
        and listed.isdisjoint((_opened(word) + "ים", word.removesuffix("ה") + "ות"))
    ):
        yield from (form for form in sorted(listed) if form.endswith(("ים", "ות")) and form[:2] == word[:2])


def _women(word: str, listed: frozenset[str]) -> tuple[str, ...]:
    """The woman who is what the word says, and last, several: `שופטת`, `פליטה`, `פליטות`."""
    if word in _PERSONS:
        return (word + "ה", word + "ות")
    if word in _IRREGULAR or len(word) < _LONG:
        return ()
    doer = len(word) == _LONG and word[1] == "ו" and word[-1] not in "יהתן"  # עובד, עובדת
    body = _opened(word)
    found = [body + ending for ending in ("ה", "ת") if body + ending in listed or (doer and ending == "ת")]
    return (*found, body + "ות") if found else ()


def phrase(words: tuple[str, ...]) -> tuple[str, ...]:
    """The forms of a phrase. Heads stand before its first word; the article before the last one of a construct (`שר הביטחון`), or
    before a noun and its adjective alike (`הנשק הגרעיני`)."""
    if len(words) == 1:
        return forms(words[0])
    first, *rest = words
    *between, last = rest
    if last in _PLACES:  # צפון קוריאה
        return tuple(f"{head}{' '.join(words)}" for head in ("", *_HEADS))
    numbers = ("", "ים", "ת", "ות") if last.endswith("י") else ("",)
    made: dict[str, None] = {" ".join(words): None}
    for start in dict.fromkeys((first, *_before_another(first))):
        for end in (last + number for number in numbers):
            ends = [" ".join((*between, end))]
            if not last.startswith("ה"):
                ends += [" ".join((*between, "ה" + end)), " ".join("ה" + word for word in (*between, end))]
            made |= {f"{head}{start} {after}": None for head in ("", *_HEADS) for after in ends}
    return tuple(made)


def _before_another(word: str) -> Iterator[str]:
    """The plural and the constructs, as the first word of a phrase is."""
    if word not in _PLACES:
        plurals = tuple(_plurals(word))
        yield from plurals
        yield from (word[:-1] + "ת",) if word.endswith("ה") else ()
        yield from (plural[:-1] for plural in plurals if plural.endswith("ים") and word not in _NO_CONSTRUCT)


def _with_heads(stem: str) -> Iterator[str]:
    yield stem
    if len(stem) < _LEAST:
        yield from (head + stem for head in _HEADS_OF_TWO)
        return
    yield from (head + stem for head in _HEADS)
    if len(stem) >= _LONG:
        yield from (head + stem for head in _LONG_HEADS)


def _plurals(word: str) -> Iterator[str]:
    """The plurals, and what an adjective or the name of a people has instead."""
    if word in _IRREGULAR:
        yield from _IRREGULAR[word].split()
    elif word in _PLURAL_IN_OT:
        yield _opened(word) + "ות"
    elif word in _PLURALS or word in _NO_PLURAL:
        return
    elif word.endswith("ת"):
        yield word + "ות" if len(word) <= _LEAST else word[:-1] + ("יות" if word.endswith("ות") else "ות")
    elif word.endswith("י"):
        yield from (word + ending for ending in ("ם", "ים", "ת", "ות"))
    elif word.endswith("ה"):
        yield word[:-1] + "ות"
        if word.endswith("טה"):
            yield word[:-1] + "אות"
        if word.endswith("ייה"):
            yield word[:-2] + "ות"
    elif not word.endswith(("ים", "ו")):
        yield _opened(word) + "ים"


def _of_one(word: str) -> Iterator[str]:
    """One thing before another word or with its possessor: `ממשלת`, `ממשלתו`, `צבאנו`; not `היסטורית`, which is the adjective."""
    if word == "אישה":
        yield from ("אשתו", "אשתי", "אשתך", "אשתם", "אשת")
    elif word.endswith("ה") and len(word) >= _LEAST:
        stem = word[:-1] + "ת"
        if not word.endswith("יה") or word.endswith(("ייה", "ציה")):
            yield stem
        if word.endswith("ציה"):  # סנקציית
            yield word[:-1] + "ית"
        yield from (stem + ending for ending in ("ה", *_OWNERS))
    elif word.endswith("ת") and len(word) >= _LONG:
        yield from (word + ending for ending in ("ה", *_OWNERS))
    elif word not in _NO_POSSESSOR and len(word) >= _LEAST and word[-1] not in "יום":
        yield from (_opened(word) + ending for ending in _OWNERS)
        if word not in _NOT_HERS:
            yield _opened(word) + "ה"
    elif word.endswith("ם") and len(word) >= _LONG and not word.endswith("ים"):
        yield from (_opened(word) + ending for ending in (*_OWNERS, "ה"))


def _of_many(word: str, plurals: tuple[str, ...]) -> Iterator[str]:
    """Several things before another word or with their possessor: `חיילי`, `חייליו`, `ממשלותיו`."""
    for plural in plurals:
        if plural.endswith("ים"):
            body = plural.removesuffix("ים").removesuffix("י")
            if word not in _NO_CONSTRUCT:
                yield body + "י"
            yield from (body + ending for ending in _OWNERS_OF_MANY)
        elif plural.endswith("ות") and len(plural) >= _LONG:
            yield from (plural + ending for ending in _OWNERS_OF_MANY)


def _opened(word: str) -> str:
    return word[:-1] + _OPEN.get(word[-1], word[-1])
