#include "model/image/resize.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

#include "model/image/parallel_for.h"
#include "model/image/resize_passes.h"

namespace tessera {
namespace {

constexpr std::int32_t kRound = 1 << (kWeightBits - 1);
constexpr int kMinRowsPerThread = 16;

std::uint8_t ToByte(std::int32_t sum) { return static_cast<std::uint8_t>(std::clamp(sum >> kWeightBits, 0, 255)); }

/// Pillow Resample.c, bicubic_filter: the order of the operations matters to the last bit.
double Cubic(double x) {
  constexpr double a = -0.5;
  x = std::abs(x);
  if (x < 1.0) return ((a + 2.0) * x - (a + 3.0)) * x * x + 1;
  if (x < 2.0) return (((x - 5) * x + 8) * x - 4) * a;
  return 0.0;
}

/// Pillow Resample.c, bilinear_filter.
double Triangle(double x) {
  x = std::abs(x);
  return x < 1.0 ? 1.0 - x : 0.0;
}

struct Filter {
  double (*weight)(double x);
  double support;  // weight is zero outside of +-support
};

constexpr Filter kBicubic{.weight = Cubic, .support = 2.0};
constexpr Filter kBilinear{.weight = Triangle, .support = 1.0};

/// The integer weights of one axis: Pillow Resample.c, precompute_coeffs and normalize_coeffs_8bpc.
class AxisTable {
 public:
  AxisTable(int in_size, int out_size, const Filter& filter) {
    const double scale = static_cast<double>(in_size) / out_size;
    const double filter_scale = std::max(scale, 1.0);
    const double support = filter.support * filter_scale;
    const double inverse = 1.0 / filter_scale;
    const auto max_count =
        std::min(static_cast<std::size_t>(std::ceil(support)) * 2 + 1, static_cast<std::size_t>(in_size));
    taps_ = (max_count + 3) / 4 * 4;
    weights_.resize(taps_ * static_cast<std::size_t>(out_size));
    std::vector<double> exact(taps_);
    for (int i = 0; i < out_size; ++i) {
      const double center = (i + 0.5) * scale;
      const int first = std::max(0, static_cast<int>(center - support + 0.5));
      const int count = std::min(in_size, static_cast<int>(center + support + 0.5)) - first;
      double sum = 0.0;
      for (int k = 0; k < count; ++k) {
        const double weight = filter.weight((k + first - center + 0.5) * inverse);
        exact[static_cast<std::size_t>(k)] = weight;
        sum += weight;
      }
      std::int32_t* const row = &weights_[taps_ * static_cast<std::size_t>(i)];
      for (int k = 0; k < count; ++k) {
        const double weight = exact[static_cast<std::size_t>(k)] / sum * (1 << kWeightBits);
        row[k] = static_cast<std::int32_t>(weight + (weight < 0 ? -0.5 : 0.5));
      }
      first_.push_back(first);
      count_.push_back(count);
    }
  }

  AxisWeights view() const {
    return {.first = first_.data(),
            .count = count_.data(),
            .weights = weights_.data(),
            .taps = taps_,
            .outputs = static_cast<int>(first_.size())};
  }
  int first_input() const { return first_.front(); }
  int end_input() const { return first_.back() + count_.back(); }

 private:
  std::size_t taps_ = 0;
  std::vector<int> first_, count_;
  std::vector<std::int32_t> weights_;
};

struct Passes {
  decltype(&HorizontalRows) horizontal;
  decltype(&VerticalRows) vertical;
};

constexpr Passes kReferencePasses{.horizontal = HorizontalRows, .vertical = VerticalRows};

Passes FastestPasses() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) return {.horizontal = HorizontalRowsAvx2, .vertical = VerticalRowsAvx2};
#endif
  return kReferencePasses;
}

