"""Lookouts and hits, each as far as the caller may know of them."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from pcu.accounts.handling import Handling
from pcu.accounts.models import User
from pcu.accounts.roles import Agency
from profiling.api.serializers.cargo import VisitBriefSerializer
from profiling.api.serializers.cases import TEXT, ConsignmentBriefSerializer
from profiling.api.serializers.shared import PersonSerializer, UnitCodeField
from profiling.cases.watching import LENGTHS
from profiling.lookouts.choices import Action, Kind, Source, Standing
from profiling.lookouts.models import Lookout, LookoutHit
from profiling.lookouts.seeing import SeenHit, tells_why


class LookoutBriefSerializer(serializers.ModelSerializer[Lookout]):
    class Meta:
        model = Lookout
        fields = ["ref", "number", "kind", "value", "action"]


class LookoutSerializer(LookoutBriefSerializer):
    """`reason`, `source`, `source_ref`, `withdrawn_by` and `withdrawn_reason` are null where the handling code keeps
    them to the lookout's own unit.
    """

    unit = UnitCodeField()
    standing = serializers.ChoiceField(choices=Standing.choices, read_only=True)
    reason = serializers.SerializerMethodField()
    source = serializers.SerializerMethodField()  # type: ignore[assignment]  # a field of the body
    source_ref = serializers.SerializerMethodField()
    created_by = PersonSerializer(read_only=True)
    withdrawn_by = serializers.SerializerMethodField()
    withdrawn_reason = serializers.SerializerMethodField()

    class Meta(LookoutBriefSerializer.Meta):
        fields = [
            *LookoutBriefSerializer.Meta.fields, "key", "country", "unit", "standing", "reason", "source", "source_ref",
            "handling", "agency", "contact", "valid_from", "expires_on", "withdrawn_at", "withdrawn_by",
            "withdrawn_reason", "searched_at", "created_by", "created_at", "updated_at",
        ]  # fmt: skip

    def _is_told(self, lookout: Lookout) -> bool:
        user: User = self.context["request"].user
        return tells_why(lookout, user)

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_reason(self, lookout: Lookout) -> str | None:
        return lookout.reason if self._is_told(lookout) else None

    @extend_schema_field(serializers.ChoiceField(choices=Source.choices, allow_null=True))
    def get_source(self, lookout: Lookout) -> str | None:
        return lookout.source if self._is_told(lookout) else None

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_source_ref(self, lookout: Lookout) -> str | None:
        return lookout.source_ref if self._is_told(lookout) else None

    @extend_schema_field(PersonSerializer(allow_null=True))
    def get_withdrawn_by(self, lookout: Lookout) -> Any:
        by = lookout.withdrawn_by if self._is_told(lookout) else None
        return None if by is None else PersonSerializer(by).data

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_withdrawn_reason(self, lookout: Lookout) -> str | None:
        return lookout.withdrawn_reason if self._is_told(lookout) else None


class NewLookoutSerializer(serializers.Serializer[dict[str, Any]]):
    """A lookout to place; `unit` is a code, the caller's only unit where it is left out."""

    unit = serializers.CharField(max_length=16, default="", allow_blank=True)
    kind = serializers.ChoiceField(choices=Kind.choices)
    value = serializers.CharField(max_length=LENGTHS["value"])
    action = serializers.ChoiceField(choices=Action.choices)
    reason = serializers.CharField(max_length=TEXT)
    expires_on = serializers.DateField()
    valid_from = serializers.DateField(allow_null=True, default=None)
    source = serializers.ChoiceField(choices=Source.choices, default=Source.OWN)  # type: ignore[assignment]  # a field of the body
    source_ref = serializers.CharField(max_length=LENGTHS["source_ref"], default="", allow_blank=True)
    handling = serializers.ChoiceField(choices=Handling.choices)
    agency = serializers.ChoiceField(choices=Agency.choices, default="", allow_blank=True)
    contact = serializers.CharField(max_length=LENGTHS["contact"], default="", allow_blank=True)


class LookBackSerializer(serializers.Serializer[dict[str, Any]]):
    unit = serializers.CharField(max_length=16, default="", allow_blank=True)
    kind = serializers.ChoiceField(choices=Kind.choices)
    value = serializers.CharField(max_length=LENGTHS["value"])


class RenewalSerializer(serializers.Serializer[dict[str, Any]]):
    expires_on = serializers.DateField()


