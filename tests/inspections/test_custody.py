"""The chain of custody: who may give, who signs, and that nothing in it can be changed unseen."""

from __future__ import annotations

from decimal import Decimal

import pytest
from axes.models import AccessAttempt
from django.core.exceptions import PermissionDenied
from django.db import InternalError, connection, transaction

from inspections import custody
from inspections.choices import State
from inspections.custody import (
    Transfer,
    chain_of,
    hand_over,
    holder_of,
    sign,
    sign_instead,
    sign_on_paper,
    verify_chain,
)
from inspections.errors import InvalidActError, NotEditableError
from inspections.models import Handover, Inspection, Signature
from inspections.seizure_errors import (
    AlreadySignedError,
    GiverSignsError,
    NotTheHolderError,
    NotYourSideError,
    SettledHandoverError,
    UnsignedHandoverError,
)
from pcu.accounts.confirmation import NotConfirmedError, confirm
from pcu.accounts.roles import Role
from profiling.cases.models import CaseEvent
from tests import factories
from tests.factories_inspections import PhotoFactory
from tests.inspections.conftest import PASSWORD, with_password

pytestmark = pytest.mark.django_db
GAVE, RECEIVED, OFF = Signature.Side.GAVE, Signature.Side.RECEIVED, Signature.Side.CALLED_OFF


@pytest.fixture
def keeper(altynkol):
    return with_password(factories.person(altynkol, last_name="Keeper"))


def to(receiver=None, **told) -> Transfer:
    return Transfer(what="224 master cases", place="Store 2", seal="KZ 0043", receiver=receiver, **told)


@pytest.fixture
def give(seizure, officer):
    def give(transfer, giver=officer):
        return hand_over(seizure=seizure, user=officer, giver=giver, transfer=transfer)

    return give


@pytest.fixture
def signed(officer, typed):
    """Both sides sign, each with the own password."""

    def signed(handover):
        for side, signer in ((GAVE, handover.given_by), (RECEIVED, handover.received_by)):
            sign(handover=handover, side=side, signer=typed(signer), user=officer)
        return handover

    return signed


@pytest.fixture
def paper(seizure):
    return PhotoFactory(inspection=seizure.inspection, sha256="c" * 64)


def test_goods_go_from_hand_to_hand(seizure, officer, colleague, keeper, give, signed):
    signed(give(to(keeper)))
    second = signed(give(to(colleague, quantity=Decimal("2240000"), quantity_unit="sticks"), giver=keeper))
    assert second.number == 2
    assert holder_of(chain_of(seizure)).user == colleague
    assert verify_chain(seizure) is None
    told = CaseEvent.objects.filter(kind=CaseEvent.Kind.CUSTODY).values_list("facts__handover", flat=True)
    assert list(told) == [1, 2]


def test_it_takes_place_once_both_have_signed(seizure, officer, keeper, give, typed):
    handover = give(to(keeper))
    assert holder_of(chain_of(seizure)) is None
    sign(handover=handover, side=GAVE, signer=typed(officer), user=officer)
    assert holder_of(chain_of(seizure)) is None
    with pytest.raises(UnsignedHandoverError):
        give(to(keeper))
    # the receiver signs in the own session
    sign(handover=handover, side=RECEIVED, signer=typed(keeper), user=keeper)
    assert holder_of(chain_of(seizure)).user == keeper


def test_only_those_who_took_part_give_first_and_then_only_the_holder(
    seizure, officer, colleague, keeper, give, signed
):
    with pytest.raises(NotTheHolderError) as caught:
        give(to(officer), giver=keeper)
    assert "Muratov" in caught.value.message
    with pytest.raises(NotTheHolderError):
        give(to(keeper), giver=None)
    signed(give(to(keeper)))
    for stranger in (officer, colleague, None):
        with pytest.raises(NotTheHolderError):
            give(to(colleague), giver=stranger)
    assert Handover.objects.count() == 1


def test_one_side_signs_once(officer, keeper, give, typed):
    handover = give(to(keeper))
    sign(handover=handover, side=GAVE, signer=typed(officer), user=officer)
    with pytest.raises(AlreadySignedError):
        sign(handover=handover, side=GAVE, signer=typed(officer), user=officer)
    with pytest.raises(NotYourSideError):
        sign(handover=handover, side=RECEIVED, signer=typed(officer), user=officer)
    assert Signature.objects.count() == 1


def test_a_wrong_password_signs_nothing_and_counts_as_a_failed_sign_in(rf, officer, keeper, give):
    give(to(keeper))
    request = rf.post("/")
    with pytest.raises(NotConfirmedError) as caught:
        confirm(request, keeper, "wrong horse")
    assert caught.value.code == "wrong_password"
    assert AccessAttempt.objects.get().username == keeper.username
    assert request.axes_locked_out is False


