"""Small renderers of what services make of a payload: near enough to see how a message reads, and what is missing in it."""

import re
from collections.abc import Callable, Mapping
from email import message_from_bytes
from email.policy import default
from html import escape, unescape
from typing import Any

import orjson


def _mrkdwn(text: str) -> str:
    """Slack's markup: escaped already but for its own signs."""
    text = re.sub(r"&lt;(.+?)\|(.+?)&gt;", r"<a href='\1'>\2</a>", text.replace("<", "&lt;").replace(">", "&gt;"))
    text = text.replace(":rotating_light:", "🚨")
    text = re.sub(r"(?m)^&gt; ?(.*)$", r"<blockquote>\1</blockquote>", text)
    text = re.sub(r"(?<![\w])\*([^*\n]+)\*(?![\w])", r"<b>\1</b>", text)
    text = re.sub(r"(?<![\w])_([^_\n]+)_(?![\w])", r"<i>\1</i>", text)
    return text.replace("\n", "<br>").replace("</blockquote><br>", "</blockquote>")


def _markdown(text: str) -> str:
    """The part of Markdown that Mattermost and Discord share."""
    kept: list[str] = []

    def keep(found: re.Match[str]) -> str:
        kept.append(found[1])
        return f"\x00{len(kept) - 1}\x00"

    text = re.sub(r"\\([^\w\s])", keep, text)
    text = escape(text, quote=False)
    text = re.sub(r"\[([^\]]*)\]\(&lt;(.*?)&gt;\)|\[([^\]]*)\]\(([^)]*)\)", _anchor, text)
    text = re.sub(r"(?m)^&gt; ?(.*)$", r"<blockquote>\1</blockquote>", text)
    text = re.sub(r"(?m)^-# (.*)$", r"<small>\1</small>", text)
    text = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", text)
    text = re.sub(r"(?<![\w*])[*_]([^*_\n]+)[*_](?![\w*])", r"<i>\1</i>", text)
    text = text.replace("\n", "<br>").replace("</blockquote><br>", "</blockquote>")
    return re.sub("\x00(\\d+)\x00", lambda found: escape(kept[int(found[1])], quote=False), text)


def _anchor(found: re.Match[str]) -> str:
    text, url = (found[1], found[2]) if found[2] else (found[3], found[4])
    return f"<a href='{url}'>{text}</a>"


def slack(data: Any) -> str:
    """Blocks of a Slack message."""
    parts = []
    for block in data["blocks"]:
        if block["type"] == "actions":
            parts.append("".join(f"<a class=btn>{escape(one['text']['text'])}</a>" for one in block["elements"]))
        elif block["type"] == "context":
            parts.append(f"<small>{' '.join(_mrkdwn(one['text']) for one in block['elements'])}</small>")
        else:
            parts.append(f"<p>{_mrkdwn(block['text']['text'])}</p>")
    return "".join(parts)


def discord(data: Any) -> str:
    """Content, embeds and link buttons of a Discord message."""
    parts = [f"<p>{_markdown(data.get('content', ''))}</p>"]
    for embed in data.get("embeds", ()):
        colour = f"#{embed.get('color', 0x5865F2):06x}"
        title = escape(embed.get("title", ""))
        head = f"<a href='{escape(embed.get('url', ''))}'><b>{title}</b></a>" if embed.get("url") else f"<b>{title}</b>"
        author = f"<small>{escape(embed['author']['name'])}</small><br>" if "author" in embed else ""
        foot = f"<br><small>{escape(embed['footer']['text'])}</small>" if "footer" in embed else ""
        fields = "".join(
            f"<p><b>{_markdown(one['name'])}</b><br>{_markdown(one['value'])}</p>" for one in embed.get("fields", ())
        )
        parts.append(
            f"<div class=embed style='border-color:{colour}'>{author}{head}<p>{_markdown(embed.get('description', ''))}</p>{fields}{foot}</div>"
        )
    rows = data.get("components", ())
    parts += [f"<a class=btn>{escape(one['label'])}</a>" for row in rows for one in row["components"]]
    return "".join(parts)


def telegram(data: Any) -> str:
    """The HTML of a Telegram message, and its keyboard."""
    keyboard = data.get("reply_markup", {}).get("inline_keyboard", ())
    buttons = "".join(f"<a class=btn>{escape(one['text'])}</a>" for row in keyboard for one in row)
    return f"<p>{data['text'].replace(chr(10), '<br>')}</p>{buttons}"


def teams(data: Any) -> str:
    """An Adaptive Card."""
    card = data["attachments"][0]["content"]
    parts = []
    for block in card["body"]:
        line = "<hr>" if block.get("separator") else ""
        if block["type"] == "TextBlock":
            parts.append(f"<p>{escape(block['text'])}</p>")
        else:
            parts.append(f"{line}<p>{''.join(map(_run, block['inlines']))}</p>")
    parts += [f"<a class=btn>{escape(action['title'])}</a>" for action in card.get("actions", ())]
    return "".join(parts)


