uid=$(kubectl get cm parent -o jsonpath='{.metadata.uid}')
kubectl apply -f - <<Y
apiVersion: v1
kind: ConfigMap
metadata:
  name: child
  ownerReferences: [{apiVersion: v1, kind: ConfigMap, name: parent, uid: $uid}]
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: blocked
  finalizers: [example.com/wait]
  ownerReferences: [{apiVersion: v1, kind: ConfigMap, name: parent, uid: $uid, blockOwnerDeletion: true, controller: true}]
Y