Image MakeImage(int width, int height) {
  Image image{.width = width, .height = height};
  image.rgb.resize(std::size_t{3} * static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
  return image;
}

ConstPlane PlaneOf(const Image& image) {
  return {.rgb = image.rgb.data(), .width = image.width, .height = image.height};
}

Image Resize(const Image& image, int width, int height, const Filter& filter, int threads, const Passes& passes) {
  if (width < 1 || height < 1 || image.width < 1 || image.height < 1) {
    throw std::invalid_argument(
        fmt::format("resize: from {} x {} to {} x {} pixels", image.width, image.height, width, height));
  }
  if (width == image.width && height == image.height) return image;
  if (height == image.height) {
    const AxisTable columns(image.width, width, filter);
    Image out = MakeImage(width, height);
    ParallelFor(height, threads, kMinRowsPerThread, [&](int begin, int end) {
      passes.horizontal(PlaneOf(image), 0, columns.view(), begin, end, out.rgb.data());
    });
    return out;
  }

  const AxisTable rows(image.height, height, filter);
  Image narrowed;  // only the rows that the vertical pass reads
  int first_row = 0;
  if (width != image.width) {
    const AxisTable columns(image.width, width, filter);
    first_row = rows.first_input();
    narrowed = MakeImage(width, rows.end_input() - first_row);
    ParallelFor(narrowed.height, threads, kMinRowsPerThread, [&](int begin, int end) {
      passes.horizontal(PlaneOf(image), first_row, columns.view(), begin, end, narrowed.rgb.data());
    });
  }
  const ConstPlane in = PlaneOf(width != image.width ? narrowed : image);
  Image out = MakeImage(width, height);
  ParallelFor(height, threads, kMinRowsPerThread,
              [&](int begin, int end) { passes.vertical(in, first_row, rows.view(), begin, end, out.rgb.data()); });
  return out;
}

}  // namespace

void HorizontalRows(const ConstPlane& in, int first_row, const AxisWeights& axis, int begin, int end,
                    std::uint8_t* out) {
  const auto in_stride = std::size_t{3} * static_cast<std::size_t>(in.width);
  for (int y = begin; y < end; ++y) {
    const std::uint8_t* const row = in.rgb + in_stride * static_cast<std::size_t>(first_row + y);
    std::uint8_t* pixel = out + std::size_t{3} * static_cast<std::size_t>(axis.outputs) * static_cast<std::size_t>(y);
    const std::int32_t* weights = axis.weights;
    for (int x = 0; x < axis.outputs; ++x, pixel += 3, weights += axis.taps) {
      const std::uint8_t* source = row + std::size_t{3} * static_cast<std::size_t>(axis.first[x]);
      std::int32_t sums[3] = {kRound, kRound, kRound};
      for (int k = 0; k < axis.count[x]; ++k, source += 3) {
        for (int c = 0; c < 3; ++c) sums[c] += source[c] * weights[k];
      }
      for (int c = 0; c < 3; ++c) pixel[c] = ToByte(sums[c]);
    }
  }
}

void VerticalBytes(const std::uint8_t* rows, std::size_t stride, const std::int32_t* weights, int count,
                   std::size_t begin, std::size_t end, std::uint8_t* out) {
  for (std::size_t i = begin; i < end; ++i) {
    std::int32_t sum = kRound;
    for (int k = 0; k < count; ++k) sum += rows[stride * static_cast<std::size_t>(k) + i] * weights[k];
    out[i] = ToByte(sum);
  }
}

void VerticalRows(const ConstPlane& in, int first_row, const AxisWeights& axis, int begin, int end, std::uint8_t* out) {
  const auto stride = std::size_t{3} * static_cast<std::size_t>(in.width);
  for (int y = begin; y < end; ++y) {
    VerticalBytes(in.rgb + stride * static_cast<std::size_t>(axis.first[y] - first_row), stride,
                  axis.weights + axis.taps * static_cast<std::size_t>(y), axis.count[y], 0, stride,
                  out + stride * static_cast<std::size_t>(y));
  }
}

Image ResizeBicubic(const Image& image, int width, int height, int threads) {
  return Resize(image, width, height, kBicubic, threads, FastestPasses());
}

Image ResizeBilinear(const Image& image, int width, int height, int threads) {
  return Resize(image, width, height, kBilinear, threads, FastestPasses());
}

Image ResizeBicubicReference(const Image& image, int width, int height) {
  return Resize(image, width, height, kBicubic, 1, kReferencePasses);
}

}  // namespace tessera
