kubectl create -o json -f - <<F | jq -Sc '.status|del(.user.extra["authentication.kubernetes.io/credential-id"])'
{"apiVersion":"authentication.k8s.io/v1","kind":"TokenReview","spec":{"token":"$1"$2}}
F
