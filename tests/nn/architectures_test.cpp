#include "nn/architectures.h"

#include <gmock/gmock.h>

#include <limits>
#include <set>

#include "base/error.h"
#include "base/options.h"
#include "nn/network.h"

using namespace aver;
using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;

namespace {

TEST(Architectures, TheFirstOfAModalityIsThePapers) {
  EXPECT_EQ(NetworkChoice("audio").architecture().name, "paper-cnn-lstm");
  EXPECT_EQ(NetworkChoice("visual").architecture().name, "paper-cnn");
  EXPECT_TRUE(NetworkChoice("audio").is_papers());
  EXPECT_EQ(find_architecture("audio", ""), find_architecture("audio", "paper-cnn-lstm"));
  EXPECT_EQ(find_architecture("audio", "paper-cnn"), nullptr) << "of the other modality";
  EXPECT_EQ(find_architecture("smell", ""), nullptr);
  EXPECT_THROW(NetworkChoice("smell"), Error);
}

TEST(Architectures, AllHaveNamesOfTheirOwnAndSayWhatTheyAre) {
  std::set<std::pair<std::string_view, std::string_view>> names;
  for (const Architecture& row : architectures()) {
    EXPECT_TRUE(names.emplace(row.modality, row.name).second) << row.name;
    EXPECT_NE(row.help, "") << row.name;
    EXPECT_NE(row.title, "") << row.name;
  }
}

TEST(Architectures, AllAnswerOncePerItemAndClass) {
  torch::NoGradGuard no_grad;
  for (const Architecture& row : architectures()) {
    NetworkChoice choice(row);
    choice.set_classes(3);
    const auto network = choice.make(1);
    network->eval();
    auto shape = network->input_shape();
    shape.insert(shape.begin(), 2);
    const auto logits = network->forward(torch::rand(shape), torch::full({2}, shape[1]));
    EXPECT_EQ(logits.sizes(), torch::IntArrayRef({2, 3})) << row.name;
  }
}

TEST(Architectures, AllTellAModelFileWhatMakesThemAgain) {
  for (const Architecture& row : architectures()) {
    const NetworkChoice choice(row);
    const nlohmann::json told = choice.to_json();
    NetworkChoice again(row);
    again.from_json(told);
    EXPECT_EQ(again.to_json(), told) << row.name;
    for (const auto& [key, value] : told.items()) {
      nlohmann::json wrong = told;
      wrong[key] = nlohmann::json::object();
      EXPECT_THROW(again.from_json(wrong), Error) << row.name << ": " << key;
    }
  }
}

std::size_t numbers_in(const Network& network) {
  std::int64_t count = 0;
  for (const auto& tensor : network.parameters()) count += tensor.numel();
  for (const auto& tensor : network.buffers()) count += tensor.numel();
  return static_cast<std::size_t>(count);
}

TEST(Architectures, ThoseThatCountTheirWeightsCountThemRight) {
  std::vector<NetworkChoice> choices;
  for (const Architecture& row : architectures()) choices.emplace_back(row);
  NetworkChoice audio("audio"), visual("visual");
  auto& series = audio.as<AudioNetOptions>();
  series.filters = {3, 4, 5};
  series.padding = Padding::valid;
  series.third_norm = false;
  series.lstm = {7};
  visual.as<VisualNetOptions>().dense = {};
  visual.as<VisualNetOptions>().padding = Padding::same;
  choices.push_back(audio);
  choices.push_back(visual);
  for (NetworkChoice& choice : choices) {
    choice.set_classes(3);
    const std::size_t numbers = numbers_in(*choice.make(1));
    EXPECT_EQ(choice.weights().value_or(numbers), numbers) << choice.architecture().name;
  }
  EXPECT_TRUE(audio.weights() && visual.weights()) << "the paper's do";
}

TEST(Architectures, TheDescriptionCountsEveryWeight) {
  for (const Architecture& row : architectures()) {
    const auto network = NetworkChoice(row).make(1);
    std::int64_t told = 0, counted = 0;
    for (const Layer& layer : describe(*network)) told += layer.parameters;
    for (const auto& weights : network->parameters()) {
      if (weights.requires_grad()) counted += weights.numel();
    }
    for (const auto& statistics : network->buffers()) {
      if (statistics.is_floating_point()) counted += statistics.numel();
    }
    EXPECT_EQ(told, counted) << row.modality << ' ' << row.name;
  }
}

TEST(Architectures, SizesBeyondAllMemoryAreCountedAndNotMade) {
  NetworkChoice audio("audio"), visual("visual");
  audio.as<AudioNetOptions>().lstm = {2147483647, 2147483647};
  visual.as<VisualNetOptions>().picture_size = 16384;
  visual.as<VisualNetOptions>().filters = {2147483647};
  visual.as<VisualNetOptions>().dense = {2147483647};
  for (const NetworkChoice* choice : {&audio, &visual}) {
    EXPECT_EQ(choice->weights(), std::numeric_limits<std::size_t>::max());
  }
}

TEST(NetworkChoice, NamesThoseThereAreWhenOneIsUnknown) {
  NetworkChoice choice("audio");
  EXPECT_THAT([&] { choice.choose("paper-cnn-lstn"); },
              ThrowsMessage<UsageError>(AllOf(HasSubstr("no such audio network"),
                                              HasSubstr("did you mean paper-cnn-lstm?"),
                                              HasSubstr("known: paper-cnn-lstm"))));
  EXPECT_THAT([&] { choice.choose(""); },
              ThrowsMessage<UsageError>(HasSubstr("known: paper-cnn-lstm")));
  EXPECT_EQ(choice.architecture().name, "paper-cnn-lstm") << "it is left as it was";
}

TEST(NetworkChoice, KeepsItsOptionsWhenItIsChosenAgain) {
  NetworkChoice choice("visual");
  choice.as<VisualNetOptions>().dropout = 0.25;
  choice.choose("paper-cnn");
  EXPECT_EQ(choice.as<VisualNetOptions>().dropout, 0.25);
}

TEST(NetworkChoice, ACopyHasOptionsOfItsOwn) {
  NetworkChoice first("audio");
  first.as<AudioNetOptions>().dense = 7;
  NetworkChoice second = first;
  second.as<AudioNetOptions>().dense = 9;
  EXPECT_EQ(first.as<AudioNetOptions>().dense, 7);
  first = second;
  second.as<AudioNetOptions>().dense = 11;
  EXPECT_EQ(first.as<AudioNetOptions>().dense, 9);
}

TEST(NetworkChoice, DoesNotTakeTheOptionsOfAnotherNetwork) {
  NetworkChoice choice("audio");
  EXPECT_EQ(choice.as<SeriesNetworkOptions>().max_frames, 228);
  EXPECT_THAT([&] { choice.as<PictureNetworkOptions>(); },
              ThrowsMessage<Error>(HasSubstr("paper-cnn-lstm")));
}

TEST(NetworkChoice, CannotBeChangedThroughOptionsOfAnotherArchitecture) {
  NetworkChoice choice("audio");
  Options options;
  choice.describe(options);
  EXPECT_EQ(options.find("architecture")->read({"paper-cnn-lstm"}), "");
  EXPECT_THROW(options.find("architecture")->read({"other"}), UsageError);
}

TEST(NetworkChoice, IsNotMadeWithOneClass) {
  NetworkChoice choice("visual");
  choice.set_classes(1);
  EXPECT_THAT([&] { choice.make(0); }, ThrowsMessage<UsageError>(HasSubstr("two classes, not 1")));
}

}  // namespace
