"""The installation's addresses and a few trial pages on its shell, for the browser tests of the shell itself."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template import RequestContext, Template
from django.urls import path

from pcu.urls import urlpatterns as installation

LIST = """
{% extends "base.html" %}
{% block content %}
  <table><tbody data-rows hx-target="#preview" hx-sync="#preview:replace">
    {% for ref in "abc" %}
      <tr data-row="{{ ref }}" hx-get="/trial/preview/{{ ref }}" hx-trigger="current">
        <td><input type="checkbox" aria-label="{{ ref }}"></td>
        <td><a href="/trial/open/{{ ref }}" data-open>{{ ref }}</a></td>
      </tr>
    {% endfor %}
  </tbody></table>
  <div id="preview">nothing yet</div>
  <input id="comment" data-key="KeyC" data-key-label="Comment">
  <button id="refused" hx-get="/trial/refused" hx-target="#preview">refused</button>
  <button id="raced" hx-post="/trial/raced" hx-target="#preview">raced</button>
{% endblock %}
"""
CASE = """
{% extends "base.html" %}
{% block content %}
  <div data-behind-sheet id="behind">goods</div>
  <aside class="dec" id="dec">
    <form>
      <label><input type="radio" name="decision" value="none" data-key="KeyN" data-key-label="No examination"></label>
      <label><input type="radio" name="decision" value="hold" data-key="KeyH" data-key-label="Hold"></label>
      <p data-when="decision=hold refer"><input name="notice" id="notice"></p>
      <button type="button" data-sheet-close>close</button>
    </form>
  </aside>
  <div class="decbar"><button id="open-sheet" data-sheet-open="dec">decide</button></div>
{% endblock %}
"""


def _page(source: str):
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(Template(source).render(RequestContext(request)))

    return view


def _refused(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


urlpatterns = [
    path("trial/list", _page(LIST)),
    path("trial/case", _page(CASE)),
    path("trial/preview/<ref>", lambda request, ref: HttpResponse(f"preview of {ref}")),
    path("trial/open/<ref>", lambda request, ref: HttpResponse(f"case {ref}")),
    path("trial/refused", _refused),
    path("trial/raced", lambda request: HttpResponse("taken by another", status=409)),
    *installation,
]
