"""A tiny installation for the launcher's tests: real gunicorn, a worker with a child, commands that can fail.

Called as ``python fake_installation.py FOLDER PORT [BREAK]``; BREAK names the part that misbehaves.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

WORKER = """
import os, signal, sys, time
from pathlib import Path

child = os.fork()
if child == 0:
    # A job in hand: a child that is left in peace finishes it, one that is signalled dies at once.
    Path("child").write_text(str(os.getpid()))
    while not Path("finish").exists():
        time.sleep(0.02)
    time.sleep(0.3)
    Path("finished").touch()
    os._exit(0)

def stop(*_):
    Path("finish").touch()
    os.waitpid(child, 0)
    sys.exit(0)

signal.signal(signal.SIGTERM, stop)
Path("worker").write_text(str(os.getpid()))
while True:
    time.sleep(0.05)
"""

WSGI = """
import os, signal

def application(environ, start_response):
    if environ["PATH_INFO"] == "/quit":
        os.kill(os.getppid(), signal.SIGTERM)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"well"]
"""

MIGRATE = """
import os, environ, psycopg2
settings = environ.Env.db_url_config(os.environ["DATABASE_URL"])
connection = psycopg2.connect(host=settings["HOST"], user=settings["USER"], dbname=settings["NAME"])
with connection, connection.cursor() as cursor:
    cursor.execute("CREATE TABLE IF NOT EXISTS starts (at timestamptz DEFAULT now())")
    cursor.execute("INSERT INTO starts DEFAULT VALUES")
    cursor.execute("SELECT count(*) FROM starts")
    print("start number", cursor.fetchone()[0])
"""

LOAD = """
import os, redis
from pathlib import Path
assert redis.Redis.from_url(os.environ["REDIS_URL"]).ping()
print("secret of", len(Path(os.environ["SECRET_KEY_FILE"]).read_text()), "signs")
print("API token: of-the-fake")
"""

PUSH = """
import sys, urllib.request
print("pushed to a web that is", urllib.request.urlopen(sys.argv[1] + "/").read().decode())
"""


def main(folder: Path, port: int, broken: str) -> int:
    from pcu.embedded.home import Home
    from pcu.embedded.launcher import HOST, Command, Launcher, Plan

    (folder / "fake_wsgi.py").write_text(WSGI)
    for leftover in ("child", "finish", "finished", "worker"):
        (folder / leftover).unlink(missing_ok=True)
    python = [sys.executable, "-c"]
    fail = [*python, "import sys; print('this is why'); sys.exit(3)"]
    wait = [*python, "import pathlib, time; pathlib.Path('waiting').touch(); time.sleep(600)"]
    web = ["gunicorn", "fake_wsgi", "--bind", f"{HOST}:{port}", "--worker-class", "gthread", "--no-control-socket"]
    plan = Plan(
        folder=folder,
        before=[
            Command("Migrating.", [*python, MIGRATE], kept=True),
            Command("Loading.", {"load": fail, "slow": wait}.get(broken, [*python, LOAD]), kept=True),
        ],
        processes={
            "web": [sys.executable, "-m", *web] if broken != "web" else [*python, "import time; time.sleep(600)"],
            "worker": [*python, WORKER],
        },
        after=[Command("Pushing.", fail if broken == "push" else [*python, PUSH, f"http://{HOST}:{port}"], kept=True)],
        ready_seconds=3 if broken == "web" else 30,
    )
    return Launcher(plan, Home(folder / "var" / "demo"), port, os.environ).run()


if __name__ == "__main__":
    from pcu.embedded.errors import EmbeddedError

    try:
        sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else ""))
    except EmbeddedError as error:
        sys.exit(str(error))
