#!/usr/bin/env bash
# Gets every dependency of driftd on Debian: packages from its archive, and where the system's librdkafka is older than
# 2.10.0, 2.8.0 built from Debian's own source package. Before 2.10.0 a topic that is created anew leaves librdkafka with
# memory that was freed: it waits for ever or crashes; librdkafka-topic-id.patch mends that. Safe to repeat: what is there
# already is skipped.
#   deploy/deps.sh [build|test|tsan]     build: to compile and run (default); test: also what ./tests/run.sh needs; tsan: that and a
#                                        librdkafka of threads that the thread sanitizer sees
# Cached in ${DRIFTD_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/driftd}. Exit 69: something is missing that it cannot install.
set -euo pipefail
what=${1:-build}
cache=${DRIFTD_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/driftd}
rdkafka_version=2.8.0
rdkafka_sha256=5bd1c46f63265f31c6bfcedcde78703f77d28238eadf23821c2b43fc30be3e25
rdkafka_prefix=$cache/librdkafka-$rdkafka_version
rdkafka_tsan_prefix=$rdkafka_prefix-tsan
rdkafka_mark=.topic-id-patch # of a prefix that is whole; CMakeLists.txt looks for it too
rdkafka_mended=2.10.0                         # the first release that needs no patch
clang_tidy_version=22.1.8                     # tests/style/tidy.py names it too
clang_tidy_prefix=$cache/clang-tidy-$clang_tidy_version
patch=$(cd "$(dirname "$0")" && pwd)/librdkafka-topic-id.patch

build_packages=(g++ cmake ninja-build pkg-config ca-certificates libssl-dev libsasl2-dev libcurl4-openssl-dev libzstd-dev
  liblz4-dev zlib1g-dev libyaml-cpp-dev libsimdjson-dev prometheus-cpp-dev libboost-dev libcli11-dev libspdlog-dev
  libfmt-dev libxxhash-dev libsqlite3-dev libsystemd-dev libcrypt-dev libprotobuf-dev libprotoc-dev patch)
test_packages=(doctest-dev clang-format-19 clang-19 libclang-rt-19-dev llvm-19 ccache python3 shellcheck curl
  openjdk-17-jre-headless maven prometheus prometheus-alertmanager python3-prometheus-client chromium
  zsh fish man-db mandoc lintian mmdebstrap)

say() { printf 'deps: %s\n' "$*" >&2; }

missing() { # prints those of its arguments that dpkg does not have installed
  local package
  for package in "$@"; do
    dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || echo "$package"
  done
}

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

install_packages() {
  local want=("${build_packages[@]}") need
  if [ "$what" != build ]; then
    want+=("${test_packages[@]}")
    # Node.js from elsewhere often brings npm with it, and does not go with Debian's.
    command -v npm >/dev/null || want+=(nodejs npm)
    python3 -m pip --version >/dev/null 2>&1 || want+=(python3-pip)
  fi
  if ! grep -qs '^ID=debian$' /etc/os-release || ! command -v apt-get >/dev/null; then
    say "this script installs from Debian's archive only. What driftd needs, by Debian's names:"
    printf '  %s\n' "${want[@]}" "librdkafka-dev (>= $rdkafka_mended)" >&2
    exit 69
  fi
  mapfile -t need < <(missing "${want[@]}")
  if [ "${#need[@]}" -eq 0 ]; then return; fi
  say "installing ${need[*]}"
  as_root apt-get update -qq
  # The packages of Prometheus and Alertmanager start services that would take ports 9090 and 9093; only their programs are wanted here.
  local policy=/usr/sbin/policy-rc.d made=
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
    made=yes
  fi
  local status=0
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${need[@]}" >/dev/null || status=$?
  [ -z "$made" ] || as_root rm -f "$policy"
  [ "$status" = 0 ] || { say "apt-get could not install them"; exit 69; }
}

system_rdkafka_is_new_enough() {
  pkg-config --exists "rdkafka >= $rdkafka_mended" 2>/dev/null
}

