#pragma once

#include "media/audio_file.h"

namespace aver {

/// Decodes the sound track of a media file (MP4, MOV, MKV, WebM, AVI) at its own rate, as `ffmpeg`
/// does: encoder delay removed, channels averaged. Its picture is not touched. Throws Error "no
/// sound track" when there is none, and otherwise one that names the file when anything of the
/// track cannot be decoded or it ends before what the header promises. Beyond the source's limits
/// it throws LimitError.
Sound decode_sound(const MediaSource& source);

}  // namespace aver
