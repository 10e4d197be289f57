// Writes the first inputs of the fuzzer's targets: make_seeds FOLDER makes FOLDER/TARGET/….
#include <cstdio>
#include <exception>

#include "base/csv.h"
#include "base/error.h"
#include "base/files.h"
#include "store/npy.h"
#include "store/safetensors.h"

using namespace aver;

namespace {

void npy(const fs::path& folder) {
  write_npy(folder / "matrix.npy", {{2, 3}, {1, 2, 3, 4, 5, 6}});
  write_npy(folder / "empty.npy", {{0}, {}});
  std::string doubles = read_file(folder / "matrix.npy");
  doubles.replace(doubles.find("(2, 3)"), 6, "(3,)  ");
  doubles.replace(doubles.find("<f4"), 3, "<f8");
  write_file(folder / "doubles.npy", doubles);
}

void safetensors(const fs::path& folder) {
  Safetensors content;
  content.metadata = {{"format", "pt"}};
  content.tensors["a"] = {"F32", {2, 1}, std::vector<std::byte>(8)};
  content.tensors["b"] = {"I64", {}, std::vector<std::byte>(8)};
  write_safetensors(folder / "two.safetensors", content);
}

void csv(const fs::path& folder) {
  write_file(folder / "ours.csv", "clip,fold,role\na,0,train\n\"b,c\",0,\"te\"\"st\"\n");
  write_file(folder / "pandas.csv", ",clip,label\n0,a,happy\n1,b,sad\n");
  write_file(folder / "excel.csv", "sep=;\r\nclip;happy\r\na; \"0,5\"\r\n");
  write_file(folder / "tabs.csv",
             "\xEF\xBB\xBF"
             "clip\thappy\rx\t1\r");
  write_file(folder / "utf16.csv", std::string_view("\xFF\xFE"
                                                    "a\0,\0b\0\n\0"
                                                    "1\0,\0"
                                                    "2\0\n\0",
                                                    18));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: make_seeds FOLDER\n", stderr);
    return 2;
  }
  try {
    const fs::path seeds = argv[1];
    npy(seeds / "npy");
    safetensors(seeds / "safetensors");
    csv(seeds / "csv");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "make_seeds: %s\n", error.what());
    return 1;
  }
}
