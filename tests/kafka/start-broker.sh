#!/bin/bash
# Starts one Kafka broker (KRaft) on 127.0.0.1 and prints its pid once it answers.
#   start-broker.sh DATA_DIR PORT     PORT+1 is used too (controller); the same DATA_DIR and PORT restart it
# Stop it: kill PID (about 0.5 s). Crash it: kill -9 PID; a restart then takes about 4.5 s.
# KAFKA_VERSION      default: the one in pom.xml; 3.9.2 for SCRAM with a librdkafka older than 2.6.1
# KAFKA_LIB          folder for the jars, filled by Maven on first use (default: in the cache folder)
# KAFKA_HEAP         default 192m
# KAFKA_JVM          more JVM options (default -XX:TieredStopAtLevel=1: starts faster, but TLS is 20 times slower;
#                    set it to a space where TLS throughput matters)
# KAFKA_PROPS        file whose lines are appended to server.properties (the last value of a key wins)
# KAFKA_FORMAT_ARGS  more arguments for the first format, e.g. --add-scram 'SCRAM-SHA-512=[name=u,password=p]'
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
data=$1 port=$2
version=${KAFKA_VERSION:-$(sed -n 's|.*<kafka.version>\(.*\)</kafka.version>.*|\1|p' "$here/pom.xml")}
cache=${DRIFTD_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/driftd}
lib=${KAFKA_LIB:-$cache/kafka-$version}
jvm=(-Xms64m "-Xmx${KAFKA_HEAP:-192m}" -XX:+UseSerialGC)
read -ra more <<<"${KAFKA_JVM:--XX:TieredStopAtLevel=1}"
jvm+=("${more[@]}")

mkdir -p "$lib" "$data"
if [ ! -e "$lib/.complete" ]; then
  (
    flock 9 # two tests may start at once
    [ -e "$lib/.complete" ] || mvn -q -B -f "$here/pom.xml" -Dkafka.version="$version" \
      dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$lib" >"$lib/mvn.log" 2>&1 ||
      { cat "$lib/mvn.log" >&2; exit 1; }
    touch "$lib/.complete"
  ) 9>"$lib/.lock"
fi
data=$(cd "$data" && pwd)
sed -e "s|@PORT@|$port|g" -e "s|@CPORT@|$((port + 1))|g" -e "s|@DATA@|$data|g" \
  "$here/server.properties.in" >"$data/server.properties"
[ -z "${KAFKA_PROPS:-}" ] || cat "$KAFKA_PROPS" >>"$data/server.properties"

if [ ! -e "$data/log/meta.properties" ]; then
  args=()
  # eval: KAFKA_FORMAT_ARGS is written by the test, quoting included.
  eval "args=(${KAFKA_FORMAT_ARGS:-})"
  java "${jvm[@]}" -cp "$lib/*" kafka.tools.StorageTool format -t MkU3OEVBNTcwNTJENDM2Qg \
    -c "$data/server.properties" "${args[@]}" >"$data/format.log" 2>&1 || { cat "$data/format.log" >&2; exit 1; }
fi

[ ! -e "$data/broker.log" ] || mv "$data/broker.log" "$data/broker.log.prev"
: >"$data/broker.log"
setsid java "${jvm[@]}" -Dorg.apache.logging.log4j.level=INFO -cp "$lib/*" \
  kafka.Kafka "$data/server.properties" >"$data/broker.log" 2>&1 </dev/null &
pid=$!
echo "$pid" >"$data/broker.pid"
for _ in $(seq 600); do
  if grep -q 'Kafka Server started' "$data/broker.log"; then
    echo "$pid"
    exit 0
  fi
  if ! kill -0 "$pid" 2>/dev/null; then break; fi
  sleep 0.1
done
grep -m 20 -A 5 -E 'ERROR|Error' "$data/broker.log" >&2 || tail -n 20 "$data/broker.log" >&2
kill -9 "$pid" 2>/dev/null || true
exit 1
