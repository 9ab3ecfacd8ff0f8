/** AWS Identity and Access Management: who there is in an account, and what they may do. */
import { defineService } from "../../service.ts";
import { access } from "./access.ts";
import type { Iam } from "./iam.ts";
import { operations } from "./operations.ts";
import { issuedKey } from "./operations/access-keys.ts";
import { identityPolicies } from "./policies-of.ts";
import { resources } from "./resources.ts";

export const iam = defineService<Iam>()({ name: "iam", operations, access, resources, issuedKey, identityPolicies });
