#include "synthesis/face_identity.h"

#include <array>

#include "base/random.h"

namespace aver {
namespace {

constexpr std::array<Colour, 6> kSkin = {{{238, 198, 168},
                                          {222, 175, 140},
                                          {196, 140, 102},
                                          {246, 214, 188},
                                          {150, 98, 68},
                                          {212, 160, 122}}};
constexpr std::array<Colour, 7> kHair = {{{46, 36, 33},
                                          {84, 56, 40},
                                          {120, 80, 50},
                                          {186, 146, 92},
                                          {60, 44, 38},
                                          {142, 74, 46},
                                          {110, 102, 98}}};
constexpr std::array<Colour, 5> kIris = {
    {{84, 58, 40}, {70, 108, 138}, {78, 112, 80}, {60, 42, 34}, {112, 98, 70}}};
constexpr std::array<Colour, 6> kShirt = {
    {{58, 74, 104}, {46, 106, 110}, {118, 52, 62}, {86, 96, 70}, {64, 66, 74}, {150, 112, 58}}};
constexpr std::array<Colour, 5> kBackdrop = {
    {{214, 222, 228}, {226, 220, 210}, {212, 224, 216}, {222, 216, 226}, {228, 226, 222}}};

// Neighbouring actors differ, and so do actors of another seed.
template <std::size_t N>
const Colour& pick(const std::array<Colour, N>& palette, int actor, std::uint64_t turn) {
  return palette[(static_cast<std::uint64_t>(actor) + turn) % N];
}

HairStyle style_of(bool male, int pair, std::uint64_t turn) {
  constexpr HairStyle kMale[] = {HairStyle::side_part, HairStyle::crop, HairStyle::curly};
  constexpr HairStyle kFemale[] = {HairStyle::long_straight, HairStyle::bun, HairStyle::bob};
  const auto index = (static_cast<std::uint64_t>(pair) + turn) % 3;
  return male ? kMale[index] : kFemale[index];
}

}  // namespace

FaceIdentity identity_of(const Performance& performance) {
  Random random(performance.actor_seed);
  const int actor = performance.id.actor;
  const bool male = performance.id.male();
  FaceIdentity face;
  face.skin = pick(kSkin, actor * 5 / 2, random.below(kSkin.size()));
  face.hair = pick(kHair, actor, random.below(2));
  if (face.skin.red < 180) face.hair = kHair[0];
  face.iris = pick(kIris, actor, random.below(kIris.size()));
  face.shirt = pick(kShirt, actor, random.below(2));
  face.backdrop = pick(kBackdrop, actor, random.below(2));
  face.lips = face.skin.mixed(male ? Colour{160, 62, 60} : Colour{178, 52, 66}, male ? .55 : .65);
  face.style = style_of(male, (actor - 1) / 2, random.below(3));
  face.glasses = random.uniform() < .2;
  face.beard = male && random.uniform() < .35;
  const auto vary = [&](double middle, double spread) {
    return middle + spread * random.uniform(-1, 1);
  };
  face.width = vary(male ? 1.0 : .95, .05);
  face.jaw = vary(male ? 1.05 : .9, .06);
  face.eye_spacing = vary(.31, .018);
  face.eye_size = vary(male ? .98 : 1.1, .06);
  face.eye_height = vary(-.09, .012);
  face.brow_thickness = vary(male ? .062 : .044, .008);
  face.brow_height = vary(0, .008);
  face.nose_length = vary(.31, .025);
  face.nose_width = vary(male ? .095 : .08, .01);
  face.mouth_width = vary(male ? .255 : .24, .015);
  face.mouth_height = vary(.555, .012);
  face.lip_thickness = vary(male ? .85 : 1.15, .12);
  return face;
}

}  // namespace aver
