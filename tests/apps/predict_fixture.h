#pragma once

#include <string>

#include "base/error.h"
#include "prediction/predict_stage.h"
#include "store/predictions.h"
#include "support.h"
#include "tiny_models.h"
#include "tiny_stages.h"

namespace aver::test {

class Predict : public testing::Test {
 protected:
  void SetUp() override { make_mfcc_stage(folder / "mfcc"); }

  void train_audio() const { train_tiny_audio(folder / "mfcc", folder / "audio"); }

  void train_visual() const {
    make_frames_stage(folder / "frames");
    train_tiny_visual(folder / "frames", folder / "visual");
  }

  PredictConfig config(const std::string& model, const std::string& input) const {
    PredictConfig config;
    config.model = folder / model;
    config.input = folder / input;
    config.output = folder / "predictions.csv";
    config.models.threads = 1;
    return config;
  }

  PredictReport predict(const PredictConfig& settings) const {
    NoProgress progress;
    return run_predict(settings, progress);
  }

  std::string error_of(const PredictConfig& settings) const {
    try {
      predict(settings);
    } catch (const Error& error) {
      return error.what();
    }
    return {};
  }

  static void expect_same(const Predictions& a, const Predictions& b) {
    ASSERT_EQ(a.rows.size(), b.rows.size());
    EXPECT_EQ(a.classes, b.classes);
    for (std::size_t i = 0; i < a.rows.size(); ++i) {
      EXPECT_EQ(a.rows[i].clip, b.rows[i].clip);
      EXPECT_EQ(a.rows[i].label, b.rows[i].label);
      for (std::size_t c = 0; c < a.classes.size(); ++c) {
        EXPECT_NEAR(a.rows[i].probabilities[c], b.rows[i].probabilities[c], 2e-6);
      }
    }
  }

  TemporaryFolder folder;
};

}  // namespace aver::test
