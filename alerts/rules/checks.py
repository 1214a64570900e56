"""The errors in a tree: section 4 of the language. Each check returns its problems; all are reported at once."""

from alerts.rules import regular
from alerts.rules.aliases import AliasCycle, AliasSet, lists_of
from alerts.rules.exact import PLACES
from alerts.rules.forms.context import forms_with_languages
from alerts.rules.forms.dictionary import TooManyForms
from alerts.rules.forms.expansion import expansion
from alerts.rules.limits import MAX_CLAUSES, MAX_DEPTH, MAX_LISTED
from alerts.rules.operands import allowed_in_proximity
from alerts.rules.problem import Code, Fix, Problem, replaced
from alerts.rules.syntax import (
    AliasRef,
    And,
    AtLeast,
    Comparison,
    FieldTest,
    First,
    Forms,
    KOf,
    Listed,
    Near,
    Node,
    Not,
    Or,
    Regex,
    Scope,
    Term,
    Within,
    WordField,
)
from alerts.rules.walk import depth_of, nodes_of

OF_A_PLACE = frozenset((WordField.AUTHOR, WordField.SECTION, WordField.TAG))
_NO_ANCHOR = (
    "nothing has to be there for this rule to match; add a word, a phrase or an alias that every match holds, or a place: domain:,"
    " source:, url:, agency:, author:, section:, tag: (lang:, country:, wc and published alone are none)"
)


def check_tree(
    tree: Node, text: str, aliases: AliasSet | None, *, refused: bool, anchored: bool = True
) -> list[Problem]:
    """All problems of a tree. `refused`: there are problems already, so a missing anchor may be only their trace.
    `anchored` False: it needs none."""
    problems: list[Problem] = []
    clauses = 0
    for node in nodes_of(tree):
        problems += _operands(node)
        match node:
            case Term():
                clauses += 1
            case FieldTest() | Regex():
                clauses += 1
                problems += _regex(node)
            case AliasRef():
                clauses += 1
                problems += _alias(node, text, aliases)
            case Forms() | Listed():
                clauses += 1
            case _:
                pass
    deep = depth_of(tree) > MAX_DEPTH
    if not deep:
        problems += _forms(tree)
    if clauses > MAX_CLAUSES:
        message = (
            f"{clauses} clauses, at most {MAX_CLAUSES} are allowed; put word lists into aliases, or split the rule"
        )
        problems.append(Problem(Code.TOO_MANY_CLAUSES, *tree.span, message))
    if not refused and deep:
        problems.append(Problem(Code.TOO_DEEP, *tree.span, f"more than {MAX_DEPTH} levels, one within another"))
    if anchored and not problems and not refused and not has_anchor(tree):
        problems.append(Problem(Code.NO_ANCHOR, *tree.span, _NO_ANCHOR))
    return problems


def has_anchor(node: Node, *, places: bool = True) -> bool:  # noqa: C901, PLR0912 - one case a kind of node
    """Whether something positive must be there for the node to be true: a word, a phrase, or a place that articles come from.
    `places` False: a word of a title or a text."""
    match node:
        case Term(words=words):
            return bool(words)
        case AliasRef() | Forms() | Listed():
            return True
        case FieldTest(field=name):
            return places and name in PLACES
        case Scope(field=name) if name in OF_A_PLACE and not places:
            return False
        case And(children=children):
            return any(has_anchor(child, places=places) for child in children)
        case Or(children=children):
            return all(has_anchor(child, places=places) for child in children)
        case KOf(count=count, children=children):
            # Any `count` of them hold one with an anchor only if fewer than `count` have none.
            return sum(not has_anchor(child, places=places) for child in children) < count
        case Near(left=left, negated=True):
            return has_anchor(left, places=places)
        case Near(left=left, right=right) | Within(left=left, right=right):
            return has_anchor(left, places=places) or has_anchor(right, places=places)
        case AtLeast(child=child) | First(child=child) | Scope(child=child):
            return has_anchor(child, places=places)
        case Not(child=Not(child=child)):
            return has_anchor(child, places=places)
        case Not() | Regex() | Comparison():
            return False


