"""Writes policies.ts beside it: AWS managed policies that serverless work attaches, with their documents.

The source is moto's aws_managed_policies.py (Apache-2.0), which moto takes from AWS itself:
    pip download --no-deps moto && unzip moto-*.whl moto/iam/aws_managed_policies.py
    python3 extract.py moto/iam/aws_managed_policies.py
"""

import json
import pathlib
import re
import sys

NAMES = re.compile(
    "|".join(
        f"(?:{pattern})$"
        for pattern in [
            "AWSLambda.*", "CloudWatchLambda.*", "AWSX[Rr]ay.*",
            "AmazonAPIGateway.*", "APIGatewayServiceRolePolicy", "AWSAppSync.*",
            "AWSCodeArtifact.*", "AWSCodeBuild.*", "AWSCodeCommit.*", "AWSCodeDeploy.*", "AWSCodePipeline.*",
            "AmazonEC2RoleforAWSCodeDeploy.*", "AWSCodeStarNotificationsServiceRolePolicy",
            "AWSCloudFormation.*", "AWSStepFunctions.*", "AmazonEventBridge.*", "CloudWatchEvents.*",
            "AmazonS3(?:Full|ReadOnly)Access", "AmazonS3ObjectLambdaExecutionRolePolicy",
            "AmazonDynamoDB.*", "AmazonSQS.*", "AmazonSNS.*",
            "AmazonKinesis(?:Firehose)?(?:Full|ReadOnly)Access",
            "CloudWatch(?:Full|ReadOnly)Access(?:V2)?", "CloudWatchLogs(?:Full|ReadOnly)Access", "CloudWatchAgent.*Policy",
            "AmazonSSM(?:Full|ReadOnly)Access", "AmazonSSMManagedInstanceCore", "SecretsManagerReadWrite",
            "AWSSecretsManagerClientReadOnlyAccess", "AWSKeyManagementServicePowerUser",
            "IAM(?:Full|ReadOnly)Access|IAM(?:ReadOnly|UserChangePassword|UserSSHKeys|SelfManageServiceSpecificCredentials)",
            "AdministratorAccess", "PowerUserAccess", "ReadOnlyAccess", "ViewOnlyAccess", "SecurityAudit",
            "SystemAdministrator", "DatabaseAdministrator", "SupportUser", "Billing",
            "AmazonRDS(?:Data)?FullAccess", "AmazonRDSReadOnlyAccess", "AmazonEC2(?:Full|ReadOnly)Access",
            "AmazonEC2ContainerRegistry.*", "AmazonECSTaskExecutionRolePolicy", "AmazonECS_FullAccess",
            "AmazonCognito.*", "CloudFront(?:Full|ReadOnly)Access", "AmazonVPC(?:Full|ReadOnly)Access",
            "AmazonRoute53(?:Full|ReadOnly)Access", "AmazonSES(?:Full|ReadOnly)Access", "AmazonBedrock(?:FullAccess|ReadOnly|LimitedAccess)",
            "AWSApplicationAutoscaling(?:DynamoDBTable|LambdaConcurrency|ECSService)Policy",
            "AutoScalingServiceRolePolicy", "AmazonECSServiceRolePolicy", "AWSElasticLoadBalancingServiceRolePolicy",
            "DynamoDBReplicationServiceRolePolicy", "DynamoDBKinesisReplicationServiceRolePolicy",
            "AmazonRDSServiceRolePolicy", "AmazonSSMServiceRolePolicy", "AWSConfigServiceRolePolicy", "CloudTrailServiceRolePolicy",
            "AmazonOpenSearchServiceRolePolicy", "AmazonElasticsearchServiceRolePolicy", "AccessAnalyzerServiceRolePolicy",
        ]
    )
)
HEAD = '''/**
 * AWS managed policies as AWS publishes them: one line of JSON each, written by extract.py out of moto's copy
 * (moto %s, Apache-2.0). `[name, path, default version, created, changed, description, document]`.
 */
export const awsManagedPolicyLines = `
'''


def main(source: str) -> None:
    module: dict[str, str] = {}
    exec(pathlib.Path(source).read_text(), module)  # the file is one assignment of a text
    policies = json.loads(module["aws_managed_policies_data"])
    lines = []
    for name, policy in sorted(policies.items()):
        if not NAMES.match(name):
            continue
        document = policy["Document"]
        ordered = {"Version": document["Version"], **{k: v for k, v in document.items() if k != "Version"}}
        row = [name, policy["Path"], policy["DefaultVersionId"], policy["CreateDate"], policy["UpdateDate"], policy.get("Description", ""), ordered]
        lines.append(json.dumps(row, separators=(",", ":")))
    text = "\n".join(lines).replace("\\", "\\\\").replace("`", "\\`").replace("${", "\\${")
    version = sys.argv[2] if len(sys.argv) > 2 else "5.2.5"
    out = pathlib.Path(__file__).with_name("policies.ts")
    out.write_text(HEAD % version + text + "\n`;\n")
    print(f"{len(lines)} policies, {len(text)} characters")


main(sys.argv[1])
