"""Controllers that run inside kube-apiserver. Upstream: pkg/controlplane, kube-aggregator/pkg/controllers"""
