"""Threads between two units, the warnings that open them, their clocks, and what came of it."""

from exchanges.models.threads import Clock, Message, Receipt, Thread
from exchanges.models.warnings import Feedback, PartnerWarning

__all__ = ["Clock", "Feedback", "Message", "PartnerWarning", "Receipt", "Thread"]
