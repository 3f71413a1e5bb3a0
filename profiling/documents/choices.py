"""Words of documents."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from profiling.documents.core import matching
from profiling.formats import records as r


class Kind(TextChoices):
    BILL = r.DocumentKind.BILL.value, _("Bill of lading")
    WAYBILL = r.DocumentKind.WAYBILL.value, _("Waybill")
    INVOICE = r.DocumentKind.INVOICE.value, _("Invoice")
    PACKING_LIST = r.DocumentKind.PACKING_LIST.value, _("Packing list")
    DECLARATION = r.DocumentKind.DECLARATION.value, _("Customs declaration")
    PERMIT = r.DocumentKind.PERMIT.value, _("Permit or certificate")
    WEIGHBRIDGE = r.DocumentKind.WEIGHBRIDGE.value, _("Weighbridge ticket")
    GATE = r.DocumentKind.GATE.value, _("Gate record")
    OTHER = r.DocumentKind.OTHER.value, pgettext_lazy("document", "Other")


class Source(TextChoices):
    """Where the fields of a document come from. FILE: nowhere yet; it is kept and not compared."""

    FILE = "file", _("the file alone")
    ENTERED = "entered", _("entered by hand")
    READ = "read", _("read from the file and confirmed")
    MESSAGE = "message", _("from a message")


class Scan(TextChoices):
    """What the scanner for malware says of a file."""

    UNSCANNED = "unscanned", _("not scanned")
    WAITING = "waiting", _("waiting for the scanner")
    CLEAN = "clean", pgettext_lazy("file", "clean")
    INFECTED = "infected", _("infected")


class Reading(TextChoices):
    """How far the text of a file has been read for proposals."""

    NONE = "", _("not to be read")
    WAITING = "waiting", _("being read")
    DONE = "done", pgettext_lazy("file", "read")
    NO_TEXT = "no_text", _("without text: a picture of a paper")
    FAILED = "failed", _("could not be read")


class MatchedBy(TextChoices):
    """The rule that set a document beside its consignment (`core.matching`)."""

    DOCUMENT_NO = matching.Rule.DOCUMENT_NO.value, _("number of the transport document")
    MASTER_NO = matching.Rule.MASTER_NO.value, _("number of the master document")
    UCR = matching.Rule.UCR.value, _("unique consignment reference")
    DECLARATION = matching.Rule.DECLARATION.value, _("customs declaration")
    CARNET = matching.Rule.CARNET.value, _("TIR carnet")
    REFERENCE = matching.Rule.REFERENCE.value, _("its number is named by the message")
    CONTAINER = matching.Rule.CONTAINER.value, _("container number, near in time")
    MANUAL = matching.Rule.MANUAL.value, _("by hand")