def test_after_too_many_wrong_passwords_the_right_one_is_refused_for_a_while(rf, settings, keeper):
    for _each in range(settings.AXES_FAILURE_LIMIT):
        with pytest.raises(NotConfirmedError):
            confirm(rf.post("/"), keeper, "wrong horse")
    with pytest.raises(NotConfirmedError) as caught:
        confirm(rf.post("/"), keeper, PASSWORD)
    assert caught.value.code == "locked_out"


def test_nobody_signs_with_an_empty_password_or_somebody_elses(rf, officer, keeper):
    keeper.set_password("another horse battery")
    keeper.save()
    for password in ("", PASSWORD):
        with pytest.raises(NotConfirmedError):
            confirm(rf.post("/"), keeper, password)


def test_a_receiver_without_a_sign_in_signs_on_paper_and_gives_on(seizure, officer, keeper, give, typed, paper):
    handover = give(to(receiver_name="B. Storekeeper", receiver_agency="State store"))
    sign(handover=handover, side=GAVE, signer=typed(officer), user=officer)
    with pytest.raises(InvalidActError):
        sign_on_paper(handover=handover, side=RECEIVED, user=officer, paper=None)
    with pytest.raises(InvalidActError):
        sign_on_paper(handover=handover, side=RECEIVED, user=officer, paper=PhotoFactory())
    with pytest.raises(NotYourSideError):
        sign(handover=handover, side=RECEIVED, signer=typed(keeper), user=officer)
    signature = sign_on_paper(handover=handover, side=RECEIVED, user=officer, paper=paper)
    assert (signature.paper_sha256, signature.recorded_by, signature.name) == ("c" * 64, officer, "B. Storekeeper")
    back = give(to(keeper), giver=None)
    assert (back.giver, back.giver_agency) == ("B. Storekeeper", "State store")
    sign_on_paper(handover=back, side=GAVE, user=officer, paper=paper)
    sign(handover=back, side=RECEIVED, signer=typed(keeper), user=officer)
    assert holder_of(chain_of(seizure)).user == keeper
    assert verify_chain(seizure) is None


def test_who_has_a_sign_in_does_not_sign_on_paper(officer, keeper, give, paper):
    handover = give(to(keeper))
    for side in (GAVE, RECEIVED):
        with pytest.raises(NotYourSideError):
            sign_on_paper(handover=handover, side=side, user=officer, paper=paper)


def test_one_that_did_not_take_place_is_called_off_by_the_giver(seizure, officer, keeper, give, typed, signed):
    handover = give(to(keeper))
    sign(handover=handover, side=GAVE, signer=typed(officer), user=officer)
    with pytest.raises(NotYourSideError):
        sign(handover=handover, side=OFF, signer=typed(keeper), user=keeper)
    sign(handover=handover, side=OFF, signer=typed(officer), user=officer)
    with pytest.raises(SettledHandoverError):
        sign(handover=handover, side=RECEIVED, signer=typed(keeper), user=keeper)
    assert holder_of(chain_of(seizure)) is None
    second = signed(give(to(keeper)))
    with pytest.raises(SettledHandoverError):
        sign(handover=second, side=OFF, signer=typed(officer), user=officer)
    assert verify_chain(seizure) is None


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"what": " "}, "what"),
        ({"place": ""}, "place"),
        ({"place": "x" * 161}, "place"),
        ({"receiver": None}, "receiver"),
        ({"receiver": None, "receiver_name": "B. Keeper"}, "receiver_agency"),
        ({"receiver_name": "B. Keeper"}, "receiver"),
        ({"quantity": Decimal(-1), "quantity_unit": "sticks"}, "quantity"),
        ({"quantity": Decimal(1), "quantity_unit": "litres"}, "quantity_unit"),
    ],
)
def test_what_is_missing_of_a_hand_over_is_told(seizure, officer, keeper, told, field):
    sound = {"what": "224 cases", "place": "Store 2", "receiver": keeper}
    with pytest.raises(InvalidActError) as caught:
        hand_over(seizure=seizure, user=officer, giver=officer, transfer=Transfer(**sound | told))
    assert list(caught.value.errors) == [field]


def test_nobody_hands_over_to_oneself_or_to_a_stranger(officer, outsider, give):
    for receiver in (officer, outsider):
        with pytest.raises(InvalidActError):
            give(to(receiver))


def test_custody_goes_on_after_approval_and_ends_with_an_act_given_up(seizure, keeper, give, signed):
    Inspection.objects.update(state=State.APPROVED)
    version = Inspection.objects.get().version
    signed(give(to(keeper)))
    assert Inspection.objects.get().version == version
    Inspection.objects.update(state=State.DROPPED)
    with pytest.raises(NotEditableError):
        give(to(keeper), giver=keeper)


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_database_refuses_to_change_a_chain(keeper, give, signed, change):
    handover = signed(give(to(keeper)))
    for rows in (Handover.objects.filter(pk=handover.pk), Signature.objects.filter(handover=handover)):
        with pytest.raises(InternalError), transaction.atomic():
            rows.update(place="Elsewhere") if rows.model is Handover and change == "update" else (
                rows.update(name="Nobody") if change == "update" else rows._raw_delete(rows.db)
            )


