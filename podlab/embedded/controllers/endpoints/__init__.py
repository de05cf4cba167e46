"""Which addresses stand behind a Service: EndpointSlices, Endpoints, and the one mirrored into the other.

Upstream: pkg/controller/{endpointslice,endpoint,endpointslicemirroring}
"""
