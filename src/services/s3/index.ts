/** Amazon S3: buckets and objects, with versions, multipart uploads, lifecycle rules and notifications. */
import { defineService } from "../../service.ts";
import { access } from "./access.ts";
import { replyHeaders } from "./cors.ts";
import { lifecycle, notify } from "./deadlines.ts";
import { formUpload, preflight } from "./doors.ts";
import { guarded } from "./front.ts";
import * as operations from "./operations/index.ts";
import { resources } from "./resources/index.ts";
import type { Sdk } from "./state.ts";

export const s3 = defineService<Sdk>()({
  name: "s3",
  operations: guarded({ ...operations }, access),
  access,
  deadlines: { notify, lifecycle },
  resources,
  doors: [preflight, formUpload],
  replyHeaders,
});
