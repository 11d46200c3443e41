"""The rules. Each takes the tree and yields offenders: (path, line, what, message); `what` names the thing for ALLOWED."""
import concurrent.futures
import fnmatch
import hashlib
import json
import os
import re
import statistics
import subprocess

import tables

SOURCE = ("detectors", "config", "daemon")
ALL_CPP = SOURCE + ("tests",)
# Where deploy/deps.sh keeps what it fetched or built.
CACHE = os.environ.get("DRIFTD_CACHE") or os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "driftd")


def room_of(path):
    for prefix, may_include in tables.ROOMS:
        if path.startswith(prefix):
            return prefix, may_include
    return None, []


def include_edges(tree):
    for path in tree.cpp(*SOURCE):
        room, may_include = room_of(path)
        if room is None:
            yield path, 1, "", "is in no room: add it to ROOMS in tests/style/tables.py"
            continue
        for line, target, quoted in tree.source(path).includes():
            if not quoted or may_include is tables.ANY:
                continue
            own = target.startswith(room)
            if not own and not any(target == m or (m.endswith(("/", "_")) and target.startswith(m)) for m in may_include):
                yield path, line, target, f"{room} may not include {target}"


def include_form(tree):
    for path in tree.cpp(*ALL_CPP):
        for line, target, quoted in tree.source(path).includes():
            if quoted and not os.path.isfile(tree.path(target)):
                yield path, line, target, f'"{target}" is not a path from the repository root'


def home_of(target):
    return next((prefix for prefix in tables.HOMES if target.startswith(prefix)), None)


def at_home(path, prefix):
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in tables.HOMES[prefix][0] for name in (path, path.removeprefix("tests/")))


def library_homes(tree):
    for path in tree.cpp(*ALL_CPP):
        for line, target, quoted in tree.source(path).includes():
            prefix = home_of(target)
            if quoted or (prefix is None and re.fullmatch(r"[a-z_]+", target)):
                continue
            if prefix is None:
                pure = path.startswith("detectors/") and target != "immintrin.h"
                if pure or not target.startswith(tables.SYSTEM):
                    yield path, line, target, f"<{target}> has no home here: see HOMES and SYSTEM in tests/style/tables.py"
            elif not at_home(path, prefix):
                yield path, line, target, f"<{target}> outside its home {', '.join(tables.HOMES[prefix][0])}"


def library_names(tree):
    for path in tree.cpp(*SOURCE):
        for prefix, (_, names) in tables.HOMES.items():
            if not at_home(path, prefix):
                for line, match in tree.source(path).find(names):
                    yield path, line, match[0], f"{match[0]} belongs to the home of <{prefix}>"


def source_has_test(tree):
    for path in tree.cpp(*SOURCE, ends=(".cc",)):
        test = f"tests/{path[:-3]}_test.cc"
        against_mock = f"tests/mock/{os.path.basename(path)[:-3]}_test.cc"
        if test not in tree.files and against_mock not in tree.files:
            yield path, 1, "", f"has no {test}"


def test_has_source(tree):
    for path in tree.cpp("tests/detectors", "tests/config", "tests/daemon", ends=("_test.cc",)):
        subject = path.removeprefix("tests/").removesuffix("_test.cc")
        if not {subject + ".cc", subject + ".h", f"tests/{subject}.h"} & set(tree.files):
            yield path, 1, "", f"tests {subject}.cc or .h, which is not there"


def function_size(tree):
    sizes = []
    for path in tree.cpp(*ALL_CPP):
        for function in tree.source(path).functions():
            if not path.startswith("tests/"):
                sizes.append(function.lines)
            if function.lines > tables.LARGEST_FUNCTION:
                yield path, function.line, function.name, f"{function.name} has {function.lines} lines (at most {tables.LARGEST_FUNCTION})"
    if sizes and statistics.median(sizes) > tables.MEDIAN_FUNCTION:
        yield ".", 0, "median", f"the median function has {statistics.median(sizes):g} lines (at most {tables.MEDIAN_FUNCTION})"


def function_parameters(tree):
    for path in tree.cpp(*SOURCE):
        for function in tree.source(path).functions():
            if function.parameters > tables.MOST_PARAMETERS:
                yield path, function.line, function.name, f"{function.name} takes {function.parameters} parameters (at most {tables.MOST_PARAMETERS})"


def find_in_text(tree, pattern, message):
    for path in tree.text_files():
        text = tree.content(path).decode("utf-8", "replace")
        for number, line in enumerate(text.split("\n"), 1):
            match = re.search(pattern, line)
            if match:
                yield path, number, match[0], f"{match[0]}: {message}"


