"""The schema is true: what is made from it is answered as it says, and never with an error of ours."""

from __future__ import annotations

import pytest
import schemathesis
from django.core.management import call_command
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import checks
from schemathesis.specs.openapi import checks as told

from pcu.accounts.services import issue_token
from pcu.wsgi import application

# What a caller relies on: no error of ours, no status or body or media type that the schema does not name.
CHECKS = [
    checks.not_a_server_error,
    told.status_code_conformance,
    told.content_type_conformance,
    told.response_schema_conformance,
]


def test_the_schema_is_valid_and_made_without_a_warning(tmp_path):
    call_command("spectacular", "--fail-on-warn", "--validate", "--file", str(tmp_path / "schema.yml"))


@pytest.mark.slow
def test_what_is_made_from_the_schema_is_answered_as_it_says(unit, officer, case, submission, hold, referral):
    document = SchemaGenerator().get_schema(request=None, public=True)
    schema = schemathesis.openapi.from_dict(document)
    schema.app = application
    headers = {"Authorization": f"Token {issue_token(client=officer)}"}
    refs = {"manifests": submission, "holds": hold, "referrals": referral, "cases": case}
    walked = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        ours = refs.get(operation.path.split("/")[3])

        @given(sample=operation.as_strategy())
        @settings(
            max_examples=8,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def ask(sample, ours=ours):
            if ours is not None and "ref" in sample.path_parameters:
                sample.path_parameters["ref"] = str(ours.ref)
            response = sample.call(headers=headers)
            sample.validate_response(response, checks=CHECKS)

        ask()
        walked += 1
    assert walked >= 20
