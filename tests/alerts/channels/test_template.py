"""Templates: the words are the reader's, the rest is safe whatever stands in an article or in the template."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.channels.layout import Longest, View, lay_out
from alerts.channels.message import message_of
from alerts.channels.rich_text import Span
from alerts.channels.template import Template
from alerts.channels.template_markup import BrokenTemplate, escaped, marked
from tests.alerts.making import alert, brief, notification
from tests.effort import tries

USUAL = """\
**{{ rule.name }}** ({{ priority }})
{% for article in articles %}
[{{ article.headline }}]({{ article.url }}) · {{ article.outlet }}
{{ article.quote }}
{% endfor %}
{% if more %}and {{ more }} more{% endif %}
"""


def body(template: str, **of_article: object) -> list[list[Span]]:
    message = message_of(notification(alert(brief(**of_article))))  # type: ignore[arg-type]
    view = View(template=Template.read(template))
    return [list(line) for line in lay_out(message, view, Longest()).body]


def test_a_template_says_what_a_message_shows() -> None:
    assert body(USUAL) == [
        [Span("dprk-arms", bold=True), Span(" (normal)")],
        [Span("North Korea ships arms to Russia", url="https://news.example/1"), Span(" · Example World")],
        [
            Span("Ships with "),
            Span("arms", bold=True),
            Span(" left "),
            Span("North Korea", bold=True),
            Span(" for "),
            Span("Russia", bold=True),
            Span("."),
        ],
    ]


@tries(200)
@given(st.text())
def test_what_others_wrote_is_text_whatever_it_looks_like(text: str) -> None:
    assert marked(escaped(text)) in ((), (Span(escaped_away(text)),))


def escaped_away(text: str) -> str:
    from core.text.visible import one_line  # noqa: PLC0415 - the oracle of this test alone

    return one_line(text)


def test_markup_in_a_headline_links_nowhere() -> None:
    (line,) = body("{{ articles[0].headline }}", title="**x** [y](https://evil.example) \\")
    assert line == [Span("**x** [y](https://evil.example) \\")]


def test_only_web_addresses_are_links() -> None:
    assert marked("[x](javascript:alert)") == (Span("x"),)
    assert marked("[x](https://a.example/b\\)c)") == (Span("x", url="https://a.example/b)c"),)


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("{{ rule.nam }}", "'dict object' has no attribute 'nam'"),
        ("{% for a in articles %}{{ a }}", "line 1: Unexpected end of template"),
        ("{{ 'x' * 1000000000 }}", "* is for numbers only"),
        ("{{ 9 ** 9 ** 9 }}", "** is for numbers only"),
        ("{{ '%1000000000d' % 1 }}", "% is for numbers only"),
        ("{{ rule.name.ljust(1000000000) }}", "not safely callable"),
        ("{{ rule.__class__ }}", "unsafe"),
        ("{% for i in range(10) %}x{% endfor %}", "'range' is undefined"),
        ("{{ 'x'|center(1000000000) }}", "No filter named 'center'"),
        ("{% include 'x' %}", "line 1: include cannot be used here"),
        ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "line 1: macro cannot be used here"),
        (
            "{% for a in articles %}{% for b in articles %}{% for c in articles %}x{% endfor %}{% endfor %}{% endfor %}",
            "its loops are more than 2 deep",
        ),
        ("{{ 1 / 0 }}", "division by zero"),
        ("   ", "it writes nothing"),
        ("x" * 10_001, "it is longer than 10,000 characters"),
    ],
)
def test_a_broken_template_gives_the_default_form_and_says_so(template: str, told: str) -> None:
    message = message_of(notification())
    try:
        view = View(template=Template.read(template))
    except BrokenTemplate as error:
        view = View(broken=str(error))
    layout = lay_out(message, view, Longest())
    assert layout.body == ()
    assert layout.articles
    assert "the default form, since the template is broken" in layout.notes[0]
    assert told in layout.notes[0]


def test_a_template_that_writes_without_end_is_stopped() -> None:
    flood = message_of(notification(alert(*(brief(number, title="word " * 60) for number in range(200)))))
    view = View(template=Template.read("{% for a in articles %}{{ articles }}{% endfor %}"))
    assert "it writes more than 40,000 characters" in lay_out(flood, view, Longest()).notes[0]


@tries(100)
@given(st.text(alphabet="{}%*[]()\\ab \n'|.#-"))
def test_no_template_raises_anything_else(source: str) -> None:
    with suppress(BrokenTemplate):
        Template.read(source).lines({"rule": {"name": "x"}, "articles": []})
