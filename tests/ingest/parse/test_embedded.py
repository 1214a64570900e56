"""Articles that only the data of a page's script holds, in the shapes that common systems give it."""

import json
from typing import Any

import pytest

from ingest.parse.read import page_of
from ingest.parse.shapes import ParsedPage, ParseFailure

TITLE = "Crane closes the harbour of Larnport"
OWN = [
    "The harbour of Larnport was closed on Monday after a crane fell into the main channel, the port authority said.",
    "Nobody was hurt, but nine ships wait outside and the wheat terminal stands still, according to the harbour master.",
    "Divers from the naval base will look at the wreck once the wind has dropped below twenty knots, he told reporters.",
]
OTHER = (
    "The council postponed the works at the quay for a further two months after the contractor asked for more time. "
    * 4
)
HTML = "".join(f"<p>{text}</p>" for text in OWN)
URL = "https://herald.example/2026/crane"


def read(scripts: str, body: str = "<div id='root'></div>") -> ParsedPage | ParseFailure:
    html = f"<html><head><title>{TITLE}</title><meta property='og:title' content='{TITLE}'></head><body>{body}{scripts}</body></html>"
    return page_of(html.encode(), "text/html; charset=utf-8", URL)


def text_of(scripts: str, body: str = "<div id='root'></div>") -> str:
    found = read(scripts, body)
    assert isinstance(found, ParsedPage), found
    return found.text


def data(value: Any, attributes: str = "type='application/json'") -> str:
    return f"<script {attributes}>{json.dumps(value)}</script>"


def story(body: Any, key: str = "body") -> dict[str, Any]:
    others = [{"headline": f"Works delayed, part {n}", "url": f"/w/{n}", "body": OTHER} for n in range(3)]
    return {"props": {"pageProps": {"related": others, "article": {"headline": TITLE, key: body}, "latest": others}}}


RICH = {
    "nodeType": "document",
    "content": [{"nodeType": "paragraph", "content": [{"nodeType": "text", "value": text}]} for text in OWN],
}
PROSEMIRROR = {"type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text", "text": text[:30]}, {"type": "text", "text": text[30:]}]} for text in OWN]}  # fmt: skip
ARC = [{"type": "text", "content": f"<i>{text}</i>"} for text in OWN]
EDITOR = {"blocks": [{"type": "paragraph", "data": {"text": text}} for text in OWN]}
SLATE = [{"type": "paragraph", "children": [{"text": text}]} for text in OWN]
BODIES = {
    "HTML": HTML,
    "escaped HTML": HTML.replace("<", "&lt;").replace(">", "&gt;"),
    "plain text": "\n\n".join(OWN),
    "list of texts": OWN,
    "rich text": RICH,
    "ProseMirror": PROSEMIRROR,
    "Arc": [ARC[0], {"type": "image", "caption": OTHER}, *ARC[1:]],
    "Editor.js": EDITOR,
    "Slate": SLATE,
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("key", ["body", "content", "articleBody", "content_elements", "text"])
def test_the_article_in_the_data_of_a_script_is_read(body: Any, key: str) -> None:
    assert text_of(data(story(body, key), "id='__NEXT_DATA__' type='application/json'")).split("\n\n") == OWN


@pytest.mark.parametrize(
    "script",
    [
        "window.__INITIAL_STATE__ = {};",
        "window.__PRELOADED_STATE__={};window.other=1",
        "Fusion.arcSite='herald';Fusion.globalContent={};Fusion.lastModified=1",
        "window.__APOLLO_STATE__ = {}",
        "var a=[1,2];function b(c){{return c}} window.__DATA__={};",
    ],
)
def test_data_that_a_script_assigns_is_read(script: str) -> None:
    assert text_of(f"<script>{script.format(json.dumps(story(HTML)))}</script>").split("\n\n") == OWN


def test_data_in_a_string_is_read() -> None:
    assert (
        text_of(f"<script>window.__STATE__=JSON.parse({json.dumps(json.dumps(story(HTML)))})</script>").split("\n\n")
        == OWN
    )


def test_data_in_a_function_is_read() -> None:
    literal = json.dumps(HTML)
    script = f"window.__NUXT__=(function(a,b){{return {{data:[{{article:{{title:a,body:{literal}}}}}]}}}}('x','y'))"
    assert text_of(f"<script>{script}</script>").split("\n\n") == OWN


def test_data_that_refers_by_places_is_read() -> None:
    flat = [
        {"article": 1, "other": 4},
        {"title": 2, "body": 3},
        TITLE,
        HTML,
        {"title": 5, "body": 6},
        "Works delayed",
        OTHER,
    ]
    assert text_of(data(flat, "id='__NUXT_DATA__' type='application/json'")).split("\n\n") == OWN


def test_data_that_react_streams_is_read() -> None:
    pushed = json.dumps([1, "5:" + json.dumps(story(HTML)) + "\n"])
    assert text_of(f"<script>self.__next_f.push({pushed})</script>").split("\n\n") == OWN


def test_a_teaser_is_not_taken_for_the_article() -> None:
    teaser = f"<main><h1>{TITLE}</h1><p>{OWN[0]}</p></main>"
    found = read(data(story(HTML)), teaser)
    assert isinstance(found, ParsedPage)
    assert found.text.split("\n\n") == OWN
    assert found.how.startswith("embedded")


def test_data_of_other_stories_is_never_the_article() -> None:
    others = {"items": [{"headline": f"Works delayed, part {n}", "body": OTHER} for n in range(3)]}
    page = f"<main><h1>{TITLE}</h1>{HTML}</main>"
    assert text_of(data(others), page).split("\n\n") == OWN
    assert isinstance(read(data(others)), ParseFailure)


@pytest.mark.parametrize("body", [HTML, HTML.replace("<", "&lt;"), "\n\n".join(OWN), "\n".join(OWN)])
def test_the_body_in_json_ld_is_read(body: str) -> None:
    linked = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": TITLE,
        "url": URL,
        "articleBody": body,
    }
    assert text_of(data(linked, "type='application/ld+json'")).split("\n\n") == OWN


def test_the_posts_of_a_live_page_in_json_ld_are_read_in_their_order() -> None:
    posts = [{"@type": "BlogPosting", "headline": f"Post {n}", "articleBody": text} for n, text in enumerate(OWN)]
    linked = {"@type": "LiveBlogPosting", "headline": TITLE, "url": URL, "liveBlogUpdate": posts}
    found = text_of(data(linked, "type='application/ld+json'"))
    assert [found.find(own) for own in OWN] == sorted(found.find(own) for own in OWN)
    assert found.find(OWN[0]) >= 0


def test_a_body_that_is_cut_does_not_replace_the_page() -> None:
    linked = {"@type": "NewsArticle", "headline": TITLE, "url": URL, "articleBody": OWN[0] + " " + OWN[1][:60] + "..."}
    assert (
        text_of(data(linked, "type='application/ld+json'"), f"<main><h1>{TITLE}</h1>{HTML}</main>").split("\n\n") == OWN
    )