def behind_our_back(statement: str, *values) -> None:
    """As somebody would who owns the database: the triggers are switched off."""
    with connection.cursor() as cursor:
        for table in ("inspections_handover", "inspections_signature"):
            cursor.execute(f"SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement, values)
        for table in ("inspections_handover", "inspections_signature"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.mark.parametrize(
    ("statement", "broken_at"),
    [
        ("UPDATE inspections_handover SET place = 'Elsewhere' WHERE number = 1", 1),
        ("UPDATE inspections_handover SET seal = 'KZ 9999' WHERE number = 2", 2),
        ("UPDATE inspections_signature SET name = 'Nobody' WHERE side = 'received'", 1),
        ("DELETE FROM inspections_signature WHERE side = 'gave'", 2),
        ("UPDATE inspections_handover SET at = at - interval '1 day' WHERE number = 2", 2),
        ("UPDATE inspections_signature SET reason = 'Because' WHERE side = 'gave'", 1),
    ],
)
def test_a_row_changed_behind_our_back_breaks_the_chain_from_there(
    seizure, colleague, keeper, give, signed, statement, broken_at
):
    signed(give(to(keeper)))
    give(to(colleague), giver=keeper)
    assert verify_chain(seizure) is None
    behind_our_back(statement)
    assert custody.verify_chain(seizure) == broken_at


class TestAGiverWhoIsGone:
    """The holder can sign in no more: a supervisor signs instead, or the goods would stay with them for ever."""

    @pytest.fixture
    def stuck(self, colleague, keeper, give, signed):
        """Held by somebody who left, and to be given on to a colleague."""
        signed(give(to(keeper)))
        keeper.is_active = False
        keeper.save()
        return give(to(colleague), giver=keeper)

    def test_is_signed_for_by_a_supervisor_with_a_reason_and_the_goods_go_on(
        self, seizure, officer, colleague, supervisor, stuck, typed, paper
    ):
        signature = sign_instead(handover=stuck, side=GAVE, user=supervisor, reason=" Left; order 12 ", paper=paper)
        assert (signature.user, signature.name, signature.recorded_by) == (None, str(supervisor), supervisor)
        assert (signature.reason, signature.paper_sha256) == ("Left; order 12", "c" * 64)
        sign(handover=stuck, side=RECEIVED, signer=typed(colleague), user=officer)
        assert holder_of(chain_of(seizure)).user == colleague
        assert verify_chain(seizure) is None
        told = CaseEvent.objects.filter(kind=CaseEvent.Kind.CUSTODY).latest("pk")
        assert (told.text, told.facts["instead_of"], told.facts["signed_by"]) == (
            "Left; order 12",
            str(stuck.given_by),
            str(supervisor),
        )
        behind_our_back("UPDATE inspections_signature SET reason = 'Another' WHERE reason <> ''")
        assert verify_chain(seizure) == 2

    def test_is_called_off_for_by_a_supervisor(self, seizure, colleague, supervisor, stuck, give):
        sign_instead(handover=stuck, side=OFF, user=supervisor, reason="Wrong receiver")
        assert give(to(colleague), giver=stuck.given_by).number == 3
        assert verify_chain(seizure) is None

    def test_is_signed_for_by_nobody_else(self, altynkol, officer, outsider, supervisor, stuck, give, keeper):
        for nobody in (officer, outsider, factories.person(altynkol, Role.AUDITOR)):
            with pytest.raises(PermissionDenied):
                sign_instead(handover=stuck, side=GAVE, user=nobody, reason="Left")
        with pytest.raises(NotYourSideError):
            sign_instead(handover=stuck, side=RECEIVED, user=supervisor, reason="Left")
        for told in ({"reason": " "}, {"reason": "x" * 1001}, {"reason": "Left", "paper": PhotoFactory()}):
            with pytest.raises(InvalidActError):
                sign_instead(handover=stuck, side=GAVE, user=supervisor, **told)
        sign_instead(handover=stuck, side=OFF, user=supervisor, reason="Meant for me")
        to_me = give(to(supervisor), giver=keeper)
        with pytest.raises(NotYourSideError):
            sign_instead(handover=to_me, side=GAVE, user=supervisor, reason="Left")
        assert Signature.objects.filter(handover=to_me).count() == 0

    def test_who_can_sign_signs(self, officer, supervisor, keeper, give):
        handover = give(to(keeper))
        with pytest.raises(GiverSignsError):
            sign_instead(handover=handover, side=GAVE, user=supervisor, reason="On leave")
