"""Starting JupyterLab for a learner: language, port, KUBECONFIG and a kubectl for its terminals."""

from __future__ import annotations

import json
import logging
import os
import secrets
import shlex
import shutil
import signal
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, cast

from podlab.clusters import Cluster
from podlab.errors import PodlabError
from podlab.text import Language, Text

LOCALES: dict[Language, str] = {"ko": "ko_KR", "en": "en"}
FIRST_PORT = 8888
HINTS = "podlab.lessons.slips"  # an IPython extension


@dataclass(frozen=True, slots=True)
class Lab:
    """Everything that decides how JupyterLab starts; `pinned` where its cluster was asked for, not found."""

    folder: Path
    language: Language
    cluster: Cluster
    port: int
    browser: bool
    token: str
    notebook: str
    pinned: bool = True

    @property
    def url(self) -> str:
        """Where the learner begins."""
        return f"http://127.0.0.1:{self.port}/lab/tree/{self.notebook}?token={self.token}"

    def arguments(self) -> list[str]:
        """JupyterLab's command line; the token goes by the environment, where no other user can see it."""
        settings = {
            "LabApp.default_url": f"/lab/tree/{self.notebook}",
            "LabApp.expose_app_in_browser": "True",  # a lesson's head colours manifests among the cells by it
            "LabApp.extension_manager": "readonly",  # lessons need no extensions, and no network
            "LabApp.log_level": "ERROR",  # its warnings are of its own settings, and none is a learner's to mend
            "ServerApp.answer_yes": "True",  # Ctrl-C once is enough
            "ServerApp.ip": "127.0.0.1",
            "ServerApp.log_level": "ERROR",
            "ServerApp.open_browser": str(self.browser),
            "ServerApp.port": str(self.port),
            "ServerApp.port_retries": "0",
            "ServerApp.root_dir": str(self.folder),
        }
        if sys.platform != "win32":
            # a login shell would set PATH anew, and forget our kubectl
            settings["ServerApp.terminado_settings"] = repr({"shell_command": [os.environ.get("SHELL") or "/bin/sh"]})
        root = ["--allow-root"] if sys.platform != "win32" and os.geteuid() == 0 else []
        return [*(f"--{name}={value}" for name, value in settings.items()), *root]


def new_token() -> str:
    """JUPYTER_TOKEN where somebody set one, else a fresh one."""
    return os.environ.get("JUPYTER_TOKEN") or secrets.token_hex(16)


def free_port(wanted: int) -> int:
    """The wanted port, else the next one that nobody listens on.

    Raises:
        PodlabError: none of the next hundred is free.
    """
    for port in range(wanted, min(wanted + 100, 65536)):
        if not _taken(port):
            return port
    raise PodlabError(
        Text(ko="{port}부터 빈 포트가 없습니다", en="no free port from {port} on").format(port=wanted),
        Text(ko="다른 포트를 지정하십시오: podlab lab --port 9000", en="name another: podlab lab --port 9000"),
    )


def settings_for(language: Language, present: Mapping[str, Any]) -> dict[str, Any]:
    """JupyterLab's overrides with the language chosen and the news question off; all else as it was."""
    ours = {
        "@jupyterlab/translation-extension:plugin": {"locale": LOCALES[language]},
        "@jupyterlab/apputils-extension:notification": {"fetchNews": "false"},
    }
    return {**present, **{plugin: {**(present.get(plugin) or {}), **values} for plugin, values in ours.items()}}


