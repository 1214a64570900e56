"""Factiva (factiva.com FDK33, FDK38): words side by side are a phrase; nearN and adjN count one word more than ours."""

import re
from dataclasses import dataclass
from typing import ClassVar

from alerts.management.translate.reader import Dropped, Operator, Reader, Target, Token
from alerts.management.translate.translation import NoteKind, Translation
from alerts.rules.limits import MAX_DISTANCE
from alerts.rules.syntax import AtLeast, ExactField, First, Node, Span, WordField

_EDGE = r'(?=[\s()"\[\]]|$)'
_NO_CODES = Dropped("there are no index codes here; search for the words themselves")
_NO_DATES = Dropped("a rule looks at every article as it comes; it has no dates")


@dataclass(slots=True)
class Factiva(Reader):
    """`same`, `adjN`, `nearN` tightest, then atleast and fields, then not, and, or."""

    NAME: ClassVar[str] = "Factiva"
    TOKEN: ClassVar[re.Pattern[str]] = re.compile(
        r'\s*(?:(?P<phrase>"[^"]*")|(?P<open_quote>"[^"]*$)'
        rf"|(?P<first>(?i:/F\d+/))|(?P<near>(?i:/N\d+/|(?:adj\d*|near\d+|w/\d+|same){_EDGE}))|(?P<any>%{_EDGE})"
        rf"|(?P<and>(?i:and){_EDGE})|(?P<or>(?i:or){_EDGE})|(?P<not>(?i:not){_EDGE})"
        rf"|(?P<atleast>(?i:atleast)\d+{_EDGE})|(?P<compare>(?i:wc\s*[<>=]+\s*\d+"
        r"|date\s+(?:from\s+\S+(?:\s+to\s+\S+)?|(?:after|before|in)\s+\S+|[-\d]\S*)))|(?P<field>[A-Za-z]{1,8}=)"
        r'|(?P<open>[(\[])|(?P<close>[)\]])|(?P<word>(?:(?!/[NnFf]\d+/)[^\s()"=\[\]])+)|(?P<other>\S))'
    )
    TIGHTNESS: ClassVar[dict[str, float]] = {"OR": 1, "AND": 2, "NOT": 3, "FIELD": 4, "NEAR": 5, "ADJACENT": 6}
    IMPLIED: ClassVar[str] = "ADJACENT"
    FIELD_TIGHTNESS: ClassVar[float] = 4
    OPERANDS: ClassVar[frozenset[str]] = Reader.OPERANDS | {"atleast", "compare"}
    FIELDS: ClassVar[dict[str, Target]] = {
        "hd": WordField.TITLE,
        "hl": WordField.TITLE,
        "hlp": WordField.HLEAD,
        "lp": WordField.LEAD,
        "tx": WordField.BODY,
        "by": WordField.AUTHOR,
        "se": WordField.SECTION,
        "sn": ExactField.SOURCE,
        "la": ExactField.LANG,
        "rst": _NO_CODES,
        "sc": _NO_CODES,
        "co": _NO_CODES,
        "fds": _NO_CODES,
        "in": _NO_CODES,
        "ns": _NO_CODES,
        "re": _NO_CODES,
        "pe": _NO_CODES,
        "ipd": _NO_CODES,
        "pd": _NO_DATES,
    }

    def operator(self) -> Operator | None:
        token = self.peek()
        tight = self.TIGHTNESS["NEAR"]
        if token.kind == "any":
            message = "% is exactly one word; ONEAR/1 takes none or one"
            self.note(NoteKind.APPROXIMATE, token[1:3], message)
            return Operator("NEAR", tight, 1, ordered=True)
        if token.kind == "near":
            return self._near(token, tight)
        return Reader.operator(self)

    def _near(self, token: Token, tight: float) -> Operator:
        name = token.text.lower()
        if name == "same":
            self.note(NoteKind.CHANGED, token[1:3], "same is PARA here")
            return Operator("PARA", tight)
        number = int(re.sub(r"\D", "", name)[:6] or 1)
        ordered = name.startswith(("adj", "w/"))
        between = max(0, number - 1)
        if between <= MAX_DISTANCE:
            message = f"{token.text} is {'ONEAR' if ordered else 'NEAR'}/{between}, which counts the words between"
            self.note(NoteKind.CHANGED, token[1:3], message)
        return Operator("NEAR", tight, between, ordered)

    def operand(self) -> Node | None:
        token = self.peek()
        if token.kind == "atleast":
            return self._at_least(self.take())
        if token.kind == "compare":
            self.take()
            reason = "articles are not measured by length here" if token.text[:2].lower() == "wc" else str(_NO_DATES)
            self.note(NoteKind.DROPPED, token[1:3], reason)
            return None
        node = Reader.operand(self)
        while self.peek().kind == "first":
            node = self._first(self.take(), node)
        return node

    def _at_least(self, token: Token) -> Node | None:
        child = self.expression(self.TIGHTNESS["FIELD"])
        count = int(token.text[7:][:6])
        self.note(NoteKind.CHANGED, token[1:3], f"{token.text} is ATLEAST/{count} here")
        return None if child is None else AtLeast(count, child, (token.start, child.span[1]))

    def _first(self, token: Token, node: Node | None) -> Node | None:
        count = int(token.text[2:-1][:6])
        message = f"{token.text} is FIRST/{count}, which counts the body's words and takes the title too"
        self.note(NoteKind.APPROXIMATE, token[1:3], message)
        return None if node is None else First(count, node, (node.span[0], token.end))

    def word(self, text: str, span: Span) -> Node | None:
        words, span = self.side_by_side(text, span)
        return self.term(" ".join(self._truncated(word, span) for word in words), span)

    def _truncated(self, word: str, span: Span) -> str:
        head, sign, number = word.partition("$")
        if not sign or (number and not number.isdecimal()):
            return word
        message = f"{word} lets {number or 9} more letters stand; {head}* lets any number"
        self.note(NoteKind.APPROXIMATE, span, message)
        return f"{head}*"

    def implied(self, left: Node, right: Node) -> None:
        span = (left.span[0], right.span[1])
        self.note(NoteKind.CHANGED, span, "side by side means one after the other: ONEAR/0")


def translate(text: str) -> Translation:
    """A Factiva query in our language."""
    return Factiva(text).translate()
