"""Words of the case file: decisions, reasons, methods and dispositions (domain.md, "The working day")."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class DecisionKind(TextChoices):
    NO_EXAMINATION = "no_examination", _("No further examination")
    REQUEST_DOCUMENTS = "request_documents", _("Request documents")
    SCAN = "scan", _("Scan")
    HOLD_AND_REFER = "hold_and_refer", _("Hold and refer")
    PASS_TO_UNIT = "pass_to_unit", _("Pass to another unit")


# The mark of the lane that a decision comes to; passing on decides no lane.
DECIDED_MARK = {
    DecisionKind.NO_EXAMINATION: "n",
    DecisionKind.REQUEST_DOCUMENTS: "d",
    DecisionKind.SCAN: "s",
    DecisionKind.HOLD_AND_REFER: "e",
}


class Reason(TextChoices):
    WEIGHT_OR_COUNT = "weight_or_count", _("Weight or count does not fit")
    SEAL = "seal", _("Seal missing or changed")
    PARTY = "party", _("New or doubtful firm")
    VALUE = "value", _("Value does not fit")
    GOODS_TEXT = "goods_text", _("Goods described too vaguely")
    ROUTE = "route", _("Unusual route")
    EQUIPMENT = "equipment", _("Container number or type does not fit")
    DOCUMENTS_MISSING = "documents_missing", _("Documents missing")
    DRAWN = "drawn", _("Drawn at random")
    KNOWN_GOOD = "known_good", _("Known firm, usual cargo")
    EXPLAINED = "explained", _("Explained by documents or by the declarant")
    DATA_ERROR = "data_error", _("Error in the data, not in the cargo")
    NO_CAPACITY = "no_capacity", _("No capacity to examine in time")
    OTHERS_RESPONSIBLE = "others_responsible", _("Another unit is better placed")
    OTHER = "other", _("Other, say what")


_R = Reason
_SUSPICIONS = (_R.WEIGHT_OR_COUNT, _R.SEAL, _R.PARTY, _R.VALUE, _R.GOODS_TEXT, _R.ROUTE, _R.EQUIPMENT)
REASONS: dict[str, tuple[Reason, ...]] = {
    DecisionKind.NO_EXAMINATION: (_R.KNOWN_GOOD, _R.EXPLAINED, _R.DATA_ERROR, _R.NO_CAPACITY, _R.OTHER),
    DecisionKind.REQUEST_DOCUMENTS: (_R.DOCUMENTS_MISSING, *_SUSPICIONS, _R.OTHER),
    DecisionKind.SCAN: (*_SUSPICIONS, _R.DRAWN, _R.OTHER),
    DecisionKind.HOLD_AND_REFER: (*_SUSPICIONS, _R.DRAWN, _R.OTHER),
    DecisionKind.PASS_TO_UNIT: (_R.OTHERS_RESPONSIBLE, _R.NO_CAPACITY, _R.OTHER),
}


class Method(TextChoices):
    """Methods of examination, lightest first."""

    DOCUMENTARY = "documentary", _("Documentary check")
    SCAN = "scan", _("Scan (X-ray)")
    DOG = "dog", _("Detector dog")
    TAILGATE = "tailgate", _("Tailgate examination")
    PARTIAL_DEVANNING = "partial_devanning", _("Partial devanning")
    FULL_DEVANNING = "full_devanning", _("Full devanning")
    SAMPLING = "sampling", _("Sampling")


class Disposition(TextChoices):
    """How a flag ended. Every flag ends in one (domain.md, "The working day")."""

    INSPECTED_FOUND = "inspected_found", _("inspected, found")
    INSPECTED_CLEAN = "inspected_clean", _("inspected, clean")
    NEVER_ARRIVED = "never_arrived", _("never arrived")
    NO_EXAMINATION = "no_examination", _("no examination")
    DOCUMENTS_CLEARED = "documents_cleared", _("documents cleared")
    PASSED = "passed", _("passed to another unit")
    WITHDRAWN = "withdrawn", _("withdrawn by the sender")


class Result(TextChoices):
    """What an examination came to."""

    FOUND = "found", _("Found")
    CLEAN = "clean", _("Clean")


class OutcomeStatus(TextChoices):
    """How sure an outcome is. A find stays preliminary until the laboratory or the court says so."""

    PRELIMINARY = "preliminary", _("preliminary")
    CONFIRMED = "confirmed", _("confirmed")
    WITHDRAWN = "withdrawn", pgettext_lazy("outcome", "withdrawn")


class OutcomeSource(TextChoices):
    OWN_INSPECTION = "own_inspection", _("own inspection")
    OTHER_AGENCY = "other_agency", _("another agency")
    PARTNER_FEEDBACK = "partner_feedback", _("feedback of a partner")
    DOWNSTREAM_SEIZURE = "downstream_seizure", _("seizure further down the line")


class Commodity(TextChoices):
    """What is found, by the kinds that programmes report (domain.md, "Records")."""

    DRUGS = "drugs", _("Drugs")
    PRECURSORS = "precursors", _("Precursors")
    TOBACCO = "tobacco", _("Tobacco")
    ARMS = "arms", _("Arms and strategic goods")
    COUNTERFEIT = "counterfeit", _("Counterfeit")
    CITES = "cites", _("CITES species")
    WASTE = "waste", _("Waste")
    CURRENCY = "currency", _("Currency")
    MEDICINES = "medicines", _("Medicines")
    CULTURAL = "cultural", _("Cultural goods")
    OTHER = "other", _("Other goods")
