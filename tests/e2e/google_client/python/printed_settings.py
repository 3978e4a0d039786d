"""Google's client for Python with the settings that the emulator's manual prints.

Arguments: the emulator's origin and a refresh token. Prints what it saw as JSON.
"""

import json
import sys

from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build

B, refresh_token = sys.argv[1:]
credentials = Credentials(
    None,
    refresh_token=refresh_token,
    token_uri=B + "/token",
    client_id="any",
    client_secret="any",
)
calendar = build(
    "calendar",
    "v3",
    discoveryServiceUrl=B + "/discovery/v1/apis/{api}/{apiVersion}/rest",
    credentials=credentials,
    cache_discovery=False,
)
event = {
    "summary": "Plain",
    "start": {"date": "2026-12-01"},
    "end": {"date": "2026-12-02"},
}
events = calendar.events()
statuses = []
batch = calendar.new_batch_http_request(
    callback=lambda key, answer, error: statuses.append(answer["status"])
)
batch.add(events.insert(calendarId="primary", body=event))
batch.add(events.insert(calendarId="primary", body=event))
batch.execute()
listed = events.list(calendarId="primary").execute()
print(json.dumps({"batch": statuses, "listed": [one["summary"] for one in listed["items"]]}))
