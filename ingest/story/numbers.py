"""The numbers of a sentence, in figures or in words, as values: `2.1 billion` is `2,100 million`. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from core.text.fold import fold
from core.text.tokens import distinct_words, words_of
from ingest.story.letters import MARKS
from ingest.story.words import Language, Role, Scale, language

_TOKEN = re.compile(
    rf"\d{{1,3}}(?:[ \u00a0\u202f'’]\d{{3}})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,:]\d+)*|(?:[^\W\d_]\.){{2,}}|[^\W\d_](?:[^\W\d_]|[{MARKS}\u200c\u200d]|['’ʼ](?=[^\W\d_]))*"
    r"|[%()\[\]]|[$€£¥₽₹₩₺]"
)
UNSPACED = re.compile(
    "[\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7ff\ua9e0-\ua9fe\uaa60-\uaa7f]"
)
_LETTER = re.compile(f".[{MARKS}]*", re.DOTALL)
_NOT_ASCII_DIGIT = re.compile(r"(?![0-9])\d")
_GROUPS = re.compile(r"\d{1,3}(?:[ \u00a0\u202f'’.,]\d{2,3})*[ \u00a0\u202f'’.,]\d{3}")
_SUFFIX = {"k": 10**3, "m": 10**6, "mn": 10**6, "b": 10**9, "bn": 10**9, "tn": 10**12, "cr": 10**7}
_ORDINAL_ENDINGS = frozenset("st nd rd th er e ème eme º ª го й я ое ой".split())
_PER_CENT = frozenset(
    "% percent pct procent prozent percento porcento procento процент процента процентов відсотків".split()
)
_CURRENCIES = (
    (
        "dollar",
        "$",
        "usd",
        "доллар",
        "долар",
        "دولار",
        "דולר",
        "डॉलर",
        "dólar",
        "δολαρ",
        "美元",
        "ドル",
        "달러",
        "dolar",
    ),
    ("euro", "€", "eur", "евро", "євро", "يورو", "אירו", "यूरो", "ευρω", "欧元", "歐元", "ユーロ", "유로", "avro"),
    ("pound", "£", "gbp", "pfund", "livre", "libra", "sterlin", "фунт", "استرليني", "英镑", "英鎊", "ポンド", "파운드"),
    ("yen", "¥", "jpy", "йен", "иен", "єн", "日元", "円", "엔"),
    ("yuan", "cny", "юан", "يوان", "人民币", "元", "위안"),
    ("rouble", "ruble", "rubel", "rublo", "rubl", "₽", "рубл", "روبل", "卢布", "루블"),
    ("rupee", "rupi", "₹", "रुपये", "रुपए"),
    ("crown", "krone", "krona", "koruna", "korun", "kron", "крон", "克朗", "クローネ", "크로네"),
    ("peso", "песо", "比索"),
    ("franc", "frank", "chf", "франк"),
)
_GROUP = 3
_LARGEST, _MOST_DIGITS = 1e18, 18
_TENS = range(20, 100, 10)
_TEENS = range(10, 20)


class Token(NamedTuple):
    """A word, sign or number of a sentence. `text` is what is compared; a number's is its value."""

    text: str
    raw: str
    role: Role
    number: str = ""
    bracketed: bool = False
    apart: bool = False  # behind a comma or the like


def plain_digits(text: str) -> str:
    """Digits of every script as ASCII, wide forms as usual ones."""
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKC", text).replace("٫", ".").replace("٬", ",")
    return _NOT_ASCII_DIGIT.sub(_digit, text)


def _digit(found: re.Match[str]) -> str:
    value = unicodedata.decimal(found[0], None)
    return found[0] if value is None else str(value)


def tokens_of(sentence: str, words: Language) -> list[Token]:
    """The words of a sentence in order, each number as one."""
    return _composed(list(_single(plain_digits(sentence), words)), words)


def _single(text: str, words: Language) -> Iterator[Token]:
    end = 0
    for token, start, stop in _parts(text, words):
        gap = text[end:start]
        yield token._replace(apart=True) if gap and not gap.isspace() and gap not in "-‐‑" else token
        end = stop


