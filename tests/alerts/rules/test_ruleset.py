"""A set of rules finds what the rules say: the same truth as the reference evaluator, the same evidence as the explainer."""

import os
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

import pytest

from alerts.rules import syntax as s
from alerts.rules.aliases import AliasSet
from alerts.rules.cost import Effort
from alerts.rules.engine import Engine, choose, machine_code_installed, unloadable
from alerts.rules.explain import explain
from alerts.rules.parser import Parsed, parse
from alerts.rules.ruleset import RuleSet
from core.model.article import Article
from core.text.document import Document
from tests.effort import scaled
from tests.reference_articles import article, articles, facts, fields, in_all_scripts
from tests.reference_evaluator import Fields, true
from tests.rule_generator import RuleMaker

if TYPE_CHECKING:
    from alerts.rules.native.segments import SegmentedRules

RULES, ARTICLES = scaled(1000), 50  # a seed
# The kernels as plain Python where WIREWATCH_MATCHER=plain asks for it: the same tests, with every bound checked.
KERNELS = "plain" if os.environ.get("WIREWATCH_MATCHER") == "plain" else "compiled"
ENGINES = ("interpreter", KERNELS)
MISSING = KERNELS == "compiled" and not machine_code_installed()


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each test is run by each engine."""
    name = str(request.param)
    if name == KERNELS and MISSING:
        pytest.skip("numba is not installed")
    monkeypatch.setenv("WIREWATCH_MATCHER", name)
    return name


@pytest.fixture
def kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    """Machine code, whatever the number of rules."""
    if MISSING:
        pytest.skip("numba is not installed")
    monkeypatch.setenv("WIREWATCH_MATCHER", KERNELS)


@dataclass(frozen=True)
class Row:
    rule_id: str
    query: str


@dataclass(frozen=True)
class Known:
    """An article as each side reads it."""

    article: Article
    document: Document
    fields: Fields
    facts: dict[str, str]


def known(one: Article) -> Known:
    return Known(one, Document(one), fields(one), facts(one))


def random_rules(
    seed: int, every: list[Known], count: int, maker: RuleMaker | None = None
) -> dict[str, tuple[str, s.Node]]:
    """Each made of the words of one of the articles, so that it is true of some."""
    rng = random.Random(seed)
    maker = maker or RuleMaker(rng, [one.article.text for one in every], respelling=0.2)
    found = {}
    for number in range(count):
        own = rng.choice(every).article
        found[f"r{number}"] = maker.written(f"{own.title}\n\n{own.text}")
    return found


def hits(rules: RuleSet, one: Known) -> set[str]:
    return {hit.key for hit in rules.match(one.article)}


def rows(rules: dict[str, tuple[str, s.Node]], keys: Iterable[str]) -> list[Row]:
    return [Row(key, rules[key][0]) for key in keys]


@pytest.mark.parametrize("seed", range(scaled(2)))
def test_random_rules_in_every_layer_are_true_of_the_articles_that_the_specification_says(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By every engine: the reference evaluator, which takes longest, is asked once for all."""
    read = [*random.Random(seed).sample(in_all_scripts(seed), 30), *articles(ARTICLES)[:14], *articles(0)]
    every = [known(replace(one, text=one.text[:240])) for one in read]
    maker = RuleMaker(random.Random(seed), [one.article.text for one in every], respelling=0.2, lists=12)
    rules = random_rules(seed, every, RULES, maker)
    sets = []
    for name in ENGINES[: 1 if MISSING else 2]:
        monkeypatch.setenv("WIREWATCH_MATCHER", name)
        sets.append(layered(rules, maker.aliases.terms))
    gone = {key for key in rules if int(key[1:]) % 10 == 7}
    verdicts = {True: 0, False: 0}
    for one in every:
        wanted = {key for key, (_, tree) in rules.items() if true(tree, one.fields, facts=one.facts)}
        verdicts[True] += len(wanted)
        verdicts[False] += len(rules) - len(wanted)
        for second, third, merged in sets:
            assert hits(second, one) == wanted, one.article.title
            assert hits(third, one) == wanted - gone
            assert hits(merged, one) == wanted - gone
            for hit in second.match(one.article):
                told = tuple(dict.fromkeys(explain(rules[hit.key][1], one.document).proof()))
                assert hit.evidence == told, rules[hit.key][0]
    assert sum(verdicts.values()) == RULES * ARTICLES
    assert min(verdicts.values()) > 0.015 * RULES * ARTICLES, verdicts


