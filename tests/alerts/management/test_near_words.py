"""Words just missed in the archive: each would have made the rule find its article, and none is told that would not."""

import random
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from alerts.management.near_words import just_missed
from alerts.management.preview import Window, preview, rule_tree
from alerts.match.words import words_of_article
from alerts.rules.aliases import AliasSet
from alerts.rules.explain import explain
from alerts.rules.missed import JustMissed
from alerts.rules.syntax import Near, Node, Not, Or, Term, WordPattern
from core.db.engine import Database
from core.store import articles
from core.store.articles import StoredArticle
from core.text.document import Document
from core.text.tokens import words_of
from tests.alerts.making import NOW, story_article
from tests.effort import scaled
from tests.reference_articles import article
from tests.rule_generator import RuleMaker

TOLD = (
    ("missile", "en", "Missiles flew.", "missiles"),
    ("title:(kitten OR x1) OR missile", "en", "Missiles flew.", "missiles"),
    ("lang:en AND missile", "en", "Missiles flew.", "missiles"),
    ("missile AND NOT drill", "en", "Missiles flew.", "missiles"),
    ("forms(weapon)", "en", "The weaponry was old.", "weaponry"),
    ("@arms AND Korea", "en", "Korea has weapons.", "weapons"),
    ('"North Korea"', "en", "The North Korean army.", "korean"),
    ('"arm deal"', "en", "Many arms deals.", "arms deals"),
    ("KOF/2(missile, wombat, zebra)", "en", "Missiles of the wombat.", "missiles"),
    ("ATLEAST/2(missile)", "en", "A missile, and missiles.", "missiles"),
    ("missile NEAR/2 wombat", "en", "A missile. No. Or is it? Missiles of the wombat.", "missiles"),
    ("kim AND ceasefire", "en", "Kim wants a cease-fire.", "cease fire"),
    ("ceasefire", "en", "A cease-fire.", "cease fire"),
    ("F-16", "en", "An F16 flew.", "f16"),
    ("F16", "en", "An F-16 flew.", "f 16"),
    ('"Kim Jong Un"', "en", "Kim Jongun came.", "jongun"),
    ("وزير", "ar", "قال للوزير", "للوزير"),
    ("غزة AND صاروخ", "ar", "غزة بصاروخ", "بصاروخ"),
    ("وزير AND صاروخ", "ar", "قال الوزير عن الصاروخ", "الوزير الصاروخ"),
    ("weapon NEAR/5 minister", "en", "Ministers and weapons.", "ministers weapons"),
    ("miss* AND tank", "en", "Missiles and tanks.", "tanks"),
    ("case(Kim) AND tank", "en", "Kim had tanks.", "tanks"),
    ("tank AND NOT (missile AND toy)", "en", "Tanks.", "tanks"),
    ("@arms AND (ship OR boat)", "en", "Boats with guns.", "boats guns"),
    ("ממשלה", "he", "שבממשלה", "שבממשלה"),
    ("سفر‌ها", "fa", "سفر ها", "سفر ها"),
    ("हिंदी", "hi", "हिन्दी में", "हिन्दी"),
    ("პრემიერი", "ka", "პრემიერმა", "პრემიერმა"),
    ("sąd", "pl", "Przed sądem.", "sadem"),
)
NOT_TOLD = (
    ("title:missile", "Missiles flew."),
    ("missile AND NOT missiles", "Missiles flew."),
    ("missile AND zebra", "Missiles flew."),
    ('"North Korea"', "South Korean men."),
    ("missile NEAR/2 wombat", "Missiles flew far over the land of the wombat."),
    ("@arms NEAR/0 toy", "Toy weapons."),
    ("case(Missile)", "Missiles flew."),
    ("ceasefire", "Cease all fire."),
)
ALIASES = AliasSet.of([("arms", ["weapon", "gun", "NOT toy"])])


def _tree(rule: str) -> Node:
    return rule_tree(rule, ALIASES)


@pytest.mark.parametrize(("rule", "lang", "text", "words"), TOLD)
async def test_a_preview_finds_what_was_just_missed(
    tmp_path: Path, rule: str, lang: str, text: str, words: str
) -> None:
    story = story_article(1, title="News", text=text)
    story = replace(story, article=replace(story.article, lang=lang))
    async with Database.open("sqlite:", tmp_path) as db:
        async with db.transaction() as conn:
            await articles.put_many(conn, [StoredArticle(story, words_of_article(story.article))])
        async with db.connection() as conn:
            found = await preview(conn, _tree(rule), Window(NOW.replace(year=2025), NOW.replace(year=2027)))
    told = " ".join(sorted(word for near in found.missed.values() for word in near))
    assert sorted(words_of(told)) == sorted(words_of(words))


@pytest.mark.parametrize(("rule", "text"), NOT_TOLD)
def test_what_would_not_make_the_rule_true_is_not_told(rule: str, text: str) -> None:
    assert just_missed(JustMissed(_tree(rule)), story_article(1, title="News", text=text).article) == {}


def test_the_rule_with_the_words_that_are_told_finds_the_article() -> None:
    """Random rules, from which words were made of words of the article by an ending: whatever is told is true."""
    rng = random.Random(3)
    text = "Ships with arms left Korea for Russia. A minister spoke of missiles, sanctions and weapons at the border."
    told = 0
    for _ in range(scaled(300)):
        maker = RuleMaker(rng, [text])
        tree = maker.rule(text.replace("s ", " ").replace("s,", ","))
        one = article(0, "News of Korea", text)
        near = just_missed(JustMissed(tree), one)
        assert not (near and explain(tree, Document(one)).true)
        if near and all(" " not in word for word in near):
            told += 1
            assert explain(_or(tree, near), Document(one)).true
    assert told > scaled(10)


def _or(node: Node, near: dict[str, set[str]]) -> Node:
    """The rule as an analyst changes it: each word with an OR of those that were told."""
    if isinstance(node, Not):
        return node
    if isinstance(node, Term):
        return Or((node, *_with(node, near))) if list(_with(node, near)) else node
    changed: dict[str, Any] = {}
    for one in fields(node):
        held = getattr(node, one.name)
        if one.name == "children":
            changed["children"] = tuple(_or(child, near) for child in held)
        elif one.name in ("child", "left") or (one.name == "right" and not (isinstance(node, Near) and node.negated)):
            changed[one.name] = _or(held, near)
    return replace(node, **changed) if changed else node


def _with(term: Term, near: dict[str, set[str]]) -> Iterator[Term]:
    if term.cased:
        return
    for place, word in enumerate(term.words):
        for other in near.get(word.text, ()):
            words = (*term.words[:place], *map(WordPattern, other.split()), *term.words[place + 1 :])
            yield replace(term, words=words)
            yield from _with(replace(term, words=words), {k: v for k, v in near.items() if k != word.text})
