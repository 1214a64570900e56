"""Whether the brokers of a kafka channel can be reached; nothing is sent or made."""

import asyncio
import logging
from pathlib import Path

from alerts.channels.channel import SendFailure
from alerts.channels.kafka import KafkaSettings, may_reach
from core.errors import ConfigError, WirewatchError
from core.log.open import reach_kafka
from core.net.guard import AddressGuard
from core.tasks import describe
from wirewatch.config.loading import Config
from wirewatch.config.sections import log_kafka

_SECONDS = 10.0


async def cluster_problem(settings: KafkaSettings, base_dir: Path, config: Config) -> str | None:
    """What is wrong; None: they answer."""
    try:
        options = settings.options(base_dir, log_kafka(config.log))
        logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # its problems are told here
        async with asyncio.timeout(_SECONDS):
            if settings.bootstrap is not None:
                await may_reach(AddressGuard(config.fetch.allow_networks), options.bootstrap.split(","))
            await reach_kafka(f"kafka://{options.bootstrap}", options)
    except ConfigError as error:
        return error.problems[0].partition(": ")[2]
    except SendFailure as failure:
        return f"{failure.reason}: {failure.detail}"
    except TimeoutError:
        return "does not answer"
    except WirewatchError as error:
        return describe(error)
    return None
