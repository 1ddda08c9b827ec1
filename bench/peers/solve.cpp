// The peer of the solve row in C++: the same algorithm. Positions sorted by exact integer breach price per protocol, running sums, one
// merged depth curve, and per round a binary search per protocol. Usage: solve FOLDER REPEATS; prints one JSON line.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <numeric>
#include <string>
#include <vector>

using std::string;
using std::vector;

static vector<double> column(const string& path) {
  std::ifstream in(path, std::ios::binary | std::ios::ate);
  vector<double> values(size_t(in.tellg()) / sizeof(double));
  in.seekg(0);
  in.read(reinterpret_cast<char*>(values.data()), long(values.size() * sizeof(double)));
  return values;
}

struct Protocol {
  vector<double> keys, coarse, sums;
  size_t hint = 0;

  double soldAt(double steps) {
    const size_t n = keys.size();
    if (!((hint == 0 || keys[hint - 1] >= steps) && (hint == n || keys[hint] < steps))) {
      const size_t block = size_t(std::partition_point(coarse.begin(), coarse.end(), [&](double key) { return key >= steps; }) - coarse.begin());
      const size_t low = block == 0 ? 0 : (block - 1) * 64 + 1, high = std::min(n, block * 64);
      hint = size_t(std::partition_point(keys.begin() + long(low), keys.begin() + long(std::max(low, high)), [&](double key) { return key >= steps; }) - keys.begin());
    }
    return sums[hint];
  }
};

static Protocol open(const vector<double>& collateral, const vector<double>& debt, int64_t thresholdBps) {
  const size_t n = collateral.size();
  vector<double> breach(n);
  for (size_t i = 0; i < n; i++) {
    // floor(floor(c p / 1e9) t / 1e4) < debt value, debt value = ceil(d 1e8 / 1e8): the highest p, in closed form.
    const __int128 owed = __int128(debt[i]);
    const __int128 value = (owed * 10000 + thresholdBps - 1) / thresholdBps;
    const __int128 c = __int128(collateral[i]);
    breach[i] = double(int64_t((value * 1000000000 + c - 1) / c - 1));
  }
  vector<uint32_t> order(n);
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) { return breach[a] > breach[b]; });
  Protocol p;
  p.keys.resize(n);
  p.sums.assign(n + 1, 0.0);
  for (size_t i = 0; i < n; i++) {
    p.keys[i] = breach[order[i]];
    p.sums[i + 1] = p.sums[i] + collateral[order[i]];
    if (i % 64 == 0) p.coarse.push_back(p.keys[i]);
  }
  return p;
}

int main(int, char** argv) {
  const string folder = argv[1];
  const int repeats = std::atoi(argv[2]);
  const vector<double> meta = column(folder + "/meta.bin");  // protocols, spot, thresholds..., shocks...
  const size_t count = size_t(meta[0]);
  const double spot = meta[1];
  vector<Protocol> protocols;
  for (size_t i = 0; i < count; i++) {
    const string at = std::to_string(i);
    protocols.push_back(open(column(folder + "/collateral-" + at + ".bin"), column(folder + "/debt-" + at + ".bin"), int64_t(meta[2 + i])));
  }
  const vector<double> shocks(meta.begin() + long(2 + count), meta.end());
  const vector<double> totals = column(folder + "/depth-units.bin"), logs = column(folder + "/depth-logs.bin");
  vector<double> sold(shocks.size()), price(shocks.size());
  vector<int> waves(shocks.size());
  double total = 0;
  for (int repeat = 0; repeat < repeats; repeat++) {
    const auto start = std::chrono::steady_clock::now();
    for (size_t s = 0; s < shocks.size(); s++) {
      const double fair = spot * (1 + shocks[s]);
      double units = 0;
      for (int wave = 0;; wave++) {
        size_t knot = size_t(std::upper_bound(totals.begin(), totals.end(), units) - totals.begin());
        knot = std::min(std::max<size_t>(knot, 1), totals.size() - 1) - 1;
        const double share = std::min(1.0, (units - totals[knot]) / (totals[knot + 1] - totals[knot]));
        const double steps = std::floor(fair * std::exp(logs[knot] + share * (logs[knot + 1] - logs[knot])) * 1e8);
        double forced = 0;
        for (auto& protocol : protocols) forced += protocol.soldAt(steps);
        if (forced == units) {
          sold[s] = units;
          price[s] = steps / 1e8;
          waves[s] = wave;
          break;
        }
        units = forced;
      }
    }
    total += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }
  std::printf("{\"answers\": [");
  for (size_t s = 0; s < shocks.size(); s++) std::printf("%s[%.0f, %.8f, %d]", s ? ", " : "", sold[s], price[s], waves[s]);
  std::printf("], \"seconds\": %.9g}\n", total / repeats / double(shocks.size()));
}
