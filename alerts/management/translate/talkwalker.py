"""Talkwalker (developer.talkwalker.com, query syntax): AND NOT, `-term`, `"a b"~n`, many fields."""

import re
from dataclasses import dataclass
from typing import ClassVar

from alerts.management.translate.reader import Dropped, Operator, Reader, Target, Token
from alerts.management.translate.translation import NoteKind, Translation
from alerts.rules.limits import DEFAULT_DISTANCE
from alerts.rules.syntax import ExactField, Node, Span, WordField

_EDGE = r'(?=[\s()"]|$)'
_NO_FIGURES = Dropped("reach, engagement, sentiment and the like are not known here")
_NO_TYPES = Dropped("every source here is news; there are no types of source")


@dataclass(slots=True)
class Talkwalker(Reader):
    """AND before OR where both stand side by side."""

    NAME: ClassVar[str] = "Talkwalker"
    TOKEN: ClassVar[re.Pattern[str]] = re.compile(
        r'\s*(?:(?P<slop>"[^"]*"~\d+)|(?P<phrase>"[^"]*")|(?P<open_quote>"[^"]*$)'
        rf"|(?P<near>(?i:O?NEAR)(?:/\d+)?{_EDGE})"
        rf"|(?P<and>(?i:AND){_EDGE})|(?P<or>(?i:OR){_EDGE})|(?P<not>(?i:NOT){_EDGE}|-(?=[^\s)]))"
        r'|(?P<exactly>\+{1,2}(?=["\w]))|(?P<field>[A-Za-z_]+:(?=\S))'
        r'|(?P<open>\()|(?P<close>\))|(?P<word>[^\s()"]+)|(?P<other>\S))'
    )
    TIGHTNESS: ClassVar[dict[str, float]] = {"OR": 1, "AND": 2, "NOT": 3, "NEAR": 4}
    IMPLIED: ClassVar[str] = "AND"
    OPERANDS: ClassVar[frozenset[str]] = Reader.OPERANDS | {"slop", "exactly"}
    FIELDS: ClassVar[dict[str, Target]] = {
        "title": WordField.TITLE,
        "content": WordField.BODY,
        "author": WordField.AUTHOR,
        "author_name": WordField.AUTHOR,
        "tags": WordField.TAG,
        "site": ExactField.DOMAIN,
        "host_url": ExactField.DOMAIN,
        "domain_url": ExactField.DOMAIN,
        "url": ExactField.URL,
        "lang": ExactField.LANG,
        "sourcecountry": ExactField.COUNTRY,
        "country": ExactField.COUNTRY,
        "sourcetype": _NO_TYPES,
        "posttype": _NO_TYPES,
        "reach": _NO_FIGURES,
        "engagement": _NO_FIGURES,
        "sentiment": _NO_FIGURES,
        "noise": _NO_FIGURES,
        "cluster": _NO_FIGURES,
        "published": Dropped("a rule looks at every article as it comes; it has no dates"),
        "matched_profile": Dropped("there are no profiles here"),
    }

    def operator(self) -> Operator | None:
        token = self.peek()
        if token.kind == "near":
            name, _, number = token.text.partition("/")
            message = "Talkwalker does not say whether it counts the words between; here they are counted"
            self.note(NoteKind.APPROXIMATE, token[1:3], message)
            distance = int(number[:6]) if number else DEFAULT_DISTANCE
            return Operator("NEAR", self.TIGHTNESS["NEAR"], distance, name[0] in "oO")
        return Reader.operator(self)

    def operand(self) -> Node | None:
        token = self.peek()
        if token.kind == "slop":
            self.take()
            number = token.text.rpartition("~")[2]
            message = f"~{number} is NEAR/{number}, which counts the words between, in either order"
            self.note(NoteKind.APPROXIMATE, token[1:3], message)
            return self.slop(token)
        if token.kind == "exactly":
            return self._exactly(self.take())
        return Reader.operand(self)

    def _exactly(self, sign: Token) -> Node | None:
        """`+Apple`, `++"AT&T"`: as it is written."""
        token = self.take()
        span = (sign.start, token.end)
        if token.kind == "word" and ("*" in token.text or "?" in token.text):
            return self.term(token.text, span)
        self.note(NoteKind.CHANGED, span, f"{sign.text}: letters as typed are case(...) here")
        return self.term(token.text.strip('"'), span, cased=True)

    def word(self, text: str, span: Span) -> Node | None:
        if text[0] in "#@":
            self.note(NoteKind.APPROXIMATE, span, f"{text} is searched as a word: articles have no handles or hashtags")
        return self.term(text.lstrip("#@"), span)

    def exact(self, name: str, target: ExactField, value: str, span: Span) -> Node | None:
        if name.lower() == "host_url":
            message = "domain: takes the sub-domains too; host_url: took this host alone"
            self.note(NoteKind.APPROXIMATE, span, message)
        if target is ExactField.DOMAIN:
            value = re.sub(r"https?://|www\.|/+(?=[\s\")]|$)", "", value)
        return Reader.exact(self, name, target, value, span)

    def implied(self, left: Node, right: Node) -> None:
        message = "words side by side: read as AND; put them in quotes if they are a phrase"
        self.note(NoteKind.APPROXIMATE, (left.span[0], right.span[1]), message)


def translate(text: str) -> Translation:
    """A Talkwalker query in our language."""
    return Talkwalker(text).translate()
