"""What a controller remembers of its templates. Upstream: pkg/controller/history"""
