/** Forgetting what Lambda authorizers have decided for a stage. */
import type { Handler } from "../../../service.ts";
import { findStage } from "../find.ts";
import type { Sdk } from "../sdk.ts";
import type { Serving } from "../serve/door.ts";

export function resetAuthorizersCache({ functionAuthorizers }: Serving): Handler<Sdk, "ResetAuthorizersCache"> {
  return (context, { ApiId, StageName }) => {
    findStage(context, ApiId, StageName);
    functionAuthorizers.reset(ApiId, StageName);
    return {};
  };
}
