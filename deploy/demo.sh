#!/usr/bin/env bash
# Shows driftd at work on real data: gets what is missing, builds, starts the demo. A second run skips what is done.
#   deploy/demo.sh [--once]     what follows is passed on to `driftd demo`
set -euo pipefail
cd "$(dirname "$0")/.."
deploy/deps.sh build
if [ ! -e build/release/build.ninja ]; then
  mkdir -p build
  echo 'demo: configuring'
  cmake --preset release -DDRIFTD_TESTS=OFF >build/configure.log 2>&1 || { cat build/configure.log >&2; exit 1; }
fi
echo 'demo: building (minutes the first time, nothing to do the second)'
cmake --build build/release --target driftd
exec build/release/driftd demo "$@"
