/**
 * What the SAM transform is told beside the template.
 */

import type { IsDecimal } from "./python/dict.ts";

/** A nested application of the Serverless Application Repository, or what the repository says instead. */
export type ApplicationAnswer =
  | { readonly kind: "active"; readonly templateUrl: string }
  | { readonly kind: "preparing"; readonly templateUrl: string; readonly templateId: string }
  /** The application is not to be had; `message` is the repository's. */
  | { readonly kind: "refused"; readonly message: string };

/** The Serverless Application Repository as the transform asks it. */
export interface ApplicationRepository {
  /** Asks for the template of an application's version ("CreateCloudFormationTemplate"). */
  createTemplate(applicationId: string, semanticVersion: string): ApplicationAnswer;
  /** How far a template is that was being prepared ("GetCloudFormationTemplate"). */
  templateStatus(applicationId: string, templateId: string): "PREPARING" | "ACTIVE" | "EXPIRED";
}

/** What the transform has to know beside the template. */
export interface TransformOptions {
  readonly region: string;
  readonly partition: string;
  /** The parameters' values; defaults are taken from the template. */
  readonly parameters: Readonly<Record<string, string>>;
  /**
   * The ARN of a managed policy that is named without one; asked before AWS's own list. A name that
   * nobody knows stays as it is.
   */
  managedPolicyArn?(name: string): string | undefined;
  /** The original's toggle `deployment_preference_condition_fix`; off unless told. */
  readonly passDeploymentConditions?: boolean;
  /** The original's toggle `normalized_open_api_version`; off unless told. */
  readonly normalizeOpenApiVersion?: boolean;
  /** The time, in milliseconds since 1970, which `AlwaysDeploy` makes a deployment's id from. */
  readonly now?: number;
  /**
   * Whether the number at a path of the template is written with a point (`swagger: 2.0`), which an API's deployment is
   * named after; `decimalsOf` answers it from the text. Without it, versions that are numbers count as written so.
   */
  readonly isDecimal?: IsDecimal;
  /** Told of each resource that is made, with the id of the one that it was made from. */
  onResource?(generatedId: string, writtenId: string): void;
  /** The repository of nested applications; without one, an application in it is refused. */
  readonly applications?: ApplicationRepository;
}
