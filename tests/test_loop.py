"""The loop closes: from a decision to a find, from the find to a warning, from the warning to credit for the rules."""

from __future__ import annotations

import json
import random
from datetime import timedelta

import pytest
from django.utils import timezone

from demo.examination import TABLET
from demo.finds import find
from demo.pictures import picture
from exchanges.choices import Action, Answer, Located, RequestedAction, State, Urgency
from exchanges.services import answers, composing, sending, watching
from inspections import photos, planning, recording, reviewing, seizing
from inspections.choices import PhotoKind, Point
from inspections.completeness import photos_missing, problems, with_lines
from inspections.lists import install_starter_lists
from inspections.models import ListedWord
from inspections.recording import Change
from inspections.seizure_checks import Account
from pcu.accounts.handling import Handling
from pcu.accounts.models import Unit
from pcu.accounts.roles import Role
from pcu.desk import jobs
from pcu.desk.models import Job
from profiling.cases import services as cases
from profiling.cases.choices import Commodity
from profiling.cases.holding import lift_hold, standing
from profiling.cases.ledger import read_ledger
from profiling.cases.models import Case, Outcome, Referral
from profiling.intake import services as intake
from profiling.lookouts.choices import Kind
from profiling.lookouts.models import LookoutHit
from profiling.rules.services import install_starter
from tests import factories
from tests.intake.conftest import do_all_jobs

BOX = "TEMU6180477"


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    backend = {**settings.STORAGES["default"], "OPTIONS": {"location": str(tmp_path / "store")}}
    settings.STORAGES = {**settings.STORAGES, "default": backend}


def unit_of(code, country, zone):
    root = factories.CountryFactory(code=country)
    install_starter(unit=root)
    install_starter_lists(root)
    return factories.UnitFactory(code=code, parent=root, time_zone=zone)


def train(number, hours):
    """A train with one box that rules think ill of: no seal, nobody named, goods in words that say nothing."""
    return json.dumps(
        {
            "format": "pcu-manifest", "version": "1", "function": "original", "sender": "RAIL",
            "message_ref": number, "manifest_number": number,
            "conveyance": {
                "mode": "rail", "identifier": number, "voyage": number,
                "eta": (timezone.now() + timedelta(hours=hours)).isoformat(timespec="minutes"),
            },
            "equipment": [{"number": BOX, "kind": "container", "fill": "full"}],
            "consignments": [
                {
                    "document_type": "smgs", "document_no": f"N-{number}", "packages": 600, "gross_kg": 12000,
                    "parties": [
                        {"role": "shipper", "name": "N/A", "country": "CN"},
                        {"role": "consignee", "name": "TO ORDER", "country": "KZ"},
                    ],
                    "items": [{"description": "СБОРНЫЙ ГРУЗ, ТНП", "packages": 600, "gross_kg": 12000}],
                    "loadings": [{"equipment": BOX, "packages": 600, "gross_kg": 12000}],
                }
            ],
        }
    ).encode()  # fmt: skip


def push(unit, number, hours):
    sender = factories.client_system(unit)
    return do_all_jobs(intake.receive(sender=sender, unit=unit, pieces=[train(number, hours)]))


def hold_and_refer(case, officer):
    cases.decide(
        case=case, user=officer, kind="hold_and_refer", reasons=["seal"], note="", expected_version=case.version,
        override_reason="No seal", method="full_devanning", notice="Keep it here.", authority="PCU", grounds="No seal",
    )  # fmt: skip
    return case.referrals.get(state=Referral.State.OPEN)


def write(inspection, user, told, line=None):
    sent = [Change(name, value, None, str(line.ref) if line else "", tablet=TABLET) for name, value in told.items()]
    told = recording.apply_changes(inspection=inspection, user=user, changes=sent)
    assert [each for each in told if each["outcome"] != "applied"] == []


def examine(referral, officer, colleague, *, found):
    team = [{"user": str(one.ref), "agency": "", "leads": one == officer} for one in (officer, colleague)]
    act = planning.plan(referral=referral, user=officer, team=team, place="Shed 2")
    began = timezone.now() - timedelta(hours=2)
    (line,) = with_lines(act)
    write(act, officer, {"time": {"started": began.isoformat(), "ended": timezone.now().isoformat()}})
    points = {f"points.{point.value}": {"state": "ok", "note": ""} for point in Point}
    seal = {"event": "affixed", "number": "KZ 0047312", "by": "Officer", "at": timezone.now().isoformat()}
    write(
        act,
        officer,
        {
            "methods.full_devanning": {"done": True},
            **points,
            f"seals.{act.ref}": seal,
            "packages_found": 640 if found else 600,
            "counted_how": "counted",
            "difference_note": "Forty cases behind the wall." if found else "",
            "findings": "False wall, cigarettes behind it." if found else "",
            "result": "found" if found else "clean",
        },
        line,
    )
    (line,) = with_lines(act)
    for kind in photos_missing(line, line.photos.all()):
        photos.add_photo(inspection=act, user=officer, pieces=[picture(PhotoKind(kind))], kind=kind, line=line)
    act.refresh_from_db()
    assert problems(act) == []
    return act


