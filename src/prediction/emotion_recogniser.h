#pragma once

#include "aver/emotion_recogniser.h"
#include "prediction/recogniser.h"

namespace aver {

/// The recogniser of the installed library, opened with settings that only aver's own programs
/// have: how pictures are cropped to faces. Throws as EmotionRecogniser's constructor does, and
/// UsageError for options that its predict() would refuse. Says which of the clips that it is going
/// to be `asked` about trained its models.
EmotionRecogniser open_recogniser(const RecogniserConfig& config, const ReadOptions& options,
                                  const std::vector<std::string>& asked = {});

}  // namespace aver
