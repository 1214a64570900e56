"""A Power Automate workflow that posts to Microsoft Teams, as Microsoft's documentation says.

* "Post a workflow when a webhook request is received in Microsoft Teams": a POST of a message of type `message` with Adaptive
  Cards as attachments; the answer is 202 without a body, before anything is posted.
* Azure Logic Apps, "Request trigger" and its errors: JSON with `error.code`; 401 where the signature is wrong, 400
  `WorkflowTriggerIsNotEnabled` where the workflow is off, 404 `WorkflowNotFound`, 429 with `Retry-After`, 502 `NoResponse`.
* The old connectors answer 200 and a sentence that tells of the failure behind them.
* Teams connector, "Known issues": a message above about 28 kB fails; some tenants refuse from 21 kB on
  (MSTEAMS_MESSAGE_SIZE_LIMIT of msteams_hermes), which is the stricter reading. The sender is not told: it has its 202.
* Adaptive Cards schema 1.5: a RichTextBlock has inlines, a TextRun has a text, which is no Markdown; a TextBlock is Markdown.
  "Cards reference": six actions are shown; a mention is an entity whose text stands in a TextBlock.
"""

from typing import Any

import orjson

from core.model.outcome import FailureReason
from tests.fakes.services.service import Asked, Failing, FakeService, Said, Shown, said_json

_BYTES = 21_000
_ACTIONS = 6
_CARD = "application/vnd.microsoft.card.adaptive"


def _error(status: int, code: str, message: str) -> Said:
    return said_json(status, {"error": {"code": code, "message": message}})


class FakeTeams(FakeService):
    """One workflow of one channel."""

    kind = "teams"
    mention = (
        "ann@desk.example, 87d349ed-44d7-43e1-9a83-5f2406dee5bd",
        ("ann@desk.example", "87d349ed-44d7-43e1-9a83-5f2406dee5bd"),
    )
    signature = "r6OtxOwWkOZ2Hb1Ypp4SDL0XyGUrgnGSqYFdoKi0Sj4"
    path = "workflows/4ee0be3a4fd04f7aa0c2a0a2ad2d1a42/triggers/manual/paths/invoke"
    secrets = (signature,)
    failures = (
        Failing(
            _error(
                401, "DirectApiAuthorizationRequired", "The request must be authenticated by a Shared Access scheme."
            ),
            FailureReason.AUTH_ERROR,
            retriable=False,
            words="DirectApiAuthorizationRequired",
        ),
        Failing(
            _error(400, "WorkflowTriggerIsNotEnabled", "Could not execute trigger 'manual' with state 'Disabled'."),
            FailureReason.CLIENT_ERROR,
            retriable=False,
            words="WorkflowTriggerIsNotEnabled",
        ),
        Failing(
            _error(404, "WorkflowNotFound", "The workflow could not be found."),
            FailureReason.CLIENT_ERROR,
            retriable=False,
            words="WorkflowNotFound",
        ),
        Failing(
            said_json(429, {"error": {"code": "WorkflowRunActionThrottled"}}, {"Retry-After": "60"}),
            FailureReason.RATE_LIMITED,
            retriable=True,
            retry_after=60,
        ),
        Failing(Said(413, ""), FailureReason.PAYLOAD_TOO_LARGE, retriable=False),
        Failing(
            _error(502, "NoResponse", "The server did not receive a response from an upstream server."),
            FailureReason.SERVER_ERROR,
            retriable=True,
            words="NoResponse",
        ),
        Failing(
            Said(200, "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429"),
            FailureReason.REFUSED,
            retriable=True,
            words="HTTP error 429",
        ),
        Failing(
            said_json(200, {"error": {"code": "BadRequest", "message": "no"}}), FailureReason.REFUSED, retriable=True
        ),
    )

    def settings(self) -> dict[str, object]:
        query = f"api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig={self.signature}"
        return {"url": f"{self.url(self.path)}?{query}"}

    def answer(self, asked: Asked) -> Said:
        if asked.path != f"/{self.path}" or asked.method != "POST":
            self.refusals.append(f"{asked.method} {asked.path}")
            return _error(404, "WorkflowNotFound", "The workflow could not be found.")
        if asked.query.get("sig") != self.signature:
            self.refusals.append("signature")
            return _error(401, "DirectApiAuthorizationRequired", "The request must be authenticated.")
        try:
            message = asked.json
        except orjson.JSONDecodeError:
            self.refusals.append("not JSON")
            return _error(400, "InvalidRequestContent", "The request content is not valid JSON.")
        wrong = wrong_message(message, len(asked.body))
        if wrong:
            self.refusals.append(wrong)  # the run fails later, and nobody is told
        else:
            self.shown.append(shown_card(message["attachments"][0]["content"]))
        return Said(202, "")


