# Lays out the plugin package: library, strings, and the manifest with SHA-256 and size of
# every file.
# Run after each link:
# cmake -DNAME=... -DLIBRARY=... -DMANIFESTS=... -DPACKAGE=... [-DSTRIP=...] -P package.cmake
# MANIFESTS holds NAME.json and strings/. STRIP is the program that takes the symbols away.
file(MAKE_DIRECTORY ${PACKAGE}/strings)
get_filename_component(library_name ${LIBRARY} NAME)
# Written to another name and renamed, so a running host never maps a file that is half written.
configure_file(${LIBRARY} ${PACKAGE}/${library_name}.new COPYONLY)
if(STRIP)
  execute_process(COMMAND ${STRIP} --strip-unneeded ${PACKAGE}/${library_name}.new
    COMMAND_ERROR_IS_FATAL ANY)
endif()
file(RENAME ${PACKAGE}/${library_name}.new ${PACKAGE}/${library_name})
file(GLOB strings RELATIVE ${MANIFESTS} ${MANIFESTS}/strings/*.json)
set(files ${library_name} ${strings})
set(entries "")
foreach(file IN LISTS files)
  if(NOT file STREQUAL library_name)
    configure_file(${MANIFESTS}/${file} ${PACKAGE}/${file} COPYONLY)
  endif()
  file(SHA256 ${PACKAGE}/${file} digest)
  file(SIZE ${PACKAGE}/${file} size)
  list(APPEND entries "\"${file}\": {\"sha256\": \"${digest}\", \"size\": ${size}}")
endforeach()
list(JOIN entries ", " entries)
file(READ ${MANIFESTS}/${NAME}.json manifest)
string(REPLACE "\"files\": {}" "\"files\": {${entries}}" manifest "${manifest}")
# A signature of the build before fits no longer. The manifest is renamed into place last: that is
# when a running host looks at the package.
file(REMOVE ${PACKAGE}/${NAME}.sig)
file(WRITE ${PACKAGE}/../.${NAME}.json.new "${manifest}")
file(RENAME ${PACKAGE}/../.${NAME}.json.new ${PACKAGE}/${NAME}.json)