def layered(
    rules: dict[str, tuple[str, s.Node]], aliases: Mapping[str, Sequence[str]]
) -> tuple[RuleSet, RuleSet, RuleSet]:
    """The rules in two layers; without some; merged."""
    keys = sorted(rules)
    # Half in the large layer, half fresh; some of each were another rule before, or will be removed.
    first = RuleSet.of([(key, rules[key][0] if int(key[1:]) % 3 else "else") for key in keys[: RULES // 2]], aliases)
    changed = [key for key in keys if int(key[1:]) % 3 == 0 or key in keys[RULES // 2 :]]
    second = first.updated(rows(rules, changed), (), aliases)
    gone = [key for key in keys if int(key[1:]) % 10 == 7]
    third = second.updated((), gone, aliases)
    merged = third.merged()
    assert (len(second), len(third), len(merged)) == (RULES, RULES - len(gone), RULES - len(gone))
    return second, third, merged


@pytest.mark.usefixtures("kernels")
def test_a_merge_keeps_evidence_and_what_was_learnt() -> None:
    every = [known(one) for one in articles(12)]
    rules = random_rules(9, every, 300)
    whole = RuleSet.of((key, text) for key, (text, _) in rules.items())
    before = [{hit.key: hit.evidence for hit in whole.match(one.article)} for one in every]
    merged = whole.merged()
    from alerts.rules.native.segments import SegmentedRules  # noqa: PLC0415 - it needs numba, which may be missing

    assert isinstance(merged.rules, SegmentedRules)
    assert merged.rules.segments[0].segment.rules.articles[0] == len(every)
    assert [{hit.key: hit.evidence for hit in merged.match(one.article)} for one in every] == before


@pytest.mark.usefixtures("engine")
def test_the_forms_of_a_word_are_found_by_every_engine() -> None:
    one = article(
        0, "Оружие Северной Кореи", "Россия поставила Северной Корее оружие. О поставках оружием Россией не сообщалось."
    )
    texts = {
        "near": "forms(Россия) NEAR/3 forms(оружие)",
        "phrase": 'title:forms("Северная Корея")',
        "counted": "ATLEAST/2(forms:ru(Россия))",
        "struck": 'forms("Северная Корея", NOT "Северной Корее", NOT "Северной Кореи")',
        "other": "forms(weapon)",
        "first": "FIRST/1(forms(России)) AND KOF/1(forms(оружие), x)",
    }
    rules = RuleSet.of(texts.items())
    found = {hit.key: {proof.text for proof in hit.evidence} for hit in rules.match(one)}
    assert found.keys() == {"near", "phrase", "counted", "first"}
    assert found["phrase"] == {"Северной Кореи"}
    assert found["counted"] == {"Россия", "Россией"}
    assert found["near"] == {"Россия", "оружие", "Россией", "оружием"}


@pytest.mark.usefixtures("engine")
def test_rules_with_aliases_keep_the_terms_that_they_were_compiled_with() -> None:
    one = article(0, "Talks", "Seoul spoke of weapons. Pyongyang kept silent, and so did Moscow.")
    before = {"place": ("Seoul", "Tokyo")}
    after = {"place": ("Tokyo",)}
    rules = RuleSet().updated([Row("a", "@place AND weapons"), Row("b", "case(Seoul) AND @place")], (), before)
    rules = rules.updated([Row("c", "@place AND weapons"), Row("d", "weapons NOT NEAR/1 @place")], (), after)
    for found in (rules, rules.merged()):
        evidence = {hit.key: [e.text for e in hit.evidence] for hit in found.match(one)}
        assert evidence == {"a": ["Seoul", "weapons"], "b": ["Seoul", "Seoul"], "d": ["weapons"]}


@pytest.mark.usefixtures("kernels")
def test_a_list_that_no_rule_names_any_more_is_not_kept() -> None:
    """A long alias that changes again and again does not fill the memory."""
    rules = RuleSet.of([("plain", "kim AND domain:first.example")])
    for version in range(6):
        aliases = AliasSet.of([("big", [f"name{version} {k}" for k in range(200)])])
        changed = [
            *((f"r{k}", f"@big AND x{k}") for k in range(20)),
            (f"n{version}", f"kim AND domain:d{version}.example"),
        ]
        rules = rules.with_rules(len(changed), changed, [f"n{version - 1}"], aliases).merged()
    compiled = cast("SegmentedRules", rules.rules)
    (live,) = compiled.segments
    assert [one.terms for one in live.segment.alias_sets if one.terms] == [aliases.terms]
    assert len(live.segment.lists) == 1
    assert len(live.segment.facts) == 2, "domain:first.example and the last one"


@pytest.mark.usefixtures("engine")
def test_a_place_that_several_terms_of_an_alias_find_is_told_once() -> None:
    one = article(0, "Talks", "Koreans spoke. Seoul, in Korea, kept silent.")
    aliases = {"place": ("Korea", "Seoul", "kore*")}
    (hit,) = RuleSet.of([("a", "@place AND spoke")], aliases).match(one)
    assert [e.text for e in hit.evidence] == ["Koreans", "Seoul", "Korea", "spoke"], "in the order of the text"


@pytest.mark.usefixtures("engine")
def test_threads_share_a_set() -> None:
    every = [known(one) for one in articles(30)]
    rules = random_rules(3, every, 300)
    whole = RuleSet.of((key, text) for key, (text, _) in rules.items())
    alone = [hits(whole, one) for one in every]
    with ThreadPoolExecutor(6) as pool:
        for _ in range(3):
            assert list(pool.map(lambda one: hits(whole, one), every)) == alone


def test_a_rule_that_python_judges_is_parsed_once_for_all_articles(
    engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: list[str] = []

    def counted(text: str, *, aliases: AliasSet) -> Parsed:
        parsed.append(text)
        return parse(text, aliases=aliases)

    monkeypatch.setattr("alerts.rules.kept.parse", counted)
    rule = f"case(Seoul) AND NOT judged{engine}"
    rules = RuleSet.of([("a", rule)])
    for number in range(5):
        (hit,) = rules.match(article(number, "Talks", "Seoul kept silent."))
        assert [e.text for e in hit.evidence] == ["Seoul"]
    assert parsed == [rule]


@pytest.mark.usefixtures("kernels")
def test_a_set_says_when_it_wants_to_be_merged() -> None:
    large = RuleSet.of((f"r{k}", f"word{k}") for k in range(3000))
    assert not large.wants_merge
    fresh = large.updated([Row(f"n{k}", f"other{k}") for k in range(1001)], (), {})
    assert fresh.wants_merge
    assert not fresh.merged().wants_merge
    assert large.updated((), [f"r{k}" for k in range(1001)], {}).wants_merge
    assert not RuleSet().wants_merge


@pytest.mark.usefixtures("engine")
def test_of_two_rules_with_one_id_the_later_counts() -> None:
    one = article(0, "Talks", "Seoul spoke.")
    rules = RuleSet.of([("a", "Seoul"), ("b", "Seoul"), ("a", "Tokyo")])
    assert [hit.key for hit in rules.match(one)] == ["b"]
    assert len(rules) == 2


@pytest.mark.usefixtures("engine")
def test_a_long_text_and_one_of_many_patterns_are_searched_whole() -> None:
    words = " ".join(f"weapon{k}s" for k in range(3000))
    one = article(0, "Arms", f"{words}\n\nlast")
    patterns = [(f"p{k}", f"{'weapon'[: 3 + k % 4]}* AND last AND NOT x{k}") for k in range(40)]
    found = RuleSet.of([*patterns, ("both", "weapon2999s NEAR/50 weapon29*"), ("no", "weapon2999s NEAR/5 last")])
    assert {hit.key for hit in found.match(one)} == {key for key, _ in patterns} | {"both"}
    assert {hit.key for hit in found.match(article(1, "x", "y"))} == set()


@pytest.mark.usefixtures("engine")
def test_costs_name_the_rules_that_take_longest() -> None:
    one = article(0, "Talks", "Seoul " * 200 + "spoke")
    rules = RuleSet.of([("dear", "Seoul NEAR/50 Seoul AND NOT spoke"), ("cheap", "spoke"), ("never", "Tokyo")])
    for _ in range(5):
        rules.match(one)
    costs = rules.costs(5)
    assert [cost.key for cost in costs] == ["dear", "cheap"]
    assert [(cost.articles, cost.candidates) for cost in costs] == [(5, 5), (5, 5)]
    assert rules.costs(1)[0].seconds > 10 * costs[1].seconds
    assert rules.effort() == Effort(candidates=10, by_python=0)


@pytest.mark.usefixtures("engine")
def test_a_rule_that_requires_no_word_is_looked_at_in_every_article_and_told() -> None:
    rules = RuleSet.of([("double", "NOT NOT arms"), ("plain", "arms")])
    assert {hit.key for hit in rules.match(article(0, "Arms", "sold"))} == {"double", "plain"}
    assert rules.match(article(1, "Peace", "kept")) == []
    assert rules.effort().without_anchor == 0


@pytest.fixture
def untried() -> Iterator[None]:
    """Nobody knows yet whether numba can be loaded, nor will because of the test."""
    unloadable.cache_clear()
    yield
    unloadable.cache_clear()


@pytest.mark.usefixtures("untried")
def test_few_rules_are_interpreted_and_many_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WIREWATCH_MATCHER", raising=False)
    monkeypatch.setattr("alerts.rules.engine.find_spec", lambda _: object())
    monkeypatch.setattr("alerts.rules.engine.import_module", lambda _: object())
    assert (choose(1000).engine, choose(1001).engine) == (Engine.INTERPRETER, Engine.MACHINE_CODE)
    assert not choose(1_000_000).missing
    monkeypatch.setattr("alerts.rules.engine.find_spec", lambda _: None)
    assert {choose(many).engine for many in (1, 1001, 1_000_000)} == {Engine.INTERPRETER}
    assert not choose(5000).missing
    assert "wirewatch[fast]" in choose(5001).missing


@pytest.mark.usefixtures("untried")
def test_a_numba_that_cannot_be_loaded_is_told_and_costs_no_match(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may not fit the numpy that is there, or lack a library of the system."""

    def broken(_: str) -> None:
        raise ImportError("Numba needs NumPy 2.2 or less")

    monkeypatch.delenv("WIREWATCH_MATCHER", raising=False)
    monkeypatch.setattr("alerts.rules.engine.find_spec", lambda _: object())
    monkeypatch.setattr("alerts.rules.engine.import_module", broken)
    texts = [(f"r{k}", f"word{k}") for k in range(1001)]
    grown = RuleSet.of(texts[:1000]).updated([Row("r1000", "word1000")], (), {})
    assert grown.wants_merge, "whether it can be loaded is seen when the set is merged"
    for rules in (RuleSet.of(texts), grown.merged()):
        assert (rules.engine, rules.wants_merge) == (Engine.INTERPRETER, False)
        assert [hit.key for hit in rules.match(article(0, "Words", "word1000 and word"))] == ["r1000"]
    assert "cannot be loaded (ImportError: Numba needs NumPy 2.2 or less)" in choose(1001).missing
    assert not choose(1000).missing


@pytest.mark.skipif(MISSING, reason="numba is not installed")
def test_a_set_that_grows_slowly_is_interpreted_until_it_is_merged(monkeypatch: pytest.MonkeyPatch) -> None:
    """No article waits for machine code to be loaded, or compiled; what an alias stood for stays."""
    monkeypatch.delenv("WIREWATCH_MATCHER", raising=False)
    one = article(0, "Talks", "Seoul spoke of weapons.")
    rules = RuleSet.of([(f"r{k}", f"word{k} AND Seoul") for k in range(999)])
    rules = rules.updated([Row("alias", "@place AND weapons")], (), {"place": ("Seoul",)})
    assert (len(rules), rules.wants_merge) == (1000, False)
    rules = rules.updated([Row("plain", "weapon*")], (), {"place": ("Tokyo",)})
    assert rules.engine is Engine.INTERPRETER
    assert rules.wants_merge
    merged = rules.merged()
    assert merged.engine is Engine.MACHINE_CODE
    assert (len(merged), merged.wants_merge) == (1001, False)
    for found in (rules, merged):
        assert {hit.key: [e.text for e in hit.evidence] for hit in found.match(one)} == {
            "alias": ["Seoul", "weapons"],
            "plain": ["weapons"],
        }


def test_an_agency_is_compared_whole_by_each_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = [("ap", "agency:ap AND arms"), ("both", "agency:(AP OR Reuters) AND arms"), ("none", "agency:A AND arms")]
    told = replace(article(1, "Arms", "sold"), agencies=("AP", "dpa"))
    for engine in ("interpreter", "plain"):
        monkeypatch.setenv("WIREWATCH_MATCHER", engine)
        rules = RuleSet.of(pairs)
        assert {hit.key for hit in rules.match(told)} == {"ap", "both"}
        assert [hit.key for hit in rules.match(replace(told, agencies=()))] == []


def test_what_only_the_feed_says_is_found_and_named_by_each_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = [
        ("title", "title:cargo"),
        ("body", "vessel"),
        ("joined", '"arms cargo" OR sold NEAR/9 vessel'),
        ("lead", "lead:vessel"),
    ]
    told = replace(article(1, "Arms", "sold"), feed_title="Cargo of arms", feed_text="The vessel left.")
    for engine in ("interpreter", "plain"):
        monkeypatch.setenv("WIREWATCH_MATCHER", engine)
        found = {
            hit.key: [(one.field, one.start, one.text) for one in hit.evidence] for hit in RuleSet.of(pairs).match(told)
        }
        assert found["title"] == [("feed_title", 0, "Cargo")]
        assert found["body"] == [("feed_text", 4, "vessel")]
        assert "joined" not in found
