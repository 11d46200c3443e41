"""The verbs on files against what a data scientist writes, in turn on the same files, wall and CPU seconds of whole processes:
`driftd reference build` against pandas (read, 255 quantiles of each column), `driftd compare` against SciPy (the same statistics).

    files.py DRIFTD FOLDER [ROWS]     FOLDER keeps the rows between runs; needs pandas and scipy
"""

import os
import pathlib
import resource
import statistics
import subprocess
import sys
import time

import numpy
import pandas
from scipy import stats

COLUMNS, ROUNDS = 20, 5


def rows_file(folder, name, rows, seed, shift):
    path = pathlib.Path(folder) / f"{name}-{rows}.csv"
    if not path.exists():
        source = numpy.random.default_rng(seed)
        columns = {f"c{i}": source.lognormal(shift, 1.5, rows) if i % 4 else source.integers(0, 500, rows) for i in range(COLUMNS)}
        pandas.DataFrame(columns).to_csv(path, index=False)
    return path


def pandas_quantiles(path):
    frame = pandas.read_csv(path)
    levels = numpy.arange(1, 256) / 256
    for name in frame:
        frame[name].quantile(levels)


def scipy_statistics(first, second):
    reference, current = pandas.read_csv(first), pandas.read_csv(second)
    for name in reference:
        a, b = reference[name].to_numpy(), current[name].to_numpy()
        stats.ks_2samp(a, b, method="asymp")
        stats.wasserstein_distance(a, b)
        edges = numpy.unique(numpy.quantile(a, numpy.arange(1, 10) / 10))
        counts = [numpy.bincount(numpy.searchsorted(edges, x), minlength=len(edges) + 1) for x in (a, b)]
        stats.chi2_contingency(counts)
        stats.chi2_contingency(counts, lambda_="log-likelihood")
        p, q = counts[0] / counts[0].sum(), counts[1] / counts[1].sum()
        float(((q - p) * numpy.log((q + 0.5 / len(b)) / (p + 0.5 / len(a)))).sum())
        numpy.sqrt(stats.entropy(p, (p + q) / 2) / 2 + stats.entropy(q, (p + q) / 2) / 2)


def seconds(command):
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return numpy.array([wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime])


def contest(what, gates, python, ours):
    """Alternating order; Python's start and imports are taken off its side. gates: for wall and CPU seconds; None: only printed."""
    myself = [sys.executable, __file__]
    times = []
    for turn in range(ROUNDS):
        sides = [[*myself, *python], ours, [*myself, "nothing"]]
        order = (0, 1, 2) if turn % 2 == 0 else (2, 1, 0)
        cost = {side: seconds(sides[side]) for side in order}
        times.append((cost[0] - cost[2], cost[1]))
    for clock, gate, rounds in zip(("wall", "CPU"), gates, numpy.transpose(times, (2, 0, 1))):
        ratios = sorted(theirs / mine for theirs, mine in rounds)
        theirs, mine = numpy.median(rounds, axis=0)
        median = statistics.median(ratios)
        verdict = "" if gate is None else f" | >= {gate:.2f} | {'PASS' if median >= gate else 'MISS'}"
        print(f"files | {what} ({clock}: {theirs:.2f} s / {mine:.2f} s) | {median:.2f} | {ratios[(ROUNDS - 1) // 4]:.2f}{verdict}", flush=True)


def main(driftd, folder, rows=1_000_000):
    million = rows_file(folder, "reference", int(rows), 1, 0.0)
    first, second = rows_file(folder, "first", 200_000, 2, 0.0), rows_file(folder, "second", 200_000, 3, 0.05)
    contest(f"pandas, read and 255 quantiles a column / driftd reference build, {rows} x {COLUMNS}", (3, None), ["quantiles", million],
            [driftd, "reference", "build", million, "-o", os.path.join(folder, "bench.ref")])
    contest(f"SciPy / driftd compare, 200000 x {COLUMNS}", (None, 5), ["statistics", first, second], [driftd, "compare", first, second])


if __name__ == "__main__":
    verb, *rest = sys.argv[1:]
    {"quantiles": pandas_quantiles, "statistics": scipy_statistics, "nothing": lambda: None}.get(verb, lambda *a: main(verb, *a))(*rest)
