# Lays out the package of a plugin in FOLDER/NAME: the library, the strings and the manifest, which
# come from MANIFESTS. The target is called after ALIAS: crm_plugin_package(package google_calendar
# ${manifests} ${CMAKE_BINARY_DIR}/plugins), where google_calendar is the target of the library.
# Installed with the development files: find_package(crm_host_api) defines it for plugin authors.
set(CRM_PLUGIN_PACKAGE_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/package.cmake)

function(crm_plugin_package alias name manifests folder)
  file(GLOB inputs CONFIGURE_DEPENDS ${manifests}/${name}.json ${manifests}/strings/*.json)
  add_custom_command(
    OUTPUT ${folder}/${name}/${name}.json
    COMMAND ${CMAKE_COMMAND} -DNAME=${name} -DLIBRARY=$<TARGET_FILE:${name}>
            -DMANIFESTS=${manifests} -DPACKAGE=${folder}/${name}
            -DSTRIP=$<$<CONFIG:Release>:${CMAKE_STRIP}> -P ${CRM_PLUGIN_PACKAGE_SCRIPT}
    DEPENDS ${name} ${inputs} ${CRM_PLUGIN_PACKAGE_SCRIPT}
    VERBATIM)
  add_custom_target(${alias} ALL DEPENDS ${folder}/${name}/${name}.json)
endfunction()
