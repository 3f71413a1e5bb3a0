"""Why a rule or a release cannot be changed as asked. Each carries a message for the person who asked, translated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from profiling.rules.core.checking import ConditionError

if TYPE_CHECKING:
    from profiling.rules.models import Proposal, Release, Rule, RuleDraft


class RuleError(Exception):
    """Base of all; `code` is stable, `message` is for people."""

    code = "rule_error"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidRuleError(RuleError):
    """Something in a rule, a draft or a release is missing or does not fit: messages by field.

    places: what is wrong within the condition, by JSON pointer; `errors` names the field and the first of them.
    """

    code = "invalid_rule"

    def __init__(self, errors: Mapping[str, str], places: Sequence[ConditionError] = ()) -> None:
        self.errors = dict(errors)
        self.places = tuple(places)
        super().__init__(" ".join(self.errors.values()))


class ChangedMeanwhileError(RuleError):
    """Somebody saved since it was read; `fresh` is what stands now."""

    code = "changed_meanwhile"

    def __init__(self, fresh: RuleDraft | Release, by: object) -> None:
        self.fresh = fresh
        super().__init__(
            _("%(person)s has changed it since you opened it. Nothing of yours was saved; look at it again.")
            % {"person": by or _("Somebody")}
        )


class DraftClosedError(RuleError):
    code = "draft_closed"

    def __init__(self) -> None:
        super().__init__(_("This draft was proposed or discarded. Start a new one."))


class BehindError(RuleError):
    """A newer version was approved since the draft was begun; proposing it would undo that unseen."""

    code = "newer_version"

    def __init__(self, rule: Rule, number: int) -> None:
        self.number = number
        super().__init__(
            _("Version %(number)d of %(rule)s was approved since this draft was begun. Compare with it first.")
            % {"number": number, "rule": rule.code}
        )


class OpenProposalError(RuleError):
    code = "open_proposal"

    def __init__(self, rule: Rule) -> None:
        super().__init__(
            _("A version of %(rule)s waits for approval already. It is decided or withdrawn first.")
            % {"rule": rule.code}
        )


class ProposalDecidedError(RuleError):
    code = "proposal_decided"

    def __init__(self, proposal: Proposal) -> None:
        super().__init__(
            _("This proposal is decided already: %(verdict)s.") % {"verdict": proposal.get_verdict_display()}
        )


class OwnWorkError(RuleError):
    """Maker is never checker."""

    code = "own_work"

    def __init__(self) -> None:
        super().__init__(_("You had a hand in it yourself: somebody else approves or refuses it."))


class RuleRetiredError(RuleError):
    code = "rule_retired"

    def __init__(self, rule: Rule) -> None:
        super().__init__(_("Rule %(rule)s is retired.") % {"rule": rule.code})


class ReleaseStateError(RuleError):
    """The step is not in the table of transitions."""

    code = "release_state"

    def __init__(self, release: Release) -> None:
        super().__init__(
            _("Release %(release)s is %(state)s; this cannot be done with it now.")
            % {"release": release.name, "state": release.get_state_display()}
        )


class NothingToRollBackError(RuleError):
    code = "nothing_to_roll_back"

    def __init__(self) -> None:
        super().__init__(_("Nothing was live here before, so there is nothing to go back to."))
