"""Warnings: a rule that is valid and probably not meant so."""

import re
from collections.abc import Iterator

from alerts.rules.checks import has_anchor
from alerts.rules.names import COUNTRIES, LANGUAGES
from alerts.rules.problem import Code, Fix, Problem, replaced
from alerts.rules.syntax import AliasRef, And, ExactField, FieldTest, Near, Node, Not, Or, Scope, Term
from alerts.rules.walk import nodes_of

WIDE = 10
_ODD = re.compile(r"[\^~\\\[\]{}|=<>]")  # boosts, fuzziness, escapes and ranges of other systems
_OPERATORS = frozenset(("and", "or", "not", "near", "onear", "sent", "para"))
# Words that stand in so many articles that a rule which needs nothing else matches all day.
COMMON = frozenset(
    "the a an of to in and for on that is with as at by it he she was from be are has have had this his her its an or"
    " said say says will would not but they were been who which their new year years one two people after more about"
    " also than first last over up out der die das und ist nicht von mit le la les des et que en el los не и в на что".split()
)


def warnings_of(tree: Node, text: str) -> Iterator[Problem]:
    """All warnings of a valid tree."""
    for node in nodes_of(tree):
        match node:
            case Term(shown=shown, span=span) if shown in _OPERATORS:
                message = f"{shown} is searched as a word here; operators are written in upper case"
                fix = Fix(shown.upper(), replaced(text, *span, shown.upper()))
                yield Problem(Code.LOWER_CASE_OPERATOR, *span, message, (fix,))
            case Term(shown=shown, span=span) if (sign := _ODD.search(shown)) and text[
                span[0] : span[0] + 1
            ] not in '"“”„«»':
                message = f"{sign[0]} has no meaning here; {shown} is read as the words in it"
                yield Problem(Code.ODD_SIGN, *span, message)
            case Near(distance=distance, span=span) if distance > WIDE:
                message = f"{distance} words between is wide; PARA or AND may say better what is meant"
                yield Problem(Code.WIDE_NEAR, *span, message)
            case Not(child=Not(child=inner), span=span):
                fix = Fix("without both", replaced(text, *span, text[inner.span[0] : inner.span[1]]))
                yield Problem(Code.DOUBLE_NEGATION, *span, "a double negation says the same as none", (fix,))
            case FieldTest(field=ExactField.LANG | ExactField.COUNTRY as name, value=value, span=span) if (
                len(value) != 2
            ):
                fixes = (Fix(code, replaced(text, *span, f"{name.value}:{code}")) for code in _code(value, name))
                message = f"{name.value}: takes a code of two letters; no article has {value}"
                yield Problem(Code.ODD_VALUE, *span, message, tuple(fixes))
            case Or(children=children) | And(children=children):
                yield from _absorbed(node, children)
            case _:
                pass
    if anchor_is_common(tree):
        message = "a very common word is all that must be present; add a rarer one"
        yield Problem(Code.COMMON_ANCHOR, *tree.span, message)


def _code(value: str, name: ExactField) -> list[str]:
    """The code for `english`, `en-GB` or `Germany`, where it is known."""
    names = LANGUAGES if name is ExactField.LANG else COUNTRIES
    head = value.split("-", maxsplit=1)[0]
    return [names[value]] if value in names else [head] if len(head) == 2 and name is ExactField.LANG else []


def _absorbed(node: Or | And, children: tuple[Node, ...]) -> Iterator[Problem]:
    """`a OR (a AND b)`, `a AND (a OR b)`, `a OR a`: the second part can never matter."""
    other = And if isinstance(node, Or) else Or
    seen: list[Node] = []
    plain = {child for child in children if not isinstance(child, other)}
    for child in children:
        inside = child.children if isinstance(child, And | Or) and isinstance(child, other) else ()
        if child in seen or any(part in plain for part in inside):
            yield Problem(Code.NEVER_MATTERS, *child.span, "this part can never matter: the rest decides without it")
        seen.append(child)


def anchor_is_common(node: Node) -> bool:
    """Whether all that must be present are very common words."""
    match node:
        case Term(words=words):
            return all(word.is_literal and word.text in COMMON for word in words)
        case AliasRef():
            return False
        case And(children=children):
            return all(anchor_is_common(child) for child in children if has_anchor(child))
        case Or(children=children):
            return any(map(anchor_is_common, children))
        case Scope(child=child):
            return anchor_is_common(child)
        case _:
            return False
