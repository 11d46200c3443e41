"""The rules' tables: who may include what, where each library lives, and every exception with its reason."""

# ---- Who may include what (architecture: "who may include what") ----
# Rooms by path prefix, the first that fits. A room may include itself and what is listed: a file, or all that begins so where it ends in / or _.
# ANY: may include every file. Between stages only OUT headers are crossed.
ANY = None
FLOOR = ["daemon/runtime/", "config/config.h", "detectors/"]  # what every room of the daemon stands on
ORDER = ["daemon/source/message.h", "daemon/source/writer_schema.h"]  # OUT of source; its TopicPartition is the order in which everything is merged
ROOMS = [
    ("detectors/", []),
    ("config/", ["detectors/"]),
    ("daemon/main.cc", ["daemon/cli/verb_table.h", "daemon/cli/verb.h"]),
    ("daemon/cli/", ANY),
    ("daemon/app", ANY),
    ("daemon/runtime/", ["config/config.h", "detectors/"]),
    # CSV, JSON lines and gzip as rows, for references and file replay; what a CSV or JSON text means is decode's to say.
    ("daemon/table/", FLOOR + ["daemon/decode/csv_record.h", "daemon/decode/json_flatten.h"]),
    ("daemon/reference/", FLOOR + ["daemon/table/", "daemon/decode/csv_number.h"]),
    ("daemon/source/", FLOOR + ["daemon/table/"]),
    ("daemon/decode/", FLOOR + ORDER + ["daemon/source/schema_frame.h"]),
    ("daemon/window/", FLOOR + ORDER + ["daemon/decode/record_batch.h"]),
    ("daemon/monitor/", FLOOR + ORDER + ["daemon/window/window.h", "daemon/status.h"]),
    # json_tree.h: an event that is remembered as text ends as another.
    ("daemon/alert/", FLOOR + ORDER + ["daemon/monitor/verdict.h", "daemon/status.h", "daemon/http/target.h", "config/scalar.h", "daemon/decode/json_tree.h"]),
    # kafka_: one library, one set of handles and settings for both ends. The rest is for receivers by HTTP: how to reach them, the
    # event read back for bodies of another form, files with secrets.
    ("daemon/sink/", FLOOR + ["daemon/source/kafka_", "daemon/http/client.h", "daemon/http/client_login.h", "daemon/http/endpoint.h", "daemon/decode/json_tree.h",
                              "daemon/alert/links.h", "config/body_template.h", "config/substitute.h"]),
    ("daemon/state/", FLOOR + ["daemon/sink/sink.h"]),  # the outbox holds records until their sink has them
    # last_read.h: what was read last is state, and the source's to compare.
    ("daemon/engine", FLOOR + ORDER + ["daemon/source/last_read.h", "daemon/decode/", "daemon/window/", "daemon/monitor/", "daemon/alert/", "daemon/sink/sink.h", "daemon/sink/push_plan.h",
                                       "daemon/state/snapshot.h", "daemon/state/outbox.h", "daemon/status.h", "config/print.h"]),
    ("daemon/status", ["detectors/", "daemon/decode/record_batch.h", "daemon/window/label_counters.h", "daemon/sink/delivery.h",
                       "daemon/runtime/timings.h"] + ORDER),
    ("daemon/metrics/", FLOOR + ORDER + ["daemon/status.h"]),
    ("daemon/history/", FLOOR + ORDER + ["daemon/status.h", "daemon/monitor/", "daemon/alert/alert.h", "daemon/alert/alert_end.h"]),
    # An alert's event read back, and explained to a person; target.h: names in links.
    ("daemon/explain/", FLOOR + ["daemon/alert/", "daemon/decode/json_tree.h", "daemon/page/words.h", "daemon/http/target.h", "config/scalar.h"]),
    ("daemon/page/", FLOOR + ORDER + ["daemon/status.h", "daemon/http/target.h", "daemon/explain/", "daemon/alert/links.h", "daemon/history/reader.h"]),
    ("daemon/api/", FLOOR + ORDER + ["daemon/status.h", "daemon/history/reader.h", "daemon/alert/alert.h", "daemon/alert/alert_end.h", "daemon/monitor/verdict.h"]),
    ("daemon/routes", FLOOR + ORDER + ["daemon/status.h", "daemon/http/", "daemon/metrics/", "daemon/page/", "daemon/api/", "daemon/history/reader.h",
                                       "daemon/alert/event_schema.h", "config/scalar.h", "config/schema.h"]),
    ("daemon/http/", FLOOR + ["config/substitute.h"]),  # files with secrets
    # Asks over HTTP for what a record's writer meant; its answers are JSON.
    ("daemon/registry/", FLOOR + ORDER + ["daemon/http/", "daemon/source/schema_frame.h", "daemon/decode/json_tree.h", "daemon/status.h"]),
]

