"""Rules in CEL of custom resources: read, checked against the schema, evaluated. Upstream: google/cel-go"""
