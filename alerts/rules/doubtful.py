"""Warnings of a term or an expression that is read otherwise than it looks: signs that are not searched, operators between
quotes, classes of letters that know ASCII only."""

import re
from collections.abc import Iterator

from alerts.rules.aliases import AliasSet
from alerts.rules.common_short import COMMON_SHORT, languages_with
from alerts.rules.pasted import languages
from alerts.rules.pasted.expressions import beyond_ascii
from alerts.rules.pasted.queries import is_of_elsewhere
from alerts.rules.printer import phrase_text
from alerts.rules.problem import Code, Fix, Problem, replaced
from alerts.rules.regular import compiled
from alerts.rules.scanner import FIELDS, as_read
from alerts.rules.synonyms import field_meant
from alerts.rules.syntax import Regex, Term

_ODD = re.compile(r"[\^~\\\[\]{}|=<>]")  # boosts, fuzziness, escapes and ranges of other systems
_MONEY = "$¢£¤¥֏؋৲৳૱௹฿៛\u20a0-\u20c0﷼"
# Signs without which another thing is meant: C++, Disney+, C#, .NET, €50, $AAPL, 50%, +1, 5°, #metoo, AT&T, Ke$ha, Yahoo! Japan.
_MEANT = re.compile(
    rf"\w(\+{{1,2}}|[#♯])(?!\w)|(?<![\w.])(\.)(?=[^\W\d_]{{2}})|([{_MONEY}])(?=\s?\d)|\d\s?([{_MONEY}%‰٪°])"
    rf"|(?<!\w)([+±−٪])(?=\d)|(?<!\w)([$#♯])(?=\w)|(§)(?=\s?\d)|(?<!\w)\w{{1,2}}(&)(?=\w{{1,2}}(?!\w))|(?<=\w)([%‰٪])"
    r"|(?<=[^\W\d_])([!$])(?=[^\W\d_])|(?<=\w)(!)(?=\s+\w)"
)
_UNCLOSED = re.compile(r"/[^/\s]{2,}|[a-z]{1,2}/[^/\s]+/[a-z]{0,3}")  # a slash that closes nothing; expressions of Perl
_HANDLE = re.compile(r"(?<!\w)[@#&*](?=\w)|(?<=\w)[@#&*+](?!\w)")
_CUT = re.compile(r"[^\W\d_]{3,}([!$#%+])")  # how other systems write a star
_OPERATORS = re.compile(
    r"(?<=\S)\s+((?:AND|OR|&&|\|\|?)(?:\s+NOT)?|NOT|O?NEAR(?:/\d+)?|SENT|PARA|(?:w|near|pre)/\d+)\s+(?=\S)"
)
_SIGNS = {"&&": "AND", "||": "OR", "|": "OR"}
_LOOSE = re.compile(
    r"\s*(?:AND|OR|NOT|&&|\|\|)\s|\s(?:AND|OR|NOT|&&|\|\|)\s*$|\s-(?=[^\W\d])|(?:ATLEAST|KOF|FIRST)/\d+\("
)
_FIELD = re.compile(r"\s*([A-Za-z]\w+):(?=\S)")
_REFERENCE = re.compile(r"@[\w-]+")
_LIKE_FIELD = re.compile(r"[A-Za-z]\w*[._]\w+:\S+|_[a-z]+_:\S+")
_LETTER_SIGN = re.compile(r"[^\W\d_]{3,}[#_][^\W\d_]{2,}")
_QUOTES = '"“”„«»'


def doubts_of(node: Term | Regex, text: str, common: frozenset[str]) -> Iterator[Problem]:
    """`text`: the rule's. `common`: words that stand in every other article."""
    if isinstance(node, Regex):
        yield from _ascii_only(node, text)
        if compiled(node.pattern).search("") is not None:
            message = "this expression also finds nothing at all, so it is true of every article"
            yield Problem(Code.NEVER_MATTERS, *node.span, message)
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


def quoted_operator(shown: str) -> str | None:
    """The first operator between the words of a phrase."""
    found = _OPERATORS.search(as_read(shown))
    return None if found is None else found[1]


def _in_english(read: str) -> str:
    """Operators of other languages in capitals, such as UND, in English; words of many names stay."""
    return re.sub(
        r"(?<=\s)[^\W\d_]{2,9}(?=\s)",
        lambda one: (
            languages.operator_named(one[0]) or one[0]
            if one[0].isupper() and not languages.may_be_name(one[0])
            else one[0]
        ),
        read,
    )


