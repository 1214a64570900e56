"""The article's own text out of a page: nothing that surrounds it or stands within it gets through."""

import pytest

from ingest.parse.extract import Expected, article_of, text_of_fragment, tree_of

OWN = [
    "The harbour of Larnport was closed on Monday after a crane fell into the main channel, the port authority said.",
    "Nobody was hurt, but nine ships wait outside and the wheat terminal stands still, according to the harbour master.",
    "Divers from the naval base will look at the wreck once the wind has dropped below twenty knots, he told reporters.",
    "The crane was built in 1961 and had passed its last inspection without a complaint, records of the city show.",
]
LEAK = "Minister resigns over missiles"
BOXES = [
    f"<nav><ul><li><a href='/m'>{LEAK}</a></li></ul></nav>",
    f"<aside><h3>More</h3><p>{LEAK}</p></aside>",
    f"<footer><p>{LEAK}</p></footer>",
    f"<div class='also-read'><p>Also Read</p><a href='/m'>{LEAK}</a></div>",
    f"<div class='related-stories'><h4>{LEAK}</h4></div>",
    f"<section id='most-read'><ol><li>{LEAK}</li></ol></section>",
    f"<div class='ticker'><span>{LEAK}</span></div>",
    f"<ul class='tags'><li>{LEAK}</li></ul>",
    f"<div class='newsletter-box'><p>{LEAK}, in your inbox</p></div>",
    f"<p><a href='/m'>{LEAK}</a></p>",
    f"<p>Also read: <a href='/m'>{LEAK}</a></p>",
    f"<p>READ MORE: {LEAK}</p>",
    f"<h3>Related stories</h3><p>{LEAK}</p><p>{LEAK} again</p>",
    f"<figure><img src='x.jpg'><figcaption>{LEAK}</figcaption></figure>",
    f"<div class='comments'><p>{LEAK}!</p></div>",
    f"<form><p>{LEAK}</p><input></form>",
    f"<script>var a = '{LEAK}'</script><noscript>{LEAK}</noscript>",
    f"<p>Tags: {LEAK}</p>",
]


def page(middle: str = "", end: str = "") -> str:
    body = f"<p>{OWN[0]}</p><p>{OWN[1]}</p>{middle}<p>{OWN[2]}</p><p>{OWN[3]}</p>{end}"
    return f"<html><body><header><a href='/'>Herald</a></header><main><article><h1>Crane closes harbour</h1>{body}</article></main></body></html>"


def text(html: str) -> str:
    tree = tree_of(html)
    assert tree is not None
    return article_of(tree, Expected(titles=("Crane closes harbour",))).text


@pytest.mark.parametrize("box", BOXES)
@pytest.mark.parametrize("place", ["middle", "end"])
def test_a_box_within_or_after_the_article_does_not_get_through(box: str, place: str) -> None:
    found = text(page(**{place: box}))
    assert "missiles" not in found
    assert found.split("\n\n") == OWN


def test_a_box_that_holds_most_of_the_page_is_the_article_whatever_it_is_called() -> None:
    html = f"<html><body><div class='breaking'><h1>Crane</h1>{''.join(f'<p>{p}</p>' for p in OWN)}</div></body></html>"
    assert text(html).split("\n\n") == OWN


def test_what_stands_behind_a_cut_box_stays() -> None:
    html = page(
        f"<p>Before <span class='share'>{LEAK}</span> and behind the box, the harbour master said on the same day.</p>"
    )
    found = text(html)
    assert "and behind the box" in found
    assert "missiles" not in found


def test_links_within_sentences_stay() -> None:
    assert "the naval base will look" in text(page().replace("naval base", "<a href='/n'>naval base</a>"))


def test_a_page_that_is_one_form_is_read() -> None:
    html = page().replace("<main>", "<form action='/'>").replace("</main>", "</form>")
    assert text(html).split("\n\n") == OWN


@pytest.mark.parametrize("html", ["", "   ", "<html></html>", "<p></p>", "<!-- -->", "\x00"])
def test_a_page_without_text_has_none(html: str) -> None:
    tree = tree_of(html)
    assert tree is None or article_of(tree, Expected()).text == ""


@pytest.mark.parametrize("char", ["\x0b", "\x01", "&#11;", "&#x1f;", "&#xfffe;"])
def test_a_character_that_xml_does_not_know_costs_no_article(char: str) -> None:
    assert text_of_fragment(f"<p>One{char}.</p>Two{char}.<br><br>{char}Three.") == "One.\n\nTwo.\n\nThree."
    found = text(page(f"<p>Before{char} it <span class='share'>{LEAK}</span>{char}stands the harbour master.</p>"))
    assert "Before it stands the harbour master." in " ".join(found.replace(char, "").split())
    assert "missiles" not in found


@pytest.mark.parametrize(
    ("html", "paragraphs"),
    [
        ("One.\n\nTwo.", ["One.", "Two."]),
        ("<p>One.</p><p>Two <b>bold</b> words.</p>", ["One.", "Two bold words."]),
        ("One.<br><br>Two.", ["One.", "Two."]),
        ("One,<br>still one.", ["One, still one."]),
        ("<ul><li>One.</li><li>Two.</li></ul>", ["One.", "Two."]),
        ("&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;", ["One.", "Two."]),
        ("<div>One.<p>Two.</p>Three.</div>", ["One.", "Two.", "Three."]),
        ("<script>x</script><p>One.</p><aside>Two.</aside>", ["One."]),
        ("", []),
    ],
)
def test_a_feeds_own_html_becomes_paragraphs(html: str, paragraphs: list[str]) -> None:
    assert [p for p in text_of_fragment(html).split("\n\n") if p] == paragraphs
