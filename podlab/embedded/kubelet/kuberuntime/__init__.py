"""Containers of Pods: what to do with them, and doing it. Upstream: pkg/kubelet/kuberuntime"""
