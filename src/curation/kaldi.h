#pragma once

#include <vector>

#include "curation/exchange_formats.h"

namespace aver {

/// A data directory of Kaldi (https://kaldi-asr.org/doc/data_prep.html): `wav.scp` says where each
/// recording is, `segments` which parts of recordings are utterances, `utt2spk` who speaks; the
/// label is in `utt2emo`, or else in `text`. A speaker named as the utterance is unknown, as Kaldi
/// has it. Every other `utt2NAME` is the attribute NAME, `utt2clip` the clip, `spk2gender` the
/// gender. Throws Error naming file and line, also for a recording that a command makes.
std::vector<DatasetClip> read_kaldi(const fs::path& folder);

/// wav.scp (absolute paths), utt2spk, spk2utt, utt2emo, segments where some clip is a part, and an
/// utt2NAME for each attribute; sorted by the bytes of their first words. Throws Error for a name
/// with a space in it, which these files cannot hold.
std::vector<ExchangeFile> write_kaldi(const ExportedCorpus& corpus);

}  // namespace aver
