"""Meltwater (help.meltwater.com 4064557, 4064566): NOT before AND before OR; NEAR counts the words between, as ours does."""

import re
from dataclasses import dataclass
from typing import ClassVar

from alerts.management.translate.reader import Dropped, Operator, Reader, Target
from alerts.management.translate.translation import NoteKind, Translation
from alerts.rules.limits import DEFAULT_DISTANCE
from alerts.rules.syntax import AtLeast, ExactField, Node, Span, WordField

_EDGE = r'(?=[\s()"]|$)'
_NO_DATES = Dropped("a rule looks at every article as it comes; it has no dates")
_NO_FIGURES = Dropped("reach, sentiment and the like are not known here")


@dataclass(slots=True)
class Meltwater(Reader):
    """Operators in either case; words side by side are asked for in quotes."""

    NAME: ClassVar[str] = "Meltwater"
    TOKEN: ClassVar[re.Pattern[str]] = re.compile(
        r'\s*(?:(?P<phrase>"[^"]*")|(?P<open_quote>"[^"]*$)'
        rf"|(?P<near>(?i:O?NEAR)(?:/\d+)?{_EDGE})"
        rf"|(?P<and>(?i:AND){_EDGE})|(?P<or>(?i:OR){_EDGE})|(?P<not>(?i:NOT){_EDGE})"
        r"|(?P<atleast>(?i:ATLEAST)/?\d+(?=\s*\())|(?P<field>[A-Za-z_.]+:(?=\S))"
        r'|(?P<boost>\^[\d.]+)|(?P<open>\()|(?P<close>\))|(?P<word>[^\s()"^]+)|(?P<other>\S))'
    )
    TIGHTNESS: ClassVar[dict[str, float]] = {"OR": 1, "AND": 2, "NOT": 3, "NEAR": 4}
    IMPLIED: ClassVar[str] = "AND"
    OPERANDS: ClassVar[frozenset[str]] = Reader.OPERANDS | {"atleast"}
    FIELDS: ClassVar[dict[str, Target]] = {
        "title": WordField.TITLE,
        "headline": WordField.TITLE,
        "ingress": WordField.LEAD,
        "lead": WordField.LEAD,
        "opening": WordField.LEAD,
        "body": WordField.BODY,
        "author": WordField.AUTHOR,
        "section": WordField.SECTION,
        "source": ExactField.SOURCE,
        "sourcename": ExactField.SOURCE,
        "url": ExactField.URL,
        "domain": ExactField.DOMAIN,
        "site": ExactField.DOMAIN,
        "lang": ExactField.LANG,
        "language": ExactField.LANG,
        "country": ExactField.COUNTRY,
        "date": _NO_DATES,
        "sentiment": _NO_FIGURES,
        "reach": _NO_FIGURES,
    }

    def operator(self) -> Operator | None:
        token, ahead = self.peek(), 0
        if token.kind == "not" and self.peek(1).kind == "near":
            token, ahead = self.peek(1), 1
        if token.kind != "near":
            return Reader.operator(self)
        name, _, number = token.text.partition("/")
        distance = int(number[:6]) if number else DEFAULT_DISTANCE
        return Operator("NEAR", self.TIGHTNESS["NEAR"], distance, name[0] in "oO", ahead == 1, 1 + ahead)

    def operand(self) -> Node | None:
        if self.peek().kind != "atleast":
            return Reader.operand(self)
        token = self.take()
        count = int(re.sub(r"\D", "", token.text)[:6])
        child = self.group(self.take())
        return None if child is None else AtLeast(count, child, (token.start, child.span[1]))

    def word(self, text: str, span: Span) -> Node | None:
        if text[0] in "#@":
            self.note(NoteKind.APPROXIMATE, span, f"{text} is searched as a word: articles have no handles or hashtags")
        return self.term(text.lstrip("#@"), span)

    def implied(self, left: Node, right: Node) -> None:
        message = "words side by side: read as AND; put them in quotes if they are a phrase"
        self.note(NoteKind.APPROXIMATE, (left.span[0], right.span[1]), message)


def translate(text: str) -> Translation:
    """A Meltwater query in our language."""
    return Meltwater(text).translate()
