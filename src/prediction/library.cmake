# libaver: include/aver/ for programs of others. It holds what it needs of aver, so that they link
# nothing else, and is found by find_package(aver) and by pkg-config.
include(CMakePackageConfigHelpers)

add_library(aver SHARED c_api.cpp emotion_recogniser.cpp)
add_library(aver::aver ALIAS aver)
set_target_properties(aver PROPERTIES VERSION ${PROJECT_VERSION} INSTALL_RPATH_USE_LINK_PATH ON
                      SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR} DEFINE_SYMBOL "")
target_compile_features(aver PUBLIC cxx_std_20)
target_include_directories(aver PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
                                       $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_link_libraries(aver PRIVATE aver_prediction aver_flags)
# Loops that are compiled once per vector unit are visible whatever the flags say.
target_link_options(aver PRIVATE -Wl,--exclude-libs,ALL)

set(place ${CMAKE_INSTALL_LIBDIR}/cmake/aver)
install(TARGETS aver EXPORT aver LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library
        NAMELINK_COMPONENT development)
install(EXPORT aver NAMESPACE aver:: FILE averConfig.cmake DESTINATION ${place} COMPONENT development)
write_basic_package_version_file(averConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/averConfigVersion.cmake DESTINATION ${place}
        COMPONENT development)
# From where it lies, so that an installation may be moved.
file(RELATIVE_PATH AVER_PREFIX_OF_PKGCONFIG
     /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
configure_file(aver.pc.in aver.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/aver.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
        COMPONENT development)
