"""PersistentVolumes and claims. Upstream: pkg/controller/volume/{persistentvolume,pvcprotection,pvprotection}"""
