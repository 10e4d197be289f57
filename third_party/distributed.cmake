# Training on several processes: LibTorch's c10d over Gloo, and NCCL with a CUDA build. LibTorch's
# headers include Gloo's (Debian: libgloo-dev), and a LibTorch may be built without either.
# aver_torch_distributed carries AVER_WITH_GLOO and AVER_WITH_NCCL for the one file that asks.

include(CheckCXXSourceCompiles)
add_library(aver_torch_distributed INTERFACE)

find_path(AVER_GLOO_INCLUDE gloo/algorithm.h HINTS ${TORCH_INCLUDE_DIRS})
find_path(AVER_C10D_INCLUDE torch/csrc/distributed/c10d/ProcessGroupGloo.hpp
          HINTS ${TORCH_INCLUDE_DIRS})

# Whether a program with ProcessGroupGloo or ProcessGroupNCCL compiles and links: the headers may be of
# another time than LibTorch. Its libraries are named as files, for the targets of later ones need a
# target that no check is given.
function(aver_torch_has name option includes libraries result)
  get_filename_component(folder ${TORCH_LIBRARY} DIRECTORY)
  list(TRANSFORM libraries PREPEND ${folder}/lib)
  list(TRANSFORM libraries APPEND ${CMAKE_SHARED_LIBRARY_SUFFIX})
  set(CMAKE_REQUIRED_LIBRARIES ${libraries})
  set(CMAKE_REQUIRED_LINK_OPTIONS -Wl,--allow-shlib-undefined)
  set(CMAKE_REQUIRED_INCLUDES ${includes} ${TORCH_INCLUDE_DIRS})
  set(CMAKE_REQUIRED_DEFINITIONS -D${option})
  check_cxx_source_compiles("#include <torch/csrc/distributed/c10d/${name}.hpp>
                             int main() { c10d::${name}::Options::create(); }" ${result})
endfunction()

if(AVER_GLOO_INCLUDE AND AVER_C10D_INCLUDE)
  aver_torch_has(ProcessGroupGloo USE_C10D_GLOO "${AVER_GLOO_INCLUDE}" "torch_cpu;c10"
                 AVER_TORCH_HAS_GLOO)
endif()
if(AVER_TORCH_HAS_GLOO)
  target_compile_definitions(aver_torch_distributed INTERFACE AVER_WITH_GLOO USE_C10D_GLOO)
  target_include_directories(aver_torch_distributed SYSTEM INTERFACE ${AVER_GLOO_INCLUDE})
  # It must be the one LibTorch was built with: its settings, which differ in size between versions, are
  # handed over. PyTorch's binaries have it beside them, and a CUDA toolkit may have another.
  find_path(AVER_NCCL_INCLUDE nccl.h HINTS ${TORCH_INSTALL_PREFIX}/../nvidia/nccl/include)
  if(AVER_NCCL_INCLUDE)
    aver_torch_has(ProcessGroupNCCL USE_C10D_NCCL "${AVER_NCCL_INCLUDE};${CUDAToolkit_INCLUDE_DIRS}"
                   "torch_cuda;c10_cuda;torch_cpu;c10" AVER_TORCH_HAS_NCCL)
  endif()
  if(AVER_TORCH_HAS_NCCL)
    target_compile_definitions(aver_torch_distributed INTERFACE AVER_WITH_NCCL USE_C10D_NCCL)
    aver_before_torch(${AVER_NCCL_INCLUDE}/nccl.h)
  endif()
else()
  message(STATUS "No Gloo that LibTorch compiles with (Debian: libgloo-dev), or a LibTorch without its distributed part: "
                 "--distributed will be refused")
endif()
