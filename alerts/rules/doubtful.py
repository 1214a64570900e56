"""Warnings of a term or an expression that is read otherwise than it looks: signs that are not searched, operators between
quotes, classes of letters that know ASCII only."""

import re
from collections.abc import Iterator

from alerts.rules.common_short import COMMON_SHORT, languages_with
from alerts.rules.pasted.expressions import beyond_ascii
from alerts.rules.printer import phrase_text
from alerts.rules.problem import Code, Fix, Problem, replaced
from alerts.rules.scanner import as_read
from alerts.rules.syntax import Regex, Term

_ODD = re.compile(r"[\^~\\\[\]{}|=<>]")  # boosts, fuzziness, escapes and ranges of other systems
_MONEY = "$¢£¤¥֏؋৲৳૱௹฿៛\u20a0-\u20c0﷼"
# Signs without which another thing is meant: C++, Disney+, C#, .NET, €50, $AAPL, 50%, +1, 5°, #metoo, AT&T, Ke$ha, Yahoo! Japan.
_MEANT = re.compile(
    rf"\w(\+{{1,2}}|[#♯])(?!\w)|(?<![\w.])(\.)(?=[^\W\d_]{{2}})|([{_MONEY}])(?=\s?\d)|\d\s?([{_MONEY}%‰٪°])"
    rf"|(?<!\w)([+±−٪])(?=\d)|(?<!\w)([$#♯])(?=\w)|(§)(?=\s?\d)|(?<!\w)\w{{1,2}}(&)(?=\w{{1,2}}(?!\w))|(?<=\w)([%‰٪])"
    r"|(?<=[^\W\d_])([!$])(?=[^\W\d_])|(?<=\w)(!)(?=\s+\w)"
)
_HANDLE = re.compile(r"(?<!\w)[@#&*](?=\w)|(?<=\w)[@#&*+](?!\w)")
_CUT = re.compile(r"[^\W\d_]{3,}([!$#%+])")  # how other systems write a star
_OPERATORS = re.compile(r"(?<=\S)\s+((?:AND|OR)(?:\s+NOT)?|NOT|O?NEAR(?:/\d+)?|SENT|PARA)\s+(?=\S)")
_QUOTES = '"“”„«»'


def doubts_of(node: Term | Regex, text: str, common: frozenset[str]) -> Iterator[Problem]:
    """`text`: the rule's. `common`: words that stand in every other article."""
    if isinstance(node, Regex):
        yield from _ascii_only(node, text)
    elif node.words:
        yield from _folded(node, text)
        operator = _operator(node, text)
        yield from (operator,) if operator is not None else _sign(node, text, common)


def _folded(term: Term, text: str) -> Iterator[Problem]:
    """AI, SS, US; `où`."""
    if term.cased or len(term.words) != 1 or not term.words[0].is_literal:
        return
    word, shown = term.words[0].text, term.shown.strip()
    marked = not shown.isascii() and shown.casefold() != word
    if not shown.isalpha() or not (shown.isupper() or marked) or word not in COMMON_SHORT:
        return
    languages = languages_with(word)
    where = f", a common word in {', '.join(languages[:3])}" if languages else ""
    fix = Fix(f"case({shown})", replaced(text, *term.span, f"case({shown})"))
    message = f"{shown} also finds {word}{where}; case({shown}) finds these letters only"
    yield Problem(Code.FOLDED_COMMON, *term.span, message, (fix,))


def _operator(term: Term, text: str) -> Problem | None:
    """`"Putin OR Xi"`. A title in capitals is a title."""
    if " " not in term.shown or not any(
        char.islower() or char.lower() == char.upper() for char in term.shown if char.isalpha()
    ):
        return None
    pieces = _OPERATORS.split(as_read(term.shown).strip())
    if len(pieces) < 3:
        return None
    quoted = [piece if place % 2 else f'"{piece}"' for place, piece in enumerate(pieces)]
    if term.cased:
        quoted = [piece if place % 2 else f"case({piece})" for place, piece in enumerate(quoted)]
    new = " ".join(" ".join(piece.split()) for piece in quoted)
    whole = text[: term.span[0]].strip() == text[term.span[1] :].strip() == ""
    fix = Fix("the operator outside", replaced(text, *term.span, new if whole else f"({new})"))
    message = f"{pieces[1]} is a word between quotes: this looks for {phrase_text(term.words)}, side by side"
    return Problem(Code.QUOTED_OPERATOR, *term.span, message, (fix,))


def _sign(term: Term, text: str, common: frozenset[str]) -> Iterator[Problem]:
    quoted = text[term.span[0] : term.span[0] + 1] in _QUOTES
    shown, left = as_read(term.shown), phrase_text(term.words)
    cut = None if quoted or term.cased or len(term.words) > 1 else _CUT.fullmatch(shown)
    if cut is not None and _may_be_cut(shown, cut[1]):
        star = f"{shown[:-1]}*"
        fix = Fix(star, replaced(text, *term.span, star))
        message = f"{cut[1]} is not searched: this finds {left}. Other systems cut words with it; here a star does"
        yield Problem(Code.ODD_SIGN, *term.span, message, (fix,))
        return
    meant = _MEANT.search(shown)
    sign = "" if meant is None else next(filter(None, meant.groups()))
    if term.cased and not quoted and shown.endswith("!"):
        sign = sign or "!"
    if not sign and len(term.words) == 1 and (len(left) < 3 or left.isdecimal() or left in common):
        handle = _HANDLE.search(shown)
        sign = "" if handle is None else handle[0]
    if sign:
        message = f"{sign} is not searched: {term.shown} is read as {left}"
        yield Problem(Code.ODD_SIGN, *term.span, message, _with_sign(term, text, left))
    elif not quoted and (odd := _ODD.search(shown)):
        yield Problem(
            Code.ODD_SIGN, *term.span, f"{odd[0]} has no meaning here; {term.shown} is read as the words in it: {left}"
        )


def _may_be_cut(shown: str, sign: str) -> bool:
    """Whether the sign may stand for a star: `sanction!`, `Missile!`, `sanction%`, but `Canal+`, `C#`, `F#` have their own."""
    return sign == "!" or (sign != "+" and shown[0].islower())


def _with_sign(term: Term, text: str, left: str) -> tuple[Fix, ...]:
    """The word, and an expression that has its signs."""
    if any(not word.is_literal for word in term.words):
        return ()
    pattern = re.sub(r"[^\w\s]", lambda sign: f"\\{sign[0]}" if sign[0].isascii() else sign[0], term.shown.strip())
    pattern = re.sub(r"\s+", r"\\s+", pattern)
    folded = "" if term.cased or not any(char.isalpha() for char in pattern.replace("\\s", "")) else "(?i)"
    word = f'"{left}"' if len(term.words) > 1 else left
    word = f"case({word})" if term.cased else word
    whole = text[: term.span[0]].strip() == text[term.span[1] :].strip() == ""
    new = f"{word} AND /{folded}{pattern}/"
    return (Fix("with its signs, as an expression", replaced(text, *term.span, new if whole else f"({new})")),)


def _ascii_only(node: Regex, text: str) -> Iterator[Problem]:
    found = beyond_ascii(node.pattern)
    if found is not None:
        sign, mended = found
        message = f"{sign} knows ASCII letters and digits only: it misses the others of this expression"
        slashed = text[node.span[0] : node.span[1]]
        fix = Fix("for letters of every script", replaced(text, *node.span, f"/{mended}/"))
        yield Problem(Code.ASCII_ONLY, *node.span, message, (fix,) if slashed[:1] == "/" else ())
