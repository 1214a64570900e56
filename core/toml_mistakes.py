"""Explains common mistakes in TOML, with the line, the expected form and the fix."""

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass

_PAIR = re.compile(r"^\s*([A-Za-z0-9_.\"'-]+)\s*([=:])\s*(.*?)\s*$")
_SHOWN = 160
_MOST = 20  # mistakes of one file to report
_SECRET_KEYS = re.compile(r"secret|password|token|url|headers", re.IGNORECASE)
_TIME = re.compile(r"[\[\s,={]*(\d{1,2}:\d{2})\b(?!:)")
_CURLY = "“”„‟«»‘’"  # quotes that word processors make


@dataclass(frozen=True, slots=True)
class Mistake:
    """`line` counts from 1."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """What can be read of a text: lines with a mistake of their own are left out of `data`."""

    data: dict[str, object] | None
    mistakes: tuple[Mistake, ...]


def parse(text: str) -> Parsed:
    """The tables, and every mistake that can be told apart from the ones before it. `data` None: nothing can be read."""
    lines = text.split("\n")
    mistakes: list[Mistake] = []
    while True:
        try:
            return Parsed(tomllib.loads("\n".join(lines)), tuple(mistakes))
        except tomllib.TOMLDecodeError as error:
            number = _line(error, lines)
            mistakes.append(Mistake(number, _message(error, lines[number - 1])))
        pair = _PAIR.match(lines[number - 1])
        if pair is None or len(mistakes) == _MOST or any(quotes in pair[3] for quotes in ('""" ', "'''")):
            return Parsed(None, tuple(mistakes))
        lines[number - 1] = ""


def _line(error: tomllib.TOMLDecodeError, lines: list[str]) -> int:
    place = re.search(r"at line (\d+)", str(error))
    if place is not None:
        return min(int(place[1]), len(lines))
    return max((number for number, line in enumerate(lines, 1) if line.strip()), default=1)


def _message(error: tomllib.TOMLDecodeError, line: str) -> str:
    said = re.sub(r" \(at (?:line \d+, column (\d+)|end of document)\)", "", str(error))
    pair = _PAIR.match(line)
    hint = next((found for look in _HINTS if (found := look(said, line, pair)) is not None), None)
    shown = _shown(line, pair)
    return f"no TOML: {shown}\n    {hint or said}"


def _shown(line: str, pair: re.Match[str] | None) -> str:
    """The line as it stands; without the value where that may be a secret."""
    if pair is not None and _SECRET_KEYS.search(pair[1]):
        return f"{pair[1]} {pair[2]} ..."
    text = line.strip()
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


Hint = Callable[[str, str, re.Match[str] | None], str | None]


def _colon(said: str, _: str, pair: re.Match[str] | None) -> str | None:
    if pair is None or pair[2] != ":" or "Expected '='" not in said:
        return None
    return f"a key and its value are parted by =, not by a colon: {pair[1]} = ..."


def _twice(said: str, line: str, pair: re.Match[str] | None) -> str | None:
    if "Cannot overwrite" in said and pair is not None:
        return f"{pair[1]} stands twice in this table, or its name is that of a table; leave one of them out"
    header = re.match(r"\s*\[+\s*([A-Za-z0-9_-]+)\s*\]+", line)
    if header is not None and ("Cannot" in said):
        return (
            f"{header[1]} is begun in two ways; a list of things has two brackets each time, [[{header[1]}]], "
            f"one table has one, [{header[1]}], and stands once"
        )
    return None


def _header(_: str, line: str, __: re.Match[str] | None) -> str | None:
    header = re.match(r"\s*(\[{1,2})\s*([A-Za-z0-9_.-]+)", line)
    if header is None:
        return None
    close = "]" * len(header[1])
    return f"a table's name stands alone in its line, between brackets: {header[1]}{header[2]}{close}"


def _curly(_: str, __: str, pair: re.Match[str] | None) -> str | None:
    if pair is None or not any(quote in pair[3] for quote in _CURLY):
        return None
    inner = pair[3].strip(_CURLY + "\"'")
    return f"these quotes are not the ones on the keyboard; write: {pair[1]} = {_quoted(pair, inner)}"


