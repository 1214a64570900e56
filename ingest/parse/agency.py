"""Whose report an article is: agencies named in its byline, its dateline, its closing line and its JSON-LD. Pure.

Conservative: an agency counts only where reports name their origin, by a spelling of the closed table below. A story about
an agency is not by it.
"""

import re
from collections.abc import Iterable, Iterator

from ingest.parse.linked_data import LinkedData, Thing
from ingest.parse.words_alike import folded

# Canonical name: how else the press writes it.
_SPELLINGS: dict[str, tuple[str, ...]] = {
    "AP": ("Associated Press", "The Associated Press", "AP News", "AP通信", "AP通讯社", "美联社", "美聯社", "АП", "أسوشيتد برس", "أ ب", "AP통신"),
    "Reuters": ("Thomson Reuters", "Reuters News Agency", "Reuters News", "ロイター", "ロイター通信", "路透", "路透社", "로이터", "로이터통신", "Рейтер", "Рейтерс", "Reuter", "رويترز", "रॉयटर्स"),
    "AFP": ("Agence France-Presse", "Agence France Presse", "AFP News", "AFP通信", "AFP時事", "AFPBB", "法新社", "AFP통신", "АФП", "France Presse", "أ ف ب", "فرانس برس", "एएफपी"),
    "dpa": ("Deutsche Presse-Agentur", "Deutsche Presse Agentur", "dpa-infocom", "dpa International", "dpa-AFX", "ДПА", "德新社", "د ب أ"),
    "Yonhap": ("Yonhap News Agency", "Yonhap News", "Yonhap News TV", "연합뉴스", "聯合ニュース", "韓聯社", "韩联社", "Ренхап"),
    "Newsis": ("뉴시스",),
    "News1": ("뉴스1", "News1 Korea"),
    "KCNA": ("Korean Central News Agency", "조선중앙통신", "朝鮮中央通信", "朝中社", "ЦТАК"),
    "Xinhua": ("Xinhua News Agency", "XINHUANET", "Xinhuanet", "新华社", "新華社", "新华网", "Синьхуа", "شينخوا"),
    "CNS": ("China News Service", "中新社", "中新网", "中国新闻社"),
    "CNA": ("Central News Agency", "中央社", "Central News Agency (Taiwan)"),
    "TASS": ("ITAR-TASS", "ITAR TASS", "ТАСС", "ИТАР-ТАСС", "TASS Russian News Agency", "塔斯社", "타스통신", "タス通信"),
    "Interfax": ("Интерфакс", "Interfax-Ukraine", "Интерфакс-Украина", "Interfax Ukraine", "Інтерфакс-Україна", "国际文传电讯社"),
    "RIA Novosti": ("РИА Новости", "RIA", "РИА", "俄新社"),
    "Ukrinform": ("Укринформ", "Укрінформ"),
    "UNIAN": ("УНИАН", "УНІАН"),
    "BelTA": ("БЕЛТА", "BELTA"),
    "Kyodo": ("Kyodo News", "Kyodo News Agency", "共同", "共同通信", "共同通信社", "共同社", "교도통신", "Киодо"),
    "Jiji": ("Jiji Press", "JIJI", "時事", "時事通信", "時事通信社", "时事社", "지지통신"),
    "EFE": ("Agencia EFE", "Agencia Efe", "Efe News", "Agência EFE", "埃菲社"),
    "Europa Press": ("EuropaPress",),
    "ANSA": ("Agenzia ANSA", "ANSA.it", "안사통신", "安莎社"),
    "Adnkronos": ("AdnKronos", "Agenzia Adnkronos"),
    "AGI": ("Agenzia Italia",),
    "LaPresse": ("La Presse Agenzia",),
    "PTI": ("Press Trust of India", "PTI News", "पीटीआई", "भाषा"),
    "ANI": ("Asian News International", "ANI News", "एएनआई"),
    "IANS": ("Indo-Asian News Service", "Indo Asian News Service", "आईएएनएस"),
    "UNI": ("United News of India",),
    "APP": ("Associated Press of Pakistan",),
    "BSS": ("Bangladesh Sangbad Sangstha",),
    "APA": ("Austria Presse Agentur", "Austria Presse-Agentur", "APA-OTS"),
    "Keystone-SDA": ("Keystone SDA", "Keystone-ATS", "SDA", "Schweizerische Depeschenagentur", "SDA-Keystone", "Keystone-ATS/SDA"),
    "SID": ("Sport-Informations-Dienst",),
    "epd": ("Evangelischer Pressedienst",),
    "KNA": ("Katholische Nachrichten-Agentur",),
    "PAP": ("Polska Agencja Prasowa", "ПАП"),
    "CTK": ("ČTK", "Česká tisková kancelář", "Czech News Agency"),
    "TASR": ("Tlačová agentúra Slovenskej republiky",),
    "SITA": ("Slovenská tlačová agentúra",),
    "MTI": ("Magyar Távirati Iroda", "MTI Hungary"),
    "Agerpres": ("AGERPRES",),
    "BTA": ("БТА", "Bulgarian News Agency"),
    "Tanjug": ("Танјуг", "TANJUG"),
    "HINA": ("Hina", "Hrvatska izvještajna novinska agencija"),
    "STA": ("Slovenska tiskovna agencija", "Slovenian Press Agency"),
    "Beta": ("Agencija Beta", "Novinska agencija Beta"),
    "AMNA": ("ANA-MPA", "ΑΠΕ-ΜΠΕ", "ΑΠΕ ΜΠΕ", "Athens-Macedonian News Agency"),
    "Belga": ("Agence Belga", "Belga News Agency", "BELGA"),
    "ANP": ("Algemeen Nederlands Persbureau",),
    "TT": ("TT Nyhetsbyrån", "Tidningarnas Telegrambyrå", "TT-Reuters", "TT-AFP", "TT News Agency"),
    "NTB": ("Norsk Telegrambyrå", "Norsk Telegrambyraa", "©NTB"),
    "Ritzau": ("/ritzau/", "Ritzaus Bureau"),
    "STT": ("STT-Lehtikuva", "Suomen Tietotoimisto", "STT Info"),
    "BNS": ("Baltic News Service",),
    "ELTA": ("Elta",),
    "LETA": ("Leta",),
    "Lusa": ("Agência Lusa", "LUSA"),
    "Agência Brasil": ("Agencia Brasil",),
    "Folhapress": ("FolhaPress",),
    "Estadão Conteúdo": ("Estadao Conteudo",),
    "Télam": ("Telam", "Agencia Télam"),
    "Notimex": ("Agencia Notimex",),
    "Prensa Latina": ("Agencia Prensa Latina",),
    "Anadolu": ("Anadolu Agency", "Anadolu Ajansı", "AA", "وكالة الأناضول", "الأناضول", "Анадолу"),
    "DHA": ("Demirören Haber Ajansı", "Dogan News Agency"),
    "IHA": ("İHA", "İhlas Haber Ajansı", "Ihlas News Agency"),
    "IRNA": ("Islamic Republic News Agency", "ایرنا"),
    "ISNA": ("ایسنا",),
    "Fars": ("Fars News Agency", "فارس", "خبرگزاری فارس"),
    "Tasnim": ("Tasnim News Agency", "تسنیم"),
    "SPA": ("Saudi Press Agency", "واس", "وكالة الأنباء السعودية"),
    "WAM": ("Emirates News Agency", "وام"),
    "QNA": ("Qatar News Agency", "قنا"),
    "KUNA": ("Kuwait News Agency", "كونا"),
    "MENA": ("Middle East News Agency", "أ ش أ", "وكالة أنباء الشرق الأوسط"),
    "Petra": ("بترا", "Jordan News Agency"),
    "SANA": ("سانا", "Syrian Arab News Agency"),
    "WAFA": ("وفا", "Palestinian News and Info Agency"),
    "MAP": ("Maghreb Arabe Presse", "Agence Marocaine de Presse"),
    "APS": ("Algérie Presse Service",),
    "TAP": ("Tunis Afrique Presse",),
    "SAPA": ("South African Press Association",),
    "NAN": ("News Agency of Nigeria",),
    "Panapress": ("PANA",),
    "Antara": ("ANTARA", "LKBN Antara"),
    "Bernama": ("BERNAMA",),
    "VNA": ("Vietnam News Agency", "TTXVN", "Thông tấn xã Việt Nam"),
    "PNA": ("Philippine News Agency",),
    "TNA": ("Thai News Agency", "สำนักข่าวไทย"),
    "AAP": ("Australian Associated Press",),
    "RNZ": ("Radio New Zealand",),
    "The Canadian Press": ("Canadian Press", "La Presse Canadienne", "La Presse canadienne"),
    "PA": ("PA Media", "Press Association", "PA News", "PA Wire"),
    "UPI": ("United Press International",),
    "Bloomberg": ("Bloomberg News", "Bloomberg L.P.", "ブルームバーグ", "彭博", "彭博社", "블룸버그"),
    "Dow Jones": ("Dow Jones Newswires", "Dow Jones & Company"),
    "PR Newswire": ("PRNewswire", "PR-Newswire"),
    "Business Wire": ("BUSINESS WIRE", "BusinessWire"),
    "GlobeNewswire": ("GLOBE NEWSWIRE",),
    "CNW": ("CNW Group", "Canada NewsWire"),
    "IRIN": ("The New Humanitarian",),
}  # fmt: skip
_BY_KEY = {folded(form): name for name, forms in _SPELLINGS.items() for form in (name, *forms)}
# Names that are words or other people's initials too: they count in brackets of a dateline and in agency fields alone.
_ONLY_LARGE = frozenset("AA ANI APA APP APS AGI BTA CNA CNS DHA IHA MAP MENA NAN PA PAP PNA QNA RIA SDA SID SPA STA STT TAP TNA TT UNI VNA WAM Beta Fars Petra AP SANA".split())  # fmt: skip
_FORMS = sorted({form for name, forms in _SPELLINGS.items() for form in (name, *forms)}, key=len, reverse=True)
_NAME = rf"(?:{'|'.join(map(re.escape, _FORMS))})"
_NAMES = rf"(?P<names>{_NAME}(?:\s?(?:[/,&+、·・‧-]|and|und|et|y|e|with|mit)\s?{_NAME}){{0,4}})"
_PLACE = r"(?P<place>[^()\[\]{}<>«»\"“”!?]{0,70}?)"
_DASH = r"[-–—―:：.]"
_DATELINES = (
    re.compile(rf"^\W{{0,2}}{_PLACE}\s*[(（\[]\s*{_NAMES}\s*[)）\]]\s*(?:{_DASH}|/)"),  # SEOUL (Reuters) -
    re.compile(rf"^\W{{0,2}}{_PLACE}\s*[(（\[]\s*{_NAMES}\s*[)）\]](?P<loose>\s)"),  # SEOUL (AP) The
    re.compile(rf"^\W{{0,2}}{_PLACE}\s*/\s*{_NAMES}\s*/"),  # MOSCOW, January 15. /TASS/.
    re.compile(
        rf"^\s*[(（\[【〔［]\s*(?P<place>[^()（）\[\]【】〕]{{1,20}}?)\s*[=＝]?\s*{_NAMES}(?:[^)）\]】〕］]{{0,20}})\s*[)）\]】〕］]"
    ),  # (서울=연합뉴스)
    re.compile(
        rf"^\W{{0,2}}(?P<names>{_NAME})(?P<place>[^\W\d_]{{1,8}}\d{{1,2}}月\d{{1,2}}日)[电電]"
    ),  # 新华社北京1月15日电
    re.compile(rf"^\W{{0,2}}(?P<place>)(?P<names>{_NAME})[、,，]?\s?{_DASH}{{1,2}}\s"),  # AFP - Paris
    re.compile(
        rf"^(?P<place>[^()\[\]<>\"“”!?.:]{{2,50}}?)[,.]?\s+{_NAMES}\s?\.?[-–—]{{1,2}}\s"
    ),  # Madrid, 15 ene EFE.-
    re.compile(rf"^\W{{0,2}}(?P<place>.{{0,40}}?)\s*[-–—]\s*{_NAMES}\s*[-–—:.]\s"),  # BERLIN - dpa -
)
_CLOSING = re.compile(
    rf"(?:[(（\[]\s*(?:(?i:with|avec|mit|con|com|da)\s(?:(?:agency\s)?(?i:inputs?|material|information|informations|información|informações)\s(?:from|von|de|by)\s)?)?{_NAMES}\s*[)）\]]|(?:^|\s)[-–—]{{1,2}}\s?(?P<last>{_NAME}))[.\s]*$"
)
_SOURCE = re.compile(
    rf"^\W{{0,3}}(?:(?:sources?|quellen?|fuente|fonte|kilde|källa|bron|źródło|zdroj|forrás|sursa|kaynak|источник|джерело|ソース|出典|来源|來源|출처|المصدر|स्रोत|agency|agencia|agence|agenzia|agência|agentur)\s?[:：]\s?|(?:with|mit)\s(?:(?:agency )?(?:inputs?|material|reporting|files|information)\s)?(?:from|von|by)?\s?|avec\s|con informaci[oó]n de\s|con\s)(?:the\s)?{_NAMES}\W*$",
    re.IGNORECASE,
)
_FROM = re.compile(
    rf"(?:sources?|quelle|fuente|fonte|источник|来源|來源|出典|출처|المصدر)\s?[:：]\s?(?:the\s)?(?P<names>{_NAME})(?!\w)",
    re.IGNORECASE,
)
_COPYRIGHT = re.compile(rf"(?:©|\(c\)|\bcopyright\b|ⓒ|저작권자)[\s,:]{{0,3}}(?:copyright\s|©\s?|\(c\)\s?)?(?:by\s)?(?:(?:19|20)\d\d[,.]?\s)?(?:by\s)?(?:the\s)?(?P<names>{_NAME})(?!\w|\s?/)", re.IGNORECASE)  # fmt: skip
_COUNTRY = re.compile(r"(?<=\w) \[[A-Z][A-Za-z ]{1,30}\]")  # New Delhi [India], January 15 (ANI)
_AT_END = re.compile(rf"(?:\s+(?:and|und|et|y|e|with|mit|avec|con))?\s+(?:The\s+)?({_NAME})$")
_SMALL_WORDS = frozenset(
    "de la le les el los das den der die du of the and in am im y e und et i les san st al bin w v na ob".split()
)
_LATIN = re.compile(r"[A-Za-z]")
_MOST_PLACE_WORDS = 9
_LOOKED_AT = 220  # characters of a paragraph at either end
_KEYS = ("author", "creator", "provider", "copyrightHolder", "sourceOrganization", "publisher", "contributor")


