"""The peer of the solve row: every wave scans all positions with numpy, until nothing more is sold. Reads what bench/solve.js wrote.

Usage: wave_scan.py FOLDER REPEATS, prints one JSON line: the answers and the seconds per solve, build not included."""

import json
import sys
import time

import numpy as np

folder, repeats = sys.argv[1], int(sys.argv[2])
meta = json.load(open(f"{folder}/meta.json"))
collateral = [np.fromfile(f"{folder}/collateral-{i}.bin") for i in range(meta["protocols"])]
debt = [np.fromfile(f"{folder}/debt-{i}.bin") for i in range(meta["protocols"])]
thresholds = meta["thresholds"]
totals = np.fromfile(f"{folder}/depth-units.bin")
logs = np.fromfile(f"{folder}/depth-logs.bin")
ends = np.array(meta["lowestLogs"])

# One dollar is 1e6 units of debt; one coin 1e7 of collateral: the position breaches where price x collateral x threshold < debt.
weighted = [c * (t / 1e4) / 10.0 for c, t in zip(collateral, thresholds)]


def solve(move):
    fair = meta["spot"] * (1 + move)
    sold, waves = 0.0, 0
    while True:
        log_price = np.interp(sold, totals, logs)
        price = np.floor(np.mean(fair * np.exp(np.maximum(log_price, ends))) * 1e8) / 1e8
        forced = 0.0
        for c, w, d in zip(collateral, weighted, debt):
            forced += c[w * price < d].sum()
        if forced == sold:
            return sold, price, waves
        sold, waves = forced, waves + 1


answers, seconds = [], []
for move in meta["shocks"]:
    best = float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        answer = solve(move)
        best = min(best, time.perf_counter() - start)
    answers.append(answer)
    seconds.append(best)
print(json.dumps({"answers": answers, "seconds": sum(seconds) / len(seconds), "version": np.__version__}))
