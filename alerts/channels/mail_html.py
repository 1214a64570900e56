"""A layout as the HTML and the plain text of a mail: readable in dark and light, at 360 pixels, without pictures from elsewhere.

Styles stand in the elements, since many readers drop a style sheet; the sheet only adds what is dark.
"""

from html import escape

from alerts.channels.layout import ArticleBlock, Layout
from alerts.channels.rich_text import Line, line_text
from core.model.outcome import Priority
from core.text.visible import one_line

_LISTED = 4  # headlines from which on a message begins with a table of contents

_SMALL = "font-size:13px;line-height:1.5;color:#57606a;margin:0 0 6px"
_STYLES = {
    "page": "margin:0;padding:0;background:#f4f5f7;color:#1b1f24;font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif",
    "sheet": "max-width:640px;margin:0 auto;padding:20px 16px;background:#ffffff;overflow-wrap:anywhere;word-break:break-word",
    "rule": "font-size:15px;line-height:1.4;font-weight:600;margin:0 0 4px",
    "headline": "font-size:19px;line-height:1.3;margin:20px 0 2px",
    "link": "color:#0b57d0",
    "small": _SMALL,
    "urgent": "color:#b42318",
    "quote": "margin:6px 0;padding:2px 0 2px 12px;border-left:3px solid #d0d7de",
    "hit": "background:#fff3bf;color:inherit;font-weight:600;padding:0 1px",
    "button": "display:inline-block;margin:6px 8px 0 0;padding:8px 12px;border:1px solid #d0d7de;border-radius:6px;text-decoration:none;color:#0b57d0",
    "list": "padding-left:20px;margin:12px 0",
    "foot": f"{_SMALL};border-top:1px solid #d0d7de;margin-top:24px;padding-top:10px",
}
_DARK = """\
:root{color-scheme:light dark}
@media (prefers-color-scheme:dark){
.page{background:#0d1117!important;color:#e6edf3!important}
.sheet{background:#161b22!important}
.link,.button{color:#79b8ff!important}
.small,.foot{color:#9da7b3!important}
.urgent{color:#ff9492!important}
.hit{background:#5c4b00!important}
.quote,.button,.foot{border-color:#3d444d!important}
}
"""


def _is(name: str) -> str:
    """The attributes of an element that looks so."""
    return f'class="{name}" style="{_STYLES[name]}"'


def html_of(layout: Layout, *, unsubscribe: str = "") -> str:
    """The HTML part."""
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{escape(layout.title)}</title><style>{_DARK}</style>"
    )
    parts = _body(layout) if layout.body else _told(layout)
    if layout.state:
        parts.append(f"<p {_is('small')}>{escape(layout.state)}</p>")
    if layout.buttons:
        acts = "".join(
            f'<a {_is("button")} href="{_address(one.url)}">{escape(one.label)}</a>' for one in layout.buttons
        )
        parts.append(f'<p style="margin:10px 0">{acts}</p>')
    parts.append(f"<div {_is('foot')}>{_footer(layout, unsubscribe)}</div>")
    sheet = f"<div {_is('sheet')}>{''.join(parts)}</div>"
    return f"<!DOCTYPE html><html><head>{head}</head><body {_is('page')}>{sheet}</body></html>"


def text_of(layout: Layout, *, unsubscribe: str = "") -> str:
    """The plain part."""
    if layout.body:
        lines = [line_text(line, plain=str, bold=str, link=lambda text, url: f"{text} <{url}>") for line in layout.body]
    else:
        lines = [layout.rule.text, *layout.why]
        for block in layout.articles:
            quote = line_text(block.quote, plain=str, bold=lambda text: f"*{text}*", link=lambda text, _: text)
            lines += ["", block.headline, " · ".join(block.facts), *([f"> {quote}"] if quote else []), block.url]
        if layout.more:
            lines += ["", f"and {layout.more} more"]
    lines += ["", *filter(None, (*layout.notes, layout.state)), *(f"{one.label}: {one.url}" for one in layout.buttons)]
    if unsubscribe:
        lines += ["", f"Unsubscribe: {unsubscribe}"]
    return "\n".join(lines).strip() + "\n"


def _told(layout: Layout) -> list[str]:
    parts = [f"<p {_is('rule')}>{_link(layout.rule.text, layout.rule.url)}</p>"]
    if layout.why:
        why = [escape(part) for part in layout.why]
        if layout.priority is Priority.FLASH:
            why = [f"<b {_is('urgent')}>{part}</b>" if part == layout.priority else part for part in why]
        parts.append(f"<p {_is('small')}>{' · '.join(why)}</p>")
    if len(layout.articles) >= _LISTED:
        rows = "".join(
            f'<li><a {_is("link")} href="#a{n}"><bdi>{escape(block.headline)}</bdi></a></li>'
            for n, block in enumerate(layout.articles)
        )
        parts.append(f"<ol {_is('list')}>{rows}</ol>")
    parts += [_article(block, number) for number, block in enumerate(layout.articles)]
    if layout.more:
        parts.append(f"<p {_is('small')}>and {layout.more} more</p>")
    return parts


def _body(layout: Layout) -> list[str]:
    """A template's lines; what is bold there is no sentence's hit."""
    return [
        f'<p dir="auto" style="margin:0 0 8px">{_line(line, bold="<strong>{}</strong>")}</p>'
        for line in layout.body
        if line
    ]


def _article(block: ArticleBlock, number: int) -> str:
    hit = f"<mark {_is('hit')}>{{}}</mark>"
    quote = f'<blockquote dir="auto" {_is("quote")}>{_line(block.quote, bold=hit)}</blockquote>' if block.quote else ""
    headline = f'<h2 id="a{number}" dir="auto" {_is("headline")}>{_link(block.headline, block.url)}</h2>'
    return f"{headline}<p {_is('small')}>{escape(' · '.join(block.facts))}</p>{quote}"


def _footer(layout: Layout, unsubscribe: str) -> str:
    parts = [escape(note) for note in layout.notes]
    parts.append(f"Sent by wirewatch for the rule {escape(layout.rule.text)}.")
    if unsubscribe:
        parts.append(_link("Unsubscribe", unsubscribe))
    return "<br>".join(parts)


def _line(line: Line, *, bold: str) -> str:
    return line_text(
        line,
        plain=escape,
        bold=bold.format,
        link=lambda text, url: f'<a {_is("link")} href="{_address(url)}">{text}</a>',
    )


def _link(text: str, url: str) -> str:
    return f'<a {_is("link")} href="{_address(url)}">{escape(text)}</a>' if url else escape(text)


def _address(url: str) -> str:
    return escape(one_line(url))
