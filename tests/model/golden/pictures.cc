// Tile grids, resizing, decoding and pixel values: all exact.
#include <ATen/ops/from_blob.h>
#include <fmt/format.h>

#include <cmath>
#include <sstream>

#include "harness/base/files.h"
#include "harness/base/hash.h"
#include "harness/base/strings.h"
#include "model/image/resize.h"
#include "model/image/tiling.h"
#include "tests/model/golden/golden_files.h"

namespace tessera::golden {
namespace {

constexpr int kThreads = 2;

struct Table {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
};

Table ReadCsv(const std::filesystem::path& path) {
  Table table;
  std::istringstream text(ReadFile(path));
  std::string line;
  std::getline(text, line);
  table.columns = Split(line, ',');
  while (std::getline(text, line)) {
    if (!line.empty()) table.rows.push_back(Split(line, ','));
  }
  return table;
}

std::string GridText(const TileGrid& grid) { return fmt::format("{}x{}", grid.columns, grid.rows); }

/// width, height, then one grid per column "maxN", at tile size 448.
void CheckGridTable(const Table& table, const std::string& name, GoldenReport& report) {
  for (const std::vector<std::string>& row : table.rows) {
    for (std::size_t c = 2; c < table.columns.size(); ++c) {
      const TilingSettings settings{.max_tiles = std::stoi(table.columns[c].substr(3))};
      const TileGrid grid = ChooseTileGrid(std::stoi(row[0]), std::stoi(row[1]), settings);
      report.Equal(GridText(grid), row[c], fmt::format("tiling/{}: {}x{} {}", name, row[0], row[1], table.columns[c]));
    }
  }
}

/// width, height, image_size, min_num, max_num, cols, rows, num_tiles_with_thumbnail.
void CheckGridList(const Table& table, const std::string& name, GoldenReport& report) {
  for (const std::vector<std::string>& row : table.rows) {
    const TilingSettings settings{
        .tile_size = std::stoi(row[2]), .min_tiles = std::stoi(row[3]), .max_tiles = std::stoi(row[4])};
    const TileGrid grid = ChooseTileGrid(std::stoi(row[0]), std::stoi(row[1]), settings);
    report.Equal(fmt::format("{},{},{}", grid.columns, grid.rows, TileCount(grid)),
                 fmt::format("{},{},{}", row[5], row[6], row[7]),
                 fmt::format("tiling/{}: {}x{} at {}, max {}", name, row[0], row[1], row[2], row[4]));
  }
}

void CheckDecode(const std::filesystem::path& root, const Json& entry, GoldenReport& report) {
  const auto name = entry.at("image").get<std::string>();
  const std::string where = "decode " + name;
  RequireKnownKeys(entry,
                   {"image", "format", "pil_mode", "width", "height", "exif_orientation", "rgb_sha256", "samples",
                    "mean_rgb", "decoded_png"},
                   where, report);
  const Image image = ReadImage(root / "images" / name);
  report.Equal(image.width, entry.at("width").get<int>(), where + " width");
  report.Equal(image.height, entry.at("height").get<int>(), where + " height");
  report.Equal(Sha256(image.rgb), entry.at("rgb_sha256").get<std::string>(), where + " pixels");
  if (entry.contains("decoded_png") && !entry.at("decoded_png").is_null()) {
    const Image decoded = ReadImage(root / entry.at("decoded_png").get<std::string>());
    report.Check(decoded.rgb == image.rgb, where, "pixels differ from " + entry.at("decoded_png").get<std::string>());
  }
}

void CheckPixelValues(const std::filesystem::path& root, const Json& entry, GoldenReport& report) {
  const auto name = entry.at("image").get<std::string>();
  const TilingSettings settings{.tile_size = entry.at("image_size").get<int>(),
                                .max_tiles = entry.at("max_num").get<int>()};
  const std::string where =
      fmt::format("preprocess {} size {} max_num {}", name, settings.tile_size, settings.max_tiles);
  RequireKnownKeys(entry,
                   {"image", "image_size", "max_num", "cols", "rows", "num_tiles", "tiles_u8_sha256",
                    "pixel_values_f32_sha256", "pixel_values_bf16_sha256", "tile_mean_u8", "samples", "note"},
                   where, report);
  const Image image = ReadImage(root / "images" / name);
  const TileBatch batch = MakeTiles(image, settings, kThreads);
  report.Equal(batch.grid.columns, entry.at("cols").get<int>(), where + " columns");
  report.Equal(batch.grid.rows, entry.at("rows").get<int>(), where + " rows");
  report.Equal(TileCount(batch.grid), entry.at("num_tiles").get<int>(), where + " tiles");
  const at::Tensor half =
      at::from_blob(const_cast<float*>(batch.pixels.data()), {static_cast<std::int64_t>(batch.pixels.size())},
                    at::TensorOptions().dtype(at::kFloat))
          .to(at::kBFloat16);
  // An entry without tiling holds only some of the hashes.
  const auto hash = [&](const std::string& field, const std::string& found) {
    if (entry.contains(field)) report.Equal(found, entry.at(field).get<std::string>(), where + " " + field);
  };
  hash("tiles_u8_sha256", Sha256(CutTiles(image, batch.grid, settings.tile_size, kThreads)));
  hash("pixel_values_f32_sha256", Sha256OfFloats(batch.pixels));
  hash("pixel_values_bf16_sha256",
       Sha256(std::string_view(static_cast<const char*>(half.const_data_ptr()), half.nbytes())));
}

}  // namespace

void CheckTiling(const std::filesystem::path& folder, GoldenReport& report) {
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    const std::string name = file.path().filename().string();
    const Table table = ReadCsv(file.path());
    if (Join(table.columns, ",").starts_with("width,height,max")) {
      CheckGridTable(table, name, report);
    } else if (Join(table.columns, ",") ==
               "width,height,image_size,min_num,max_num,cols,rows,num_tiles_with_thumbnail") {
      CheckGridList(table, name, report);
    } else {
      report.Fail("tiling/" + name, "unknown columns " + Join(table.columns, ","));
    }
  }
}

void CheckResize(const std::filesystem::path& folder, GoldenReport& report) {
  const Json manifest = ReadJsonFile(folder / "manifest.json");
  for (const Json& entry : manifest.at("cases")) {
    const std::string where = "resize " + entry.at("output").get<std::string>();
    RequireKnownKeys(entry, {"id", "input", "output", "in_size", "out_size", "content", "out_rgb_sha256"}, where,
                     report);
    const Image input = ReadImage(folder / entry.at("input").get<std::string>());
    const Image expected = ReadImage(folder / entry.at("output").get<std::string>());
    const Image found =
        ResizeBicubic(input, entry.at("out_size").at(0).get<int>(), entry.at("out_size").at(1).get<int>(), kThreads);
    report.Check(found.rgb == expected.rgb, where, "pixels differ");
    report.Equal(Sha256(found.rgb), entry.at("out_rgb_sha256").get<std::string>(), where + " hash");
  }
}

void CheckPreprocess(const std::filesystem::path& root, GoldenReport& report) {
  for (const Json& entry : ReadJsonLines(root / "preprocess" / "decode.jsonl")) CheckDecode(root, entry, report);
  for (const Json& entry : ReadJsonLines(root / "preprocess" / "preprocess.jsonl"))
    CheckPixelValues(root, entry, report);
}

}  // namespace tessera::golden
