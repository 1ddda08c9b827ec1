// The peer of the Greeks row: QuantLib's BlackCalculator, one per option. Built against a folder of QuantLib's sources (see bench/peers.js); nothing of
// QuantLib is in this repository. Usage: black_calculator FOLDER REPEATS SPOT RATE; writes quantlib-<greek>.bin and prints the seconds of its fastest turn.
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <ql/pricingengines/blackcalculator.hpp>
#include <string>
#include <vector>

using Column = std::vector<double>;

static Column read(const std::string& path) {
  std::ifstream in(path, std::ios::binary | std::ios::ate);
  Column column(static_cast<size_t>(in.tellg()) / sizeof(double));
  in.seekg(0);
  in.read(reinterpret_cast<char*>(column.data()), static_cast<std::streamsize>(column.size() * sizeof(double)));
  return column;
}

int main(int, char** arguments) {
  const std::string folder = arguments[1];
  const int repeats = std::atoi(arguments[2]);
  const double spot = std::atof(arguments[3]), rate = std::atof(arguments[4]);
  const Column strike = read(folder + "/strike.bin"), years = read(folder + "/years.bin");
  const Column volatility = read(folder + "/volatility.bin"), call = read(folder + "/call.bin");
  const size_t count = strike.size();
  const char* names[] = {"price", "delta", "gamma", "vega", "theta", "vanna", "volga"};
  std::vector<Column> into(7, Column(count));
  double best = 1e9;
  for (int turn = 0; turn < repeats; turn++) {
    const auto start = std::chrono::steady_clock::now();
    for (size_t row = 0; row < count; row++) {
      const double discount = std::exp(-rate * years[row]);
      const double deviation = volatility[row] * std::sqrt(years[row]);
      const auto type = call[row] > 0 ? QuantLib::Option::Call : QuantLib::Option::Put;
      const QuantLib::BlackCalculator black(type, strike[row], spot / discount, deviation, discount);
      into[0][row] = black.value();
      into[1][row] = black.delta(spot);
      into[2][row] = black.gamma(spot);
      into[3][row] = black.vega(years[row]);
      into[4][row] = black.theta(spot, years[row]);
      into[5][row] = black.vanna(spot, years[row]);
      into[6][row] = black.volga(years[row]);
    }
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    if (taken.count() < best) best = taken.count();
  }
  for (int greek = 0; greek < 7; greek++) {
    std::ofstream out(folder + "/quantlib-" + names[greek] + ".bin", std::ios::binary);
    out.write(reinterpret_cast<const char*>(into[greek].data()), static_cast<std::streamsize>(count * sizeof(double)));
  }
  std::printf("{\"seconds\": %.9g}\n", best);
}