# ---- Where each library lives: include prefix -> (who may include it, how its names look) ----
# What may include it may do so in its tests too; a benchmark may, to measure us against the bare library.
HOMES = {
    "librdkafka/": (["daemon/source/kafka_*", "daemon/sink/kafka_*", "tests/bench/*", "tests/kafka/*"], r"\b(rd_kafka_\w+|RD_KAFKA_\w+)"),
    "simdjson": (["daemon/decode/json_*", "tests/bench/*"], r"\bsimdjson::"),
    "yaml-cpp/": (["config/yaml_reader.cc"], r"\bYAML::"),
    "prometheus/": (["daemon/metrics/*.cc"], r"\bprometheus::"),
    "boost/math/": (["detectors/special_functions.cc"], r"\bboost::math\b"),
    "boost/": (["daemon/http/*.cc"], r"\bboost::(?!math\b)|\b(asio|beast)::"),
    "google/protobuf/": (["daemon/decode/protobuf_schema.cc"], r"\b(google::protobuf|pb)::"),
    "zlib.h": (["daemon/table/gzip*", "daemon/http/gzip*"], r"\b(z_stream|gzFile|inflateInit2?|deflateInit2?)\b"),
    "sqlite3.h": (["daemon/history/sqlite.cc"], r"\bsqlite3_\w+\("),
    "openssl/": (["daemon/http/*.cc", "tests/daemon/http/tls_*.h", "daemon/reference/*.cc", "daemon/sink/webhook_signature.cc"], r"\b(EVP|SHA256|SSL_CTX|X509)_\w+"),
    "crypt.h": (["daemon/http/logins.cc"], r"\bcrypt_\w+\("),
    "systemd/": (["daemon/app_service.cc"], r"\bsd_\w+\("),
    "CLI/": (["daemon/cli/*"], r"\bCLI::"),
    "malloc.h": (["daemon/runtime/freed_memory.cc"], r"\bmallopt\("),
    "spdlog/": (["daemon/runtime/log*.cc"], r"\bspdlog::"),
    "doctest/": (["tests/*"], r"\bdoctest::"),
    "fmt/": (["config/*.cc", "daemon/*.cc", "tests/*"], r"\bfmt::"),
    "xxhash.h": (["detectors/*.cc", "config/*.cc", "daemon/*.cc", "tests/*"], r"\bXXH\d*_\w+"),
}
# Headers of the system that any .cc outside detectors/ may use; immintrin.h is for the SIMD kernels.
SYSTEM = ("arpa/", "netinet/", "sys/", "dirent.h", "fcntl.h", "fnmatch.h", "netdb.h", "poll.h", "pthread.h", "sched.h", "signal.h",
          "sysexits.h", "time.h", "unistd.h", "immintrin.h")

LARGEST_FUNCTION = 70  # lines
MEDIAN_FUNCTION = 10
MOST_PARAMETERS = 5
LARGEST_FILE = 1 << 20  # bytes

# ---- Exceptions: rule -> {path, or path:what (both may be patterns): reason}. One that is no longer needed is an error. ----
ALLOWED = {
    "tests neither sleep nor read the clock": {
        "tests/bench/scrape_bench.cc:sleep_for": "a benchmark: it waits for the first windows of an engine that runs by itself",
        "tests/bench/scrape_bench.cc:sleep_until": "a benchmark: scrapes come every second, as those of Prometheus do",
        "tests/fuzz/http_request_fuzz.cc:sleep_for": "the kernel forgets ended connections by its own clock, and tells nobody",
    },
    "every source has a test": {
        "daemon/source/kafka_admin.cc": "tests/mock/kafka_source_test.cc: every start asks through it",
        "daemon/source/kafka_mock.cc": "the bed of tests/mock/",
        "daemon/source/kafka_handles.cc": "calls of destroy functions; every test of tests/mock/ ends through them",
        "daemon/main.cc": "calls a verb; the end-to-end suites run it",
        "daemon/cli/version.cc": "one printf; the end-to-end suites read it",
        "daemon/app.cc": "the daemon as a process: tests/e2e starts, kills, stops and reads it",
        "daemon/app_running.cc": "the part of app.cc that a reload ends and begins: tests/e2e likewise",
        "daemon/cli/replay.cc": "tests/replay runs it on every case, hostile files included",
        "daemon/cli/alert.cc": "sends to real sinks; tests/alertmanager runs it",
        "daemon/cli/run.cc": "flags of the daemon; tests/e2e runs it",
        "daemon/cli/completion_bash.cc": "tests/shell completes with it in bash",
        "daemon/cli/completion_zsh.cc": "tests/shell completes with it in zsh",
        "daemon/cli/completion_fish.cc": "tests/shell completes with it in fish",
        "daemon/cli/demo.cc": "a whole daemon with its broker; tests/e2e runs it",
    },
    "function parameters": {
        "daemon/source/kafka_config.cc:judge_certificate": "the signature that librdkafka calls",
    },
    "unordered containers are listed": {
        "daemon/table/csv_reader.cc": "looks up a column by name; the columns themselves are a vector in the file's order",
        "daemon/table/jsonl_reader.cc": "looks up a column by name; the columns themselves are a vector in order of appearance",
        "daemon/table/table_files.h": "looks up a column by name; the columns themselves are a vector in order of appearance",
        "daemon/reference/segment_keys.h": "counts segments by key; they are sorted before anything is made of them",
    },
    "threads in app.cc": {
        "daemon/runtime/crew.h": "pieces of work of one call, which returns when all are done; the threads end with their owner",
        "daemon/runtime/crew.cc": "as crew.h",
        "daemon/table/read_ahead.cc": "reads a file for its owner only, and ends with it",
        "daemon/app_running.h": "the part of app.cc that a reload ends and begins: it owns the threads of receivers and registry",
        "daemon/app_running.cc": "the part of app.cc that a reload ends and begins: it starts and joins those threads",
        "daemon/app_engine.h": "the part of app.cc that replay and demo share: it owns the threads of the engine",
        "daemon/app_engine.cc": "the part of app.cc that replay and demo share: it starts and joins the threads of the engine",
        "daemon/runtime/bounded_call.cc": "a call that may never return needs a thread that nobody joins",
    },
    "pure rooms": {
        "detectors/reference/cell_kernel.cc:getenv(": "DRIFTD_SIMD chooses between kernels whose results are equal; a test compares them",
    },
    "files are small and text": {
        "tests/page/screenshots/*": "pictures of the page for README.md, made by tests/page",
        "deploy/demo/census-employment/stream.csv.gz": "the demo's data set, 3 MB, with its origin beside it",
    },
}
