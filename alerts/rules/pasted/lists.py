"""Lists that are pasted as a rule: one term a line, with bullets or numbers, or parted by commas, semicolons and tabs."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from alerts.rules.lexer import Token, tokens_of
from alerts.rules.pasted.draft import Edit, Kind
from alerts.rules.problem import Code
from alerts.rules.scanner import Kind as Tokens

_BULLET = Kind(Code.OTHER_SPELLING, "{} begins a line of a list, and is nothing to search for")
LIST = Kind(Code.BARE_WORDS, "a list of terms: say whether any of them is enough, or all must be there", words=True)
_COMMA = Kind(Code.BARE_WORDS, "a comma joins nothing here; the operator that follows does", words=True)
_LOOSE = Kind(Code.OTHER_SPELLING, "{} parts nothing, and is nothing to search for")
_SIGNS = "•‣⁃◦▪▫●○■□◆◇★☆✓✔➢➤►▶→·∙☐☑☒✅❖❑⚫⚪✦✧"
_CHECKED = r"\[[ xX✓]?\]"
_NUMBER = (
    r"\(?\d{1,3}[.)](?=\s|\"|[^\W\d])|\(?(?:[A-Za-z]|[ivxIVX]{1,5})[.)](?=[ \t])|\d{1,3}\s[-–—:](?=\s)|[①-⓿➀-➓]"
    r"|[\d一二三四五六七八九十]{1,3}、"
)
_LINE = re.compile(
    rf"^[ \t]*((?:[{_SIGNS}]+|[-*–—+](?=[ \t])|(?:[-*–—+][ \t]+)?{_CHECKED}(?=[ \t])|{_NUMBER})[ \t]*)(?=\S)",
    re.MULTILINE,
)
_COUNTED = re.compile(r"^[ \t]*(?:(\d{1,5})(\.?[ \t]+|[ \t]*[:|][ \t]*))?\S.*$", re.MULTILINE)
_INLINE = re.compile(rf"(?<=\S)[ \t]+[{_SIGNS}][ \t]+|(?<=\S)[ \t]+(\d{{1,2}})[.)][ \t]+")
_PARTS = ";；؛،、"
_JOINS = (Tokens.AND, Tokens.OR, Tokens.NOT, Tokens.UNIT, Tokens.NEAR, Tokens.NEAR_OTHER)
_OPENS = (Tokens.OPEN, Tokens.FUNCTION)
_SHORT = 160  # a longer list is written one term a line


def numbered(text: str) -> Iterator[Edit]:
    """Lines that are counted: a number and a tab, a space or a colon, one more in each line."""
    lines = [found for found in _COUNTED.finditer(text) if found[0].strip()]
    counts = [int(found[1] or -1) for found in lines]
    if len(lines) > 1 and counts[0] in (0, 1) and counts == list(range(counts[0], counts[0] + len(lines))):
        for found in lines:
            yield Edit(found.start(1), found.end(2), "", _BULLET)


def bullets(text: str) -> Iterator[Edit]:
    """Bullets and numbers at the beginnings of lines; those between terms on one line part them."""
    lines = [line for line in text.splitlines() if line.strip()]
    marked = list(_LINE.finditer(text))
    if not marked or (len(marked) < len(lines) and not all(mark[1].strip() in _SIGNS for mark in marked)):
        return
    shut = [token for token in tokens_of(text) if token.kind is Tokens.PHRASE]
    for mark in marked:
        if not any(token.start < mark.start(1) < token.end for token in shut):
            yield Edit(*mark.span(1), "", _BULLET)
    numbers = iter(range(2, 100))
    for found in _INLINE.finditer(text):
        inside = any(token.start < found.start() < token.end for token in shut)
        if not inside and (found[1] is None or int(found[1]) == next(numbers)):
            yield Edit(*found.span(), "\n", None)


def glued_terms(text: str) -> Iterator[Edit]:
    """Terms of one list without spaces: 北韓、伊朗."""
    for token in tokens_of(text):
        if token.kind is Tokens.WORD:
            for found in re.finditer(rf"[{_PARTS}](?=\w)", token.text):
                yield Edit(token.start + found.end(), token.start + found.end(), " ", None)


def loose_separators(text: str) -> Iterator[Edit]:
    """Commas and semicolons at the end of the rule, before a parenthesis that closes, and beside an operator."""
    tokens = tokens_of(text)
    for place, token in enumerate(tokens[:-1]):
        after = tokens[place + 1]
        before = tokens[place - 1] if place else None
        if token.kind is Tokens.COMMA:
            first = before is None or before.kind in (*_OPENS, Tokens.AND, Tokens.OR)
            if first or after.kind in (Tokens.END, Tokens.CLOSE, Tokens.AND, Tokens.OR):
                yield Edit(token.start, token.end, "", _LOOSE)
        elif token.kind is Tokens.WORD and after.kind in (Tokens.END, Tokens.CLOSE, *_JOINS) and len(tokens) > 2:
            head = token.text.rstrip(_PARTS)
            if head != token.text:
                yield Edit(token.start + len(head), token.end, "", _LOOSE)


class _Group(NamedTuple):
    """The tokens between two parentheses, those of inner ones as one unit: first and last token of each."""

    units: list[tuple[Token, Token]]
    function: bool


def joined(text: str, operator: str) -> list[Edit]:
    """Lists with an operator between their terms."""
    edits: list[Edit] = []
    for group in _groups(tokens_of(text)):
        if not group.function:
            edits += _joined(text, group.units, operator)
    return edits


def _groups(tokens: Sequence[Token]) -> list[_Group]:
    found = [_Group([], False)]
    open_groups = [found[0]]
    starts: list[Token] = []
    glued: Token | None = None  # a field, or a sign before an operand: one unit with it
    for token in tokens[:-1]:
        if token.kind in (Tokens.FIELD, Tokens.MINUS):
            glued = glued or token
        elif token.kind in _OPENS:
            starts.append(glued or token)
            glued = None
            open_groups.append(_Group([], token.kind is Tokens.FUNCTION))
            found.append(open_groups[-1])
        elif token.kind is Tokens.CLOSE:
            if len(open_groups) > 1:
                open_groups.pop()
                open_groups[-1].units.append((starts.pop(), token))
        elif glued is None and open_groups[-1].units and _continues(open_groups[-1].units[-1], token):
            open_groups[-1].units[-1] = (open_groups[-1].units[-1][0], token)
        else:
            open_groups[-1].units.append((glued or token, token))
            glued = None
    return found if len(open_groups) == 1 else []


def _continues(unit: tuple[Token, Token], token: Token) -> bool:
    """A value of a field may be several tokens: https://a.example/b."""
    return (
        unit[0].kind is Tokens.FIELD
        and unit[1].end == token.start
        and token.kind in (Tokens.WORD, Tokens.MINUS, Tokens.FIELD)
    )


