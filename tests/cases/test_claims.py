"""Claiming: one winner, for a while, and a supervisor above."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from pcu.accounts.models import User
from pcu.accounts.roles import Role
from profiling.cases import services
from profiling.cases.errors import AlreadyClaimedError, CaseClosedError, EmptyCommentError, NotYourClaimError
from profiling.cases.models import Case
from tests import factories


def kinds(case: Case) -> list[str]:
    return list(case.events.values_list("kind", flat=True))


def test_a_claim_lasts_as_long_as_the_settings_say_and_stands_in_the_timeline(case, officer, settings):
    settings.CLAIM_MINUTES = 12
    before = timezone.now()
    claimed = services.claim(case=case, user=officer)
    assert claimed.claimed_by == officer
    assert timedelta(minutes=12) <= claimed.claimed_until - before < timedelta(minutes=13)
    assert claimed.version == case.version + 1
    assert kinds(case) == ["opened", "claimed"]


def test_the_second_officer_is_told_who_holds_the_claim_and_until_when(case, officer, colleague):
    until = services.claim(case=case, user=officer).claimed_until
    with pytest.raises(AlreadyClaimedError) as refused:
        services.claim(case=case, user=colleague)
    assert refused.value.holder == officer
    assert refused.value.until == until
    assert str(officer) in refused.value.message
    case.refresh_from_db()
    assert case.claimed_by == officer


def test_claiming_again_prolongs_without_another_line_or_version(case, officer):
    first = services.claim(case=case, user=officer)
    Case.objects.filter(pk=case.pk).update(claimed_until=timezone.now() + timedelta(seconds=5))
    again = services.claim(case=case, user=officer)
    assert again.claimed_until >= first.claimed_until
    assert again.version == first.version
    assert kinds(case) == ["opened", "claimed"]


def test_an_expired_claim_is_free(case, officer, colleague):
    services.claim(case=case, user=officer)
    Case.objects.filter(pk=case.pk).update(claimed_until=timezone.now() - timedelta(seconds=1))
    assert services.claim(case=case, user=colleague).claimed_by == colleague


def test_a_closed_case_cannot_be_claimed(case, officer):
    Case.objects.filter(pk=case.pk).update(state=Case.State.CLOSED)
    with pytest.raises(CaseClosedError):
        services.claim(case=case, user=officer)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ANALYST, Role.LIAISON, Role.ADMINISTRATOR])
def test_who_may_not_triage_may_not_claim(case, altynkol, role):
    with pytest.raises(PermissionDenied):
        services.claim(case=case, user=factories.person(altynkol, role))


def test_an_officer_of_another_unit_may_not_claim(case, dostyk):
    with pytest.raises(PermissionDenied):
        services.claim(case=case, user=factories.person(dostyk))


def test_a_case_passed_on_meanwhile_cannot_be_claimed_by_its_former_unit(case, officer, dostyk):
    Case.objects.filter(pk=case.pk).update(working_unit=dostyk)
    with pytest.raises(PermissionDenied):
        services.claim(case=case, user=officer)


def test_a_claim_is_given_back_by_its_holder_only(case, officer, colleague):
    services.claim(case=case, user=officer)
    with pytest.raises(NotYourClaimError):
        services.give_back(case=case, user=colleague)
    free = services.give_back(case=case, user=officer)
    assert free.claimed_by is None
    assert free.claimed_until is None
    assert kinds(case) == ["opened", "claimed", "released"]


def test_a_supervisor_takes_over_and_the_timeline_says_from_whom(case, officer, supervisor):
    services.claim(case=case, user=officer)
    taken = services.take_over(case=case, supervisor=supervisor, reason="Shift ends")
    assert taken.claimed_by == supervisor
    last = case.events.last()
    assert (last.kind, last.text, last.facts["from"]) == ("taken_over", "Shift ends", str(officer))


def test_an_officer_cannot_take_over(case, officer, colleague):
    services.claim(case=case, user=officer)
    with pytest.raises(PermissionDenied):
        services.take_over(case=case, supervisor=colleague)


def test_a_comment_needs_a_text_and_the_right(case, officer, altynkol):
    with pytest.raises(EmptyCommentError):
        services.comment(case=case, user=officer, text="  ")
    with pytest.raises(PermissionDenied):
        services.comment(case=case, user=factories.person(altynkol, Role.AUDITOR), text="Hm")
    said = services.comment(case=case, user=officer, text=" Seen before ")
    assert (said.text, said.facts["version"]) == ("Seen before", case.version + 1)


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_racing_exactly_one_wins():
    unit = factories.UnitFactory()
    case = factories.case_in(unit)
    officers = [factories.person(unit) for _ in range(2)]
    start = threading.Barrier(2)
    outcomes: dict[int, str] = {}

    def race(user: User) -> None:
        try:
            start.wait(10)
            services.claim(case=Case.objects.get(pk=case.pk), user=User.objects.get(pk=user.pk))
            outcomes[user.pk] = "won"
        except AlreadyClaimedError as refused:
            outcomes[user.pk] = f"lost to {refused.holder.pk}"
        finally:
            connection.close()

    threads = [threading.Thread(target=race, args=[user]) for user in officers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    case.refresh_from_db()
    winner = case.claimed_by_id
    loser = next(user.pk for user in officers if user.pk != winner)
    assert outcomes == {winner: "won", loser: f"lost to {winner}"}
    assert kinds(case) == ["opened", "claimed"]
