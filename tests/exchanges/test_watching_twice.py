"""A second click on the same lookouts of a warning places nothing twice and tells the thread nothing twice."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from exchanges.models import Message
from exchanges.services.watching import make_lookouts, watchables
from profiling.lookouts.models import Lookout


def test_the_same_lookouts_asked_for_again_are_there_already(warning, receiver):
    asked = {"chosen": watchables(warning)[:2], "action": "inform", "expires_on": timezone.localdate() + timedelta(5)}
    first = make_lookouts(warning=warning, user=receiver, **asked)
    told = Message.objects.count()
    assert make_lookouts(warning=warning, user=receiver, **asked) == []
    assert (Lookout.objects.count(), Message.objects.count()) == (len(first), told)
    asked["chosen"] = watchables(warning)[:3]
    assert len(make_lookouts(warning=warning, user=receiver, **asked)) == 1