def _operator(term: Term, text: str) -> Problem | None:
    """`"Putin OR Xi"`. A title in capitals is a title."""
    quoted_field = _quoted_field(term, text)
    if quoted_field is not None:
        return quoted_field
    if (" " not in term.shown and "(" not in term.shown) or not any(
        char.islower() or char.lower() == char.upper() for char in term.shown if char.isalpha()
    ):
        return None
    read = as_read(term.shown)
    pieces = _OPERATORS.split(_in_english(read.strip()))
    if len(pieces) < 3:
        loose = _LOOSE.match(read) or _LOOSE.search(read)
        message = f"{loose[0].strip() if loose else ''} is searched as words between quotes, or not at all; operators stand outside"
        return None if loose is None else Problem(Code.QUOTED_OPERATOR, *term.span, message)
    pieces[1::2] = [" ".join(_SIGNS.get(one, one) for one in piece.split()) for piece in pieces[1::2]]
    quoted = [piece if place % 2 else f'"{piece}"' for place, piece in enumerate(pieces)]
    if term.cased:
        quoted = [piece if place % 2 else f"case({piece})" for place, piece in enumerate(quoted)]
    new = " ".join(" ".join(piece.split()) for piece in quoted)
    whole = text[: term.span[0]].strip() == text[term.span[1] :].strip() == ""
    fix = Fix("the operator outside", replaced(text, *term.span, new if whole else f"({new})"))
    message = f"{pieces[1]} is a word between quotes: this looks for {phrase_text(term.words)}, side by side"
    return Problem(Code.QUOTED_OPERATOR, *term.span, message, (fix,))


def _quoted_field(term: Term, text: str) -> Problem | None:
    """`"title:Putin"`."""
    start, end = term.span
    found = _FIELD.match(as_read(term.shown)) if text[start : start + 1] in _QUOTES else None
    if found is None or term.cased:
        return None
    name, rest = found[0].strip(), term.shown[found.end() :].strip()
    if is_of_elsewhere(term.shown.strip()):
        message = f"{name} is no field: this looks for {phrase_text(term.words)}, side by side"
        return Problem(Code.QUOTED_OPERATOR, start, end, message)
    field = found[1].lower() if found[1].lower() in FIELDS else field_meant(found[1].lower())
    if field is None:
        return None
    new = f'{field}:"{rest}"' if " " in rest else f"{field}:{rest}"
    message = f"{name} is a word between quotes: this looks for {phrase_text(term.words)}, side by side"
    return Problem(
        Code.QUOTED_OPERATOR, start, end, message, (Fix("the field outside", replaced(text, start, end, new)),)
    )


def quoted_alias(term: Term, text: str, aliases: AliasSet | None) -> Iterator[Problem]:
    """`"@arms"`, where there is such an alias, or where it is not known which there are."""
    name = _REFERENCE.fullmatch(as_read(term.shown).strip())
    start, end = term.span
    if name is None or term.cased or text[start : start + 1] not in _QUOTES:
        return
    if aliases is None or name[0][1:].lower() in aliases:
        message = f"{name[0]} is a word between quotes: this looks for {phrase_text(term.words)}; the alias stands without quotes"
        yield Problem(Code.QUOTED_OPERATOR, start, end, message, (Fix(name[0], replaced(text, start, end, name[0])),))


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
    if not quoted and not term.cased and (found := _LIKE_FIELD.fullmatch(shown) or _LETTER_SIGN.fullmatch(shown)):
        yield _named(term) if found.re is _LIKE_FIELD else _one_letter(term, text)
        return
    meant = _MEANT.search(shown)
    sign = "" if meant is None else next(filter(None, meant.groups()))
    if term.cased and not quoted and shown.endswith("!"):
        sign = sign or "!"
    if not sign and len(term.words) == 1 and (len(left) < 3 or left.isdecimal() or left in common):
        handle = _HANDLE.search(shown)
        sign = "" if handle is None else handle[0]
    if not sign and not quoted and _UNCLOSED.fullmatch(shown):
        message = (
            f"a slash is no sign of a word: {shown} is read as {left}; an expression stands between two, as in /kim/"
        )
        yield Problem(Code.ODD_SIGN, *term.span, message)
        return
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


def _named(term: Term) -> Problem:
    """`page_type:news`."""
    message = f"{term.shown.partition(':')[0]} is no field; this looks for {phrase_text(term.words)}, side by side"
    return Problem(Code.ODD_SIGN, *term.span, message)


def _one_letter(term: Term, text: str) -> Problem:
    """`organi#ation`."""
    left = phrase_text(term.words)
    one = re.sub("[#_]", "?", term.shown)
    message = f"this looks for {left}, side by side; ? stands for one letter"
    return Problem(Code.ODD_SIGN, *term.span, message, (Fix(one, replaced(text, *term.span, one)),))


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