def agency_of(text: str) -> str | None:
    """The agency that a whole name is one of; None for all else."""
    key = folded(text)
    found = _BY_KEY.get(key)
    if found in _ONLY_LARGE and len(key) <= 4 and text.strip().islower():
        return None
    return found


def parted(piece: str) -> tuple[str, str | None]:
    """A byline's piece without the agency at its end, and that agency: "Jane Doe Associated Press"."""
    found = _AT_END.search(piece)
    return (piece, None) if found is None else (piece[: found.start()], agency_of(found[1]))


def agencies_in(text: str) -> tuple[str, ...]:
    """The agencies of a byline such as "Reuters, AFP" or "dpa/AFP"; empty unless it names nothing else."""
    parts = [part for part in re.split(r"\s*(?:[/,;|+&、·・]|\band\b|\bund\b|\bet\b|\by\b)\s*", text.strip()) if part]
    found = [agency_of(part) for part in parts[:10]]
    return tuple(dict.fromkeys(name for name in found if name)) if found and all(found) else ()


def agencies_of(
    byline: Iterable[str], text: str, data: LinkedData, own: Thing, notes: Iterable[str] = ()
) -> tuple[str, ...]:
    """The agencies of an article: of its byline, JSON-LD, dateline, closing line and notes (copyright, source)."""
    found = [*byline]
    for key in _KEYS:
        for name in data.named(own, key):
            found += agencies_in(name)
    found += agencies_in_text(text)
    for note in notes:
        found += _noted(note)
    return tuple(dict.fromkeys(found))


