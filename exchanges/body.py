"""The warning as it is told: copied fields under a schema version, and never a key of anybody's database.

What one unit knows of a container, a firm or a rail note means nothing to another installation, so a body repeats
it in full. Weights are kilograms as text, times ISO 8601 with their zone, codes as the papers have them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

Code = Annotated[str, StringConstraints(max_length=40)]
Text = Annotated[str, StringConstraints(max_length=400)]
Prose = Annotated[str, StringConstraints(max_length=4000)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Office(_Part):
    """A unit as others know it."""

    code: Code
    name: Text
    country: Code


class Carrier(_Part):
    kind: Code
    number: Code


class Equipment(_Part):
    """A container, wagon, trailer or truck: number in capitals, letters and digits only, and what it stands on."""

    kind: Code
    number: Code
    size_type: Code = ""
    gross_kg: Code = ""
    carrier: Carrier | None = None
    seals: list[Code] = []


class Document(_Part):
    type: Code
    number: Code
    issuer: Text = ""


class Party(_Part):
    """A firm. Natural persons and contacts stand here only where `persons_reason` says why."""

    role: Code
    name: Text
    country: Code = ""
    tax_number: Code = ""
    contact: Annotated[str, StringConstraints(max_length=512)] = ""


class Goods(_Part):
    description: Prose
    commodity_scheme: Code = ""
    commodity_code: Code = ""
    packages: Code = ""
    gross_kg: Code = ""


class Place(_Part):
    code: Code = ""
    name: Text = ""


class Route(_Part):
    mode: Code = ""
    conveyance: Text = ""
    origin_country: Code = ""
    destination_country: Code = ""
    loading: Place = Place()
    discharge: Place = Place()
    delivery: Place = Place()


class WarningBody(_Part):
    """One warning. Unset times are those of a draft."""

    schema_version: Literal["pcu-warning-1"] = "pcu-warning-1"
    number: Code = ""
    sender: Office
    recipient: Office
    agency: Code = Field("", description="Of the recipient; empty for all.")
    subject: Text
    grounds: Prose
    urgency: Code
    action: Code
    handling: Code
    sent_at: AwareDatetime | None = None
    acknowledge_by: AwareDatetime | None = None
    feedback_by: AwareDatetime | None = None
    expires_at: AwareDatetime
    eta: AwareDatetime | None = Field(None, description="When the sender expects it at the recipient.")
    equipment: list[Equipment] = []
    documents: list[Document] = []
    parties: list[Party] = []
    goods: list[Goods] = []
    route: Route | None = None
    persons_reason: Prose = Field("", description="Why natural persons are named; empty: they are left out.")


def written(body: WarningBody) -> dict[str, Any]:
    """A body as it is stored and travels."""
    found: dict[str, Any] = body.model_dump(mode="json")
    return found


def read(stored: Any) -> WarningBody:
    """A stored body. Raises pydantic.ValidationError."""
    return WarningBody.model_validate(stored)


def sent(
    body: WarningBody, *, number: str, at: datetime, acknowledge_by: datetime, feedback_by: datetime
) -> WarningBody:
    """A draft's body as it goes out."""
    return body.model_copy(
        update={"number": number, "sent_at": at, "acknowledge_by": acknowledge_by, "feedback_by": feedback_by}
    )
