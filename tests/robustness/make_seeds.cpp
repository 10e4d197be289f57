// Writes the first inputs of the fuzzer's targets: make_seeds FOLDER makes FOLDER/TARGET/…. Those
// that other programs make (containers, WebP) come from scripts/fuzz.sh.
#include <cstdio>
#include <exception>
#include <nlohmann/json.hpp>
#include <opencv2/core.hpp>
#include <span>

#include "base/error.h"
#include "base/files.h"
#include "corpus/known_corpora.h"
#include "media/audio_file.h"
#include "media/image_file.h"
#include "media/jpeg_encoder.h"
#include "protocol/split_file.h"
#include "runs/model_file.h"
#include "store/npy.h"
#include "store/predictions.h"
#include "store/safetensors.h"
#include "store/stage.h"
#include "store/stage_records.h"

using namespace aver;

namespace {

constexpr const char* kClip = "01-01-03-01-01-01-01";

/// Files in a row with zero bytes between them, as targets of several files take them.
std::string joined(std::initializer_list<std::string> files) {
  std::string text;
  for (const std::string& file : files) text += text.empty() ? file : '\0' + file;
  return text;
}

std::string if_there(const fs::path& path) {
  return fs::exists(path) ? read_file(path) : std::string();
}

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

void model(const fs::path& folder) {
  ModelFile model;
  model.kind = "audio";
  model.classes = {"happy", "sad"};
  model.input = {{"sample-rate", 48000}, {"coefficients", 40}};
  model.network = {{"channels", {8, 16}}, {"dropout", 0.5}};
  model.training = {{"seed", 1}, {"protocol", "clip"}};
  model.normalisation = {{0, 1}, {1, 1}};
  model.weights["linear.weight"] = {"F32", {2, 1}, std::vector<std::byte>(8)};
  const fs::path whole = folder / "whole.safetensors";
  write_model(whole, model);
  const std::string bytes = read_file(whole);
  write_file(folder / "header.json", bytes.substr(8, bytes.rfind('}') - 7));
}

void csv(const fs::path& folder) {
  write_file(folder / "ours.csv", "clip,fold,role\na,0,train\n\"b,c\",0,\"te\"\"st\"\n");
  write_file(folder / "pandas.csv", ",clip,label\n0,a,happy\n1,b,sad\n");
  write_file(folder / "excel.csv", "sep=;\r\nclip;happy\r\na; \"0,5\"\r\n");
  write_file(folder / "tabs.csv",
             "\xEF\xBB\xBF"
             "clip\thappy\rx\t1\r");
  const char wide[] =
      "\xFF\xFE"
      "a\0,\0b\0\n\0"
      "1\0,\0"
      "2\0\n";
  write_file(folder / "utf16.csv", std::string_view(wide, sizeof(wide)));
}

void predictions(const fs::path& folder) {
  const Prediction row{kClip, 0, Role::test, "happy", {0.25, 0.75}};
  write_predictions(folder / "ours.csv", {{"happy", "sad"}, {row}});
  write_file(folder / "pandas.csv",
             ",filename,emotion,Happiness,sadness\n0,audio/03-01-03-01-01-01-01.wav,happy,.4,.6\n");
  write_file(folder / "logits.csv", "clip;fold;happy;sad\r\na;1.0;-2,5;3\r\nb;0.0;1;4\r\n");
  write_file(folder / "windows.csv", "clip\tneutral\tangry\nC:\\data\\a.wav\t0.5\t0.5\n");
}

void split(const fs::path& folder) {
  Split split;
  split.protocol = "actor-5";
  split.seed = 7;
  split.rows = {{0, kClip, Role::train},
                {0, "02-01-04-01-01-01-02", Role::validation},
                {1, kClip, Role::test}};
  write_split(folder / "split.csv", split);
  write_file(folder / "both",
             joined({read_file(folder / "split.csv"), read_file(folder / "split.json")}));
  fs::remove(folder / "split.json");
  write_file(folder / "pandas.csv", ",fold,clip,role\n0,4.0,a.mp4,Train\n1,4.0,b.mp4,test\n");
}

StageClip clip_of_stage(const std::string& name) {
  StageClip clip{ravdess().read(name, "").recording, name + ".mp4", {1, 1}, {}};
  clip.outputs.push_back({"Actor_01/happy/" + name + ".wav", "480"});
  return clip;
}

void stage(const fs::path& folder) {
  const fs::path made = folder / "made";
  const StageDescription description{"aver-extract-audio", "audio", {{"sample-rate", 48000}}};
  const StageClip one = clip_of_stage("01-01-03-01-01-01-01"),
                  two = clip_of_stage("01-01-04-01-01-01-02");
  const auto records = [&](const fs::path& of) {
    return joined({if_there(of / kManifestFile), if_there(of / kClipsFile),
                   if_there(of / kHeaderFile), if_there(of / kJournalFile)});
  };
  {
    StageWriter writer(made, description, false);
    writer.add(one);
    writer.fail({"x.mp4", "it is empty"});
    write_file(folder / "running", records(made));
    writer.add(two);
    writer.complete();
  }
  write_file(folder / "complete", records(made));
  fs::remove_all(made);
  std::string shards = joined({"", "", "", ""});
  shards += std::string(3, '\0');
  for (const std::size_t number : {1, 2}) {
    const Shard shard{number, 2};
    StageWriter writer(made, description, false, shard);
    writer.deal({{one.recording.name, {1, 1}}, {two.recording.name, {1, 1}}});
    writer.add(number == 1 ? one : two);
    writer.complete();
    const fs::path of = made / "shards" / fmt::format("{}-of-2", number);
    shards += '\0' + read_file(of / kHeaderFile) + '\0' + read_file(of / kManifestFile);
  }
  write_file(folder / "shards", shards);
  fs::remove_all(made);
}

void corpus_table(const fs::path& folder) {
  write_file(folder / "files.csv", "file,emotion,speaker,gender\na.wav,happy,1,female\n");
  write_file(
      folder / "parts.csv",
      "file,start,end,label\na.wav,0 days 00:00:00,0 days 00:00:01.5,sad\na.wav,1.5,,calm\n");
  write_file(folder / "clips.csv", "clip;file;emotion;modality\nx;b/a.mp4;happy;video-only\n");
}

void description(const fs::path& folder) {
  for (const std::string& name : known_corpora()) {
    write_file(folder / (name + ".toml"), shipped_scheme(name)->toml());
  }
}

void labels(const fs::path& folder) {
  write_file(folder / "labels.toml", "[labels]\ncalm = \"neutral\"\nsurprised = \"\"\n");
}

void config(const fs::path& folder) {
  write_file(
      folder / "config.toml",
      "tool = \"aver-tool\"\nchannel = \"all\"\nfilter = [\"gender=female\", \"a=b,c\"]\n"
      "max-seconds = 60.5\nsample-rate = 16000\nfolds = [0, 1]\nkeep-first = true\nseed = 3\n");
}

void sound(const fs::path& folder) {
  std::vector<std::int16_t> samples;
  for (int i = 0; i < 200; ++i) samples.push_back(static_cast<std::int16_t>(i * 150 % 20000));
  write_wav(folder / "mono.wav", samples, 16000);
  std::string pipe = read_file(folder / "mono.wav");
  pipe.replace(40, 4, std::string_view("\0\xf0\xff\x7f", 4));
  write_file(folder / "pipe.wav", pipe);
}

/// An EXIF segment that turns the picture by a quarter.
constexpr std::string_view kTurned(
    "\xFF\xE1\0\x22"
    "Exif\0\0MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0",
    36);

void picture(const fs::path& folder) {
  cv::Mat picture(12, 17, CV_8UC3);
  for (int i = 0; i < 12 * 17 * 3; ++i) picture.data[i] = static_cast<unsigned char>(i * 7);
  write_png(folder / "colour.png", picture);
  const auto jpeg = encode_jpeg(picture);
  write_file(folder / "colour.jpg", jpeg);
  std::string turned(reinterpret_cast<const char*>(jpeg.data()), jpeg.size());
  write_file(folder / "trailing.jpg", turned + turned);
  write_file(folder / "unended.jpg", turned.substr(0, turned.size() - 2));
  turned.insert(2, kTurned);
  write_file(folder / "turned.jpg", turned);
}

void form(const fs::path& folder) {
  write_file(
      folder / "one",
      "multipart/form-data; boundary=\"x y\"\n--x y\r\nContent-Disposition: form-data; "
      "name=\"clip\"; filename=\"a.wav\"\r\nContent-Type: audio/wav\r\n\r\nRIFF\r\n--x y--\r\n");
}

void fusion(const fs::path& folder) {
  std::string audio = "clip,fold,role,label,happy,sad\n", visual = "clip,label,sad,happy\n";
  for (int i = 0; i < 8; ++i) {
    const std::string name = fmt::format("01-01-0{}-01-01-01-{:02}", i % 2 + 3, i / 2 + 1);
    const char* label = i % 2 == 0 ? "happy" : "sad";
    const double sure = 0.5 + 0.05 * i;
    audio += fmt::format("{},0,{},{},{},{}\n", name, i < 4 ? "validation" : "test", label, sure,
                         1 - sure);
    visual += fmt::format("{},{},{},{}\n", name, label, sure, 1 - sure);
  }
  write_file(folder / "two", joined({audio, visual}));
}

void fitted_fusion(const fs::path& folder) {
  const auto file = [](const std::string& rule, const std::string& parameters) {
    return fmt::format(
        R"({{"classes":["happy","sad"],"conformal":{{"alpha":0.1,"threshold":0.25}},"fitted_on":"the 8 clips of 2 folds","format":1,"modalities":["audio","visual"],"modality_temperatures":[2.0,1.5],"parameters":[{}],"rule":"{}","temperatures":false,"tool":"aver-evaluate-fusion"}})",
        parameters, rule);
  };
  write_file(folder / "calibrated", file("calibrated-product", "1.0,1.0,2.3"));
  write_file(folder / "log-linear", file("log-linear", "0.4,0.9"));
  write_file(folder / "weighted", file("weighted", "0.25,0.75"));
  write_file(folder / "stacked", file("stacked", "1,0,1,0,0.5,0,1,0,1,-0.5"));
  write_file(folder / "product", file("product", ""));
}

void sweep_space(const fs::path& folder) {
  write_file(folder / "grid.toml",
             "tool = \"aver-train-audio\"\n[fixed]\ninput = \"mfcc\"\nfolds = 0\n[space]\n"
             "learning-rate = [0.001, 0.01]\nlstm = [[8], [16, 8]]\n");
  write_file(folder / "drawn.toml",
             "tool = \"aver-train-features\"\n[space]\nweight-decay = {from = 1e-3, to = 1, log = "
             "true}\nunits = {from = 8, to = 64, whole = true, log = true}\n");
}

void series_list(const fs::path& folder) {
  write_file(folder / "two.toml",
             "[[series]]\nname = \"face\"\ninput = \"landmarks\"\nalign = \"eyes\"\n\n[[series]]\n"
             "name = \"voice\"\ninput = \"../mel\"\nsummary = \"none\"\n");
}

void timeline(const fs::path& folder) {
  const std::string truth =
      "file,start,end,emotion,speaker,duration\na.wav,0.5,2,happy,1,4\na.wav,2,3.5,sad,1,4\n";
  const std::string smoother =
      R"({"change_penalty":2.0,"fitted_on":"3 recordings","format":1,"hop":1.0,"minimum_seconds":1.0,"tool":"aver-evaluate-timeline","window":1.0})";
  write_file(folder / "windows",
             joined({truth,
                     "clip,start,end,emotion,happy,neutral,sad\na.wav,0,1,neutral,.2,.5,.3\n"
                     "a.wav,1,2,happy,.6,.2,.2\na.wav,2,3,sad,0,.1,.9\na.wav,3,4,,,,\n",
                     smoother}));
  write_file(folder / "segments",
             joined({truth, "file,start,end,emotion\nx/a.wav,0,1.5,happy\nx/a.wav,1.5,4,sad\n",
                     smoother}));
}

void json(const fs::path& folder) {
  write_file(folder / "object.json", "{\"a\": [1, -2.5e3, null], \"b\\u00e9\": {\"c\": \"d\"}}");
  write_file(folder / "latin.json", "{\"encoding\": \"latin-1\", \"a\": \"\\u00e9\"}");
  const auto bytes = nlohmann::json::to_cbor({{"format", 1}, {"clips", {"a", 2.5}}});
  write_file(folder / "object.cbor", std::as_bytes(std::span(bytes)));
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
    model(seeds / "model");
    csv(seeds / "csv");
    predictions(seeds / "predictions");
    split(seeds / "split");
    stage(seeds / "stage");
    corpus_table(seeds / "corpus_table");
    sweep_space(seeds / "space");
    series_list(seeds / "series_list");
    timeline(seeds / "timeline");
    description(seeds / "description");
    labels(seeds / "labels");
    config(seeds / "config");
    sound(seeds / "sound");
    picture(seeds / "picture");
    form(seeds / "form");
    fitted_fusion(seeds / "fitted_fusion");
    fusion(seeds / "fusion");
    json(seeds / "json");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "make_seeds: %s\n", error.what());
    return 1;
  }
}
