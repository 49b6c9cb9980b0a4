/*
 * `linkedin-api-client`, LinkedIn's own for JavaScript, against the sandbox: posts, media and what stands below a post.
 *
 *     node official.js <ready line of the sandbox, a JSON file>
 *
 * Changed are the three base addresses in its constants, the host alone.
 */
"use strict";

const { readFileSync } = require("node:fs");

const ready = JSON.parse(readFileSync(process.argv[2], "utf8"));
const base = ready.base.linkedin;
const constants = require("linkedin-api-client/dist/lib/utils/constants.js");
constants.OAUTH_BASE_URL = `${base}/oauth/v2`;
constants.NON_VERSIONED_BASE_URL = `${base}/v2`;
constants.VERSIONED_BASE_URL = `${base}/rest`;
const { AuthClient, RestliClient } = require("linkedin-api-client");

const page = "urn:li:organization:1001";
const client = new RestliClient();
const access = { accessToken: ready.tokens.linkedin, versionString: "202608" };
const post = {
  author: page,
  commentary: "Vi søker sykepleier",
  visibility: "PUBLIC",
  distribution: { feedDistribution: "MAIN_FEED", targetEntities: [], thirdPartyDistributionChannels: [] },
  lifecycleState: "PUBLISHED",
  isReshareDisabledByAuthor: false,
};

async function shown(what, method, order) {
  try {
    const answer = await client[method]({ ...access, ...order });
    console.log(`${what}: ${answer.status} ${answer.createdEntityId ?? ""} ${JSON.stringify(answer.data).slice(0, 120)}`);
    return answer;
  } catch (refusal) {
    console.log(`${what}: refused, ${refusal.response?.status} ${refusal.response?.data?.code}`);
    return null;
  }
}

async function posts() {
  const { createdEntityId: id } = await shown("create", "create", { resourcePath: "/posts", entity: post });
  const one = { resourcePath: "/posts/{id}", pathKeys: { id } };
  await shown("the same again", "create", { resourcePath: "/posts", entity: post });
  await shown("get", "get", one);
  await shown("several", "batchGet", { resourcePath: "/posts", ids: [id, "urn:li:share:1"] });
  const many = Array.from({ length: 200 }, (_, n) => `urn:li:share:${7398000000000000000n + BigInt(n)}`);
  await shown("several, tunnelled", "batchGet", { resourcePath: "/posts", ids: many });
  await shown("change", "partialUpdate", { ...one, patchSetObject: { commentary: "Vi søker to" } });
  const query = { author: page, count: 5, sortBy: "CREATED" };
  await shown("list", "finder", { resourcePath: "/posts", finderName: "author", queryParams: query });
  const data = { initializeUploadRequest: { owner: page } };
  await shown("picture", "action", { resourcePath: "/images", actionName: "initializeUpload", data });
  return id;
}

async function below(id) {
  const list = { resourcePath: "/socialActions/{on}/comments", pathKeys: { on: id } };
  const entity = { actor: page, message: { text: "Fristen er 1.12." } };
  const made = await shown("comment", "create", { ...list, entity });
  await shown("answer", "create", { ...list, pathKeys: { on: made.data.commentUrn }, entity });
  await shown("comments", "getAll", list);
  const reaction = { resourcePath: "/reactions/{key}", pathKeys: { key: { actor: page, entity: id } } };
  const liked = { root: id, reactionType: "LIKE" };
  await shown("reaction", "create", { resourcePath: "/reactions", queryParams: { actor: page }, entity: liked });
  await shown("reactions", "finder", {
    resourcePath: "/reactions/{key}",
    pathKeys: { key: { entity: id } },
    finderName: "entity",
    queryParams: { sort: { value: "REVERSE_CHRONOLOGICAL" } },
  });
  await shown("one reaction", "get", reaction);
  await shown("counts", "get", { resourcePath: "/socialMetadata/{on}", pathKeys: { on: id } });
  await shown("no reaction", "delete", reaction);
  await shown("notifications", "finder", {
    resourcePath: "/organizationalEntityNotifications",
    finderName: "criteria",
    queryParams: { organizationalEntity: page, actions: ["COMMENT", "ADMIN_COMMENT"], timeRange: { start: 1 } },
  });
}

async function main() {
  await shown("userinfo", "get", { resourcePath: "/userinfo", versionString: null });
  const query = { role: "ADMINISTRATOR", state: "APPROVED" };
  await shown("pages", "finder", { resourcePath: "/organizationAcls", finderName: "roleAssignee", queryParams: query });
  const id = await posts();
  await below(id);
  const one = { resourcePath: "/posts/{id}", pathKeys: { id } };
  await shown("delete", "delete", one);
  await shown("dead version", "get", { ...one, versionString: "202511" });
  const { client_id: clientId, client_secret: clientSecret } = ready.client.linkedin;
  const auth = new AuthClient({ clientId, clientSecret, redirectUrl: "http://localhost:8000/retur" });
  console.log(`introspection: ${(await auth.introspectAccessToken(access.accessToken)).status}`);
}

main();
