"""Operations on rules. A path names a rule by its name within the team, or by its id."""

from http import HTTPStatus

from core.model.outcome import Priority
from core.model.rule import RuleSettings
from wirewatch.api.model import Query
from wirewatch.api.operation import Answer, Call, operation
from wirewatch.api.problems import PlaceProblem, Refusal, problem
from wirewatch.api.rule_models import (
    DiffQuery,
    NewRuleBody,
    PutAnswer,
    PutRuleBody,
    RenameBody,
    RollbackBody,
    Rule,
    RuleChange,
    RuleDestination,
    RuleDetail,
    RuleDiff,
    Rules,
    RulesQuery,
    RuleVersions,
    SettingsBody,
)
from wirewatch.config.applied import pointer
from wirewatch.config.one_rule import read_settings
from wirewatch.usecases import rule_list, rules
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.rule_checks import rule_tag
from wirewatch.usecases.rule_list import RuleFilter
from wirewatch.usecases.rules import NewRule

READ, OWN = Permission.READ_RULES, Permission.OWN_RULES


@operation("GET", "/rules", summary="List rules", access=READ, query=RulesQuery, answer=Rules)
async def list_rules(call: Call[RulesQuery, None]) -> Rules:
    """By name, in the version in force, disabled ones too, with what they did in the last 14 days."""
    asked, me = call.query, call.acting
    owner = me.user_id or "" if asked.owner == "me" else asked.owner
    wanted = RuleFilter(
        text=asked.text,
        enabled=None if asked.state is None else asked.state == "in_force",
        origin=asked.origin,
        owner=owner,
        priority=None if asked.priority is None else Priority(asked.priority),
    )
    page = await rule_list.overview(me, Paging(asked.limit, asked.cursor), wanted)
    today = me.clock.now().date()
    return Rules(rules=[Rule.of_listed(one, today) for one in page.items], next=page.next)


@operation("GET", "/rules/{rule}", summary="Show a rule", access=READ, answer=RuleDetail)
async def show_rule(call: Call[Query, None]) -> Answer:
    """In the version in force, with what it did in the last 14 days and where its alerts go."""
    found = await rules.detail(call.acting, call.path["rule"])
    listed = await rule_list.figures_of(call.acting, found.history.current)
    made = RuleDetail(
        rule=Rule.of_listed(listed, call.acting.clock.now().date()),
        destinations=[RuleDestination.of_destination(one) for one in found.destinations],
    )
    return Answer(made, etag=rule_tag(found.history.current))


@operation(
    "POST", "/rules", summary="Make a rule", access=OWN, body=NewRuleBody, answer=PutAnswer, status=201, creates=True
)
async def make_rule(call: Call[Query, NewRuleBody]) -> Answer:
    """Refused where the name is in use, by a rule in force or by one that was taken out of force."""
    body = call.body
    new = NewRule(
        name=body.name,
        query=body.query,
        settings=_settings(body.settings),
        comment=body.comment,
        only_new=True,
    )
    return await _put(call.acting, new)


@operation("PUT", "/rules/{rule}", summary="Change a rule", access=OWN, body=PutRuleBody, answer=PutAnswer, stale=True)
async def change_rule(call: Call[Query, PutRuleBody]) -> Answer:
    """A new version, in force at once, also of a rule that was out of force. Nothing changes where it is so already."""
    body = call.body
    current = await rules.current(call.acting, call.path["rule"])
    new = NewRule(
        name=current.rule_id,
        query=body.query,
        settings=None if body.settings is None else _settings(body.settings),
        comment=body.comment,
    )
    return await _put(call.acting, new)


@operation("DELETE", "/rules/{rule}", summary="Remove a rule", access=OWN, status=204, stale=True)
async def remove_rule(call: Call[Query, None]) -> None:
    """Take it out of force; its versions and alerts stay, and it can be enabled again."""
    await rules.remove(call.acting, call.path["rule"])


