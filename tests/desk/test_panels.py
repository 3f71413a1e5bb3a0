"""Panels of higher apps: in order, each once, and only those with something to show."""

from __future__ import annotations

from pcu.desk import panels


def panel(name, order, facts):
    return panels.Panel(name, f"{name}.html", lambda _request, _subject: facts, order)


def test_panels_come_in_order_and_those_without_anything_stay_away(monkeypatch, rf):
    monkeypatch.setattr(panels, "_panels", {})
    panels.register("case", panel("late", 20, {"n": 1}))
    panels.register("case", panel("absent", 15, None))
    panels.register("case", panel("early", 10, {}))
    panels.register("party", panel("elsewhere", 5, {}))
    shown = panels.shown("case", rf.get("/"), object())
    assert [(one.name, one.template, one.facts) for one in shown] == [
        ("early", "early.html", {}),
        ("late", "late.html", {"n": 1}),
    ]
    panels.register("case", panel("late", 5, {"n": 2}))
    assert [one.name for one in panels.shown("case", rf.get("/"), object())] == ["late", "early"]
    assert panels.shown("nowhere", rf.get("/"), object()) == []
