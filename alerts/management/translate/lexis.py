"""Lexis and Nexis (classic, Lexis+): OR binds tightest, then /n, /s, /p, and, and not; words side by side are a phrase."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar

from alerts.management.translate.reader import Dropped, Operator, Reader, Target, Token
from alerts.management.translate.translation import NoteKind, Translation
from alerts.rules.limits import MAX_DISTANCE
from alerts.rules.problem import Code
from alerts.rules.syntax import And, AtLeast, ExactField, Node, Not, Or, Span, Term, Unit, Within, WordField

_EDGE = r'(?=[\s()"]|$)'
_NO_DATES = Dropped("a rule looks at every article as it comes; it has no dates")
_NO_TERMS = Dropped("there are no index terms here; search for the words themselves")
_SEGMENTS: dict[str, Target] = {
    "headline": WordField.TITLE,
    "title": WordField.TITLE,
    "hlead": WordField.HLEAD,
    "lead": WordField.LEAD,
    "body": WordField.BODY,
    "text": WordField.BODY,
    "byline": WordField.AUTHOR,
    "author": WordField.AUTHOR,
    "section": WordField.SECTION,
    "publication": ExactField.SOURCE,
    "source": ExactField.SOURCE,
    "language": ExactField.LANG,
    "country": ExactField.COUNTRY,
    "length": Dropped("articles are not measured by length here"),
    "date": _NO_DATES,
    "subject": _NO_TERMS,
    "terms": _NO_TERMS,
    "company": _NO_TERMS,
    "industry": _NO_TERMS,
    "geographic": _NO_TERMS,
    "person": _NO_TERMS,
    "ticker": _NO_TERMS,
    "publication-type": _NO_TERMS,
}
_FORMS = "allcaps|nocaps|caps|singular|plural"
_COMPARE = r"(?:length|date)\s*(?:[<>=]+|(?:is|aft|bef|geq|leq)\b)\s*[^\s()]+"


@dataclass(slots=True)
class Lexis(Reader):
    """Connectors in either case. Regular plurals, which Lexis finds by itself, get one note."""

    plurals_told: bool = False

    NAME: ClassVar[str] = "Lexis"
    TOKEN: ClassVar[re.Pattern[str]] = re.compile(
        r'\s*(?:(?P<phrase>"[^"]*")|(?P<open_quote>"[^"]*$)'
        rf"|(?P<near>(?i:(?:not\s*)?(?:w/|pre/|near/|onear/|/|\+)(?:\d+|sent|s|para|p|seg)){_EDGE})"
        rf"|(?P<except>(?i:(?:and|but)\s+not){_EDGE})"
        rf"|(?P<and>(?i:and){_EDGE}|&{_EDGE})|(?P<or>(?i:or){_EDGE})|(?P<not>(?i:not){_EDGE})"
        rf"|(?P<compare>(?i:{_COMPARE}))|(?P<atleast>(?i:atleast)\s*/?\d+(?=\s*\())|(?P<form>(?i:{_FORMS})(?=\s*\())"
        rf"|(?P<field>(?i:{'|'.join(_SEGMENTS)})(?=\s*\())"
        r'|(?P<open>\()|(?P<close>\))|(?P<word>[^\s()"]+)|(?P<other>\S))'
    )
    TIGHTNESS: ClassVar[dict[str, float]] = {
        "NOT": 1,
        "AND": 2,
        "PARA": 4,
        "SENT": 5,
        "NEAR": 6,
        "OR": 8,
        "ADJACENT": 9,
    }
    IMPLIED: ClassVar[str] = "ADJACENT"
    OPERANDS: ClassVar[frozenset[str]] = Reader.OPERANDS | {"atleast", "form", "compare"}
    FIELDS: ClassVar[dict[str, Target]] = _SEGMENTS

    def operator(self) -> Operator | None:
        token = self.peek()
        if token.kind == "except":
            return Operator("NOT", self.TIGHTNESS["NOT"])
        return self._near(token) if token.kind == "near" else Reader.operator(self)

    def _near(self, token: Token) -> Operator:
        """`w/5`, `/5`, `pre/5`, `+5`, `not w/5`, `w/s`, `+p`, `/seg`; a smaller number binds tighter."""
        text = token.text.lower()
        negated = text.startswith("not")
        ordered = "pre" in text or "+" in text or "onear" in text
        reach = re.split(r"[/+]", text)[-1]
        if reach.isdecimal():
            return Operator("NEAR", self.TIGHTNESS["NEAR"] + 1 / (1 + int(reach[:6])), int(reach[:6]), ordered, negated)
        name = {"s": "SENT", "p": "PARA"}.get(reach[0] if reach != "seg" else "", "AND")
        return Operator(name, self.TIGHTNESS[name] + (name == "AND"), 0, ordered, negated)

    def joined(self, operator: Operator, at: Span, left: Node | None, right: Node | None) -> Node | None:
        written = self.text[at[0] : at[1]]
        both = left is not None and right is not None
        if operator.name == "NEAR" and both and operator.number <= MAX_DISTANCE:
            name = ("NOT " if operator.negated else "") + ("ONEAR" if operator.ordered else "NEAR")
            message = f"{written} is {name}/{operator.number}, which counts the words between; Lexis does not say what it counts"
            self.note(NoteKind.APPROXIMATE, at, message)
        elif operator.name in ("SENT", "PARA") and left is not None and right is not None:
            return self._unit(operator, at, left, right)
        elif operator.name == "AND" and "seg" in written.lower() and both:
            self.note(NoteKind.APPROXIMATE, at, f"{written} is AND here, in any field of the article")
        return Reader.joined(self, operator, at, left, right)

    def _unit(self, operator: Operator, at: Span, left: Node, right: Node) -> Node:
        unit, span = Unit(operator.name), (left.span[0], right.span[1])
        within = self.apart(Within(left, right, unit, span))
        if operator.negated:
            message = f"no {unit.value} can be denied of one place: the whole article must hold none"
            self.note(NoteKind.APPROXIMATE, at, message)
            return And((left, Not(within, span)), span)
        ordered = ", in either order" if operator.ordered else ""
        kind = NoteKind.APPROXIMATE if operator.ordered else NoteKind.CHANGED
        self.note(kind, at, f"{self.text[at[0] : at[1]]} is {unit.value} here{ordered}")
        return within

    def operand(self) -> Node | None:
        token = self.peek()
        match token.kind:
            case "compare":
                self.take()
                self.note(NoteKind.DROPPED, token[1:3], str(_SEGMENTS[re.split(r"[\s<>=]", token.text.lower())[0]]))
                return None
            case "atleast":
                self.take()
                count = int(re.sub(r"\D", "", token.text)[:6])
                child = self.group(self.take())
                self.note(NoteKind.CHANGED, token[1:3], f"{token.text} is ATLEAST/{count} here")
                return None if child is None else AtLeast(count, child, (token.start, child.span[1]))
            case "form":
                self.take()
                told, self.plurals_told = self.plurals_told, True
                child = self.group(self.take())
                self.plurals_told = told
                return self._form(token, child)
            case _:
                return Reader.operand(self)

    def _form(self, token: Token, child: Node | None) -> Node | None:
        if child is None:
            return None
        name = token.text.lower()
        span = (token.start, child.span[1])
        if name in ("singular", "plural"):
            self.note(NoteKind.CHANGED, token[1:3], f"{token.text}: words are searched as they are written here")
            return child
        if name == "caps":
            message = "CAPS: letters as typed, and all capitals; other mixtures are not found"
            self.note(NoteKind.APPROXIMATE, token[1:3], message)
            return self._cased(child, lambda text: (text if text != text.lower() else text.title(), text.upper()), span)
        self.note(NoteKind.CHANGED, token[1:3], f"{token.text} is case(...) here")
        return self._cased(child, lambda text: (text.upper() if name == "allcaps" else text.lower(),), span)

    def _cased(self, node: Node, forms: Callable[[str], tuple[str, ...]], span: Span) -> Node | None:
        match node:
            case Term(shown=shown):
                found = [self.term(text, span, cased=True) for text in dict.fromkeys(forms(shown))]
                terms = tuple(term for term in found if term is not None)
                return terms[0] if len(terms) == 1 else Or(terms, span)
            case Or(children=children):
                below = [self._cased(child, forms, span) for child in children]
                parts = tuple(part for one in below if one is not None for part in self._parts(one, Or))
                return replace(node, children=parts)
            case _:
                self.wrong(Code.BAD_OPERAND, node.span, "capitals can be asked of words and phrases only")
                return None

    def word(self, text: str, span: Span) -> Node | None:
        return self._spelled(*self.side_by_side(text, span))

    def phrase(self, token: Token) -> Node | None:
        return self._spelled(token.text.strip('"').split(), (token.start, token.end))

    def _spelled(self, words: list[str], span: Span) -> Node | None:
        """`!` is our star; `*` is one letter, or none at a word's end."""
        if any("?" in word for word in words):
            self.wrong(Code.BAD_WILDCARD, span, "`?` is no sign of Lexis: `*` is one letter, `!` any number")
            return None
        ours = " ".join(re.sub(r"!$", "*", re.sub(r"\*", "?", word)) for word in words)
        if not self.plurals_told and "*" not in ours and "?" not in ours:
            self.plurals_told = True
            asked = f'"{ours}"' if " " in ours else ours
            message = f"Lexis finds regular plurals too; here {ours} is found as it is written, forms:en({asked}) in the plural too"
            self.note(NoteKind.APPROXIMATE, span, message)
        forms = [ours]
        while len(words) == 1 and forms[-1].endswith("?"):
            forms.append(forms[-1][:-1])
        if len(words) > 1 and "? " in f"{ours} ":
            self.note(NoteKind.APPROXIMATE, span, "`*` at a word's end in a phrase is exactly one letter here")
        elif len(forms) > 1:
            self.note(NoteKind.CHANGED, span, "`*` at a word's end is one letter or none; both are written out")
        found = [self.term(form, span) for form in reversed(forms)]
        terms = tuple(term for term in found if term is not None)
        if len(terms) < 2:
            return terms[0] if terms else None
        either = Or(terms, span)
        self.grouped[id(either)] = either
        return either

    def implied(self, left: Node, right: Node) -> None:
        span = (left.span[0], right.span[1])
        self.note(NoteKind.CHANGED, span, "side by side means one after the other: ONEAR/0")


def translate(text: str) -> Translation:
    """A Lexis or Nexis query in our language."""
    return Lexis(text).translate()
