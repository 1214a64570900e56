"""Hebrew nouns, adjectives and names: the letters written together before a word (and, the, in, to, from, that, as), the plural,
the construct, and the possessors that newspapers use. Pure; the word as typed comes first.

A word of two letters has few heads: with a letter more it is another word. What a head makes of a longer word and is in truth
another frequent word stands in `other_words`.
"""

from collections.abc import Iterator

_LETTERS = frozenset("אבגדהוזחטיכךלמםנןסעפףצץקרשת")
_OPEN = {"ך": "כ", "ם": "מ", "ן": "נ", "ף": "פ", "ץ": "צ"}
_HEADS = tuple("ה ו ב ל מ ש כ וה וב ול ומ וש וכ שה שב שמ מה ושה ושב ומה כש כשה וכש וכשה".split())
_LONG_HEADS = ("של", "שכ", "לכש", "לכשה", "מש", "כשב", "ובה", "לה", "בה")  # before four letters or more
_HEADS_OF_TWO = ("ה", "ו", "ב", "ל", "וה", "שה", "מה")
_LEAST, _LONG = 3, 4
# What has no article: it has its possessor.
_HEADS_OF_POSSESSED = tuple("ו ב ל מ ש כ וב ול ומ וש שב שמ כש".split())
# Masculine nouns whose plural is `ות`.
_PLURAL_IN_OT = frozenset(
    """
    רחוב גבול מקום שולחן ארון קול חלון דור אסון פתרון רצון יתרון חשבון ניסיון מקור מוסד שבוע כוח סוד קיר גג אוצר נהר קרב ארמון
    שם אור צבא לוח עיקרון כישרון זיכרון חיסרון שלטון ביטחון ויתרון תאריך מזלג מטבע עוף עור פיקדון ראיון רעיון מנוע חוב כר
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
}
_PERSONS = frozenset("ילד נשיא רופא מזכיר שגריר מנהיג פליט".split())
_SHORT_WITH_POSSESSOR = frozenset("בית דרך צבא גוף ראש עיר סוף".split())
# The plural before another word is an adjective by itself: `חוקי` is "legal".
_NO_CONSTRUCT = frozenset("שנה חוק כפר תקציב מבצע משפט חינוך צבא פלילי עם תרגיל מסחר אויר אוויר חשמל".split())


def forms(word: str, listed: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """The word and its forms. `listed`: the forms that a dictionary has for the word, whose plural may be irregular."""
    if not set(word) <= _LETTERS or len(word) < 2:
        return (word,)
    made = {word: None}
    spellings = (word, *_ALSO.get(word, "").split())
    stems = (stem for spelling in spellings for stem in (spelling, *(() if word in _PLACES else _stems(spelling))))
    for stem in dict.fromkeys((*stems, *_irregular_in(word, listed))):
        made |= dict.fromkeys(_with_heads(stem))
    if word not in _PLACES:
        for stem in _possessed(word):
            made |= dict.fromkeys((stem, *(head + stem for head in _HEADS_OF_POSSESSED)))
    return tuple(made)


def _irregular_in(word: str, listed: frozenset[str]) -> Iterator[str]:
    """What a dictionary has of plurals and of the woman who is what the word says: `שופטת`, `פליטה`."""
    if word in _IRREGULAR or word in _PLACES:
        return
    if listed.isdisjoint((_opened(word) + "ים", word.removesuffix("ה") + "ות")):
        yield from (form for form in sorted(listed) if form.endswith(("ים", "ות")) and form[:2] == word[:2])
    if len(word) >= _LONG or word in _PERSONS:
        for ending in ("ה", "ת"):
            if word + ending in listed or word in _PERSONS:
                yield from (word + ending, word + "ות")


def phrase(words: tuple[str, ...]) -> tuple[str, ...]:
    """The forms of a phrase. Heads stand before its first word; the article before the last one of a construct (`שר הביטחון`), or
    before a noun and its adjective alike (`הנשק הגרעיני`)."""
    if len(words) == 1:
        return forms(words[0])
    first, *rest = words
    *between, last = rest
    numbers = ("", "ים", "ת", "ות") if last.endswith("י") else ("",)
    made: dict[str, None] = {" ".join(words): None}
    for start in dict.fromkeys((first, *_stems(first))):
        for end in (last + number for number in numbers):
            ends = [" ".join((*between, end))]
            if not last.startswith("ה"):
                ends += [" ".join((*between, "ה" + end)), " ".join("ה" + word for word in (*between, end))]
            made |= {f"{head}{start} {after}": None for head in ("", *_HEADS) for after in ends}
    return tuple(made)


def _with_heads(stem: str) -> Iterator[str]:
    yield stem
    if len(stem) < _LEAST:
        yield from (head + stem for head in _HEADS_OF_TWO)
        return
    yield from (head + stem for head in _HEADS)
    if len(stem) >= _LONG:
        yield from (head + stem for head in _LONG_HEADS)


def _stems(word: str) -> Iterator[str]:
    """The plural and the construct."""
    if word in _PLACES:
        return
    if word in _IRREGULAR:
        yield from _irregular(word)
    elif word in _PLURAL_IN_OT:
        yield _opened(word) + "ות"
    elif word in _PLURALS:
        return
    elif word.endswith("ת"):
        yield word + "ות" if len(word) < _LEAST else word[:-1] + ("יות" if word.endswith("ות") else "ות")
    elif word.endswith("י"):
        yield from (word + ending for ending in ("ם", "ים", "ת", "ות", "י"))
    elif not word.endswith(("ה", "ים", "ו")) and len(word) >= _LEAST:
        yield _opened(word) + "ים"
        if word not in _NO_CONSTRUCT:
            yield _opened(word) + "י"
    if word.endswith("ה"):
        yield from _of_feminine(word)


def _irregular(word: str) -> Iterator[str]:
    for plural in _IRREGULAR[word].split():
        yield plural
        if plural.endswith("ים") and word not in _NO_CONSTRUCT:
            yield plural[:-2] if plural.endswith("יים") else plural[:-1]


def _of_feminine(word: str) -> Iterator[str]:
    """`ממשלה`: construct and plural; not `היסטורית`, which is the adjective."""
    if word not in _IRREGULAR:
        yield word[:-1] + "ות"
    if not word.endswith("יה") or word.endswith("ייה"):
        yield word[:-1] + "ת"
    if word.endswith("טה"):
        yield word[:-1] + "אות"
    if word.endswith("ייה"):
        yield word[:-2] + "ות"


def _possessed(word: str) -> Iterator[str]:
    """With its possessor, where that makes no other word: `ממשלתו`, `ממשלותיו`, `צבאנו`, `חייליו`."""
    if word == "אישה":
        yield from ("אשתו", "אשתי", "אשתך")
    elif word.endswith("ה") and len(word) >= _LEAST:
        yield from (word[:-1] + "ת" + ending for ending in ("ו", "ה", "ם", "ן", "נו"))
        yield from (word[:-1] + "ות" + ending for ending in ("יו", "יה", "יהם", "יהן", "ינו", "יי"))
    elif word.endswith("ת") and len(word) >= _LONG:
        yield from (word + ending for ending in ("ו", "ה", "ם", "ן", "נו"))
    elif len(word) >= _LEAST and word[-1] not in "יו":
        body = _opened(word)
        plural = body + "ות" if word in _PLURAL_IN_OT else body
        yield from (plural + ending for ending in ("יו", "יה", "יהם", "יהן", "ינו", "יי"))
        if len(word) >= _LONG or word in _SHORT_WITH_POSSESSOR:
            yield from (
                body + ending for ending in ("ו", "ם", "נו", *(("ה",) if word in _SHORT_WITH_POSSESSOR else ()))
            )


def _opened(word: str) -> str:
    return word[:-1] + _OPEN.get(word[-1], word[-1])