# Patterns are put together so that this file does not hold what it looks for.
def no_machine_paths(tree):
    pattern = r"(?<![\w.\-/])/(" + "wo" + r"rk(?![\w.\-])|ro" + r"ot/)"
    yield from find_in_text(tree, pattern, "a path of one machine")


def no_loose_ends(tree):
    yield from find_in_text(tree, r"\b(TO" + "DO|FIX" + "ME|XX" + r"X)\b", "finish it, or file an issue")


def no_registry_hosts(tree):
    hosts = ["py" + "pi.org", "python" + "hosted.org", "npm" + "js.org", "crates" + ".io", "proxy.golang" + ".org", "repo1.maven" + ".org",
             "repo.maven.apache" + ".org", "deb.debian" + ".org"]
    yield from find_in_text(tree, "|".join(re.escape(h) for h in hosts), "the machine's own configuration names the registry")


def no_sleep_in_tests(tree):
    pattern = r"\bsleep_(for|until)\b|\b(u|nano)?sleep\s*\(|\b(system_clock|high_resolution_clock)\b"
    for path in tree.cpp("tests"):
        for line, match in tree.source(path).find(pattern):
            yield path, line, match[0], f"{match[0]} in a test: wait for the event, pass the time in"


def pure_rooms(tree):
    """Detectors and the engine's stages compute: equal input, equal bytes."""
    pattern = (r"\b(steady_clock|system_clock|high_resolution_clock)::now\b|\brandom_device\b|\bs?rand\s*\(|\bgetenv\s*\(|\bf?open\s*\("
               r"|\b[io]?fstream\b|\bgettimeofday\b|\bclock_gettime\b|\bstd::(cout|cerr|cin)\b")
    for path in tree.cpp("detectors", "daemon/decode", "daemon/window", "daemon/monitor", "daemon/alert") + [
            p for p in tree.cpp("daemon") if p.startswith("daemon/engine")]:
        for line, match in tree.source(path).find(pattern):
            yield path, line, match[0], f"{match[0]} in a room that only computes"


def header_comment(tree):
    for path in tree.cpp(*ALL_CPP, ends=(".h",)):
        lines = tree.source(path).lines
        if not re.match(r"// \S", lines[0]):
            yield path, 1, "", "the first line is not a comment that says what the file is"
        if "#pragma once" not in lines:
            yield path, 1, "", "has no #pragma once"


WEAK_WORDS = "Manager|Helpers?|Utils?|Common|Base|Impl|Data|Info"


def names(tree):
    for path in tree.cpp(*ALL_CPP):
        weak = re.search(rf"(^|_)({WEAK_WORDS.lower()})(_|$)", re.sub(r"\.\w+$", "", os.path.basename(path)))
        if weak:
            yield path, 1, weak[2], f"a file name with the empty word '{weak[2]}'"
        source = tree.source(path)
        for line, match in source.find(rf"\b(?:class|struct|union|enum class|concept|using)\s+((?:[A-Z][a-z0-9]*)*?(?:{WEAK_WORDS})(?![a-z])\w*)"):
            yield path, line, match[1], f"{match[1]}: a type name with an empty word"
        for line, match in source.find(r"(?<![\w.:>])(data|info)\b(?!\s*\()"):
            yield path, line, match[1], f"a variable named {match[1]} says nothing"


def in_rooms_only(tree, pattern, homes, message):
    for path in tree.cpp(*SOURCE):
        if not any(fnmatch.fnmatchcase(path, home) for home in homes):
            for line, match in tree.source(path).find(pattern):
                yield path, line, match[0], f"{match[0]} {message}"


def threads_in_app(tree):
    yield from in_rooms_only(tree, r"\bstd::(jthread|thread|async)\b(?!::id)|\bpthread_create\b", ["daemon/app.cc"], "outside daemon/app.cc")


def mutex_in_runtime(tree):
    pattern = r"\bstd::(\w*mutex|condition_variable\w*|lock_guard|unique_lock|scoped_lock|shared_lock)\b"
    yield from in_rooms_only(tree, pattern, ["daemon/runtime/*"], "outside daemon/runtime/")


def unordered_listed(tree):
    yield from in_rooms_only(tree, r"\bstd::unordered_\w+", [], "is not listed as look-up only: its order must never be seen")


def small_text_files(tree):
    for path in tree.files:
        content = tree.content(path)
        if len(content) >= tables.LARGEST_FILE:
            yield path, 1, "", f"{len(content)} bytes (at most {tables.LARGEST_FILE - 1})"
        elif b"\0" in content:
            yield path, 1, "", "is not text"


