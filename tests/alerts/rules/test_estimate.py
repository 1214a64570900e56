"""What a rule will cost is told from the words and lists that it is found by."""

from alerts.rules.aliases import AliasSet
from alerts.rules.estimate import CostEstimate, estimated
from alerts.rules.expand import expand
from alerts.rules.parser import parse

ALIASES = AliasSet.of([("firms", [*(f"firm{k} limited" for k in range(500)), "NOT firm list"])])


def cost(text: str) -> CostEstimate:
    tree = parse(text, aliases=ALIASES).tree
    assert tree is not None
    return estimated(expand(tree, ALIASES))


def test_a_list_costs_what_its_terms_cost_and_no_more_than_always() -> None:
    assert cost("vladivostok").share < cost("@firms").share < 1
    assert cost("@firms AND vladivostok").share == cost("vladivostok").share


def test_a_common_word_is_looked_at_more_often_than_a_rare_one_and_never_more_than_always() -> None:
    assert cost("vladivostok").share < cost("said").share <= 1
    assert cost("of OR the OR and").share == 1
    assert cost("vladivostok").microseconds < cost("said").microseconds