def _operands(node: Node) -> list[Problem]:
    sides: tuple[Node, ...]
    match node:
        case Near(left=left, right=right):
            name, sides = "a proximity", (left, right)
        case Within(left=left, right=right, unit=unit):
            name, sides = unit.value, (left, right)
        case AtLeast(child=child):
            name, sides = "ATLEAST", (child,)
        case First(child=child):
            name, sides = "FIRST", (child,)
        case _:
            return []
    wrong = [side for side in sides if not _fits(side, counted=isinstance(node, AtLeast))]
    message = "takes a term, a phrase, a wildcard, an alias, case(...) or an OR of them, not {}"
    return [Problem(Code.BAD_OPERAND, *side.span, f"{name} {message.format(_named(side))}") for side in wrong]


def _fits(side: Node, *, counted: bool) -> bool:
    if counted and any(isinstance(node, Near | Within) for node in nodes_of(side)):
        return False
    return allowed_in_proximity(side)


def _named(node: Node) -> str:
    match node:
        case And() | Or() | Not():
            return type(node).__name__.upper()
        case Scope(field=name) | FieldTest(field=name) | Comparison(field=name):
            return f"the field {name.value}:"
        case Regex():
            return "a regular expression"
        case AtLeast() | KOf() | First():
            return {AtLeast: "ATLEAST", KOf: "KOF", First: "FIRST"}[type(node)]
        case Near(negated=True):
            return "NOT NEAR"
        case Near() | Within() | Term() | AliasRef() | Forms() | Listed():
            return "a proximity"


def _regex(node: Regex | FieldTest) -> list[Problem]:
    if isinstance(node, FieldTest):
        return []
    try:
        regular.compiled(node.pattern)
    except regular.BadRegex as error:
        return [Problem(Code.BAD_REGEX, *node.span, str(error))]
    return []


def _forms(tree: Node) -> list[Problem]:
    """Problems of `forms(...)`."""
    problems = list[Problem]()
    for node, langs in forms_with_languages(tree):
        try:
            found = expansion(node, langs)
        except TooManyForms as error:
            problems.append(Problem(Code.TOO_MANY_CLAUSES, *node.span, str(error)))
        else:
            if all(map(found.is_struck, found.every)):
                problems.append(Problem(Code.EMPTY, *node.span, "every form is left out, so nothing is looked for"))
    return problems


def _alias(node: AliasRef, text: str, aliases: AliasSet | None) -> list[Problem]:
    """Problems of a reference."""
    if aliases is None:
        return []
    if node.name not in aliases:
        near = aliases.nearest(node.name)
        fixes = () if near is None else (Fix(f"@{near}", replaced(text, *node.span, f"@{near}")),)
        said = "" if near is None else f"; did you mean @{near}?"
        return [Problem(Code.UNKNOWN_ALIAS, *node.span, f"there is no alias @{node.name}{said}", fixes)]
    try:
        found = aliases.expand(node)
    except AliasCycle as cycle:
        return [Problem(Code.ALIAS_CYCLE, *node.span, f"this alias includes itself: {cycle}")]
    except KeyError as missing:
        message = f"@{node.name} includes @{missing.args[0]}, which does not exist or is empty"
        return [Problem(Code.UNKNOWN_ALIAS, *node.span, message)]
    except ValueError as error:
        return [Problem(Code.BAD_OPERAND, *node.span, f"@{node.name}: {error}")]
    if (listed := sum(len(one.terms) + len(one.exclude) for one in lists_of(found))) > MAX_LISTED:
        message = f"@{node.name} has {listed} terms, at most {MAX_LISTED} are allowed; split it"
        return [Problem(Code.TOO_MANY_CLAUSES, *node.span, message)]
    return []
