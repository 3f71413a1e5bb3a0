"""Tell another unit of a seizure: an approved one, without the name of any person."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from exchanges.choices import Line
from exchanges.errors import InvalidMessageError
from exchanges.models import Thread
from exchanges.services.talk import open_thread
from inspections.choices import State
from inspections.models import Seizure
from inspections.seizure_notices import notice_text
from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Agency, Capability


def is_ready(seizure: Seizure) -> bool:
    """Whether the act with the seizure stands approved; select the inspection with it."""
    return seizure.removed_at is None and seizure.inspection.state == State.APPROVED


@transaction.atomic
def send_notice(
    *, seizure: Seizure, user: User, to_unit: Unit | None, agency: Agency | str = "", form_key: str = ""
) -> Thread:
    """A notice in a thread of its own, in the language of who sends it; it asks for no answer.

    form_key: of the form; the same again sends no second one.
    Raises InvalidMessageError (not approved, for the unit only, no unit to write to), PermissionDenied.
    """
    user.scope.require(Capability.WARN, seizure.unit_id)
    fresh = Seizure.objects.select_related("inspection", "unit").get(pk=seizure.pk)
    if not is_ready(fresh):
        raise InvalidMessageError({"seizure": _("A notice goes out once the act is approved.")})
    return open_thread(
        user=user,
        from_unit=fresh.unit,
        to_unit=to_unit,
        subject=f"{fresh.number}: {fresh.get_commodity_display()}",
        text=notice_text(fresh),
        kind=Line.NOTICE,
        handling=fresh.handling,
        agency=agency,
        form_key=form_key,
    )