def agencies_in_text(text: str) -> tuple[str, ...]:
    """The agencies that a text names as its origin: in its dateline, its closing line, a line about its source."""
    return tuple(dict.fromkeys(_in_text(text)))


def _in_text(text: str) -> Iterator[str]:
    if not text:
        return
    paragraphs = text.split("\n\n")
    for first in paragraphs[:2]:
        if names := _dateline(first[:_LOOKED_AT]):
            yield from names
            break
    for last in paragraphs[-3:]:
        tail = last[-_LOOKED_AT:]
        if found := _CLOSING.search(tail):
            yield from agencies_in(found["names"] or found["last"] or "")
    for last in (*paragraphs[:2], *paragraphs[-4:]):
        yield from _noted(last)


def _noted(line: str) -> tuple[str, ...]:
    if len(line) > _LOOKED_AT:
        return ()
    found = _SOURCE.match(line) or _COPYRIGHT.search(line) or _FROM.search(line)
    return agencies_in(found["names"]) if found else ()


def _dateline(line: str) -> tuple[str, ...]:
    line = _COUNTRY.sub("", line)
    for pattern in _DATELINES:
        found = pattern.match(line)
        if found is None or not _is_place(found["place"], loose="loose" in found.groupdict()):
            continue
        if names := agencies_in(
            found["names"].replace("-", "/") if agency_of(found["names"]) is None else found["names"]
        ):
            return names
    return ()


def _is_place(text: str, *, loose: bool) -> bool:
    """Whether what stands before the agency is a place and a day: no word of a sentence."""
    words = re.findall(r"[^\W\d_]+", text)
    if len(words) > _MOST_PLACE_WORDS:
        return False
    if not _LATIN.search(text):
        return not loose or not words or text.isupper()
    if loose:
        return bool(words) and words[0].isupper() and len(words[0]) > 1
    return all(word[0].isupper() or word.lower() in _SMALL_WORDS or _MONTH.match(word) for word in words) and bool(not words or words[0][0].isupper() or words[0].lower() in _SMALL_WORDS)  # fmt: skip


_MONTH = re.compile(r"(?:jan|feb|f[eé]v|mar|m[aä]r|a[bpv]r|ma[iyj]|jun|jui|jul|giu|lug|aug|ago|aoû|sep|set|oct|okt|ott|out|nov|dec|dez|dic|déc|ene|gen|mag|th$|st$|nd$|rd$)", re.IGNORECASE)  # fmt: skip
