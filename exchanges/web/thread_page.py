"""Everything the page of one thread shows, from the side of the unit that looks, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from exchanges import body, standing
from exchanges.choices import OPEN, UNACKNOWLEDGED, Action, Answer, ClockKind, Line, Located, State
from exchanges.models import Feedback, Message, PartnerWarning, Thread
from exchanges.sentences import icon_of, sentence
from exchanges.services.crediting import outcomes_of
from exchanges.services.watching import Placed, lookouts_of
from exchanges.web.clocks import ShownClock, shown
from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Capability
from pcu.desk import times
from profiling.cases.models import Case, Outcome


@dataclass(frozen=True, slots=True)
class Step:
    """Where a warning has come to. state: "done", "now", "bad", "find" or "" for what is ahead."""

    label: str
    detail: str
    state: str


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of the thread: a message, a note, an event or a feedback."""

    at: datetime
    message: Message | None = None
    feedback: Feedback | None = None
    icon: str = ""
    tone: str = ""
    sentence: str = ""
    is_ours: bool = False
    clock: ShownClock | None = None
    is_superseded: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    items: Sequence[Item]


@dataclass(frozen=True, slots=True)
class May:
    """What the person may do here now."""

    write: bool = False
    note: bool = False
    send: bool = False
    recall: bool = False
    acknowledge: bool = False
    watch: bool = False
    feedback: bool = False
    amend: bool = False


@dataclass(frozen=True, slots=True)
class ThreadSheet:
    """own: the side looked from. case and outcomes are the sender's and empty for everybody else."""

    thread: Thread
    own: Unit
    other: Unit
    warning: PartnerWarning | None
    body: body.WarningBody | None
    steps: Sequence[Step]
    days: Sequence[Day]
    clocks: Sequence[ShownClock]
    our_clock: ShownClock | None
    feedback: Feedback | None
    case: Case | None
    outcomes: Sequence[Outcome]
    rules: Sequence[str]
    our_cases: Sequence[Case]
    lookouts: Sequence[Placed]
    record: standing.Record
    may: May = field(default_factory=May)

    @property
    def is_sender(self) -> bool:
        return self.own.pk == self.thread.from_unit_id

    @property
    def is_receiver(self) -> bool:
        return not self.is_sender


def side_of(thread: Thread, user: User, current: Unit | None) -> Unit:
    """The side a person looks from: the unit chosen in the top bar if it takes part, else one the person reads."""
    sides = [one for one in (thread.to_unit, thread.from_unit) if user.scope.allows(Capability.READ, one.pk)]
    return next((one for one in sides if current is not None and one.pk == current.pk), sides[0])


def read_thread(thread: Thread, user: User, current: Unit | None) -> ThreadSheet:
    """`thread` came through `visible_to`."""
    now = timezone.now()
    own = side_of(thread, user, current)
    warning: PartnerWarning | None = getattr(thread, "warning", None)
    messages = list(
        Message.objects.visible_to(user).filter(thread=thread).select_related("unit", "author", "only_for", "clock")
    )
    clocks = [shown(clock, own, now) for clock in thread.clocks.select_related("unit")]
    told = list(warning.feedback.select_related("given_by")) if warning else []
    last = next((one for one in reversed(told)), None)
    is_sender = own.pk == thread.from_unit_id
    case = _own_case(warning, user) if is_sender else None
    outcomes = outcomes_of(warning) if warning and case else []
    running_ours = [one for one in clocks if one.is_ours and one.clock.is_running]
    return ThreadSheet(
        thread=thread,
        own=own,
        other=thread.other(own.pk),
        warning=warning,
        body=body.read(warning.body) if warning else None,
        steps=steps(warning, last, own, messages, credited=bool(outcomes)) if warning else [],
        days=_days(messages, told, clocks, own),
        clocks=clocks,
        our_clock=running_ours[0] if running_ours else None,
        feedback=last,
        case=case,
        outcomes=outcomes,
        rules=_rules(case) if outcomes and case else [],
        our_cases=list(standing.cases_about(warning, user)[:5]) if warning and not is_sender else [],
        lookouts=lookouts_of(warning, user) if warning and not is_sender else [],
        record=standing.record_with(own, thread.other(own.pk), user, now),
        may=_may(thread, warning, user, own),
    )


def _own_case(warning: PartnerWarning | None, user: User) -> Case | None:
    if warning is None:
        return None
    found: Case | None = (
        Case.objects.visible_to(user)
        .select_related("assessment", "decided_assessment", "working_unit")
        .filter(pk=warning.case_id)
        .first()
    )
    return found