def _parts(text: str, words: Language) -> Iterator[tuple[Token, int, int]]:
    depth = 0
    for found in _TOKEN.finditer(text):
        raw, start, end = found[0], found.start(), found.end()
        if raw in "([":
            depth += 1
        elif raw in ")]":
            depth = max(0, depth - 1)
        elif raw[0].isdecimal():  # `❶` is a digit too, and no number
            yield Token("", raw, Role(), _value(raw, words.thousands), depth > 0), start, end
        elif UNSPACED.search(raw):
            for part in _unspaced(text, start, end, words, bracketed=depth > 0):
                yield part, start, end
                start = end
        elif (glued := text[start - 1 : start].isdecimal()) and raw.lower() in _ORDINAL_ENDINGS:
            continue
        else:
            yield _word(raw, words, bracketed=depth > 0, glued=glued), start, end


def _word(raw: str, words: Language, *, bracketed: bool, glued: bool) -> Token:
    if glued and raw.lower() in _SUFFIX:
        token = Token(raw.lower(), raw, Role(numbers=(Scale(_SUFFIX[raw.lower()]),)))
    else:
        token = _known(raw, words.code)
    return token._replace(bracketed=True) if bracketed else token


@lru_cache(maxsize=1 << 15)
def _known(raw: str, code: str) -> Token:
    word = fold(raw).replace(".", "")
    return Token("%", raw, Role()) if word in _PER_CENT else Token(word, raw, language(code).role(word))


def _unspaced(text: str, start: int, end: int, words: Language, *, bracketed: bool) -> Iterator[Token]:
    """Known words, and else one character after the other, with its marks."""
    while start < end:
        found = words.known.match(text, start)
        letter = _LETTER.match(text, start, end)
        part = (found[0][: end - start] if found else "") or (letter[0] if letter else text[start])
        yield Token(part, part, words.role(part) if found else Role(), "", bracketed)
        start += len(part)


def _value(raw: str, thousands: str) -> str:
    """Figures as a plain number; a time of day stays as it is."""
    if ":" in raw or len(raw) > _MOST_DIGITS:
        return raw
    signs = {char for char in raw if not char.isdecimal()}
    if len(signs) > 1 and raw[-1].isdecimal():  # the last one is the decimal sign
        whole, decimal = re.split(r"[.,](?=\d+$)", raw, maxsplit=1) if re.search(r"[.,]\d+$", raw) else (raw, "")
        return _shown("".join(filter(str.isdecimal, whole)) + "." + (decimal or "0"))
    if not signs:
        return _shown(raw)
    sign = signs.pop()
    parts = raw.split(sign)
    if sign not in ".," or len(parts) > 2 and _GROUPS.fullmatch(raw):  # noqa: RUF021
        return _shown("".join(parts))
    if len(parts) == 2 and len(parts[1]) == _GROUP and sign == thousands:
        return _shown("".join(parts))
    return _shown(".".join(parts)) if len(parts) == 2 else raw


def _shown(number: str | float) -> str:
    return f"{float(number):.12g}"


def currency_of(token: Token) -> int | None:
    """Which of those that the press names most."""
    forms = enumerate(_CURRENCIES)
    return next((place for place, stems in forms if token.text.startswith(stems) or token.raw in stems), None)


@lru_cache(maxsize=1 << 14)
def is_plain(chunk: str, code: str) -> bool:
    """Whether what stands between two spaces is no number, no name, and turns nothing."""
    if not chunk.islower() and any(map(str.isalpha, chunk)):
        return False
    return not any(map(str.isdigit, chunk)) and all(
        token.role == Role() and currency_of(token) is None
        for token in tokens_of(chunk, language(code))
        if token.text != "%"
    )


class Told:
    """The words of texts, to ask whether they have one."""

    def __init__(self, text: str) -> None:
        text = plain_digits(text)
        self.words = distinct_words(text)
        self.unspaced = text if UNSPACED.search(text) else ""

    def __contains__(self, token: object) -> bool:
        if not isinstance(token, Token):
            return False
        if self.unspaced and UNSPACED.match(token.raw):
            return token.raw in self.unspaced
        return self.words.issuperset(words_of(token.raw))


