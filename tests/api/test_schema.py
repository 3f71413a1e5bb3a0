"""The schema is true: what is made from it is answered as it says, and never with an error of ours."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import schemathesis
from django.core import signals
from django.core.management import call_command
from django.db import close_old_connections
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import checks
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi import checks as told

from pcu.wsgi import application
from tests.factories import token_of

# What a caller relies on: no error of ours, no status or body or media type that the schema does not name.
CHECKS = [
    checks.not_a_server_error,
    told.status_code_conformance,
    told.content_type_conformance,
    told.response_schema_conformance,
]


def test_the_schema_is_valid_and_made_without_a_warning(tmp_path):
    call_command("spectacular", "--fail-on-warn", "--validate", "--file", str(tmp_path / "schema.yml"))


def ask_what_the_schema_allows(operation, headers: dict[str, str], ref) -> None:
    """A few calls made from the schema; `ref` names a row that is there."""

    @given(sample=operation.as_strategy())
    @settings(
        max_examples=8,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(sample):
        if ref is not None and "ref" in sample.path_parameters:
            sample.path_parameters["ref"] = str(ref)
        sample.validate_response(sample.call(headers=headers), checks=CHECKS)

    ask()


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Requests leave the connection of the test open, as those of Django's own test client do."""
    for signal in (signals.request_started, signals.request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (signals.request_started, signals.request_finished):
        signal.connect(close_old_connections)


@pytest.mark.slow
@pytest.mark.usefixtures("one_connection")
@pytest.mark.parametrize("who", ["officer", "operator"])
def test_what_is_made_from_the_schema_is_answered_as_it_says(request, post, who):
    schema = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(request=None, public=True))
    schema.app = application
    headers = {"Authorization": f"Token {token_of(request.getfixturevalue(who))}"}
    wrong, walked = [], 0
    for found in schema.get_all_operations():
        operation = found.ok()
        walked += 1
        try:
            ask_what_the_schema_allows(operation, headers, post.refs.get(operation.path.split("/")[3]))
        except FailureGroup as failures:
            wrong += [f"{operation.label}: {type(one).__name__} {one}" for one in failures.exceptions]
    assert not wrong, "\n".join(wrong)
    assert walked >= 20
