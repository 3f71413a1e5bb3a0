"""Command line: ``python -m pcu.embedded demo``, ``reset``, ``run [--durable] -- COMMAND``."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Sequence

from pcu.embedded.demo import reset_demo, run_demo
from pcu.embedded.errors import EmbeddedError
from pcu.embedded.throwaway import throwaway_servers


def main(arguments: Sequence[str]) -> int:
    """Run one of the commands; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m pcu.embedded", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("demo", help="run a demo installation until Ctrl-C (address: PORT, default 8000)")
    commands.add_parser("reset", help="remove the data of the demo installation")
    run = commands.add_parser("run", help="run a command with throw-away servers")
    run.add_argument("--durable", action="store_true", help="let them write safely, as for a benchmark")
    run.add_argument("program", nargs="+", metavar="COMMAND")
    chosen = parser.parse_args(arguments)
    try:
        if chosen.command == "demo":
            return run_demo(os.environ)
        if chosen.command == "reset":
            reset_demo()
            return 0
        return _run(chosen.program, durable=chosen.durable)
    except EmbeddedError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 130


def _run(program: Sequence[str], *, durable: bool) -> int:
    """Run a program with servers of its own; a stop is passed on, and the servers stop after it."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGHUP, lambda *_: sys.exit(129))
    with throwaway_servers(os.environ, durable=durable) as additions:
        process = subprocess.Popen(program, env={**os.environ, **additions})  # noqa: S603 - the person's own command
        try:
            return process.wait()
        except KeyboardInterrupt:
            return process.wait()  # the terminal has told it too
        except SystemExit:
            process.terminate()
            process.wait()
            raise


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
