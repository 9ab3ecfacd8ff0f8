"""Makes the waiters of botocore ask ten times a second: `aws cloudformation deploy` would sleep 30 s between two questions."""

import time

_sleep = time.sleep
time.sleep = lambda seconds: _sleep(min(seconds, 0.1))