def _run(run: Mapping[str, Any]) -> str:
    text = escape(run["text"])
    if run.get("weight") == "Bolder":
        text = f"<b>{text}</b>"
    if run.get("isSubtle"):
        text = f"<small>{text}</small>"
    return f"<a href='#'>{text}</a>" if "selectAction" in run else text


def mattermost(data: Any) -> str:
    """Text and attachment of a Mattermost post."""
    (attachment,) = data["attachments"]
    return f"<p>{_markdown(data.get('text', ''))}</p><div class=embed style='border-color:{attachment['color']}'>{_markdown(unescape(attachment['text']))}</div>"


def googlechat(data: Any) -> str:
    """A Google Chat card."""
    parts = []
    for widget in data["cardsV2"][0]["card"]["sections"][0]["widgets"]:
        if "textParagraph" in widget:
            parts.append(f"<p>{widget['textParagraph']['text']}</p>")
        else:
            parts += [f"<a class=btn>{escape(one['text'])}</a>" for one in widget["buttonList"]["buttons"]]
    return f"<div class=card>{''.join(parts)}</div>"


def pagerduty(data: Any) -> str:
    """The alert of an incident."""
    alert = data["payload"]
    links = "".join(f"<li><a href='{escape(one['href'])}'>{escape(one['text'])}</a></li>" for one in data["links"])
    details = escape(orjson.dumps(alert["custom_details"], option=orjson.OPT_INDENT_2).decode())
    return (
        f"<p><b class=sev>{alert['severity']}</b> <b>{escape(alert['summary'])}</b></p>"
        f"<small>{escape(alert['source'])} · {escape(alert['component'])}</small><ul>{links}</ul><pre>{details}</pre>"
    )


def ntfy(data: Any) -> str:
    """A notification of the phone."""
    actions = "".join(f"<a class=btn>{escape(one['label'])}</a>" for one in data.get("actions", ()))
    text = escape(data["message"]).replace("\n", "<br>")
    return f"<div class=card><b>{escape(data['title'])}</b><p>{text}</p>{actions}</div>"


def webhook(data: Any) -> str:
    """The JSON itself."""
    return f"<pre>{escape(orjson.dumps(data, option=orjson.OPT_INDENT_2).decode())}</pre>"


def mail(content: bytes) -> str:
    """The HTML part of a mail, as it is."""
    message: Any = message_from_bytes(content, policy=default)
    return str(message.get_body(("html",)).get_content())


def mail_head(content: bytes) -> str:
    """The headers that people see."""
    message: Any = message_from_bytes(content, policy=default)
    return "<br>".join(escape(f"{name}: {message[name]}") for name in ("From", "To", "Subject"))


RENDERERS: Mapping[str, Callable[[Any], str]] = {
    "slack": slack,
    "discord": discord,
    "telegram": telegram,
    "teams": teams,
    "mattermost": mattermost,
    "googlechat": googlechat,
    "pagerduty": pagerduty,
    "ntfy": ntfy,
    "webhook": webhook,
}

_STYLE = """
body{margin:0;background:#fff;color:#1d1c1d;font:15px/1.46 system-ui,sans-serif;width:640px}
main{padding:18px 20px}.who{display:flex;gap:10px;align-items:center;margin-bottom:8px}
.who i{width:34px;height:34px;border-radius:6px;background:#2c6fbb;display:block}
p{margin:4px 0 8px}a{color:#1264a3;text-decoration:none}small{color:#616061;font-size:13px}
blockquote{border-left:3px solid #ddd;margin:4px 0;padding-left:10px}
.embed{border-left:4px solid #2c6fbb;background:#f8f8f8;padding:8px 12px;border-radius:4px;margin:6px 0}
.card{border:1px solid #dadce0;border-radius:10px;padding:12px 14px}
.btn{display:inline-block;border:1px solid #bbb;border-radius:5px;padding:5px 11px;margin:6px 6px 0 0;color:#1d1c1d;font-weight:600;font-size:13px}
.sev{background:#b42318;color:#fff;border-radius:4px;padding:1px 7px;font-size:12px}hr{border:0;border-top:1px solid #e0e0e0}
pre{font:12px/1.4 ui-monospace,monospace;white-space:pre-wrap;background:#f6f8fa;padding:10px;border-radius:6px}
"""


def page(kind: str, data: Any) -> str:
    """A page with the message as this kind shows it."""
    inner = RENDERERS[kind](data)
    head = f"<div class=who><i></i><div><b>wirewatch</b> <small>{escape(kind)}</small></div></div>"
    return f"<!DOCTYPE html><meta charset=utf-8><style>{_STYLE}</style><main>{head}{inner}</main>"


def words(html: str) -> str:
    """What a page says, without markup."""
    return " ".join(unescape(re.sub("<style>.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL)).split())