# An apt configuration of its own: the machine's Debian mirror with suite trixie and sources, nothing of the system's is touched.
fetch_rdkafka_source() {
  local work=$1 mirror
  mirror=$(apt-get indextargets --format '$(SITE)|$(RELEASE)|$(CREATED_BY)' 'Created-By: Packages' 2>/dev/null |
    awk -F'|' '$2 ~ /^bookworm$|^oldstable$|^stable$|^trixie$/ {print $1; exit}')
  [ -n "$mirror" ] || { say "no Debian mirror in apt's configuration"; exit 69; }
  mkdir -p "$work"/{lists,archives/partial,etc}
  cat >"$work/etc/trixie.sources" <<SOURCES
Types: deb-src
URIs: $mirror
Suites: trixie
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
SOURCES
  local apt=(-o "Dir::Etc::sourcelist=$work/etc/trixie.sources" -o Dir::Etc::sourceparts=/dev/null
    -o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work" -o APT::Sandbox::User=root)
  apt-get "${apt[@]}" update -qq
  (cd "$work" && apt-get "${apt[@]}" source -qq --download-only "librdkafka=$rdkafka_version-1" >/dev/null)
  echo "$rdkafka_sha256  $work/librdkafka_$rdkafka_version.orig.tar.gz" | sha256sum -c --quiet ||
    { say "the checksum of librdkafka $rdkafka_version differs from the listed one"; exit 69; }
}

build_rdkafka() { # PREFIX [CMAKE OPTION...]
  local prefix=$1 work
  shift
  work=$(mktemp -d)
  say "building $(basename "$prefix") (about half a minute)"
  fetch_rdkafka_source "$work"
  mkdir "$work/src"
  tar -xf "$work/librdkafka_$rdkafka_version.orig.tar.gz" -C "$work/src" --strip-components 1
  patch -s -d "$work/src" -p1 <"$patch"
  # The thread sanitizer knows of the threads of pthread_create, and of nothing that C11's thrd_create starts within the C library.
  [ "$prefix" != "$rdkafka_tsan_prefix" ] || echo '#error "no threads of C11"' >"$work/src/packaging/cmake/try_compile/c11threads_test.c"
  cmake -S "$work/src" -B "$work/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_POSITION_INDEPENDENT_CODE=ON \
    -DRDKAFKA_BUILD_STATIC=ON -DRDKAFKA_BUILD_EXAMPLES=OFF -DRDKAFKA_BUILD_TESTS=OFF -DWITH_SSL=ON -DWITH_SASL=ON -DWITH_CURL=ON \
    -DWITH_ZSTD=ON -DENABLE_LZ4_EXT=ON -DCMAKE_INSTALL_PREFIX="$prefix.tmp" -DCMAKE_INSTALL_LIBDIR=lib "$@" >"$work/log" 2>&1 &&
    cmake --build "$work/build" >>"$work/log" 2>&1 && cmake --install "$work/build" >>"$work/log" 2>&1 ||
    { tail -n 30 "$work/log" >&2; exit 69; }
  touch "$prefix.tmp/$rdkafka_mark"
  rm -rf "$prefix"
  mv "$prefix.tmp" "$prefix"
  rm -rf "$work"
}

# The newest clang-tidy of Debian 12 is 19, which takes six times as long (tests/style/tidy.py); PyPI has the later ones.
install_clang_tidy() {
  say "getting clang-tidy $clang_tidy_version"
  rm -rf "$clang_tidy_prefix.tmp"
  python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --no-deps --only-binary :all: \
    --target "$clang_tidy_prefix.tmp" "clang-tidy==$clang_tidy_version" >&2 || { say "pip could not get clang-tidy"; exit 69; }
  mv "$clang_tidy_prefix.tmp" "$clang_tidy_prefix"
}

install_packages
mkdir -p "$cache"
exec 9>"$cache/.lock"
flock 9 # two builds may start at once
if [ "$what" != build ] && [ ! -e "$clang_tidy_prefix" ]; then install_clang_tidy; fi
if ! system_rdkafka_is_new_enough && [ ! -e "$rdkafka_prefix/$rdkafka_mark" ]; then build_rdkafka "$rdkafka_prefix"; fi
if [ "$what" = tsan ] && [ ! -e "$rdkafka_tsan_prefix/$rdkafka_mark" ]; then
  build_rdkafka "$rdkafka_tsan_prefix" -DCMAKE_C_COMPILER=clang-19 -DCMAKE_CXX_COMPILER=clang++-19 \
    -DCMAKE_C_FLAGS='-fsanitize=thread -g1 -fno-omit-frame-pointer' -DCMAKE_CXX_FLAGS=-fsanitize=thread
fi
