// Asio, its TLS part and Beast, compiled once for the whole project: every other file sees
// declarations only.
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