def _joined(text: str, units: Sequence[tuple[Token, Token]], operator: str) -> list[Edit]:
    if len(units) < 2:
        return []
    joins = {first.kind for first, _ in units} & {Tokens.AND, Tokens.OR}
    gaps = [_gap(text, before, after) for before, after in pairwise(units)]
    lines = "\n" in gaps and not any(
        gap == "\n" and (before[0].kind in _JOINS or (after[0].kind in _JOINS and after[0].kind is not Tokens.NOT))
        for gap, before, after in zip(gaps, units[:-1], units[1:], strict=True)
    )
    commas = ",\t;"
    if not lines and joins:
        return _as_operator(text, units, joins, gaps) if any(gap in commas for gap in gaps if gap) else []
    parting = f"\n{commas}" if lines and not joins else "\n" if lines else commas
    items: list[list[tuple[Token, Token]]] = [[]]
    for place, unit in enumerate(units):
        if place and gaps[place - 1] and gaps[place - 1] in parting:
            items.append([])
        if unit[0].kind is not Tokens.COMMA:
            items[-1].append(unit)
    items = [item for item in items if item]
    if len(items) < 2:
        return []
    written = [_item(text, item) for item in items]
    start, end = items[0][0][0].start, items[-1][-1][1].end
    between = f" {operator} "
    long = sum(map(len, written)) + len(between) * len(written) > _SHORT
    return [Edit(start, end, (f"\n{operator} " if long else between).join(dict.fromkeys(written)), LIST)]


def _gap(text: str, before: tuple[Token, Token], after: tuple[Token, Token]) -> str:
    """What parts two units: a comma, a semicolon, a line break, a tab, or nothing of these."""
    between = text[before[1].end : after[0].start]
    if "\n" in between or "\r" in between:
        return "\n"
    if before[0].kind is Tokens.COMMA or after[0].kind is Tokens.COMMA:
        return ","
    if before[1].kind is Tokens.WORD and before[1].text[-1] in _PARTS:
        return ";"
    return "\t" if "\t" in between else ""


def _item(text: str, units: Sequence[tuple[Token, Token]]) -> str:
    """A term of a list: its words as a phrase, a rule of its own in parentheses."""
    written = text[units[0][0].start : units[-1][1].end].rstrip(_PARTS + " ")
    if len(units) == 1:
        return written
    if all(first.kind is Tokens.WORD for first, _ in units):
        return f'"{written}"'
    return f"({written})"


def _in_values(text: str, units: Sequence[tuple[Token, Token]], place: int) -> bool:
    """`lang:en,de`: the parser says what is meant."""
    comma, before = units[place][0], units[place - 1]
    beside = place > 0 and before[1].end == comma.start and not text[comma.end : comma.end + 1].isspace()
    return beside and before[0].kind is Tokens.FIELD


def _as_operator(
    text: str, units: Sequence[tuple[Token, Token]], joins: set[Tokens], gaps: Sequence[str]
) -> list[Edit]:
    """`Kim, Xi OR Putin`: a comma says what the operator after it says."""
    if len(joins) > 1 or any(first.kind is Tokens.NOT for first, _ in units):
        return []
    name = f" {next(iter(joins)).name}"
    edits = [
        Edit(first.start, last.end, name if text[last.end : last.end + 1].isspace() else f"{name} ", _COMMA)
        for place, (first, last) in enumerate(units)
        if first.kind is Tokens.COMMA and not _in_values(text, units, place)
    ]
    for place, gap in enumerate(gaps):
        last = units[place][1]
        if gap == ";":
            head = last.text.rstrip(_PARTS)
            edits.append(Edit(last.start + len(head), last.end, name, _COMMA))
    return edits
