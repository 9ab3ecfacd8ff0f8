/** A request with a template, as those that read, keep and carry out such requests share it. */
import type { GivenRollbackConfiguration } from "./rollback-triggers/configuration.ts";

/** The members that the requests with a template have in common. */
export interface TemplateRequest {
  readonly TemplateBody?: string | undefined;
  readonly TemplateURL?: string | undefined;
  readonly UsePreviousTemplate?: boolean | undefined;
  readonly Parameters?:
    | readonly {
        readonly ParameterKey?: string | undefined;
        readonly ParameterValue?: string | undefined;
        readonly UsePreviousValue?: boolean | undefined;
      }[]
    | undefined;
  readonly Capabilities?: readonly string[] | undefined;
  readonly Tags?: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] | undefined;
  readonly ResourceTypes?: readonly string[] | undefined;
  readonly NotificationARNs?: readonly string[] | undefined;
  readonly RollbackConfiguration?: GivenRollbackConfiguration | undefined;
}
