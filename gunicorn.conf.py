"""How the web runs, wherever it runs: `gunicorn --bind ADDRESS`, started in this folder, takes the rest from here."""

import contextlib
import os
import tempfile
from pathlib import Path

wsgi_app = "pcu.wsgi"

# Threads, for a sync worker would stand still for every slow upload. Uploads take UPLOADS_AT_ONCE of them in each
# worker and no more, so that some are always left for pages. Never preload_app: its parent would fork with the
# thread pools of the libraries it loaded.
worker_class = "gthread"
workers = 2
threads = 12
# For the worker's own loop, which slow clients do not hold up; how long a body may stay silent is in pcu/wsgi.py.
timeout = 30
control_socket_disable = True
loglevel = "warning"
memory = Path("/dev/shm")  # noqa: S108  # gunicorn makes its own hidden file there; a slow disk stops the heartbeat
if memory.is_dir():
    worker_tmp_dir = str(memory)

# Rules are tried on the past by Polars: one thread of its own in each worker, which already runs many of ours.
os.environ.setdefault("POLARS_MAX_THREADS", "1")

# Each worker writes its counts into this folder and /metrics adds them up. The variable must be there before a worker
# imports anything of prometheus_client.
metrics = Path(os.environ.get("PROMETHEUS_MULTIPROC_DIR") or tempfile.mkdtemp(prefix="pcu-metrics-"))
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(metrics)


def on_starting(server):
    """Forget the counts of earlier processes."""
    metrics.mkdir(parents=True, exist_ok=True)
    _forget()


def child_exit(server, worker):
    """Gauges of a worker that ended count no more."""
    from prometheus_client import multiprocess  # only once the variable is set

    multiprocess.mark_process_dead(worker.pid)


def on_exit(server):
    _forget()
    with contextlib.suppress(OSError):  # a folder that somebody named may hold more
        metrics.rmdir()


def _forget():
    for counts in metrics.glob("*.db"):
        counts.unlink()
