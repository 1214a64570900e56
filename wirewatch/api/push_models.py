"""Pushed articles and what became of each, field by field: a stable promise."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from core.config import pointed
from core.model.pushed import PushedArticle
from core.size_words import in_our_words
from ingest.read.pushed_article import Wrong
from wirewatch.api.model import Body, Model
from wirewatch.usecases.push import MOST, Given, Pushed, PushOutcome

_MOST_PROBLEMS = 20


class PushBody(Body):
    articles: Annotated[tuple[dict[str, Any], ...], Field(min_length=1, max_length=MOST)]


class GivenArticle(BaseModel):
    """One article of a push; each is looked at by itself, so that one mistake refuses no other."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    url: str
    title: str
    text: str = ""
    source: str = ""
    lang: str | None = None
    country: str | None = None
    published: Annotated[AwareDatetime | None, Field(strict=False)] = None
    updated: Annotated[AwareDatetime | None, Field(strict=False)] = None
    authors: Annotated[tuple[str, ...], Field(strict=False)] = ()
    section: str | None = None
    tags: Annotated[tuple[str, ...], Field(strict=False)] = ()


class PlaceProblem(Model):
    """`place`: a JSON pointer into the body."""

    place: str
    detail: str


class PushResult(Model):
    """`detail`: why it is a duplicate. `problems`: all that is wrong with one that is invalid."""

    outcome: PushOutcome
    article_id: str | None
    detail: str
    problems: Sequence[PlaceProblem]


class PushResults(Model):
    """In the order of the articles, and how many there are of each outcome."""

    accepted: int
    duplicate: int
    invalid: int
    results: Sequence[PushResult]

    @classmethod
    def of_pushed(cls, pushed: Sequence[Pushed]) -> Self:
        """The model of what became of them."""
        many = Counter(one.outcome for one in pushed)
        return cls(
            accepted=many[PushOutcome.ACCEPTED],
            duplicate=many[PushOutcome.DUPLICATE],
            invalid=many[PushOutcome.INVALID],
            results=[_result(place, one) for place, one in enumerate(pushed)],
        )


def given(one: dict[str, Any]) -> Given:
    """The article, or what is wrong with it."""
    try:
        read = GivenArticle.model_validate(one)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)[:_MOST_PROBLEMS]
        return tuple(Wrong("/".join(map(pointed, it["loc"])), in_our_words(it["msg"])) for it in found)
    return PushedArticle(**read.model_dump())


def _result(place: int, one: Pushed) -> PushResult:
    problems = [PlaceProblem(place=f"/articles/{place}/{wrong.place}", detail=wrong.detail) for wrong in one.problems]
    return PushResult(outcome=one.outcome, article_id=one.article_id, detail=one.detail, problems=problems)
