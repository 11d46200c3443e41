"""The tree under test: its files, and just enough of C++ to look at them (comments, strings, includes, functions)."""
import bisect
import functools
import os
import re
import subprocess
from dataclasses import dataclass

CPP = (".h", ".cc")


def listed_files(root):
    """Files that git knows or would add; without git (an unpacked archive) all but build output."""
    git = ["git", "-c", "safe.directory=*", "-C", root, "ls-files", "-co", "--exclude-standard", "-z"]
    try:
        out = subprocess.run(git, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
        names = out.decode("utf-8", "surrogateescape").split("\0")
    except (OSError, subprocess.CalledProcessError):
        names = []
        for folder, folders, files in os.walk(root):
            folders[:] = [f for f in folders if f not in ("build", ".git")]
            names += [os.path.relpath(os.path.join(folder, f), root) for f in files]
    return sorted({n for n in names if n and os.path.isfile(os.path.join(root, n))})


class Tree:
    def __init__(self, root):
        self.root = str(root)
        self.files = listed_files(self.root)

    def path(self, name):
        return os.path.join(self.root, name)

    @functools.lru_cache(maxsize=None)
    def content(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    @functools.lru_cache(maxsize=None)
    def source(self, name):
        return Source(self.content(name).decode("utf-8", "replace"))

    def text_files(self):
        return [n for n in self.files if b"\0" not in self.content(n)]

    def cpp(self, *folders, ends=CPP):
        return [n for n in self.files if n.endswith(ends) and n.startswith(tuple(f + "/" for f in folders))]


TOKEN = re.compile(
    r"""//[^\n]*|/\*.*?\*/"""  # comments
    r'''|R"(?P<mark>[^()\\\s]{0,16})\(.*?\)(?P=mark)"'''  # raw strings
    r'''|"(?:[^"\\\n]|\\.)*"'''  # strings
    r"""|(?<![0-9a-zA-Z_])'(?:[^'\\\n]|\\.)+'""",  # characters, but not the 1'000 kind
    re.S,
)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)
DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.M)


def blank(text):
    return re.sub(r"[^\n]", " ", text)


class Source:
    def __init__(self, text):
        self.text = text
        self.lines = text.split("\n")
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line) + 1)

        def without_comments(match):
            return blank(match[0]) if match[0].startswith("/") else match[0]

        def without_strings(match):
            inner = match[0]
            return blank(inner) if inner.startswith("/") else inner[0] + blank(inner[1:-1]) + inner[-1]

        self.code_and_strings = TOKEN.sub(without_comments, text)
        self.code = TOKEN.sub(without_strings, text)

    def line_of(self, position):
        return bisect.bisect_right(self.starts, position)

    def includes(self):
        """(line, target, quoted) of every include."""
        return [(self.line_of(m.start(1)), m[2], m[1] == '"') for m in INCLUDE.finditer(self.code_and_strings)]

    def find(self, pattern):
        """(line, match) of a pattern in the code, comments and strings left out."""
        return [(self.line_of(m.start()), m) for m in re.finditer(pattern, self.code)]

    def functions(self):
        return list(measure_functions(self))


@dataclass
class Function:
    name: str
    line: int
    lines: int  # from its first line to its closing brace
    parameters: int


def measure_functions(source):
    """Every function with a body; lambdas belong to the function they are in. Relies on clang-format's layout: the brace of
    a body follows white space, the brace of an initialiser does not, or follows `=`, `return`, `(` or `,`."""
    code = DIRECTIVE.sub(lambda m: blank(m[0]), source.code)
    scopes = []  # (kind, head start, head); kind: scope, function, other
    head_start = 0
    for match in re.finditer(r"[{};]", code):
        at, char = match.start(), match[0]
        in_body = bool(scopes) and scopes[-1][0] != "scope"
        if char == "{":
            head = code[head_start:at]
            kind = "other" if in_body else classify(head)
            scopes.append((kind, head_start, head))
            if kind == "scope":
                head_start = at + 1
        elif char == "}":
            kind, start, head = scopes.pop() if scopes else ("other", at, "")
            if kind == "function":
                yield function_at(source, start, head, at)
            if kind in ("function", "scope"):
                head_start = at + 1
        elif not in_body:
            head_start = at + 1


def classify(head):
    words = head.strip()
    if not words:
        return "other"
    if re.match(r"(inline )?namespace\b|extern \" *\"", words):
        return "scope"
    if head[-1:].strip() or re.search(r"(=|\breturn|[(,])$|\benum\b|\bconcept\b", words):
        return "other"
    if words.endswith("]"):
        return "function"
    declared = re.sub(r"^(public|private|protected) *:", "", words).strip()
    declared = re.sub(r"^template *<[^{]*?> *\n? *(?=\b(class|struct|union)\b)", "", declared)
    if re.match(r"(class|struct|union)\b", declared):
        return "scope"
    return "function" if "(" in words else "other"


def function_at(source, start, head, end):
    head = re.sub(r"^(\s*(public|private|protected)\s*:)+", lambda m: blank(m[0]), head)
    first = start + len(head) - len(head.lstrip())
    plain = re.sub(r"__attribute__\(\(.*?\)\)\s|\[\[.*?\]\]", "", head)
    plain = re.sub(r"^\s*(template\s*<[^{]*?>\s*)?(requires\b.*\n)?", "", plain)
    named = re.search(r"(operator\s*[^\s\w(]+|operator\s*\(\s*\)|[\w:~]+|(?<=\]))\s*\(", plain)
    name = re.sub(r"\s+", " ", named[1]) if named and named[1] else "lambda"
    line = source.line_of(first)
    return Function(name, line, source.line_of(end) - line + 1, count_parameters(plain[named.end():]) if named else 0)


def count_parameters(rest):
    depth, commas, seen = 0, 0, ""
    for char in rest:
        if char in "([{<":
            depth += 1
        elif char in ")]}>":
            if char == ")" and depth == 0:
                break
            depth -= 1
        elif char == "," and depth == 0:
            commas += 1
        seen += char
    return commas + 1 if seen.strip() else 0
