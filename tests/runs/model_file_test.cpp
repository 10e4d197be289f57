#include "runs/model_file.h"

#include <gmock/gmock.h>

#include "base/error.h"
#include "support.h"
#include "train/network_options.h"

using namespace aver;
using aver::test::TemporaryFolder;
using testing::HasSubstr;

namespace {

ModelFile small_model() {
  NetworkChoice network("audio");
  network.as<AudioNetOptions>().max_frames = 20;
  network.as<AudioNetOptions>().mask_padding = true;
  ModelFile model;
  model.kind = "audio";
  model.classes = {"neutral", "happy", "bored"};
  model.input = {{"sample-rate", 22050}};
  model.network = network.to_json();
  model.training = {{"seed", 42}, {"epoch", 3}};
  model.normalisation = {{1.5F, -2.0F}, {1.0F, 4.0F}};
  model.weights["output.bias"] = {"F32", {2}, std::vector<std::byte>(8)};
  return model;
}

std::string error_of(const fs::path& path, const std::string& kind = "") {
  try {
    read_model(path, kind);
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

TEST(ModelFile, KeepsEverythingThatIsNeededToUseIt) {
  const TemporaryFolder folder;
  const ModelFile model = small_model();
  write_model(folder / "model.safetensors", model);
  const ModelFile read = read_model(folder / "model.safetensors", "audio");
  EXPECT_EQ(read.classes, model.classes);
  EXPECT_EQ(read.input, model.input);
  EXPECT_EQ(read.training, model.training);
  EXPECT_EQ(read.normalisation.mean, model.normalisation.mean);
  EXPECT_EQ(read.normalisation.deviation, model.normalisation.deviation);
  EXPECT_EQ(read.weights.at("output.bias").shape, std::vector<std::int64_t>{2});
  const NetworkChoice network = network_options(read);
  const auto& options = network.as<AudioNetOptions>();
  EXPECT_EQ(options.classes, 3);
  EXPECT_EQ(options.max_frames, 20);
  EXPECT_TRUE(options.mask_padding);
}

TEST(ModelFile, EqualModelsHaveEqualBytes) {
  const TemporaryFolder folder;
  write_model(folder / "a", small_model());
  write_model(folder / "b", small_model());
  EXPECT_EQ(read_file(folder / "a"), read_file(folder / "b"));
}

TEST(ModelFile, IsFoundInARunFolder) {
  const TemporaryFolder folder;
  EXPECT_THAT(error_of(folder.path()), HasSubstr("finished training run"));
  write_model(folder / "model.safetensors", small_model());
  EXPECT_EQ(read_model(folder.path(), "").kind, "audio");
}

TEST(ModelFile, AnotherKindIsRefused) {
  const TemporaryFolder folder;
  write_model(folder / "m", small_model());
  EXPECT_THAT(error_of(folder / "m", "visual"), HasSubstr("kind \"audio\""));
}

TEST(ModelFile, OtherSafetensorsFilesAreRefused) {
  const TemporaryFolder folder;
  write_safetensors(folder / "other", {{{"format", "pt"}}, {}});
  EXPECT_THAT(error_of(folder / "other"), HasSubstr("no model of aver"));
  write_safetensors(folder / "bare", {});
  EXPECT_THAT(error_of(folder / "bare"), HasSubstr("no model of aver"));
}

TEST(ModelFile, ANewerFormatIsRefused) {
  const TemporaryFolder folder;
  write_model(folder / "m", small_model());
  Safetensors content = read_safetensors(folder / "m");
  content.metadata["format_version"] = "99";
  write_safetensors(folder / "newer", content);
  EXPECT_THAT(error_of(folder / "newer"), HasSubstr("model format 99"));
}

TEST(ModelFile, DamagedFilesAreNamed) {
  const TemporaryFolder folder;
  write_model(folder / "m", small_model());
  const std::string whole = read_file(folder / "m");
  write_file(folder / "truncated", whole.substr(0, whole.size() - 5));
  write_file(folder / "text", "this is no safetensors file, only text of some length");
  write_file(folder / "empty", "");
  for (const char* name : {"truncated", "text", "empty", "missing"}) {
    EXPECT_THAT(error_of(folder / name), HasSubstr(name)) << name;
  }
  Safetensors content = read_safetensors(folder / "m");
  content.metadata["network"] = "{not json";
  write_safetensors(folder / "bad-json", content);
  EXPECT_THAT(error_of(folder / "bad-json"), HasSubstr("\"network\""));
}

TEST(ModelFile, ClassesThatAreNotDifferentNamesAreRefused) {
  const TemporaryFolder folder;
  for (const std::vector<std::string>& classes :
       {std::vector<std::string>{"happy", "happy"}, {"happy", ""}}) {
    ModelFile model = small_model();
    model.classes = classes;
    write_model(folder / "m", model);
    EXPECT_THAT(error_of(folder / "m"), HasSubstr("its classes are not different names: happy"));
  }
}

TEST(ModelFile, MissingNetworkOptionsAreAnError) {
  ModelFile model = small_model();
  model.network.erase("lstm");
  EXPECT_THAT([&] { network_options(model); },
              testing::ThrowsMessage<Error>(testing::HasSubstr("lstm")));
}

TEST(ModelFile, SaysItsArchitectureWhereItIsNotThePapers) {
  const TemporaryFolder folder;
  ModelFile model = small_model();
  write_model(folder / "papers", model);
  EXPECT_FALSE(read_safetensors(folder / "papers").metadata.contains("architecture"));
  EXPECT_TRUE(network_options(read_model(folder / "papers", "")).is_papers());
  model.architecture = "other-network";
  write_model(folder / "other", model);
  const ModelFile other = read_model(folder / "other", "");
  EXPECT_EQ(other.architecture, "other-network");
  EXPECT_THAT([&] { network_options(other); },
              testing::ThrowsMessage<Error>(
                  testing::AllOf(HasSubstr("other-network"), HasSubstr("known: paper-cnn-lstm"))));
}

TEST(ModelFile, VisualOptionsSurvive) {
  NetworkChoice network("visual");
  auto& options = network.as<VisualNetOptions>();
  options.padding = Padding::same;
  options.dense = {7};
  options.picture_size = 48;
  ModelFile model;
  model.kind = "visual";
  model.classes = {"a", "b"};
  model.network = network.to_json();
  const NetworkChoice described = network_options(model);
  const auto& read = described.as<VisualNetOptions>();
  EXPECT_EQ(read.padding, Padding::same);
  EXPECT_EQ(read.dense, options.dense);
  EXPECT_EQ(read.picture_size, 48);
  EXPECT_EQ(read.classes, 2);
}

}  // namespace
