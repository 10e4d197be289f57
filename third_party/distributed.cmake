# Training on several processes: LibTorch's c10d over Gloo, and NCCL with a CUDA build. LibTorch's
# headers include Gloo's (Debian: libgloo-dev), and a LibTorch may be built without either.
# aver_torch_distributed carries AVER_WITH_GLOO and AVER_WITH_NCCL for the one file that asks.

include(CheckCXXSourceCompiles)
add_library(aver_torch_distributed INTERFACE)

find_path(AVER_GLOO_INCLUDE gloo/algorithm.h HINTS ${TORCH_INCLUDE_DIRS})
find_path(AVER_C10D_INCLUDE torch/csrc/distributed/c10d/ProcessGroupGloo.hpp
          HINTS ${TORCH_INCLUDE_DIRS})

# Whether LibTorch has it is asked of its libraries, by mangled name: its headers take twenty seconds.
function(aver_torch_has symbol result)
  set(CMAKE_REQUIRED_LIBRARIES ${TORCH_LIBRARIES})
  check_cxx_source_compiles("extern \"C\" void ${symbol}(); int main() { ${symbol}(); }" ${result})
endfunction()

if(AVER_GLOO_INCLUDE AND AVER_C10D_INCLUDE)
  # c10d::ProcessGroupGloo::~ProcessGroupGloo()
  aver_torch_has(_ZN4c10d16ProcessGroupGlooD1Ev AVER_TORCH_HAS_GLOO)
endif()
if(AVER_TORCH_HAS_GLOO)
  target_compile_definitions(aver_torch_distributed INTERFACE AVER_WITH_GLOO USE_C10D_GLOO)
  target_include_directories(aver_torch_distributed SYSTEM INTERFACE ${AVER_GLOO_INCLUDE})
  find_path(AVER_NCCL_INCLUDE nccl.h)
  if(AVER_NCCL_INCLUDE)
    # c10d::ProcessGroupNCCL::~ProcessGroupNCCL()
    aver_torch_has(_ZN4c10d16ProcessGroupNCCLD1Ev AVER_TORCH_HAS_NCCL)
  endif()
  if(AVER_TORCH_HAS_NCCL)
    target_compile_definitions(aver_torch_distributed INTERFACE AVER_WITH_NCCL USE_C10D_NCCL)
    target_include_directories(aver_torch_distributed SYSTEM INTERFACE ${AVER_NCCL_INCLUDE})
  endif()
else()
  message(STATUS "No Gloo (Debian: libgloo-dev) or a LibTorch without its distributed part: "
                 "--distributed will be refused")
endif()
