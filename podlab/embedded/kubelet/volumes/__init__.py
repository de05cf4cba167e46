"""The volumes of Pods. Upstream: pkg/kubelet/volumemanager, pkg/volume"""
