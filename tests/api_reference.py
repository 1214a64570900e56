"""`make api-docs`: the part of docs/api.md that is made from the OpenAPI document."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from wirewatch.api.handbook import Handbook, Member, ModelShown, Shown, handbook
from wirewatch.api.openapi import document
from wirewatch.api.published import COOKIE
from wirewatch.api.table import OPERATIONS

PAGE = Path(__file__).resolve().parents[1] / "docs" / "api.md"
BEGIN = "<!-- from here on made by `make api-docs` -->"


def reference() -> str:
    """The chapters, as Markdown."""
    book = handbook(document(OPERATIONS, cookie=COOKIE), "http://127.0.0.1:8080/api/v1")
    return "\n".join(_lines(book)).strip() + "\n"


def whole(page: str) -> str:
    """The page with its part of today."""
    return page.partition(BEGIN)[0] + f"{BEGIN}\n\n{reference()}"


def _lines(book: Handbook) -> Iterator[str]:
    yield from _codes(book)
    for chapter in book.chapters:
        yield from ("", f"## Chapter: {chapter.tag}", "", chapter.meaning)
        for one in chapter.operations:
            yield from _operation(one)
    yield from ("", "## Models")
    for model in book.models:
        yield from _model(model)


def _codes(book: Handbook) -> Iterator[str]:
    yield from ("## Codes of problems", "", "| code | status | meaning | what mends it |", "|---|---|---|---|")
    for one in book.codes:
        yield f"| `{one.code}` | {one.statuses} | {one.means} | {one.mend} |"


def _operation(one: Shown) -> Iterator[str]:
    yield from ("", f"### {one.method} {one.path}", "", f"{one.summary}. {one.description}", "")
    yield from _members(one.parameters, "parameter")
    yield from _members(one.members, "member of the body")
    yield from (f"    {line}" for line in one.curl.splitlines())
    answers = f"[{one.answers}](#{_anchor(one.answers)})" if one.answer_model else one.answers
    headers = f", with {' and '.join(f'`{name}`' for name in one.headers)}" if one.headers else ""
    yield from ("", f"Answers {one.status}: {answers}{headers}. Problems: {', '.join(one.problems)}.")


def _members(rows: Sequence[Member], first: str) -> Iterator[str]:
    if not rows:
        return
    yield from (f"| {first} | kind | meaning |", "|---|---|---|")
    for one in rows:
        kind = (
            one.kind
            if not one.model
            else re.sub(rf"\b{one.model}\b", f"[{one.model}](#{_anchor(one.model)})", one.kind, count=1)
        )
        required = ", required" if one.required else ""
        yield f"| `{one.name}`{required} | {_cell(kind)} | {_cell(one.meaning)} |"
    yield ""


def _model(model: ModelShown) -> Iterator[str]:
    yield from ("", f"### {model.name}", "")
    if model.meaning:
        yield from (model.meaning, "")
    if model.choices:
        yield f"One of {', '.join(f'`{choice}`' for choice in model.choices)}."
    yield from _members(model.members, "member")


def _cell(text: str) -> str:
    return text.replace("|", r"\|").replace("\n", " ")


def _anchor(name: str) -> str:
    return name.lower()


if __name__ == "__main__":
    PAGE.write_text(whole(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
