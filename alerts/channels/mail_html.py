"""A layout as the HTML and the plain text of a mail: readable in dark and light, at 360 pixels, without pictures from elsewhere."""

from dataclasses import replace
from html import escape

from alerts.channels.layout import ArticleBlock, Layout
from alerts.channels.rich_text import Line, line_text
from core.model.outcome import Priority
from core.text.visible import one_line

_LISTED = 4  # headlines from which on a message begins with a table of contents

_STYLE = """\
:root{color-scheme:light dark}
body{margin:0;padding:0;background:#f4f5f7;color:#1b1f24;font:16px/1.5 system-ui,-apple-system,Segoe UI,Roboto,sans-serif}
main{max-width:640px;margin:0 auto;padding:20px 16px;background:#fff;overflow-wrap:anywhere}
h1{font-size:15px;margin:0 0 4px;font-weight:600}
h2{font-size:19px;line-height:1.3;margin:20px 0 2px}
a{color:#0b57d0}
.facts,.why,footer{font-size:13px;color:#57606a;margin:0 0 6px}
.urgent{color:#b42318}
blockquote{margin:6px 0;padding:2px 0 2px 12px;border-left:3px solid #d0d7de}
mark{background:#fff3bf;color:inherit;font-weight:600;padding:0 1px}
.act a{display:inline-block;margin:6px 8px 0 0;padding:8px 12px;border:1px solid #d0d7de;border-radius:6px;text-decoration:none}
ol{padding-left:20px;margin:12px 0}
footer{border-top:1px solid #d0d7de;margin-top:24px;padding-top:10px}
@media (prefers-color-scheme:dark){
body{background:#0d1117;color:#e6edf3}main{background:#161b22}a{color:#79b8ff}
.facts,.why,footer{color:#9da7b3}.urgent{color:#ff9492}
mark{background:#5c4b00}blockquote,.act a,footer{border-color:#3d444d}}
"""


def html_of(layout: Layout, *, unsubscribe: str = "") -> str:
    """The HTML part."""
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>{escape(layout.title)}</title><style>{_STYLE}</style>'
    parts = _body(layout) if layout.body else _told(layout)
    if layout.state:
        parts.append(f'<p class="why">{escape(layout.state)}</p>')
    if layout.buttons:
        acts = "".join(f'<a href="{_address(one.url)}">{escape(one.label)}</a>' for one in layout.buttons)
        parts.append(f'<p class="act">{acts}</p>')
    parts.append(f"<footer>{_footer(layout, unsubscribe)}</footer>")
    return f"<!DOCTYPE html><html><head>{head}</head><body><main>{''.join(parts)}</main></body></html>"


def text_of(layout: Layout, *, unsubscribe: str = "") -> str:
    """The plain part."""
    if layout.body:
        lines = [line_text(line, plain=str, bold=str, link=lambda text, url: f"{text} <{url}>") for line in layout.body]
    else:
        lines = [" · ".join((layout.rule.text, str(layout.priority))), *layout.why]
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
    urgent = '<span class="urgent">Flash</span> · ' if layout.priority is Priority.FLASH else ""
    parts = [f"<h1>{urgent}{_line((replace(layout.rule, bold=False),))}</h1>"]
    if layout.why:
        parts.append(f'<p class="why">{escape(" · ".join(layout.why))}</p>')
    if len(layout.articles) >= _LISTED:
        rows = "".join(
            f'<li><a href="#a{n}">{escape(block.headline)}</a></li>' for n, block in enumerate(layout.articles)
        )
        parts.append(f"<ol>{rows}</ol>")
    parts += [_article(block, number) for number, block in enumerate(layout.articles)]
    if layout.more:
        parts.append(f'<p class="facts">and {layout.more} more</p>')
    return parts


def _body(layout: Layout) -> list[str]:
    return [f"<p>{_line(line)}</p>" for line in layout.body if line]


def _article(block: ArticleBlock, number: int) -> str:
    quote = f"<blockquote>{_line(block.quote)}</blockquote>" if block.quote else ""
    headline = f'<a href="{_address(block.url)}">{escape(block.headline)}</a>'
    return f'<h2 id="a{number}">{headline}</h2><p class="facts">{escape(" · ".join(block.facts))}</p>{quote}'


def _footer(layout: Layout, unsubscribe: str) -> str:
    parts = [escape(note) for note in layout.notes]
    parts.append(f"Sent by wirewatch for the rule {escape(layout.rule.text)}.")
    if unsubscribe:
        parts.append(f'<a href="{_address(unsubscribe)}">Unsubscribe</a>')
    return "<br>".join(parts)


def _line(line: Line) -> str:
    return line_text(
        line,
        plain=escape,
        bold=lambda text: f"<mark>{text}</mark>",
        link=lambda text, url: f'<a href="{_address(url)}">{text}</a>',
    )


def _address(url: str) -> str:
    return escape(one_line(url))
