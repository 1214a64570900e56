"""The quick reading of plain rules makes the parser's tree, or none."""

import json
import random
from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from alerts.rules.checks import has_anchor
from alerts.rules.parser import read_with_care
from alerts.rules.printer import print_rule
from alerts.rules.quick import quick
from tests.data_shared import shared
from tests.effort import tries
from tests.rule_generator import RuleMaker

PIECES = (
    'a Russia "North Korea" “Köln” weapon* organi?ation 북한 F-16 N.Korea ab* AND OR NOT AND OR ( ) ( ) ,'
    " NEAR/3 ONEAR/2 NEAR NEAR/99 SENT PARA title: title:Kim hlead:( lang:en domain:reuters.com lang:("
    ' titel:x Title:x and @dprk KOF/2( case(US) /x/ w/5 -b "a b"~3 "" " * ~ 3,000 _ é\u0301 ﬁn AND( title:"x y"'
).split(" ")


def agrees(text: str) -> bool:
    """Whether it was read quickly; where it was, the parser reads the same, places included."""
    tree = quick(text)
    if tree is None:
        return False
    careful = read_with_care(text)
    if careful.tree is None:
        assert [p.code.value for p in careful.problems] == ["no-anchor"], text
        assert not has_anchor(tree)
        assert "NOT" in text or ":" in text
    else:
        assert repr(tree) == repr(careful.tree), text
    return True


@tries(300)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=12), st.sampled_from((" ", "", "  ", "\n")))
def test_what_is_read_quickly_is_read_as_the_parser_reads_it(pieces: list[str], space: str) -> None:
    agrees(space.join(pieces))


def test_so_it_is_on_random_rows_of_pieces() -> None:
    rng = random.Random(1)
    quickly = sum(agrees(" ".join(rng.choices(PIECES, k=rng.randint(1, 7)))) for _ in range(15_000))
    assert quickly > 500


def test_most_rules_of_a_desk_are_read_quickly() -> None:
    rng = random.Random(2)
    with shared("data", "stories", "articles.jsonl").open(encoding="utf-8") as lines:
        texts = [json.loads(line)["text"][:2000] for line in islice(lines, 40)]
    maker = RuleMaker(rng, texts)
    rules = [print_rule(maker.rule(rng.choice(texts))) for _ in range(2000)]
    assert sum(map(agrees, rules)) > len(rules) / 3
