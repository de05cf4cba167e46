"""Signing requests: what a real kubectl 1.36 said of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from podlab.errors import PodlabError
from podlab.kubectl import Kubectl
from tests.kubectl.canned import Canned


def test_what_is_approved_already_stays_so_and_cannot_be_denied(tmp_path: Path) -> None:
    kubectl = Kubectl(Canned(tmp_path))
    for flags in ({}, {"force": True}):
        told = str(kubectl.certificate("approve", "web", **flags))
        assert told == "certificatesigningrequest.certificates.k8s.io/web approved\n"
    with pytest.raises(PodlabError) as said:
        kubectl.certificate("deny", "csr/web")
    assert str(said.value) == 'error: certificate signing request "web" is already Approved'


def test_one_must_be_named(tmp_path: Path) -> None:
    with pytest.raises(PodlabError) as said:
        Kubectl(Canned(tmp_path)).certificate("approve")
    assert str(said.value) == "error: one or more CSRs must be specified as <name> or -f <filename>"
