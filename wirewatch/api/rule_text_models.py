"""The text of a rule as the API has it: checked, as boxes, previewed, explained, translated; and the health of rules."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import Field

from alerts.management.preview import Shown
from alerts.management.translate.translation import Note
from alerts.rules.estimate import CostEstimate
from alerts.rules.explain import Explained
from alerts.rules.printer import print_rule
from alerts.rules.spellings import AlsoFound
from core.model.match import Evidence
from wirewatch.api.form_models import FormsModel
from wirewatch.api.model import Body, Float, Int, Model, Paged, QueryInt
from wirewatch.api.rule_box_models import BoxesModel
from wirewatch.api.rule_models import RuleProblem, RuleText
from wirewatch.usecases.preview import Live
from wirewatch.usecases.rule_text import MOST_CHARACTERS, Checked

_MOST_SECONDS = 10.0


class TextBody(Body):
    query: RuleText


class CostModel(Model):
    """`share`: of articles that the rule is expected to be looked at for, 0 to 1; `microseconds`: what that takes, on average over all
    articles."""

    share: float
    microseconds: float

    @classmethod
    def of_estimate(cls, cost: CostEstimate) -> Self:
        return cls(share=cost.share, microseconds=cost.microseconds)


class AlsoFoundModel(Model):
    """Spellings that a term also finds, as folding makes them one word."""

    start: int
    end: int
    text: str
    also: Sequence[str]

    @classmethod
    def of_term(cls, found: AlsoFound) -> Self:
        return cls(start=found.start, end=found.end, text=found.text, also=found.also)


class CheckedModel(Model):
    """`canonical`, `boxes` and `cost` null: it cannot be read, for these problems. Warnings reject nothing. `clauses` and `terms`: how many there
    are once aliases and `forms(...)` stand for their terms; a list is one clause."""

    ok: bool
    canonical: str | None
    boxes: BoxesModel | None
    forms: Sequence[FormsModel]
    clauses: int
    terms: int
    cost: CostModel | None
    also_finds: Sequence[AlsoFoundModel]
    problems: Sequence[RuleProblem]
    warnings: Sequence[RuleProblem]

    @classmethod
    def of_checked(cls, found: Checked) -> Self:
        return cls(
            ok=found.canonical is not None,
            canonical=found.canonical,
            boxes=None if found.boxes is None else BoxesModel.of_boxes(found.boxes),
            forms=list(map(FormsModel.of_list, found.forms)),
            clauses=found.size.clauses,
            terms=found.size.terms,
            cost=None if found.cost is None else CostModel.of_estimate(found.cost),
            also_finds=list(map(AlsoFoundModel.of_term, found.also_finds)),
            problems=list(map(RuleProblem.of_problem, found.problems)),
            warnings=list(map(RuleProblem.of_problem, found.warnings)),
        )


class FormattedModel(Model):
    """The rule laid out; as it was where there are problems."""

    query: str
    changed: bool
    problems: Sequence[RuleProblem]


class LineProblem(Model):
    """`box`: the member; `number`: which of its lists, from 0; `line`: its text."""

    box: str
    number: int
    line: str
    message: str


class FilledModel(Model):
    """The text of the boxes, checked; `lines`: what was left out of it, and why."""

    query: str
    checked: CheckedModel
    lines: Sequence[LineProblem]


class EvidenceModel(Model):
    """`start`, `end`: characters of the field, in the original text."""

    field: str
    start: int
    end: int
    text: str


class PreviewArticle(Model):
    article_id: str
    story_id: str
    url: str
    title: str
    source: str
    accepted: datetime
    snippet: str
    evidence: Sequence[EvidenceModel]

    @classmethod
    def of_shown(cls, shown: Shown) -> Self:
        article = shown.story.article
        return cls(
            article_id=article.article_id,
            story_id=shown.story.story_id,
            url=article.url,
            title=article.title,
            source=article.source_name,
            accepted=article.accepted,
            snippet=shown.snippet,
            evidence=_evidence(shown.evidence),
        )


class PreviewBody(Body):
    """`against`: a stored rule's name or id, to compare with. `seconds`: how long to judge at most."""

    query: RuleText
    days: Annotated[Float, Field(gt=0, le=3650)] = 7
    seconds: Annotated[Float, Field(gt=0, le=_MOST_SECONDS)] = 2
    limit: Annotated[Int, Field(ge=0, le=100, description="articles to answer with")] = 10
    against: Annotated[str | None, Field(min_length=1, max_length=200)] = None


class AgainstModel(Model):
    gained: int
    lost: int
    same: int
    gained_articles: Sequence[PreviewArticle]
    lost_articles: Sequence[PreviewArticle]


