#include "media/media_source.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "base/archives.h"
#include "base/options.h"
#include "base/text.h"
#include "media/source_bytes.h"

namespace aver {
namespace {

/// A format by what stands at one or two places of its head. "?" stands for any byte.
struct Magic {
  MediaKind kind;
  std::string_view name;  ///< for sentences; one that is there already adds nothing
  std::string_view start;
  std::size_t then_at = 0;
  std::string_view then = {};
};

using namespace std::string_view_literals;

constexpr auto kMagics = std::to_array<Magic>({
    {MediaKind::picture, "JPEG", "\xFF\xD8\xFF"},
    {MediaKind::picture, "PNG", "\x89PNG"},
    {MediaKind::picture, "WebP", "RIFF", 8, "WEBP"},
    {MediaKind::picture, "BMP", "BM", 6, "\0\0\0\0"sv},
    {MediaKind::picture, "TIFF", "II*\0"sv},
    {MediaKind::picture, "TIFF", "MM\0*"sv},
    {MediaKind::picture, "AVIF", "????ftypavif"},
    {MediaKind::unknown, "HEIC", "????ftyphei"},  // odd_content() says what to do
    {MediaKind::unknown, "HEIC", "????ftyphev"},
    {MediaKind::unknown, "HEIC", "????ftypmif1"},
    {MediaKind::unknown, "HEIC", "????ftypmsf1"},
    {MediaKind::unknown, "HEIC", "????ftypmiaf"},
    {MediaKind::sound, "WAV", "RIFF", 8, "WAVE"},
    {MediaKind::sound, "RF64", "RF64", 8, "WAVE"},
    {MediaKind::sound, "RIFX", "RIFX", 8, "WAVE"},
    {MediaKind::sound, "W64", "riff\x2E\x91\xCF\x11"},
    {MediaKind::sound, "FLAC", "fLaC"},
    {MediaKind::sound, "AIFF", "FORM", 8, "AIF"},
    {MediaKind::container, "MP4", "????ftyp"},
    {MediaKind::container, "MOV", "????moov"},
    {MediaKind::container, "MOV", "????mdat"},
    {MediaKind::container, "MOV", "????wide"},
    {MediaKind::container, "MOV", "????free"},
    {MediaKind::container, "MOV", "????skip"},
    {MediaKind::container, "MOV", "????pnot"},
    {MediaKind::container, "MP4", "????styp"},
    {MediaKind::container, "MKV", "\x1A\x45\xDF\xA3"},
    {MediaKind::container, "WebM", "\x1A\x45\xDF\xA3"},
    {MediaKind::container, "AVI", "RIFF", 8, "AVI "},
    {MediaKind::container, "FLV", "FLV\x01"},
    {MediaKind::container, "Ogg", "OggS"},
    {MediaKind::container, "AMR", "#!AMR"},
    {MediaKind::container, "CAF", "caff"},
    {MediaKind::container, "BW64", "BW64", 8, "WAVE"},
    // MPEG audio frames: eleven ones, the version, the layer. Layer 0 is that of AAC.
    {MediaKind::container, "MP3", "\xFF\xFB"},
    {MediaKind::container, "MP3", "\xFF\xFA"},
    {MediaKind::container, "MP3", "\xFF\xF3"},
    {MediaKind::container, "MP3", "\xFF\xF2"},
    {MediaKind::container, "MP3", "\xFF\xE3"},
    {MediaKind::container, "MP3", "\xFF\xE2"},
    {MediaKind::container, "AAC", "\xFF\xF1"},
    {MediaKind::container, "AAC", "\xFF\xF9"},
});

constexpr std::size_t kHead = 256;  // the brands of an ISO file end before

}  // namespace

void MediaLimits::check(const std::string& name, double length_seconds) const {
  if (length_seconds > seconds) {
    throw LimitError("{} is longer than the {:g} s that are taken{}", name, seconds,
                     have_options ? " (--max-seconds)" : "");
  }
  const bool bounded = deadline != std::chrono::steady_clock::time_point::max();
  if (bounded && std::chrono::steady_clock::now() > deadline) {
    throw LimitError("{} takes too long to decode", name);
  }
}

void MediaLimits::check_pictures(const std::string& name, std::size_t count) const {
  if (count <= pictures) return;
  throw LimitError("{} shows more than the {} pictures that are looked at", name, pictures);
}

void MediaLimits::check_size(const std::string& name, std::int64_t width,
                             std::int64_t height) const {
  if (width > 0 && height > pixels / width) {
    throw LimitError("the picture in {} is too large: {} x {}, and {} pixels are taken{}", name,
                     width, height, pixels, have_options ? " (--max-pixels)" : "");
  }
}

void MediaLimits::describe(Options& options) {
  options.control("max-seconds", seconds, "Longest recording that is read").above(0);
  describe_pixels(options);
}

void MediaLimits::describe_pixels(Options& options) {
  options.control("max-pixels", pixels, "Largest picture that is decoded, in pixels")
      .from_to(1, 1 << 30);
}

void Tracks::describe(Options& options, int& track, const std::string& kind) {
  options
      .result(
          kind + "-track", number_or(track, "default"),
          fmt::format("Which {} track to read: the file's default one, or its number from 1", kind))
      .unsaid_at("default");
}

MediaSource::MediaSource(fs::path path, MediaLimits limits, Tracks tracks)
    : name_(path.string()), path_(std::move(path)), limits_(limits), tracks_(tracks) {}

MediaSource::MediaSource(std::span<const std::byte> bytes, std::string name, MediaLimits limits,
                         Tracks tracks)
    : name_(std::move(name)), bytes_(bytes), in_memory_(true), limits_(limits), tracks_(tracks) {}

std::uintmax_t MediaSource::size() const {
  return in_memory_ ? bytes_.size() : stamp_of(path_).size;
}

static MediaKind kind_of(SourceBytes& bytes) {
  std::string head = bytes.read(0, kHead);
  const bool tagged = head.starts_with("ID3");
  if (tagged) head = bytes.read(behind_id3(bytes), kHead);
  if (head.find_first_not_of('\0') == std::string::npos) {
    head = bytes.read(behind_padding(bytes), kHead);
    // MP3 and AAC begin anywhere, and their writers align them.
    const bool syncs = head.size() > 1 && head[0] == '\xFF' && (head[1] & 0xE0) == 0xE0;
    if (!syncs) return tagged ? MediaKind::container : MediaKind::unknown;
  }
  if (is_avif(head)) return MediaKind::picture;
  for (const Magic& magic : kMagics) {
    if (stands_at(head, 0, magic.start) && stands_at(head, magic.then_at, magic.then)) {
      return magic.kind;
    }
  }
  // Only MP3 and AAC are tagged so and have no magic of their own.
  return tagged ? MediaKind::container : MediaKind::unknown;
}

MediaKind kind_of(const MediaSource& source) {
  SourceBytes bytes(source);
  return kind_of(bytes);
}

MediaKind known_kind_of(const MediaSource& source) {
  const MediaKind kind = kind_of(source);
  if (kind != MediaKind::unknown) return kind;
  const std::string odd = odd_content(source);
  throw Error("cannot read {}: it {}", source.name(),
              odd.empty() ? fmt::format("is damaged or no {} file", format_names()) : odd);
}

std::string format_names(std::optional<MediaKind> kind) {
  std::vector<std::string> names;
  for (const MediaKind wanted : {MediaKind::container, MediaKind::sound, MediaKind::picture}) {
    for (const Magic& magic : kMagics) {
      if (magic.kind != wanted || (kind && *kind != wanted)) continue;
      if (std::ranges::find(names, magic.name) == names.end()) names.emplace_back(magic.name);
    }
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string odd_content(const MediaSource& source) {
  SourceBytes bytes(source);
  if (bytes.size() == 0) return "is empty; copy it again from where it came";
  const std::string head = bytes.read(0, 512);
  const std::string words = to_lower(trim(head));
  if (head.starts_with("version https://git-lfs")) {
    return "is a Git LFS pointer: git lfs pull fetches the file it stands for";
  }
  if (words.find("/annex/objects/") != std::string::npos) {
    return "is a git-annex pointer: git annex get (or datalad get) fetches the file it stands for";
  }
  if (words.starts_with("<!doctype html") || words.starts_with("<html")) {
    return "is a web page: the download brought a page in place of the file";
  }
  if (words.starts_with("<?xml") || words.starts_with("{\"")) {
    return "is a text file: the download brought an answer in place of the file";
  }
  if (stands_at(head, 4, "ftyp") && kind_of(bytes) == MediaKind::unknown) {
    return "is a HEIC picture, which is not read: heif-convert picture.heic picture.jpg makes a "
           "JPEG of it";
  }
  constexpr std::size_t kTransportPacket = 188;
  if (stands_at(head, 0, "G") && stands_at(head, kTransportPacket, "G")) {
    return "is an MPEG transport stream, which is not read: ffmpeg -i clip.ts -c copy clip.mkv "
           "puts the same into a file that is";
  }
  if (head.starts_with(std::string_view("\0\0\x01\xBA", 4))) {
    return "is an MPEG program stream, which is not read: ffmpeg -i clip.mpg -c copy clip.mkv puts "
           "the same into a file that is";
  }
  if (head.starts_with("\x30\x26\xB2\x75\x8E\x66\xCF\x11")) {
    return "is Windows Media (ASF), which is not read: ffmpeg -i clip.wmv clip.mp4 makes an MP4 of "
           "it";
  }
  if (head.starts_with("GIF8")) {
    return "is a GIF, which is not read: ffmpeg -i clip.gif clip.mp4 makes an MP4 of it, and a "
           "name that ends in .png a picture";
  }
  constexpr std::size_t kFlags = 20;
  constexpr char kAnimated = 0x02;
  if (stands_at(head, 8, "WEBPVP8X") && head.size() > kFlags && (head[kFlags] & kAnimated) != 0) {
    return "is an animated WebP, which is not read: save one of its pictures as a file of its own";
  }
  if (!source.in_memory()) {
    const std::string way = way_to_unpack(source.path(), head);
    if (!way.empty()) return fmt::format("is an archive: {} unpacks it", way);
  }
  if (head.starts_with("PK\x03\x04")) return "is a zip archive: unzip it first";
  if (head.starts_with("\x1F\x8B")) return "is a gzip archive: unpack it first";
  if (head.find_first_not_of('\0') == std::string::npos && kind_of(bytes) == MediaKind::unknown) {
    return "begins with zeros only: its download or copy was not finished";
  }
  return {};
}

}  // namespace aver
