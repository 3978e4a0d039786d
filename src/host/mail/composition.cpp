#include "src/host/mail/composition.hpp"

#include <gmime/gmime.h>

#include <memory>
#include <mutex>

#include "src/common/base/bytes.hpp"
#include "src/host/mail/address.hpp"
#include "src/host/mail/gmime_start.hpp"

namespace host::mail {
namespace {

using gcal::base::as_bytes;
using gcal::base::to_hex;

// GMime would choose iso-8859-1 where it fits.
constexpr const char* kCharset = "UTF-8";

struct Release {
  void operator()(void* object) const { g_object_unref(object); }
};
template <class T>
using Owned = std::unique_ptr<T, Release>;

using Part = Owned<GMimePart>;
using Multipart = Owned<GMimeMultipart>;

struct FreeOptions {
  void operator()(GMimeFormatOptions* options) const { g_mime_format_options_free(options); }
};

void set_parameter(GMimeObject* object, const char* name, const std::string& value) {
  g_mime_object_set_content_type_parameter(object, name, value.c_str());
}

Part part_of(const char* type, const char* subtype, std::string_view content,
             GMimeContentEncoding encoding) {
  Part part(g_mime_part_new_with_type(type, subtype));
  const Owned<GMimeStream> stream(
      g_mime_stream_mem_new_with_buffer(content.data(), content.size()));
  const Owned<GMimeDataWrapper> wrapper(
      g_mime_data_wrapper_new_with_stream(stream.get(), GMIME_CONTENT_ENCODING_DEFAULT));
  g_mime_part_set_content(part.get(), wrapper.get());
  g_mime_part_set_content_encoding(part.get(), encoding);
  return part;
}

// Line ends are written by the composition alone.
std::string with_plain_line_ends(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r') {
      if (i + 1 == text.size() || text[i + 1] != '\n') out += '\n';
    } else if (text[i] != '\0') {
      out += text[i];
    }
  }
  if (!out.ends_with('\n')) out += '\n';
  return out;
}

Part text_part(const char* subtype, std::string_view text) {
  Part part =
      part_of("text", subtype, with_plain_line_ends(text), GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
  set_parameter(GMIME_OBJECT(part.get()), "charset", kCharset);
  return part;
}

Part calendar_part(const CalendarPart& calendar) {
  Part part = part_of("text", "calendar", calendar.text, GMIME_CONTENT_ENCODING_BASE64);
  GMimeObject* const object = GMIME_OBJECT(part.get());
  set_parameter(object, "charset", kCharset);
  set_parameter(object, "method", calendar.method);
  set_parameter(object, "component", "VEVENT");
  return part;
}

// The second copy, for programs that read only one of the two, and to be saved.
Part calendar_file(const CalendarPart& calendar) {
  const std::string name = calendar.method == "CANCEL" ? "cancel.ics" : "invite.ics";
  Part part = part_of("application", "ics", calendar.text, GMIME_CONTENT_ENCODING_BASE64);
  set_parameter(GMIME_OBJECT(part.get()), "name", name);
  g_mime_object_set_disposition(GMIME_OBJECT(part.get()), GMIME_DISPOSITION_ATTACHMENT);
  g_mime_object_set_content_disposition_parameter(GMIME_OBJECT(part.get()), "filename",
                                                  name.c_str());
  return part;
}

std::string content_id_of(const MailImage& image, std::string_view domain) {
  const auto digest = gcal::base::sha256(as_bytes(image.png));
  return image.name + "." + to_hex(gcal::base::ByteView(digest).first(4)) + "@" +
         std::string(domain);
}

Part image_part(const MailImage& image, std::string_view domain) {
  const std::string name = image.name + ".png";
  Part part = part_of("image", "png", image.png, GMIME_CONTENT_ENCODING_BASE64);
  GMimeObject* const object = GMIME_OBJECT(part.get());
  set_parameter(object, "name", name);
  g_mime_object_set_content_id(object, content_id_of(image, domain).c_str());
  g_mime_object_set_disposition(object, GMIME_DISPOSITION_INLINE);
  g_mime_object_set_content_disposition_parameter(object, "filename", name.c_str());
  return part;
}

Multipart multipart_of(const char* subtype, const std::string& boundary) {
  Multipart multipart(g_mime_multipart_new_with_subtype(subtype));
  GMimeObject* const object = GMIME_OBJECT(multipart.get());
  // RFC 2387 asks for the type of the root. Before the boundary, or its line would be too long.
  if (std::string_view(subtype) == "related") {
    GMimeContentType* const type = g_mime_object_get_content_type(object);
    g_mime_param_list_remove(g_mime_content_type_get_parameters(type), "boundary");
    set_parameter(object, "type", "multipart/alternative");
  }
  g_mime_multipart_set_boundary(multipart.get(), boundary.c_str());
  return multipart;
}

template <class T>
void add(const Multipart& to, const Owned<T>& part) {
  g_mime_multipart_add(to.get(), GMIME_OBJECT(part.get()));
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
  return text;
}

Multipart body_of(const MailMessage& message, std::string_view domain, const std::string& token) {
  Multipart body = multipart_of("alternative", "=a_" + token);
  std::string html = message.html;
  for (const MailImage& image : message.images)
    html = replaced(std::move(html), "cid:" + image.name + "\"",
                    "cid:" + content_id_of(image, domain) + "\"");
  add(body, text_part("plain", message.text));
  add(body, text_part("html", html));
  if (message.calendar) add(body, calendar_part(*message.calendar));
  if (!message.images.empty()) {
    Multipart related = multipart_of("related", "=r_" + token);
    add(related, body);
    for (const MailImage& image : message.images) add(related, image_part(image, domain));
    body = std::move(related);
  }
  if (message.calendar) {
    Multipart mixed = multipart_of("mixed", "=m_" + token);
    add(mixed, body);
    add(mixed, calendar_file(*message.calendar));
    body = std::move(mixed);
  }
  return body;
}

void add_mailbox(GMimeMessage* message, GMimeAddressType type, const Mailbox& mailbox) {
  const std::string name = header_text(mailbox.name);
  const Owned<InternetAddress> address(
      internet_address_mailbox_new(name.empty() ? nullptr : name.c_str(), mailbox.address.c_str()));
  internet_address_set_charset(address.get(), kCharset);
  internet_address_list_add(g_mime_message_get_addresses(message, type), address.get());
}

void set_header(GMimeMessage* message, const char* name, const std::string& value) {
  g_mime_object_set_header(GMIME_OBJECT(message), name, value.c_str(), kCharset);
}

void set_date(GMimeMessage* message, gcal::base::Instant date) {
  GDateTime* const time = g_date_time_new_from_unix_utc(
      std::chrono::floor<std::chrono::seconds>(date).time_since_epoch().count());
  g_mime_message_set_date(message, time);
  g_date_time_unref(time);
}

std::string written(GMimeMessage* message) {
  const std::unique_ptr<GMimeFormatOptions, FreeOptions> options(g_mime_format_options_new());
  g_mime_format_options_set_newline_format(options.get(), GMIME_NEWLINE_FORMAT_DOS);
  const Owned<GMimeStream> stream(g_mime_stream_mem_new());
  g_mime_object_write_to_stream(GMIME_OBJECT(message), options.get(), stream.get());
  const GByteArray* const bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream.get()));
  return {reinterpret_cast<const char*>(bytes->data), bytes->len};
}

}  // namespace