def _rules(case: Case) -> list[str]:
    assessment = case.decided_assessment or case.assessment
    return sorted({one["code"] for one in assessment.fired})


def _may(thread: Thread, warning: PartnerWarning | None, user: User, own: Unit) -> May:
    is_sender = own.pk == thread.from_unit_id
    warns = is_sender and user.scope.allows(Capability.WARN, own.pk)
    answers = not is_sender and user.scope.allows(Capability.ANSWER, own.pk)
    is_open = thread.opened_at is not None
    state = warning.state if warning else ""
    return May(
        write=is_open and user.scope.allows(Capability.ANSWER, own.pk),
        note=is_open and user.scope.allows(Capability.COMMENT, own.pk),
        send=warns and state == State.DRAFT,
        recall=warns and state in OPEN,
        acknowledge=answers and state in UNACKNOWLEDGED,
        watch=answers and state in OPEN and user.scope.allows(Capability.WATCH, own.pk),
        feedback=answers and state in (*OPEN, State.EXPIRED),
        amend=answers and state == State.ANSWERED,
    )


def _days(messages: Sequence[Message], told: Sequence[Feedback], clocks: Sequence[ShownClock], own: Unit) -> list[Day]:
    asked = {one.clock.message_id: one for one in clocks if one.clock.kind == ClockKind.ANSWER}
    superseded = {one.supersedes_id for one in told}
    items = [_item(message, own, asked.get(message.pk)) for message in messages]
    items += [Item(at=one.given_at, feedback=one, is_superseded=one.pk in superseded) for one in told]
    # a feedback stands before what was written because of it
    items.sort(key=lambda item: (item.at, item.feedback is None))
    zone = times.zone_of(own)
    by_day = groupby(items, key=lambda item: item.at.astimezone(zone).date())
    return [Day(day, list(of_day)) for day, of_day in by_day]


def _item(message: Message, own: Unit, clock: ShownClock | None) -> Item:
    if message.kind == Line.EVENT:
        icon, tone = icon_of(message)
        return Item(at=message.at, message=message, icon=icon, tone=tone, sentence=sentence(message, own))
    return Item(at=message.at, message=message, is_ours=message.unit_id == own.pk, clock=clock)


def steps(
    warning: PartnerWarning, last: Feedback | None, own: Unit, messages: Sequence[Message], *, credited: bool
) -> list[Step]:
    """The way of a warning: what is done, what comes next, what is ahead; a recall or an expiry ends it."""
    zone = times.zone_of(own)

    def at(moment: datetime | None) -> str:
        if moment is None:
            return ""
        local = moment.astimezone(zone)
        return f"{formats.date_format(local, 'MONTH_DAY_FORMAT')} {times.clock_time(local)}"

    def took(moment: datetime | None) -> str:
        return times.span(moment - warning.sent_at) if moment and warning.sent_at else ""

    def first(event: str) -> datetime | None:
        return next((one.at for one in messages if one.facts.get("event") == event), None)

    watched, met = first("lookout"), first("hit")
    located = (last.located_at if last else None) or met
    is_located = met is not None or (last is not None and last.located == Located.YES)
    reached: list[tuple[str, str, bool]] = [
        (_("Sent"), at(warning.sent_at), warning.sent_at is not None),
        (_("Read"), at(warning.read_at), warning.read_at is not None),
        (_("Acknowledged"), took(warning.acknowledged_at), warning.acknowledged_at is not None),
        (_("Lookout"), at(watched), watched is not None),
        (_("Located"), at(located), is_located),
        (_("Examined"), str(Action(last.action).label) if last else "", bool(last and _is_examined(last))),
    ]
    found = [Step(label, detail if done else "", "done" if done else "") for label, detail, done in reached]
    if warning.state == State.RECALLED:
        return [*(step for step in found if step.state), Step(_("Recalled"), at(warning.recalled_at), "bad")]
    if warning.state == State.EXPIRED:
        return [*(step for step in found if step.state), Step(_("Expired"), at(warning.expired_at), "bad")]
    if last is None:
        ahead = next((place for place, step in enumerate(found) if not step.state), len(found))
        found[ahead : ahead + 1] = [Step(found[ahead].label, "", "now")] if ahead < len(found) else []
        return [*found, Step(_("Feedback"), "", "")]
    found = [step for step in found if step.state]
    result = str(Answer(last.result).label)
    return [*found, Step(result, _("credited") if credited else took(last.given_at), _tone(last))]


def _is_examined(feedback: Feedback) -> bool:
    return feedback.result != Answer.NOT_EXAMINED


def _tone(feedback: Feedback) -> str:
    return {Answer.FOUND: "find", Answer.CLEAN: "done"}.get(Answer(feedback.result), "bad")
