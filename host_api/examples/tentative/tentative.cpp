// The entry of the example plugin "tentative"; the plugin itself is in tentative.hpp, so that a
// test can create it without a library.
#include "host_api/examples/tentative/tentative.hpp"

CRM_PLUGIN(example::Tentative, "com.example.tentative", "1.0.0")
