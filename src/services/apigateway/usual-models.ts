/** The models that every new API has. */

const schema = (title: string, more: object): string =>
  JSON.stringify({ $schema: "http://json-schema.org/draft-04/schema#", title, type: "object", ...more }, undefined, 2);

export const USUAL_MODELS = [
  {
    name: "Empty",
    description: "This is a default empty schema model",
    schema: schema("Empty Schema", {}),
    contentType: "application/json",
  },
  {
    name: "Error",
    description: "This is a default error schema model",
    schema: schema("Error Schema", { properties: { message: { type: "string" } } }),
    contentType: "application/json",
  },
];
