"""Jobs: Pods that run to completion. Upstream: pkg/controller/job, pkg/controller/ttlafterfinished"""
