# Warnings, sanitizers and the helpers every module, executable and test uses.

add_library(aver_flags INTERFACE)
target_compile_options(aver_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                                            -Wno-sign-conversion -Wnon-virtual-dtor)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # Warns about the standard library's own string concatenation (GCC bug 105651).
  target_compile_options(aver_flags INTERFACE -Wno-restrict)
endif()
if(AVER_WARNINGS_AS_ERRORS)
  target_compile_options(aver_flags INTERFACE -Werror)
endif()
if(AVER_SANITIZE)
  # Every check is there at -O1, and compiling takes half the time of -O3.
  target_compile_options(aver_flags INTERFACE -O1 -fsanitize=${AVER_SANITIZE}
                                              -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(aver_flags INTERFACE -fsanitize=${AVER_SANITIZE})
endif()
# The distribution's OpenCV and LibTorch bring dozens of libraries: link only what is used.
target_link_options(aver_flags INTERFACE -Wl,--as-needed)

# aver_room(NAME USES rooms… [LIBTORCH]): whose headers the files of a room include, no more and no
# less; LIBTORCH where they may include LibTorch's. CMake has no use for it: the test of the layers
# (tests/base/dependency_test.cpp) reads these lines.
function(aver_room)
endfunction()

# aver_add_module(NAME SOURCES a.cpp… [LINKS public…] [PRIVATE_LINKS private…]) -> target aver_NAME
function(aver_add_module name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS;PRIVATE_LINKS" ${ARGN})
  add_library(aver_${name} STATIC ${ARG_SOURCES})
  target_include_directories(aver_${name} PUBLIC ${PROJECT_SOURCE_DIR}/include
                                                 ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(aver_${name} PUBLIC ${ARG_LINKS} PRIVATE aver_flags ${ARG_PRIVATE_LINKS})
endfunction()

# aver_add_executable(aver-name SOURCES… LINKS…): built into bin/ and installed.
function(aver_add_executable name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE aver_flags ${ARG_LINKS})
  install(TARGETS ${name} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT programs)
  set_property(GLOBAL APPEND PROPERTY AVER_EXECUTABLES ${name})
endfunction()

# The sources of tests are compiled in half the time without optimisation, which nobody would notice
# when they run: what they test keeps its own.
set(AVER_TEST_OPTIONS $<$<CXX_COMPILER_ID:GNU,Clang>:-O0>)

# aver_add_test(NAME SOURCES… LINKS… [APPS executables it starts] [LABELS l…] [WHOLE] [LIBTORCH]): one
# GoogleTest binary, every case its own CTest entry, or with WHOLE one entry for all: for cases that
# share a costly preparation. With LIBTORCH its sources include <torch/torch.h>; the others share a
# precompiled header of what tests include.
function(aver_add_test name)
  cmake_parse_arguments(ARG "WHOLE;LIBTORCH" "TIMEOUT" "SOURCES;LINKS;APPS;LABELS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE aver_flags aver_test_support ${ARG_LINKS} GTest::gmock
                                        GTest::gtest_main)
  if(ARG_LIBTORCH)
    aver_reuse_torch_header(${name})
  else()
    target_compile_options(${name} PRIVATE ${AVER_TEST_OPTIONS})
    aver_precompile(${name} REUSE_FROM aver_test_support)
  endif()
  if(ARG_APPS)
    add_dependencies(${name} ${ARG_APPS})
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  set(labels "")
  if(ARG_LABELS)  # an empty value would swallow the next property's name
    set(labels LABELS "${ARG_LABELS}")
  endif()
  if(ARG_WHOLE)
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(
      ${name}
      PROPERTIES TIMEOUT ${ARG_TIMEOUT} ${labels} ENVIRONMENT "AVER_TEST_DATA=${AVER_TEST_DATA}"
                 ENVIRONMENT_MODIFICATION "AVER_BIN_DIR=set:${CMAKE_RUNTIME_OUTPUT_DIRECTORY}")
    return()
  endif()
  gtest_discover_tests(
    ${name}
    TEST_PREFIX ${name}.
    DISCOVERY_TIMEOUT 60
    PROPERTIES TIMEOUT ${ARG_TIMEOUT} ${labels} ENVIRONMENT "AVER_TEST_DATA=${AVER_TEST_DATA}"
               # two properties, for the semicolon of a list does not survive the way there
               ENVIRONMENT_MODIFICATION "AVER_BIN_DIR=set:${CMAKE_RUNTIME_OUTPUT_DIRECTORY}")
endfunction()

# aver_precompile(TARGET headers…), or REUSE_FROM another target, whose flags must be the same.
function(aver_precompile target)
  if(ARGV1 STREQUAL REUSE_FROM)
    target_precompile_headers(${target} ${ARGN})
  else()
    target_precompile_headers(${target} PRIVATE ${ARGN})
  endif()
  if(AVER_CCACHE)
    target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
  endif()
endfunction()

# For targets whose sources include <torch/torch.h>: the header aver_nn precompiles.
function(aver_reuse_torch_header target)
  aver_precompile(${target} REUSE_FROM aver_nn)
endfunction()

# For sources whose loops must vectorise, in every build type. Comparisons that may not trap are what
# lets the compiler turn a choice into a mask; values stay as they are.
function(aver_vectorise)
  set_source_files_properties(${ARGN} PROPERTIES COMPILE_OPTIONS
                                                 "-O3;-fno-trapping-math;-fno-math-errno")
  if(AVER_WITHOUT_AVX512)
    set_source_files_properties(${ARGN} PROPERTIES COMPILE_DEFINITIONS AVER_WITHOUT_AVX512)
  endif()
endfunction()
