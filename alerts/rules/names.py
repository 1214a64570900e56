"""Languages and countries that people name where a code is asked for: ISO 639-1 and ISO 3166-1, their names in English, the names
that countries and languages give themselves, codes of three letters, and codes that are taken for one another.

English names and codes are CLDR's, read when a name is first asked for.
"""

from difflib import get_close_matches
from functools import cache
from typing import Any

from core.text.fold import fold

_LANGUAGES_THEMSELVES = """
af Afrikaans|am አማርኛ|ar العربية,عربي|az Azərbaycan,Azərbaycanca|be Беларуская|bg Български|bn বাংলা|bs Bosanski|ca Català
cs Čeština,Česky|cy Cymraeg|da Dansk|de Deutsch|el Ελληνικά|en Inglés,Anglais,Englisch,Английский|es Español,Castellano
et Eesti|eu Euskara|fa فارسی,Farsi|fi Suomi|fr Français|ga Gaeilge|gl Galego|gu ગુજરાતી|he עברית,Ivrit|hi हिन्दी,हिंदी
hr Hrvatski|hu Magyar|hy Հայերեն|id Bahasa Indonesia|is Íslenska|it Italiano|ja 日本語|ka ქართული|kk Қазақ тілі,Қазақша|km ខ្មែរ
kn ಕನ್ನಡ|ko 한국어,조선말|ku Kurdî|ky Кыргызча|lo ລາວ|lt Lietuvių|lv Latviešu|mk Македонски|ml മലയാളം|mn Монгол|mr मराठी
ms Bahasa Melayu|my မြန်မာ,Burmese|ne नेपाली|nl Nederlands,Flemish,Vlaams|no Norsk|nb Bokmål|nn Nynorsk|pa ਪੰਜਾਬੀ|pl Polski
ps پښتو|pt Português|ro Română,Moldovan|ru Русский|si සිංහල|sk Slovenčina|sl Slovenščina|sq Shqip|sr Српски,Srpski
sv Svenska|sw Kiswahili|ta தமிழ்|te తెలుగు|th ไทย,ภาษาไทย|tk Türkmen|tl Tagalog|tr Türkçe|uk Українська|ur اردو
uz Oʻzbek|vi Tiếng Việt|yi ייִדיש|zh 中文,汉语,漢語,普通话,Mandarin
"""
_COUNTRIES_THEMSELVES = """
ae الإمارات,UAE,Emirates|af افغانستان|al Shqipëria|am Հայաստան|at Österreich|az Azərbaycan|ba Bosna i Hercegovina,Bosnia
bd বাংলাদেশ|be België,Belgique,Belgien|bg България|bh البحرين|br Brasil|by Беларусь,Belorussia|cd DRC,DR Congo,Congo-Kinshasa
cg Congo-Brazzaville|ch Schweiz,Suisse,Svizzera|ci Ivory Coast|cn 中国,中國,PRC,Mainland China|cv Cape Verde|cy Κύπρος
cz Česko,Czech Republic|de Deutschland,Allemagne,Alemania,Германия|dk Danmark|dz الجزائر|ee Eesti|eg مصر|es España
et ኢትዮጵያ|fi Suomi|fr Frankreich,Francia|gb Great Britain,Britain,England,Scotland,Wales,Northern Ireland,Großbritannien
ge საქართველო|gr Ελλάδα,Ellada,Hellas|hk Hong Kong,香港|hr Hrvatska|hu Magyarország|ie Éire|il ישראל|in भारत,Bharat|iq العراق
ir ایران|is Ísland|it Italia|jo الأردن|jp 日本,Nippon|ke Kenya|kg Кыргызстан|kh កម្ពុជា
kp DPRK,北朝鮮,朝鲜,조선,북한,КНДР|kr ROK,Republic of Korea,한국,대한민국,韩国,韓国|kw الكويت|kz Қазақстан|la Laos|lb لبنان
lt Lietuva|lv Latvija|ly ليبيا|ma المغرب,Maroc|md Moldova|me Crna Gora|mk Македонија,Macedonia|mm Burma,မြန်မာ|mn Монгол улс
mo Macau,澳門|mx México|nl Nederland,Holland|no Norge,Noreg|np नेपाल|om عمان|pe Perú|pk پاکستان|pl Polska|ps فلسطين,Palestine
pt Portugal|qa قطر|ro România|rs Србија,Srbija|ru Россия,Rossiya,Russian Federation|sa السعودية,KSA|sd السودان|se Sverige
sg 新加坡|si Slovenija|sk Slovensko|sy سوريا|sz Swaziland|th ประเทศไทย,ไทย|tj Тоҷикистон|tl East Timor|tm Türkmenistan
tn تونس|tr Türkiye,Turkey|tw 台灣,台湾,臺灣,Republic of China|ua Україна,Украина|us USA,U.S.,United States of America,America,США
uy Uruguay|uz Oʻzbekiston|va Vatican,Holy See|vn Việt Nam,Viet Nam|ye اليمن|za RSA
"""
# What people write, and what they mean by it: the code of a country for its language, or of a language for its country. `kr` is
# Kanuri and `tw` Twi, in which no article is marked.
_LANGUAGE_MEANT = {
    "al": "sq", "by": "be", "cn": "zh", "cz": "cs", "dk": "da", "gb": "en", "gr": "el", "hk": "zh", "il": "he", "ir": "fa",
    "jp": "ja", "kp": "ko", "kr": "ko", "kz": "kk", "mx": "es", "pk": "ur", "po": "pl", "rs": "sr", "sp": "es", "ua": "uk",
    "us": "en", "vn": "vi", "at": "de", "tw": "zh", "se": "sv", "ee": "et", "ch": "de", "br": "pt",
}  # fmt: skip
# Codes of both a country with another language and a language that the press hardly has.
RARE = {"se": "Northern Sami", "ee": "Ewe", "ch": "Chamorro", "br": "Breton", "kr": "Kanuri", "tw": "Twi"}
_COUNTRY_MEANT = {
    "uk": "gb", "el": "gr", "en": "gb", "ja": "jp", "ko": "kr", "zh": "cn", "da": "dk", "cs": "cz", "fa": "ir", "uae": "ae",
    "prc": "cn", "ksa": "sa", "roc": "tw",
}  # fmt: skip
_SEVERAL = {"korea": ("kr", "kp"), "congo": ("cd", "cg"), "guinea": ("gn", "gw", "gq"), "ireland": ("ie", "gb")}
_NO_COUNTRIES = frozenset(
    "ac cp cq dg ea eu ez ic qo ta un xa xb zz".split()
)  # CLDR's, not of ISO 3166-1; XK is in use
_CLOSE = 0.84


