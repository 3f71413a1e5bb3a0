"""Seizures, the lists of words their accounts name, and the templates of their facts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from inspections import custody, links, lists, samples, seizing
from inspections.api import seizure_serializers as body
from inspections.commodities.fields import Field
from inspections.commodities.templates import all_newest
from inspections.custody import Transfer
from inspections.facts import unit_label, words
from inspections.models import InspectionLine, Link, ListedWord, Sample, Seizure
from inspections.samples import Taken
from inspections.seizure_checks import Account
from inspections.seizure_filters import SeizureChanges, WordFilterSet
from pcu.accounts.models import Unit, User
from pcu.accounts.roles import Capability
from profiling.api.serializers.refusals import InvalidRequestSerializer, RefusalSerializer
from profiling.api.views.shared import (
    IDEMPOTENCY_KEY,
    IF_MATCH,
    VisibleRows,
    checked,
    key_named,
    version_named,
    with_version,
)
from profiling.cargo.models import Consignment

REFUSED = {400: InvalidRequestSerializer, 409: RefusalSerializer}
STALE = {**REFUSED, 428: RefusalSerializer}
_L = ListedWord.List


class SeizureViewSet(VisibleRows):
    """Seizures of the caller's units, and those of cases passed to them. Names of persons are told to few."""

    queryset = Seizure.objects.all()
    serializer_class = body.SeizureSerializer
    detail_serializer_class = body.SeizureDetailSerializer
    filterset_class = SeizureChanges
    related = (
        "unit", "case", "inspection", "line__visit", "consignment", "place", "concealment", "created_by",
    )  # fmt: skip
    prefetched = ("detections",)
    detail_prefetched = (
        Prefetch("links", Link.objects.select_related("party")),
        Prefetch("samples", Sample.objects.select_related("seizure")),
    )

    def get_queryset(self) -> QuerySet[Any]:
        rows = super().get_queryset()
        return rows if self.action == "list" else custody.with_chains(rows)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        seizure = self.get_object()
        return with_version(Response(self.get_serializer(seizure).data), seizure)

    @extend_schema(
        request=body.NewSeizureSerializer,
        responses={201: body.SeizureDetailSerializer, **REFUSED},
        parameters=[IDEMPOTENCY_KEY],
    )
    def create(self, request: Request) -> Response:
        """Record goods of one kind on a line of an inspection."""
        told = checked(body.NewSeizureSerializer, request)
        line = _line(self.person, told.pop("line"))
        seizure = seizing.record_seizure(
            line=line, user=self.person, account=_account(told, line), form_key=key_named(request)
        )
        return self._now(seizure, status.HTTP_201_CREATED)

    @extend_schema(
        request=body.AccountSerializer, responses={200: body.SeizureDetailSerializer, **STALE}, parameters=[IF_MATCH]
    )
    def update(self, request: Request, ref: str) -> Response:
        """Write the whole account anew, while the act may be changed."""
        seizure = self.one()
        expected = version_named(request)
        told = checked(body.AccountSerializer, request)
        changed = seizing.change_seizure(
            seizure=seizure, user=self.person, account=_account(told, seizure.line), expected_version=expected
        )
        return self._now(changed)

    @extend_schema(responses={204: None, **STALE}, parameters=[IF_MATCH])
    def destroy(self, request: Request, ref: str) -> Response:
        """Take a seizure recorded by mistake out of the act."""
        seizure = self.one()
        seizing.remove_seizure(seizure=seizure, user=self.person, expected_version=version_named(request))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        request=body.DisposalSerializer, responses={200: body.SeizureDetailSerializer, **STALE}, parameters=[IF_MATCH]
    )
    @action(detail=True, methods=["post"], filterset_class=None)
    def disposal(self, request: Request, ref: str) -> Response:
        """Say what became of the goods, also after approval."""
        seizure = self.one()
        expected = version_named(request)
        told = checked(body.DisposalSerializer, request)
        return self._now(seizing.note_disposal(seizure=seizure, user=self.person, expected_version=expected, **told))

    @extend_schema(
        request=body.NewLinkSerializer, responses={201: body.LinkSerializer, **REFUSED}, parameters=[IDEMPOTENCY_KEY]
    )
    @action(detail=True, methods=["post"], url_path="links", filterset_class=None)
    def link(self, request: Request, ref: str) -> Response:
        """Tie a person, a company or a route."""
        seizure = self.one()
        told = checked(body.NewLinkSerializer, request)
        made = links.add_link(seizure=seizure, user=self.person, form_key=key_named(request), **told)
        (shown,) = links.shown([made], self.person, seizure.unit_id)
        return Response(body.LinkSerializer(shown).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=body.NewSampleSerializer, responses={201: body.SampleSerializer, **REFUSED})
    @action(detail=True, methods=["post"], url_path="samples", filterset_class=None)
    def sample(self, request: Request, ref: str) -> Response:
        """Record a sample."""
        seizure = self.one()
        told = checked(body.NewSampleSerializer, request)
        made = samples.add_sample(seizure=seizure, user=self.person, taken=Taken(**told))
        return Response(body.SampleSerializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses=body.CustodiansSerializer)
    @action(detail=True, filterset_class=None, pagination_class=None)
    def custodians(self, request: Request, ref: str) -> Response:
        """Who may give the goods now, and who may receive them with a sign-in."""
        seizure = self.one()
        holder = custody.holder_of(custody.chain_of(seizure))
        givers = custody.possible_givers(seizure, holder)
        told = {"givers": givers, "receivers": custody.possible_receivers(seizure)}
        return Response(body.CustodiansSerializer(told).data)

    @extend_schema(request=body.NewHandoverSerializer, responses={201: body.HandoverSerializer, **REFUSED})
    @action(detail=True, methods=["post"], url_path="handovers", filterset_class=None)
    def hand_over(self, request: Request, ref: str) -> Response:
        """Write down a hand-over; it takes place once both sides have signed."""
        seizure = self.one()
        told = checked(body.NewHandoverSerializer, request)
        giver = _person("giver", told.pop("giver"))
        receiver = _person("receiver", told.pop("receiver"))
        handover = custody.hand_over(
            seizure=seizure, user=self.person, giver=giver, transfer=Transfer(receiver=receiver, **told)
        )
        return Response(body.HandoverSerializer(handover).data, status=status.HTTP_201_CREATED)

    def _now(self, seizure: Seizure, code: int = status.HTTP_200_OK) -> Response:
        fresh = self.get_queryset().get(pk=seizure.pk)
        told = body.SeizureDetailSerializer(fresh, context=self.get_serializer_context()).data
        return with_version(Response(told, status=code), fresh)