class LookoutWithdrawalSerializer(serializers.Serializer[dict[str, Any]]):
    reason = serializers.CharField(max_length=TEXT)


class SightingSerializer(serializers.Serializer[dict[str, Any]]):
    at = serializers.DateTimeField()
    consignment = ConsignmentBriefSerializer(allow_null=True)
    visit = VisitBriefSerializer(allow_null=True)


class LookoutPreviewSerializer(serializers.Serializer[dict[str, Any]]):
    """How often it would have matched. `fault` says why it cannot be placed, and is empty where it can."""

    key = serializers.CharField(source="key.text")
    country = serializers.CharField(source="key.country")
    days_30 = serializers.SerializerMethodField()
    days_90 = serializers.SerializerMethodField()
    days_365 = serializers.SerializerMethodField()
    at_least = serializers.BooleanField(source="more", help_text="There were more than are counted.")
    standing = serializers.IntegerField(help_text="Not yet departed.")
    share_of_90_days = serializers.DecimalField(
        source="share", max_digits=9, decimal_places=4, allow_null=True, help_text="Percent of all consignments."
    )
    latest = SightingSerializer(many=True)
    fault = serializers.CharField()
    doubt = serializers.CharField(help_text="What is odd about a value that may be placed.")
    watched_by = LookoutBriefSerializer(many=True, help_text="Active lookouts for the same.")

    def get_days_30(self, preview: Any) -> int:
        return int(preview["counts"].get(30, 0))

    def get_days_90(self, preview: Any) -> int:
        return int(preview["counts"].get(90, 0))

    def get_days_365(self, preview: Any) -> int:
        return int(preview["counts"].get(365, 0))


class LookoutHitSerializer(serializers.ModelSerializer[LookoutHit]):
    """`restricted`: the lookout is kept for another agency; ask `contact`. Then all that tells of it is null."""

    unit = UnitCodeField()
    consignment = ConsignmentBriefSerializer(read_only=True, allow_null=True)
    visit = VisitBriefSerializer(read_only=True, allow_null=True)
    restricted = serializers.SerializerMethodField()
    contact = serializers.SerializerMethodField()
    lookout = serializers.SerializerMethodField()
    reason = serializers.SerializerMethodField(help_text="Null also where the handling code keeps it to a unit.")
    field = serializers.SerializerMethodField()
    value = serializers.SerializerMethodField(method_name="get_value_met")
    submission = serializers.SerializerMethodField()
    seen_at = serializers.SerializerMethodField()
    seen_by = serializers.SerializerMethodField()

    class Meta:
        model = LookoutHit
        fields = [
            "ref", "unit", "at", "consignment", "visit", "restricted", "contact", "lookout", "reason", "field", "value",
            "submission", "seen_at", "seen_by", "updated_at",
        ]  # fmt: skip

    def _seen(self, hit: LookoutHit) -> SeenHit:
        found: SeenHit = self.context["seen"][hit.pk]
        return found

    def _unless_masked(self, hit: LookoutHit, value: Any) -> Any:
        return None if self._seen(hit).is_masked else value

    def get_restricted(self, hit: LookoutHit) -> bool:
        return self._seen(hit).is_masked

    def get_contact(self, hit: LookoutHit) -> str:
        return self._seen(hit).contact

    @extend_schema_field(LookoutBriefSerializer(allow_null=True))
    def get_lookout(self, hit: LookoutHit) -> Any:
        lookout = self._seen(hit).lookout
        return None if lookout is None else LookoutBriefSerializer(lookout).data

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_reason(self, hit: LookoutHit) -> str | None:
        return hit.lookout.reason if self._seen(hit).tells_why else None

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_field(self, hit: LookoutHit) -> Any:
        return self._unless_masked(hit, hit.field)

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_value_met(self, hit: LookoutHit) -> Any:
        return self._unless_masked(hit, hit.value)

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_submission(self, hit: LookoutHit) -> Any:
        return self._unless_masked(hit, str(hit.submission.ref) if hit.submission else None)

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_seen_at(self, hit: LookoutHit) -> Any:
        return self._unless_masked(hit, hit.seen_at and timezone.localtime(hit.seen_at).isoformat())

    @extend_schema_field(PersonSerializer(allow_null=True))
    def get_seen_by(self, hit: LookoutHit) -> Any:
        return self._unless_masked(hit, PersonSerializer(hit.seen_by).data if hit.seen_by else None)
