#!/usr/bin/env bash
# Every test of driftd, from a clean checkout: gets what is missing, builds, checks.
#   tests/run.sh [--quick] [--only LABEL]
#     --quick        what a commit wants, under two minutes on a built tree: the parts of the first line
#     --only LABEL   one part: style, metrics, unit, replay, validation, mock,
#                    kafka, prometheus, alertmanager, grafana, compose, kubernetes, seen, page, shell, service, package, tidy,
#                    and what builds everything once more: asan, fuzz, tsan
# A part is the tests that ctest knows by that label, and the program tests/LABEL/run where there is one. That program
# finds the daemon in $DRIFTD, ends with a line `N passed, N failed, N skipped`, and says why it skips: `SKIPPED name: reason`.
# The last line counts everything; exit 1 when something failed.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
quick='' only=''
while [ $# -gt 0 ]; do
  case $1 in
    --quick) quick=yes ;;
    --only) only=${2:?--only wants a label} && shift ;;
    *) sed -n '2,5s/^# \{0,1\}//p' "$0" >&2 && exit 64 ;;
  esac
  shift
done

build=build/dev
log=$(mktemp)
trap 'rm -f "$log"' EXIT
passed=0 failed=0 skipped=0
export DRIFTD="$PWD/$build/driftd" DRIFTD_QUICK="$quick"

finish() {
  printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  [ "$failed" = 0 ]
  exit
}

wanted() { [ -z "$only" ] || [ "$only" = "$1" ]; }

skip() { # LABEL REASON
  printf 'SKIPPED %s: %s\n' "$1" "$2"
  skipped=$((skipped + 1))
}

# Runs a program that counts itself, and adds its last line to ours. One that dies without it counts as one failure.
part() { # NAME COMMAND...
  local name=$1 status=0 start=$SECONDS line
  shift
  printf '\n== %s\n' "$name"
  "$@" </dev/null 2>&1 | tee "$log" || status=$?
  line=$(tail -n 1 "$log" | grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$')
  if [[ $line =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+) ]]; then
    passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2])) skipped=$((skipped + BASH_REMATCH[3]))
    [ "$status" = 0 ] || [ "${BASH_REMATCH[2]}" != 0 ] || failed=$((failed + 1))
  else
    printf 'FAIL %s: ended with status %d and without its counts\n' "$name" "$status"
    failed=$((failed + 1))
  fi
  printf -- '-- %s: %d s\n' "$name" $((SECONDS - start))
}

labelled() { # LABEL: its ctest tests and its program
  if ctest --test-dir "$build" -N -L "^$1\$" | grep -q '^ *Test *#'; then
    part "$1" python3 tests/count_ctest.py "$build" "$1"
  fi
  [ ! -x "tests/$1/run" ] || part "$1" "tests/$1/run"
}

step() { # NAME COMMAND...: what everything after it needs
  local name=$1
  shift
  printf '== %s\n' "$name"
  if [ -t 1 ]; then
    "$@" && return
  else
    "$@" </dev/null >"$log" 2>&1 && return
    cat "$log"
  fi
  printf 'FAIL %s\n' "$name"
  failed=1
  finish
}

step dependencies deploy/deps.sh test
if wanted style; then
  part style python3 tests/style/check.py
  part 'style, the checks themselves' python3 tests/style/self_test.py
fi
if wanted metrics; then part 'names of metrics' tests/metrics/run; fi
if [ "$only" = style ] || [ "$only" = metrics ]; then finish; fi

step configure cmake --preset dev
step build cmake --build "$build"
for label in unit replay validation mock; do
  ! wanted "$label" || labelled "$label"
done

slow() { # LABEL COMMAND...: what --quick leaves out
  local label=$1
  shift
  wanted "$label" || return 0
  if [ -n "$quick" ]; then skip "$label" '--quick leaves it out'; else "$@"; fi
}
for label in kafka prometheus alertmanager grafana compose kubernetes seen page shell service package; do slow "$label" labelled "$label"; done
slow tidy part tidy python3 tests/style/tidy.py "$build"
slow asan part asan tests/sanitized/run asan
slow fuzz part fuzz tests/fuzz/run
slow tsan part tsan tests/sanitized/run tsan
finish
