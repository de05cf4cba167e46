cut -d. -f2 | tr '_-' '/+' | (cat; echo ===) | base64 -d 2>/dev/null | jq -Sc "$1"
