/** Which service-linked roles there are (AWS page "AWS services that work with IAM", and each service's own). */

/** A service-linked role as AWS makes it. */
export interface LinkedRole {
  readonly role: string;
  /** The AWS managed policy that it gets. */
  readonly policy: string;
  /** True where a CustomSuffix is allowed. */
  readonly suffix?: boolean;
}

/** The services whose role Seatrial knows by name and policy. */
const LINKED_ROLES: Readonly<Record<string, LinkedRole>> = {
  "access-analyzer.amazonaws.com": {
    role: "AWSServiceRoleForAccessAnalyzer",
    policy: "AccessAnalyzerServiceRolePolicy",
  },
  "apidestinations.events.amazonaws.com": {
    role: "AWSServiceRoleForAmazonEventBridgeApiDestinations",
    policy: "AmazonEventBridgeApiDestinationsServiceRolePolicy",
  },
  "appsync.amazonaws.com": { role: "AWSServiceRoleForAppSync", policy: "AWSAppSyncServiceRolePolicy" },
  "autoscaling.amazonaws.com": {
    role: "AWSServiceRoleForAutoScaling",
    policy: "AutoScalingServiceRolePolicy",
    suffix: true,
  },
  "cloudtrail.amazonaws.com": { role: "AWSServiceRoleForCloudTrail", policy: "CloudTrailServiceRolePolicy" },
  "codestar-notifications.amazonaws.com": {
    role: "AWSServiceRoleForCodeStarNotifications",
    policy: "AWSCodeStarNotificationsServiceRolePolicy",
  },
  "config.amazonaws.com": { role: "AWSServiceRoleForConfig", policy: "AWSConfigServiceRolePolicy" },
  "dynamodb.application-autoscaling.amazonaws.com": {
    role: "AWSServiceRoleForApplicationAutoScaling_DynamoDBTable",
    policy: "AWSApplicationAutoscalingDynamoDBTablePolicy",
  },
  "ecs.amazonaws.com": { role: "AWSServiceRoleForECS", policy: "AmazonECSServiceRolePolicy" },
  "ecs.application-autoscaling.amazonaws.com": {
    role: "AWSServiceRoleForApplicationAutoScaling_ECSService",
    policy: "AWSApplicationAutoscalingECSServicePolicy",
  },
  "elasticloadbalancing.amazonaws.com": {
    role: "AWSServiceRoleForElasticLoadBalancing",
    policy: "AWSElasticLoadBalancingServiceRolePolicy",
  },
  "es.amazonaws.com": {
    role: "AWSServiceRoleForAmazonElasticsearchService",
    policy: "AmazonElasticsearchServiceRolePolicy",
  },
  "events.amazonaws.com": { role: "AWSServiceRoleForCloudWatchEvents", policy: "CloudWatchEventsServiceRolePolicy" },
  "kinesisreplication.dynamodb.amazonaws.com": {
    role: "AWSServiceRoleForDynamoDBKinesisDataStreamsReplication",
    policy: "DynamoDBKinesisReplicationServiceRolePolicy",
  },
  "lambda.application-autoscaling.amazonaws.com": {
    role: "AWSServiceRoleForApplicationAutoScaling_LambdaConcurrency",
    policy: "AWSApplicationAutoscalingLambdaConcurrencyPolicy",
  },
  "ops.apigateway.amazonaws.com": { role: "AWSServiceRoleForAPIGateway", policy: "APIGatewayServiceRolePolicy" },
  "opensearchservice.amazonaws.com": {
    role: "AWSServiceRoleForAmazonOpenSearchService",
    policy: "AmazonOpenSearchServiceRolePolicy",
  },
  "rds.amazonaws.com": { role: "AWSServiceRoleForRDS", policy: "AmazonRDSServiceRolePolicy" },
  "replication.dynamodb.amazonaws.com": {
    role: "AWSServiceRoleForDynamoDBReplication",
    policy: "DynamoDBReplicationServiceRolePolicy",
  },
  "replicator.lambda.amazonaws.com": { role: "AWSServiceRoleForLambdaReplicator", policy: "AWSLambdaReplicator" },
  "schemas.amazonaws.com": { role: "AWSServiceRoleForSchemas", policy: "AmazonEventBridgeSchemasServiceRolePolicy" },
  "ssm.amazonaws.com": { role: "AWSServiceRoleForAmazonSSM", policy: "AmazonSSMServiceRolePolicy" },
};

/** The services that have one here. */
export const LINKED_SERVICES: readonly string[] = Object.keys(LINKED_ROLES);

/** The role of `events.amazonaws.com` and the like. */
export function linkedRoleOf(service: string): LinkedRole | undefined {
  return LINKED_ROLES[service];
}

/** The service whose role has this name, a suffix set aside. */
export function linkedRoleNamed(roleName: string): string | undefined {
  return LINKED_SERVICES.find((service) => {
    const linked = LINKED_ROLES[service];
    return (
      linked !== undefined &&
      (linked.role === roleName || (linked.suffix === true && roleName.startsWith(`${linked.role}_`)))
    );
  });
}
