#include "explain/attribution.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "explain/attribution_check.h"
#include "explain/modality_share.h"
#include "nn/mirrored_answers.h"
#include "nn/res_gru.h"
#include "nn/resnet_small.h"
#include "nn/series_nets.h"
#include "nn/visual_net.h"

namespace aver::test {
namespace {

// Weights and inputs of scripts/make_golden_explanations.py.

torch::Tensor wave(std::int64_t count, double step, double phase) {
  auto values = torch::empty({count});
  for (std::int64_t i = 0; i < count; ++i) {
    values.data_ptr<float>()[i] =
        static_cast<float>(std::sin(step * static_cast<double>(i) + phase));
  }
  return values;
}

torch::Tensor scattered(std::int64_t count, int number) {
  auto values = torch::empty({count});
  for (std::int64_t i = 0; i < count; ++i) {
    const double v = 43758.5453 * std::sin(12.9898 * static_cast<double>(i) + 78.233 * number);
    values.data_ptr<float>()[i] = static_cast<float>(2 * (v - std::floor(v)) - 1);
  }
  return values;
}

void fill(Network& network) {
  const torch::NoGradGuard no_gradients;
  std::map<std::string, torch::Tensor> tensors;
  for (const auto& item : network.named_parameters()) tensors[item.key()] = item.value();
  for (const auto& item : network.named_buffers()) {
    if (item.value().is_floating_point()) tensors[item.key()] = item.value();
  }
  int number = 0;
  for (auto& [name, tensor] : tensors) {
    auto values = .3 * scattered(tensor.numel(), number++);
    const bool around_one = name.find("norm") != std::string::npos &&
                            (name.ends_with(".weight") || name.ends_with(".running_var"));
    tensor.copy_((values + (around_one ? 1 : 0)).view(tensor.sizes()));
  }
  network.eval();
}

torch::Tensor golden(const std::string& name) {
  std::ifstream file(fs::path(AVER_GOLDEN_DIR) / "explanations.json");
  std::vector<torch::Tensor> maps;
  const auto all = nlohmann::json::parse(file);
  for (const auto& map : all.at(name)) {
    maps.push_back(torch::tensor(map.get<std::vector<float>>()));
  }
  return torch::stack(maps);
}

double furthest(const torch::Tensor& one, const torch::Tensor& other) {
  return (one.flatten() - other.flatten()).abs().max().item<double>();
}

NetworkInput pictures() {
  return {(.5 + .5 * wave(2 * 3 * 32 * 32, .013, 0)).view({2, 3, 32, 32}),
          torch::full({2}, 32, torch::kInt64)};
}

std::shared_ptr<Network> face_network() {
  ResnetSmallOptions options;
  options.classes = 4;
  options.picture_size = 32;
  options.filters = {8, 12, 16};
  options.blocks = 1;
  auto network = make_resnet_small(options, 1);
  fill(*network);
  return network;
}

std::shared_ptr<Network> linear_network(int classes, int features) {
  SeriesLinearOptions options;
  options.classes = classes;
  options.coefficients = features;
  auto network = make_series_linear(options, 1);
  fill(*network);
  return network;
}

TEST(GradCam, OfAFaceEqualsPytorchGradCam) {
  const auto network = face_network();
  const auto found = grad_cam(*network, pictures(), 2);
  EXPECT_EQ(found.layer, "block3_1");
  EXPECT_EQ(found.grid_rows, 4);
  EXPECT_LT(furthest(found.places, golden("face")), 1e-4);
}

TEST(HiResCam, OfAFaceEqualsPytorchGradCam) {
  const auto network = face_network();
  const auto found = hires_cam(*network, pictures(), 2);
  EXPECT_EQ(found.method, "HiResCAM");
  EXPECT_LT(furthest(found.places, golden("face, HiResCAM")), 1e-4);
}

TEST(HiResCam, NeedsALayerWithPlaces) {
  const auto network = linear_network(3, 4);
  const NetworkInput input = {torch::rand({1, 5, 4}), torch::full({1}, 5, torch::kInt64)};
  EXPECT_THROW(attribution_of(*network, input, 1, {"hires-cam"}), UsageError);
  EXPECT_THROW(attribution_of(*network, input, 1, {"grad-cam"}), UsageError);
}

TEST(GradCam, OfMelLevelsEqualsPytorchGradCam) {
  ResGruOptions options;
  options.classes = 4;
  options.coefficients = 16;
  options.filters = {4, 6};
  options.gru = 5;
  options.attention = 4;
  const auto network = make_res_gru(options, 1);
  fill(*network);
  const NetworkInput series = {wave(46 * 16, .11, 1).view({1, 46, 16}),
                               torch::full({1}, 46, torch::kInt64)};
  EXPECT_LT(furthest(grad_cam(*network, series, 1).places, golden("voice")), 1e-4);
}

TEST(GradCam, OfThePapersNetworkLooksAtItsLastConvolutionAndLeavesTheAnswer) {
  VisualNetOptions options;
  options.classes = 4;
  options.filters = {4, 6};
  options.picture_size = 32;
  const auto network = make_visual_net(options, 1);
  network->eval();
  const auto input = pictures();
  const auto before = network->forward(input.values, input.lengths);
  EXPECT_EQ(grad_cam(*network, input, 0).layer, "conv2");
  EXPECT_TRUE(network->forward(input.values, input.lengths).equal(before));
}

TEST(GradCam, OfMirroredAnswersIsTheMeanOfBothViewsTheOtherWayRound) {
  const auto network = face_network();
  MirroredAnswers mirrored(network);
  mirrored.eval();
  NetworkInput input = pictures();
  const auto plain = grad_cam(*network, input, 2).places;
  const auto both = grad_cam(mirrored, input, 2).places;
  input.values = input.values.flip({3});
  const auto turned = grad_cam(*network, input, 2).places.flip({2});
  EXPECT_LT(furthest(both, (plain + turned) / 2), 1e-6);
}

TEST(IntegratedGradients, OfALinearModelAreItsProducts) {
  const auto network = linear_network(3, 5);
  const NetworkInput input = {wave(2 * 7 * 5, .4, 0).view({2, 7, 5}),
                              torch::tensor({7, 7}, torch::kInt64)};
  const auto found = attribution_of(*network, input, 1, {"auto", 8});
  EXPECT_EQ(found.method, "integrated gradients");
  const auto weights = network->named_parameters()["output.weight"][1];
  EXPECT_LT(furthest(found.places, input.values * weights / 7), 1e-6);
  EXPECT_LT(found.gap.value(), 1e-5);
}

TEST(IntegratedGradients, AddUpToWhatTheClipAddsToTheLogit) {
  SeriesGruOptions options;
  options.classes = 3;
  options.coefficients = 5;
  options.units = 8;
  options.gru = 6;
  const auto network = make_series_gru(options, 1);
  fill(*network);
  const NetworkInput input = {wave(9 * 5, .7, 0).view({1, 9, 5}),
                              torch::tensor({9}, torch::kInt64)};
  const auto coarse = integrated_gradients(*network, input, 1, 4);
  const auto fine = integrated_gradients(*network, input, 1, 256);
  EXPECT_LT(fine.gap.value(), .01);
  EXPECT_LE(fine.gap.value(), coarse.gap.value());
}

TEST(Occlusion, OfALinearModelIsWhatEachPlaceAddsToTheAnswer) {
  const auto network = linear_network(3, 5);
  // One step for each place of a grid that is no coarser than the input.
  const NetworkInput input = {wave(2 * 7 * 5, .4, 0).view({2, 7, 5}),
                              torch::tensor({7, 6}, torch::kInt64)};
  const auto found = attribution_of(*network, input, 1, {"occlusion"});
  EXPECT_EQ(found.method, "occlusion");
  EXPECT_FALSE(found.gap);
  EXPECT_EQ(found.grid_rows, 7);
  EXPECT_EQ(found.grid_columns, 5);
  const auto likely = [&](const torch::Tensor& values) {
    return torch::log_softmax(network->forward(values, input.lengths), 1).select(1, 1);
  };
  auto without = input.values.clone();
  without.slice(1, 2, 5).slice(2, 1, 4) = 0;  // the place at 3, 2 and half of those around it
  const auto drop = likely(input.values) - likely(without);
  EXPECT_LT(furthest(found.places.select(1, 3).select(1, 2), drop), 1e-6);
}

TEST(Occlusion, MarksThePlaceOfAFaceThatTheNetworkLooksAt) {
  const auto network = face_network();
  const auto found = occlusion(*network, pictures(), 2);
  EXPECT_EQ(found.grid_rows, 8);
  EXPECT_EQ(found.places.sizes(),
            torch::IntArrayRef(
                {pictures().values.size(0), pictures().values.size(2), pictures().values.size(3)}));
  const Deletion deletion(*network, pictures(), 2);
  EXPECT_LT(deletion.area(found.places), deletion.random_area(found, 1));
}

TEST(AttributionCheck, TakingAwayWhatCountsHurtsMoreThanRandomPlaces) {
  const auto network = linear_network(2, 6);
  const NetworkInput input = {4 * wave(8 * 6, 1.3, 0).view({1, 8, 6}),
                              torch::tensor({8}, torch::kInt64)};
  auto found = attribution_of(*network, input, 0, {"auto", 8});
  const Deletion deletion(*network, input, 0);
  const double own = deletion.area(found.places);
  const double random = deletion.random_area(found, 1);
  EXPECT_LT(own, random);
  EXPECT_GT(deletion.area(-found.places), random);
  EXPECT_EQ(random, deletion.random_area(found, 1));
  EXPECT_NEAR(correlation(found, found), 1, 1e-9);
  shuffle_weights(*network, 3);
  EXPECT_LT(correlation(found, attribution_of(*network, input, 0, {"auto", 8})), .999);
}

TEST(AttributionCheck, WhatIsBeyondAClipsEndIsNeverTakenAway) {
  const auto network = linear_network(2, 3);
  const auto own = wave(4 * 3, 1.3, 0).view({1, 4, 3});
  const auto length = torch::tensor({4}, torch::kInt64);
  const auto found = attribution_of(*network, {own, length}, 0, {"auto", 8});
  const NetworkInput padded = {torch::constant_pad_nd(own, {0, 0, 0, 5}), length};
  EXPECT_DOUBLE_EQ(Deletion(*network, padded, 0).area(found.places),
                   Deletion(*network, {own, length}, 0).area(found.places));
}

TEST(ModalityShares, AddUpToWhatBothSayBeyondChance) {
  const std::vector<std::string> classes = {"calm", "happy"};
  RecogniserConfig config;
  config.rule = "mean";
  const ClipFusion fusion(config, classes);
  const auto shares = modality_shares(fusion, {.9, .1}, {.4, .6}, 0);
  EXPECT_NEAR(shares.visual, ((.9 - .5) + (.65 - .4)) / 2, 1e-12);
  EXPECT_NEAR(shares.visual + shares.audio, .65 - .5, 1e-12);
  EXPECT_LT(shares.audio, 0);
  EXPECT_NEAR(modality_shares(fusion, {.9, .1}, {}, 0).visual, .4, 1e-12);
}

}  // namespace
}  // namespace aver::test
