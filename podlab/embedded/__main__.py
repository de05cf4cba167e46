"""`python -m podlab.embedded --home DIR --name lab [--speed 1] [--stepping --seed 1]`: a cluster, in the foreground."""

from __future__ import annotations

import argparse
import asyncio
import errno
import gc
import logging
import os
import signal
import sys
from pathlib import Path

from podlab.embedded.image import Unreadable
from podlab.embedded.server import Server
from podlab.embedded.store import Taken, claim

COLLECT = (50_000, 20, 20)
"""When garbage is looked for: thousands of stored objects are no garbage, and looking through them takes its time."""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m podlab.embedded", description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="directory of the cluster's state and kubeconfig")
    parser.add_argument("--name", default="lab", help="the node is called NAME-control-plane")
    parser.add_argument("--speed", type=float, default=1.0, help="cluster seconds per second")
    parser.add_argument("--stepping", action="store_true", help="time passes only while somebody watches")
    parser.add_argument("--seed", type=int, default=None, help="make uids and names the same every time")
    parser.add_argument("--workers", type=int, default=None, help="nodes beside the control plane, for a new cluster")
    return parser.parse_args()


async def _run(server: Server) -> None:
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: server.stop())
    try:
        await server.start()
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            sys.exit(_complaint(error, server.home))
        sys.exit(f"another program has the port of this cluster, which {server.home / 'port'} names")
    print(f"{server.address} {server.kubeconfig}", flush=True)
    await server.serve()


def _server(arguments: argparse.Namespace) -> Server:
    return Server(
        arguments.home,
        arguments.name,
        speed=arguments.speed,
        stepping=arguments.stepping,
        seed=arguments.seed,
        workers=arguments.workers,
    )


def _complaint(error: OSError, home: Path) -> str:
    """A start that the disk forbids in one sentence: which file, and what the system says of it."""
    return f"{error.filename or home} cannot be used ({error.strerror or error})"


def main() -> None:
    """Run a cluster until it is told to stop."""
    arguments = _arguments()
    os.umask(0o077)  # the database holds Secrets
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL)
    try:
        arguments.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        held, server = claim(arguments.home), _server(arguments)
    except Taken:
        sys.exit(f"{arguments.home} is in use: the cluster there runs already")
    except Unreadable as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(_complaint(error, arguments.home))
    gc.freeze()
    gc.set_threshold(*COLLECT)
    asyncio.run(_run(server))
    held.close()


if __name__ == "__main__":
    main()
