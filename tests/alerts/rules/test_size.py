"""How large a rule is once its lists stand for their terms."""

import pytest

from alerts.rules.aliases import AliasSet
from alerts.rules.parser import parse
from alerts.rules.size import RuleSize, size_of

ALIASES = AliasSet.of([("names", ["Kim", "Lee", "NOT Kim Il"]), ("more", ["@names", "Park"])])


@pytest.mark.parametrize(
    ("query", "size"),
    [
        ("arms", RuleSize(1, 1)),
        ("arms AND lang:en", RuleSize(2, 1)),
        ("@names AND arms", RuleSize(2, 4)),
        ("@names NEAR/3 arms OR title:@names", RuleSize(3, 4)),
        ("@more", RuleSize(2, 4)),
    ],
)
def test_a_list_is_one_clause_and_its_terms_count_once(query: str, size: RuleSize) -> None:
    tree = parse(query, aliases=ALIASES).tree
    assert tree is not None
    assert size_of(tree, ALIASES) == size
