"""What the officers of the demonstration have done by the time somebody looks: a few cases decided, most are open."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from demo import hands, papers, today
from demo.examination import Team, begin
from demo.manifests import seal
from demo.world import Firm
from pcu.accounts.handling import Handling
from pcu.accounts.models import Unit, User
from profiling.cases import services
from profiling.cases.choices import DecisionKind, Method, Reason
from profiling.cases.models import Case
from profiling.cases.watching import place_lookout
from profiling.lookouts.choices import Action, Kind

TO_ORDER = Firm("TO ORDER", "", "", "")


def work() -> int:
    """Do it, once. Returns how many cases were touched."""
    people = {user.username: user for user in User.objects.filter(kind=User.Kind.PERSON)}
    touched = 0
    for consignee, username, act in (
        (today.RETREAD, "officer2", _hold_the_tyres),
        (today.PHARMA_TO, "officer", _ask_for_the_invoice),
        (today.PARTS_TO, "officer2", _let_the_parts_go),
        (TO_ORDER, "officer2", _begin_with_the_order),
        (today.PO_BOX, "supervisor", _remark_on_the_jackets),
        (today.PHONES_TO, "dushanbe", _scan_the_phones),
    ):
        if case := _untouched(consignee):
            act(case, people[username])
            touched += 1
            if consignee == today.RETREAD:
                begin(case, Team(people["officer2"], people["officer"], people["supervisor"]))
    _watch(people["analyst"])
    papers.add(people["officer"])
    hands.state(people)
    hands.ask_for_tuning(people)
    return touched


def _watch(analyst: User) -> None:
    """What Altynkol watches for of its own."""
    unit = Unit.objects.get(code="ALT")
    for kind, value, action, reason in (
        (
            Kind.TAX_NUMBER,
            today.PO_BOX.tax_id,
            Action.MUST_EXAMINE,
            "Post-box firm, one telephone with the tyres of Kara-Balta.",
        ),
        (Kind.NAME, today.BORDER_SHED.name, Action.OPEN_CASE, "Loads goods of other countries at the border."),
        (Kind.SEAL, seal("ALT", today.SEALED_BEFORE), Action.INFORM, "This seal was on two boxes."),
    ):
        place_lookout(
            unit=unit,
            user=analyst,
            kind=kind,
            value=value,
            action=action,
            reason=reason,
            expires_on=timezone.localdate(timezone=unit.zone) + timedelta(days=60),
            handling=Handling.RESTRICTED,
            form_key=f"demo-{kind.value}",
        )


def _untouched(consignee: Firm) -> Case | None:
    """The case of a consignee that nobody has done anything with."""
    cases = Case.objects.filter(consignee=consignee.name, state=Case.State.OPEN, claimed_by=None)
    return cases.exclude(events__actor__isnull=False).order_by("lane_rank", "pk").first()


def _hold_the_tyres(case: Case, officer: User) -> None:
    case = services.claim(case=case, user=officer)
    services.comment(
        case=case,
        user=officer,
        text="Used tyres from Sharjah by Shanghai and Khorgos to Kara-Balta: the freight costs more than the tyres. "
        "The telephone is that of ТОО «АСЫЛ-ТРЕЙД 2026» on this same train.",
    )
    case.refresh_from_db()
    services.decide(
        case=case,
        user=officer,
        kind=DecisionKind.HOLD_AND_REFER,
        reasons=[Reason.SEAL, Reason.ROUTE],
        note="No seal although declared full. Examine before the change of gauge.",
        expected_version=case.version,
        override_reason="The scanner does not show what lies between the tyres.",
        method=Method.FULL_DEVANNING,
        notice="Hold this container at Altynkol, track 7. Do not open, do not move. Questions: duty officer.",
        authority="PCU Altynkol, customs",
        grounds="Route without sense, no seal, shared telephone.",
        instructions="Dog first. Weigh a sample of 20 tyres.",
    )


def _ask_for_the_invoice(case: Case, officer: User) -> None:
    services.decide(
        case=case,
        user=officer,
        kind=DecisionKind.REQUEST_DOCUMENTS,
        reasons=[Reason.DOCUMENTS_MISSING, Reason.VALUE],
        note="Запрошены регистрационное удостоверение и инвойс NGL-2207: цена за килограмм слишком мала.",
        expected_version=case.version,
        override_reason="Без регистрационного удостоверения ввоз невозможен, аудит после выпуска опоздает.",
    )


def _let_the_parts_go(case: Case, officer: User) -> None:
    services.decide(
        case=case,
        user=officer,
        kind=DecisionKind.NO_EXAMINATION,
        reasons=[Reason.EXPLAINED],
        note="Packing list received by telephone from the railway: gearboxes for the workshop in Kaskelen.",
        expected_version=case.version,
        override_reason="The packing list explains the goods and the way they came.",
    )


def _begin_with_the_order(case: Case, officer: User) -> None:
    services.claim(case=case, user=officer)


def _remark_on_the_jackets(case: Case, supervisor: User) -> None:
    services.comment(
        case=case,
        user=supervisor,
        text="Please decide this one before the train comes in. The scanner is free until noon.",
    )


def _scan_the_phones(case: Case, officer: User) -> None:
    services.decide(
        case=case,
        user=officer,
        kind=DecisionKind.SCAN,
        reasons=[Reason.VALUE, Reason.SEAL],
        note="Телефоны по полтора доллара за килограмм.",
        expected_version=case.version,
    )
