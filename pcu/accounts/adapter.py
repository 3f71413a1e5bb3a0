"""Sign-in rules for django-allauth: nobody signs up, and client systems have no browser."""

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect


class ClosedAccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Administrators make accounts."""
        return False

    def pre_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: object) -> HttpResponse | None:
        if getattr(user, "is_client", False):
            return redirect("account_inactive")
        refused: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return refused
