/** Resources: the tree of an API's paths. A resource goes with all that is below it. */
import type { Operations, Output, ServiceContext } from "../../../service.ts";
import { badRequest, conflict, notFound } from "../errors.ts";
import { pageOf } from "../paging.ts";
import { patched, replaced } from "../patch.ts";
import type { Sdk } from "../sdk.ts";
import { apiOf, definitionOf, edit, resourceOf, type Definition, type ResourceNode } from "../state.ts";
import { newId } from "./apis.ts";

function shown({ methods, ...node }: ResourceNode, embed: readonly string[] = []): Output<Sdk, "GetResource"> {
  const names = Object.keys(methods);
  if (names.length === 0) return node;
  return {
    ...node,
    resourceMethods: embed.includes("methods") ? methods : Object.fromEntries(names.map((name) => [name, {}])),
  };
}

const isVariable = (part: string): boolean => part.startsWith("{");

/** Raises BadRequestException for a path part that cannot be, ConflictException for one that is there. */
function checkPlace(definition: Definition, parent: ResourceNode, pathPart: string, self?: string): void {
  if (!/^(?:[\w.\-:$~,*]+|\{[\w.\-:]+\+?\})$/.test(pathPart)) {
    badRequest(
      "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the beginning and the end.",
    );
  }
  if (parent.pathPart?.endsWith("+}") === true) {
    badRequest("Cannot create a child of a resource with a greedy path variable.");
  }
  for (const { id, parentId, pathPart: other = "" } of Object.values(definition.resources)) {
    if (parentId !== parent.id || id === self) continue;
    if (other === pathPart) conflict(`Another resource with the same parent already has this name: ${pathPart}`);
    if (isVariable(other) && isVariable(pathPart)) {
      badRequest(`A sibling (${other}) of this resource already has a variable path part -- only one is allowed`);
    }
  }
}

/** The resource and all below it. */
function branchOf(definition: Definition, id: string): ResourceNode[] {
  const children = Object.values(definition.resources).filter(({ parentId }) => parentId === id);
  return [resourceOf(definition, id), ...children.flatMap((child) => branchOf(definition, child.id))];
}

const pathBelow = (parent: ResourceNode, part: string): string => `${parent.path.replace(/\/$/, "")}/${part}`;

/** Gives a branch the paths that it has where it hangs now. */
function settlePaths(definition: Definition, id: string): void {
  for (const node of branchOf(definition, id)) {
    const parent = definition.resources[node.parentId ?? ""];
    if (parent !== undefined) node.path = pathBelow(parent, node.pathPart ?? "");
  }
}

function update(
  context: ServiceContext,
  restApiId: string,
  resourceId: string,
  change: (node: ResourceNode) => ResourceNode,
): ResourceNode {
  return edit(context, restApiId, (definition) => {
    const before = resourceOf(definition, resourceId);
    const node = change(before);
    if (node.parentId === undefined || before.parentId === undefined) {
      return badRequest("Invalid patch operation: the root resource has no parent and no path part");
    }
    const parent = definition.resources[node.parentId] ?? notFound("Invalid Resource identifier specified");
    if (branchOf(definition, resourceId).some(({ id }) => id === parent.id)) {
      badRequest("Invalid Resource identifier specified: a resource cannot be below itself");
    }
    checkPlace(definition, parent, node.pathPart ?? "", resourceId);
    definition.resources[resourceId] = node;
    settlePaths(definition, resourceId);
    return node;
  });
}

export const resourceOperations = {
  CreateResource(context, { restApiId, parentId, pathPart }) {
    apiOf(context, restApiId);
    return edit(context, restApiId, (definition) => {
      const parent = resourceOf(definition, parentId);
      checkPlace(definition, parent, pathPart);
      const node = { id: newId(context), parentId, pathPart, path: pathBelow(parent, pathPart), methods: {} };
      definition.resources[node.id] = node;
      return shown(node);
    });
  },

  GetResource: (context, { restApiId, resourceId, embed }) =>
    shown(resourceOf(definitionOf(context, restApiId), resourceId), embed),

  GetResources(context, { restApiId, embed, ...page }) {
    const { items, position } = pageOf(Object.values(definitionOf(context, restApiId).resources), page);
    return { items: items.map((node) => shown(node, embed)), position };
  },

  UpdateResource: (context, { restApiId, resourceId, patchOperations }) =>
    shown(
      update(context, restApiId, resourceId, (node) =>
        patched(node, patchOperations, { "/parentId": replaced(), "/pathPart": replaced() }),
      ),
    ),

  DeleteResource: (context, { restApiId, resourceId }) =>
    edit(context, restApiId, (definition) => {
      if (resourceOf(definition, resourceId).parentId === undefined) {
        badRequest("Root resource cannot be deleted");
      }
      for (const { id } of branchOf(definition, resourceId)) delete definition.resources[id];
      return {};
    }),
} satisfies Operations<Sdk>;
