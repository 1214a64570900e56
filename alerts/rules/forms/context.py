"""The languages that a rule's own `lang:` says for the words beside it."""

from collections.abc import Iterator

from alerts.rules.syntax import And, ExactField, FieldTest, Forms, Node, Or
from alerts.rules.walk import children_of


def said_by(node: And) -> tuple[str, ...]:
    """The languages of `lang:ru AND ...`, `lang:(ru OR uk) AND ...`; () where none is said."""
    for child in node.children:
        tests = child.children if isinstance(child, Or) else (child,)
        found = [test.value for test in tests if isinstance(test, FieldTest) and test.field is ExactField.LANG]
        if len(found) == len(tests):
            return tuple(dict.fromkeys(value.split("-")[0] for value in found))
    return ()


def forms_with_languages(node: Node, langs: tuple[str, ...] = ()) -> Iterator[tuple[Forms, tuple[str, ...]]]:
    """Every `forms(...)` of a tree, with the languages that its rule says for it."""
    if isinstance(node, Forms):
        yield node, langs
    inside = (said_by(node) or langs) if isinstance(node, And) else langs
    for child in children_of(node):
        yield from forms_with_languages(child, inside)
