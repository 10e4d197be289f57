# How each dependency is found. Versions and licences: third_party/README.md.

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 QUIET)
find_package(nlohmann_json REQUIRED)
find_package(tomlplusplus REQUIRED)

# Debian's libcli11-dev ships headers and a CMake config; some distributions only the headers.
if(NOT TARGET CLI11::CLI11)
  find_path(AVER_CLI11_INCLUDE CLI/CLI.hpp REQUIRED)
  add_library(CLI11::CLI11 INTERFACE IMPORTED GLOBAL)
  target_include_directories(CLI11::CLI11 SYSTEM INTERFACE ${AVER_CLI11_INCLUDE})
endif()

pkg_check_modules(AVER_FFMPEG REQUIRED IMPORTED_TARGET GLOBAL libavformat libavcodec libavutil
                  libswscale)
pkg_check_modules(AVER_AVUTIL REQUIRED IMPORTED_TARGET GLOBAL libavutil)
pkg_check_modules(AVER_SNDFILE REQUIRED IMPORTED_TARGET GLOBAL sndfile)
find_package(PNG REQUIRED)
pkg_check_modules(AVER_RE2 REQUIRED IMPORTED_TARGET GLOBAL re2)
pkg_check_modules(AVER_SOXR REQUIRED IMPORTED_TARGET GLOBAL soxr)
pkg_check_modules(AVER_SOUNDTOUCH REQUIRED IMPORTED_TARGET GLOBAL soundtouch)
pkg_check_modules(AVER_TURBOJPEG REQUIRED IMPORTED_TARGET GLOBAL libturbojpeg)
pkg_check_modules(AVER_JPEG REQUIRED IMPORTED_TARGET GLOBAL libjpeg)

# Only five of OpenCV's libraries are used. Its CMake config lives in the package that pulls in all
# sixty of them, so without it the five are looked up by name.
find_package(OpenCV QUIET COMPONENTS core imgproc imgcodecs objdetect dnn)
if(NOT OpenCV_FOUND)
  find_path(AVER_OPENCV_INCLUDE opencv2/core.hpp PATH_SUFFIXES opencv4 REQUIRED)
  find_path(AVER_OPENCV_ARCH_INCLUDE opencv2/opencv_modules.hpp
            PATH_SUFFIXES opencv4 ${CMAKE_LIBRARY_ARCHITECTURE}/opencv4)
endif()
foreach(part core imgproc imgcodecs objdetect dnn)
  add_library(aver_opencv_${part} INTERFACE)
  if(OpenCV_FOUND)
    target_link_libraries(aver_opencv_${part} INTERFACE opencv_${part})
    target_include_directories(aver_opencv_${part} SYSTEM INTERFACE ${OpenCV_INCLUDE_DIRS})
  else()
    find_library(AVER_OPENCV_${part} opencv_${part} REQUIRED)
    target_link_libraries(aver_opencv_${part} INTERFACE ${AVER_OPENCV_${part}})
    target_include_directories(aver_opencv_${part} SYSTEM INTERFACE ${AVER_OPENCV_INCLUDE})
    if(AVER_OPENCV_ARCH_INCLUDE)
      target_include_directories(aver_opencv_${part} SYSTEM INTERFACE ${AVER_OPENCV_ARCH_INCLUDE})
    endif()
  endif()
endforeach()

# What finds faces unless --face-cascade names another file; a build without it has no default.
find_file(AVER_FACE_CASCADE haarcascade_frontalface_default.xml
          PATHS ${CMAKE_PREFIX_PATH} ${CMAKE_SYSTEM_PREFIX_PATH}
          PATH_SUFFIXES share/opencv4/haarcascades share/opencv/haarcascades
          DOC "Haar cascade of frontal faces (Debian: opencv-data)")
if(NOT AVER_FACE_CASCADE)
  message(STATUS "No Haar cascade of frontal faces (Debian: opencv-data): --face haar will need "
                 "--face-cascade")
endif()

if(AVER_WITH_TORCH)
  # A CUDA build runs a program to ask for the GPU's architecture, which fails under CMake 3.25; there is
  # no CUDA code here to compile for it.
  if(NOT DEFINED ENV{TORCH_CUDA_ARCH_LIST} AND NOT DEFINED TORCH_CUDA_ARCH_LIST)
    set(TORCH_CUDA_ARCH_LIST 9.0)
  endif()
  find_package(Torch REQUIRED)
  # Debian's package sets a C++ flag for the old ABI and definitions of its own; taking the imported
  # targets through one interface keeps its headers SYSTEM and its flags out of ours.
  add_library(aver_torch INTERFACE)
  target_link_libraries(aver_torch INTERFACE ${TORCH_LIBRARIES})
  # A CUDA build finds the rest of CUDA by paths of its own; what the linker finds may be of another time.
  target_link_options(aver_torch INTERFACE -Wl,--allow-shlib-undefined)
  # Headers that must be taken from this path although LibTorch's folders have others of that name.
  function(aver_before_torch path)
    get_filename_component(name ${path} NAME)
    file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/first)
    file(CREATE_LINK ${path} ${PROJECT_BINARY_DIR}/first/${name} SYMBOLIC)
    target_include_directories(aver_torch SYSTEM BEFORE INTERFACE ${PROJECT_BINARY_DIR}/first)
  endfunction()
  # PyTorch's own binaries bring headers of a later fmt than the one that is linked.
  find_path(AVER_TORCH_FMT fmt/format.h PATHS ${TORCH_INCLUDE_DIRS} NO_DEFAULT_PATH)
  get_target_property(AVER_FMT_INCLUDE fmt::fmt INTERFACE_INCLUDE_DIRECTORIES)
  if(AVER_TORCH_FMT AND NOT AVER_TORCH_FMT IN_LIST AVER_FMT_INCLUDE)
    aver_before_torch(${AVER_FMT_INCLUDE}/fmt)
  endif()
  target_include_directories(aver_torch SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})
  include(${CMAKE_CURRENT_LIST_DIR}/distributed.cmake)
endif()

if(AVER_WITH_SERVE)
  # The compiled library. Its flags matter: members of its classes depend on them.
  pkg_check_modules(AVER_HTTPLIB IMPORTED_TARGET GLOBAL cpp-httplib)
  if(NOT AVER_HTTPLIB_FOUND)
    message(FATAL_ERROR "aver-serve needs cpp-httplib as a library with its pkg-config file: run "
                        "scripts/setup.sh (libcpp-httplib-dev on Debian), or leave aver-serve out "
                        "with -DAVER_WITH_SERVE=OFF")
  endif()
endif()

if(AVER_BUILD_BENCH)
  find_package(benchmark REQUIRED)
endif()
