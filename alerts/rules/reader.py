"""What reads the operands of a rule asks of the parser."""

from typing import Protocol

from alerts.rules.lexer import Token
from alerts.rules.problem import Code, Fix
from alerts.rules.scanner import Kind
from alerts.rules.syntax import Node


class Reader(Protocol):
    """The parser as operands need it."""

    text: str
    in_list: int
    signs: list[Token]  # words without a letter or digit; a problem where no operator is missing beside them

    def peek(self) -> Token: ...
    def take(self) -> Token: ...
    def say(self, code: Code, at: Token, message: str, *fixes: Fix) -> None: ...
    def rule(self) -> Node | None: ...
    def until_close(self, opening: Token) -> tuple[Node | None, int]: ...


def skip(reader: Reader) -> None:
    """Go past the parenthesis that closes this level."""
    depth = 1
    while depth and reader.peek().kind is not Kind.END:
        kind = reader.take().kind
        depth += (kind in (Kind.OPEN, Kind.FUNCTION)) - (kind is Kind.CLOSE)
