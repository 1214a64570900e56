"""How large a rule is once its aliases and `forms(...)` stand for their terms: what matching it may cost. Pure."""

from dataclasses import dataclass

from alerts.rules.aliases import AliasSet
from alerts.rules.expand import expand
from alerts.rules.syntax import Comparison, FieldTest, Listed, Node, Regex, Term
from alerts.rules.walk import nodes_of


@dataclass(frozen=True, slots=True)
class RuleSize:
    """`clauses`: a list is one, whatever its length. `terms`: words and phrases that are looked for, those of lists and their
    exclusions among them; of a list that is named twice once."""

    clauses: int
    terms: int


NOTHING = RuleSize(0, 0)


def size_of(tree: Node, aliases: AliasSet) -> RuleSize:
    """Of a rule without problems."""
    clauses = terms = 0
    lists: dict[int, Listed] = {}
    for node in nodes_of(expand(tree, aliases)):
        match node:
            case Term():
                clauses, terms = clauses + 1, terms + 1
            case Listed():
                clauses += 1
                lists[id(node.terms)] = node
            case FieldTest() | Regex() | Comparison():
                clauses += 1
            case _:
                pass
    return RuleSize(clauses, terms + sum(len(one.terms) + len(one.exclude) for one in lists.values()))
