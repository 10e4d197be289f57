#pragma once

#include "media/audio_file.h"

namespace aver {

/// Decodes a sound track of a media file (what FFmpeg reads: MediaKind::container) at its own rate,
/// as `ffmpeg` does: encoder delay removed, channels averaged, silence where the track has gaps.
/// Its picture is not touched. Throws Error "no sound track" when there is none, and otherwise one
/// that names the file when anything of the track cannot be decoded or it ends before what the
/// header promises. Beyond the source's limits it throws LimitError.
Sound decode_sound(const MediaSource& source);

/// Reads the sound of any file that has one, by what it is: read_sound_file or decode_sound. Throws
/// as they do, and Error for a picture and what is no medium.
Sound read_any_sound(const MediaSource& source);

}  // namespace aver
