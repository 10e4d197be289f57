# cpack -G DEB makes three packages: aver (programs, configs, manual pages,
# completions), libaver (the shared library) and libaver-dev (headers and what finds it). What they depend on
# is read from what they link.
set(CPACK_PACKAGE_NAME aver)
set(CPACK_PACKAGE_VENDOR "the aver authors")
set(AVER_MAINTAINER "the aver authors <aver@users.noreply.github.com>" CACHE STRING
    "Who answers for the packages")
set(CPACK_PACKAGE_CONTACT "${AVER_MAINTAINER}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL programs library development)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)

set(CPACK_DEBIAN_PROGRAMS_PACKAGE_NAME aver)
set(CPACK_DEBIAN_PROGRAMS_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PROGRAMS_PACKAGE_DEPENDS opencv-data)
set(CPACK_DEBIAN_PROGRAMS_PACKAGE_RECOMMENDS "gnuplot-nox, libblas3, libopenblas0-openmp")
set(CPACK_COMPONENT_PROGRAMS_DESCRIPTION
    "Programs that extract frames and sound from recordings of acted emotion,
compute features of them, train networks on both, fuse their answers and
say what the resulting accuracy is worth. A model of voices comes along;
it was trained on RAVDESS and is free for non-commercial use only.")
set(CPACK_DEBIAN_LIBRARY_PACKAGE_NAME libaver)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_CONTROL_EXTRA ${PROJECT_SOURCE_DIR}/packaging/triggers)
set(CPACK_COMPONENT_LIBRARY_DESCRIPTION
    "The shared library that asks trained models about recordings, samples and
pictures, for C, C++ and Python.")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libaver-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "libaver (= ${PROJECT_VERSION}), python3")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SUGGESTS python3-numpy)
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION
    "Headers of libaver and what CMake and pkg-config need to find it.")

# What every package has to say of itself.
string(TIMESTAMP today "%a, %d %b %Y %H:%M:%S +0000" UTC)
set(documents ${PROJECT_BINARY_DIR}/package)
foreach(pair programs:aver library:libaver development:libaver-dev)
  string(REPLACE ":" ";" pair ${pair})
  list(GET pair 0 component)
  list(GET pair 1 package)
  file(CONFIGURE OUTPUT ${documents}/${package}/changelog @ONLY CONTENT
       "@package@ (@PROJECT_VERSION@) stable; urgency=medium\n\n  * See CHANGELOG.md of the source.\n\n -- @AVER_MAINTAINER@  @today@\n")
  add_custom_command(OUTPUT ${documents}/${package}/changelog.gz
                     COMMAND gzip -9nkf ${documents}/${package}/changelog
                     DEPENDS ${documents}/${package}/changelog VERBATIM)
  list(APPEND changelogs ${documents}/${package}/changelog.gz)
  install(FILES ${PROJECT_SOURCE_DIR}/packaging/copyright ${documents}/${package}/changelog.gz
          DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${package} COMPONENT ${component})
endforeach()
add_custom_target(aver_changelogs ALL DEPENDS ${changelogs})
include(CPack)
