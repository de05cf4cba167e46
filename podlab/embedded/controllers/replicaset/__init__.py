"""ReplicaSets and ReplicationControllers. Upstream: pkg/controller/replicaset, pkg/controller/replication"""
