# Sourced by the other scripts: how steps are announced and timed. POSIX sh, no commands needed.

hundredths() {
  # Time since the machine started, in hundredths of a second, without starting a process.
  if [ -r /proc/uptime ]; then
    read -r up rest < /proc/uptime
    whole=${up%.*} part=${up#*.}
    case $part in ??) ;; ?) part=${part}0 ;; *) part=00 ;; esac
    printf '%s' "$((whole * 100 + 1$part - 100))"
  else
    printf '%s' "$(($(date +%s) * 100))"
  fi
}

seconds_since() {
  spent=$(($(hundredths) - $1))
  printf '%d.%02d' "$((spent / 100))" "$((spent % 100))"
}

say() { printf '%s\n' "$*"; }

stop_with() {
  # One line that says what is missing, then the exact lines that mend it.
  printf '\nzhiping: %s\n' "$1" >&2
  shift
  for line in "$@"; do printf '    %s\n' "$line" >&2; done
  exit 1
}

step() {
  # step "what happens" command...: say it, do it, say how long it took.
  title=$1
  shift
  step_began=$(hundredths)
  printf -- '-- %s ...\n' "$title"
  if "$@"; then
    printf -- '-- %s: %s s\n' "$title" "$(seconds_since "$step_began")"
  else
    status=$?
    printf -- '-- %s: FAILED after %s s\n' "$title" "$(seconds_since "$step_began")" >&2
    return "$status"
  fi
}

is_root() { [ "$(id -u)" = 0 ]; }
