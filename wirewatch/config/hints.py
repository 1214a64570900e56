"""Suggestions for settings that people write in their own way: countries, languages, zones, times, addresses."""

import re
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from zoneinfo import available_timezones

from core.masking import masked_url, secrets_in

_LANGUAGES = {
    "arabic": "ar", "bengali": "bn", "bulgarian": "bg", "chinese": "zh", "croatian": "hr", "czech": "cs", "danish": "da",
    "dutch": "nl", "english": "en", "estonian": "et", "farsi": "fa", "finnish": "fi", "french": "fr", "german": "de",
    "greek": "el", "hebrew": "he", "hindi": "hi", "hungarian": "hu", "indonesian": "id", "italian": "it", "japanese": "ja",
    "korean": "ko", "latvian": "lv", "lithuanian": "lt", "malay": "ms", "norwegian": "no", "persian": "fa", "polish": "pl",
    "portuguese": "pt", "romanian": "ro", "russian": "ru", "serbian": "sr", "slovak": "sk", "slovenian": "sl",
    "spanish": "es", "swedish": "sv", "tamil": "ta", "telugu": "te", "thai": "th", "turkish": "tr", "ukrainian": "uk",
    "urdu": "ur", "vietnamese": "vi", "deutsch": "de", "français": "fr", "español": "es", "русский": "ru",
}  # fmt: skip
_OTHER_NAMES = {
    "usa": "US", "america": "US", "united states of america": "US", "uk": "GB", "united kingdom": "GB", "england": "GB",
    "great britain": "GB", "south korea": "KR", "north korea": "KP", "russia": "RU", "uae": "AE", "deutschland": "DE",
    "holland": "NL", "turkey": "TR", "türkiye": "TR", "czechia": "CZ", "ivory coast": "CI", "burma": "MM",
}  # fmt: skip
_CLOCK = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?(?::\d{2})?\s*([ap])?\.?m?\.?", re.IGNORECASE)
_HOST = re.compile(r"[\w.-]+\.[A-Za-z]{2,}(?::\d+)?(?:[/?#].*)?")


@cache
def _countries() -> dict[str, str]:
    """Name in small letters -> ISO 3166-1 alpha-2, from the zone database's table."""
    text = (files("tzdata.zoneinfo") / "iso3166.tab").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return {name.lower(): code for code, name in rows} | _OTHER_NAMES


def country_hint(text: str) -> str:
    """`; did you mean "IN" (India)?`, or nothing."""
    known = _countries()
    wanted = text.strip().lower()
    near = [wanted] if wanted in known else get_close_matches(wanted, known, n=1, cutoff=0.75)
    near = near or [name for name in known if len(wanted) >= 4 and name.startswith(wanted)][:1]
    return f'; did you mean "{known[near[0]]}" ({near[0].title()})?' if near else ""


def language_hint(text: str) -> str:
    """`; did you mean "en"?`, or nothing."""
    wanted = text.strip().lower()
    tag = re.fullmatch(r"([a-z]{2})[-_][a-z0-9]+", wanted)
    if tag is not None:
        return f'; did you mean "{tag[1]}"?'
    near = get_close_matches(wanted, _LANGUAGES, n=1, cutoff=0.75) or [
        name for name in _LANGUAGES if len(wanted) == 3 and name.startswith(wanted)
    ]
    return f'; did you mean "{_LANGUAGES[near[0]]}"?' if near else ""


def zone_hint(text: str) -> str:
    """`; did you mean "Europe/Berlin"?`, or nothing."""
    names = sorted(available_timezones())
    wanted = text.strip().replace(" ", "_").lower()
    found = [name for name in names if name.rpartition("/")[2].lower() == wanted or name.lower() == wanted]
    near = found or get_close_matches(text, names, n=1, cutoff=0.8)
    near = near or get_close_matches(wanted, [name.rpartition("/")[2].lower() for name in names], n=1, cutoff=0.8)
    whole = [name for name in names if near and name.lower().endswith(near[0].lower())]
    return f'; did you mean "{whole[0]}"?' if whole else ""


def time_hint(value: object) -> str:
    """`; did you mean "22:00"?`, or nothing."""
    found = _CLOCK.fullmatch(str(value).strip())
    if found is None:
        return ""
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour == 24 and minute == 0:
        hour = 0
    return f'; did you mean "{hour:02d}:{minute:02d}"?' if hour < 24 and minute < 60 else ""


def address_hint(text: str) -> str:
    """`; did you mean "https://news.example/feed"?` for an address without its beginning, or nothing."""
    bare = text.strip().removeprefix("//")
    if not _HOST.fullmatch(bare) or secrets_in(f"https://{bare}"):
        return ""
    return f'; did you mean "https://{masked_url(bare)}"?'
