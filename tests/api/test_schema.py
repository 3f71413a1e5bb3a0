"""The published schema is true: what it allows is answered as it says, what it forbids breaks nothing."""

from __future__ import annotations

import functools

import pytest
import requests
import schemathesis
from django.core.management import call_command
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.transport import Response
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from pcu.accounts.roles import Role
from tests import factories
from tests.api.conftest import Post, working_day

POSITIVE_EXAMPLES = 6
NEGATIVE_EXAMPLES = 8


@functools.cache
def operations():
    """Every operation of the schema by its label; the schema asks no database and takes seconds to write."""
    schema = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(request=None, public=True))
    return {operation.ok().label: operation.ok() for operation in schema.get_all_operations()}


@pytest.fixture
def day(db) -> Post:
    unit = factories.UnitFactory()
    return working_day(unit, factories.client_system(unit))


@pytest.fixture
def headers(day) -> dict[str, str]:
    """A supervisor may do most; by token, so that no session stands in the way."""
    return {"Authorization": f"Token {factories.token_of(factories.person(day.case.unit, Role.SUPERVISOR))}"}


def answer_to(case, headers) -> Response:
    """The answer of the installation, asked through Django's test client: it leaves the test's transaction alone."""
    asked = requests.Request(**case.as_transport_kwargs(base_url="http://testserver", headers=headers)).prepare()
    body = asked.body.encode() if isinstance(asked.body, str) else asked.body or b""
    said = Client(raise_request_exception=False).generic(
        asked.method,
        asked.path_url,
        body,
        content_type=asked.headers.pop("Content-Type", "application/octet-stream"),
        headers={name: _text(value) for name, value in asked.headers.items()},
    )
    return Response(
        status_code=said.status_code,
        headers={name.lower(): [value] for name, value in said.headers.items()},
        content=said.content,
        request=asked,
        elapsed=0.0,
        verify=False,
    )


def _text(value):
    return value.decode("latin-1") if isinstance(value, bytes) else value


def try_out(operation, mode, examples, check, **fixed):
    @hypothesis_settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode, **fixed))
    def tried(case):
        check(case)

    tried()


@pytest.mark.parametrize("label", sorted(operations()))
def test_what_the_schema_allows_is_answered_as_it_says(day, headers, label):
    operation = operations()[label]
    name = operation.path.removeprefix("/api/v1/").split("/")[0]
    fixed = {"path_parameters": {"ref": str(day.refs[name])}} if "{ref}" in operation.path else {}
    statuses = set()

    def check(case):
        answer = answer_to(case, headers)
        statuses.add(answer.status_code)
        case.validate_response(
            answer,
            checks=[not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance],
        )

    try_out(operation, GenerationMode.POSITIVE, POSITIVE_EXAMPLES, check, **fixed)
    assert statuses


@pytest.mark.parametrize("label", sorted(operations()))
def test_what_the_schema_forbids_breaks_nothing(day, headers, label):
    operation = operations()[label]

    def check(case):
        case.validate_response(answer_to(case, headers), checks=[not_a_server_error])

    try_out(operation, GenerationMode.NEGATIVE, NEGATIVE_EXAMPLES, check)


def test_the_schema_is_valid_and_without_warnings(tmp_path):
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "schema.yml"))
