# cmake --install BUILD [--prefix DIR] [--strip] [--component NAME], with the components
#   plugin     the package of the plugin, in lib/crm-host/plugins
#   host       crm_host, its pages and the manual for administrators
#   emulator   google_emulator, its page and its manual
#   dev        headers, libcrm_hosting, CMake package and pkg-config files, examples, plugin_key
# Everything is found from where it lies: a prefix can be moved.
include(CMakePackageConfigHelpers)

set(plugin_folder lib/crm-host/plugins)
set(header_folder include/crm)

# The plugin. Its signature is kept. A host that runs meanwhile looks when the last file is there.
set(PACKAGE ${CMAKE_BINARY_DIR}/plugins/google_calendar)
set(DESTINATION ${plugin_folder}/google_calendar)
configure_file(${CMAKE_CURRENT_LIST_DIR}/install_plugin.cmake.in
  ${CMAKE_BINARY_DIR}/install/plugin.cmake @ONLY)
install(SCRIPT ${CMAKE_BINARY_DIR}/install/plugin.cmake COMPONENT plugin)

install(TARGETS crm_host RUNTIME DESTINATION bin COMPONENT host)
install(DIRECTORY ${CMAKE_BINARY_DIR}/share/crm_host/pages DESTINATION share/crm_host
  COMPONENT host)
install(FILES src/docs/administration.md src/docs/installation.md LICENSE
  DESTINATION share/doc/crm-host COMPONENT host)

install(TARGETS google_emulator RUNTIME DESTINATION bin COMPONENT emulator)
install(DIRECTORY src/emulator/page DESTINATION share/google-emulator COMPONENT emulator)
install(FILES src/emulator/README.md src/emulator/FAULTS.md src/emulator/BEHAVIOUR.md LICENSE
  DESTINATION share/doc/google-emulator COMPONENT emulator)

# One archive for vendors: the libraries of src/hosting and those of src/common that they use.
set(hosting_libraries gcal_base gcal_net gcal_icalendar)
get_property(folders DIRECTORY src PROPERTY SUBDIRECTORIES)
list(FILTER folders INCLUDE REGEX "/src/hosting/")
foreach(folder IN LISTS folders)
  get_property(targets DIRECTORY ${folder} PROPERTY BUILDSYSTEM_TARGETS)
  list(APPEND hosting_libraries ${targets})
endforeach()
set(hosting_objects "")
foreach(library IN LISTS hosting_libraries)
  get_target_property(type ${library} TYPE)
  if(type STREQUAL "STATIC_LIBRARY")
    list(APPEND hosting_objects $<TARGET_OBJECTS:${library}>)
  endif()
endforeach()
add_library(crm_hosting_archive STATIC ${hosting_objects})
set_target_properties(crm_hosting_archive PROPERTIES
  OUTPUT_NAME crm_hosting LINKER_LANGUAGE CXX
  ARCHIVE_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)

# What it links: names for pkg-config, and for CMake.
set(HOSTING_REQUIRES openssl sqlite3 zlib libidn2)
set(HOSTING_PACKAGES "find_dependency(OpenSSL 3)\nfind_dependency(SQLite3)\nfind_dependency(ZLIB)")
set(HOSTING_LINKS OpenSSL::SSL OpenSSL::Crypto SQLite::SQLite3 ZLIB::ZLIB)
get_target_property(storage_links gcal_hosting_storage LINK_LIBRARIES)
if(storage_links MATCHES "LIBPQ")
  # By its name: FindPostgreSQL asks for the headers of the server too.
  list(APPEND HOSTING_REQUIRES libpq)
  list(APPEND HOSTING_LINKS pq)
endif()
list(JOIN HOSTING_REQUIRES ", " HOSTING_REQUIRES)

