"""Persian nouns and names: the plural, `ی` and the ezafe, possessors, and what is written together with them. Pure; the word as
typed comes first.

A joiner (ZWNJ) parts nothing once it is folded, so `کتاب‌ها` is made as `کتابها`; where a space stands in its place, the plain
word is found anyway, and so are `را` and the prepositions, which stand apart.
"""

from collections.abc import Iterator

_LETTERS = frozenset("آأابپتثجچحخدذرزژسشصضطظعغفقکكگلمنوهةیيىئؤءإ")
_PLURALS = ("ها", "های", "هایی", "هایش", "هایشان", "هایمان", "هایم", "هایت", "هایتان", "هاست", "هائی", "هاى")
_POSSESSORS = ("ش", "شان", "مان", "تان", "م", "ت")
# "My" and "your" make other words of these: مردم are people, شهرت is fame.
_NOT_MINE = frozenset(
    "مردم خانم چشم مقام تمام عالم شهرت قدرت حکمت دولت شرکت خبرت ملت امت طرفت نظرت عملت کارت سخنت پشتم".split()
)
_AFTER_SILENT_HE = ("ای", "اش", "اند", "است", "ام", "ات", "ی", "شان", "مان", "تان")
_AFTER_VOWEL = ("ی", "یش", "یشان", "یمان", "یم", "ست")
_CONSONANTS_IN_HE = ("اه", "وه")  # گروه, راه: no silent he
_AS_TYPED_IN_IRAN = str.maketrans("يىك", "ییک")
_LEAST = 3
_JOINER = "\u200c"
_MOST_JOINED, _MOST_APART = (
    2,
    100,
)  # words that are written together as well; forms of one that are written apart as well
# Persons, whose plural is `ان` (after `ه` `گان`) and takes all that a noun takes.
_PERSONS_END = (
    "گر",
    "گار",
    "مند",
    "بان",
    "دار",
    "کار",
    "ور",
    "جو",
    "نده",
    "ست",
    "ده",
    "ساز",
    "گذار",
    "فروش",
    "دان",
    "نشین",
)
_PERSONS = frozenset(
    """
    زن مرد کودک جوان مسلمان نظامی ایرانی مقام رهبر معترض سرباز ژنرال شهروند افغان فرمانده بازیکن کارشناس روزنامهنگار پزشک معلم
    متهم زندانی دیپلمات تروریست عضو هوادار طرفدار مخالف مدیر مسئول کاربر بیمار دانشجو سیاستمدار جنگجو پناهجو مهاجر استاد برادر
    خواهر پسر دختر دوست دشمن همسر وزیر وکیل نماینده خبرنگار نویسنده داور مربی تاجر
    """.split()
)
# Names of places, of which `ی` makes another word: `ایرانی`.
_PLACES = frozenset(
    """
    ایران روسیه چین ژاپن هند پاکستان افغانستان عراق عربستان یمن لبنان فلسطین اسرائیل اردن مصر قطر کویت بحرین عمان امارات آذربایجان
    ارمنستان گرجستان ترکمنستان ازبکستان تاجیکستان قزاقستان قرقیزستان انگلیس انگلستان فرانسه آلمان اسپانیا ایتالیا هلند بلژیک سوئد نروژ
    دانمارک فنلاند لهستان اوکراین بلاروس مجارستان یونان بلغارستان رومانی صربستان کرواسی اتریش سوئیس پرتغال برزیل مکزیک ونزوئلا
    آرژانتین شیلی پرو ویتنام تایلند فیلیپین سودان تهران اصفهان مشهد تبریز شیراز کابل بغداد دمشق بیروت ریاض مسکو لندن پاریس برلین
    آمریکا امریکا اروپا آسیا آفریقا کانادا استرالیا کوبا مالزیا لیبی سوریه ترکیه روسیه
    واشنگتن پکن توکیو سئول قاهره آنکارا استانبول کرمان گیلان مازندران خراسان خوزستان لرستان کردستان بلوچستان سیستان
    """.split()
)
# Broken plurals that Persian took with the word, and the plural in `ات`.
_BROKEN = {
    "کتاب": "کتب", "رئیس": "روسا رؤسا", "وزیر": "وزرا وزراء", "سفیر": "سفرا", "عضو": "اعضا اعضای", "شاعر": "شعرا",
    "شهید": "شهدا", "عالم": "علما", "خبر": "اخبار", "سلاح": "اسلحه تسلیحات", "حزب": "احزاب", "شخص": "اشخاص", "فرد": "افراد",
    "طرف": "اطراف", "منطقه": "مناطق", "مرکز": "مراکز", "موضوع": "موضوعات", "تصمیم": "تصمیمات", "اقدام": "اقدامات",
    "مقام": "مقامات", "انتخاب": "انتخابات", "مذاکره": "مذاکرات", "عملیات": "عملیات", "حمله": "حملات", "اطلاع": "اطلاعات",
    "تظاهر": "تظاهرات", "اعتراض": "اعتراضات", "قانون": "قوانین", "حق": "حقوق", "دلیل": "دلایل", "شرط": "شرایط شروط",
    "هدف": "اهداف", "سند": "اسناد", "نوع": "انواع", "اثر": "آثار", "حادثه": "حوادث", "وظیفه": "وظایف", "نتیجه": "نتایج",
    "مسئله": "مسائل", "جزیره": "جزایر", "سانحه": "سوانح", "ملت": "ملل", "دولت": "دول", "عنصر": "عناصر", "نقطه": "نقاط",
    "مدرسه": "مدارس", "جامعه": "جوامع", "دین": "ادیان", "مجلس": "مجالس", "جنایت": "جنایات", "قاضی": "قضات", "بندر": "بنادر",
    "توافق": "توافقات", "فرمانده": "فرماندهان", "خطر": "خطرات", "تحول": "تحولات", "اصلاح": "اصلاحات", "تلف": "تلفات", "خسارت": "خسارات",
    "طبقه": "طبقات", "جریان": "جریانات", "مسافر": "مسافرین", "مسئول": "مسئولین", "معلم": "معلمین", "مهاجر": "مهاجرین",
}  # fmt: skip


