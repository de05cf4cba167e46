python3 - "$1" <<'P'
import base64, json, re, sys
part = sys.argv[1].split(".")[1]
claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
about = claims["kubernetes.io"] if "kubernetes.io" in claims else {}
for key in ("exp", "nbf"):
    if key in claims:
        claims[key] -= claims["iat"]
if "warnafter" in about:
    about["warnafter"] -= claims["iat"]
claims.pop("iat", None)
print(re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "UID", json.dumps(claims, indent=1)))
P