def is_language(code: str) -> bool:
    """Whether it is a code of ISO 639-1, or of three letters for a language that has no shorter one."""
    return code in _languages()[0] and code not in _LANGUAGE_MEANT


def is_country(code: str) -> bool:
    """Whether it is a code of ISO 3166-1 alpha-2, in small letters."""
    return code in _countries()[0]


def languages_meant(written: str) -> tuple[str, ...]:
    """The codes that may be meant: of `english`, `Deutsch`, `en-GB`, `eng`, `ua`."""
    name = written.strip().casefold().replace("_", "-")
    _, shorter = _languages()
    for code in (name, name.partition("-")[0]):
        found = _LANGUAGE_MEANT.get(code) or shorter.get(code) or (code if is_language(code) else None)
        if found is not None:
            return (found,)
    return _named(name, _language_names())


def countries_meant(written: str) -> tuple[str, ...]:
    """The codes that may be meant: of `UK`, `USA`, `Germany`, `Deutschland`, `korea`."""
    name = written.strip().casefold()
    known, longer = _countries()
    if name in _SEVERAL:
        return _SEVERAL[name]
    found = _COUNTRY_MEANT.get(name) or longer.get(name) or (name if name in known else None)
    return (found,) if found is not None else _named(name, _country_names())


def _named(name: str, names: dict[str, str]) -> tuple[str, ...]:
    key = _key(name)
    near = [key] if key in names else get_close_matches(key, names, n=1, cutoff=_CLOSE) if len(key) < 64 else []
    return tuple(names[one] for one in near)


def _key(name: str) -> str:
    """A name without what people write in their own way."""
    words = "".join(c if c.isalnum() else " " for c in fold(name).replace("&", " and ").replace("'", "")).split()
    return " ".join(words[1:] if words[:1] == ["the"] and len(words) > 1 else words) or fold(name)


@cache
def _cldr(table: str) -> dict[str, Any]:
    """A table of codes, or of their names in English."""
    from babel import Locale  # noqa: PLC0415 - tables that few rules need
    from babel.core import get_global  # noqa: PLC0415 - the same

    if table.endswith("_aliases"):
        found: dict[str, Any] = dict(get_global("language_aliases" if table[0] == "l" else "territory_aliases"))
        return found
    english = Locale("en")
    return dict(english.languages if table == "languages" else english.territories)


@cache
def _languages() -> tuple[frozenset[str], dict[str, str]]:
    """Codes of languages, and the shorter ones of those that have one."""
    shorter = {code: str(to).split("_")[0] for code, to in _cldr("language_aliases").items() if code.isascii()}
    shorter = {
        code: to for code, to in shorter.items() if len(to) == 2 and code not in ("tl", "tw", "sh") and to != code
    }
    known = frozenset(code for code in _cldr("languages") if len(code) in (2, 3)) - frozenset(("mul", "und", "zxx"))
    return known - frozenset(shorter), {code.lower(): to for code, to in shorter.items()}


@cache
def _countries() -> tuple[frozenset[str], dict[str, str]]:
    """Codes of countries, and those of the codes of three letters."""
    known = (
        frozenset(code.lower() for code in _cldr("territories") if len(code) == 2 and code.isalpha()) - _NO_COUNTRIES
    )
    longer = {code.lower(): to[0].lower() for code, to in _cldr("territory_aliases").items() if len(to) == 1}
    return known, {code: to for code, to in longer.items() if code not in known and to in known}


@cache
def _language_names() -> dict[str, str]:
    names = {_key(name): code for code, name in sorted(_cldr("languages").items()) if is_language(code)}
    return names | _themselves(_LANGUAGES_THEMSELVES)


@cache
def _country_names() -> dict[str, str]:
    names = _cldr("territories").items()
    return {_key(name): code.lower() for code, name in names if is_country(code.lower())} | _themselves(
        _COUNTRIES_THEMSELVES
    )


def _themselves(table: str) -> dict[str, str]:
    lines = (entry.partition(" ") for entry in table.strip().replace("\n", "|").split("|"))
    return {_key(name): code for code, _, names in lines for name in names.split(",")}
