"""StatefulSets. Upstream: pkg/controller/statefulset"""
