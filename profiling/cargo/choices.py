"""Words for the codes of `formats.records`, as choices of the stored rows."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from profiling.formats import records as r


class Mode(TextChoices):
    SEA = r.Mode.SEA.value, _("sea")
    RAIL = r.Mode.RAIL.value, _("rail")
    ROAD = r.Mode.ROAD.value, _("road")
    AIR = r.Mode.AIR.value, _("air")
    POST = r.Mode.POST.value, _("post")
    INLAND_WATER = r.Mode.INLAND_WATER.value, _("inland water")


class Direction(TextChoices):
    """Relative to the unit."""

    IMPORT = r.Direction.IMPORT.value, _("import")
    EXPORT = r.Direction.EXPORT.value, _("export")
    TRANSIT = r.Direction.TRANSIT.value, _("transit")
    TRANSHIPMENT = r.Direction.TRANSHIPMENT.value, _("transhipment")


class Function(TextChoices):
    ORIGINAL = r.Function.ORIGINAL.value, _("original")
    REPLACE = r.Function.REPLACE.value, _("replacement")
    CANCEL = r.Function.CANCEL.value, _("cancellation")
    CHANGE = r.Function.CHANGE.value, _("change")
    ADD = r.Function.ADD.value, _("addition")
    DELETE = r.Function.DELETE.value, _("deletion")


class DocumentType(TextChoices):
    BILL = r.DocumentType.BILL.value, _("Bill of lading")
    MASTER_BILL = r.DocumentType.MASTER_BILL.value, _("Master bill")
    HOUSE_BILL = r.DocumentType.HOUSE_BILL.value, _("House bill")
    SEA_WAYBILL = r.DocumentType.SEA_WAYBILL.value, _("Sea waybill")
    SMGS = r.DocumentType.SMGS.value, _("SMGS note")
    CIM = r.DocumentType.CIM.value, _("CIM note")
    CMR = r.DocumentType.CMR.value, _("CMR note")
    TIR = r.DocumentType.TIR.value, _("TIR carnet")
    AIR_WAYBILL = r.DocumentType.AIR_WAYBILL.value, _("Air waybill")


class EquipmentKind(TextChoices):
    CONTAINER = r.EquipmentKind.CONTAINER.value, _("container")
    WAGON = r.EquipmentKind.WAGON.value, _("wagon")
    TRAILER = r.EquipmentKind.TRAILER.value, _("trailer")
    TRUCK = r.EquipmentKind.TRUCK.value, _("truck")
    SWAP_BODY = r.EquipmentKind.SWAP_BODY.value, _("swap body")
    CHASSIS = r.EquipmentKind.CHASSIS.value, _("chassis")
    BREAK_BULK = r.EquipmentKind.BREAK_BULK.value, _("break bulk")


class Fill(TextChoices):
    FULL = r.Fill.FULL.value, _("full")
    EMPTY = r.Fill.EMPTY.value, _("empty")


class MovementKind(TextChoices):
    GATE_IN = r.MovementKind.GATE_IN.value, _("gate in")
    GATE_OUT = r.MovementKind.GATE_OUT.value, _("gate out")
    LOADED = r.MovementKind.LOADED.value, _("loaded")
    DISCHARGED = r.MovementKind.DISCHARGED.value, _("discharged")
    ARRIVED = r.MovementKind.ARRIVED.value, _("arrived")
    DEPARTED = r.MovementKind.DEPARTED.value, _("departed")
    WEIGHED = r.MovementKind.WEIGHED.value, _("weighed")
    LOAD_ORDERED = r.MovementKind.LOAD_ORDERED.value, _("to be loaded")
    DISCHARGE_ORDERED = r.MovementKind.DISCHARGE_ORDERED.value, _("to be discharged")


ORDERS = (MovementKind.LOAD_ORDERED, MovementKind.DISCHARGE_ORDERED)
"""What is told before it happens: nobody has looked at the equipment yet."""


class SealParty(TextChoices):
    CARRIER = r.SealParty.CARRIER.value, _("carrier")
    SHIPPER = r.SealParty.SHIPPER.value, _("shipper")
    CUSTOMS = r.SealParty.CUSTOMS.value, _("customs")
    CONSOLIDATOR = r.SealParty.CONSOLIDATOR.value, _("consolidator")
    QUARANTINE = r.SealParty.QUARANTINE.value, _("quarantine")
    TERMINAL = r.SealParty.TERMINAL.value, _("terminal")
    UNKNOWN = r.SealParty.UNKNOWN.value, _("unknown")


class PartyRole(TextChoices):
    SHIPPER = r.PartyRole.SHIPPER.value, _("Shipper")
    CONSIGNEE = r.PartyRole.CONSIGNEE.value, _("Consignee")
    NOTIFY = r.PartyRole.NOTIFY.value, _("Notify party")
    CARRIER = r.PartyRole.CARRIER.value, _("Carrier")
    FORWARDER = r.PartyRole.FORWARDER.value, _("Forwarder")
    AGENT = r.PartyRole.AGENT.value, _("Agent")
    DELIVERY = r.PartyRole.DELIVERY.value, _("Delivery party")
    DECLARANT = r.PartyRole.DECLARANT.value, _("Declarant")
    HOLDER = r.PartyRole.HOLDER.value, _("Carnet holder")
