"""The forms that a rule looks for, for who reads the rule: each can be struck out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from alerts.rules.comments import carried, without_comments
from alerts.rules.forms.context import forms_with_languages
from alerts.rules.forms.dictionary import TooManyForms
from alerts.rules.forms.expansion import Expansion, expansion
from alerts.rules.forms.form import Form
from alerts.rules.printer import print_rule
from alerts.rules.scanner import as_read
from alerts.rules.syntax import Forms, Node
from alerts.rules.terms import words_in

MOST_SHOWN = 200  # forms of one `forms(...)`: a phrase may have thousands


@dataclass(frozen=True, slots=True)
class FormList:
    """What one `forms(...)` stands for. `langs`: the languages taken; `told`: from the letters of the words, as neither the rule nor
    `forms:xx` says one. `shown`: the first forms; `many`: how many there are. `beside`: those that count in articles of one language
    alone; MOST_SHOWN in all."""

    start: int
    end: int
    text: str
    langs: tuple[str, ...]
    told: bool
    shown: tuple[tuple[Form, bool], ...]  # and whether it is left out
    many: int
    beside: tuple["FormsBeside", ...] = ()


@dataclass(frozen=True, slots=True)
class FormsBeside:
    """Forms that count in articles of each of these languages. `many`: how many there are."""

    langs: tuple[str, ...]
    shown: tuple[tuple[Form, bool], ...]
    many: int


def form_lists(tree: Node) -> Iterator[FormList]:
    """Those of a rule that was read, in the order of its text."""
    for node, langs in forms_with_languages(tree):
        try:
            found = expansion(node, langs)
        except TooManyForms:
            continue
        shown, many = _shown(found, found.forms)
        beside = tuple(_beside(found))
        yield FormList(*node.span, node.text, found.langs, found.told, shown, many, beside)


def _shown(
    found: Expansion, forms: Sequence[Form], most: int = MOST_SHOWN
) -> tuple[tuple[tuple[Form, bool], ...], int]:
    """The first forms, and whether each is left out; how many are not."""
    struck = [found.is_struck(form) for form in forms]
    return tuple(zip(forms[:most], struck[:most], strict=True)), len(forms) - sum(struck)


def _beside(found: Expansion) -> Iterator[FormsBeside]:
    """Each language has its first ones, the same number at most, so that none is without."""
    most = MOST_SHOWN // max(len(found.beside), 1)
    for one in found.beside:
        yield FormsBeside(one.langs, *_shown(found, one.forms, most))


def without_form(tree: Node, text: str, start: int, form: str) -> str:
    """The rule's text with a form left out of the `forms(...)` at a place, or in it again where it is left out. Comments stay."""
    bare = without_comments(text)
    for node, _ in forms_with_languages(tree):
        if node.span[0] == start:
            first, last = _inside(as_read(bare), node.span)
            return carried(text, bare[:first] + print_rule(_changed(node, form)) + bare[last:])
    return text


def _changed(node: Forms, form: str) -> Forms:
    folded = words_in(form).patterns
    kept = tuple(one for one in node.struck if words_in(one).patterns != folded)
    return replace(node, struck=kept if kept != node.struck else (*node.struck, form))


def _inside(text: str, span: tuple[int, int]) -> tuple[int, int]:
    """The place of `forms(...)` within the parentheses that its span has."""
    first, last = span
    while text[first] == "(":
        first += 1
        last -= 1
        first += len(text[first:last]) - len(text[first:last].lstrip())
        last -= len(text[first:last]) - len(text[first:last].rstrip())
    return first, last
