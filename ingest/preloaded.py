"""Importing it loads all that parsing and preparing texts need, for good: the fork server of the process pool (`core.pool`)
does so, and its workers share the memory.

Nothing here may start a thread: a worker would be forked without it.
"""

import gc
import os

from ingest.parse.jobs import load

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy's library would start threads when it is loaded

from ingest.story.features import prepared

load()
prepared("A title", "A text to load by. It has a second sentence.")
gc.collect()
gc.freeze()  # a worker that looked through it for garbage would write to it, and have its own copy