def wrong_message(message: Any, size: int) -> str:
    """Why nothing would be posted; empty where it would."""
    if size > _BYTES:
        return f"RequestEntityTooLarge: {size} bytes"
    if not isinstance(message, dict) or message.get("type") != "message":
        return "no message"
    attachments = message.get("attachments")
    if not isinstance(attachments, list) or len(attachments) != 1 or attachments[0].get("contentType") != _CARD:
        return "not one Adaptive Card"
    card = attachments[0].get("content", {})
    if card.get("type") != "AdaptiveCard" or card.get("version") not in ("1.2", "1.3", "1.4", "1.5"):
        return f"a {card.get('type')} of version {card.get('version')}"
    problems = [_wrong_element(element) for element in card.get("body", [])]
    problems += [_wrong_action(action) for action in card.get("actions", [])]
    return next(filter(None, problems), "" if card.get("body") else "an empty card")


def _wrong_element(element: dict[str, Any]) -> str:
    if element.get("type") == "TextBlock":
        return "" if isinstance(element.get("text"), str) else "a TextBlock without text"
    if element.get("type") != "RichTextBlock":
        return f"an element {element.get('type')}"
    inlines = element.get("inlines")
    if not isinstance(inlines, list) or not inlines:
        return "a RichTextBlock without inlines"
    for run in inlines:
        if run.get("type") != "TextRun" or not run.get("text") or not isinstance(run["text"], str):
            return "a TextRun without text"
        if "selectAction" in run and (wrong := _wrong_action(run["selectAction"])):
            return wrong
    return ""


def _wrong_action(action: dict[str, Any]) -> str:
    url = action.get("url")
    right = action.get("type") == "Action.OpenUrl" and isinstance(url, str) and url.startswith(("http://", "https://"))
    return "" if right else f"an action {action.get('type')} to {str(url)[:60]}"


def shown_card(card: dict[str, Any]) -> Shown:
    """What people see of a card."""
    lines, links, bold, wrong = [], [], [], []
    blocks = []
    for element in card["body"]:
        if element["type"] == "TextBlock":
            blocks.append(element["text"])
            lines.append(element["text"])
            continue
        runs = element["inlines"]
        lines.append("".join(run["text"] for run in runs))
        bold += [run["text"] for run in runs if run.get("weight") == "Bolder"]
        links += [(run["text"], run["selectAction"]["url"]) for run in runs if "selectAction" in run]
    actions = card.get("actions", [])
    links += [(action["title"], action["url"]) for action in actions[:_ACTIONS]]
    if len(actions) > _ACTIONS:
        wrong.append(f"{len(actions)} actions")
    entities = card.get("msteams", {}).get("entities", [])
    pings = [one["mentioned"]["id"] for one in entities if any(one["text"] in text for text in blocks)]
    if len(pings) != len(entities) or sum(text.count("<at>") for text in blocks) != len(entities):
        wrong.append("a mention without its entity")
    return Shown(text="\n".join(lines), links=tuple(links), bold=tuple(bold), pings=tuple(pings), wrong=tuple(wrong))
