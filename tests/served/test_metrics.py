"""/metrics of a web of several processes: one sum of all, only for who knows the token."""

from __future__ import annotations

import os
import re
import signal

import psutil
import pytest

from tests.served.conftest import METRICS_TOKEN, Web, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("served"), pytest.mark.django_db(transaction=True)]

ANSWERED = re.compile(r'^django_http_responses_total_by_status_view_method_total\{.*view="healthz".*\} (\S+)$', re.M)


def answered(web: Web) -> float:
    """How many health checks the web says it has answered."""
    exported = web.ask("/metrics", Authorization=f"Bearer {METRICS_TOKEN}")
    assert exported.status == 200
    return sum(float(number) for number in ANSWERED.findall(exported.content.decode()))


def test_the_counts_of_all_processes_are_added_up_and_outlive_one(web):
    before = answered(web)
    for _time in range(20):
        web.ask("/healthz")
    # Either process may be asked; each knows of all.
    assert [answered(web) - before for _time in range(10)] == [20] * 10
    killed = psutil.Process(web.master).children()[0]
    os.kill(killed.pid, signal.SIGKILL)
    wait_for(lambda: not psutil.pid_exists(killed.pid))
    web.ask("/healthz")
    assert answered(web) - before == 21


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer another"}, {"Authorization": METRICS_TOKEN}, {"X_Forwarded_For": "::1"}]
)
def test_nobody_else_reads_them(web, cookie, headers):
    assert web.ask("/metrics", Cookie=cookie, **headers).status == 404
