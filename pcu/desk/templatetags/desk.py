"""Small parts of the desk's pages: icons, lane marks and pills, the score bar, clocks, identifiers and quantities."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.template import Context
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from tablericons.templatetags.tablericons import icon as draw_icon

from pcu.desk import navigation, once, times
from pcu.desk.score_bar import score_bar as lay_out_score_bar
from pcu.desk.score_bar import tones

register = template.Library()

MINUS = "−"

# Shapes on an 18 by 18 field: octagon, diamond, page with a cut corner, shield, hollow ring.
_SHAPES: Mapping[str, str] = {
    "e": '<path d="M5.7 1h6.6L17 5.7v6.6L12.3 17H5.7L1 12.3V5.7z"/>',
    "s": '<path d="M9 .3 17.7 9 9 17.7.3 9z"/>',
    "d": '<path d="M2.5 1h9L15.5 5v12h-13z"/>',
    "a": '<path d="M9 .8 16 3v6.2c0 4-3 6.6-7 8.1-4-1.5-7-4.1-7-8.1V3z"/>',
    "n": '<circle cx="9" cy="9" r="7.4"/>',
}
_CONTAINER = re.compile(r"([A-Z]{4}) ?(\d{6}) ?(\d)")


# ---- icons


@register.simple_tag
def icon(name: str, size: int = 16, label: str = "") -> SafeString:
    """An icon of the icon package as inline SVG: ``{% icon "inbox" %}``, ``{% icon "clock" 14 %}``.

    Sizes 12, 14, 16, 18 and 20 have classes. Without ``label`` it is decoration and hidden from screen readers.
    """
    return _icon(str(name), int(size), str(label))


@lru_cache(maxsize=512)
def _icon(name: str, size: int, label: str) -> SafeString:
    classes = "i" if size == 16 else f"i i-{size}"
    spoken = {"role": "img", "aria_label": label} if label else {"aria_hidden": "true"}
    return mark_safe(draw_icon(f"outline/{name}", size=size, stroke_width=1.75, **{"class": classes}, **spoken))  # noqa: S308 -- drawn from the package's own files, attributes escaped by ElementTree


# ---- lanes and score


@register.simple_tag
def form_key(kept: str = "") -> SafeString:
    """The hidden field that makes a second click harmless (`pcu.desk.once`); `kept`: a key to go on with."""
    return format_html('<input type="hidden" name="{}" value="{}">', once.FIELD, kept or once.new_key())


@register.simple_tag
def lane_mark(lane: Any, small: bool = False) -> SafeString:
    """The shape of a lane with its letter. Say the lane's word beside it: the mark itself is silent."""
    return format_html(
        '<svg class="glyph glyph-{}{}" viewBox="0 0 18 18" aria-hidden="true">{}<text x="9" y="12.6">{}</text></svg>',
        lane.mark,
        " glyph-small" if small else "",
        mark_safe(_SHAPES[lane.mark]),  # noqa: S308 -- our own constant
        lane.letter,
    )


@register.simple_tag
def lane_pill(lane: Any, score: int | None = None, word: bool = False) -> SafeString:
    """The lane as a pill: mark and score in lists, mark, word and score (``word=True``) in a case's head."""
    if word or score is None:
        return format_html(
            '<span class="lane lane-{}">{}{}{}</span>',
            lane.mark,
            lane_mark(lane),
            lane.label,
            "" if score is None else f" {signed(score, plus=False)}",
        )
    return format_html(
        '<span class="lane lane-{} lane-score" title="{}">{}<span class="vh">{} </span>{}</span>',
        lane.mark,
        lane.label,
        lane_mark(lane),
        lane.label,
        signed(score, plus=False),
    )


@register.inclusion_tag("desk/score_bar.html")
def score_bar(
    fired: Sequence[Any], lanes: Sequence[Any], score: int | None = None, compact: bool = False
) -> dict[str, Any]:
    """The score as one bar: a segment per fired rule in rule order, numbered like the rules, points off dashed
    after the total, the lane scale beneath. ``compact`` shows numbers only, for the preview.
    """
    return {"bar": lay_out_score_bar(fired, lanes, score), "fired": fired, "compact": compact}


@register.filter
def with_tones(fired: Sequence[Any]) -> Iterator[tuple[Any, str]]:
    """Each fired rule with the tone its number wears: ``{% for rule, tone in fired|with_tones %}``."""
    return zip(fired, tones(rule.points for rule in fired), strict=True)


@register.simple_tag
def rule_number(number: int, tone: str) -> SafeString:
    """The number that ties a rule's sentence to its segment of the score bar."""
    return format_html('<i class="no no-{}">{}</i>', tone, number)


# ---- numbers and identifiers


@register.filter
def quantity(value: Decimal | float | int | None, places: int | None = None) -> str:
    """A quantity in the reader's language, grouped, without idle zeros; an en dash where it is not known.

    With `places` it is rounded to them: Django's own formats cut off what they do not show.
    """
    if value is None or value == "":
        return "–"
    number = value if isinstance(value, Decimal | int) else Decimal(str(value))
    if isinstance(number, Decimal) and places is not None:
        number = round(number, places)
    elif isinstance(number, Decimal):
        number = number.normalize()
        exponent = number.as_tuple().exponent
        places = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    return formats.number_format(number, decimal_pos=places or 0, use_l10n=True, force_grouping=True)


