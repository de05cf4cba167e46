"""`kubectl completion`: what a shell completes `kubectl` with; podlab leaves it to the real one.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/completion/completion.go
"""

from __future__ import annotations

from podlab.errors import PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.verbs.table import refused

SHELLS = ("bash", "fish", "powershell", "zsh")
SEE = "\nSee 'kubectl completion -h' for help and examples"


def completion(command: Command, *arguments: str) -> None:
    """Refuse: the script of a shell asks the kubectl that it completes, and podlab answers none of its questions.

    Raises:
        PodlabError: always.
    """
    if not arguments:
        raise PodlabError(f"error: Shell not specified.{SEE}")
    if len(arguments) > 1:
        raise PodlabError(f"error: Too many arguments. Expected only the shell type.{SEE}")
    if arguments[0] not in SHELLS:
        raise PodlabError(f'error: Unsupported shell type "{arguments[0]}".{SEE}')
    raise PodlabError(refused(f"kubectl completion {arguments[0]}"))
