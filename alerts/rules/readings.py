"""Possible readings of a rule with a missing operator, or with AND and OR at one level; each reading is a fix."""

from collections.abc import Sequence

from alerts.rules.odd_values import meant_value
from alerts.rules.printer import print_rule
from alerts.rules.problem import Code, Fix, Problem, replaced
from alerts.rules.syntax import ExactField, FieldTest, Node, Span, Term

_MISSPELT = {
    **{name: name.upper() for name in ("and", "or", "not", "And", "Or", "Not")},
    "&&": "AND",
    "&": "AND",
    "||": "OR",
    "|": "OR",
    "!": "NOT",
}
_UNITS = {"sent": "SENT", "para": "PARA", "same": "PARA"}  # words too, so the last of the readings
_NAMED = (ExactField.SOURCE, ExactField.AGENCY, ExactField.COUNTRY, ExactField.LANG)
_MIXED = "AND and OR without parentheses: tools disagree on what comes first, so say it"
_SIGNS = frozenset("-+=/\\<>&|!#")  # nobody means to search for one alone


def bare_words(text: str, groups: Sequence[Sequence[Node]], bare: Sequence[Node]) -> list[Problem]:
    """A problem for each run of operands that no operator joins; `bare`: those that none follows."""
    unjoined = {id(node) for node in bare}
    problems: list[Problem] = []
    for group in groups:
        run: list[Node] = []
        for node in group:
            run.append(node)
            if id(node) not in unjoined:
                if len(run) > 1:
                    problems.append(_bare(text, run))
                run = []
    return problems


def _bare(text: str, run: Sequence[Node]) -> Problem:
    start, end = run[0].span[0], run[-1].span[1]
    pieces = [text[node.span[0] : node.span[1]] for node in run]
    words = [piece for node, piece in zip(run, pieces, strict=True) if not (isinstance(node, Term) and not node.words)]
    message = f"{' '.join(pieces[:40])[:80]}: no operator between; say whether it is a phrase or an AND"
    fixes: list[Fix] = []

    def fix(label: str, new: str) -> None:
        fixes.append(Fix(label, replaced(text, start, end, new)))

    for one in _whole_name(text, run):
        fix("the whole name", one)
    found = [_MISSPELT[piece] for piece in pieces if piece in _MISSPELT]
    for label, new in _upper_case(pieces):
        fix(label, new)
    plain = all(isinstance(node, Term) and not node.cased for node in run) and len(words) > 1
    if plain and not any("(" in piece.strip('"()') for piece in words):
        fix("the phrase", '"' + " ".join(piece.strip('"()') for piece in words) + '"')
    if len(pieces) == 3 and (unit := _UNITS.get(pieces[1])) is not None:
        fix(unit, f"({pieces[0]} {unit} {pieces[2]})")
    if not found:
        joined = " AND ".join(words)
        enclosed = (not start and end == len(text)) or (text[start - 1 : start] == "(" and text[end : end + 1] == ")")
        fix("all of them", joined if enclosed or len(words) < 2 else f"({joined})")
    return Problem(Code.BARE_WORDS, start, end, message, tuple(fixes))


def _whole_name(text: str, run: Sequence[Node]) -> list[str]:
    """`agency:Associated Press`, `country:Great Britain`: a name of several words, as the value that is meant."""
    first, rest = run[0], run[1:]
    if not isinstance(first, FieldTest) or first.field not in _NAMED:
        return []
    if any(
        not isinstance(node, Term) or node.cased or text[node.span[0]] == '"' or node.shown in _MISSPELT
        for node in rest
    ):
        return []
    written = " ".join((first.value, *(text[node.span[0] : node.span[1]] for node in rest)))
    return [print_rule(one) for one in meant_value(first.field, written)]


def _upper_case(pieces: Sequence[str]) -> list[tuple[str, str]]:
    """`North Korea and arms` as `"North Korea" AND arms`; where AND and OR are mixed, both readings."""
    parts: list[list[str]] = [[]]
    found: list[str] = []
    for piece in pieces:
        if piece in _MISSPELT:
            found.append(_MISSPELT[piece])
            parts.append([])
        elif piece not in _SIGNS:
            parts[-1].append(piece)
    if found[1:] and "NOT" in found:  # `and not`
        parts, found = _and_not(parts, found)
    if not found or not all(parts):
        return []
    quoted = [part[0] if len(part) == 1 else '"' + " ".join(p.strip('"') for p in part) + '"' for part in parts]
    for place, operator in enumerate(found):
        if operator == "NOT":
            quoted[place + 1] = f"NOT {quoted[place + 1]}"
    ands = [operator != "OR" for operator in found]
    if all(ands) or not any(ands):
        return [("the operator in upper case", f"({' AND '.join(quoted) if all(ands) else ' OR '.join(quoted)})")]
    return [
        ("upper case, AND first", f"({_nested(quoted, ands, first=True)})"),
        ("upper case, OR first", f"({_nested(quoted, ands, first=False)})"),
    ]


def _and_not(parts: list[list[str]], found: list[str]) -> tuple[list[list[str]], list[str]]:
    kept_parts: list[list[str]] = [parts[0]]
    kept: list[str] = []
    for operator, part in zip(found, parts[1:], strict=True):
        if operator == "NOT" and kept and kept[-1] == "AND" and not kept_parts[-1]:
            kept[-1], kept_parts[-1] = "NOT", part
        else:
            kept.append(operator)
            kept_parts.append(part)
    return kept_parts, kept


def _nested(operands: Sequence[str], ands: Sequence[bool], *, first: bool) -> str:
    """Operands with AND (`first`) or OR binding tighter than the other."""
    groups = [[operands[0]]]
    for joined, one in zip(ands, operands[1:], strict=True):
        if joined is first:
            groups[-1].append(one)
        else:
            groups.append([one])
    inner, outer = (" AND ", " OR ") if first else (" OR ", " AND ")
    return outer.join(f"({inner.join(group)})" if len(group) > 1 else group[0] for group in groups)


def mixed(text: str, span: Span, groups: Sequence[Sequence[Node]]) -> Problem:
    """AND and OR at one level: offer both readings."""
    start, end = span

    operands = [text[node.span[0] : node.span[1]] for group in groups for node in group]
    if not operands:
        return Problem(Code.MIXED_AND_OR, start, end, _MIXED)
    ands = [k > 0 for group in groups if group for k in range(len(group))][1:]
    fixes = tuple(
        Fix(label, replaced(text, start, end, _nested(operands, ands, first=tight)))
        for label, tight in (("AND first", True), ("OR first", False))
    )
    return Problem(Code.MIXED_AND_OR, start, end, _MIXED, fixes)