def _backslash(said: str, _: str, pair: re.Match[str] | None) -> str | None:
    if pair is None or "\\" not in pair[3] or not ("Unescaped" in said or "escape" in said or "Invalid hex" in said):
        return None
    return f"a backslash means something between double quotes; single quotes leave it alone: {pair[1]} = {_quoted(pair, pair[3].strip(chr(34)))}"


def _truth(_: str, __: str, pair: re.Match[str] | None) -> str | None:
    word = "" if pair is None else pair[3].partition("#")[0].strip().lower()
    if pair is None or word not in ("true", "false", "yes", "no", "on", "off"):
        return None
    return f"write: {pair[1]} = {'true' if word in ('true', 'yes', 'on') else 'false'}"


def _time_of_day(_: str, __: str, pair: re.Match[str] | None) -> str | None:
    found = None if pair is None else _TIME.search(pair[3])
    if pair is None or found is None or f'"{found[1]}"' in pair[3] or f"'{found[1]}'" in pair[3]:
        return None
    return f'a time of day is text and stands in quotes: "{found[1]:0>5}"'


def _unclosed(said: str, _: str, pair: re.Match[str] | None) -> str | None:
    value = "" if pair is None else pair[3]
    if pair is None or value[:1] not in ("'", '"') or value.count(value[0]) != 1:
        return None
    del said
    return (
        f"the text that begins with {value[0]} has no end in this line; write: {pair[1]} = {_quoted(pair, value[1:])}"
    )


def _nothing(_: str, __: str, pair: re.Match[str] | None) -> str | None:
    if pair is None or pair[3].partition("#")[0].strip():
        return None
    return f'nothing stands after {pair[2]}; write a value, such as {pair[1]} = "", or leave the line out'


def _unquoted(_: str, __: str, pair: re.Match[str] | None) -> str | None:
    if pair is None or not pair[3] or pair[3][0] in "[{":
        return None
    value = pair[3]
    rule = pair[1].rpartition(".")[2] == "query"
    if value[:1] == value[-1:] and value[:1] in ("'", '"') and len(value) > 1 and value.startswith(value[0] * 2):
        value = value[1:-1]  # ""North Korea" AND Russia"
    what = "a rule's text stands in single quotes, all of it" if rule else "text stands in quotes, all of it"
    return f"{what}; write: {pair[1]} = {_quoted(pair, value)}"


def _quoted(pair: re.Match[str], value: str) -> str:
    """In the quotes that need no escapes; a secret is not repeated."""
    if _SECRET_KEYS.search(pair[1]):
        return '"..."'
    if "'" not in value:
        return f"'{value}'" if '"' in value or "\\" in value or pair[1] == "query" else f'"{value}"'
    return f"'''{value}'''"


_HINTS: tuple[Hint, ...] = (
    _twice,
    _colon,
    _header,
    _curly,
    _backslash,
    _truth,
    _time_of_day,
    _nothing,
    _unclosed,
    _unquoted,
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file's text; `mistake` where it is no UTF-8, and the text then a guess that other mistakes can be told of."""

    text: str
    mistake: Mistake | None = None


def decoded(raw: bytes) -> Decoded:
    """The text of a file; a byte order mark is no mistake."""
    marked = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    if marked or raw[:1] == b"\x00" or raw[1:2] == b"\x00":
        text = raw.decode("utf-16" if marked else "utf-16-be" if raw[:1] == b"\x00" else "utf-16-le", "replace")
        return Decoded(text, Mistake(1, 'the file is UTF-16, as Notepad saves "Unicode"; save it as UTF-8'))
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    try:
        return Decoded(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        text = raw.decode("cp1252", "replace")  # what most such files are
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - raw.rfind(b"\n", 0, error.start)
        shown = _shown(text.split("\n")[line - 1], _PAIR.match(text.split("\n")[line - 1]))
        return Decoded(
            text, Mistake(line, f"byte {column} of this line is not UTF-8: {shown}\n    save the file as UTF-8")
        )
