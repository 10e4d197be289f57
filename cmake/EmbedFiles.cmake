# aver_embed_files(TARGET file…): for each file a header <name>.h with its bytes, made at build time:
#   inline constexpr unsigned char k_index_html[] = {…};
# As a script (cmake -DINPUT=… -DOUTPUT=… -DNAME=… -P) it writes one such array.

if(CMAKE_SCRIPT_MODE_FILE)
  file(READ "${INPUT}" hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(REGEX REPLACE "(0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,)" "\\1\n" bytes
                       "${bytes}")
  file(WRITE "${OUTPUT}" "inline constexpr unsigned char ${NAME}[] = {\n${bytes}\n};\n")
  return()
endif()

set(AVER_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})

function(aver_embed_files target)
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/embedded)
  foreach(file ${ARGN})
    get_filename_component(name ${file} NAME)
    string(REGEX REPLACE "[^A-Za-z0-9]" "_" identifier ${name})
    add_custom_command(
      OUTPUT ${folder}/${name}.h
      COMMAND ${CMAKE_COMMAND} -E make_directory ${folder}
      COMMAND ${CMAKE_COMMAND} -DINPUT=${CMAKE_CURRENT_SOURCE_DIR}/${file}
              -DOUTPUT=${folder}/${name}.h -DNAME=k_${identifier} -P ${AVER_EMBED_SCRIPT}
      DEPENDS ${file} ${AVER_EMBED_SCRIPT}
      VERBATIM)
    target_sources(${target} PRIVATE ${folder}/${name}.h)
  endforeach()
  target_include_directories(${target} PRIVATE ${folder})
endfunction()
