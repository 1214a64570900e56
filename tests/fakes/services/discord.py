"""Discord's webhooks, as the developers' documentation says ("Webhook", "Message", "Component Reference", "Rate Limits").

* "Execute Webhook": with `wait=true` the answer is the message, else 204; one of content, embeds, components is needed;
  components of a webhook that no application owns are ignored without `with_components=true`; interactive ones are refused.
* "Embed limits": 10 embeds; title 256, description 4,096, 25 fields of 256 and 1,024, footer 2,048, author 256, and 6,000
  together; content 2,000. Characters are counted as JavaScript counts them, which is the stricter reading.
* An action row has 1 to 5 buttons; a link button has a label of 80 characters, a URL of 512, and no `custom_id`.
* "Edit Webhook Message": PATCH; without `allowed_mentions` the content is read with the default, which is all of them.
* Errors: 400 with code 50035; 401 with 50027; 404 with 10015 (webhook), 10008 (message); 429 with `retry_after`, `global` and
  headers, and without JSON from the network before the API.
* A URL whose host has no top-level domain, or an underscore, is "Not a well formed URL."; an IP is well formed
  (bugsink/bugsink#280, discordjs/discord.js#7438, go-gitea/gitea#11124).
* Mentions in embeds ping nobody.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson

from core.model.outcome import FailureReason
from tests.fakes.services import discord_markdown
from tests.fakes.services.service import Asked, Failing, FakeService, Said, Shown, said_json

_WELL_FORMED = re.compile(r"https?://(?:(?:[A-Za-z0-9-]+\.)+[A-Za-z][A-Za-z0-9-]+|[\d.]{7,15})(?::\d+)?(?:[/?#]\S*)?$")
_EMBED = {"title": 256, "description": 4_096}


class FakeDiscord(FakeService):
    """A channel with one webhook and one thread."""

    kind = "discord"
    path = "api/webhooks/1224466880011223344/aXq9Zr5TzPq_0fLwW3bK8sDv2YjH6mNc4RtE1uGiOxSaQe7BlJdFhVpCkMyUnIzL"
    secrets = (path.rpartition("/")[2], path)
    thread_id = "998877665544332211"
    mention = ("<@&112233445566778899> <@223344556677889900>", ("@&112233445566778899", "@223344556677889900"))
    failures = (
        Failing(
            said_json(400, {"code": 50035, "message": "Invalid Form Body"}),
            FailureReason.CLIENT_ERROR,
            retriable=False,
            words="Invalid Form Body",
        ),
        Failing(
            said_json(401, {"code": 50027, "message": "Invalid Webhook Token"}),
            FailureReason.AUTH_ERROR,
            retriable=False,
            words="Invalid Webhook Token",
        ),
        Failing(
            said_json(404, {"code": 10015, "message": "Unknown Webhook"}),
            FailureReason.GONE,
            retriable=False,
            words="Unknown Webhook",
        ),
        Failing(
            said_json(
                429,
                {"message": "You are being rate limited.", "retry_after": 64.57, "global": False},
                {"Retry-After": "65", "X-RateLimit-Scope": "user", "Via": "1.1 google"},
            ),
            FailureReason.RATE_LIMITED,
            retriable=True,
            retry_after=64.57,
        ),
        Failing(
            said_json(
                429,
                {"message": "You are being rate limited.", "retry_after": 3.5, "global": True},
                {"Retry-After": "4", "X-RateLimit-Global": "true", "X-RateLimit-Scope": "global"},
            ),
            FailureReason.RATE_LIMITED,
            retriable=True,
            retry_after=3.5,
            holds_all=True,
        ),
        Failing(
            Said(429, "error code: 1015", {"Retry-After": "600", "Content-Type": "text/plain"}),
            FailureReason.RATE_LIMITED,
            retriable=True,
            retry_after=600,
            holds_all=True,
        ),
        Failing(said_json(429, {"retry_after": "soon"}), FailureReason.RATE_LIMITED, retriable=True),
        Failing(
            said_json(500, {"code": 0, "message": "500: Internal Server Error"}),
            FailureReason.SERVER_ERROR,
            retriable=True,
        ),
        Failing(said_json(200, {"code": 40333, "message": "internal"}), FailureReason.REFUSED, retriable=True),
    )

    def __init__(self) -> None:
        super().__init__()
        self.headers: dict[str, str] = {}  # of every message that is taken

    def settings(self) -> dict[str, object]:
        return {"url": self.url(self.path)}

    def forget(self, reference: str) -> None:
        self.shown = [one for one in self.shown if one.reference != reference]

    def answer(self, asked: Asked) -> Said:
        if not asked.path.startswith("/api/webhooks/1224466880011223344"):
            return self._no(404, 10015, "Unknown Webhook")
        if not asked.path.startswith(f"/{self.path}"):
            return self._no(401, 50027, "Invalid Webhook Token")
        try:
            post = asked.json
        except orjson.JSONDecodeError:
            return self._no(400, 50109, "The request body contains invalid JSON.")
        wrong = wrong_post(post, asked.query)
        if wrong:
            return self._no(400, 50035, f"Invalid Form Body: {wrong}")
        thread = asked.query.get("thread_id", "")
        if thread not in ("", self.thread_id):
            return self._no(404, 10003, "Unknown Channel")
        rest = asked.path.removeprefix(f"/{self.path}")
        if asked.method == "POST" and rest == "":
            return self._executed(post, asked.query)
        if asked.method == "PATCH" and rest.startswith("/messages/"):
            return self._edited(rest.removeprefix("/messages/"), post, thread)
        return self._no(405, 0, "405: Method Not Allowed")

    def _executed(self, post: Any, query: Mapping[str, str]) -> Said:
        number = f"13{len(self.asked):016}"
        thread = query.get("thread_id", "")
        self.shown.append(replace(shown_post(post, query), reference=number, thread=thread))
        if query.get("wait") != "true":
            return Said(204, "", self.headers)
        return said_json(200, {"type": 0, "author": {"id": "1224466880011223344"}, "id": number, **post}, self.headers)

    def _edited(self, number: str, post: Any, thread: str) -> Said:
        for at, one in enumerate(self.shown):
            if (one.reference, one.thread) == (number, thread):
                read = shown_post(post, {"with_components": "true"})
                self.shown[at] = replace(read, reference=number, thread=thread, edits=one.edits + 1)
                return said_json(200, {"type": 0, "id": number, **post}, self.headers)
        return said_json(404, {"code": 10008, "message": "Unknown Message"})

    def _no(self, status: int, code: int, why: str) -> Said:
        return self.refuse(status, orjson.dumps({"code": code, "message": why}).decode(), why)


def wrong_post(post: Any, query: Mapping[str, str]) -> str:
    """Why Discord refuses it; empty where it does not."""
    if not isinstance(post, dict):
        return "not an object"
    embeds, components = post.get("embeds", []), post.get("components", [])
    content = post.get("content") or ""
    if not content.strip() and not embeds and not (components and query.get("with_components") == "true"):
        return "Cannot send an empty message (50006)"
    if units(content) > 2_000:
        return f"content: {units(content)}"
    if len(embeds) > 10 or sum(map(_size, embeds)) > 6_000:
        return f"embeds: {len(embeds)}, {sum(map(_size, embeds))} characters"
    return next(filter(None, (*map(_wrong_embed, embeds), *map(_wrong_row, components))), "")


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _size(embed: Mapping[str, Any]) -> int:
    texts = [embed.get("title", ""), embed.get("description", ""), embed.get("footer", {}).get("text", "")]
    texts += [embed.get("author", {}).get("name", "")]
    return sum(map(units, texts)) + sum(units(one["name"]) + units(one["value"]) for one in embed.get("fields", []))


def _wrong_embed(embed: Mapping[str, Any]) -> str:
    for name, most in _EMBED.items():
        text = embed.get(name)
        if text is not None and not 1 <= units(text.strip()) <= most:
            return f"embeds.{name}: {units(text)} characters"
    footer, author = embed.get("footer", {}).get("text", "-"), embed.get("author", {}).get("name", "-")
    if not 1 <= units(footer) <= 2_048 or not 1 <= units(author) <= 256 or len(embed.get("fields", [])) > 25:
        return "embeds: footer, author or fields"
    url = embed.get("url")
    if url is not None and not (_WELL_FORMED.match(url) and len(url) <= 2_048):
        return "embeds.url: Not a well formed URL."
    return "" if set(embed) - {"color", "url"} else "embeds: empty"


def _wrong_row(row: Mapping[str, Any]) -> str:
    buttons = row.get("components", [])
    if row.get("type") != 1 or not 1 <= len(buttons) <= 5:
        return "components: an action row has 1 to 5 buttons"
    for button in buttons:
        if button.get("type") != 2 or button.get("style") != 5 or "custom_id" in button:
            return "components: only link buttons"
        if not 1 <= len(button["label"]) <= 80 or not _WELL_FORMED.match(button["url"]) or len(button["url"]) > 512:
            return f"components.url: {len(button['url'])} characters"
    return ""


def shown_post(post: Any, query: Mapping[str, str]) -> Shown:
    """What people see of it."""
    content = discord_markdown.read(post.get("content") or "")
    texts, links, bold = [content.text], [*content.links], [*content.bold]
    wrong = [f"previewed: {url}" for url in content.previewed]
    for embed in post.get("embeds", []):
        title, told = (discord_markdown.read(embed.get(name, "")) for name in ("title", "description"))
        if title.marks or title.structure or set(told.structure) - {">"}:
            wrong.append(f"markup acts: {title.marks} {title.structure} {told.structure}")
        texts += [title.text, told.text, embed.get("footer", {}).get("text", "")]
        links += [(title.text, embed["url"]), *told.links] if "url" in embed else told.links
        bold += told.bold
    if query.get("with_components") == "true":
        links += [(one["label"], one["url"]) for row in post.get("components", []) for one in row["components"]]
    return Shown(
        text="\n".join(texts),
        links=tuple(links),
        bold=tuple(bold),
        pings=tuple(one for one in content.mentions if _allowed(one, post.get("allowed_mentions"))),
        wrong=tuple(wrong),
    )


def _allowed(mention: str, allowed: Any) -> bool:
    if mention.startswith(("#", ":", "a:", "t:", "/")):
        return False
    if allowed is None:
        return True
    parse = allowed.get("parse", [])
    if mention in ("@everyone", "@here"):
        return "everyone" in parse
    group = "roles" if mention.startswith("@&") else "users"
    return group in parse or mention.lstrip("@&!") in allowed.get(group, [])
