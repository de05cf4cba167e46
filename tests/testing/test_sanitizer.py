"""The sanitizer hides what may differ, and nothing else."""

from __future__ import annotations

import pytest

from podlab.testing.sanitizer import FILE, PATTERNS, sanitize


def test_it_is_ascii_and_short():
    assert FILE.read_text(encoding="ascii")
    assert 0 < len(PATTERNS) <= 15


def test_nbval_reads_the_same_patterns():
    from nbval.plugin import get_sanitize_patterns

    assert get_sanitize_patterns(FILE.read_text(encoding="ascii")) == list(PATTERNS)


PODS = "NAME    READY   STATUS    RESTARTS   AGE\n"
WIDE = "NAME   READY   STATUS   RESTARTS   AGE   IP   NODE\n"
EVENTS = "LAST SEEN   TYPE   REASON   OBJECT   MESSAGE\n"
TWIN = "<table><thead><tr><th>SINCE CREATION</th><th>WHAT HAPPENED</th></tr></thead>"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f"{PODS}nginx   1/1     Running   0          3s", f"{PODS}nginx   1/1     Running   0          12m"),
        (
            f"{WIDE}a   1/1   Running   0   9s    10.244.0.4    n",
            f"{WIDE}a   1/1   Running   0   59s   10.244.0.144   n",
        ),
        (f"{PODS}a   1/1   Running   2 (3s ago)   1h5m", f"{PODS}a   1/1   Running   2 (1m2s ago)   3d4h"),
        (f"{EVENTS}5s   Normal   Pulled   pod/a   x", f"{EVENTS}3m (x2 over 5m)   Normal   Pulled   pod/a   x"),
        (f"{TWIN}<tr><td>0s</td><td>x</td></tr></table>", f"{TWIN}<tr><td>2y31d</td><td>x</td></tr></table>"),
        (
            "NAME   STATUS    COMPLETIONS   DURATION   AGE\nj      Running   0/1                      0s",
            "NAME   STATUS    COMPLETIONS   DURATION   AGE\nj      Running   0/1                      5s",
        ),
        ("IP는 10.244.0.4입니다", "IP는 10.244.0.144입니다"),
        ("2 (3초 전)", "2 (1분 12초 전)"),
        ("2 (9초 전)", "2 (3일 4시간 전)"),
        ("podlab: cluster lab (embedded) · x", "podlab: cluster podlab (kind) · y"),
        ("Start Time:       Mon, 23 Nov 2026 02:57:55 +0000", "Start Time:       Tue, 24 Nov 2026 12:00:01 +0000"),
        (
            'Pulled "nginx" in 24ms (24ms including waiting). Image size: 1 bytes.',
            'Pulled "nginx" in 1m2.345s (1m3.1s including waiting). Image size: 129108117 bytes.',
        ),
        (
            "$ kubectl exec a -- sh -c 'kill 1'",
            "$ kubectl exec a -- sh -c 'kill 1'\ncommand terminated with exit code 137",
        ),
        ('resourceVersion: "2708"', 'resourceVersion: "5"'),
        ("/x from kube-api-access-g9s7b (ro)", "/x from kube-api-access-2xk4p (ro)"),
        ('time: "2026-11-23T02:57:56Z"', 'time: "2027-01-01T00:00:00Z"'),
        ("uid: 57601015-8c94-48eb-b267-cdf5221d1663", "uid: 00000000-8c94-48eb-b267-cdf5221d1663"),
        ("containerd://" + "a" * 64, "containerd://" + "b" * 64),
        ("Node:  podlab-control-plane/172.18.0.3", "Node:  podlab-control-plane/10.0.0.12"),
    ],
)
def test_what_may_differ_is_hidden(one, other):
    assert one != other
    assert sanitize(one) == sanitize(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("nginx   1/1   Running", "nginx   0/1   Running"),
        ("nginx   1/1   Running", "nginx   1/1   Pending"),
        (f"{PODS}a   1/1   Running   0   3s", f"{PODS}a   1/1   Running   1   3s"),
        (f"{PODS}a   1/1   Running   0   3s", f"{PODS}a   1/1   Running   0   <unknown>"),
        ("a   1/1   Running   0   3s", "a   1/1   Running   0   4s"),
        ("cpu: 500m", "cpu: 100m"),
        ("cpu 500m ago", "cpu 300m ago"),
        (f"{PODS}a   1/1   Running   0   500m", f"{PODS}a   1/1   Running   0   300m"),
        ("999.1.1.1", "998.1.1.1"),
        ("version 10.244.0.1.5", "version 10.244.0.2.5"),
        ("NAME   AGE   CPU\na      5s    500m", "NAME   AGE   CPU\na      5s    100m"),
        ("NAME   AGE\nsleep 5s", "NAME   AGE\nsleep 9s"),
        ("(x2 over 5m)", "(x3 over 5m)"),
        ("delay=0s timeout=1s period=10s", "delay=0s timeout=2s period=10s"),
        ("    Limits:\n      cpu:  500m", "    Limits:\n      cpu:  100m"),
        ("Resource  Used  Hard\ncpu  500m  1", "Resource  Used  Hard\ncpu  100m  1"),
        ("grace 30s", "grace 5s"),
        ("sleep 5s", "sleep 9s"),
        (f"{PODS}a   1/1   Running   0   3s\n\nsleep 5s", f"{PODS}a   1/1   Running   0   3s\n\nsleep 9s"),
        ("<table><tr><td>5s</td></tr></table>", "<table><tr><td>9s</td></tr></table>"),
        ("Running   1 (3s ago)   5s", "Running   2 (3s ago)   5s"),
        ("Scheduled\nPulling", "Pulling\nScheduled"),
        ("Reason: OOMKilled", "Reason: Error"),
        ("Pulled   Successfully pulled image", "Pulled   Failed to pull image"),
        ("image: nginx:1.27", "image: nginx:1.28"),
        ("NoExecute op=Exists for 300s", "NoExecute op=Exists for 30s"),
        ("$ kubectl wait --timeout=120s", "$ kubectl wait --timeout=12s"),
        ("Port:  80/TCP", "Port:  81/TCP"),
        ("podlab: x\nLesson 04 needs the Pod", "podlab: x\nLesson 05 needs the Pod"),
        ("nothing <none>", "nothing 10.244.0.4"),
        ("terminationGracePeriodSeconds: 30", "terminationGracePeriodSeconds: 0"),
        ("defaultMode: 420", "defaultMode: 400"),
    ],
)
def test_what_a_learner_must_be_able_to_trust_is_not_hidden(one, other):
    assert sanitize(one) != sanitize(other)