class ListedWordViewSet(VisibleRows):
    """Places, methods of concealment and ways of detection, as the caller's countries word them."""

    queryset = ListedWord.objects.all()
    serializer_class = body.ListedWordSerializer
    filterset_class = WordFilterSet
    related = ("unit",)
    changes_field = "pk"

    def visible(self) -> QuerySet[Any]:
        return lists.readable_by(self.person)

    @extend_schema(request=body.NewWordSerializer, responses={201: body.ListedWordSerializer, **REFUSED})
    def create(self, request: Request) -> Response:
        """Add a word at the end of a list; for supervisors and analysts of the country."""
        told = checked(body.NewWordSerializer, request)
        kept = self.person.scope.units(Capability.KEEP_LISTS)
        country = Unit.objects.filter(pk__in=kept, kind=Unit.Kind.COUNTRY, code=told["country"]).first()
        if country is None:
            raise ValidationError({"country": [_("You keep no lists of this country.")]})
        word = lists.add_word(unit=country, user=self.person, list_name=told["list"], labels=told["labels"])
        return Response(body.ListedWordSerializer(word).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        request=body.WordChangeSerializer, responses={200: body.ListedWordSerializer, 403: RefusalSerializer, **REFUSED}
    )
    def partial_update(self, request: Request, ref: str) -> Response:
        """Rename, move, retire or restore a word: all that is asked for, or nothing."""
        word = self.one()
        told = checked(body.WordChangeSerializer, request)
        lists.change_word(
            word=word,
            user=self.person,
            labels=told.get("labels"),
            move=told.get("move", ""),
            is_retired=told.get("retired"),
        )
        return Response(body.ListedWordSerializer(self.get_queryset().get(pk=word.pk)).data)


