"""Reading a rule, ours or another system's, takes time in proportion to its length, whatever stands in it."""

import time
from collections.abc import Callable

import pytest

from alerts.management.translate.registry import DIALECTS, translate
from alerts.rules.aliases import AliasSet
from alerts.rules.parser import parse

pytestmark = pytest.mark.usefixtures("own_garbage")

ALIASES = AliasSet.of([("dprk", ["North Korea", "북한"])])
UNITS = (
    '( ) NOT_ - "a "a"_ a_NEAR/3_ a_AND_ a_OR_ title: title:_ KOF/1( / /a_ a_ a, @dprk_ @x_ ? *_ &&_ and_ 북 é_ a_AND_b_OR_'
    " lang:( lang:(en_OR_ case( !_ abc*_ « ab*_ (a)_ 3,000_ a_NOT_NEAR_ ' \\ [ { a: hd= la=( caps( w/3_ ~1 +a_ '\"a\"~5_ NEAR(a,_ NEAR(( ~a_ (a_b)_"
).split()
TRIES = 12


def parse_ours(text: str) -> object:
    return parse(text, aliases=ALIASES)


def seconds(read: Callable[[str], object], unit: str, length: int) -> float:
    """Of processor time, which other processes do not take away, but make longer."""
    text = unit * (length // len(unit))
    began = time.thread_time()
    read(text)
    return time.thread_time() - began


@pytest.mark.parametrize("unit", [unit.replace("_", " ") for unit in UNITS])
@pytest.mark.parametrize("language", ["ours", *DIALECTS])
def test_four_times_the_text_takes_about_four_times_as_long(language: str, unit: str) -> None:
    """Twice as long for twice the text would be 4; its square would be 16."""

    def read(text: str) -> object:
        return parse_ours(text) if language == "ours" else translate(text, language)

    small = large = float("inf")
    for _ in range(
        TRIES
    ):  # a machine that is busy makes a measure longer, never shorter: the least of several is right
        small = min(small, seconds(read, unit, 2000), seconds(read, unit, 2000))
        large = min(large, seconds(read, unit, 8000))
        if large < 7 * small + 0.001:
            return
    pytest.fail(f"{large / small:.1f} times as long")
