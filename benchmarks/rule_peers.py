"""One other engine over rows, run by the Python of the peers' own environment: `rule_peers.py ENGINE RULES ROWS`.

Reads rules and rows as JSON, answers one JSON line: seconds, and per row the rules that fired as bits. Imports nothing
of the product.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

Row = dict[str, Any]
Asked = Callable[[Any], Any]


def cel(rules: list[str]) -> tuple[list[Asked], Asked]:
    import cel

    return [cel.compile(rule).execute for rule in rules], cel.Context


def zen(rules: list[str]) -> tuple[list[Asked], Asked]:
    import zen

    return [zen.compile_expression(rule).evaluate for rule in rules], lambda row: row


def rule_engine(rules: list[str]) -> tuple[list[Asked], Asked]:
    import rule_engine

    return [rule_engine.Rule(rule).matches for rule in rules], lambda row: row


def json_logic(rules: list[Any]) -> tuple[list[Asked], Asked]:
    from datalogic_py import DataHandle, Engine

    engine = Engine()
    session = engine.session()
    compiled = [engine.compile(rule) for rule in rules]
    return [lambda row, rule=rule: session.evaluate_bool(rule, row) for rule in compiled], DataHandle


def main() -> None:
    name, rules_file, rows_file = sys.argv[1:]
    with open(rules_file) as file:
        rules = json.load(file)[name]
    with open(rows_file) as file:
        rows: list[Row] = json.load(file)
    asked, form = {"cel": cel, "zen": zen, "rule_engine": rule_engine, "json_logic": json_logic}[name](rules)
    start = time.perf_counter()
    bits = []
    for row in rows:
        formed = form(row)
        bits.append(sum(1 << at for at, ask in enumerate(asked) if ask(formed) is True))
    print(json.dumps({"seconds": time.perf_counter() - start, "bits": bits}))


if __name__ == "__main__":
    main()
