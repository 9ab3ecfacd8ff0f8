/** Service-linked roles: made for one service, changed only by AWS (AWS page "AWS services that work with IAM"). */
import { AwsError } from "../../../kernel/errors.ts";
import type { Operations } from "../../../service.ts";
import { noSuchEntity, roleNamed } from "../entities.ts";
import type { Iam } from "../iam.ts";
import { linkedRoleOf, LINKED_SERVICES } from "../linked-roles.ts";
import { iamArn, keyOf, uniqueId } from "../names.ts";
import { attachments, deletionTasks, roles, type Role } from "../state.ts";
import { showRole } from "../shown.ts";
import { addRole, removeRole } from "./roles.ts";

export const serviceLinkedRoleOperations = {
  CreateServiceLinkedRole(context, input) {
    const service = input.AWSServiceName;
    const linked = linkedRoleOf(service);
    if (linked === undefined) {
      throw new AwsError(
        "InvalidInputException",
        `Seatrial knows no service-linked role of ${service}. It knows those of: ${LINKED_SERVICES.join(", ")}.`,
      );
    }
    if (input.CustomSuffix !== undefined && linked.suffix !== true) {
      throw new AwsError("InvalidInputException", "Custom suffix is not allowed for " + service);
    }
    const name = linked.role + (input.CustomSuffix === undefined ? "" : `_${input.CustomSuffix}`);
    if (context.table(roles).has(keyOf(name))) {
      throw new AwsError(
        "InvalidInputException",
        `Service role name ${name} has been taken in this account, please try a different suffix.`,
      );
    }
    const path = `/aws-service-role/${service}/`;
    const policy = `arn:aws:iam::aws:policy/aws-service-role/${linked.policy}`;
    const statement = { Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" };
    const role: Role = {
      kind: "role",
      name,
      path,
      arn: iamArn(context.account, "role", path, name),
      id: uniqueId(context, "AROA"),
      createDate: context.now,
      trust: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }),
      description: input.Description,
      maxSessionSeconds: 3600,
      tags: [],
      inline: {},
      attached: [policy],
      linkedService: service,
    };
    addRole(context, role);
    context.table(attachments).put([policy, "role", keyOf(name)], name);
    return { Role: showRole(context, role) };
  },

  DeleteServiceLinkedRole(context, input) {
    const role = roleNamed(context, input.RoleName);
    if (role.linkedService === undefined) {
      throw new AwsError("InvalidInputException", `The role ${role.name} is not a service-linked role.`);
    }
    // Nothing here uses such a role by itself, so that its service never keeps it.
    for (const arn of role.attached) context.table(attachments).remove(arn, "role", keyOf(role.name));
    removeRole(context, role);
    const task = `task${role.path}${role.name}/${context.random.uuid()}`;
    context.table(deletionTasks).put([task], { status: "SUCCEEDED" });
    return { DeletionTaskId: task };
  },

  GetServiceLinkedRoleDeletionStatus(context, input) {
    const task = context.table(deletionTasks).get(input.DeletionTaskId);
    if (task === undefined) throw noSuchEntity(`Deletion task ${input.DeletionTaskId} cannot be found.`);
    return { Status: task.status };
  },
} satisfies Operations<Iam>;
