"""What is accepted with a warning. Upstream: pkg/api/pod/warnings.go"""
