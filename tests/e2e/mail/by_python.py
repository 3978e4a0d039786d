"""Reads a message from standard input with Python's email package, and its calendar part with
icalendar; prints what both hold as JSON."""

import email
import email.policy
import hashlib
import json
import sys

import icalendar

message = email.message_from_binary_file(sys.stdin.buffer, policy=email.policy.default)


def tree(part):
    if part.is_multipart():
        return [part.get_content_type(), [tree(one) for one in part.iter_parts()]]
    return part.get_content_type()


def defects(part):
    found = [type(one).__name__ for one in part.defects]
    for header in part.values():
        found += [type(one).__name__ for one in getattr(header, "defects", ())]
    for one in part.iter_parts() if part.is_multipart() else ():
        found += defects(one)
    return found


def wall(value):
    """A time as ical.js writes it, without its zone; UTC has a Z."""
    if value is None:
        return ""
    text = value.dt.isoformat()[:19]
    return text + "Z" if value.to_ical().endswith(b"Z") else text


def address(value):
    text = str(value)
    return text[7:] if text.lower().startswith("mailto:") else text


def event(part):
    attendees = part.get("ATTENDEE", [])
    organizer = part["ORGANIZER"]
    return {
        "uid": str(part["UID"]),
        "sequence": int(part.get("SEQUENCE", 0)),
        "summary": str(part.get("SUMMARY", "")),
        "start": wall(part["DTSTART"]),
        "zone": str(part["DTSTART"].params.get("TZID", "")),
        "recurrence_id": wall(part.get("RECURRENCE-ID")),
        "status": str(part.get("STATUS", "")),
        "organizer": address(organizer),
        "sent_by": address(organizer.params.get("SENT-BY", "")),
        "attendees": [address(one) for one in
                      (attendees if isinstance(attendees, list) else [attendees])],
    }


def events(text):
    read = icalendar.Calendar.from_ical(text)
    return {
        "method": str(read["METHOD"]),
        "zones": [str(zone["TZID"]) for zone in read.walk("VTIMEZONE")],
        "events": [event(part) for part in read.walk("VEVENT")],
        "defects": [str(error) for part in read.walk() for error in part.errors],
    }


parts = {one.get_content_type(): one for one in message.walk() if not one.is_multipart()}
calendar = parts.get("text/calendar")
attached = parts.get("application/ics")
logo = parts.get("image/png")
text = parts["text/plain"].get_content()
print(json.dumps({
    "subject": message["Subject"],
    "from": message["From"].addresses[0].addr_spec,
    "from_name": message["From"].addresses[0].display_name,
    "to": [one.addr_spec for one in message["To"].addresses],
    "reply_to": message["Reply-To"].addresses[0].addr_spec if message["Reply-To"] else "",
    "message_id": message["Message-ID"],
    "in_reply_to": message["In-Reply-To"] or "",
    "automatic": message["Auto-Submitted"] or "",
    "tree": tree(message),
    "text": text,
    "html": parts["text/html"].get_content(),
    "method": calendar["Content-Type"].params.get("method", "") if calendar else "",
    "disposition": calendar.get_content_disposition() or "" if calendar else "",
    "calendar": calendar.get_content() if calendar else "",
    "attached": attached.get_content().decode() if attached else "",
    "by_icalendar": events(calendar.get_content()) if calendar else None,
    "logo_id": (logo["Content-ID"] or "") if logo else "",
    "logo": hashlib.sha256(logo.get_content()).hexdigest() if logo else "",
    "defects": defects(message),
}))