def forms(word: str, listed: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """The word and its forms. `listed`: the forms that a dictionary has, of which those count that begin as the word does."""
    plain = word.replace(_JOINER, "")
    if not set(plain) <= _LETTERS or len(plain) < _LEAST - 1:
        return (word,)
    made: dict[str, None] = {word: None}
    if _JOINER in word.strip(_JOINER):  # رئیس‌جمهور, also written apart
        made |= dict.fromkeys(phrase(tuple(word.strip(_JOINER).split(_JOINER)))[:_MOST_APART])
    for stem in (plain, *_BROKEN.get(plain, "").split()):
        made |= dict.fromkeys(_of_stem(stem))
    start = plain[: max(_LEAST, len(plain) - 1)]
    made |= dict.fromkeys(form for form in sorted(listed) if form.startswith(start) and _JOINER not in form)
    left_out = _NOT_MINE | {plain + "ی"} if _has_other_word_in_ye(plain) else _NOT_MINE
    return tuple(form for form in made if form.translate(_AS_TYPED_IN_IRAN) not in left_out or form == word)


def phrase(words: tuple[str, ...]) -> tuple[str, ...]:
    """The plural and the ezafe stand on the first word (`سلاح‌های هسته‌ای`), `ی` and the possessor on the last one."""
    if len(words) == 1:
        return forms(words[0])
    first, *between, last = words
    starts = tuple(dict.fromkeys((first, *_before_another(first))))
    ends = tuple(dict.fromkeys((last, *_ends(last))))
    joined = ("".join((first, *between, end)) for end in ends) if len(words) <= _MOST_JOINED else ()
    return (*(" ".join((start, *between, end)) for start in starts for end in ends), *joined)


def _of_stem(stem: str) -> Iterator[str]:
    yield stem
    yield from (stem + plural for plural in _PLURALS)
    yield from _ends(stem)
    for plural in _in_an(stem):
        yield plural
        yield from (plural + ending for ending in ("ی", *_POSSESSORS))


def _before_another(word: str) -> Iterator[str]:
    for stem in (word, *_BROKEN.get(word, "").split()):
        yield from (stem, stem + "ها", stem + "های")
        if stem[-1] in "اوه":
            yield stem + "ی"
        yield from _in_an(stem)


def _ends(stem: str) -> Iterator[str]:
    if stem[-1] == "ه" and not stem.endswith(_CONSONANTS_IN_HE):
        yield from (stem + ending for ending in _AFTER_SILENT_HE)
    elif stem[-1] in "او":
        yield from (stem + ending for ending in _AFTER_VOWEL)
        if stem not in _PLACES:
            yield from (stem + "یی", stem + "ئی")
    elif stem[-1] not in "یي":
        yield from (stem + ending for ending in _POSSESSORS if len(stem) >= _LEAST)
        if stem not in _PLACES and len(stem) >= _LEAST - 1 and not _has_other_word_in_ye(stem):
            yield stem + "ی"
    else:
        yield from (stem + ending for ending in _POSSESSORS[:-1])


def _has_other_word_in_ye(stem: str) -> bool:
    """Whether `ی` makes an abstract noun or an adjective rather than "a": `کارگری`, `انتخاباتی`."""
    return len(stem) > _LEAST and stem.endswith(("ات", "گر", "گار", "فروش"))


def _in_an(stem: str) -> Iterator[str]:
    if (
        stem in _PERSONS
        or (stem[-1] == "ی" and len(stem) > _LEAST)
        or (len(stem) > _LEAST and stem.endswith(_PERSONS_END))
    ):
        if stem[-1] == "ه" and stem != "فرمانده":
            yield stem[:-1] + "گان"
        elif stem[-1] in "او":
            yield stem + "یان"
        else:
            yield stem + "ان"
