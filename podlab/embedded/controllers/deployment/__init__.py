"""Deployments. Upstream: pkg/controller/deployment"""
