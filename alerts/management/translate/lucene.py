"""Lucene and Elasticsearch query_string: no precedence but required, forbidden and optional clauses, as the classic
parser makes them (Lucene, QueryParserBase.addClause; the default operator is OR)."""

import re
from dataclasses import dataclass
from typing import ClassVar

from alerts.management.translate.reader import Dropped, Reader, Target, Token
from alerts.management.translate.translation import NoteKind, Translation
from alerts.rules.problem import Code
from alerts.rules.syntax import And, ExactField, Node, Not, Or, Regex, Span, WordField

_NO_DATES = Dropped("a rule looks at every article as it comes; it has no dates")
_ESCAPED = re.compile(r"\\(.)")
_SUFFIX = re.compile(r"\.(?:keyword|raw|exact|text|english)$")


@dataclass(slots=True)
class Lucene(Reader):
    """`AND` makes both its sides required; what is neither required nor forbidden beside them only moves the score."""

    NAME: ClassVar[str] = "Lucene"
    TOKEN: ClassVar[re.Pattern[str]] = re.compile(
        r'\s*(?:(?P<slop>"(?:[^"\\]|\\.)*"~\d+)|(?P<phrase>"(?:[^"\\]|\\.)*")|(?P<open_quote>".*)'
        r"|(?P<regex>/(?:[^/\\\n]|\\.)+/)|(?P<and>AND(?=[\s()]|$)|&&)|(?P<or>OR(?=[\s()]|$)|\|\|)"
        r"|(?P<not>NOT(?=[\s()]|$)|!|-(?=\S))|(?P<must>\+(?=\S))|(?P<range>[\[{][^\[\]{}]*[\]}])"
        r"|(?P<boost>\^[\d.]+)|(?P<fuzzy>~[\d.]*)"
        r"|(?P<field>(?:\w|\\.|[.@*-])+:(?=\S))|(?P<open>\()|(?P<close>\))"
        r'|(?P<word>(?:\\.|[^\s()"\\:^~\[\]{}])+)|(?P<other>\S))',
        re.DOTALL,
    )
    TIGHTNESS: ClassVar[dict[str, float]] = {"NOT": 0}
    IMPLIED: ClassVar[str] = "OR"
    OPERANDS: ClassVar[frozenset[str]] = Reader.OPERANDS | {"slop", "regex", "range", "must"}
    FIELDS: ClassVar[dict[str, Target]] = {
        "title": WordField.TITLE,
        "headline": WordField.TITLE,
        "lead": WordField.LEAD,
        "summary": WordField.LEAD,
        "body": WordField.BODY,
        "content": WordField.BODY,
        "text": WordField.BODY,
        "author": WordField.AUTHOR,
        "byline": WordField.AUTHOR,
        "section": WordField.SECTION,
        "category": WordField.SECTION,
        "tag": WordField.TAG,
        "tags": WordField.TAG,
        "keywords": WordField.TAG,
        "source": ExactField.SOURCE,
        "publisher": ExactField.SOURCE,
        "domain": ExactField.DOMAIN,
        "host": ExactField.DOMAIN,
        "site": ExactField.DOMAIN,
        "url": ExactField.URL,
        "lang": ExactField.LANG,
        "language": ExactField.LANG,
        "country": ExactField.COUNTRY,
        "date": _NO_DATES,
        "published": _NO_DATES,
        "published_at": _NO_DATES,
        "timestamp": _NO_DATES,
        "@timestamp": _NO_DATES,
        "_exists_": Dropped("whether a field is there cannot be asked"),
        "*": Dropped("every article is meant, which says nothing"),
    }

    def expression(self, least: float, *, optional: bool = False) -> Node | None:  # noqa: ARG002 - no precedence here
        """The clauses of one level."""
        must: list[Node] = []
        should: list[Node] = []
        forbidden: list[Node] = []
        last = must
        side_by_side = False
        while True:
            joint = self._joint()
            sign = self.take().kind if self.peek().kind in ("not", "must") else ""
            if self.peek().kind not in self.OPERANDS:
                if joint or sign or not (must or should or forbidden or optional):
                    self.wrong(Code.MISSING_OPERAND, self.peek()[1:3], "something to search for is missing here")
                break
            if joint == "and" and last is should and should:
                must.append(should.pop())
            node = Reader.unary(self)
            last = forbidden if sign == "not" else must if sign or joint == "and" else should
            side_by_side |= not joint and last is should and bool(should)
            if node is not None:
                last.append(node)
        return self._together(must, should, forbidden, side_by_side=side_by_side)

    def _joint(self) -> str:
        """`and` or `or`, where one is written."""
        joint = ""
        while self.peek().kind in ("and", "or"):
            joint = self.take().kind
        return joint

    def _together(
        self, must: list[Node], should: list[Node], forbidden: list[Node], *, side_by_side: bool
    ) -> Node | None:
        parts = list(must)
        if must and should:
            for node in should:
                message = (
                    "beside a required part Lucene takes this for the score only; use parentheses if it was to count"
                )
                self.note(NoteKind.DROPPED, node.span, message)
        elif should:
            span = (should[0].span[0], should[-1].span[1])
            if side_by_side:
                self.note(NoteKind.CHANGED, span, "side by side means OR in Lucene")
            flat = tuple(part for node in should for part in self._parts(node, Or))
            parts.append(should[0] if len(should) == 1 else Or(flat, span))
        parts += [Not(node, node.span) for node in forbidden]
        if len(parts) < 2:
            return parts[0] if parts else None
        flat = tuple(part for node in parts for part in self._parts(node, And))
        return And(flat, (min(p.span[0] for p in flat), max(p.span[1] for p in flat)))

    def operand(self) -> Node | None:
        token = self.peek()
        match token.kind:
            case "slop":
                self.take()
                ordered = token.text.endswith(("~0", "~1"))
                self._note_slop(token, ordered=ordered)
                return self._fuzzy(self.slop(token._replace(text=_ESCAPED.sub(r" \1 ", token.text)), ordered=ordered))
            case "regex":
                self.take()
                message = "Lucene holds it against one whole word; here it is searched in the text of a field"
                self.note(NoteKind.APPROXIMATE, token[1:3], message)
                return Regex(token.text[1:-1], token[1:3])
            case "range":
                self.take()
                self.note(NoteKind.DROPPED, token[1:3], "there are no ranges here")
                return None
            case _:
                return self._fuzzy(Reader.operand(self))

    def _note_slop(self, token: Token, *, ordered: bool) -> None:
        message = "slop counts moves, and a change of order costs two; NEAR counts the words between in either order"
        if ordered:
            message = "slop under two keeps the order: ONEAR"
        self.note(NoteKind.CHANGED if ordered else NoteKind.APPROXIMATE, token[1:3], message)

    def _fuzzy(self, node: Node | None) -> Node | None:
        if self.peek().kind == "fuzzy":
            token = self.take()
            message = f"{token.text}: words are searched as they are written; list the other spellings"
            self.note(NoteKind.APPROXIMATE, token[1:3], message)
        return node

    def word(self, text: str, span: Span) -> Node | None:
        if text == "*":
            self.note(NoteKind.DROPPED, span, "every article is meant, which says nothing")
            return None
        return self.term(_ESCAPED.sub(lambda m: " " if m[1] in "*?" else m[1], text), span)

    def phrase(self, token: Token) -> Node | None:
        """No wildcards between quotes in Lucene."""
        text = re.sub(r"[*?]", " ", _ESCAPED.sub(r"\1", token.text[1:-1]))
        return self.term(text.replace('"', " "), (token.start, token.end))

    def exact(self, name: str, target: ExactField, value: str, span: Span) -> Node | None:
        """Values side by side are an OR, too."""
        if value.startswith("(") and '"' not in value:
            value = f"({','.join(v for v in value[1:-1].split() if v not in ('OR', '||'))})"
        return Reader.exact(self, name, target, value, span)

    def scoped(self, token: Token, name: str, end: int) -> Node | None:
        plain = _SUFFIX.sub("", name.replace("\\", ""))
        return Reader.scoped(self, token, plain, end)


def translate(text: str) -> Translation:
    """A Lucene or Elasticsearch query_string in our language."""
    return Lucene(text).translate()
