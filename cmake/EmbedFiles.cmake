# aver_embed_files(TARGET file…): for each file a header <name>.h with its bytes, made at build time:
#   inline constexpr unsigned char k_index_html[] = {…};
# aver_embed_folder(TARGET name folder pattern): one header <name>.h with all text files of a folder:
#   inline constexpr std::pair<std::string_view, std::string_view> k_<name>[] = {{"file", "text"}, …};
# A file that is added to the folder is there without a word anywhere else.
# As a script (cmake -DOUTPUT=… -DNAME=… and -DINPUT=… or -DFOLDER=… -DPATTERN=…, -P) it writes them.

if(CMAKE_SCRIPT_MODE_FILE AND FOLDER)
  file(GLOB files "${FOLDER}/${PATTERN}")
  set(text "#include <string_view>\n#include <utility>\n\n")
  string(APPEND text "inline constexpr std::pair<std::string_view, std::string_view> ${NAME}[] = {\n")
  file(WRITE "${OUTPUT}" "${text}")
  foreach(file ${files})
    get_filename_component(name ${file} NAME)
    file(READ "${file}" content)
    file(APPEND "${OUTPUT}" "{\"${name}\", R\"aver_text(${content})aver_text\"},\n")
  endforeach()
  file(APPEND "${OUTPUT}" "};\n")
  return()
endif()
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

function(aver_embed_folder target name source pattern)
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/embedded)
  file(GLOB files CONFIGURE_DEPENDS "${source}/${pattern}")
  add_custom_command(
    OUTPUT ${folder}/${name}.h
    COMMAND ${CMAKE_COMMAND} -E make_directory ${folder}
    COMMAND ${CMAKE_COMMAND} -DFOLDER=${source} -DPATTERN=${pattern} -DOUTPUT=${folder}/${name}.h
            -DNAME=k_${name} -P ${AVER_EMBED_SCRIPT}
    DEPENDS ${files} ${AVER_EMBED_SCRIPT}
    VERBATIM)
  target_sources(${target} PRIVATE ${folder}/${name}.h)
  target_include_directories(${target} PRIVATE ${folder})
endfunction()
