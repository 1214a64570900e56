"""Short articles in the scripts that newspapers use, written for these tests, and what a seed strews into them.

Strewn in are invisible characters, decomposed letters, letters that look alike, other digits, harakat and tatweel: what must
not matter to a rule.
"""

import random
import unicodedata

from tests.reference_words import ALIKE, EUROPEAN, SPELT, script, words_of

ARTICLES = (
    (
        "pl",
        "Łódź: żółw uciekł",
        "Prezydent Łodzi Jędrzej Śliwa złożył zażalenie. Strażnicy znaleźli żółwia na Bałutach.\n\nKoszt: 1 234 zł.",
    ),
    (
        "tr",
        "IŞIK VE ISI KESİLDİ",
        "Diyarbakır'da ışıklar söndü. İstanbul Valiliği açıklama yaptı, Iğdır sustu.\n\nÇağrı: ısrarla bekleyin.",
    ),
    (
        "no",
        "Tromsø stenger havnen",
        "Havnen i Tromsø ble stengt. Ørjan Sæther fra Bodø så på.\n\nÅlesund følger etter, sier Kåre.",
    ),
    ("da", "Ærø får færge", "Færgen til Ærø sejler igen. Søren Øst er glad for smørrebrødet.\n\nKøbenhavn tøver."),
    (
        "is",
        "Þór hættir á Alþingi",
        "Þórður Æsir sagði af sér. Hæstiréttur dæmdi í Ísafirði, það er nýtt.\n\nEyþór þegir.",
    ),
    (
        "vi",
        "Đà Nẵng đón bão",
        "Bão đến Đà Nẵng lúc 3 giờ. Ông Đặng Văn Ưng nói người dân đã sơ tán.\n\nHà Nội vẫn yên tĩnh.",
    ),
    (
        "az",
        "Əliyev Gəncədə",
        "Prezident Əliyev Gəncəyə gəldi. Bakıda işıq yoxdur, deyə İlqar bildirdi.\n\nNazirlik susur.",
    ),
    ("mt", "Il-Ħamrun jirbaħ", "Il-Ħamrun rebaħ kontra Żurrieq. Il-għalliem Ġorġ kien hemm.\n\nIċ-ċavetta nstabet."),
    (
        "fr",
        "L’Œuvre à Besançon",
        "Le cœur de l’œuvre bat à Besançon. Hélène Lefèvre a reçu 50 000 €.\n\nÇa va, dit-elle à l’hôtel.",
    ),
    (
        "de",
        "Große Maße in Gießen",
        "Die Straße nach Gießen ist gesperrt. STRASSE und GROẞE Fenster, sagte Jörg Weiß.\n\nÖl läuft aus.",
    ),
    (
        "haw",
        "Hawaiʻi elects",
        "Voters on Oʻahu and in Hawaiʻi chose. The Sanaʿa and Ka'bah talks went on.\n\nQurʾān verses were read.",
    ),
    (
        "ru",
        "Пётр Ёлкин в Королёве",
        "Пётр Ёлкин приехал в Королёв. Он объявил о съёмке, всё идёт по плану.\n\nМинистр Йошкин молчит, 25 рублей.",
    ),
    (
        "uk",
        "Андрій Їжак у Києві",
        "Андрій Їжак приїхав до Києва. Об'єкт ґрунту перевірили, сім'я здорова.\n\nУряд мовчить: 2026 рік.",
    ),
    ("sr", "Ђорђе у Новом Саду", "Ђорђе Јовановић стигао је у Нови Сад. Љубав и Њујорк, каже Џон.\n\nЋирилица остаје."),
    (
        "kk",
        "Қазақстан үкіметі",
        "Қазақстан үкіметі Алматыда жиналды. Әділет министрі Өмірбек сөйледі.\n\nҰлттық банк үнсіз.",
    ),
    ("mk", "Ѓорѓи во Скопје", "Ѓорѓи Ќосев дојде во Скопје. Ѕвездата Ѝ падна, рече Џафер.\n\nВладата молчи."),
    (
        "el",
        "Ο Παππάς στην Αθήνα",
        "Ο κ. Παππάς έφτασε στην Αθήνα. Οι Έλληνες ψηφίζουν, είπε ο Ιωάννης Ϊός.\n\nΗ Ύδρα σιωπά.",
    ),
    (
        "ar",
        "وصول أحمد إلى القاهرة",
        "وصل الوزير أحمد إبراهيم إلى القاهرة. قال آدم إن المسؤول مُحَمَّد غادر مدينة غزة.\n\nكوريـــا الشمالية أطلقت ١٢٣ صاروخا على مستشفى.",
    ),
    ("fa", "ایران و کره", "وزیر خارجهٔ ایران گفت می‌رود. کتاب‌های کره‌ای ۴۵۶ تومان است.\n\nخانۀ ما در تهران است، یک روز."),
    ("ur", "پاکستان کی حکومت", "پاکستان کی حکومت نے اعلان کیا۔ کراچی میں ۷۸۹ افراد جمع ہوئے۔\n\nوزیرِ اعظم خاموش ہیں۔"),
    ("he", "שָׁלוֹם בירושלים", "ראש הממשלה הגיע לירושלים. שָׁלוֹם אמר דָּוִד כֹּהֵן, צה״ל שתק.\n\nבית־המשפט דן ב־12 תיקים."),
    ("syr", "ܫܠܵܡܵܐ ܥܲܠ ܟܠ", "ܡܲܠܟܵܐ ܐܸܬ݂ܵܐ ܠܒܹܝܬܵܐ. ܟܬ݂ܵܒ݂ܵܐ ܚܲܕ݂ܬ݂ܵܐ ܢܦܲܩ.\n\nܣܘܼܪܝܵܝܵܐ ܡܠܸܠ."),
    ("hi", "दिल्ली में बैठक", "प्रधानमंत्री दिल्ली पहुँचे। हिंदी समाचार ने १२३ लोगों से बात की।\n\nक़ानून मंत्री चुप रहे।"),
    ("bn", "ঢাকায় বৈঠক", "প্রধানমন্ত্রী ঢাকায় পৌঁছেছেন। ৪৫ জন মানুষ এসেছিলেন।\n\nবাংলাদেশ সরকার নীরব।"),
    ("ta", "சென்னையில் கூட்டம்", "முதல்வர் சென்னை வந்தார். ௧௨ பேர் பேசினார்கள்.\n\nதமிழ்நாடு அரசு மௌனம்."),
    ("th", "ข่าวกรุงเทพ", "นายกฯ เดินทางถึงกรุงเทพ ๒๕๖๙ น้ำท่วมทำให้ Moscow ปิด\n\nไม่มีแถลงการณ์ กำลังรอ"),
    ("lo", "ຂ່າວວຽງຈັນ", "ນາຍົກລັດຖະມົນຕີເດີນທາງຮອດວຽງຈັນ ໑໒ ຄົນ ນ້ຳຖ້ວມ\n\nບໍ່ມີຖະແຫຼງການ"),
    ("km", "ព័ត៌មានភ្នំពេញ", "នាយករដ្ឋមន្ត្រីបានទៅដល់ភ្នំពេញ។ មនុស្ស ១២៣ នាក់។\n\nរដ្ឋាភិបាលនៅស្ងៀម"),
    ("my", "ရန်ကုန် သတင်း", "ဝန်ကြီးချုပ် ရန်ကုန်သို့ ရောက်သည်။ လူ ၁၂၃ ဦး။\n\nအစိုးရ တိတ်ဆိတ်သည်။"),
    ("ko", "북한 대표단 도착", "북한 대표단이 서울에 도착했다. 김 씨는 F-16을 보았다.\n\n정부는 침묵했다."),
    ("zh", "朝鲜代表团抵达", "朝鲜代表团抵达莫斯科。双方谈了１２３天，Ｆ－１６未提及。\n\n政府沉默。"),
    ("ja", "東京で会談", "首相は東京に着いた。ガソリンとｶﾞｽとパンの値段は１２３円。\n\n政府は黙っている。"),
    ("ka", "თბილისში შეხვედრა", "პრემიერი თბილისში ჩავიდა. ᲛᲗᲐᲕᲠᲝᲑᲐ დუმს.\n\n12 კაცი მოვიდა."),
    ("hy", "Երևանում հանդիպում", "Վարչապետը հասավ Երևան։ ԵՐԵՒԱՆԸ լռում է։\n\nԿառավարությունը և մարդիկ։"),
    ("am", "አዲስ አበባ ስብሰባ", "ጠቅላይ ሚኒስትሩ አዲስ አበባ ደረሱ። መንግሥት ዝም አለ።\n\nሰዎች መጡ።"),
    (
        "en",
        "Кremlin and Мoscow",
        "The Рresident of Rоssiya met Pútіn and Ρutin. Андрiй and HАТО agreed; iPhone'ом and YouTubeда stay.\n\nCОVID-19 ended.",
    ),
)
UNSEEN = "\u00ad\u200b\u200c\u200d\u2060\u2063\ufeff\u061c\u180e\u034f\ufe0f\U000e0041\U000e0100\u206f"
OTHER_DIGITS = "0٠۰०০௦０"  # the zero of each
HARAKAT = "\u064b\u064e\u064f\u0650\u0651\u0652\u0670"
ARABIC = {"ا": "اأإآٱ", "ي": "يىی", "ك": "كک", "ه": "هة"}


