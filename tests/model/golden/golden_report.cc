#include "tests/model/golden/golden_report.h"

#include <ATen/TensorOperators.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdio>

namespace tessera::golden {

std::string GoldenReport::Text(const std::vector<int>& value) { return fmt::format("[{}]", fmt::join(value, ", ")); }

void GoldenReport::Fail(const std::string& where, const std::string& message) {
  ++failed_;
  fmt::print("FAILED {}: {}\n", where, message);
}

void GoldenReport::Check(bool holds, const std::string& where, const std::string& message) {
  if (holds) {
    Pass();
  } else {
    Fail(where, message);
  }
}

void GoldenReport::Near(const at::Tensor& found, const at::Tensor& expected, const Tolerance& tolerance,
                        const std::string& where) {
  if (!found.sizes().equals(expected.sizes())) {
    Fail(where, fmt::format("expected shape [{}], found [{}]", fmt::join(expected.sizes(), ", "),
                            fmt::join(found.sizes(), ", ")));
    return;
  }
  const at::Tensor a = found.to(at::kDouble).flatten().contiguous();
  const at::Tensor b = expected.to(at::kDouble).flatten().contiguous();
  // Equal infinities (a masked end token) are no difference.
  const at::Tensor difference = (a - b).abs().masked_fill_(a == b, 0);
  if (tolerance.l2 > 0) {
    const double l2 = difference.norm().item<double>() / b.norm().item<double>();
    const double share = difference.max().item<double>() / b.abs().max().item<double>();
    Check(l2 <= tolerance.l2 && share <= tolerance.max_share, where,
          fmt::format("relative L2 error {:.3g} (bound {:.3g}), largest error / largest value {:.3g} (bound {:.3g})",
                      l2, tolerance.l2, share, tolerance.max_share));
    return;
  }
  const at::Tensor excess = difference - (b.abs() * tolerance.relative + tolerance.absolute).masked_fill_(a == b, 0);
  const auto worst = excess.argmax().item<std::int64_t>();
  const bool within = !(excess > 0).any().item<bool>() && !excess.isnan().any().item<bool>();
  Check(within, where,
        fmt::format("at flat index {} expected {:.9g}, found {:.9g}, bound {:.3g}", worst, b[worst].item<double>(),
                    a[worst].item<double>(),
                    tolerance.absolute + tolerance.relative * std::abs(b[worst].item<double>())));
}

int GoldenReport::Finish() const {
  fmt::print("{} passed, {} failed\n", passed_, failed_);
  return failed_ == 0 && passed_ > 0 ? 0 : 1;
}

}  // namespace tessera::golden
