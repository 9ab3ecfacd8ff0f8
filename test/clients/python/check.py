"""What every script here begins with: sessions for an account, and a check that an error has AWS's code."""

import boto3
from boto3.session import Config
from botocore.exceptions import ClientError

# One attempt: an error is to be seen, not tried again.
ONCE = Config(retries={"total_max_attempts": 1})


def client(service, **settings):
    return boto3.client(service, config=ONCE, **settings)


def refused(code, call, **arguments):
    """Calls, and returns the error, which must have this code."""
    try:
        call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error
        return error.response
    raise AssertionError(f"{call} was not refused with {code}")