set(HEADERS ${header_folder})
foreach(package crm_host_api crm_hosting)
  set(configuration ${CMAKE_BINARY_DIR}/install/${package}Config.cmake)
  configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/packages/${package}Config.cmake.in
    ${configuration} INSTALL_DESTINATION lib/cmake/${package} PATH_VARS HEADERS)
  # Until 1.0 each minor version may differ.
  write_basic_package_version_file(${CMAKE_BINARY_DIR}/install/${package}ConfigVersion.cmake
    COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
  configure_file(${CMAKE_CURRENT_LIST_DIR}/packages/${package}.pc.in
    ${CMAKE_BINARY_DIR}/install/${package}.pc @ONLY)
  install(FILES ${configuration} ${CMAKE_BINARY_DIR}/install/${package}ConfigVersion.cmake
    DESTINATION lib/cmake/${package} COMPONENT dev)
  install(FILES ${CMAKE_BINARY_DIR}/install/${package}.pc DESTINATION lib/pkgconfig COMPONENT dev)
endforeach()
install(FILES ${CMAKE_CURRENT_LIST_DIR}/crm_plugin_package.cmake
  ${CMAKE_CURRENT_LIST_DIR}/package.cmake DESTINATION lib/cmake/crm_host_api COMPONENT dev)

install(TARGETS crm_hosting_archive ARCHIVE DESTINATION lib COMPONENT dev)
install(DIRECTORY host_api DESTINATION ${header_folder} COMPONENT dev
  FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp"
  PATTERN "examples" EXCLUDE PATTERN "schema" EXCLUDE PATTERN "tools" EXCLUDE
  PATTERN "conformance" EXCLUDE)
install(DIRECTORY src/hosting/crm_hosting DESTINATION ${header_folder} COMPONENT dev
  OPTIONAL FILES_MATCHING PATTERN "*.hpp")
install(DIRECTORY host_api/schema DESTINATION share/crm_host_api COMPONENT dev)
install(FILES host_api/plugin.map DESTINATION share/crm_host_api COMPONENT dev)
file(GLOB tools CONFIGURE_DEPENDS host_api/tools/*)
foreach(tool IN LISTS tools)
  get_filename_component(name ${tool} NAME)
  install(PROGRAMS ${tool} DESTINATION bin RENAME crm_${name} COMPONENT dev)
endforeach()
install(FILES .cmake/packages/crm_plugin_key.1 .cmake/packages/crm_plugin_package.1
  DESTINATION share/man/man1 COMPONENT dev)
set(documents share/doc/crm-hosting-dev)
# SOURCE NAME [LINK INSTALLED]...: installs a document under another name. Its links that begin with
# LINK begin with INSTALLED there. tests/package follows every link of what is installed.
function(install_document source name)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
  file(READ ${source} text)
  while(ARGN)
    list(POP_FRONT ARGN link installed)
    string(REPLACE "](${link}" "](${installed}" text "${text}")
  endwhile()
  file(WRITE ${CMAKE_BINARY_DIR}/install/${name} "${text}")
  install(FILES ${CMAKE_BINARY_DIR}/install/${name} DESTINATION ${documents} COMPONENT dev)
endfunction()
set(contract ../../crm_host_api)
install_document(host_api/README.md host_api.md examples/ ${contract}/examples/
  conformance/ ${contract}/conformance/ schema/ ${contract}/schema/)
if(EXISTS ${CMAKE_SOURCE_DIR}/src/hosting/README.md)
  install_document(src/hosting/README.md crm_hosting.md ../../host_api/README.md host_api.md
    ../host/web/README.md json_api.md example_host ../../crm_hosting/examples/example_host)
endif()
install_document(src/host/web/README.md json_api.md)
install(FILES LICENSE src/docs/installation.md src/docs/administration.md
  DESTINATION ${documents} COMPONENT dev)
# Beside the examples and the suite, whose READMEs lead to it.
install(FILES host_api/README.md DESTINATION share/crm_host_api COMPONENT dev)
file(GLOB examples CONFIGURE_DEPENDS host_api/examples/*)
list(FILTER examples EXCLUDE REGEX "CMakeLists.txt$")
install(DIRECTORY ${examples} DESTINATION share/crm_host_api/examples COMPONENT dev)
install(DIRECTORY host_api/conformance DESTINATION share/crm_host_api COMPONENT dev
  USE_SOURCE_PERMISSIONS)
install(DIRECTORY src/hosting/example_host DESTINATION share/crm_hosting/examples COMPONENT dev
  OPTIONAL)