class PreviewAnswer(Model):
    """`since`: how far back it was judged; `complete` false: older candidates were left out, for want of time or of room.

    `missed`: words of the rule -> words that look like them in articles that do not match, with the number of articles.
    """

    problems: Sequence[RuleProblem]
    warnings: Sequence[RuleProblem]
    candidates: int = 0
    complete: bool = True
    since: datetime | None = None
    alerts: int = 0
    alerts_a_day: float = 0.0
    by_day: dict[date, int] = Field(default_factory=dict)
    articles: int = 0
    top_sources: dict[str, int] = Field(default_factory=dict)
    missed: dict[str, dict[str, int]] = Field(default_factory=dict)
    matches: Sequence[PreviewArticle] = ()
    against: AgainstModel | None = None

    @classmethod
    def of_live(cls, found: Live, limit: int) -> Self:
        """With so many articles of each kind."""
        problems = list(map(RuleProblem.of_problem, found.problems))
        warnings = list(map(RuleProblem.of_problem, found.warnings))
        told, against = found.found, found.against
        if told is None:
            return cls(problems=problems, warnings=warnings)
        return cls(
            problems=problems,
            warnings=warnings,
            candidates=told.read,
            complete=told.complete,
            since=told.since,
            alerts=len(told.stories),
            alerts_a_day=round(told.alerts_a_day, 3),
            by_day=told.alerts_by_day,
            articles=len(told.matches),
            top_sources=dict(told.top_sources()),
            missed={word: dict(near.most_common(20)) for word, near in told.missed.items()},
            matches=[PreviewArticle.of_shown(one) for one in told.matches[:limit]],
            against=None
            if against is None
            else AgainstModel(
                gained=len(against.gained),
                lost=len(against.lost),
                same=against.same,
                gained_articles=[PreviewArticle.of_shown(one) for one in against.gained[:limit]],
                lost_articles=[PreviewArticle.of_shown(one) for one in against.lost[:limit]],
            ),
        )


class ClauseModel(Model):
    """`nearest`: of a false proximity, how many words are between its sides where they come nearest. `has`: what the article
    has where a comparison asks for something, such as `wc is 734`."""

    clause: str
    start: int
    end: int
    true: bool
    nearest: int | None
    has: str | None = None
    evidence: Sequence[EvidenceModel]
    children: Sequence["ClauseModel"]

    @classmethod
    def of_explained(cls, verdict: Explained) -> Self:
        return cls(
            clause=print_rule(verdict.node),
            start=verdict.node.span[0],
            end=verdict.node.span[1],
            true=verdict.true,
            nearest=verdict.nearest,
            has=verdict.has,
            evidence=_evidence(verdict.evidence),
            children=[ClauseModel.of_explained(child) for child in verdict.children],
        )


class PastedBody(Body):
    """An article that need not be stored. Paragraphs of `text` are parted by a blank line."""

    title: Annotated[str, Field(max_length=10_000)] = ""
    text: Annotated[str, Field(max_length=MOST_CHARACTERS)] = ""
    source: Annotated[str, Field(max_length=1000)] = ""
    url: Annotated[str, Field(max_length=2000)] = ""
    lang: Annotated[str | None, Field(max_length=35)] = None
    country: Annotated[str | None, Field(max_length=35)] = None


class ExplainBody(Body):
    """`rule`: a stored rule's name or id, or a text. `article`: the id or address of a stored article; or else `pasted`."""

    rule: Annotated[str, Field(min_length=1, max_length=100_000)]
    article: Annotated[str | None, Field(max_length=2000)] = None
    pasted: PastedBody | None = None


class ExplainAnswer(Model):
    """`pipeline`: what became of a stored article where this rule is concerned."""

    query: str
    true: bool
    tree: ClauseModel
    just_missed: dict[str, dict[str, int]]
    pipeline: str | None


class TranslateBody(Body):
    query: RuleText
    dialect: Literal["meltwater", "lexis", "factiva", "talkwalker", "lucene"]


class NoteModel(Model):
    """`kind`: changed (means the same), approximate, dropped. `start`, `end`: characters of the query that was given."""

    kind: str
    start: int
    end: int
    message: str

    @classmethod
    def of_note(cls, note: Note) -> Self:
        return cls(kind=note.kind.value, start=note.start, end=note.end, message=note.message)


class TranslateAnswer(Model):
    """`query` null: it cannot be translated, for these problems, whose places are in the query that was given."""

    query: str | None
    notes: Sequence[NoteModel]
    problems: Sequence[RuleProblem]


class HealthQuery(Paged):
    days: Annotated[QueryInt, Field(ge=1, le=3650)] = 30


class TroubleModel(Model):
    rule: str
    trouble: str
    sentence: str


class HealthAnswer(Model):
    """Of so many rules in force on this page of the list; those that mean the same are found within a page."""

    rules: int
    troubles: Sequence[TroubleModel]
    next: str | None


def _evidence(found: Sequence[Evidence]) -> list[EvidenceModel]:
    return [EvidenceModel(field=one.field, start=one.start, end=one.end, text=one.text) for one in found]