@register.filter
def percent(share: float) -> str:
    """A share of 0 to 1 as percent: one place below ten, none above."""
    value = 100 * share
    return f"{quantity(value, 1 if 0 < value < 10 else 0)}\N{NARROW NO-BREAK SPACE}%"


@register.filter
def signed(value: int, plus: bool = True) -> str:
    """Points with their sign: ``+26``, ``−6``; a true minus, so that figures line up."""
    sign = MINUS if value < 0 else "+" if plus and value > 0 else ""
    return f"{sign}{abs(value)}"


@register.filter
def container_number(value: str | None) -> str:
    """``TEMU6180477`` as ``TEMU 618047 7``; anything that is no container number stays as it was written."""
    found = _CONTAINER.fullmatch((value or "").strip().upper())
    return " ".join(found.groups()) if found else (value or "")


@register.filter
def initials(name: str) -> str:
    """Two letters for the round badge of a person: first letters of the first and the last word."""
    parts = [part for part in re.split(r"[\s.]+", str(name)) if part]
    return "".join(part[0] for part in (parts[:1] + parts[1:][-1:])).upper()


@register.simple_tag
def avatar(name: str, is_me: bool = False) -> SafeString:
    """The round badge of a person, or a dash for nobody (empty ``name``)."""
    if not name:
        return format_html('<span class="av av-0" role="img" aria-label="{}">–</span>', _("Nobody"))
    return format_html(
        '<span class="av{}" role="img" aria-label="{}" title="{}">{}</span>',
        " av-me" if is_me else "",
        name,
        name,
        initials(name),
    )


# ---- time


@register.simple_tag
def clock(due: datetime | None, kind: str = "", soon_minutes: int = 120, now: datetime | None = None) -> SafeString:
    """Time left in words; soon is amber with a clock, over is red with a triangle.

    ``kind`` "arrival" or "limit" says what the time leads to, for heads; without it the bare span, for table cells.
    """
    if due is None:
        return format_html('<span class="clock mut">{}</span>', _("no time given"))
    left = due - (now or timezone.now())
    urgency = times.urgency(left, timedelta(minutes=soon_minutes))
    words = times.span(left)
    if kind == "arrival":
        text = (_("%(span)s past arrival") if urgency == "late" else _("%(span)s to arrival")) % {"span": words}
    elif urgency == "late":
        text = _("%(span)s over") % {"span": words}
    else:
        text = _("%(span)s left") % {"span": words} if kind == "limit" else words
    sign = {"late": "alert-triangle", "soon": "clock"}.get(urgency)
    return format_html(
        '<span class="clock{}">{}{}</span>',
        f" clock-{urgency}" if urgency else "",
        icon(sign, 14) if sign else "",
        text,
    )


@register.filter
def unit_time(moment: datetime | None, unit: Any) -> SafeString | str:
    """Date, time and zone in the unit's zone, the instant itself in the ``datetime`` attribute."""
    if moment is None:
        return "–"
    local = moment.astimezone(times.zone_of(unit))
    return format_html(
        '<time class="tnum nowrap" datetime="{}">{}</time>', local.isoformat(timespec="seconds"), times.in_words(local)
    )


@register.filter
def unit_clock(moment: datetime | None, unit: Any) -> SafeString | str:
    """``14:32`` in the unit's zone; the whole date and zone on hover."""
    if moment is None:
        return "–"
    local = moment.astimezone(times.zone_of(unit))
    return format_html(
        '<time class="tnum" datetime="{}" title="{}">{}</time>',
        local.isoformat(timespec="seconds"),
        times.in_words(local),
        times.clock_time(local),
    )


@register.filter
def unit_day(moment: datetime | None, unit: Any) -> str:
    """The calendar day in the unit's zone, for the headings of a timeline."""
    if moment is None:
        return "–"
    return formats.date_format(moment.astimezone(times.zone_of(unit)), "DATE_FORMAT")


@register.filter
def time_span(length: timedelta) -> str:
    """A length of time in words."""
    return times.span(length)


# ---- shell


@register.inclusion_tag("parts/wall.html")
def wall(unit: Any) -> dict[str, Any]:
    """The clock of the top bar, in the unit's zone; shell.js keeps it going."""
    local = timezone.now().astimezone(times.zone_of(unit))
    return {
        "moment": local.isoformat(timespec="seconds"),
        "time": times.clock_time(local),
        "day": formats.date_format(local, "WALL_DAY_FORMAT"),
        "zone_label": times.zone_label(local),
        "zone": str(times.zone_of(unit)),
    }


@register.simple_tag
def this_moment() -> datetime:
    """When the page is made: what is printed says as of when."""
    return timezone.now()


@register.simple_tag(takes_context=True)
def menu_entries(context: Context) -> list[navigation.Entry]:
    """The pages of the menu this person may open."""
    request = context.get("request")
    return list(navigation.entries(request)) if request is not None else []
