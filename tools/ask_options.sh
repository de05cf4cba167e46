# What each command named says of every letter and of each long option of its help, a line a command (build_coreutils.py)
cd "$(mktemp -d)" || exit
for c; do
  said() { timeout 2 "$c" "$@" </dev/null 2>&1 | tr -d '\0' | head -n 1; }
  letters= valued= long= needing=
  for x in {a..z} {A..Z} {0..9}; do
    case $(said "-$x") in
      *"invalid option -- '$x'"*) ;;
      *"requires an argument -- '$x'"*) letters+=$x valued+=$x ;;
      *) letters+=$x ;;
    esac
  done
  for x in $(timeout 2 "$c" --help </dev/null 2>&1 | grep -oE -- '--[a-z0-9][a-z0-9-]*' | sort -u | sed 's/^--//'); do
    case $x,$(said "--$x") in
      help,* | version,* | *"unrecognized option"* | *ambiguous*) ;;
      *"requires an argument"*) long+=$x, needing+=$x, ;;
      *) long+=$x, ;;
    esac
  done
  timeout 2 "$c" --no-such-option </dev/null >/dev/null 2>&1
  printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$c" "$letters" "$valued" "$long" "$needing" $? "$(said)"
done
