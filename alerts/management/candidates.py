"""What the index of the archive is asked for a rule: the words and the facts that an article must have for it to be true."""

from collections.abc import Sequence

from alerts.rules.anchors import parts_needed, required_words
from alerts.rules.frequency import weight
from alerts.rules.syntax import And, ExactField, FieldTest, Node, Not, Or
from core.store.facts import fact
from core.text.addresses import ascii_host, host_of_form

MOST_GROUPS = 8
_MOST_SETS = 200  # of words, one of which must be there

Group = Sequence[Sequence[str]]  # one of its members must be there whole


def groups(tree: Node) -> tuple[list[Group], list[Group]]:
    """Groups of words, and groups with facts in them, the rarest first. What only the article itself can say is in none."""
    words: list[Group] = []
    facts: list[Group] = []
    for part in parts_needed(tree, weight):
        group, has_facts = _group(part)
        found = facts if has_facts else words
        if group is not None and group not in found and len(found) < MOST_GROUPS:
            found.append(group)
    return words, facts


def _group(part: Node) -> tuple[Group | None, bool]:
    """A group for a part, and whether facts are in it."""
    match part:
        case FieldTest():
            word = _fact(part)
            return (None if word is None else [[word]]), True
        case Or(children=children):
            each = [_group(child) for child in children]
            has_facts = any(facts for _, facts in each)
            if not has_facts:
                return required_words(part, weight, _MOST_SETS), False
            members = [member for group, _ in each for member in group or ()]
            whole = all(group is not None for group, _ in each) and len(members) <= _MOST_SETS
            return (members if whole else None), True
        case And(children=children):
            each = [found for child in parts_needed(part, weight) if (found := _group(child))[0] is not None]
            return each[0] if each else (None, False)
        case Not(child=Not(child=child)):
            return _group(child)
        case _:
            return required_words(part, weight, _MOST_SETS), False


def _fact(node: FieldTest) -> str | None:
    """The word of the index for an exact field. Of an address it has the host, where that is whole."""
    value = node.value
    match node.field:
        case ExactField.URL:
            host = host_of_form(value)
            return None if host is None or host.startswith("[") else fact("domain", ascii_host(host))
        case ExactField.DOMAIN:
            return fact("domain", ascii_host(value))
        case ExactField.SOURCE:
            return fact("name", value)
        case name:
            return fact(name.value, value)