def strewn(text: str, rng: random.Random, share: float = 0.1) -> str:
    """The same words, written otherwise."""
    out = ""
    for at, c in enumerate(text):
        inside = c.isalpha() and text[at + 1 : at + 2].isalpha()
        out += written(c, rng) if rng.random() < share else c
        if inside and rng.random() < share / 2:
            out += rng.choice((*UNSEEN, "\u00ad\n", "\u00ad\r\n", "\u200d\u00ad"))
    return out


def written(c: str, rng: random.Random) -> str:
    """Another way to write a character that counts as the same in its word."""
    ways = [c, unicodedata.normalize("NFD", c)]
    if c.isdecimal():
        ways += [chr(ord(zero) + int(c)) for zero in OTHER_DIGITS]
    if script(c) == "ARABIC" and c.isalpha():
        ways += [c + rng.choice(HARAKAT), c + "\u0640", *next((every for every in ARABIC.values() if c in every), "")]
    if script(c) == "LATIN" and c not in "Iıi":
        ways += [c + "\u0301", unicodedata.normalize("NFC", c + "\u0308")]
    return rng.choice(ways)


def respelt(word: str, rng: random.Random) -> str:
    """A folded word as somebody may type it, which is still that word."""
    for _ in range(3):
        typed = "".join(unfolded(c, rng) if rng.random() < 0.4 else c for c in word)
        if rng.random() < 0.3:
            typed = rng.choice((str.upper, str.title))(typed)
        if rng.random() < 0.2:
            typed = imitating(typed, rng)
        if rng.random() < 0.2:
            at = rng.randrange(len(typed) + 1)
            typed = typed[:at] + rng.choice(UNSEEN) + typed[at:]
        if [one.folded for one in words_of(typed, [0], [0])] == [word]:
            return typed
    return word


def unfolded(c: str, rng: random.Random) -> str:
    others = [other for other, folded in SPELT.items() if folded == c]
    others += {
        "l": "łĽ",
        "o": "øóȯ",
        "d": "đ",
        "i": "ıİIí",
        "t": "ŧ",
        "h": "ħ",
        "и": "й",
        "е": "ёѐ",
        "α": "ά",
        "ι": "ίϊ",
    }.get(c, "")
    if script(c) == "HEBREW":
        others += [c + "\u05b8", c + "\u05bc\u05b7"]
    if script(c) == "SYRIAC":
        others.append(c + "\u0738")
    return rng.choice(others) if others and rng.random() < 0.7 else written(c, rng)


def imitating(word: str, rng: random.Random) -> str:
    """A word of one script with one letter in another that looks like it."""
    places = [at for at, c in enumerate(word) if look_alikes(c)]
    if not places:
        return word
    at = rng.choice(places)
    return word[:at] + rng.choice(look_alikes(word[at])) + word[at + 1 :]


def look_alikes(c: str) -> list[str]:
    if script(c) not in EUROPEAN:
        return []
    return [other for row in ALIKE if c in row for other in row if other not in (c, "-")]
