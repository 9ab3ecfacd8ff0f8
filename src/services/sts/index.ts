/** AWS Security Token Service: who am I, and temporary credentials to be somebody else for a while. */
import { defineService } from "../../service.ts";
import { access } from "./access.ts";
import { issuedKey } from "./credentials.ts";
import { deadlines } from "./deadlines.ts";
import { operations } from "./operations.ts";
import type { Sts } from "./sdk.ts";

export const sts = defineService<Sts>()({ name: "sts", operations, access, deadlines, issuedKey });