def write_settings(language: Language, prefix: Path | None = None) -> bool:
    """Put the settings into the environment's own `overrides.json`, never the user's; whether they are there now."""
    path = (prefix or Path(sys.prefix)) / "share" / "jupyter" / "lab" / "settings" / "overrides.json"
    try:
        present = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        wanted = settings_for(language, present)
        if wanted != present:
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh = path.with_suffix(".json.new")
            fresh.write_text(json.dumps(wanted, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
            fresh.replace(path)
    except (OSError, ValueError):
        return False
    return True


def write_hints(prefix: Path | None = None) -> bool:
    """Let this environment's kernels load the hints for cells that fail before `start()`; whether they do now.

    And keep the kernels' warnings, which are about how Jupyter talks to them, out of the learner's terminal.
    """
    path = (prefix or Path(sys.prefix)) / "etc" / "ipython" / "ipython_kernel_config.json"
    try:
        present = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        app = present.get("InteractiveShellApp") or {}
        extensions = [each for each in app.get("extensions") or [] if each != HINTS]
        kernel = {"log_level": logging.ERROR} | (present.get("IPKernelApp") or {})
        wanted = present | {"InteractiveShellApp": app | {"extensions": [*extensions, HINTS]}, "IPKernelApp": kernel}
        if wanted != present:
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh = path.with_suffix(".json.new")
            fresh.write_text(json.dumps(wanted, indent=2) + "\n", encoding="utf-8")
            fresh.replace(path)
    except (AttributeError, OSError, TypeError, ValueError):
        return False
    return True


def environment(lab: Lab, shims: Path, present: Mapping[str, str]) -> dict[str, str]:
    """What JupyterLab's kernels and terminals get on top of what is there."""
    path = present.get("PATH", "")
    last = [] if shutil.which("kubectl", path=path) else [str(shims)]
    if not shutil.which("podlab", path=path):
        last.insert(0, str(Path(sys.executable).parent))
    own = present.get("PODLAB_HOME")  # they begin in other folders than this process did
    return {
        **({"PODLAB_HOME": str(Path(own).expanduser().absolute())} if own else {}),
        "JUPYTER_PREFER_ENV_PATH": "1",  # the kernel of this environment, not one of the same name in the home folder
        "JUPYTER_TOKEN": lab.token,
        "KUBECONFIG": str(lab.cluster.kubeconfig),
        "LANGUAGE": lab.language,
        "PATH": os.pathsep.join(filter(None, [path, *last])),
    } | _pin(lab)


def _pin(lab: Lab) -> dict[str, str]:
    # one that was only found gives way to what `podlab up` chooses later, such as by the button in a lesson
    if not lab.pinned:
        return {}
    return {"PODLAB_CLUSTER": str(lab.cluster.kubeconfig) if _is_foreign(lab.cluster) else lab.cluster.name}


def write_shims(folder: Path) -> None:
    """A `kubectl` for machines without one: podlab's own, on the cluster that KUBECONFIG names."""
    folder.mkdir(parents=True, exist_ok=True)
    if sys.platform == "win32":
        line = f'@echo off\r\nset "PODLAB_CLUSTER=%KUBECONFIG%"\r\n"{sys.executable}" -m podlab kubectl %*\r\n'
        (folder / "kubectl.cmd").write_text(line, encoding="utf-8", newline="")
        return
    shim = folder / "kubectl"
    lines = (
        "#!/bin/sh",
        'if [ -n "$KUBECONFIG" ]; then export PODLAB_CLUSTER="$KUBECONFIG"; fi',
        f'exec {shlex.quote(sys.executable)} -m podlab kubectl "$@"',
    )
    shim.write_text("\n".join(lines) + "\n", encoding="utf-8")
    shim.chmod(0o755)


def run(lab: Lab, shims: Path) -> int:
    """Run JupyterLab in this process until Ctrl-C; kernels and terminals end with it.

    Raises:
        PodlabError: JupyterLab is not installed.
    """
    # jsonschema takes a second and more at import for checks of IRIs that nothing here asks for; it goes on without
    sys.modules.setdefault("rfc3987_syntax", cast(ModuleType, None))
    try:
        from jupyterlab.labapp import LabApp
    except ImportError as error:
        raise PodlabError(
            Text(ko="이 환경에 JupyterLab이 없습니다", en="JupyterLab is not in this environment"),
            Text(ko='설치: python -m pip install "podlab[lab]"', en='install it: python -m pip install "podlab[lab]"'),
        ) from error
    os.environ.update(environment(lab, shims, os.environ))
    os.chdir((lab.folder / lab.notebook).parent)  # where its terminals begin: beside the lessons and their manifests
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs are started deaf to it
    if sys.platform != "win32":
        # closing the terminal ends the server as tidily as Ctrl-C does
        signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    try:
        LabApp.launch_instance(lab.arguments())  # type: ignore[no-untyped-call]
    except SystemExit as stop:
        return int(stop.code or 0) if isinstance(stop.code, int | None) else 1
    return 0


def _taken(port: int) -> bool:
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family) as probe:
                if sys.platform != "win32":
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((address, port))
        except OSError as error:
            if family == socket.AF_INET6 and error.errno not in (98, 48, 10048):  # in use, on Linux, macOS and Windows
                continue
            return True
    return False


def _is_foreign(cluster: Cluster) -> bool:
    from podlab.clusters import state

    return state.cluster_named(cluster.name) != cluster
