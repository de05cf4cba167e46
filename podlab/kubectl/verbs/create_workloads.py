"""`kubectl create deployment`, `job`, `cronjob`.

Upstream: staging/src/k8s.io/kubectl/pkg/cmd/create/create_deployment.go, create_job.go, create_cronjob.go
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from podlab.errors import PodlabError
from podlab.kubectl.command import Command
from podlab.kubectl.resources.listing import read_one
from podlab.kubectl.resources.selection import select
from podlab.kubectl.verbs.creating import create_one, required, the_name

Object = dict[str, Any]
LETTERS = "bcdfghjklmnpqrstvwxz2456789"
"""Of what names that Kubernetes makes up consist."""


def deployment(
    command: Command, *arguments: str, image: Sequence[str] | None = None, port: int = -1, replicas: int = 1
) -> None:
    """Create a Deployment of one image or several; what stands behind `--` is the container's command."""
    images = required(image=image)["image"]
    name = the_name(_before(command, arguments), "deployment")
    if len(images) > 1 and command.after:
        raise PodlabError("error: cannot specify multiple --image options and command")
    labels = {"app": name}
    containers: list[Object] = [{"name": _container_name(each), "image": each, "resources": {}} for each in images]
    if command.after and containers:
        containers[0]["command"] = list(command.after)
    if port >= 0 and containers:
        containers[0]["ports"] = [{"containerPort": port}]
    obj = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"labels": labels, "name": name},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "strategy": {},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": containers}},
        },
        "status": {},
    }
    create_one(command, "deployments.apps", obj, "deployment:")


def job(command: Command, *arguments: str, image: str = "", from_: str = "") -> None:
    """Create a Job of one image, or one that a CronJob would make."""
    name = the_name(_before(command, arguments), "job")
    if bool(image) == bool(from_):
        raise PodlabError("error: either --image or --from must be specified")
    if from_ and command.after:
        raise PodlabError("error: cannot specify --from and command")
    obj = _from_cron_job(command, name, from_) if from_ else _job(name, image, command.after)
    create_one(command, "jobs.batch", obj, "job:")


def cronjob(
    command: Command,
    *arguments: str,
    image: str | None = None,
    schedule: str | None = None,
    restart: str = "OnFailure",
) -> None:
    """Create a CronJob of one image."""
    given = required(image=image, schedule=schedule)
    name = the_name(_before(command, arguments), "cronjob")
    template = {
        "metadata": {"name": name},
        "spec": _job_spec(name, given["image"], command.after, restart or "OnFailure"),
    }
    obj = {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {"name": name},
        "spec": {"jobTemplate": template, "schedule": given["schedule"]},
        "status": {},
    }
    create_one(command, "cronjobs.batch", obj, "cronjob:")


def _before(command: Command, arguments: Sequence[str]) -> Sequence[str]:
    """The arguments that stand before `--`."""
    return arguments[: len(arguments) - len(command.after)]


def _job(name: str, image: str, words: Sequence[str]) -> Object:
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name},
        "spec": _job_spec(name, image, words, "Never"),
        "status": {},
    }


def _job_spec(name: str, image: str, words: Sequence[str], restart: str) -> Object:
    container: Object = {"image": image, "name": name, "resources": {}}
    container |= {"command": list(words)} if words else {}
    return {"template": {"metadata": {}, "spec": {"containers": [container], "restartPolicy": restart}}}


def _from_cron_job(command: Command, name: str, source: str) -> Object:
    one = select(command.mapper, [source])[0]
    if not one.name:
        raise PodlabError("error: resource(s) were provided, but no name was specified")
    found = read_one(command.client, one.mapping, command.namespace, one.name)
    if one.mapping.kind != "CronJob":
        raise PodlabError(f"error: unknown object type *{one.mapping.version}.{one.mapping.kind}")
    template = found["spec"]["jobTemplate"]
    metadata = template.get("metadata") or {}
    owner = {
        "apiVersion": "batch/v1",
        "controller": True,
        "kind": "CronJob",
        "name": found["metadata"]["name"],
        "uid": found["metadata"]["uid"],
    }
    made: Object = {
        "name": name,
        "annotations": {**(metadata.get("annotations") or {}), "cronjob.kubernetes.io/instantiate": "manual"},
        "ownerReferences": [owner],
    }
    made |= {"labels": metadata["labels"]} if metadata.get("labels") else {}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": made, "spec": template["spec"], "status": {}}


def _container_name(image: str) -> str:
    """The last part of an image's name, without tag or digest; one with `_` or `.` in it gets letters at its end."""
    name = image.rpartition("/")[2].partition(":")[0].partition("@")[0]
    plain = name.replace("_", "-").replace(".", "-")
    return plain if plain == name else f"{plain}-{''.join(random.choices(LETTERS, k=5))}"
