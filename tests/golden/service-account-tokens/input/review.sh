token=$1; shift
printf '%s\n' "$@" | python3 -c '
import json, sys
audiences = sys.stdin.read().split()
print(json.dumps({"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": {"token": sys.argv[1], **({"audiences": audiences} if audiences else {})}}))' "$token" |
kubectl create -o yaml -f - | sed 's/token: .*/token: T/; s/[0-9a-f]\{8\}-[0-9a-f-]\{27\}/UID/'
