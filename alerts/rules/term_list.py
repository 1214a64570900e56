"""Terms as desks keep them in files: one a line, or in columns of a table (CSV, TSV). Pure; the cost is linear in the file's size.

A line is what an item of an alias's `terms` is: a word, a phrase whatever its signs, a wildcard, `case(...)`, another `@alias`,
an exclusion after `NOT`. A cell of a table is a name, and words only: no reference, function or exclusion.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple
from unicodedata import category

from alerts.rules.aliases import EXCLUDED, alias_leaf
from alerts.rules.printer import print_rule
from alerts.rules.syntax import Forms, Term
from alerts.rules.term_table import Layout, NoTable, Written, cells_of

MOST_BYTES = 20_000_000  # of a file
MOST_TERMS = 100_000  # of an alias
MOST_CHARACTERS = 1_000  # of a term
MOST_WORDS = 100  # of a term
MOST_TOLD = 20  # problems of one file
_LINES = re.compile(r"\r\n|\r|\n")
_JOINERS = "\u200c\u200d"  # in words of Persian and Hindi
_REMARK = re.compile(r"\s#\s")
_FUNCTION = re.compile(r"(?:case|forms(?::[\w-]+)?)\s*\(", re.IGNORECASE)
_TABLES = (".csv", ".tsv", ".tab")


class TermProblem(NamedTuple):
    """`line` counts from 1; 0: the file as a whole. `key`: the setting that is wrong, where it is no line of the file."""

    line: int
    message: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class TermList:
    """Each term once, as written. `repeated`: how many more stood there that are the same once folded; `left_out`: how many lines
    are no terms, or stand behind the limit; `remarks`: lines with a comment, which make no other list."""

    terms: tuple[str, ...] = ()
    repeated: int = 0
    problems: tuple[TermProblem, ...] = ()
    left_out: int = 0
    remarks: int = field(default=0, compare=False)


def read_terms(raw: bytes, name: str, layout: Layout | None = None, *, most: int = MOST_TERMS) -> TermList:
    """The terms of a file. A table is what has columns in its layout, or a name that ends in .csv, .tsv or .tab."""
    layout = layout or Layout()
    problem = _unfit(raw)
    text = problem or _decoded(raw)
    if isinstance(text, TermProblem):
        return TermList(problems=(text,))
    try:
        table = layout.is_table or is_table(name)
        written = cells_of(text, _named(name, layout)) if table else _lines(text)
        found = _checked((one._replace(text=_as_name(one.text)) for one in written) if table else written, most)
        return found if table else replace(found, remarks=sum(map(_has_remark, _LINES.split(text))))
    except NoTable as error:
        return TermList(problems=(TermProblem(error.line, str(error), error.key),))


def is_table(name: str) -> bool:
    """Whether a file of that name is one."""
    return name.lower().endswith(_TABLES)


def term_problem(text: str) -> str | None:
    """What is wrong with a term of an alias, and how it is mended; None: nothing."""
    return _read(text)[1]


ONLY_EXCLUSIONS = "it has exclusions only; a term must be there that they are excluded from"


def is_exclusion(term: str) -> bool:
    """Whether a term of an alias is one that its other terms do not count near."""
    return term.lstrip().startswith(EXCLUDED)


def exclusions(terms: Iterable[str]) -> list[str]:
    """The same as terms that begin with `NOT`."""
    return [text if is_exclusion(text := term.strip()) else EXCLUDED + text for term in terms]


def _read(written: str) -> tuple[str, str | None]:
    """What a term is compared by, and what is wrong with it."""
    text = written.strip()
    if len(text) > MOST_CHARACTERS:
        return "", f"{_cut(text)}: it has {len(text):,} characters, at most {MOST_CHARACTERS:,}; {_SHORTEN}"
    if text.startswith("@"):
        return text.lower(), None if len(text) > 1 else "'@': the name of an alias stands after the @"
    excluded = text.startswith(EXCLUDED)
    inner = text.removeprefix(EXCLUDED).strip() if excluded else text
    if excluded and inner.startswith("@"):
        return "", f"{_cut(text)}: an exclusion is a word or a phrase; write the terms of {_cut(inner)} themselves"
    if not any(map(str.isalnum, inner)):
        return "", f"{_cut(text)}: it holds no word; leave it out, or write `#` before it where it is a remark"
    try:
        term = alias_leaf(inner)
    except ValueError as error:
        return "", f"{error}; {_mend(str(error))}"
    if isinstance(term, Forms):
        return (EXCLUDED if excluded else "") + print_rule(term), None
    if len(term.words) > MOST_WORDS:
        return "", f"{_cut(text)}: it has {len(term.words):,} words, at most {MOST_WORDS}; {_SHORTEN}"
    return _key(term, EXCLUDED if excluded else ""), None


def _key(term: Term, sign: str) -> str:
    words = " ".join(f"{word.text}*" if word.prefix else word.text for word in term.words)
    return f"{sign}case({words})" if term.cased else sign + words


_SHORTEN = "a term is a name or a phrase, each in a line of its own"


def _mend(said: str) -> str:
    if "stand before" in said:
        return "write the word out, or leave the sign out"
    if "end of a word" in said:
        return "write a space in place of the star"
    return "write it without the sign"


def _cut(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:60]}…")


def _unfit(raw: bytes) -> TermProblem | None:
    if len(raw) > MOST_BYTES:
        return TermProblem(
            0, f"the file has more than {MOST_BYTES:,} bytes; keep the list in several files and aliases"
        )
    if raw.startswith(b"PK\x03\x04"):
        return TermProblem(0, 'the file is a workbook or an archive; save the sheet as "CSV UTF-8"')
    if raw.startswith((b"%PDF", b"\xd0\xcf\x11\xe0", b"\x1f\x8b")):
        return TermProblem(0, "the file is no text; save the list as plain text, one term a line, or as CSV")
    return None


def _decoded(raw: bytes) -> str | TermProblem:
    """UTF-8, or UTF-16 as Windows saves "Unicode"."""
    encoding = "utf-16" if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else _unmarked_utf_16(raw) or "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8-sig":
            return TermProblem(0, "the file begins as UTF-16, and is none; save it as UTF-8")
        start = error.start + 3 * raw.startswith(b"\xef\xbb\xbf")
        line = raw.count(b"\n", 0, start) + 1
        byte = start - raw.rfind(b"\n", 0, start)
        return TermProblem(line, f"byte {byte} of this line is not UTF-8; save the file as UTF-8")
    if "\0" in text:
        return TermProblem(
            text.count("\n", 0, text.index("\0")) + 1, "the file is no text; save the list as plain text"
        )
    return text


def _unmarked_utf_16(raw: bytes) -> str | None:
    """Which UTF-16 it is that has no mark at its start; None: it is none. A stray byte 0 makes none of a list."""
    head = raw[:4000]
    high, low = head[::2].count(0), head[1::2].count(0)  # line ends and ASCII have a byte 0 in UTF-16
    if high == low or len(raw) % 2 or min(high, low):
        return None
    encoding = "utf-16-be" if high else "utf-16-le"
    lines = len(_LINES.split(head.decode(encoding, "replace"))) > 1
    return encoding if lines or 4 * max(high, low) > len(head) else None


def _named(name: str, layout: Layout) -> Layout:
    if layout.delimiter is None and name.lower().endswith((".tsv", ".tab")):
        return Layout(layout.columns, "\t")
    return layout


def _lines(text: str) -> Iterator[Written]:
    """What stands in each line, without remarks, and without quotes round it."""
    for number, line in enumerate(_LINES.split(text), 1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        if stripped.startswith('"'):
            inner = _quoted(stripped)
            if inner is not None:
                yield Written(number, inner)
                continue
        remark = _REMARK.search(stripped)
        yield Written(number, stripped if remark is None else stripped[: remark.start()].rstrip())


def _has_remark(line: str) -> bool:
    stripped = line.strip()
    if stripped.startswith('"') and _quoted(stripped) is not None:
        return not stripped.endswith('"')
    return stripped.startswith("#") or _REMARK.search(stripped) is not None


def _quoted(line: str) -> str | None:
    """What stands between quotes that go round the whole line, with a remark behind them or not; a quote in it is doubled."""
    found = re.match(r'"((?:[^"]|"")*)"\s*(?:#.*)?\Z', line)
    return None if found is None else _as_name(found[1].replace('""', '"').strip())


def _as_name(cell: str) -> str:
    """Words only, which no sign makes a reference, a function or an exclusion."""
    text = " ".join(cell.split())
    if text.startswith(("@", EXCLUDED)) or _FUNCTION.match(text):
        return '"' + text.replace('"', " ") + '"'
    return text


def _checked(written: Iterator[Written], most: int) -> TermList:
    """The terms as they come, each once, with what is wrong."""
    known: dict[str, str] = {}
    problems: list[TermProblem] = []
    places = broken = repeated = behind = 0
    for line, text, misfit in written:
        read, wrong = ("", misfit) if misfit else _read(text)
        places += 1
        if wrong is not None:
            broken += 1
            if len(problems) < MOST_TOLD:
                problems.append(TermProblem(line, wrong))
        elif read in known:
            repeated += 1
        elif len(known) == most:
            behind = len({line, *(one.line for one in written)})
            problems.append(TermProblem(line, _too_many(most, behind - 1)))
            break
        else:
            known[read] = text
    if broken > MOST_TOLD:
        problems.append(TermProblem(0, f"{broken - MOST_TOLD:,} more lines are no terms"))
    if places == 0:
        problems.append(TermProblem(0, "no term stands in the file; write one a line"))
    return TermList(tuple(known.values()), repeated, tuple(problems), broken + behind)


def _too_many(most: int, behind: int) -> str:
    lines = f"this line and {behind:,} behind it are" if behind else "this line is"
    return f"the list has more than {most:,} terms: {lines} left out; keep it in several aliases"


def written_lines(terms: Iterable[str]) -> str:
    """The terms as a file of lines, which is read as the same terms."""
    return "".join(f"{_line(term.strip())}\n" for term in terms)


def _line(term: str) -> str:
    text = " ".join("".join(map(_seen, term)).split())
    if text.startswith("#") or (_REMARK.search(text) and not text.startswith('"')):
        return '"' + text.replace('"', '""') + '"'
    return text


def _seen(char: str) -> str:
    """A sign as a file may have it: what is not seen and parts no word is left out, what would steer a terminal is a space."""
    if char.isprintable() or char in _JOINERS:
        return char
    return "" if category(char) == "Cf" else " "


def told(problem: TermProblem) -> str:
    """A problem in words, with its line."""
    return f"line {problem.line}: {problem.message}" if problem.line else problem.message


def counted(terms: Sequence[str]) -> str:
    """How many terms and exclusions, in words."""
    excluded = sum(map(is_exclusion, terms))
    many = len(terms) - excluded
    words = f"{many:,} term{'' if many == 1 else 's'}"
    return f"{words}, {excluded:,} exclusion{'' if excluded == 1 else 's'}" if excluded else words
