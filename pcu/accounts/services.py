"""Accounts: make people and client systems, give and take roles, issue tokens."""

from __future__ import annotations

from django.db import transaction
from knox.models import AuthToken

from pcu.accounts.models import Membership, Unit, User
from pcu.accounts.roles import Agency, Role


@transaction.atomic
def create_person(
    *, username: str, password: str, first_name: str = "", last_name: str = "", language: str = ""
) -> User:
    user = User(
        username=username,
        first_name=first_name,
        last_name=last_name,
        language=language,
        kind=User.Kind.PERSON,
    )
    user.set_password(password)
    user.full_clean(exclude=["password"])
    user.save()
    return user


@transaction.atomic
def create_client(*, username: str, name: str = "") -> User:
    """A client system: it has no password and signs in with a token only."""
    user = User(username=username, last_name=name, kind=User.Kind.CLIENT)
    user.set_unusable_password()
    user.full_clean(exclude=["password"])
    user.save()
    return user


@transaction.atomic
def grant(*, user: User, unit: Unit, role: Role, agency: Agency = Agency.CUSTOMS) -> Membership:
    """Give a role in a unit. Giving it twice changes the agency, nothing else. Raises ValidationError."""
    membership = Membership.objects.filter(user=user, unit=unit, role=role).first() or Membership(
        user=user, unit=unit, role=role
    )
    membership.agency = agency
    membership.full_clean()
    membership.save()
    return membership


@transaction.atomic
def issue_token(*, client: User) -> str:
    """A new API token. Only its hash is kept: this is the one time it can be read."""
    _instance, token = AuthToken.objects.create(user=client)
    return str(token)
