"""The article stays, whatever its element or class is called; what stands around it goes."""

import pytest

from ingest.parse.read import page_of
from ingest.parse.shapes import ParsedPage

TITLE = "Crane closes the harbour of Larnport"
OWN = [
    "The harbour of Larnport was closed on Monday after a crane fell into the main channel, the port authority said.",
    "Nobody was hurt, but nine ships wait outside and the wheat terminal stands still, according to the harbour master.",
    "Divers from the naval base will look at the wreck once the wind has dropped below twenty knots, he told reporters.",
    "The crane was built in 1961 and had passed its last inspection without a complaint, records of the city show.",
    "Grain prices rose by a tenth at the exchange in the capital before noon, and two bakeries said they would close.",
    "The government sends a floating crane from the south, which needs four days for the way around the cape.",
]
LEAK = "Minister resigns over missiles"
TEASERS = "".join(
    f"<div class='item'><h4>Works at quay {n} delayed again</h4><p>The council postponed the works for a further {n + 2} months"
    " after the contractor asked for more time and more money to finish.</p></div>"
    for n in range(10)
)
PARAGRAPHS = "".join(f"<p>{text}</p>" for text in OWN)
BREAKS = "<br><br>".join(OWN)


def read(html: str, url: str = "https://herald.example/2026/crane") -> ParsedPage:
    found = page_of(html.encode(), "text/html; charset=utf-8", url)
    assert isinstance(found, ParsedPage), found
    return found


def page(body: str, head: str = "") -> str:
    return f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{TITLE}</title>{head}</head><body>{body}</body></html>"


CONTAINERS = [
    "<aside class='story'>{}</aside>",
    "<aside>{}</aside>",
    "<section class='related-coverage-main'>{}</section>",
    "<div class='share'>{}</div>",
    "<div class='comments'>{}</div>",
    "<div class='tags'>{}</div>",
    "<div id='paywall'>{}</div>",
    "<div class='newsletter'>{}</div>",
    "<div class='promo sponsored-content'>{}</div>",
    "<div class='latest'>{}</div>",
    "<div class='subscriber-content premium'>{}</div>",
    "<form action='/'>{}</form>",
    "<noscript>{}</noscript>",
    "<template>{}</template>",
    "<details open><summary>Read</summary>{}</details>",
    "<footer>{}</footer>",
    "<div hidden>{}</div>",
    "<div style='display:none'>{}</div>",
    "<div aria-hidden='true' style='visibility: hidden'>{}</div>",
    "<div class='post-9 post type-post status-publish tag-share tag-related topics-trending'>{}</div>",
    "<div class='has-related comments-open no-share is-premium'>{}</div>",
    "<figure><figcaption>{}</figcaption></figure>",
]


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("text", [PARAGRAPHS, BREAKS], ids=["paragraphs", "breaks"])
def test_an_article_stays_whatever_its_container_is_called(container: str, text: str) -> None:
    found = read(page(f"<nav><a href='/'>Home</a></nav><main><h1>{TITLE}</h1>{container.format(text)}</main>")).text
    assert [own for own in OWN if own not in found] == []


@pytest.mark.parametrize("container", CONTAINERS[:20])
def test_an_article_with_its_headline_stays_on_a_long_page(container: str) -> None:
    article = container.format(f"<h1>{TITLE}</h1>" + "".join(f"<p>{text}</p>" for text in OWN[:3]))
    found = read(page(f"{article}<div class='list'>{TEASERS}</div>")).text
    assert [own for own in OWN[:3] if own not in found] == []
    assert "The council postponed" not in found


@pytest.mark.parametrize(
    "name", ["paywall", "paid-content paywall", "premium", "subscriber-only", "subscription-wall", "regwall-content"]
)
def test_the_paid_part_stays(name: str) -> None:
    parts = f"<p>{OWN[0]}</p><p>{OWN[1]}</p><div class='{name}'><p>{OWN[2]}</p><p>{OWN[3]}</p></div>"
    found = read(page(f"<article><h1>{TITLE}</h1>{parts}</article>")).text
    assert [own for own in OWN[:4] if own not in found] == []