@operation("POST", "/rules/{rule}/disable", summary="Disable a rule", access=OWN, answer=Rule, stale=True)
async def disable_rule(call: Call[Query, None]) -> Answer:
    """Take it out of force for a while."""
    return await _shown(call.acting, (await rules.disable(call.acting, call.path["rule"])).rule_id)


@operation("POST", "/rules/{rule}/enable", summary="Enable a rule", access=OWN, answer=Rule, stale=True)
async def enable_rule(call: Call[Query, None]) -> Answer:
    """Put it in force again, in its last version."""
    return await _shown(call.acting, (await rules.enable(call.acting, call.path["rule"])).rule_id)


@operation(
    "POST", "/rules/{rule}/rename", summary="Rename a rule", access=OWN, body=RenameBody, answer=Rule, stale=True
)
async def rename_rule(call: Call[Query, RenameBody]) -> Answer:
    """It keeps its id, versions and alerts. Silences go by the name."""
    return await _shown(call.acting, (await rules.rename(call.acting, call.path["rule"], call.body.name)).rule_id)


@operation("GET", "/rules/{rule}/versions", summary="List the versions of a rule", access=READ, answer=RuleVersions)
async def list_rule_versions(call: Call[Query, None]) -> RuleVersions:
    """The newest first."""
    found = await rules.show(call.acting, call.path["rule"])
    return RuleVersions(versions=[Rule.of_row(row) for row in found.versions])


@operation("GET", "/rules/{rule}/diff", summary="Compare two versions", access=READ, query=DiffQuery, answer=RuleDiff)
async def compare_rule_versions(call: Call[DiffQuery, None]) -> RuleDiff:
    """The difference in meaning, clause by clause, from the first version to the second."""
    asked = call.query
    found = await rules.compare(call.acting, call.path["rule"], asked.first, asked.second)
    changes = [RuleChange.of_change(change) for change in found.changes]
    return RuleDiff(first=asked.first, second=asked.second, changes=changes, settings=found.settings)


@operation(
    "POST",
    "/rules/{rule}/rollback",
    summary="Roll a rule back",
    access=OWN,
    body=RollbackBody,
    answer=Rule,
    stale=True,
)
async def roll_rule_back(call: Call[Query, RollbackBody]) -> Answer:
    """Put an old version in force again, as a new version."""
    current = await rules.current(call.acting, call.path["rule"])
    await rules.rollback(call.acting, current.rule_id, call.body.version)
    return await _shown(call.acting, current.rule_id)


async def _shown(acting: Acting, rule_id: str) -> Answer:
    listed = await rule_list.one(acting, rule_id)
    return Answer(Rule.of_listed(listed, acting.clock.now().date()), etag=rule_tag(listed.row))


async def _put(acting: Acting, new: NewRule) -> Answer:
    done = await rules.put(acting, new)
    listed = await rule_list.one(acting, done.rule_id)
    rule = Rule.of_listed(listed, acting.clock.now().date())
    return Answer(PutAnswer(rule=rule, changed=done.changed, warnings=done.warnings), etag=rule_tag(listed.row))


def _settings(body: SettingsBody) -> RuleSettings:
    """Raises Refusal with every problem."""
    read, problems = read_settings(body.model_dump(exclude_none=True))
    if read is not None:
        return read
    found = [PlaceProblem(place=f"/settings{pointer(one.path)}", detail=one.message) for one in problems]
    detail = f"{problems[0].path}: {problems[0].message}"
    raise Refusal(problem(HTTPStatus.BAD_REQUEST, "bad_body", detail, place=found[0].place, problems=found))


OPERATIONS = [
    list_rules,
    make_rule,
    show_rule,
    change_rule,
    remove_rule,
    disable_rule,
    enable_rule,
    rename_rule,
    list_rule_versions,
    compare_rule_versions,
    roll_rule_back,
]
