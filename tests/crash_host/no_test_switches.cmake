# Fails when a program of SHIPPED (separated by commas) names a switch that is for tests, or when
# TEST does not: then the search finds nothing.
set(switches "CRASH_AT|FAKE_CLOCK|FAULT_PLAN|CRM_HOST_TEST")
string(REPLACE "," ";" shipped "${SHIPPED}")
foreach(file ${shipped})
  file(STRINGS ${file} found REGEX "${switches}")
  if(found)
    message(FATAL_ERROR "${file} contains a test switch: ${found}")
  endif()
endforeach()
file(STRINGS ${TEST} found REGEX "CRASH_AT")
if(NOT found)
  message(FATAL_ERROR "${TEST} contains no switch: this test would find none either")
endif()
