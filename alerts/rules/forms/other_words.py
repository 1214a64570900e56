"""Forms that the rules of a language make of a frequent noun and that are nearly always another word: `שדות` are fields, not "that a
religion", `طالبان` the Taliban, not two students. Pure data, by language and headword; who means such a word writes it beside."""

from collections.abc import Mapping

_TABLES = {
    "ar": """
        طالب طالبان وطالبان لطالبان بطالبان كطالبان; ماء مائه; عدو عدوان العدوان وعدوان والعدوان للعدوان بعدوان; حق لحق; حل وحل كحل فحل;
        حي وحي لحي; سد وسد فسد; مصر الأمصار أمصار والأمصار; دين لدينا; قرية فقري فقرى; خط خطا وخطا; دور دوران; يد كيد كيدين; روسي بروس كروس;
        متر مترو; فن فنان; شعب شعبان الشعبان وشعبان والشعبان بشعبان لشعبان; عم عمان
    """,
    "fa": """
        رئیس رئیسی; پزشک پزشکی; رهبر رهبری; اقتصاد اقتصادی; تاریخ تاریخی; نفت نفتی; موشک موشکی; دین دینی; حزب حزبی; چین چینش; دولت دولتی;
        قانون قانونی; شهر شهری; آب آبی; جنگ جنگی; نظام نظامی; سرباز سربازی; قیمت قیمتی; فرهنگ فرهنگی; صنعت صنعتی; علم علمی;
        مرکز مرکزی; هنر هنری; ورزش ورزشی; اجتماع اجتماعی; امنیت امنیتی; بین بینی; خارج خارجی; داخل داخلی; شمال شمالی;
        جنوب جنوبی; شرق شرقی; غرب غربی; مردم مردمی; دفاع دفاعی; انقلاب انقلابی; بانک بانکی; پارلمان پارلمانی; حقوق حقوقی; شخص شخصی;
        فلسطین فلسطینی; اسلام اسلامی; زن زنم
    """,
    "fi": """
        nainen naista naistako naistahan naistakin naistakaan; lapsi lapsin lapsitaan; laki lainkaan; silta silloin silloinkin silloinkaan; varsi varsin varsinkin varsinkaan; lampi lammin; tie teitä;
        joki joissa joista joilla joille joilta jokin joissakin joistakin joillakin joillekin joiltakin
    """,
    "he": """
        טון שלטון שלטונו שלטונות;         ספר מספר מספרי מספרים לספר שמספר; זכות בזכות; עיר שערים שערי בער; מים שמים; דת שדות; שר בשר כשר כשרים לשיר בשרי בשרים;
        חברה מחברת מחברות מחברה; חירות בחירות הבחירות; בית שבת שבתי; כנסת הכנסות; הרוג להרוג; חטוף לחטוף; פצוע לפצוע; עצור לעצור;
        יד ליד; שם לשם משם בשם כשם; יום כיום; גז לגז שגז; אב כאב כאבים כאבי משאבים משאבי שאב; בן מבנים מבן לבן לבנים; לב שלב כלב;
        אם לאם שאם כאם; טיל מטיל מטילים; ים שים; הר שהר מהר שהרי; דבר מדבר מדברים לדבר שדבר שמדבר שמדברים; שנה משנה שנתן שנתנו;
        סיבה מסיבה מסיבת מסיבות; נהר מנהרות; חבר מחבר מחברי מחברים לחבר; שמש משמש משמשים משמשות משמשי; אור מאור; עין מעין כעין;
        אוזן מאוזן; בשר מבשר; שאלה משאלה משאלות; קשר מקשר; כתב מכתב מכתבי מכתבים; פעל מפעל; נשק מנשק; ראש מראש; הסכם הסכמו הסכמנו והסכמנו שהסכמנו
    """,
    "hu": "ár árra árról; út után; találkozó találkozom; idő idei",
    "kk": "қала қалам қаламды қаламда қаламнан қаламның қаламмен қаламы қаламын",
    "tr": """
        resim resmi; hak hakkında hakkındaki; alt altında altından altmış; altı altında altından; özellik özellikle; bey beyin beyinde;
        deney deneyim deneyimi deneyime deneyimin
    """,
}


def _read(table: str) -> Mapping[str, frozenset[str]]:
    rows = (row.split() for row in table.split(";"))
    return {head: frozenset(words) for head, *words in rows}


OTHER_WORDS: Mapping[str, Mapping[str, frozenset[str]]] = {lang: _read(table) for lang, table in _TABLES.items()}
