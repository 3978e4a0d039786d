"""Expands iCalendar files with recurring_ical_events, the package of Debian 12.

Reads [{"name", "text", "zone"}] from stdin and writes {"name": [{"start", "end", "title"}] |
{"error"}} to stdout. A start is a date or seconds since 1970. Without an end a day lasts a day (RFC
5545 section 3.6.1), which the library does not do. Cancelled instances are left out.
"""

import base64
import datetime
import json
import sys

import icalendar
import pytz
import recurring_ical_events


def value(time, zone):
    if not isinstance(time, datetime.datetime):
        return time.isoformat()
    if time.tzinfo is None:
        time = pytz.timezone(zone).localize(time)
    return int(time.timestamp())


def instance(event, zone):
    start = event["DTSTART"].dt
    end = event["DTEND"].dt
    if not isinstance(start, datetime.datetime) and end <= start:
        end = start + datetime.timedelta(days=1)
    return {"start": value(start, zone), "end": value(end, zone),
            "title": str(event.get("SUMMARY", ""))}


def expand(one):
    found = []
    for calendar in icalendar.Calendar.from_ical(base64.b64decode(one["text"]), multiple=True):
        if any(event.errors for event in calendar.walk("VEVENT")):
            raise ValueError("a line of an event cannot be read")
        events = recurring_ical_events.of(calendar).between((2026, 12, 30), (2029, 1, 2))
        found += [instance(event, one["zone"]) for event in events
                  if event.get("STATUS") != "CANCELLED"]
    return found


def main():
    answers = {}
    for one in json.load(sys.stdin):
        # The library remembers the zones of earlier files by their TZID.
        icalendar.prop._timezone_cache.clear()
        try:
            answers[one["name"]] = expand(one)
        except Exception as error:  # a file that the library cannot read is not compared with it
            answers[one["name"]] = {"error": f"{type(error).__name__}: {error}"}
    json.dump(answers, sys.stdout)


main()