class _Sum:
    """A number that is being read."""

    def __init__(self) -> None:
        self.value: float | None = None
        self.words: list[Token] = []
        self.joined = False
        self.figures = False

    def take(self, part: int | Scale, words: Language) -> bool:
        """Whether the part belongs to the number."""
        value = self.value
        if value is not None and value > _LARGEST:
            return False
        if isinstance(part, Scale):
            if value is None:
                self.value = float(part.value)
            elif part.adds:
                self.value = value + part.value
            else:
                low = value % part.value
                self.value = value - low + low * part.value if low else value + part.value
                if self.value < value or (not low and value < part.value):
                    return False
            return True
        if value is None:
            self.value = float(part)
            return True
        if self.figures and not self._ends_in_scale():
            return False
        low, french = int(value) % 100, words.code == "fr"
        if french and low == 4 and part == 20:
            self.value = value + 76
            return True
        fits = part < _place(value) or (french and low in (60, 80) and part in _TEENS)
        backwards = self.joined and 0 < low < 10 and (part in _TENS or (part == 10 and words.teens_in_two))
        if fits or backwards:
            self.value = value + part
        return fits or backwards

    def _ends_in_scale(self) -> bool:
        return bool(self.words) and any(isinstance(part, Scale) for part in self.words[-1].role.numbers)


def _place(value: float) -> int:
    """The largest power of ten that divides it."""
    whole, place = int(value), 1
    while whole and whole % 10 == 0:
        whole //= 10
        place *= 10
    return place


class _Composer:
    """Puts words that make up one number together."""

    def __init__(self, words: Language) -> None:
        self.tokens: list[Token] = []
        self._words = words
        self._sum = _Sum()
        self._waiting: list[Token] = []  # an `and` that may join what follows

    def add(self, token: Token) -> None:
        parts = token.role.numbers
        if token.apart:
            self.close()
        if token.number and self._is_digit_of_word(token):
            self._sum.take(int(token.number), self._words)
            self._sum.words.append(token)
        elif token.number:
            self.close()
            if not token.number.replace(".", "", 1).isdecimal():  # a time, a date, more than anybody counts
                self.tokens.append(token._replace(text="#" + token.number))
            else:
                self._sum.value, self._sum.figures = float(token.number), True
                self._sum.words.append(token)
        elif parts:
            self._sum.joined = self._sum.joined or bool(self._waiting)
            if not self._taken(parts):
                self.close()
                self._taken(parts)
            self._waiting.clear()
            self._sum.words.append(token)
        elif token.role.joins and self._sum.value is not None and not self._waiting:
            self._waiting.append(token)
        else:
            self.close()
            self.tokens.append(token)

    def _is_digit_of_word(self, token: Token) -> bool:
        """`fifty-2`, which desks make of `fifty-two`."""
        value = self._sum.value
        return (
            value in _TENS
            and not self._sum.figures
            and not self._waiting
            and len(token.number) == 1
            and not token.apart
        )

    def close(self) -> None:
        value, words = self._sum.value, self._sum.words
        if value is not None:
            shown = _shown(value)
            raw = " ".join([one.raw for one in words])
            self.tokens.append(Token("#" + shown, raw, words[0].role, shown, words[0].bracketed))
        self.tokens += self._waiting
        self._waiting = []
        self._sum = _Sum()

    def _taken(self, parts: Iterable[int | Scale]) -> bool:
        before = self._sum.value, self._sum.joined
        for part in parts:
            if not self._sum.take(part, self._words):
                self._sum.value, self._sum.joined = before
                return False
            self._sum.joined = self._sum.joined or self._words.joined
        return True


def _composed(tokens: Iterable[Token], words: Language) -> list[Token]:
    composer = _Composer(words)
    for token in tokens:
        composer.add(token)
    composer.close()
    return composer.tokens
