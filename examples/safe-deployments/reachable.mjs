/** Where an API is reached from here: on AWS under its own name, in a local cloud by a path of the cloud's. */

/**
 * @param {string} endpoint as the stack tells it: `https://ID.execute-api.REGION.amazonaws.com/STAGE`
 * @param {string | undefined} cloud what AWS_ENDPOINT_URL says; on AWS nothing does
 */
export function reachable(endpoint, cloud) {
  if (cloud === undefined) return endpoint;
  const { hostname, pathname } = new URL(endpoint);
  const [id] = hostname.split(".");
  const [stage, ...path] = pathname.split("/").slice(1);
  return `${cloud}/restapis/${id}/${stage}/_user_request_/${path.join("/")}`;
}
