"""Texts that nobody writes: the judge and the matcher take time in proportion to their length, and none makes them raise.

Processor time is compared with itself, as in tests/ingest/parse/test_linear.py.
"""

import time
from collections.abc import Callable

import pytest

from core.model.outcome import StoryVerdict
from core.text.document import prose
from ingest.story.memory import StoryMemory
from ingest.story.numbers import tokens_of
from ingest.story.words import CODES, language
from tests.ingest.story.cases import made

pytestmark = pytest.mark.usefixtures("own_garbage")

N = 6000
MOST_RATIO = 9.0  # 4 where it is linear, 16 where it is quadratic
TOO_QUICK_SECONDS = 0.5
REPORT = (
    "The harbour authority closed three terminals on Monday after a fire, officials said. Two people died in the blaze. "
    "The minister Jane Doe will visit on Tuesday, her office said, and the port will open again within the week. "
)
UNITS = [
    ".",
    ". ",
    "!?",
    "…",
    "。",
    ".)",
    '."',
    "百",
    "三十",
    "万",
    "이십",
    "1 ",
    "❶",
    "a ",
    "1,",
    "x y z w.\n\n",
    "It went well today. ",
]


def judged(more: str) -> list[StoryVerdict]:
    memory = StoryMemory()
    texts = (("a", f"{REPORT}\n\n{more}"), ("b", f"{REPORT}\n\n{more} more two"), ("a", f"{REPORT}\n\nthree {more}"))
    told = [memory.judge(made(("Fire closes terminals", text), f"https://{name}.example/1")) for name, text in texts]
    return [one.verdict for one in told]


def seconds(do: Callable[[str], object], text: str) -> float:
    began = time.thread_time()
    do(text)
    return time.thread_time() - began


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("do", [judged, prose], ids=["judge", "match"])
def test_a_text_costs_its_length(do: Callable[[str], object], unit: str) -> None:
    do(unit)
    for _ in range(3):  # a busy machine may spoil one comparison, hardly three
        once, four_times = seconds(do, unit * N), seconds(do, unit * (4 * N))
        if four_times < max(MOST_RATIO * once, TOO_QUICK_SECONDS):
            return
    pytest.fail(f"{once:.3f} s for a length, {four_times:.3f} s for four times of it")


def test_very_many_sentences_that_share_eight_words_with_a_very_long_one_cost_their_length() -> None:
    shared = "ships wait outside the port until the wind has dropped"

    def compared(unit: str) -> None:
        memory = StoryMemory()
        memory.judge(made(("port closed", f"{shared} {unit}"), "https://one.example/1"))
        lines = ". ".join(f"{shared} x{n}" for n in range(len(unit.split()) // 8))
        memory.judge(made(("port closed", lines), "https://two.example/1"))

    for _ in range(3):
        once, four_times = seconds(compared, "and so on " * N), seconds(compared, "and so on " * 4 * N)
        if four_times < max(MOST_RATIO * once, TOO_QUICK_SECONDS):
            return
    pytest.fail(f"{once:.3f} s for a length, {four_times:.3f} s for four times of it")


@pytest.mark.parametrize("sign", ["❶", "➀", "𐩀", "፩", "²", "①", "Ⅷ", "½", "٣", "௧"])
@pytest.mark.parametrize("code", CODES)
def test_a_sign_for_a_number_is_read_or_left_alone(sign: str, code: str) -> None:
    for text in (sign, f"{sign} ministers", f"3{sign}", f"{sign}0", f"1,{sign}", f"3{sign}rd", f"the {sign}st"):
        tokens_of(text, language(code))
    assert judged(f"{sign} Ministers agree on the new bridge. {sign * 3} Ships wait for it at the pier.")
