"""IAM and STS by boto3: who one is, keys that were issued, and what wrong ones are told."""

import json

from check import client, refused

iam, sts = client("iam"), client("sts")
assert sts.get_caller_identity()["Arn"] == "arn:aws:iam::000000000000:root"

for name in ["ada", "bob", "cy"]:
    iam.create_user(UserName=name, Path="/team/", Tags=[{"Key": "of", "Value": "boto"}])
refused("EntityAlreadyExists", iam.create_user, UserName="ada")
refused("NoSuchEntity", iam.get_user, UserName="dan")
refused("ValidationError", iam.create_user, UserName="not a name!")
pages = iam.get_paginator("list_users").paginate(PathPrefix="/team/", PaginationConfig={"PageSize": 2})
assert [[user["UserName"] for user in page["Users"]] for page in pages] == [["ada", "bob"], ["cy"]]
refused("MalformedPolicyDocument", iam.put_user_policy, UserName="ada", PolicyName="p", PolicyDocument="{")

allow = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}]}
iam.put_user_policy(UserName="ada", PolicyName="p", PolicyDocument=json.dumps(allow))
assert iam.get_user_policy(UserName="ada", PolicyName="p")["PolicyDocument"] == allow
key = iam.create_access_key(UserName="ada")["AccessKey"]


def keys(access_key_id, secret, token=None):
    return {"aws_access_key_id": access_key_id, "aws_secret_access_key": secret, "aws_session_token": token}


ada = keys(key["AccessKeyId"], key["SecretAccessKey"])
assert client("sts", **ada).get_caller_identity()["Arn"] == "arn:aws:iam::000000000000:user/team/ada"

# Each service has words of its own for a wrong secret and an unknown key.
wrong = keys(key["AccessKeyId"], "guessed")
refused("SignatureDoesNotMatch", client("sts", **wrong).get_caller_identity)
refused("SignatureDoesNotMatch", client("s3", **wrong).list_buckets)
refused("InvalidSignatureException", client("lambda", **wrong).list_functions)
refused("InvalidSignatureException", client("logs", **wrong).describe_log_groups)
unknown = keys("AKIAIOSFODNN7EXAMPLE", "s")
refused("InvalidClientTokenId", client("sts", **unknown).get_caller_identity)
refused("InvalidAccessKeyId", client("s3", **unknown).list_buckets)
refused("UnrecognizedClientException", client("lambda", **unknown).list_functions)

trust = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::000000000000:user/team/ada"},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"sts:ExternalId": "secret"}},
        }
    ],
}
role = iam.create_role(RoleName="helm", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
assume = {"RoleArn": role["Arn"], "RoleSessionName": "watch"}
refused("AccessDenied", client("sts", **ada).assume_role, **assume, ExternalId="no")
issued = client("sts", **ada).assume_role(**assume, ExternalId="secret")["Credentials"]
session = keys(issued["AccessKeyId"], issued["SecretAccessKey"], issued["SessionToken"])
assert client("sts", **session).get_caller_identity()["Arn"] == "arn:aws:sts::000000000000:assumed-role/helm/watch"
refused("DeleteConflict", iam.delete_user, UserName="ada")
