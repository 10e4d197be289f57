#pragma once

#include "aver/emotion_recogniser.h"
#include "prediction/recogniser.h"

namespace aver {

/// The recogniser of the installed library, opened with settings that only aver's own programs
/// have: how pictures are cropped to faces. Throws as EmotionRecogniser's constructor does, and
/// UsageError for options that its predict() would refuse.
EmotionRecogniser open_recogniser(const RecogniserConfig& config, const ReadOptions& options);

}  // namespace aver
