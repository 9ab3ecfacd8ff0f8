"""S3 by boto3: transfers in parts, the resource API, paginators, waiters, errors."""

import hashlib
import io
import os

import boto3
from boto3.s3.transfer import TransferConfig
from check import client, refused

s3 = client("s3")
s3.create_bucket(Bucket="boto")
s3.get_waiter("bucket_exists").wait(Bucket="boto")

# A transfer in three parts, up and down, side by side.
MIB = 2**20
parts = TransferConfig(multipart_threshold=5 * MIB, multipart_chunksize=5 * MIB, max_concurrency=3)
data = os.urandom(12 * MIB)
s3.upload_fileobj(io.BytesIO(data), "boto", "big", Config=parts, ExtraArgs={"Metadata": {"who": "boto3"}})
head = s3.head_object(Bucket="boto", Key="big")
assert head["ETag"].endswith('-3"'), head["ETag"]
assert head["Metadata"] == {"who": "boto3"}
back = io.BytesIO()
s3.download_fileobj("boto", "big", back, Config=parts)
assert hashlib.sha256(back.getvalue()).digest() == hashlib.sha256(data).digest()
s3.copy({"Bucket": "boto", "Key": "big"}, "boto", "copied", Config=parts)
assert s3.head_object(Bucket="boto", Key="copied")["ContentLength"] == len(data)
assert "Uploads" not in s3.list_multipart_uploads(Bucket="boto")

# The resource API.
bucket = boto3.resource("s3").Bucket("boto")
for index in range(25):
    bucket.put_object(Key=f"many/{index:02}", Body=str(index).encode())
assert [item.key for item in bucket.objects.filter(Prefix="many/").limit(3)] == ["many/00", "many/01", "many/02"]
assert bucket.Object("many/07").get()["Body"].read() == b"7"

# Paginators.
pages = list(s3.get_paginator("list_objects_v2").paginate(Bucket="boto", Prefix="many/", PaginationConfig={"PageSize": 10}))
assert [len(page["Contents"]) for page in pages] == [10, 10, 5]
prefixes = s3.get_paginator("list_objects").paginate(Bucket="boto", Delimiter="/").search("CommonPrefixes[].Prefix")
assert list(prefixes) == ["many/"]

# Versions, conditions, errors.
boto3.resource("s3").BucketVersioning("boto").enable()
first = s3.put_object(Bucket="boto", Key="v", Body=b"1")["VersionId"]
s3.put_object(Bucket="boto", Key="v", Body=b"2")
assert s3.get_object(Bucket="boto", Key="v", VersionId=first)["Body"].read() == b"1"
assert s3.delete_object(Bucket="boto", Key="v")["DeleteMarker"] is True
refused("NoSuchKey", s3.get_object, Bucket="boto", Key="v")
refused("404", s3.head_object, Bucket="boto", Key="v")
refused("NoSuchBucket", s3.list_objects_v2, Bucket="no-such-bucket-here")
refused("PreconditionFailed", s3.put_object, Bucket="boto", Key="big", Body=b"", IfNoneMatch="*")
refused("InvalidRange", s3.get_object, Bucket="boto", Key="many/07", Range="bytes=9-")
refused("BucketNotEmpty", s3.delete_bucket, Bucket="boto")

bucket.object_versions.delete()
bucket.delete()
s3.get_waiter("bucket_not_exists").wait(Bucket="boto")
