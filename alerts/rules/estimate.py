"""What a rule will cost, told before it runs."""

from dataclasses import dataclass

from alerts.rules.anchors import share_of
from alerts.rules.cost import STEP_SECONDS
from alerts.rules.frequency import weight
from alerts.rules.syntax import Node, Regex
from alerts.rules.walk import nodes_of

_REGEX_SECONDS = 100e-6  # of an expression over an article, roughly


@dataclass(frozen=True, slots=True)
class CostEstimate:
    """`share`: of articles that the rule is expected to be looked at for, 0 to 1; `microseconds`: what looking at it takes, on average
    over all articles. Rules that name the same list share what finding it takes, which is not counted."""

    share: float
    microseconds: float


def estimated(tree: Node) -> CostEstimate:
    """The cost of a rule whose aliases have been replaced by their terms."""
    nodes = list(nodes_of(tree))
    share = min(share_of(tree, weight), 1.0)
    regexes = sum(isinstance(node, Regex) for node in nodes)
    seconds = share * (len(nodes) * STEP_SECONDS + regexes * _REGEX_SECONDS)
    return CostEstimate(round(share, 6), round(1e6 * seconds, 3))