class CommodityTemplateViewSet(viewsets.ViewSet):
    """What is asked of each commodity: the same for everybody."""

    @extend_schema(parameters=[body.TemplateQuerySerializer], responses=body.TemplateSerializer(many=True))
    def list(self, request: Request) -> Response:
        """The templates in force."""
        wanted = checked(body.TemplateQuerySerializer, request, request.query_params).get("commodity")
        told = [
            {
                "commodity": one.commodity,
                "version": one.version,
                "units": {code: unit_label(code) for code in one.units},
                "fields": [_field(field) for field in one.fields],
                "items": {
                    "label": words(one.items.label),
                    "fields": [_field(field) for field in one.items.fields],
                    "sums": dict(one.items.sums),
                }
                if one.items
                else None,
            }
            for one in all_newest()
            if wanted in (None, one.commodity)
        ]
        return Response(body.TemplateSerializer(told, many=True).data)


def _field(field: Field) -> dict[str, Any]:
    return {
        "name": field.name,
        "label": words(field.label),
        "kind": field.kind,
        "required": field.required,
        "needed_if": list(field.needed_if or ()),
        "choices": {choice.code: words(choice.label) for choice in field.choices},
        "unit": words(field.unit),
    }


def _line(user: User, ref: UUID) -> InspectionLine:
    rows = InspectionLine.objects.visible_to(user).select_related("inspection__unit", "inspection__case", "visit")
    found: InspectionLine | None = rows.filter(ref=ref).first()
    if found is None:
        raise ValidationError({"line": [_("There is no such line.")]})
    return found


def _account(told: dict[str, Any], line: InspectionLine) -> Account:
    """The words by their codes, the consignment by its ref. Raises ValidationError for what is not there."""
    codes = {_L.PLACE: [told["place"]], _L.CONCEALMENT: [told["concealment"]], _L.DETECTION: told["detections"]}
    of_country = ListedWord.objects.filter(unit__code=line.inspection.unit.root_code).select_related("unit")
    found = {(word.list, word.code): word for word in of_country}
    for name, list_name in (("place", _L.PLACE), ("concealment", _L.CONCEALMENT), ("detections", _L.DETECTION)):
        if unknown := [code for code in codes[list_name] if (list_name, code) not in found]:
            raise ValidationError({name: [_("Not in the list: %(codes)s.") % {"codes": ", ".join(unknown)}]})
    consignment = told.pop("consignment")
    if consignment is not None:
        consignment = Consignment.objects.filter(ref=consignment).first()
        if consignment is None:
            raise ValidationError({"consignment": [_("This consignment is not in the equipment examined.")]})
    return Account(
        **told
        | {
            "place": found[_L.PLACE, told["place"]],
            "concealment": found[_L.CONCEALMENT, told["concealment"]],
            "detections": tuple(found[_L.DETECTION, code] for code in dict.fromkeys(told["detections"])),
            "consignment": consignment,
        }
    )


def _person(name: str, ref: UUID | None) -> User | None:
    """Somebody by ref; whether the person may is judged by the service. Raises ValidationError."""
    if ref is None:
        return None
    found = User.objects.filter(ref=ref, kind=User.Kind.PERSON).first()
    if found is None:
        raise ValidationError({name: [_("There is no such person.")]})
    return found
