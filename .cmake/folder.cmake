# One library per folder. gcal_folder(sync base calendar) builds every .cpp file of the current
# folder into the static library gcal_sync and links gcal_base and gcal_calendar. This is the layer
# rule: what is not named cannot be linked. Libraries after PRIVATE are linked without their headers
# reaching the folders above.

find_package(Threads REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(Boost 1.81 QUIET)
if(NOT Boost_FOUND)
  # Debian 12 carries 1.81 beside its default 1.74, without a CMake configuration of its own.
  find_package(Boost 1.74 REQUIRED)
endif()
if(Boost_VERSION VERSION_LESS 1.81)
  message(FATAL_ERROR
    "Boost 1.81 or newer is needed (Debian 12: libboost1.81-dev); found ${Boost_VERSION}")
endif()

add_library(gcal_options INTERFACE)
target_include_directories(gcal_options INTERFACE ${PROJECT_SOURCE_DIR})
# GCC 12 reports -Wrestrict inside its own std::string (bug 105329).
target_compile_options(gcal_options INTERFACE
  -Wall -Wextra -Wformat=2 -Wimplicit-fallthrough -Wnon-virtual-dtor -Woverloaded-virtual
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict> -Werror
  -fvisibility=hidden -fvisibility-inlines-hidden -ffunction-sections -fdata-sections
  -fstack-protector-strong -fno-delete-null-pointer-checks -fno-strict-aliasing)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC pins a library that holds STB_GNU_UNIQUE symbols: dlclose would never unmap it.
  # Asio allocates coroutine frames with a pair of its own, which GCC 12 takes for a mismatch where
  # it inlines one half only.
  target_compile_options(gcal_options INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:-fno-gnu-unique -fcoroutines -Wno-mismatched-new-delete>)
endif()
# Asio and Beast are compiled once, in src/common/net: a file that includes both costs 12 s
# otherwise.
target_compile_definitions(gcal_options INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED
  _GLIBCXX_ASSERTIONS)

# Hardening of what is shipped, the release (decision 0056); tests/binaries reads it back from the
# programs. Debian 12 compiles its own start files without -fcf-protection, so the linker leaves out
# the mark of control-flow protection that each of our objects has.
target_compile_options(gcal_options INTERFACE $<$<CONFIG:Release>:-fstack-clash-protection>)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  target_compile_options(gcal_options INTERFACE $<$<CONFIG:Release>:-fcf-protection=full>)
endif()
target_link_options(gcal_options INTERFACE
  -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,--as-needed)
if(NOT GCAL_SANITIZE)
  # Sanitizers check the same calls themselves.
  target_compile_definitions(gcal_options INTERFACE $<$<CONFIG:Release>:_FORTIFY_SOURCE=3>)
endif()
# Of a target that is not optimised: _FORTIFY_SOURCE needs the optimiser, and says so.
set(GCAL_UNOPTIMISED -O0 $<$<CONFIG:Release>:-U_FORTIFY_SOURCE>)

# No path of this machine in what is shipped: the same commit gives the same bytes in every folder.
# ccache hands relative paths to the compiler.
file(RELATIVE_PATH to_sources ${CMAKE_BINARY_DIR} ${PROJECT_SOURCE_DIR})
target_compile_options(gcal_options INTERFACE
  $<$<CONFIG:Release>:-ffile-prefix-map=${PROJECT_SOURCE_DIR}/=>
  $<$<CONFIG:Release>:-ffile-prefix-map=${to_sources}/=>)

if(GCAL_SANITIZE)
  target_compile_options(gcal_options INTERFACE
    -fsanitize=${GCAL_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(gcal_options INTERFACE -fsanitize=${GCAL_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Asio's fences, which the thread sanitizer does not follow. With the code that a sanitizer adds
    # GCC 12 takes members of a std::variant for uninitialised.
    target_compile_options(gcal_options INTERFACE -Wno-tsan -Wno-maybe-uninitialized)
  endif()
endif()

function(gcal_folder name)
  cmake_parse_arguments(PARSE_ARGV 1 folder "" "" "PRIVATE")
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  if(sources)
    add_library(gcal_${name} STATIC ${sources})
    set(reach PUBLIC)
  else()
    add_library(gcal_${name} INTERFACE)
    set(reach INTERFACE)
  endif()
  target_link_libraries(gcal_${name} ${reach} gcal_options)
  foreach(dependency IN LISTS folder_UNPARSED_ARGUMENTS)
    target_link_libraries(gcal_${name} ${reach} gcal_${dependency})
  endforeach()
  if(folder_PRIVATE)
    target_link_libraries(gcal_${name} PRIVATE ${folder_PRIVATE})
  endif()
endfunction()

# A test program that the preset mutants can start with a fault: tests/sim/started_mutant.cpp.
function(gcal_mutants name)
  if(GCAL_MUTANTS)
    set(sim ${PROJECT_SOURCE_DIR}/tests/sim)
    target_sources(${name} PRIVATE ${sim}/mutants.cpp ${sim}/started_mutant.cpp)
    target_compile_definitions(${name} PRIVATE GCAL_MUTANTS)
  endif()
endfunction()

# A GoogleTest program of every .cpp file in the current folder: gcal_test(unit_sync sync support).
function(gcal_test name)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  add_executable(${name} ${sources})
  target_link_libraries(${name} PRIVATE gcal_options GTest::gmock_main)
  # Optimising assertions costs minutes of compile time and no test waits for them.
  target_compile_options(${name} PRIVATE ${GCAL_UNOPTIMISED})
  foreach(dependency IN LISTS ARGN)
    target_link_libraries(${name} PRIVATE gcal_${dependency})
  endforeach()
  gtest_discover_tests(${name} TEST_PREFIX ${name}. DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 300)
endfunction()
