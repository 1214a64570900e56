"""Operations on the system as a whole."""

from typing import Any

from core.model.outcome import Stage as StageName
from core.supervise import RoleState
from wirewatch.api.operation import Call, operation
from wirewatch.api.system_models import ProcessReload, Reload, StageState, SystemState
from wirewatch.health.collector import GROUPS
from wirewatch.serving import Serving
from wirewatch.usecases import first_steps, reload, system
from wirewatch.usecases.permission import Permission


@operation("GET", "/system", summary="Show the system", access=Permission.READ_STATUS, answer=SystemState)
async def show_system(call: Call[Any, None]) -> SystemState:
    """Stages, what became of the last 24 hours, what is slow, disk, retention, versions, and the configuration in force."""
    found = await system.show(call.acting)
    return SystemState.of_system(found, _stages(call.serving), await first_steps.show(call.acting))


def _stages(serving: Serving) -> list[StageState]:
    collector, roles = serving.collector, serving.health.roles()
    topics = {stage: topic for topic, stage in GROUPS.items()}
    lags = {} if collector.snapshot is None else collector.snapshot.lag
    found = []
    for stage in StageName:
        status, lag = roles.get(stage), lags.get(topics.get(stage, ""))
        found.append(
            StageState(
                stage=stage.value,
                here=status is not None,
                well=status is None or (status.well and status.state is RoleState.RUNNING),
                state="elsewhere" if status is None else status.state.value,
                a_minute=None if status is None else round(collector.rates.a_minute(stage), 1),
                total=None if status is None else collector.rates.total(stage),
                lag_records=None if lag is None else lag.records,
                lag_seconds=None if lag is None else lag.seconds,
                last_error=None if status is None else status.last_error,
            )
        )
    return found


@operation("POST", "/system/reload", summary="Reload the configuration", access=Permission.RELOAD, answer=Reload)
async def reload_configuration(call: Call[Any, None]) -> Reload:
    """As SIGHUP to every process on this data directory; the files are checked first, and a mistake changes nothing."""
    answers = await reload.reload(call.acting)
    return Reload(
        processes=[
            ProcessReload(
                pid=one.pid,
                taken=one.taken,
                problems=() if one.said is None else one.said.problems,
                later=() if one.said is None else one.said.later,
            )
            for one in answers
        ]
    )


OPERATIONS = [show_system, reload_configuration]
