"""All benchmarks, or those named: `python -m benchmarks [NAME …]`, of
read_formats, flat_memory, pipeline, workers, indicators, rules and backtest.

`learning` is run only where it is named, for it reads sets of past consignments that are not part of this repository.

`--bills 20000` says how large the manifest is, `--runs 3` how often what needs a database is measured.

`--lookouts 1000` watches for a thousand things that never come.
`make bench` runs them on servers that write as safely as real ones. Results are kept in benchmarks/RESULTS.md.
"""

from __future__ import annotations

import argparse

from benchmarks import backtest, flat_memory, indicators, learning, pipeline, read_formats, rules

MEASURED = ("read_formats", "flat_memory", "pipeline", "workers", "indicators", "rules", "backtest")
BENCHMARKS = (*MEASURED, "learning")  # the last needs data that is not here, so it runs only when it is named


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--bills", type=int, default=20_000, help="bills of the manifest")
    parser.add_argument("--runs", type=int, default=3, help="how often the pipeline is measured; medians are told")
    parser.add_argument("--lookouts", type=int, default=0, help="active lookouts of the unit, which meet nothing")
    chosen = parser.parse_args()
    if unknown := set(chosen.names) - set(BENCHMARKS):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    for name in chosen.names or MEASURED:
        print(f"== {name}")
        if name == "read_formats":
            read_formats.main(chosen.bills)
        elif name == "flat_memory":
            flat_memory.main()
        elif name == "indicators":
            indicators.main()
        elif name == "learning":
            learning.main([])
        elif name == "rules":
            rules.main()
        elif name == "workers":
            pipeline.share(bills=chosen.bills, runs=chosen.runs)
        elif name == "backtest":
            backtest.main()
        else:
            pipeline.main(bills=chosen.bills, runs=chosen.runs, lookouts=chosen.lookouts)


if __name__ == "__main__":
    main()
