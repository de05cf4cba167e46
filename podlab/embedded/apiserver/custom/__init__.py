"""Custom resources: what a CustomResourceDefinition makes of the API server. Upstream: apiextensions-apiserver"""
