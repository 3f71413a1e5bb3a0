"""Gives a pytest run its servers: loaded by ``-p``, before pytest-django reads the settings.

The controller starts them and exports their URLs, which the workers of xdist inherit; each worker then takes
a Valkey database of its own (pytest-django gives each a PostgreSQL database).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from pcu.embedded.errors import EmbeddedError
from pcu.embedded.throwaway import throwaway_servers
from pcu.embedded.urls import redis_url_with_database


# A wrapper, for pytest-django's own hook is tryfirst too and would be called before a plain one.
@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """Start the servers in the controller; choose the Valkey database in a worker."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:
        number = int(worker.removeprefix("gw")) + 1  # 0 is the controller's
        os.environ["REDIS_URL"] = redis_url_with_database(os.environ["REDIS_URL"], number)
    else:
        stack = ExitStack()
        early_config.add_cleanup(stack.close)
        try:
            os.environ.update(stack.enter_context(throwaway_servers(os.environ)))
        except EmbeddedError as error:
            raise pytest.UsageError(str(error)) from error
    return (yield)
