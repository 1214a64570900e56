"""Real articles, and some in other scripts, as the product and as the reference evaluator take them."""

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice

from core.model.article import Article
from core.text.sentences import paragraph_starts, sentence_starts
from tests.data_shared import shared
from tests.reference_evaluator import Field, Fields
from tests.reference_words import words_of
from tests.script_articles import ARTICLES, imitating, strewn

NOW = datetime(2026, 11, 24, tzinfo=UTC)
LEAD_WORDS = 50
OTHER_SCRIPTS = (
    (
        "북한 대표단 모스크바 도착",
        "북한 외무성 부상이 이끄는 대표단이 월요일 모스크바에 도착했다. Lavrov와 회담한다.\n\n북한과 러시아는 부인했다.",
    ),
    (
        "Делегация КНДР в Москве",
        "Заместитель министра КНДР начал в Москве переговоры. Пётр Ёлкин молчит.\n\nРоссия отвергает сообщения.",
    ),
    ("朝鲜代表团抵达莫斯科", "朝鲜外务省副相星期一抵达莫斯科。双方否认武器交易。\n\n会谈为期三天，F-16战机未提及。"),
    (
        "Köln: Größe zählt",
        "Die „Größe“ der Straße in Köln überraschte. Der Bürgermeister sprach vom Café Ångström.\n\nEﬃzienz ist ½ der Miete.",
    ),
    ("ข่าววันนี้", "นายกรัฐมนตรีเดินทางถึงกรุงมอสโก Russia\n\nไม่มีแถลงการณ์"),
    (
        "Cafe\u0301s in Besanc\u0327on",
        "The cafe\u0301s of Besanc\u0327on 😀 closed. 𝐁𝐨𝐥𝐝 claims, said Ne\u0301e.\n\nＮＡＴＯ met 〇〇.",
    ),
)


def article(number: int, title: str, text: str) -> Article:
    """Exact fields, authors and tags take turns."""
    domain = ("world.example", "news.world.example", "example", "other.test")[number % 4]
    path = ("asia/1", "europe/1", "asia", "")[number // 2 % 4]
    return Article(
        article_id=str(number),
        url=f"https://{domain}/{path}",
        canonical_url=f"https://{domain}/{path}",
        title=title,
        text=text,
        source_id="s",
        source_name=("The World", "Morgenpost")[number % 2],
        domain=domain,
        authors=(("Jane Doe", "Kim Park"), (), ("Jane Park",))[number % 3],
        section=("Asia", "World news", None)[number // 3 % 3],
        tags=(("arms trade", "Korea"), ("arms",), ())[number // 2 % 3],
        lang=("en", "de-AT", "ko", None)[number % 4],
        country=("US", "gb", "KR", None)[number // 4 % 4],
        agencies=(("AP",), (), ("Reuters",))[number % 3],
        feed_title=("", "North Korea arms talks end, Kim says", "")[number // 4 % 3],
        feed_text=("", "", "The arms trade went on. Kim Park met Lavrov in Moscow.\n\nRussia denied it.")[
            number // 2 % 3
        ],
        published=(None, NOW - timedelta(hours=number), NOW - timedelta(days=number))[number % 3],
        seen=NOW,
        accepted=NOW,
    )


def articles(count: int, *, characters: int = 1500) -> list[Article]:
    """`count` real ones, and some in other scripts."""
    with shared("data", "stories", "articles.jsonl").open(encoding="utf-8") as lines:
        raw = [json.loads(line) for line in islice(lines, count * 7)][::7]
    found = [(a["title"], a["text"][:characters]) for a in raw]
    return [article(k, title, text) for k, (title, text) in enumerate((*found, *OTHER_SCRIPTS))]


def in_all_scripts(seed: int) -> list[Article]:
    """One in each script as it is written, and one into which the seed strews what must not matter."""
    rng = random.Random(seed)
    found = [(title, text, lang) for lang, title, text in ARTICLES]
    for lang, title, text in ARTICLES:
        words = [imitating(word, rng) if rng.random() < 0.05 else word for word in text.split(" ")]
        found.append((strewn(title, rng), strewn(" ".join(words), rng), lang))
    return [replace(article(k, title, text), lang=lang) for k, (title, text, lang) in enumerate(found)]


def fields(one: Article) -> Fields:
    """The fields of words, for the reference evaluator."""
    text = "\n\n".join(filter(None, (one.text, one.feed_text)))
    body = words_of(text, paragraph_starts(text), sentence_starts(text, one.lang))
    lead = len(body)
    if lead > LEAD_WORDS:
        lead = next((k for k in range(LEAD_WORDS, len(body)) if body[k].paragraph != body[k - 1].paragraph), len(body))
    found = {
        "title": listed([title for title in (one.title, one.feed_title) if title]),
        "body": Field(text, body),
        "lead": Field(text, body[:lead]),
        "author": listed(one.authors),
        "section": listed([one.section or ""]),
        "tag": listed(one.tags),
    }
    return {name: replace(field, lang=facts(one)["lang"]) for name, field in found.items()}


def listed(items: Sequence[str]) -> Field:
    """Items that no phrase joins."""
    starts, text = [0], ""
    for item in items:
        if text:
            text += "\n\n"
            starts.append(len(text))
        text += item
    return Field(text, words_of(text, starts, starts))


def facts(one: Article) -> dict[str, str]:
    """What the exact fields hold."""
    return {
        "lang": (one.lang or "").split("-")[0],
        "country": one.country or "",
        "agency": one.agencies[0] if one.agencies else "",
        "source": one.source_name,
        "domain": one.domain,
        "url": one.canonical_url.removeprefix("https://"),
        "published": one.published.isoformat() if one.published else "",
        "seen": one.seen.isoformat(),
    }