def seize(act, officer):
    told = find(Commodity.TOBACCO, random.Random(1))
    words = {name: ListedWord.objects.filter(list=name).first() for name in ListedWord.List.values}
    account = Account(
        commodity="tobacco", facts=told.facts, seized_at=timezone.now(), quantity=told.quantity,
        quantity_unit=told.unit, place=words["place"], concealment=words["concealment"],
        detections=(words["detection"],), description=told.words,
    )  # fmt: skip
    return seizing.record_seizure(line=act.lines.get(), user=officer, account=account)


def test_a_find_goes_round_the_whole_loop(db):
    altynkol, chukursay = unit_of("ALT", "KZ", "Asia/Almaty"), unit_of("CHU", "UZ", "Asia/Tashkent")
    officer, colleague = factories.person(altynkol), factories.person(altynkol)
    supervisor = factories.person(altynkol.parent, Role.SUPERVISOR)
    push(altynkol, "8021", 3)
    case = Case.objects.get(unit=altynkol)

    # hold, examination, find, seizure, return, approval by somebody else
    act = examine(hold_and_refer(case, officer), officer, colleague, found=True)
    seize(act, officer)
    report = reviewing.submit(inspection=act, user=officer)
    (hold,) = standing(case)
    assert lift_hold(hold=hold, user=officer, note="The rest may go"), "lifting never waits for a review"
    reviewing.send_back(report=report, reviewer=supervisor, note="Where did the team stand?")
    write(act, officer, {"remarks": "Outside."})
    reviewing.approve(report=reviewing.submit(inspection=act, user=officer), reviewer=supervisor)
    case.refresh_from_db()
    assert (case.state, case.disposition) == ("closed", "inspected_found")
    assert Outcome.objects.standing().get(case=case).status == "preliminary"

    # the rule's record
    def line_of(unit: Unit):
        now = timezone.now()
        book = read_ledger(unit=unit, units=[unit], since=now - timedelta(days=90), until=now)
        return book, {one.code: one for one in book.lines if one.tally.fired}

    book, fired = line_of(altynkol)
    assert (book.all.inspected, book.all.found) == (1, 1)
    assert fired
    assert all(one.tally.found == 1 for one in fired.values() if one.points > 0)

    # a second box of the same firm leaves unexamined; the next unit is warned
    push(altynkol, "8025", 90)
    second = Case.objects.exclude(pk=case.pk).get(unit=altynkol)
    liaison = factories.person(altynkol, Role.LIAISON)
    warning = sending.compose_and_send(
        case=second,
        user=liaison,
        contents=composing.Contents(
            to_unit=chukursay, visits=list(second.visits.all()), consignments=list(second.consignments.all()),
            roles=["consignee"], with_goods=True, with_route=True, subject="No seal", grounds="As our find of today.",
            action=RequestedAction.EXAMINE, urgency=Urgency.URGENT, handling=Handling.RESTRICTED,
            expires_at=timezone.now() + timedelta(days=20),
        ),
    )  # fmt: skip

    # a lookout there, a later manifest, a case that must be examined
    uzbek, uzbek2 = factories.person(chukursay), factories.person(chukursay)
    box = [one for one in watching.watchables(warning) if one.kind == Kind.CONTAINER]
    (lookout,) = watching.make_lookouts(
        warning=warning, user=uzbek, chosen=box, action="must_examine",
        expires_on=timezone.localdate() + timedelta(days=19),
    )  # fmt: skip
    do_all_jobs_of_lookouts()
    push(chukursay, "3109", 5)
    hit = LookoutHit.objects.filter(lookout=lookout).first()
    assert hit is not None
    theirs = Case.objects.get(unit=chukursay)
    assert theirs.recommended_lane.mark == "e"
    assert theirs.events.filter(kind="lookout_hit").exists()

    # examined there, answered, credited here
    found = examine(hold_and_refer(theirs, uzbek), uzbek, uzbek2, found=True)
    chief = factories.person(chukursay.parent, Role.SUPERVISOR)
    reviewing.approve(report=reviewing.submit(inspection=found, user=uzbek), reviewer=chief)
    answers.give_feedback(
        warning=warning,
        user=uzbek,
        told=answers.Told(
            located=Located.YES, action=Action.FULL_DEVANNING, result=Answer.FOUND, equipment=[BOX],
            commodity="tobacco", quantity="40 cases", seized=True, useful=True,
        ),
    )  # fmt: skip
    warning.refresh_from_db()
    assert warning.state == State.ANSWERED
    credited = Outcome.objects.standing().get(case=second)
    assert (credited.result, credited.source) == ("found", "downstream_seizure")
    book, fired = line_of(altynkol)
    assert (book.all.found, book.all.credited) == (1, 1)
    assert all(one.tally.credited == 1 for one in fired.values() if one.points > 0)


def do_all_jobs_of_lookouts():
    for job in Job.objects.filter(kind="lookout.search", state=Job.State.WAITING):
        jobs.run(job.pk)
