"""Google's client for Python as its documentation shows it: build('calendar', 'v3', ...).

Reads {"client_id", "client_secret", "refresh_token"} from the standard input and prints what it
saw as JSON. Every address is the client's own.
"""

import datetime
import json
import sys

from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

given = json.load(sys.stdin)
seen = {}

credentials = Credentials(
    None,
    refresh_token=given["refresh_token"],
    token_uri="https://oauth2.googleapis.com/token",
    client_id=given["client_id"],
    client_secret=given["client_secret"],
)
calendar = build("calendar", "v3", credentials=credentials, cache_discovery=False)
events = calendar.events()


def day(number):
    start = datetime.datetime(2026, 12, number, 9, tzinfo=datetime.timezone.utc)
    end = start + datetime.timedelta(hours=1)
    return {"start": {"dateTime": start.isoformat()}, "end": {"dateTime": end.isoformat()}}


def status_of(request):
    try:
        request.execute()
    except HttpError as error:
        return error.resp.status
    return 200


made = events.insert(calendarId="primary", body={"summary": "First", **day(1)}).execute()
patched = events.patch(
    calendarId="primary", eventId=made["id"], body={"location": "Here"}
).execute()
seen["patched"] = [patched["summary"], patched["location"]]
moved = events.update(
    calendarId="primary", eventId=made["id"], body={"summary": "Moved", **day(2)}
).execute()
seen["updated"] = [moved["summary"], moved.get("location")]

batched = {}
batch = calendar.new_batch_http_request(
    callback=lambda key, answer, error: batched.update(
        {key: error.resp.status if error else answer["summary"]}
    )
)
for number in range(3, 8):
    batch.add(
        events.insert(calendarId="primary", body={"summary": f"Batch {number}", **day(number)}),
        request_id=f"insert-{number}",
    )
batch.add(events.get(calendarId="primary", eventId="unknown00"), request_id="unknown")
batch.execute()
seen["batched"] = batched

pages = []
request = events.list(calendarId="primary", maxResults=4, orderBy="startTime", singleEvents=True)
while request is not None:
    page = request.execute()
    pages.append([event["summary"] for event in page["items"]])
    request = events.list_next(request, page)
seen["pages"] = pages

# The client sends it as a POST: its URL would have more than 2048 characters.
wanted = [f"key{number:03}=value{number:03}" for number in range(100)]
tagged = events.insert(
    calendarId="primary",
    body={
        "summary": "Tagged",
        "extendedProperties": {"private": dict(one.split("=") for one in wanted)},
        **day(9),
    },
).execute()
long_request = events.list(calendarId="primary", privateExtendedProperty=wanted)
seen["long_url"] = len(long_request.uri)
seen["long"] = [event["summary"] for event in long_request.execute()["items"]]
seen["after_long"] = len(events.list(calendarId="primary").execute()["items"])

quick = events.quickAdd(
    calendarId="primary", text="Appointment at Somewhere on June 3rd 10am-10:25am"
).execute()
seen["quick"] = quick["start"]["dateTime"][4:19]
busy = (
    calendar.freebusy()
    .query(
        body={
            "timeMin": "2026-12-02T00:00:00Z",
            "timeMax": "2026-12-03T00:00:00Z",
            "items": [{"id": "primary"}],
        }
    )
    .execute()
)
seen["busy"] = len(busy["calendars"]["primary"]["busy"])
seen["calendars"] = [
    entry["id"] for entry in calendar.calendarList().list().execute()["items"]
]
events.delete(calendarId="primary", eventId=tagged["id"]).execute()
seen["deleted_twice"] = status_of(events.delete(calendarId="primary", eventId=tagged["id"]))
seen["colors"] = len(calendar.colors().get().execute()["event"])

print(json.dumps(seen))
