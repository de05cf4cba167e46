"""The API described: OpenAPI v2 and v3. Upstream: staging/src/k8s.io/apiserver/pkg/endpoints/openapi"""