def formatted(tree):
    files = tree.cpp(*ALL_CPP)
    halves = [half for half in (files[::2], files[1::2]) if half]
    command = ["clang-format-19", "--dry-run", "-Werror", "--ferror-limit=1"]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for text in pool.map(lambda half: run(tree, command + half)[1], halves):
            for path, line in re.findall(r"^(\S+?):(\d+):\d+: error: ", text, re.M):
                yield path, line, "", "is not as clang-format-19 writes it"


def shell_scripts(tree):
    scripts = [n for n in tree.text_files() if re.match(rb"#!.*\b(ba)?sh\b", tree.content(n))]
    if scripts:
        for path, line, message in re.findall(r"^(.+?):(\d+):\d+: (.*)", run(tree, ["shellcheck", "-S", "warning", "-f", "gcc"] + scripts)[1], re.M):
            yield path, line, "", message


def run(tree, command):
    done = subprocess.run(command, cwd=tree.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.returncode, done.stdout


def headers_compile_alone(tree):
    seen = HeaderCache(tree)
    headers = [h for h in tree.cpp(*ALL_CPP, ends=(".h",)) if not seen.has(h)]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for header, problem in zip(headers, pool.map(lambda h: compile_header(tree, h), headers)):
            if problem is None:
                seen.add(header)
            else:
                yield header, 1, "", f"does not compile alone: {problem}"
    seen.save()


def compile_header(tree, header):
    folders = os.listdir(CACHE) if os.path.isdir(CACHE) else []
    libraries = sorted(os.path.join(CACHE, n, "include") for n in folders if n.startswith("librdkafka"))
    command = ["g++", "-std=c++23", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-I.", '-DDRIFTD_TESTS_DIR=""', '-DDRIFTD_SOURCE_DIR=""']
    command += [f"-isystem{folder}" for folder in libraries] + ["-include", header, "-x", "c++", os.devnull]
    status, text = run(tree, command)
    return None if status == 0 else next((line for line in text.split("\n") if "error" in line), text[:200])


class HeaderCache:
    """Remembers which headers compiled, by the hash of what they include; in the build folder, where that exists."""

    def __init__(self, tree):
        self.tree = tree
        self.path = tree.path("build/style-headers.json")
        try:
            with open(self.path, encoding="utf-8") as file:
                self.known = json.load(file)
        except (OSError, ValueError):
            self.known = {}

    def has(self, header):
        return self.known.get(header) == closure_hash(self.tree, header)

    def add(self, header):
        self.known[header] = closure_hash(self.tree, header)

    def save(self):
        os.makedirs(os.path.dirname(self.path), exist_ok=True)
        with open(self.path, "w", encoding="utf-8") as file:
            json.dump(self.known, file)


def closure(tree, path):
    """The project's files that `path` includes, itself among them."""
    found, waiting = set(), [path]
    while waiting:
        name = waiting.pop()
        if name not in found and name in tree.files:
            found.add(name)
            waiting += [target for _, target, quoted in tree.source(name).includes() if quoted]
    return sorted(found)


def closure_hash(tree, path):
    digest = hashlib.sha256()
    for name in closure(tree, path):
        digest.update(name.encode() + b"\0" + tree.content(name) + b"\0")
    return digest.hexdigest()


RULES = {
    "formatted": formatted,
    "shell scripts pass shellcheck": shell_scripts,
    "include edges": include_edges,
    "includes are written from the root": include_form,
    "libraries stay at home": library_homes,
    "library names stay at home": library_names,
    "every source has a test": source_has_test,
    "every test has a source": test_has_source,
    "function size": function_size,
    "function parameters": function_parameters,
    "no machine paths": no_machine_paths,
    "no loose ends": no_loose_ends,
    "no registry hosts": no_registry_hosts,
    "tests neither sleep nor read the clock": no_sleep_in_tests,
    "pure rooms": pure_rooms,
    "headers say what they are": header_comment,
    "headers compile alone": headers_compile_alone,
    "names": names,
    "threads in app.cc": threads_in_app,
    "mutexes in runtime": mutex_in_runtime,
    "unordered containers are listed": unordered_listed,
    "files are small and text": small_text_files,
}


def offenders(tree, name, allowed):
    """Offenders of a rule as lines `path:line: message`, exceptions taken out; an exception without an offender is one itself."""
    used, lines = set(), []
    for path, line, what, message in RULES[name](tree):
        keys = [k for k in allowed if fnmatch.fnmatchcase(path, k) or fnmatch.fnmatchcase(f"{path}:{what}", k)]
        used.update(keys)
        if not keys:
            lines.append(f"{path}:{line}: {message}")
    unused = [k for k in allowed if k not in used]
    return lines + [f"tests/style/tables.py:0: the exception '{k}' of '{name}' is no longer needed" for k in unused]
