// A description of a corpus, and names of files read with it.
#include "corpus/scheme.h"
#include "robustness.h"

using namespace aver;
using namespace aver::robustness;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // A name behind a zero byte is read as the description says.
  const auto parts = parts_of(text_of(data, size), 2);
  answered(text_of(data, size), [&] {
    const Scheme scheme(parts[0], "input.toml");
    for (const std::string& name :
         {std::string(parts[1]), std::string("Actor_01/01-01-03-01-01-01-01.mp4"),
          std::string("1001_DFA_ANG_XX.wav"), std::string("03a01Fa.wav")}) {
      answered(text_of(data, size), [&] {
        const DatasetClip clip = scheme.read(name, "audio-only");
        require(!clip.recording.clip.key.empty(), "a clip without a key");
        require(clip.recording.name.find('/') == std::string::npos, "a name with a folder");
      });
      answered(text_of(data, size), [&] { scheme.find(name); });
    }
  });
  return 0;
}
