"""DaemonSets. Upstream: pkg/controller/daemon"""