void start_gmime() {
  static std::once_flag once;
  std::call_once(once, g_mime_init);
}

MessageIdentity identity_of(std::string_view installation, std::string_view plugin,
                            std::string_view key, std::string_view from_address) {
  const std::string bound_to =
      std::string(installation) + "\n" + std::string(plugin) + "\n" + std::string(key);
  const auto digest = gcal::base::sha256(as_bytes(bound_to));
  MessageIdentity identity;
  identity.token = to_hex(gcal::base::ByteView(digest).first(16));
  identity.message_id = "inv." + identity.token + "@" + domain_of(from_address);
  return identity;
}

Result<std::string> compose(const MailMessage& message, const Mailbox& from,
                            const MessageIdentity& identity, std::string_view first_message_id,
                            gcal::base::Instant date) {
  start_gmime();
  const Owned<GMimeMessage> mime(g_mime_message_new(FALSE));
  set_date(mime.get(), date);
  add_mailbox(mime.get(), GMIME_ADDRESS_TYPE_FROM, from);
  if (!message.reply_to.address.empty())
    add_mailbox(mime.get(), GMIME_ADDRESS_TYPE_REPLY_TO, message.reply_to);
  add_mailbox(mime.get(), GMIME_ADDRESS_TYPE_TO, message.to);
  g_mime_message_set_subject(mime.get(), header_text(message.subject).c_str(), kCharset);
  set_header(mime.get(), "Message-ID", "<" + identity.message_id + ">");
  if (!first_message_id.empty()) {
    const std::string first = "<" + std::string(first_message_id) + ">";
    set_header(mime.get(), "In-Reply-To", first);
    set_header(mime.get(), "References", first);
  }
  set_header(mime.get(), "Auto-Submitted", "auto-generated");
  set_header(mime.get(), "Content-Language", message.language);
  set_header(mime.get(), "MIME-Version", "1.0");
  const Multipart body = body_of(message, domain_of(from.address), identity.token);
  g_mime_message_set_mime_part(mime.get(), GMIME_OBJECT(body.get()));
  std::string bytes = written(mime.get());
  if (bytes.size() > kMaxMessage)
    return Error{
        Code::invalid, "the message has more than " + std::to_string(kMaxMessage) + " bytes", {}};
  return bytes;
}

std::string html_for_page(const MailMessage& message) {
  std::string html = message.html;
  for (const MailImage& image : message.images)
    html = replaced(std::move(html), "cid:" + image.name + "\"",
                    "data:image/png;base64," + gcal::base::to_base64(as_bytes(image.png)) + "\"");
  return html;
}

}  // namespace host::mail