@pytest.mark.parametrize(
    "box",
    [
        f"<div class='comments'><p>{LEAK}, and nobody says a word about it in this paper, which I have read for years!</p></div>",
        f"<div class='paywall'><p>{LEAK}</p><form><input><button>Subscribe</button></form></div>",
        f"<div class='newsletter'><p>{LEAK}: our letter tells you each day what the capital talks about, at no cost.</p></div>",
        f"<aside><h3>More</h3><p>{LEAK}</p></aside>",
        f"<ul class='tags'><li>{LEAK}</li></ul>",
        f"<div class='tag-list'><a href='/t'>{LEAK}</a></div>",
        f"<figure><img src='a.jpg'><figcaption>{LEAK}</figcaption></figure>",
        f"<noscript><p>{LEAK}</p></noscript>",
        f"<div class='share'><span>{LEAK}</span></div>",
    ],
)
def test_boxes_by_the_article_go(box: str) -> None:
    found = read(page(f"<article><h1>{TITLE}</h1>{PARAGRAPHS}{box}</article>")).text
    assert found.split("\n\n") == OWN


def test_further_stories_of_an_endless_page_go() -> None:
    other = "".join(
        f"<p>The council postponed the works at quay {n} for a further two months on Tuesday, it said.</p>"
        for n in range(9)
    )
    found = read(page(f"<article><h1>{TITLE}</h1>{PARAGRAPHS}</article><article><h1>Quays</h1>{other}</article>")).text
    assert found.split("\n\n") == OWN


def test_a_live_page_keeps_all_posts_in_their_order() -> None:
    posts = "".join(
        f"<article class='post'><time>1{n}:00</time><h2>Post {n} of the day</h2><p>{text}</p></article>"
        for n, text in enumerate(OWN)
    )
    found = read(page(f"<main><h1>{TITLE}</h1><div class='live-posts'>{posts}</div></main>")).text
    assert [found.find(own) for own in OWN] == sorted(found.find(own) for own in OWN)
    assert -1 not in [found.find(own) for own in OWN]


@pytest.mark.parametrize(
    "body",
    [
        "".join(f"<div>{text}</div>" for text in OWN),
        f"<div>{BREAKS}</div>",
        f"<pre>{chr(10).join(OWN)}</pre>",
        "<ul>" + "".join(f"<li>{text}</li>" for text in OWN) + "</ul>",
        "<dl>" + "".join(f"<dt>Item {n}</dt><dd>{text}</dd>" for n, text in enumerate(OWN)) + "</dl>",
        "<table>" + "".join(f"<tr><td>{n}</td><td>{text}</td></tr>" for n, text in enumerate(OWN)) + "</table>",
        "".join(f"<p><b>Question {n}, is it so?</b></p><p>{text}</p>" for n, text in enumerate(OWN)),
        "".join(f"<figure><img src='{n}.jpg'><figcaption>{text}</figcaption></figure>" for n, text in enumerate(OWN)),
        "".join(f"<section><div><span>{text}</span></div></section>" for text in OWN),
    ],
    ids=["divs", "breaks", "pre", "list", "definitions", "table", "interview", "gallery", "spans"],
)
def test_an_article_of_any_markup_is_read(body: str) -> None:
    found = " ".join(read(page(f"<main><h1>{TITLE}</h1>{body}</main>")).text.split())
    assert [own for own in OWN if own not in found] == []


def test_a_flash_of_one_paragraph_is_read() -> None:
    found = read(page(f"<main><h1>{TITLE}</h1><p>{OWN[0]}</p></main><footer><p>All rights reserved.</p></footer>"))
    assert found.text == OWN[0]


def test_how_the_text_was_found_is_told() -> None:
    assert read(page(f"<article><h1>{TITLE}</h1>{PARAGRAPHS}</article>")).how
