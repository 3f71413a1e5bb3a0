"""Health, metrics, and the choices of the top bar."""

from __future__ import annotations

from hmac import compare_digest

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.http import require_POST
from django_prometheus.exports import ExportToDjangoView
from redis.exceptions import RedisError

from pcu.accounts.models import User
from pcu.desk.units import choose_unit


@login_not_required
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers; says whether the broker does (it may be away for a while)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    try:
        cache.set("healthz", 1, 5)
        broker = True
    except (OSError, RedisError):
        broker = False
    return JsonResponse({"database": True, "broker": broker})


@login_not_required
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus metrics of all web processes, for whoever knows METRICS_TOKEN; without one set, for nobody."""
    told = request.headers.get("Authorization", "").encode()
    if not settings.METRICS_TOKEN or not compare_digest(told, f"Bearer {settings.METRICS_TOKEN}".encode()):
        raise Http404
    exported: HttpResponse = ExportToDjangoView(request)
    return exported


def _back(request: HttpRequest) -> str:
    target = request.POST.get("next") or request.META.get("HTTP_REFERER") or "/"
    if url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        return target
    return "/"


@require_POST
def unit(request: HttpRequest) -> HttpResponse:
    """Look at another unit."""
    if not choose_unit(request, request.POST.get("unit", "")):
        raise Http404
    return HttpResponseRedirect("/")


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Change the language of the pages, and remember it; also on the sign-in page, by cookie alone."""
    code = request.POST.get("language", "")
    if code not in dict(settings.LANGUAGES) or not check_for_language(code):
        raise Http404
    if request.user.is_authenticated:
        User.objects.filter(pk=request.user.pk).update(language=code)
    response = HttpResponseRedirect(_back(request))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=365 * 24 * 3600,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
    return response
