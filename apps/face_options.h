#pragma once

#include "cli.h"
#include "media/face_options.h"

namespace aver::cli {

/// --face none|haar, --without-face and --face-cascade.
void add_face_options(Tool& tool, FaceOptions& face);

/// The same where a model says how: --face model|none|haar, `as_trained` for the first.
void add_face_options(Tool& tool, bool& as_trained, FaceOptions& face);

}  // namespace aver::cli
