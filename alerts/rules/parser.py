"""From a rule's text to its tree, with all problems at once.

rule   := and ( OR and )*            both at one level without parentheses is refused: tools disagree on it
and    := unary ( AND? unary )*      `a NOT b` and `a -b` are read as `a AND NOT b`
unary  := ( NOT | - )* near
near   := operand ( (NEAR/n | ONEAR/n | NOT NEAR/n | SENT | PARA) operand )*        from the left
operand:= ( rule ) | term | field: operand | @alias | function( ... ) | /regex/

Depth is checked before the descent, so no text exhausts the stack.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from alerts.rules import operands, readings
from alerts.rules.aliases import AliasSet
from alerts.rules.checks import check_tree
from alerts.rules.comments import carried, without_comments
from alerts.rules.lexer import Token, tokens_of
from alerts.rules.limits import DEFAULT_DISTANCE, MAX_CHARACTERS, MAX_DEPTH, MAX_DISTANCE
from alerts.rules.lint import warnings_of
from alerts.rules.mended import misread, told
from alerts.rules.problem import Code, Fix, Problem, replaced
from alerts.rules.scanner import Kind, as_read
from alerts.rules.syntax import And, Near, Node, Not, Or, Span, Unit, Within

_MOST_READ_AGAIN = 200_000  # characters of fixes that are read to see whether they are rules
# A quick look for what is worth mending in a text that can be read.
_SIGNS_OF_OTHERS = re.compile(r"[&|¦<>%='‘’`´、،؛;∧∨¬]|(?<=\w)[./:]\W?(?:AND|OR)\b")
_STARTS = frozenset(
    (
        Kind.PHRASE,
        Kind.OPEN_QUOTE,
        Kind.REGEX,
        Kind.FUNCTION,
        Kind.FIELD,
        Kind.ALIAS,
        Kind.OPEN,
        Kind.WORD,
        Kind.NOT,
        Kind.MINUS,
    )
)
_JOINED = _STARTS | {Kind.AND, Kind.OR}
_JOINS = frozenset((Kind.NEAR, Kind.NEAR_OTHER, Kind.UNIT))


@dataclass(frozen=True, slots=True)
class Parsed:
    """`tree` is None when there is a problem. Warnings do not reject the rule."""

    tree: Node | None
    problems: tuple[Problem, ...] = ()
    text: str = ""
    aliases: AliasSet | None = field(default=None, repr=False, compare=False)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """Looked for when asked: a matcher that compiles a million rules does not ask."""
        return () if self.tree is None else tuple(_warned(self.tree, self.text, self.aliases))


def parse(text: str, *, aliases: AliasSet | None = None, anchored: bool = True) -> Parsed:
    """Read a rule. `aliases` None: references are not looked up (they may be defined elsewhere).

    `anchored` False: also what no word must be there for, which is no rule but can be searched for once.

    Every fix mends the whole text: it gives a valid rule, with the text's comments.
    """
    bare = without_comments(text)  # what mends a text looks at no comment, and none gets lost in it
    parsed = _read(bare, aliases, anchored=anchored)
    if parsed.tree is not None:
        return replace(parsed, text=text)
    problems = sorted(
        told(bare, parsed.problems, lambda one: _read(one, aliases, anchored=anchored).problems), key=_place
    )
    return replace(parsed, problems=tuple(_with_comments(problems, text)))


def _with_comments(problems: Iterable[Problem], text: str) -> Iterator[Problem]:
    """The problems with fixes that hold the comments and line breaks of the text; later ones of very many without fixes."""
    plain = "\n" not in text and "#" not in as_read(text)
    left = _MOST_READ_AGAIN
    for problem in problems:
        if plain or not problem.fixes:
            yield problem
            continue
        fixes = tuple(Fix(fix.label, carried(text, fix.text)) for fix in problem.fixes) if left > 0 else ()
        left -= len(text) * len(problem.fixes)
        yield replace(problem, fixes=fixes)


def _warned(tree: Node, whole: str, aliases: AliasSet | None) -> Iterator[Problem]:
    """The warnings with those fixes that give a valid rule; later ones of very many without."""
    yield from _with_comments(_warned_bare(tree, without_comments(whole), aliases), whole)


def _warned_bare(tree: Node, text: str, aliases: AliasSet | None) -> Iterator[Problem]:
    slips = _misread(text, tree)
    yield from slips
    left = _MOST_READ_AGAIN
    for warning in warnings_of(tree, text, aliases):
        if warning.code is Code.ODD_SIGN and any(s.start < warning.end and warning.start < s.end for s in slips):
            continue
        fixed = _fixes_checked(warning, None) if left > 0 else replace(warning, fixes=())
        left -= len(text) * len(warning.fixes)
        yield fixed


def _misread(text: str, tree: Node) -> tuple[Problem, ...]:
    """`Kim&&Xi`, `title=Kim`: what can be read as words side by side, and is written so in other systems for something else. Not
    refused: a rule that was in force stays so."""
    if not _SIGNS_OF_OTHERS.search(text):
        return ()

    def otherwise(fix: Fix) -> bool:
        mended = _read(fix.text, None, anchored=False).tree
        return mended is not None and mended != tree

    slips = misread(text, lambda one: _read(one, None).problems)
    return tuple(sorted((slip for slip in slips if any(map(otherwise, slip.fixes))), key=_place))


def _place(problem: Problem) -> tuple[int, int, Code]:
    return problem.start, problem.end, problem.code


def _fixes_checked(problem: Problem, aliases: AliasSet | None) -> Problem:
    """Only the fixes that give a valid rule."""
    good = tuple(fix for fix in problem.fixes if _read(fix.text, aliases).tree is not None)
    return replace(problem, fixes=good)


def _read(text: str, aliases: AliasSet | None, *, anchored: bool = True) -> Parsed:
    """The tree, or all problems at once."""
    if len(text) > MAX_CHARACTERS:
        message = (
            f"the rule has {len(text)} characters, at most {MAX_CHARACTERS} are allowed; put word lists into aliases"
        )
        return Parsed(None, (Problem(Code.TOO_LONG, MAX_CHARACTERS, len(text), message),))
    tokens = tokens_of(text)
    deep = _too_deep(tokens)
    if deep is not None:
        return Parsed(None, (deep,))
    parser = Parser(text, tokens)
    tree = parser.whole()
    problems = parser.problems
    if tree is not None:
        problems += check_tree(tree, text, aliases, refused=bool(problems), anchored=anchored)
    if problems or tree is None:
        return Parsed(None, tuple(sorted(dict.fromkeys(problems), key=_place)))
    return Parsed(tree, (), text, aliases)


def _too_deep(tokens: Sequence[Token]) -> Problem | None:
    depth = negations = 0
    for token in tokens:
        if token.kind in (Kind.OPEN, Kind.FUNCTION):
            depth += 1
        elif token.kind is Kind.CLOSE:
            depth -= 1
        negations = negations + 1 if token.kind in (Kind.NOT, Kind.MINUS, Kind.FIELD) else 0
        if depth > MAX_DEPTH or negations > MAX_DEPTH:
            return Problem(Code.TOO_DEEP, token.start, token.end, f"more than {MAX_DEPTH} levels, one within another")
    return None


@dataclass(slots=True)
class Parser:
    """One reading of one text. Reading goes on after a problem, so that all are reported at once."""

    text: str
    tokens: Sequence[Token]
    place: int = 0
    problems: list[Problem] = field(default_factory=list)
    signs: list[Token] = field(default_factory=list)
    in_list: int = 0  # within a function whose arguments are parted by commas

    def whole(self) -> Node | None:
        tree = self.rule()
        while (token := self.peek()).kind is not Kind.END:
            if token.kind is Kind.CLOSE:
                fix = Fix("without it", replaced(self.text, token.start, token.end, ""))
                self.say(Code.UNBALANCED, token, "this parenthesis closes none that is open", fix)
            else:
                self.say(Code.MISSING_OPERAND, token, "something to search for is missing before this")
            self.place += 1
            rest = self.rule()
            tree = tree or rest
        bare = [(p.start, p.end) for p in self.problems if p.code is Code.BARE_WORDS]
        for sign in self.signs:
            if not any(start <= sign.start < end for start, end in bare):
                self.say(Code.MISSING_OPERAND, sign, f"{sign.text} holds no letter or digit to search for")
        if tree is None and not self.problems:
            self.problems.append(
                Problem(Code.EMPTY, 0, len(self.text), "the rule is empty; expected a word or a phrase")
            )
        return tree

    def peek(self) -> Token:
        return self.tokens[self.place]

    def take(self) -> Token:
        token = self.tokens[self.place]
        self.place += 1
        return token

    def say(self, code: Code, at: Token, message: str, *fixes: Fix) -> None:
        self.problems.append(Problem(code, at.start, at.end, message, fixes))

    def rule(self) -> Node | None:
        """AND and OR; operands without an operator between them are reported as bare words."""
        first = self.peek().start
        groups: list[list[Node]] = [[]]
        operators: set[Kind] = set()
        bare: list[Node] = []  # what no operator follows
        node = self.unary()
        if node is not None:
            groups[0].append(node)
        while (token := self.peek()).kind in _JOINED or (token.kind is Kind.COMMA and not self.in_list):
            joins = token.kind in (Kind.AND, Kind.OR)
            if joins:
                self._operator(token, before=node)
                operators.add(token.kind)
            elif token.kind in (Kind.NOT, Kind.MINUS):
                operators.add(Kind.AND)
            elif node is not None:
                bare.append(node)
            self.place += token.kind is Kind.COMMA
            node = self._after(token, self.unary())
            if node is None:
                continue
            if token.kind is Kind.OR:
                groups.append([])
            groups[-1].append(node)
        if bare:
            self.problems += readings.bare_words(self.text, groups, bare)
        return self._joined(groups, first, mixed=len(operators) == 2 and not bare)

    def _operator(self, token: Token, before: Node | None) -> None:
        self.place += 1
        if before is None:
            self.say(Code.MISSING_OPERAND, token, f"something to search for is missing before {token.text}")

    def _after(self, token: Token, node: Node | None) -> Node | None:
        if node is None and token.kind in (Kind.AND, Kind.OR):
            self.say(Code.MISSING_OPERAND, token, f"something to search for is missing after {token.text}")
        return node

    def _joined(self, groups: Sequence[Sequence[Node]], first: int, *, mixed: bool) -> Node | None:
        last = self.tokens[self.place - 1].end if self.place else first
        parts = [_and(group) for group in groups if group]
        if mixed:
            self.problems.append(readings.mixed(self.text, (first, last), groups))
        if not parts:
            return None
        return parts[0] if len(parts) == 1 else Or(_flat(Or, parts), (first, last))

    def unary(self) -> Node | None:
        signs: list[Token] = []
        while self.peek().kind in (Kind.NOT, Kind.MINUS):
            signs.append(self.take())
        node = self.near()
        if node is None:
            if signs:
                self.say(Code.MISSING_OPERAND, signs[-1], "something to search for is missing after NOT")
            return None
        for sign in reversed(signs):
            node = Not(node, (sign.start, node.span[1]))
        return node

    def near(self) -> Node | None:
        left = operands.operand(self)
        levels = 0
        while True:
            token = self.peek()
            negated = token.kind is Kind.NOT and self.tokens[self.place + 1].kind in (Kind.NEAR, Kind.NEAR_OTHER)
            if not negated and token.kind not in _JOINS:
                return left
            if negated:
                self.place += 1
                token = self.peek()
            self.place += 1
            if left is None:
                self.say(Code.MISSING_OPERAND, token, f"something to search for is missing before {token.text}")
            right = operands.operand(self)
            if right is None:
                self.say(Code.MISSING_OPERAND, token, f"something to search for is missing after {token.text}")
            levels += 1
            if levels > MAX_DEPTH:
                if levels == MAX_DEPTH + 1:
                    self.say(Code.TOO_DEEP, token, f"more than {MAX_DEPTH} proximities in a row")
            elif left is not None and right is not None:
                left = self._joined_near(token, left, right, negated=negated)
            else:
                left = left or right

    def _joined_near(self, token: Token, left: Node, right: Node, *, negated: bool) -> Node:
        span: Span = (left.span[0], right.span[1])
        if token.kind is Kind.UNIT:
            return Within(left, right, Unit(token.text), span)
        name, _, number = token.text.partition("/")
        distance = DEFAULT_DISTANCE
        if number:
            distance = int(number) if len(number) < 6 else MAX_DISTANCE + 1
        elif "/" in token.text:
            distance = -1
        if not 0 <= distance <= MAX_DISTANCE:
            self.say(
                Code.BAD_DISTANCE,
                token,
                f"the number of words between must stand here and be 0 to {MAX_DISTANCE}",
                Fix(f"{name}/{MAX_DISTANCE}", replaced(self.text, token.start, token.end, f"{name}/{MAX_DISTANCE}")),
            )
            distance = MAX_DISTANCE
        ordered = name.lower() in ("onear", "pre")
        return Near(left, right, distance, ordered=ordered, negated=negated, span=span)

    def until_close(self, opening: Token) -> tuple[Node | None, int]:
        """The rule between parentheses and where it ends; `opening` has been taken."""
        node = self.rule()
        token = self.peek()
        if token.kind is Kind.CLOSE:
            self.place += 1
            return node, token.end
        # Only the end of the text can come here: a rule reads on over everything else.
        fix = Fix("close it at the end", replaced(self.text, len(self.text), len(self.text), ")"))
        self.say(Code.UNBALANCED, opening, "this parenthesis is not closed", fix)
        return node, self.tokens[self.place - 1].end


def _and(nodes: Sequence[Node]) -> Node:
    if len(nodes) == 1:
        return nodes[0]
    return And(_flat(And, nodes), (nodes[0].span[0], nodes[-1].span[1]))


def _flat(kind: type[And] | type[Or], nodes: Sequence[Node]) -> tuple[Node, ...]:
    flat: list[Node] = []
    for node in nodes:
        if isinstance(node, And | Or) and isinstance(node, kind):
            flat.extend(node.children)
        else:
            flat.append(node)
    return tuple(flat)
