"""The page that describes the API: for staff, under the content policy, asking no outside address."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories


def read(answer):
    body = b"".join(answer) if answer.streaming else answer.content
    return body.decode()


def test_the_page_loads_only_files_of_this_installation_and_runs_nothing_inline(api, officer):
    client = api(officer)
    page = client.get(reverse("swagger"))
    assert page.status_code == 200
    html = read(page)
    assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>", html)
    assert not re.search(r"<style|\sstyle=|\son\w+=", html)
    addresses = re.findall(r'(?:src|href)="([^"]+)"', html)
    assert len(addresses) >= 4
    for address in addresses:
        assert address.startswith("/"), address
        assert client.get(address).status_code == 200, address
    policy = page["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy


def test_the_script_of_the_page_asks_for_our_schema(api, officer):
    script = read(api(officer).get(f"{reverse('swagger')}?script="))
    assert reverse("schema") in script
    assert "http://" not in script.replace("http://testserver", "")
    assert "https://" not in script
    assert '"validatorUrl": null' in script


def test_the_schema_is_read_by_staff_only(api, officer, operator):
    assert api(officer).get(reverse("schema")).status_code == 200
    assert api(operator).get(reverse("schema")).status_code == 403
    assert Client().get(reverse("schema")).status_code == 401


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_page_works_in_a_browser_and_asks_nobody_else(chromium, live_server, client):
    client.force_login(
        factories.person(factories.UnitFactory()), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    context = chromium.new_context(base_url=live_server.url)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page = context.new_page()
    complaints: list[str] = []
    asked: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if "Content Security Policy" in line.text else None)
    page.on("request", lambda request: asked.append(request.url))
    page.goto(reverse("swagger"))
    page.get_by_text("/api/v1/cases/{ref}/decisions/").first.wait_for()
    context.close()
    assert complaints == []
    assert any(url.endswith(reverse("schema")) for url in asked)
    assert [url for url in asked if not url.startswith((live_server.url, "data:"))] == []
