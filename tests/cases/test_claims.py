"""Claims: one holder at a time, for a while, and a supervisor above."""

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from pcu.accounts.models import User
from pcu.accounts.roles import Role
from profiling.cases.errors import AlreadyClaimedError, CaseClosedError, EmptyCommentError, NotYourClaimError
from profiling.cases.models import Case, CaseEvent
from profiling.cases.services import claim, comment, give_back, take_over
from tests import factories


def test_a_claim_lasts_as_long_as_the_installation_says_and_stands_in_the_timeline(case, officer, settings):
    settings.CLAIM_MINUTES = 7
    before = timezone.now()
    claimed = claim(case=case, user=officer)
    assert claimed.claimed_by == officer
    assert timedelta(minutes=7) <= claimed.claimed_until - before < timedelta(minutes=8)
    assert claimed.version == case.version + 1
    assert claimed.updated_at >= before
    assert case.events.get().kind == CaseEvent.Kind.CLAIMED


def test_a_claimed_case_is_refused_with_the_holder_and_the_time(case, officer, colleague):
    until = claim(case=case, user=officer).claimed_until
    with pytest.raises(AlreadyClaimedError) as refused:
        claim(case=case, user=colleague)
    assert (refused.value.holder, refused.value.until) == (officer, until)
    assert str(officer) in refused.value.message


def test_an_expired_claim_can_be_taken(case, officer, colleague):
    claim(case=case, user=officer)
    Case.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    assert claim(case=case, user=colleague).claimed_by == colleague


def test_claiming_again_prolongs_and_changes_nothing_else(case, officer):
    first = claim(case=case, user=officer)
    Case.objects.update(claimed_until=first.claimed_until - timedelta(minutes=5))
    again = claim(case=case, user=officer)
    assert again.claimed_until >= first.claimed_until
    assert again.version == first.version


def test_a_closed_case_cannot_be_claimed(case, officer, supervisor):
    Case.objects.update(state=Case.State.CLOSED, disposition="no_examination")
    with pytest.raises(CaseClosedError):
        claim(case=case, user=officer)
    with pytest.raises(CaseClosedError):
        take_over(case=case, supervisor=supervisor)


def test_a_claim_given_back_leaves_the_case_free(case, officer, colleague):
    claimed = claim(case=case, user=officer)
    with pytest.raises(NotYourClaimError):
        give_back(case=case, user=colleague)
    free = give_back(case=case, user=officer)
    assert (free.claimed_by, free.claimed_until) == (None, None)
    assert free.version == claimed.version + 1


def test_only_a_supervisor_takes_over(case, officer, colleague, supervisor):
    claim(case=case, user=officer)
    with pytest.raises(PermissionDenied):
        take_over(case=case, supervisor=colleague)
    taken = take_over(case=case, supervisor=supervisor)
    assert taken.claimed_by == supervisor
    assert case.events.last().kind == CaseEvent.Kind.TAKEN_OVER
    assert case.events.last().facts["from"] == str(officer)


@pytest.mark.parametrize("role", [Role.ANALYST, Role.LIAISON, Role.AUDITOR, Role.ADMINISTRATOR])
def test_who_may_not_triage_may_not_claim(case, unit, role):
    with pytest.raises(PermissionDenied):
        claim(case=case, user=factories.person(unit, role))


def test_an_officer_of_a_sibling_unit_may_neither_claim_nor_comment(case, unit):
    sibling = factories.UnitFactory(parent=unit.parent)
    stranger = factories.person(sibling)
    for act in (lambda: claim(case=case, user=stranger), lambda: comment(case=case, user=stranger, text="x")):
        with pytest.raises(PermissionDenied):
            act()
    assert not case.events.exists()


def test_a_comment_is_kept_and_an_empty_one_is_not(case, unit):
    analyst = factories.person(unit, Role.ANALYST)
    said = comment(case=case, user=analyst, text="  Same shipper as in May. ")
    assert (said.text, said.actor) == ("Same shipper as in May.", analyst)
    with pytest.raises(EmptyCommentError):
        comment(case=case, user=analyst, text=" \n")
    with pytest.raises(PermissionDenied):
        comment(case=case, user=factories.person(unit, Role.AUDITOR), text="x")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_claim_at_once_one_wins(case, officer, colleague):
    barrier = threading.Barrier(2)
    outcome: dict[str, str] = {}

    def race(user: User) -> None:
        try:
            barrier.wait(timeout=10)
            claim(case=Case.objects.get(pk=case.pk), user=user)
            outcome[user.username] = "won"
        except AlreadyClaimedError as error:
            outcome[user.username] = f"lost to {error.holder.username}"
        finally:
            connection.close()

    threads = [threading.Thread(target=race, args=(user,)) for user in (officer, colleague)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    winner = Case.objects.get(pk=case.pk).claimed_by
    loser = colleague if winner == officer else officer
    assert outcome == {winner.username: "won", loser.username: f"lost to {winner.username}"}
    assert case.events.filter(kind=CaseEvent.Kind.CLAIMED).count() == 1
