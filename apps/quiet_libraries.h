#pragma once

namespace aver::cli {

/// A program that is linked with quiet_libraries.cpp keeps libpng, libjpeg and OpenCV from writing
/// to standard error in their own words what aver says in its own, with the file. This looks up
/// what they have; it is called when it is needed.
void quiet_picture_libraries();

}  // namespace aver::cli
